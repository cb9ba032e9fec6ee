"""What goes with the stride: the phase of each moment, and a signal's first harmonic in it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

FloatArray = NDArray[np.float64]

STRIDES_HZ: Final = (1.3, 3.2)
"""Strides a second of a run: 156 to 384 steps a minute."""

_FINE_HZ: Final = 0.02
_BEND_HZ_S: Final = 0.05
_BENDS_FROM: Final = 3.0
"""From so many strides on the rate may change over the run."""

_LEAST_STRIDES: Final = 0.9
"""A signal of less than about one stride has no harmonic."""

_LEAST_FRAMES: Final = 8
_LEAST_SHARE: Final = 0.5
"""Of how the legs pass each other, so much must go with the stride."""


def stride_phase(right_over_left: FloatArray, time_s: FloatArray) -> FloatArray | None:
    """Phase of the stride in each frame, 0 about where the right knee is highest.

    It is told from all frames, not from single contacts, of which one may be missing or false.

    Parameters
    ----------
    right_over_left : ndarray, shape (T,)
        How much higher the right knee is than the left, in any unit; NaN where missing.
    time_s : ndarray, shape (T,)

    Returns
    -------
    ndarray, shape (T,), or None
        Radians, two pi a stride; None where no stride can be told.

    Examples
    --------
    >>> time_s = np.arange(60) / 60
    >>> phase = stride_phase(np.cos(2 * np.pi * 2.1 * time_s - 1), time_s)
    >>> np.round(phase[[0, -1]], 2)
    array([-1.  , 11.97])
    """
    ok = np.isfinite(right_over_left)
    if ok.sum() < _LEAST_FRAMES:
        return None
    signal, at_s, middle_s = right_over_left[ok], time_s[ok], float(time_s[ok].mean())

    def turns(rates: FloatArray, times_s: FloatArray) -> FloatArray:
        """Phase without its start, of a rate and how it changes."""
        since_s = times_s - middle_s
        bend = rates[1] if len(rates) > 1 else 0.0
        return np.asarray(2 * np.pi * (rates[0] * since_s + bend * since_s**2))

    def left(rates: FloatArray) -> float:
        """What of the signal does not go with such strides."""
        return _wave(signal, turns(rates, at_s))[1]

    grid = np.arange(*STRIDES_HZ, _FINE_HZ)
    best = grid[np.argmin([left(np.array([rate])) for rate in grid])]
    count = 2 if best * np.ptp(at_s) > _BENDS_FROM else 1
    start = np.array([best, 0.0])[:count]
    corners = start + np.vstack([np.zeros(count), np.diag([_FINE_HZ, _BEND_HZ_S][:count])])
    rates = minimize(left, start, method="Nelder-Mead", options={"initial_simplex": corners}).x
    wave, rest = _wave(signal, turns(rates, at_s))
    if not STRIDES_HZ[0] <= rates[0] <= STRIDES_HZ[1] or rest > 1 - _LEAST_SHARE:
        return None
    phase = turns(rates, time_s) - float(np.angle(wave))
    return np.asarray(phase - 2 * np.pi * np.round(phase[0] / (2 * np.pi)))


def _wave(signal: FloatArray, phase: FloatArray) -> tuple[complex, float]:
    """The wave in a signal at a phase, and the share of the signal's variance beside it."""
    parts = np.column_stack([np.cos(phase), np.sin(phase), np.ones(len(phase))])
    fit = np.linalg.lstsq(parts, signal, rcond=None)[0]
    spread = max(float(np.var(signal)), 1e-12)
    return complex(fit[0], fit[1]), float(np.var(signal - parts @ fit)) / spread


def first_harmonic(
    signal: FloatArray, phase: FloatArray, weight: FloatArray | None = None
) -> complex:
    """What of a signal goes with the stride, twice the stride and a steady drift taken out.

    Parameters
    ----------
    signal, phase : ndarray, shape (T,)
        NaN where the signal is missing.
    weight : ndarray, shape (T,), optional
        How much each moment counts; by default all the same.

    Returns
    -------
    complex
        Its size is the amplitude, its angle the phase of the greatest value; NaN where less than
        a stride was seen.

    Examples
    --------
    >>> phase = np.linspace(0, 12, 50)
    >>> round(abs(first_harmonic(3 * np.cos(phase - 1) + 0.2 * phase, phase)), 6)
    3.0
    """
    fit = _fitted(signal, phase, weight)
    return complex(fit[0], fit[1])


def mean_beside_waves(
    signal: FloatArray, phase: FloatArray, weight: FloatArray | None = None
) -> float:
    """What is left of a signal without what goes with the stride; arguments as `first_harmonic`."""
    return float(_fitted(signal, phase, weight)[4])


def _fitted(signal: FloatArray, phase: FloatArray, weight: FloatArray | None) -> FloatArray:
    """Cosine and sine of the stride, of twice the stride, the mean, and the drift a radian."""
    ok = np.isfinite(signal) & np.isfinite(phase)
    if not ok.any() or np.ptp(phase[ok]) < 2 * np.pi * _LEAST_STRIDES:
        return np.full(6, np.nan)
    at = phase[ok]
    waves = [wave(times * at) for times in (1, 2) for wave in (np.cos, np.sin)]
    parts = np.column_stack([*waves, np.ones(len(at)), at - at.mean()])
    counts = np.ones(len(at)) if weight is None else np.sqrt(weight[ok])
    return np.asarray(np.linalg.lstsq(counts[:, None] * parts, counts * signal[ok], rcond=None)[0])
