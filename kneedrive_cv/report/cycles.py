"""The strides of a run on one scale: toe-off at 0, the same foot's next toe-off at 100 per cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from kneedrive_cv.analysis import Angles, FloatArray
from kneedrive_cv.kinematics.cycle import mean_and_spread, resample_cycle
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import AnalysisResult, Stride

_LONGEST: Final = 1.6
"""A cycle this many times as long as the usual one has missed a toe-off."""


@dataclass(frozen=True)
class Cycle:
    """One stride of a leg, from toe-off to the next toe-off.

    Attributes
    ----------
    stride : Stride
        The knee drive that it begins with.
    end_s : float
        The same foot's next toe-off; by the run's usual length where it was not seen.
    whole : bool
        Whether it was seen.
    """

    stride: Stride
    end_s: float
    whole: bool

    @property
    def start_s(self) -> float:
        """Toe-off."""
        return self.stride.toe_off_time_s

    def share(self, time_s: float) -> float:
        """Per cent of the way at a time."""
        return 100.0 * (time_s - self.start_s) / (self.end_s - self.start_s)


@dataclass(frozen=True)
class LegCurve:
    """An angle of one leg over its cycles.

    Attributes
    ----------
    side : {'left', 'right'}
    cycles : list of Cycle
    lines : ndarray, shape (N, P)
        A row for each cycle.
    mean, spread : ndarray, shape (P,)
        Of the cycles; the spread is one standard deviation.
    touchdown_percent : float
        Mean place of the touchdown; NaN where there is none.
    """

    side: Side
    cycles: list[Cycle]
    lines: FloatArray
    mean: FloatArray
    spread: FloatArray
    touchdown_percent: float


def find_cycles(result: AnalysisResult) -> list[Cycle]:
    """The cycles of all strides, in order of time."""
    found = [(stride, _next_toe_off(result, stride)) for stride in result.strides]
    lengths = [end - s.toe_off_time_s for s, end in found if end is not None]
    if not lengths:
        return []
    usual_s = median(lengths)
    cycles = []
    for stride, end_s in found:
        seen = end_s is not None and end_s - stride.toe_off_time_s <= _LONGEST * usual_s
        end = end_s if end_s is not None and seen else stride.toe_off_time_s + usual_s
        if end > stride.touchdown_time_s:
            cycles.append(Cycle(stride, end, seen))
    return cycles


def _next_toe_off(result: AnalysisResult, stride: Stride) -> float | None:
    later = [
        e.time_s
        for e in result.events
        if e.side == stride.side and e.type == "toe_off" and e.time_s > stride.touchdown_time_s
    ]
    return min(later, default=None)


def leg_curve(
    angles: Angles, cycles: Iterable[Cycle], side: Side, column: str
) -> LegCurve | None:
    """An angle over the cycles of one leg; None where it has no value.

    Parameters
    ----------
    angles : Angles
    cycles : iterable of Cycle
        Of both legs.
    side : {'left', 'right'}
    column : str
        Name of the angle in ``angles.columns``.
    """
    own = [cycle for cycle in cycles if cycle.stride.side == side]
    values = angles.columns.get(column)
    if values is None or not own:
        return None
    lines = np.stack([resample_cycle(values, angles.time_s, c.start_s, c.end_s) for c in own])
    if not np.isfinite(lines).any():
        return None
    mean, spread = mean_and_spread(lines)
    touchdowns = [c.share(c.stride.touchdown_time_s) for c in own]
    return LegCurve(side, own, lines, mean, spread, float(np.mean(touchdowns)))


def leg_curves(
    angles: Angles, result: AnalysisResult, columns: dict[Side, str]
) -> dict[Side, LegCurve]:
    """An angle over the cycles of both legs; a leg without a value is left out."""
    cycles = find_cycles(result)
    found = {side: leg_curve(angles, cycles, side, columns[side]) for side in SIDES}
    return {side: curve for side, curve in found.items() if curve is not None}
