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

from kneedrive_cv.clean.bends import are_far, cheapest_exchange, unseen_between

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


def find_bounces(
    legs: FloatArray, time_s: FloatArray, posed: NDArray[np.bool_] | None = None
) -> list[int]:
    """Rows from which on the names of the legs are exchanged against the rows before.

    Parameters
    ----------
    legs : ndarray, shape (T, 2, 8)
        Left and right leg as `legs_from_hip` gives them; NaN where missing.
    time_s : ndarray, shape (T,)
    posed : ndarray of bool, shape (T,), optional
        Frames with a pose, also where both legs are laid over the same one; by default those in
        which both legs are there.

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
    sure = [
        k
        for k in range(SURE_STEPS, len(passes) - SURE_STEPS)
        if not passes[k]
        and a_step[k]
        and passes[k - SURE_STEPS : k].all()
        and passes[k + 1 : k + 1 + SURE_STEPS].all()
    ]
    together = [
        int(astride[k] + np.argmin(np.abs(ahead[astride[k] : astride[k + 1] + 1]))) for k in sure
    ]
    if np.sum(passes & a_step) < LEAST_PASSES:
        return together
    doubtful = np.setdiff1d(np.flatnonzero(a_step & ~passes), sure)
    return sorted(together + _rough_steps(legs, time_s, posed, astride, doubtful))


def _rough_steps(
    legs: FloatArray,
    time_s: FloatArray,
    posed: NDArray[np.bool_] | None,
    astride: NDArray[np.intp],
    steps: NDArray[np.intp],
) -> list[int]:
    """Rows of those steps with a bounce in which the legs would bend hardly more if they passed.

    Where they would even bend less, that was weighed before, against what the estimator says; the
    rhythm turns the scales only where a step comes before and after.
    """
    whole = np.asarray(np.isfinite(legs).all(axis=(1, 2)))
    seen = np.flatnonzero(whole)
    apart = np.linalg.norm(legs[seen, 0] - legs[seen, 1], axis=1)
    least = LEAST_ROUGH * float(np.percentile(apart, WIDEST_PERCENT)) ** 2
    unseen = unseen_between(whole if posed is None else posed, time_s, seen)
    far = unseen & are_far(np.diff(time_s[seen]))
    rows = []
    for k in steps:
        first, last = np.searchsorted(seen, astride[k : k + 2])
        if far[first:last].any():  # their way says nothing: it is no rougher one way than another
            continue
        row, as_it_is, changed = cheapest_exchange(legs[seen], time_s[seen], first, last)
        rough = least < as_it_is and changed < (1 + ROUGH_SHARE) * as_it_is
        if rough and (changed >= as_it_is or 0 < k < len(astride) - 2):
            rows.append(int(seen[row]))
    return rows


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
