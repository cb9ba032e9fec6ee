"""A pose in the body's own terms: about the hips, in body lengths, running to the right.

What is learned of the estimator's errors is learned and applied in these terms, so that neither
the place, nor the size, nor the direction of the run matters. An athlete who runs to the left is
mirrored: his near leg counts as the right one, as for those who run to the right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from kneedrive_cv.pose.landmarks import INDEX, MIRROR, SIDES, mirror

FloatArray = NDArray[np.float64]

SIZE_OVER_S = 0.8
"""The body's size is a running median over this time: it follows an athlete who comes nearer."""

MOTION_S = 1 / 30
"""The correction is told how the pose was so long before and will be so long after."""

ON_FRAME = 1e-3
"""A time so near to a frame, in steps, is the frame: the clip's last one is not outside it."""

TOLD = tuple(
    INDEX[f"{side}_{part}"]
    for part in ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")
    for side in SIDES
)
"""The landmarks that `features` tells of."""

N_FLAT = 2 * len(TOLD)
N_POSED = 5 * len(TOLD)
"""The first features are places in the picture; the first so many are of the frame itself."""

SEGMENTS: dict[str, tuple[str, str]] = {
    "trunk": ("hips", "shoulders"),
    **{f"{s}_hip_offset": ("hips", f"{s}_hip") for s in SIDES},
    **{f"{s}_thigh": (f"{s}_hip", f"{s}_knee") for s in SIDES},
    **{f"{s}_shank": (f"{s}_knee", f"{s}_ankle") for s in SIDES},
    **{f"{s}_heel_offset": (f"{s}_ankle", f"{s}_heel") for s in SIDES},
    **{f"{s}_foot": (f"{s}_heel", f"{s}_foot_index") for s in SIDES},
}
"""Vectors that carry the pose from the middle of the hips outwards: where each begins and ends."""


_OTHER_SIDE = tuple(list(SEGMENTS).index(mirror(name)) for name in SEGMENTS)


def segment_vectors(xy: FloatArray) -> FloatArray:
    """The vectors of `SEGMENTS`.

    Parameters
    ----------
    xy : ndarray, shape (T, K, D)
        Landmarks.

    Returns
    -------
    ndarray, shape (T, S, D)
    """
    points = {name: xy[:, i] for name, i in INDEX.items()}
    points |= {
        f"{part}s": (points[f"left_{part}"] + points[f"right_{part}"]) / 2
        for part in ("hip", "shoulder")
    }
    return np.stack([points[end] - points[start] for start, end in SEGMENTS.values()], axis=1)


def body_size(vectors: FloatArray) -> FloatArray:
    """Length of trunk, thigh and shank together, of every frame.

    Parameters
    ----------
    vectors : ndarray, shape (T, S, D)
        As `segment_vectors` gives them.

    Returns
    -------
    ndarray, shape (T,)
        In the unit of the vectors; the mean of both legs.
    """
    length = dict(zip(SEGMENTS, np.linalg.norm(vectors, axis=-1).T, strict=True))
    legs = sum(length[f"{s}_{part}"] for s in SIDES for part in ("thigh", "shank"))
    return np.asarray(length["trunk"] + legs / 2)


def steady_size(size: FloatArray, time_s: FloatArray) -> FloatArray:
    """Running median of `body_size` over `SIZE_OVER_S`, gaps bridged; shape (T,)."""
    known = np.flatnonzero(np.isfinite(size))
    if not len(known):
        return np.full(len(size), np.nan)
    every = np.interp(np.arange(len(size)), known, size[known])
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else SIZE_OVER_S
    frames = int(np.clip(round(SIZE_OVER_S / step_s), 1, len(size)))
    return np.asarray(median_filter(every, frames, mode="nearest"))


def mirrored(points: FloatArray) -> FloatArray:
    """The pose as a mirror shows it: x turned round, left and right exchanged.

    Parameters
    ----------
    points : ndarray, shape (T, K, D)
        Landmarks about x = 0.
    """
    turned = points[:, list(MIRROR)].copy()
    turned[..., 0] *= -1
    return turned


def mirrored_segments(vectors: FloatArray, *, forward: float) -> FloatArray:
    """Segments in the terms of the picture from those of the body, or back, shape (T, S, 2)."""
    if forward > 0:
        return vectors
    return vectors[:, list(_OTHER_SIDE)] * (-1.0, 1.0)


def features(
    xy_px: FloatArray,
    world_m: FloatArray,
    size_px: FloatArray,
    time_s: FloatArray,
    *,
    forward: float,
) -> FloatArray:
    """What the correction is told of each frame.

    Legs, hips and shoulders, in the frame and how they move through it. What the rest of the body
    does says little of the legs: with head, arms and hands the correction learned the renderer's.

    Parameters
    ----------
    xy_px : ndarray, shape (T, K, 2)
    world_m : ndarray, shape (T, K, 3)
    size_px : ndarray, shape (T,)
        From `steady_size`.
    time_s : ndarray, shape (T,)
    forward : float
        +1 when running to the right, -1 to the left.

    Returns
    -------
    ndarray, shape (T, 15 N)
        For the N landmarks of `TOLD`: places about the middle of the hips in body lengths, the
        estimator's 3D ones, then of these 5 N numbers the first and second difference over
        `MOTION_S` before and after, which are NaN where the clip ends.
    """
    hips = (xy_px[:, INDEX["left_hip"]] + xy_px[:, INDEX["right_hip"]]) / 2
    flat = (xy_px - hips[:, None]) / size_px[:, None, None]
    if forward < 0:
        flat, world_m = mirrored(flat), mirrored(world_m)
    posed = np.concatenate(
        [points[:, list(TOLD)].reshape(len(points), -1) for points in (flat, world_m)], axis=1
    )
    before, after = (_at(posed, time_s, time_s + by_s) for by_s in (-MOTION_S, MOTION_S))
    return np.concatenate([posed, after - before, after + before - 2 * posed], axis=1)


def _at(values: FloatArray, time_s: FloatArray, wanted_s: FloatArray) -> FloatArray:
    """Values (T, F) at other times, on a straight line between frames; NaN outside the clip."""
    if len(time_s) < 2:
        return np.full_like(values, np.nan)
    after = np.clip(np.searchsorted(time_s, wanted_s), 1, len(time_s) - 1)
    share = (wanted_s - time_s[after - 1]) / (time_s[after] - time_s[after - 1])
    share = np.where(np.abs(share - np.round(share)) < ON_FRAME, np.round(share), share)[:, None]
    found = values[after - 1] * (1 - share) + values[after] * share
    return np.where((share >= 0) & (share <= 1), found, np.nan)
