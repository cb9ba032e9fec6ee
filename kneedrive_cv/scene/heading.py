"""How far a run passes the line of sight of a camera before or behind it.

From the front or the rear the hips show their turn against the camera; against the run it is less
by the angle between the two. Of a camera that stands still that angle is seen: who runs past it
moves to the side over the background, by as much of his speed as the sine of the angle.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.active import step_over_ground_px
from kneedrive_cv.athlete.linking import Chain
from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

SPEED_LEGPS: Final = 9.8
"""Speed of a sprint in legs a second, hip to ankle. The runs that it was set on go at 5.5 to 9.3
m/s; a quarter more or less is a quarter of the angle."""

LEAST_GROWTH_PER_S: Final = 0.12
"""Who comes nearer to a camera that stands grows by this share a second, 65 m from it and less. Of
one who does not the camera goes along, and nothing is seen of how he passes it."""

MOST_ZOOM_PER_S: Final = 0.03
"""Share a second by which the background of a camera that stands grows at most."""

MOST_DEG: Final = 20.0
"""More is neither front nor rear."""

LEAST_S: Final = 0.5


def find_heading_deg(
    track: PoseTrack, leg_px: FloatArray, seen: Survey, view: str
) -> float:
    """Direction of the run against the line of sight, as the turn of the pelvis is counted.

    Parameters
    ----------
    track : PoseTrack
        In real time.
    leg_px : ndarray, shape (T,)
        Length of the leg in the picture.
    seen : Survey
    view : str
        ``front`` or ``rear``.

    Returns
    -------
    float
        Degrees, positive where the right hip is ahead of the left as the camera sees it though
        the pelvis is square to the run; NaN where it cannot be told.
    """
    ok = np.isfinite(leg_px) & np.isfinite(track.point("left_hip") + track.point("right_hip"))[:, 0]
    time_s = track.time_s[ok]
    if ok.sum() < 3 or np.ptp(time_s) < LEAST_S:
        return float("nan")
    growth_per_s = _slope(np.log(leg_px[ok]), time_s) * (1.0 if view == "front" else -1.0)
    rows = np.searchsorted(seen.frame, track.frame[ok])
    chain = Chain(seen.background_motion)
    way_leg, zoom = _over_background(track.only(ok), leg_px[ok], rows, chain)
    if growth_per_s < LEAST_GROWTH_PER_S or abs(_slope(zoom, time_s)) > MOST_ZOOM_PER_S:
        return float("nan")
    aside = _slope(way_leg, time_s) / SPEED_LEGPS * (1.0 if view == "front" else -1.0)
    heading_deg = float(np.rad2deg(np.arcsin(np.clip(aside, -1.0, 1.0))))
    return heading_deg if abs(heading_deg) <= MOST_DEG else float("nan")


def _over_background(
    track: PoseTrack, leg_px: FloatArray, rows: NDArray[np.int64], chain: Chain
) -> tuple[FloatArray, FloatArray]:
    """Way to the right over the background in leg lengths, and the background's own growth."""
    hip = (track.point("left_hip") + track.point("right_hip")) / 2
    motion = chain.along(rows)
    way_leg = step_over_ground_px(hip, motion)[:, 0] / leg_px
    zoom = np.log(np.sqrt(np.abs(np.linalg.det(motion[:, :, :2]))))
    return np.cumsum(way_leg), np.cumsum(zoom)


def _slope(values: FloatArray, time_s: FloatArray) -> float:
    return float(np.polyfit(time_s - time_s.mean(), values, 1)[0])
