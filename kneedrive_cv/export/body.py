"""The body in the terms of other tools: their points, their axes, metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis, single
from kneedrive_cv.clean.body_frame import body_size, segment_vectors
from kneedrive_cv.clean.swaps import leg_length_px
from kneedrive_cv.kinematics.series import find_holes
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.scene.scale import LEG_SHARE
from kneedrive_cv.scene.timing import frame_rate_hz

FloatArray = NDArray[np.float64]

_PARTS: Final = {
    "Hip": "hip",
    "Knee": "knee",
    "Ankle": "ankle",
    "BigToe": "foot_index",
    "Heel": "heel",
    "Shoulder": "shoulder",
    "Elbow": "elbow",
    "Wrist": "wrist",
    "Eye": "eye",
    "Ear": "ear",
}

POINTS: Final[dict[str, tuple[str, ...]]] = {
    "Hip": ("left_hip", "right_hip"),
    **{f"R{name}": (f"right_{part}",) for name, part in _PARTS.items()},
    **{f"L{name}": (f"left_{part}",) for name, part in _PARTS.items()},
    "Neck": ("left_shoulder", "right_shoulder"),
    "Nose": ("nose",),
}
"""Points by the names that OpenPose, Pose2Sim and Sports2D give them, and the landmarks that each
is the middle of."""

SEGMENTS_OF_STATURE: Final = 0.788
"""Trunk, thigh and shank together over the body's height: (515.5 + 422.2 + 434.0) mm of 1741 mm
(de Leva 1996, males; the middle of the shoulders to the middle of the hips, hip to knee, knee to
ankle)."""

USUAL_STATURE_M: Final = 1.75
"""Where neither the height is given nor the estimator has an opinion."""

EVEN_WITHIN: Final = 0.01
"""Steps that differ by less than this share of the usual one are even."""


@dataclass(frozen=True)
class Markers:
    """Points in metres about the track: x forward, y up, z to the runner's right.

    Attributes
    ----------
    time_s : ndarray, shape (T,)
    names : tuple of str
        K of `POINTS`.
    xyz_m : ndarray, shape (T, K, 3)
        NaN where missing. x is 0 at the hips of the first frame that shows them, y at the lowest
        point of the clip. Where the camera follows him he runs on the spot.
    rate_hz : float
        Usual rate of the frames.
    scale_source : str
        Where the metres come from, in words.
    """

    time_s: FloatArray
    names: tuple[str, ...]
    xyz_m: FloatArray
    rate_hz: float
    scale_source: str


def points_of(landmarks: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Points of the body from landmarks.

    Parameters
    ----------
    landmarks : ndarray, shape (T, 33, D)
    names : tuple of str
        K of `POINTS`.

    Returns
    -------
    ndarray, shape (T, K, D)
    """
    return np.stack(
        [landmarks[:, [INDEX[part] for part in POINTS[name]]].mean(axis=1) for name in names],
        axis=1,
    )


def usual_rate_hz(time_s: FloatArray) -> float:
    """Frames a second, however the timestamps are rounded; 1 for a single frame."""
    return frame_rate_hz(time_s) or 1.0


def metres_per_px(analysis: Analysis, height_m: float | None) -> tuple[float, str]:
    """Scale of the picture, and where it comes from.

    With the athlete's height his legs are as long as the metres of the result have them
    (`LEG_SHARE`); from the front and the rear, where legs look short, trunk and legs together tell
    it (`SEGMENTS_OF_STATURE`). Without it the run's own scale holds, and in a run without one the
    size of the estimator's own 3D landmarks.
    """
    pose, scene = analysis.level.straightened(analysis.pose), analysis.result.scene
    if height_m is None and scene.leg_length_m is not None:
        return scene.leg_length_m / leg_length_px(pose), scene.scale_source
    if height_m is None:  # from the front or the rear a run has no scale, but may have a height
        height_m = cast(float | None, analysis.result.settings.get("height_m"))
    if height_m is not None and scene.shows_legs:
        return LEG_SHARE * height_m / leg_length_px(pose), f"a height of {height_m:.2f} m"
    size_px = body_size(segment_vectors(pose.xy_px))
    usual_px = float(np.nanmedian(size_px)) if np.isfinite(size_px).any() else 1.0
    if height_m is not None:
        return SEGMENTS_OF_STATURE * height_m / usual_px, f"a height of {height_m:.2f} m"
    size_m = body_size(segment_vectors(pose.world_m))
    if np.isfinite(size_m / size_px).any():
        return float(np.nanmedian(size_m / size_px)), "the pose estimator's idea of his size"
    return (
        SEGMENTS_OF_STATURE * USUAL_STATURE_M / usual_px,
        f"an assumed height of {USUAL_STATURE_M:.2f} m",
    )


