"""Places on a chart as percentages, round ticks, and lines as SVG paths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kneedrive_cv.analysis import FloatArray

GRID: Final = 1000
"""Units of a chart's coordinates to either side: whole numbers keep the page small."""
_DEGREE_STEPS: Final = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0)
_SECOND_STEPS: Final = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` along one side of a chart."""

    low: float
    high: float
    upwards: bool = False

    def percent(self, value: float) -> float:
        """Where a value stands, in per cent from the left or from the top."""
        share = (value - self.low) / (self.high - self.low)
        return round(100.0 * (1.0 - share if self.upwards else share), 2)

    def units(self, values: FloatArray) -> FloatArray:
        """Where values stand, in whole units of `GRID`; NaN where missing."""
        share = (np.asarray(values) - self.low) / (self.high - self.low)
        return np.asarray(np.round(GRID * (1.0 - share if self.upwards else share)))


@dataclass(frozen=True)
class Tick:
    """A number beside a chart."""

    percent: float
    text: str


def ticks(scale: Scale, *, seconds: bool = False, most: int = 6) -> list[Tick]:
    """Round numbers along a scale.

    Examples
    --------
    >>> [t.text for t in ticks(Scale(-12.0, 95.0))]
    ['0°', '20°', '40°', '60°', '80°']
    """
    span = scale.high - scale.low
    steps = _SECOND_STEPS if seconds else _DEGREE_STEPS
    step = next((s for s in steps if span / s <= most), span)
    first = math.ceil(scale.low / step - 1e-9)
    values = [step * i for i in range(first, math.floor(scale.high / step + 1e-9) + 1)]
    words = [f"{v:.4g} s" if seconds else f"{v:.0f}°".replace("-", "−") for v in values]
    return [Tick(scale.percent(v), word) for v, word in zip(values, words, strict=True)]


def path(x: FloatArray, y: FloatArray) -> str:
    """A line through points, broken where one is missing, as an SVG path.

    Parameters
    ----------
    x, y : ndarray, shape (N,)
        In units of `GRID`.

    Examples
    --------
    >>> path(np.array([0.0, 1.0, 2.0, 3.0]), np.array([5.0, 6.0, np.nan, 7.0]))
    'M0 5L1 6M3 7'
    """
    parts, pen = [], "M"
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        if not (math.isfinite(a) and math.isfinite(b)):
            pen = "M"
            continue
        parts.append(f"{pen}{a:.0f} {b:.0f}")
        pen = "L"
    return "".join(parts)


def ribbon(x: FloatArray, low: FloatArray, high: FloatArray) -> str:
    """The area between two lines as an SVG path; parts where one is missing are left out."""
    good = np.isfinite(low) & np.isfinite(high)
    areas = []
    for start, stop in _runs(good):
        part = slice(start, stop)
        there = path(x[part], high[part])
        back = path(x[part][::-1], low[part][::-1]).replace("M", "L", 1)
        areas.append(f"{there}{back}Z")
    return "".join(areas)


def _runs(good: np.ndarray) -> Sequence[tuple[int, int]]:
    """Half-open ranges of true values, of at least two."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(int), [0]])))
    pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(a, b) for a, b in pairs if b - a > 1]
