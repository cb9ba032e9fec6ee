"""A clip whose middle alone is slowed: which of its frames play at one speed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEAST_RATIO = 2.5
"""Phones slow by 4 or 8. Out of the blocks, and from a jog to a sprint, the limbs become less than
this much faster once there are steps."""

WINDOW_S = 0.15
LEAST_FRAMES = 12
LEAST_FAST_FRAMES = 3
LIMBS = tuple(INDEX[f"{side}_{part}"] for side in SIDES for part in ("knee", "ankle", "wrist"))
HIPS = tuple(INDEX[f"{side}_hip"] for side in SIDES)


def limb_speed(track: PoseTrack) -> FloatArray:
    """How fast knees, ankles and wrists move against the hips, in pixels a second, shape (T,).

    Of playback; 0 where nothing is seen.
    """
    middle = track.xy_px[:, HIPS].mean(axis=1)
    about = track.xy_px[:, LIMBS] - middle[:, None]
    moved = np.linalg.norm(np.diff(about, axis=0), axis=2)
    mean = np.nan_to_num(moved).sum(axis=1) / np.maximum(np.isfinite(moved).sum(axis=1), 1)
    speed = mean / np.diff(track.time_s)
    return np.concatenate([speed[:1], speed])


def slow_stretch(track: PoseTrack) -> slice | None:
    """The longest stretch that plays much slower than the rest; None where all plays alike.

    Parameters
    ----------
    track : PoseTrack
        In playback time.

    Returns
    -------
    slice or None
        Whether it shows a run, its steps must tell: somebody who waits is slow as well.
    """
    if len(track) < 2 * LEAST_FRAMES:
        return None
    level = np.log(np.maximum(limb_speed(track), 1e-3))
    window = max(3, round(WINDOW_S / float(np.median(np.diff(track.time_s)))) | 1)
    level = median_filter(level, window, mode="nearest")
    slow = _slower(level)
    if slow is None:
        return None
    rows = np.flatnonzero(slow)
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    longest = max(runs, key=len)
    if len(longest) < LEAST_FRAMES:
        return None
    return slice(int(longest[0]), int(longest[-1]) + 1)


def _slower(level: FloatArray) -> BoolArray | None:
    """Rows of the lower of two levels that are far apart; None where there is one only.

    The border is where the rows on both sides of it agree best among themselves (Otsu 1979).
    """
    order = np.sort(level)
    counts = np.arange(1, len(order))
    below = np.cumsum(order)[:-1] / counts
    above = (order.sum() - np.cumsum(order)[:-1]) / (len(order) - counts)
    between = counts * (len(order) - counts) * (above - below) ** 2
    best = int(np.argmax(between))
    slow = np.asarray(level <= order[best])
    fast = ~slow
    if fast.sum() < LEAST_FAST_FRAMES or slow.sum() < LEAST_FRAMES:
        return None
    far = np.median(level[fast]) - np.median(level[slow]) > np.log(LEAST_RATIO)
    return slow if far else None
