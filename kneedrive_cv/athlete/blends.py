"""Frames that are mixed of the two beside them, as editors make them for slow motion.

A mixed frame shows two ghosts of each leg. A pose read from it is made up, and a clip slowed that
way seems to hold twice the frames that the camera took.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

PIXEL_STEP = 2  # every second pixel of every second row says it as well
MOVED_LEVELS = 12.0  # grey levels; what changes less is the coder's noise
MIN_PIXELS = 12
MIN_ENERGY_SHARE = 0.02  # of one change against the other; less is a frame that only repeats
MIXED_BELOW = 0.1
FILMED_ABOVE = 0.4
WITHIN_FRAMES = 4
MIN_BLENDS = 6
MIN_BLEND_SHARE = 0.15
"""What no mix of its neighbours explains, over what changes, is under 0.01 in a mixed frame, at crf
30 too, and 0.5 to 0.7 in a filmed one. In high frame rates and where nothing moves it is small
throughout, so filmed frames have to stand on both sides. That holds for 35 to 70 % of the moving
frames of ten clips slowed by mixing, and for none to 1 % of those of 22 others; in one of only 37
for two."""


def unmixed_share(before: Image, now: Image, after: Image) -> float:
    """How much of what changes no mix of the frames before and after explains.

    Parameters
    ----------
    before, now, after : ndarray of uint8, shape (height, width)

    Returns
    -------
    float
        0 for a mix, about 0.6 for a filmed frame; NaN where hardly anything moves.
    """
    first, middle, last = (
        image[::PIXEL_STEP, ::PIXEL_STEP].astype(np.float32) for image in (before, now, after)
    )
    came, went = middle - first, last - middle
    moved = np.maximum(np.abs(came), np.abs(went)) > MOVED_LEVELS
    if moved.sum() < MIN_PIXELS:
        return float("nan")
    came, went = came[moved], went[moved]
    energy = sorted((float(came @ came), float(went @ went)))
    if energy[0] < MIN_ENERGY_SHARE * energy[1]:
        return float("nan")
    whole = came + went
    share = np.clip(float(came @ whole) / max(float(whole @ whole), 1.0), 0.0, 1.0)
    rest = came - share * whole
    return float(rest @ rest) / energy[0]


def find_blends(unmixed: FloatArray) -> NDArray[np.bool_]:
    """Which frames are mixed of those beside them; none where hardly any is.

    Parameters
    ----------
    unmixed : ndarray, shape (T,)
        `unmixed_share` of each frame.

    Returns
    -------
    ndarray of bool, shape (T,)
    """
    told = np.isfinite(unmixed)
    mixed, filmed = told & (unmixed < MIXED_BELOW), told & (unmixed > FILMED_ABOVE)
    mixed &= _within(filmed) & _within(filmed[::-1])[::-1]
    enough = mixed.sum() >= max(MIN_BLENDS, MIN_BLEND_SHARE * told.sum())
    return np.asarray(mixed if enough else np.zeros_like(mixed))


def _within(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Frames with a marked one shortly before them."""
    near = np.zeros_like(marked)
    for step in range(1, WITHIN_FRAMES + 1):
        near[step:] |= marked[:-step]
    return near
