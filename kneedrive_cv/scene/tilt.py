"""How the camera was tilted: the line of the hips over the background, against the picture's edge.

A sprinter runs level with the track, so what slopes in his way over the background is the camera's
roll. That holds for a camera that stands, pans or follows. Off the side perspective slopes the way
as well, by up to 4 degrees for a camera at about hip height, so a slight slope is left alone. On a
treadmill there is no way to tell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.active import ground_step_px, step_over_ground_px
from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

MIN_WAY_HEIGHTS = 1.5
"""Over a shorter way his rise and fall with each step would be taken for a slope."""

LEAST_TILT_DEG = 2.5
LEAST_PER_OFF_SIDE = 0.15
"""A slope of less may be perspective; off the side it makes more of it."""

PARTS = 3
PART_SHARE = 0.5
"""Each third of the way slopes at least this share of the whole's slope: a camera is tilted all
along, while an athlete rises out of the blocks in the first third alone."""

MOST_TILT_DEG = 20.0
"""More is no tilted phone, but a way that was misread."""


def find_tilt_deg(
    crops: Crops,
    background_motion: FloatArray,
    track: PoseTrack | None = None,
    *,
    off_side_deg: float = 0.0,
) -> float:
    """Roll of the camera: how far the line of the run slopes down to the picture's right.

    Parameters
    ----------
    crops : Crops
        Where the athlete is, in the frames in which he runs.
    background_motion : ndarray, shape (T, 2, 3)
        From the frame before to each frame of ``crops``.
    track : PoseTrack, optional
        The pose as it was read. His box is drawn around his legs as well, and its middle goes up
        and down with them four times as far as his hips do: over a short way that is a slope.
    off_side_deg : float
        How far off the side the camera stood.

    Returns
    -------
    float
        Degrees, clockwise positive; 0 where it is slight or cannot be told.
    """
    if not sees_way(crops, background_motion, track):
        return 0.0
    way = _way(crops, background_motion, track)
    run_px = way[-1, 0] - way[0, 0]
    tilt_deg = _slope_deg(way)
    least_deg = LEAST_TILT_DEG + LEAST_PER_OFF_SIDE * off_side_deg
    if not least_deg <= abs(tilt_deg) <= MOST_TILT_DEG:
        return 0.0
    part = np.clip(np.floor((way[:, 0] - way[0, 0]) / run_px * PARTS), 0, PARTS - 1)
    slopes = [_slope_deg(way[part == number]) for number in range(PARTS)]
    all_along = all(np.sign(tilt_deg) * s >= PART_SHARE * abs(tilt_deg) for s in slopes)
    return tilt_deg if all_along else 0.0


def sees_way(crops: Crops, background_motion: FloatArray, track: PoseTrack | None = None) -> bool:
    """Whether he runs far enough over the background to tell a tilt by; arguments as above."""
    if len(crops) < 3:
        return False
    way = _way(crops, background_motion, track)
    height_px = float(np.median(crops.box[:, 3] - crops.box[:, 1]))
    return bool(abs(way[-1, 0] - way[0, 0]) >= MIN_WAY_HEIGHTS * height_px)


def _way(crops: Crops, background_motion: FloatArray, track: PoseTrack | None) -> FloatArray:
    """Where he is over the background in each frame, shape (T, 2)."""
    step_px = ground_step_px(crops, background_motion)
    if track is not None:
        hips_px = step_over_ground_px(_hips_px(track, crops), background_motion)
        step_px = np.where(np.isfinite(hips_px), hips_px, step_px)
    return np.asarray(np.cumsum(step_px, axis=0))


def _hips_px(track: PoseTrack, crops: Crops) -> FloatArray:
    """Middle of the hips in each frame of the crops, NaN where no pose was read, (T, 2)."""
    row = np.clip(np.searchsorted(track.frame, crops.frame), 0, len(track) - 1)
    hips_px = (track.point("left_hip") + track.point("right_hip"))[row] / 2
    return np.where((track.frame[row] == crops.frame)[:, None], hips_px, np.nan)


def _slope_deg(way: FloatArray) -> float:
    """Slope of a line through points (T, 2); 0 where there is no way to speak of."""
    if len(way) < 3 or np.ptp(way[:, 0]) == 0:
        return 0.0
    return float(np.rad2deg(np.arctan(np.polyfit(way[:, 0], way[:, 1], 1)[0])))


def turned(track: PoseTrack, turn_deg: float) -> PoseTrack:
    """The track turned about the picture's corner, clockwise; its 3D landmarks as well."""
    turn = np.deg2rad(turn_deg)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    world_m = np.concatenate([track.world_m[..., :2] @ axes.T, track.world_m[..., 2:]], axis=-1)
    return track.replace(xy_px=track.xy_px @ axes.T, world_m=world_m)
