"""Bring strides of different length onto one scale, in per cent of the cycle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

POINTS = 101
"""A value for each per cent from 0 to 100."""

_MAX_GAP_STEPS = 3.01
"""Over a longer gap nothing is drawn: the curve is not known there."""


def resample_cycle(
    values: FloatArray, time_s: FloatArray, start_s: float, end_s: float, *, points: int = POINTS
) -> FloatArray:
    """A signal between two times at evenly spaced shares of the way.

    Parameters
    ----------
    values, time_s : ndarray, shape (T,)
        NaN where missing.
    start_s, end_s : float
        Where the cycle begins and where it is complete; both may lie between frames.
    points : int
        How many values, from 0 to 100 per cent.

    Returns
    -------
    ndarray, shape (points,)
        By straight lines between the valid frames; NaN outside of them and in gaps of more than
        three frame steps.

    Examples
    --------
    >>> t = np.linspace(0.0, 1.0, 21)
    >>> resample_cycle(10 * t, t, 0.2, 0.6, points=3)
    array([2., 4., 6.])
    """
    at_s = np.linspace(start_s, end_s, points)
    good = np.isfinite(values)
    if good.sum() < 2:
        return np.full(points, np.nan)
    t = time_s[good]
    out = np.interp(at_s, t, values[good], left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(t, at_s, side="right"), 1, len(t) - 1)
    gap_s = t[after] - t[after - 1]
    out[gap_s > _MAX_GAP_STEPS * float(np.median(np.diff(time_s)))] = np.nan
    return np.asarray(out)


def mean_and_spread(cycles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean of several cycles and their standard deviation, at each share of the way.

    Parameters
    ----------
    cycles : ndarray, shape (N, P)
        NaN where missing.

    Returns
    -------
    mean : ndarray, shape (P,)
        NaN where no cycle has a value.
    spread : ndarray, shape (P,)
        Standard deviation of the sample; NaN where fewer than two have a value.

    Examples
    --------
    >>> mean, spread = mean_and_spread(np.array([[1.0, np.nan], [3.0, 5.0]]))
    >>> mean.tolist(), spread.round(3).tolist()
    ([2.0, 5.0], [1.414, nan])
    """
    count = np.isfinite(cycles).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(cycles, axis=0) / count
        square = np.nansum((cycles - mean) ** 2, axis=0)
        spread = np.sqrt(square / (count - 1))
    return np.where(count > 0, mean, np.nan), np.where(count > 1, spread, np.nan)
