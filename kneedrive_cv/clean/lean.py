"""Where the body leans so far in the picture that it has to be looked at upright."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, label, median_filter

from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

LEAST_LEAN_DEG = 12.0
"""The estimator reads a body that leans less than this about as well as an upright one. One that
leans 30 degrees, as in the first steps out of the blocks, it reads as 15 in an upright crop."""

GOES_ON_DEG = 6.0
"""Beside frames that lean so much for certain, those that lean more than this do as well: as he
comes up out of the blocks he passes the limit several times, and would be read now upright, now
not, with trunks 8 degrees apart."""

_AROUND_S = 0.3
"""Lean is the median over this time: a trunk does not tip from frame to frame."""


def find_lean(track: PoseTrack) -> FloatArray:
    """Lean of the trunk in the picture, 0 where it is slight.

    Parameters
    ----------
    track : PoseTrack
        A first look at each frame.

    Returns
    -------
    ndarray, shape (T,)
        Degrees from upright, clockwise positive; 0 where less than `LEAST_LEAN_DEG`, or less than
        `GOES_ON_DEG` beside frames that lean more.
    """
    shoulder = track.point("left_shoulder") + track.point("right_shoulder")
    trunk = (shoulder - track.point("left_hip") - track.point("right_hip")) / 2
    lean_deg = np.rad2deg(np.arctan2(trunk[:, 0], -trunk[:, 1]))
    known = np.flatnonzero(np.isfinite(lean_deg))
    if len(known) < 3:
        return np.zeros(len(track))
    lean_deg = np.interp(np.arange(len(track)), known, np.unwrap(lean_deg[known], period=360.0))
    step_s = float(np.median(np.diff(track.time_s)))
    frames = max(3, round(_AROUND_S / step_s))
    lean_deg = gaussian_filter1d(median_filter(lean_deg, frames, mode="nearest"), frames / 4)
    return np.where(_leans(np.abs(lean_deg)), lean_deg, 0.0)


def _leans(lean_deg: FloatArray) -> NDArray[np.bool_]:
    """Stretches of frames over the lower limit, of which at least one is over the upper."""
    stretch, _ = label(lean_deg >= GOES_ON_DEG)
    steep = np.unique(stretch[lean_deg >= LEAST_LEAN_DEG])
    return np.isin(stretch, steep[steep > 0])
