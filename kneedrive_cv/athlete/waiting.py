"""Whether the athlete waits in the blocks: his place says little there, his picture more.

A box around somebody who crouches, lifts his hips and shifts his weight moves by tenths of his
height. What changes in the picture within it is a few percent of what changes as he runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

FloatArray = NDArray[np.float64]

STILL_SHARE = 0.3
"""Of the change in the picture of him as he runs: with less he does not run. Rising to "set"
reaches a quarter; a few frames out of the blocks it is more than a third."""

WAITING_SHARE = 0.12
"""In half of the frames in which he waits it is less than this (0.03 to 0.08 in ten clips from the
blocks). Somebody who is still far away changes the picture of him more."""

PLACE_HEIGHTS = 0.75
"""Waiting, he stays within this of his place."""

RUN_PERCENTILE = 95.0
"""He may wait for most of the clip: how he changes as he runs is told from the most of it."""

WINDOW_FRAMES = 5
"""A frame that repeats the one before changes nothing, a jolt of the camera everything."""

LEAD_SHARE = 0.25
LEAST_LEAD_FRAMES = 8
MOST_LEAD_FRAMES = 90
"""So much of the wait is kept, as a share of the frames in which he moves: the first push is slow,
and a step is told from what lies before it. In frames, since a clip may play slowed."""


def change_within(
    box: FloatArray, change: NDArray[np.uint8], *, width_px: int, height_px: int
) -> FloatArray:
    """How much the picture changes within each box: the mean of the cells it touches, (T,).

    Parameters
    ----------
    box : ndarray, shape (T, 4)
        Left, top, right, bottom in pixels.
    change : ndarray of uint8, shape (T, rows, columns)
        Per cell of the picture, as in `kneedrive_cv.athlete.survey.Survey`.
    width_px, height_px : int
        Size of the picture.
    """
    most = np.array(change.shape[:0:-1])
    size = most / (width_px, height_px)
    low = np.clip(np.floor(box[:, :2] * size), 0, most - 1).astype(int)
    high = np.clip(np.ceil(box[:, 2:] * size), low + 1, most).astype(int)
    return np.array(
        [
            cells[top:bottom, left:right].mean()
            for cells, (left, top), (right, bottom) in zip(change, low, high, strict=True)
        ]
    )


def moving_part(level: FloatArray, place: FloatArray) -> slice:
    """Rows without those at either end in which he waits, a little of it apart.

    Parameters
    ----------
    level : ndarray, shape (T,)
        How much the picture of him changes, from `change_within`.
    place : ndarray, shape (T, 2)
        Where he is over the ground, in body heights.

    Returns
    -------
    slice
    """
    level = median_filter(level, WINDOW_FRAMES, mode="nearest")
    level = level / max(float(np.percentile(level, RUN_PERCENTILE)), 1.0)
    runs = np.flatnonzero(level >= STILL_SHARE)
    if not len(runs):
        return slice(0, len(level))
    first, last = int(runs[0]), int(runs[-1]) + 1
    lead = int(np.clip(LEAD_SHARE * (last - first), LEAST_LEAD_FRAMES, MOST_LEAD_FRAMES))
    start = max(0, first - lead) if _waits(level[:first], place[:first]) else 0
    stop = last + lead if _waits(level[last:], place[last:]) else len(level)
    return slice(start, min(stop, len(level)))


def overlap(first: slice, second: slice) -> slice:
    """Rows that lie in both; those of the first where the two have none in common."""
    both = slice(max(first.start, second.start), min(first.stop, second.stop))
    return both if both.start < both.stop else first


def _waits(level: FloatArray, place: FloatArray) -> bool:
    """Whether he waits where he does not run: quietly and in one place."""
    if not len(level):
        return False
    quiet = float(np.median(level)) < WAITING_SHARE
    return quiet and float(np.ptp(place, axis=0).max()) < PLACE_HEIGHTS
