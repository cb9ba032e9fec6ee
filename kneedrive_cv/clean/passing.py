"""Legs that bounce off each other where they should have passed: a change of names in between.

Where dark or blurred legs cover each other for some frames, their way through time does not tell
which is which afterwards. The rhythm does: in a run the legs pass each other once in every step. A
step in which they come together and part again the way they came has their names exchanged: where
all steps around it are as in a run, and where the legs jump so much that either way is as rough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import find_peaks

FloatArray = NDArray[np.float64]

KNEE_X, ANKLE_X = 0, 2
"""Columns of a leg as `kneedrive_cv.clean.swaps.legs_from_hip` gives it."""

ANKLE_SHARE = 0.5
WIDEST_PERCENT = 90.0
LEAST_WIDE = 0.4
LEAST_RISE = 0.25
"""Shares of how wide the stride usually is: the legs are astride where they are so wide, and have
come together before and after by so much."""

OVER_S = 0.05
LEAST_APART_S = 0.1
LONGEST_GAP_S = 0.1
"""Where the legs are not told apart for longer, they are taken to cover each other."""

STEPS = (0.6, 1.5)
"""Twice astride the same way, less apart than so many usual steps, is one step with a gap in it;
more apart, it is two steps with one between them that was not seen."""

SURE_STEPS = 2
"""So many steps before and after must be as in a run: in drills on one leg and from the front the
legs part the same way again and again."""

ROUGH_SHARE = 0.25
"""Where exchanging the names adds less than this share to how much the legs bend, their way through
time does not tell which is which; it costs 2 to 20 times as much where they pass each other."""

LEAST_ROUGH = 0.3
"""...and they bend at least so much there, as a share of the squared distance that the legs usually
come apart: legs that rest side by side between two lifts of a drill bend little either way."""

LEAST_PASSES = 2

WORST_BEND = 8.0
"""No bend counts for more, in leg lengths squared: one frame that is garbage says no more."""


def find_bounces(legs: FloatArray, time_s: FloatArray) -> list[int]:
    """Rows from which on the names of the legs are exchanged against the rows before.

    Parameters
    ----------
    legs : ndarray, shape (T, 2, 8)
        Left and right leg as `legs_from_hip` gives them; NaN where missing.
    time_s : ndarray, shape (T,)

    Returns
    -------
    list of int
        In order; empty where the legs pass each other in every step.
    """
    ahead = _ahead(legs, time_s)
    if ahead is None:
        return []
    astride = _astride(np.abs(ahead), time_s)
    if len(astride) < 2 * SURE_STEPS + 2:
        return []
    step_s = np.diff(time_s[astride])
    passes = np.sign(ahead[astride[1:]]) != np.sign(ahead[astride[:-1]])
    least_s, most_s = np.array(STEPS) * np.median(step_s)
    a_step = (least_s < step_s) & (step_s < most_s)
    bounces = [
        int(astride[k] + np.argmin(np.abs(ahead[astride[k] : astride[k + 1] + 1])))
        for k in range(SURE_STEPS, len(passes) - SURE_STEPS)
        if not passes[k]
        and a_step[k]
        and passes[k - SURE_STEPS : k].all()
        and passes[k + 1 : k + 1 + SURE_STEPS].all()
    ]
    rough = _rough_steps(legs, time_s, astride, passes, a_step)
    sure = np.searchsorted(astride, bounces)
    return sorted(bounces + [row for row in rough if np.searchsorted(astride, row) not in sure])


def _rough_steps(
    legs: FloatArray,
    time_s: FloatArray,
    astride: NDArray[np.intp],
    passes: NDArray[np.bool_],
    a_step: NDArray[np.bool_],
) -> list[int]:
    """Rows of the steps in which the legs bounce and would bend hardly more if they passed.

    Where they would even bend less, that was weighed before, against what the estimator says; the
    rhythm turns the scales only where a step comes before and after.
    """
    seen = np.flatnonzero(np.isfinite(legs).all(axis=(1, 2)))
    if np.sum(passes & a_step) < LEAST_PASSES:
        return []
    ways = [
        _cheapest_exchange(legs[seen], time_s[seen], *np.searchsorted(seen, astride[k : k + 2]))
        for k in range(len(passes))
    ]
    apart = np.linalg.norm(legs[seen, 0] - legs[seen, 1], axis=1)
    least = LEAST_ROUGH * float(np.percentile(apart, WIDEST_PERCENT)) ** 2
    return [
        int(seen[row])
        for k, (row, as_it_is, changed) in enumerate(ways)
        if not passes[k]
        and a_step[k]
        and changed < (1 + ROUGH_SHARE) * as_it_is
        and (changed >= as_it_is or 0 < k < len(passes) - 1)
        and as_it_is > least
    ]


def _cheapest_exchange(
    legs: FloatArray, time_s: FloatArray, first: int, last: int
) -> tuple[int, float, float]:
    """Where in a step the names change best: row, bend there as it is, and with them exchanged."""
    found: list[tuple[float, int, float, float]] = []
    for row in range(max(first + 1, 1), min(last, len(legs) - 1) + 1):
        near = slice(max(row - 3, 0), row + 3)
        changed = legs[near].copy()
        changed[row - near.start :] = changed[row - near.start :, ::-1]
        as_it_is, other = (
            float(_bends(each, time_s[near]).sum()) for each in (legs[near], changed)
        )
        found.append((other - as_it_is, row, as_it_is, other))
    return min(found)[1:] if found else (0, 0.0, 0.0)


def _bends(legs: FloatArray, time_s: FloatArray) -> FloatArray:
    """Squared departure of each row from two rows' way carried on, in leg lengths squared."""
    step_s = np.diff(time_s)
    reach = (step_s[1:] / step_s[:-1])[:, None, None]
    off = legs[2:] - (1 + reach) * legs[1:-1] + reach * legs[:-2]
    return np.asarray(np.minimum(np.sum(off**2, axis=(1, 2)), WORST_BEND))


def _ahead(legs: FloatArray, time_s: FloatArray) -> FloatArray | None:
    """How far the left leg is ahead of the right one, along the picture; None if hardly seen."""
    apart = legs[:, 0] - legs[:, 1]
    ahead = apart[:, KNEE_X] + ANKLE_SHARE * apart[:, ANKLE_X]
    seen = np.flatnonzero(np.isfinite(ahead))
    if len(seen) < 3:
        return None
    every = np.interp(time_s, time_s[seen], ahead[seen])
    after = np.clip(np.searchsorted(seen, np.arange(len(ahead))), 1, len(seen) - 1)
    gap_s = time_s[seen[after]] - time_s[seen[after - 1]]
    return np.asarray(np.where(np.isfinite(ahead) | (gap_s <= LONGEST_GAP_S), every, 0.0))


def _astride(width: FloatArray, time_s: FloatArray) -> NDArray[np.intp]:
    """Rows in which the legs are widest apart, one a step."""
    frame_s = float(np.median(np.diff(time_s)))
    width = uniform_filter1d(width, max(1, round(OVER_S / frame_s)))
    usual = float(np.percentile(width, WIDEST_PERCENT))
    rows, _ = find_peaks(
        width,
        height=LEAST_WIDE * usual,
        prominence=LEAST_RISE * usual,
        distance=max(1, round(LEAST_APART_S / frame_s)),
    )
    return np.asarray(rows)