def markers_of(
    analysis: Analysis, *, height_m: float | None = None, names: tuple[str, ...] = tuple(POINTS)
) -> Markers:
    """The pose in metres, in the axes that OpenSim uses.

    Forward and up are read in the picture, where the pose is surest, with the camera's roll taken
    out as it is of the angles; across comes from the estimator's 3D landmarks and is a guess.
    Without any, all points lie in one plane. What a camera off the side foreshortens is put right
    in the angles alone.

    Parameters
    ----------
    analysis : Analysis
    height_m : float, optional
        The athlete's height; by default what the run was graded with.
    names : tuple of str
        Which of `POINTS`.
    """
    pose = analysis.level.straightened(analysis.pose)
    scale, source = metres_per_px(analysis, height_m)
    picture_m = points_of(pose.xy_px, names) * scale
    depth_m = points_of(pose.world_m, names)[..., 2]
    depth_m = np.where(np.isfinite(depth_m), depth_m, 0.0) + 0.0 * picture_m[..., 0]
    seen = np.stack([picture_m[..., 0], -picture_m[..., 1], -depth_m], axis=-1)
    xyz_m = seen @ _axes(analysis.result.scene.running_direction).T
    return Markers(
        pose.time_s, names, _from_start(xyz_m, names), usual_rate_hz(pose.time_s), source
    )


def _axes(direction: str) -> FloatArray:
    """Forward, up and right as rows, in terms of picture right, up and towards the camera."""
    forward = {"right": (1, 0, 0), "left": (-1, 0, 0), "towards": (0, 0, 1), "away": (0, 0, -1)}
    ahead, up = np.array(forward[direction], dtype=float), np.array([0.0, 1.0, 0.0])
    return np.stack([ahead, up, np.cross(ahead, up)])


def _from_start(xyz_m: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """The points with their origin under the hips of the first frame, at the lowest point."""
    hips = xyz_m[:, [i for i, name in enumerate(names) if name.endswith("Hip")]].mean(axis=1)
    first = hips[np.isfinite(hips).all(axis=1)][:1]
    if not len(first):
        return xyz_m
    low_m = np.nanmin(xyz_m[..., 1])
    return np.asarray(xyz_m - np.array([first[0, 0], low_m, first[0, 2]]))


def is_even(time_s: FloatArray) -> bool:
    """Whether all frames are equally far apart."""
    steps = np.diff(time_s)
    return not len(steps) or bool(np.ptp(steps) <= EVEN_WITHIN * np.median(steps))


def evened(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Values at evenly spaced times of the usual rate, for formats that know nothing else.

    A value between two frames lies on the straight line through them, in single precision as the
    numbers of a run are; it is missing where one of the two is, and where frames are missing for
    so long that nothing is told of the time between. Frames that are even already are returned as
    they are.

    Parameters
    ----------
    values : ndarray, shape (T, ...)
    time_s : ndarray, shape (T,)

    Returns
    -------
    ndarray, shape (N, ...)
        From the first frame's time to the last one's.
    """
    if is_even(time_s):
        return values
    step_s = 1.0 / usual_rate_hz(time_s)
    at_s = np.arange(time_s[0], time_s[-1] + 0.5 * step_s, step_s)
    at_s = np.minimum(at_s, time_s[-1])
    after = np.clip(np.searchsorted(time_s, at_s), 1, len(time_s) - 1)
    share = (at_s - time_s[after - 1]) / (time_s[after] - time_s[after - 1])
    share = share.reshape(-1, *[1] * (values.ndim - 1))
    before, behind = values[after - 1], values[after]
    mixed = (1 - share) * before + share * behind
    behind_hole, _ = find_holes(time_s)
    mixed[np.isin(after, behind_hole)] = np.nan
    return single(np.where(share == 0, before, np.where(share == 1, behind, mixed)))


def sides_of(name: str) -> tuple[str, str]:
    """The columns of an angle that each leg has: ``left_...`` and ``right_...``.

    Examples
    --------
    >>> sides_of("thigh_deg")
    ('left_thigh_deg', 'right_thigh_deg')
    """
    left, right = (f"{side}_{name}" for side in SIDES)
    return left, right
