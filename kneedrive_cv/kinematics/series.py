"""Read a value between frames: interpolation, peaks and local noise of one signal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

FloatArray = NDArray[np.float64]

_FINE_STEP_S = 0.001
_CREST_STEPS = 1001

_AROUND_FRAMES = 256
"""The usual frame step is told from this many frames to either side: all of a clip, but of a long
signal not anew from its whole length for each value."""

_HOLE_S, _HOLE_STEPS = 0.0701, 3.01
"""A foot lands or leaves within a hole that is longer than both; where frames were read without a
pose, no longer gap is filled either (`kneedrive_cv.config.CleanSettings.max_gap_s`)."""


@dataclass(frozen=True)
class Extreme:
    """A maximum or minimum between frames."""

    time_s: float
    value: float


def value_at(values: FloatArray, time_s: FloatArray, at_s: float) -> float:
    """The signal at a time between frames, by a cubic spline through the valid frames near it.

    NaN if the time lies outside the valid frames, or in a gap of more than three frame steps.

    Examples
    --------
    >>> t = np.linspace(0, 1, 11)
    >>> round(value_at(t**2, t, 0.55), 4)
    0.3025
    """
    spline = _spline_near(values, time_s, at_s, at_s)
    return float("nan") if spline is None else float(spline(at_s))


def lower_median(values: FloatArray) -> float:
    """The median; of an even number the lower of the two in the middle.

    Of times between events a missed event makes one longer, and none shorter.

    Examples
    --------
    >>> lower_median(np.array([0.5, 0.2]))
    0.2
    """
    return float(np.sort(values)[(len(values) - 1) // 2])


def extreme_between(
    values: FloatArray, time_s: FloatArray, start_s: float, stop_s: float, *, sign: float = 1.0
) -> Extreme | None:
    """Greatest (``sign`` 1) or least (-1) value of a signal between two times.

    The signal is read every millisecond off a cubic spline, so that the peak is not lost
    between frames. None if it is not valid throughout.

    Parameters
    ----------
    values, time_s : ndarray, shape (T,)
    start_s, stop_s : float
    sign : float
        1 for the maximum, -1 for the minimum.
    """
    if not stop_s > start_s:
        return None
    spline = _spline_near(values, time_s, start_s, stop_s)
    if spline is None:
        return None
    fine_s = np.arange(start_s, stop_s, _FINE_STEP_S)
    curve = spline(fine_s)
    i = int(np.argmax(sign * curve))
    return Extreme(float(fine_s[i]), float(curve[i]))


def crest_between(
    values: FloatArray, time_s: FloatArray, start_s: float, stop_s: float, *, depth: float
) -> Extreme | None:
    """How high the crest of a signal between two times is, and when it is highest.

    A flat crest with noise on it has its greatest value anywhere, and a little too great. So both
    are those of a cubic through all of the crest; a parabola would be drawn to the gentler flank.

    Parameters
    ----------
    values, time_s : ndarray, shape (T,)
    start_s, stop_s : float
    depth : float
        The crest is what lies less than this below the greatest value, without a break.
    """
    top = extreme_between(values, time_s, start_s, stop_s)
    spline = _spline_near(values, time_s, start_s, stop_s)
    if top is None or spline is None:
        return None
    fine_s = np.arange(start_s, stop_s, _FINE_STEP_S)
    low = fine_s[spline(fine_s) < top.value - depth]
    first_s = max(low[low < top.time_s], default=start_s)
    last_s = min(low[low > top.time_s], default=stop_s)
    crest_s = fine_s[(fine_s > first_s) & (fine_s < last_s)] - top.time_s
    if len(crest_s) < 4 or start_s in (first_s, top.time_s) or stop_s in (last_s, top.time_s):
        return top  # a peak on the edge of the window has no second flank
    cubic = np.polynomial.Polynomial.fit(crest_s, spline(crest_s + top.time_s), 3)
    finer_s = np.linspace(crest_s[0], crest_s[-1], _CREST_STEPS)
    crest = cubic(finer_s)
    return Extreme(top.time_s + float(finer_s[np.argmax(crest)]), float(crest.max()))


def find_holes(time_s: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """Where frames are missing for so long that nothing may be told of the time between.

    Parameters
    ----------
    time_s : ndarray, shape (T,)

    Returns
    -------
    row : ndarray of int, shape (H,)
        The frame behind each hole.
    middle_s : ndarray, shape (H,)
        A moment within it. Inserted there without a value, no curve is laid over the hole.

    Examples
    --------
    >>> row, middle_s = find_holes(np.array([0.0, 0.02, 0.04, 0.06, 0.2, 0.22]))
    >>> row.tolist(), middle_s.round(2).tolist()
    ([4], [0.13])
    """
    steps = np.diff(time_s)
    if not len(steps):
        return np.zeros(0, dtype=np.intp), np.zeros(0)
    row = np.flatnonzero(steps > max(_HOLE_S, _HOLE_STEPS * float(np.median(steps)))) + 1
    return row, (time_s[row - 1] + time_s[row]) / 2


def _spline_near(
    values: FloatArray, time_s: FloatArray, start_s: float, stop_s: float
) -> CubicSpline | None:
    """Spline over a window and four frames to either side; None where the signal has a gap."""
    around = rows_between(time_s, start_s, stop_s, more=_AROUND_FRAMES)
    values, time_s = values[around], time_s[around]
    if len(time_s) < 4:
        return None
    step_s = max(float(np.median(np.diff(time_s))), _local_step_s(time_s, start_s, stop_s))
    near = (time_s >= start_s - 4 * step_s) & (time_s <= stop_s + 4 * step_s) & np.isfinite(values)
    t = time_s[near]
    if len(t) < 4 or t[0] > start_s + 1e-9 or t[-1] < stop_s - 1e-9:
        return None
    # from the last frame before the window to the first behind it: a gap may hold its edge
    first = int(np.searchsorted(t, start_s + 1e-9)) - 1
    last = int(np.searchsorted(t, stop_s - 1e-9))
    if np.diff(t[max(first, 0) : last + 1]).max(initial=0.0) > 3.01 * step_s:
        return None
    return CubicSpline(t, values[near])


def _local_step_s(time_s: FloatArray, start_s: float, stop_s: float) -> float:
    """The frame step about a window: a phone in poor light takes fewer frames for a while."""
    steps = np.diff(time_s[rows_between(time_s, start_s, stop_s, more=4)])
    return max(float(np.median(side)) for side in (steps[:4], steps[-4:])) if len(steps) else 0.0


def rows_between(time_s: FloatArray, start_s: float, stop_s: float, *, more: int = 0) -> slice:
    """The frames from one time to another, both inside, and some more to either side."""
    first = int(np.searchsorted(time_s, start_s, side="left"))
    last = int(np.searchsorted(time_s, stop_s, side="right"))
    return slice(max(first - more, 0), last + more)
