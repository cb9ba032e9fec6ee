"""Frames that only repeat the one before, as editors leave them when they convert rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEVEL_PERCENTILE = 98.5  # a small athlete fills hardly more of the picture
WINDOW_FRAMES = 5  # the longest run of repeats that is still seen as such
REPEAT_SHARE = 0.2  # a repeat changes less than this against the frames around it
MIN_MOVING_LEVEL = 2.0  # grey levels: less around it, and nothing can be told
MIN_REPEATS = 3
MIN_REPEAT_SHARE = 0.03  # of the frames around which something moves


def change_level(change: NDArray[np.uint8], step: float) -> float:
    """How much the most changed part of the picture changes, in grey levels.

    Parameters
    ----------
    change : ndarray of uint8, shape (rows, columns)
        Change per cell.
    step : float
        Grey levels per unit of ``change``.
    """
    return float(np.percentile(change, LEVEL_PERCENTILE)) * step


def find_repeats(level: FloatArray) -> NDArray[np.bool_]:
    """Which frames repeat the one before.

    In a repeat nothing moves but the coder's noise, while the frames on both sides of it
    change much more. A body does not stop and go on within a few frames, so a single hold,
    as in the blocks, is not taken for one: movement has to stand on both sides, and the clip
    has to have several.

    Parameters
    ----------
    level : ndarray, shape (T,)
        How much each frame changes, in grey levels; the first frame's is not used.

    Returns
    -------
    ndarray of bool, shape (T,)
    """
    repeated = np.zeros(len(level), dtype=bool)
    if len(level) < 3:
        return repeated
    around = _movement_around(level[1:])
    moving = around >= MIN_MOVING_LEVEL
    candidate = moving & (level[1:] < REPEAT_SHARE * around)
    if candidate.sum() >= max(MIN_REPEATS, MIN_REPEAT_SHARE * moving.sum()):
        repeated[1:] = candidate
    return repeated


def _movement_around(level: FloatArray) -> FloatArray:
    """The lesser of the greatest changes before and after each frame; one side at the ends."""
    edge = np.full(WINDOW_FRAMES, -np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.concatenate([edge, level, edge]), WINDOW_FRAMES
    ).max(axis=1)
    before, after = windows[: len(level)], windows[WINDOW_FRAMES + 1 :]
    before = np.where(np.isfinite(before), before, np.inf)
    after = np.where(np.isfinite(after), after, np.inf)
    around: FloatArray = np.minimum(before, after)
    return around
