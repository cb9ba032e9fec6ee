"""Legs that leap past each other: a change of names where single frames were misread.

Where a pose is misread for a frame or two while the legs are wide apart, what lies between may look
like a quick pass. The frames on either side tell: without those between, legs that keep their names
go on as they went, and legs that were exchanged would have to leap across.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.bends import REACH, bends, carried_on, cheapest_exchange

FloatArray = NDArray[np.float64]

LONGEST_S = 0.07
"""Over a longer time the legs may do anything."""

MOST_LEFT_OUT = 3

OFF_SHARE = 0.2
LEAST_OFF = 0.5
"""Exchanged, the legs must go on from one side of the frames that are left out to the other with
less than this share of the squared error that they have with their names; and that must be more
than this share of the squared distance that they usually come apart."""

SMOOTH_SHARE = 0.1
"""The three frames on either side must bend by less than this share of it: legs that are misread
there too tell nothing."""

WIDEST_PERCENT = 90.0


def find_leaps(legs: FloatArray, time_s: FloatArray) -> list[int]:
    """Rows from which on the names of the legs are exchanged against the rows before.

    Parameters
    ----------
    legs : ndarray, shape (T, 2, 8)
        Left and right leg as `kneedrive_cv.clean.swaps.legs_from_hip` gives them; NaN where
        missing.
    time_s : ndarray, shape (T,)

    Returns
    -------
    list of int
        In order; empty where the legs leap nowhere.
    """
    seen = np.flatnonzero(np.isfinite(legs).all(axis=(1, 2)))
    if len(seen) < 6:
        return []
    legs, time_s = legs[seen], time_s[seen]
    apart = np.linalg.norm(legs[:, 0] - legs[:, 1], axis=1)
    least = LEAST_OFF * float(np.percentile(apart, WIDEST_PERCENT)) ** 2
    rows: list[int] = []
    after = 3
    while after < len(seen) - 3:
        leap = _leap_behind(legs, time_s, after, least)
        if leap is None:
            after += 1
            continue
        row, _, _ = cheapest_exchange(legs, time_s, after - 1, leap)
        rows.append(int(seen[row]))
        legs = legs.copy()
        legs[row:] = legs[row:, ::-1]
        after = leap + 1
    return rows


def _leap_behind(legs: FloatArray, time_s: FloatArray, first: int, least: float) -> int | None:
    """The row up to which frames from ``first`` on are misread, if the legs leap there."""
    found = []
    for last in range(first + 1, min(first + MOST_LEFT_OUT, len(legs) - 3) + 1):
        if time_s[last] - time_s[first - 1] > LONGEST_S:
            break
        as_it_is = _off(legs, time_s, first, last)
        sides = slice(first - 3, first), slice(last, last + 3)
        if max(bends(legs[k], time_s[k])[0] for k in sides) > SMOOTH_SHARE * as_it_is:
            continue
        exchanged = legs[first - 2 : last + 2].copy()
        exchanged[last - first + 2 :] = exchanged[last - first + 2 :, ::-1]
        other = _off(exchanged, time_s[first - 2 : last + 2], 2, last - first + 2)
        if as_it_is > least and other < OFF_SHARE * as_it_is:
            found.append((other / as_it_is, last))
    return min(found)[1] if found else None


def _off(legs: FloatArray, time_s: FloatArray, first: int, last: int) -> float:
    """How far the legs miss each other over the rows between, from either side, squared."""
    gap_s = time_s[last] - time_s[first - 1]
    reach = min(gap_s / (time_s[first - 1] - time_s[first - 2]), REACH)
    back = min(gap_s / (time_s[last + 1] - time_s[last]), REACH)
    ahead = carried_on(legs[first - 2], legs[first - 1], reach) - legs[last]
    behind = carried_on(legs[last + 1], legs[last], back) - legs[first - 1]
    return float(np.sum(ahead**2) + np.sum(behind**2)) / 2
