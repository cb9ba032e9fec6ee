"""Smoothing and interpolation by the time coordinate, without lag and for uneven frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator, make_smoothing_spline

FloatArray = NDArray[np.float64]


def smooth(
    values: FloatArray, time_s: FloatArray, *, cutoff_hz: float, weights: FloatArray | None = None
) -> FloatArray:
    """Smooth along time by a cubic smoothing spline; NaN stays NaN.

    Signals with fewer than five known frames are returned as they are.

    The spline's frequency response is 1 / (1 + (f / cutoff)^4), that of a second-order
    Butterworth filter run forwards and backwards, but it takes uneven frames, weights and short
    clips as they come (Craven and Wahba 1979; `scipy.interpolate.make_smoothing_spline`). That is
    the response at the usual step between frames. Each frame errs as much as any other, so where
    they lie closer together less is taken away, and more where they lie further apart.

    Parameters
    ----------
    values : ndarray, shape (T, ...)
    time_s : ndarray, shape (T,)
        Seconds, strictly increasing.
    cutoff_hz : float
        Frequency at which half of the amplitude is left, of frames at the usual step.
    weights : ndarray, shape (T,), optional
        Trust in each frame; scaled to a mean of 1.

    Returns
    -------
    ndarray, shape (T, ...)

    Raises
    ------
    ValueError
        The lengths are not the same, the times do not increase, or the cut-off is not above 0.

    Examples
    --------
    >>> t = np.arange(100) / 50
    >>> float(np.abs(smooth(3 * t, t, cutoff_hz=5.0) - 3 * t).max()) < 1e-6
    True
    """
    values, time_s = np.asarray(values, dtype=float), np.asarray(time_s, dtype=float)
    weights = None if weights is None else np.asarray(weights, dtype=float)
    _require_fit(len(values), time_s, weights, cutoff_hz)
    if not values.size:
        return values.copy()
    flat = values.reshape(len(values), -1)
    out = flat.copy()
    # signals that are known in the same frames share their spline's equations
    patterns, pattern = np.unique(np.isfinite(flat), axis=1, return_inverse=True)
    for number, ok in enumerate(patterns.T):
        if ok.sum() >= 5:  # a cubic spline needs as many
            block = np.ix_(ok, pattern == number)
            known = None if weights is None else weights[ok]
            out[block] = _smooth_known(flat[block], time_s[ok], cutoff_hz, known)
    return out.reshape(values.shape)


def _require_fit(
    frames: int, time_s: FloatArray, weights: FloatArray | None, cutoff_hz: float
) -> None:
    """Raise `ValueError` for what cannot be smoothed by."""
    for name, given in (("time_s", time_s), ("weights", weights)):
        if given is not None and given.shape != (frames,):
            raise ValueError(f"{name} has shape {given.shape}, expected ({frames},) as the values")
    if not np.all(np.diff(time_s) > 0):
        raise ValueError("time_s must increase from frame to frame")
    if not cutoff_hz > 0:
        raise ValueError(f"cutoff_hz is {cutoff_hz:g}, and must be above 0")


def _smooth_known(
    y: FloatArray, time_s: FloatArray, cutoff_hz: float, weights: FloatArray | None
) -> FloatArray:
    """Smooth signals without a gap, (T, K)."""
    w = np.ones(len(y)) if weights is None else np.maximum(weights, 1e-3)
    step_s = float(np.median(np.diff(time_s)))
    penalty = 1.0 / (step_s * (2 * np.pi * cutoff_hz) ** 4)
    # time in units of the frame step keeps the spline's equations well conditioned
    spline = make_smoothing_spline(time_s / step_s, y, w / w.mean(), lam=penalty / step_s**3)
    return np.asarray(spline(time_s / step_s))


def fill_gaps(values: FloatArray, time_s: FloatArray, *, max_gap_s: float) -> FloatArray:
    """Fill gaps of up to ``max_gap_s`` between valid frames, none at the ends.

    A curve through the frames on both sides (Akima 1970) fills them: of a leg at 25 frames a second
    a straight line is half as far off again. A frame that is off bends it no further than the two
    beside it, and with fewer than three valid frames it is a straight line.

    Parameters
    ----------
    values : ndarray, shape (T, ...)
    time_s : ndarray, shape (T,)
    max_gap_s : float
        Longest time between the valid frames on either side of a gap that is filled.

    Returns
    -------
    ndarray, shape (T, ...)
    """
    values = np.asarray(values, dtype=float)
    if not values.size:
        return values.copy()
    flat = values.reshape(len(values), -1).copy()
    for column in flat.T:
        ok = np.isfinite(column)
        known = np.flatnonzero(ok)
        if len(known) < 2:
            continue
        after = np.clip(np.searchsorted(known, np.arange(len(column))), 1, len(known) - 1)
        width_s = time_s[known[after]] - time_s[known[after - 1]]
        inside = (np.arange(len(column)) > known[0]) & (np.arange(len(column)) < known[-1])
        short = ~ok & inside & (width_s <= max_gap_s + 1e-9)
        if short.any():
            column[short] = Akima1DInterpolator(time_s[ok], column[ok])(time_s[short])
    return flat.reshape(values.shape)


def derivative(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """First derivative along time, by the time coordinate; shape as ``values``."""
    if len(time_s) < 2:
        return np.full_like(np.asarray(values, dtype=float), np.nan)
    return np.asarray(np.gradient(values, time_s, axis=0))
