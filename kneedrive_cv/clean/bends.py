"""How much the legs bend through time: by how much they leave the way of the frames before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

WORST_BEND = 8.0
"""A bend counts for no more than this (leg lengths squared over all parts): a frame that is
garbage in every look must not decide how the legs are named around it."""

REACH = 2.0
"""Motion is carried on over a gap, but over no more than this many steps."""

FAR_S, FAR_STEPS = 0.08, 2.5
"""Over frames without a pose that last longer than both, where the legs go cannot be told from
where they came: it says nothing of which is which. Legs that cover each other for as long go on."""


def carried_on(before: FloatArray, last: FloatArray, reach: FloatArray | float) -> FloatArray:
    """Where the way of two frames leads, so many of their steps on."""
    return np.asarray((1 + reach) * last - reach * before)


def are_far(steps_s: FloatArray) -> BoolArray:
    """Steps over which the legs' way says nothing, if no pose was seen within them."""
    return np.asarray(steps_s > max(FAR_S, FAR_STEPS * float(np.median(steps_s))))


def unseen_between(posed: BoolArray, time_s: FloatArray, rows: NDArray[np.intp]) -> BoolArray:
    """Whether frames without a pose lie between a row and the next, shape (rows - 1,).

    They may also be missing altogether, as damaged ones and those in which the picture froze.
    """
    steps = np.diff(time_s, prepend=time_s[0])
    missing = steps > FAR_STEPS * float(np.median(np.diff(time_s)))
    return np.asarray(np.diff(np.cumsum(~posed | missing)[rows]) > 0)


def cheapest_exchange(
    legs: FloatArray, time_s: FloatArray, first: int, last: int
) -> tuple[int, float, float]:
    """Where in a step the names change best: row, bend there as it is, and with them exchanged.

    Parameters
    ----------
    legs : ndarray, shape (T, 2, 8)
    time_s : ndarray, shape (T,)
    first, last : int
        The names change behind the first of these rows, and not behind the last.
    """
    found = [(np.inf, 0, 0.0, 0.0)]
    for row in range(max(first + 1, 1), min(last, len(legs) - 1) + 1):
        near = slice(max(row - 3, 0), row + 3)
        changed = legs[near].copy()
        changed[row - near.start :] = changed[row - near.start :, ::-1]
        as_it_is, other = (bends(each, time_s[near]).sum() for each in (legs[near], changed))
        found.append((float(other - as_it_is), row, float(as_it_is), float(other)))
    return min(found)[1:]


def bends(legs: FloatArray, time_s: FloatArray) -> FloatArray:
    """How much each frame but the first two leaves the way of the two before it, squared.

    Parameters
    ----------
    legs : ndarray, shape (T, 2, 8)
    time_s : ndarray, shape (T,)

    Returns
    -------
    ndarray, shape (T - 2,)
    """
    step_s = np.diff(time_s)
    reach = np.minimum(step_s[1:] / step_s[:-1], REACH)[:, None, None]
    off = legs[2:] - carried_on(legs[:-2], legs[1:-1], reach)
    return np.asarray(np.minimum(np.sum(off**2, axis=(1, 2)), WORST_BEND))
