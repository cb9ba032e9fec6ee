"""Toes that stand do not move: seen by a camera that stands, a toe is held in place in a contact.

While the foot rolls from flat to tiptoe its toe stays where it is on the track. The toe's landmark
does not quite, so in the flat part of each contact it is moved half of the way to its middle place
there, as bones are to their usual length (`kneedrive_cv.clean.bones`): both are uncertain. It is
known in animation as foot-skate clean-up (Kovar et al. 2002).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

HELD_SHARE = 0.5
FLAT_SHARE = (0.2, 0.75)
"""Of a contact: before it the toes come down, after it the shoe rolls over its tip."""

MOST_SLIP_LEG = 0.12
"""A toe that moves further, in leg lengths, stands on ground that moves: on a treadmill."""


def hold_standing_toes(
    track: PoseTrack, contacts: Sequence[Contact], *, leg_px: float
) -> PoseTrack:
    """The track with toes that move half as much while they stand.

    Parameters
    ----------
    track : PoseTrack
        In the picture of a camera that stands, smoothed.
    contacts : sequence of Contact
        Those that were not seen whole are left as they are.
    leg_px : float
        Thigh plus shank.

    Returns
    -------
    PoseTrack
    """
    xy_px = track.xy_px.copy()
    for contact in contacts:
        length_s = contact.toe_off_s - contact.touchdown_s
        if not length_s > 0:
            continue
        toe = INDEX[f"{contact.side}_foot_index"]
        share = (track.time_s - contact.touchdown_s) / length_s
        flat = (share >= FLAT_SHARE[0]) & (share <= FLAT_SHARE[1])
        flat &= np.isfinite(xy_px[:, toe, 0])
        places_px = xy_px[flat, toe]
        if len(places_px) < 2 or np.ptp(places_px, axis=0).max() > MOST_SLIP_LEG * leg_px:
            continue
        # comes on from touchdown to the flat part and goes off from there to toe-off
        weight = HELD_SHARE * np.interp(share, [0.0, *FLAT_SHARE, 1.0], [0.0, 1.0, 1.0, 0.0])
        xy_px[:, toe] += weight[:, None] * (places_px.mean(axis=0) - xy_px[:, toe])
    return track.replace(xy_px=xy_px)
