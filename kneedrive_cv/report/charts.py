"""The curves of the report as data for the page: over the time of the run, and over the stride."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kneedrive_cv.analysis import Analysis, Angles, FloatArray
from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.catalogue import (
    Angle,
    readable_angles,
    series,
    target_band,
    target_words,
    targets_of,
)
from kneedrive_cv.report.cycles import LegCurve, leg_curves
from kneedrive_cv.report.scales import GRID, Scale, Tick, path, ribbon, ticks
from kneedrive_cv.result import AnalysisResult, Event, Stride
from kneedrive_cv.technique.uncertainty import SAGITTAL

_MARGIN_S: Final = 0.15
"""What is shown before the first event and after the last."""
_MOST_NUMBERS: Final = 8
"""More numbers at the peaks would run into each other."""
LEAST_SPAN_DEG: Final = 30.0
"""A steady angle must look steady: no curve is blown up further than this."""
STRIPS: Final[dict[Side, int]] = {"left": 926, "right": 976}
"""Where the strips stand that show a foot on the ground, in units of `GRID` from the top."""


@dataclass(frozen=True)
class Line:
    """A curve: whose it is, of which stride, and how it is drawn."""

    d: str
    side: Side | None
    kind: str
    stride: int | None = None


@dataclass(frozen=True)
class Mark:
    """A point on a chart that can be clicked."""

    x: float
    y: float
    kind: str
    side: Side
    frame: int
    label: str
    number: str = ""


@dataclass(frozen=True)
class Span:
    """A stretch of the chart, in per cent: a foot on the ground."""

    x: float
    width: float
    side: Side


@dataclass(frozen=True)
class Chart:
    """One chart of the page; all places are in per cent of its area or in units of `GRID`.

    Attributes
    ----------
    key, title, zero, target_words, alt : str
    y : Scale
        The angle.
    x_ticks, y_ticks : list of Tick
    lines : list of Line
    ribbons : list of Line
        The spread of the strides about their mean.
    target : tuple of float or None
        Upper edge and height of the target.
    marks : list of Mark
    spans : list of Span
    """

    key: str
    title: str
    zero: str
    target_words: str
    alt: str
    y: Scale
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    lines: list[Line]
    target: tuple[float, float] | None
    ribbons: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def shown_time(angles: Angles, result: AnalysisResult) -> Scale | None:
    """The part of the run that the curves show: a crouch before it would squeeze what matters."""
    if not len(angles.time_s):
        return None
    first, last = float(angles.time_s[0]), float(angles.time_s[-1])
    times_s = [event.time_s for event in result.events]
    low = max(min(times_s, default=first) - _MARGIN_S, first)
    high = min(max(times_s, default=last) + _MARGIN_S, last)
    return Scale(low, high) if high > low else None


def angle_scale(values: list[FloatArray], band: tuple[float, float] | None) -> Scale:
    """A scale that holds all values and the target, with some room."""
    low = min(float(np.nanmin(y)) for y in values)
    high = max(float(np.nanmax(y)) for y in values)
    if band is not None:
        high = max(high, band[1])
    spare = max(LEAST_SPAN_DEG - (high - low), 0.0) / 2
    room = 0.06 * (high - low + 2 * spare)
    return Scale(low - spare - 2.6 * room, high + spare + 1.8 * room, upwards=True)


def _target(key: str, targets: Targets, y: Scale) -> tuple[float, float] | None:
    band = target_band(key, targets)
    if band is None:
        return None
    top, bottom = y.percent(band[1]), y.percent(band[0])
    return top, round(bottom - top, 2)


def time_charts(analysis: Analysis) -> list[Chart]:
    """Each angle over the time of the run."""
    x = shown_time(analysis.angles, analysis.result)
    if x is None:
        return []
    inside = (analysis.angles.time_s >= x.low) & (analysis.angles.time_s <= x.high)
    columns = {name: column[inside] for name, column in analysis.angles.columns.items()}
    cut = Angles(analysis.angles.frame[inside], analysis.angles.time_s[inside], columns)
    result = analysis.result
    return [_time_chart(result, cut, angle, x) for angle in readable_angles(cut, result)]


def _time_chart(result: AnalysisResult, angles: Angles, angle: Angle, x: Scale) -> Chart:
    targets, values = targets_of(result), series(angles, angle)
    y = angle_scale(list(values.values()), target_band(angle.key, targets))
    across = x.units(angles.time_s)
    return Chart(
        key=angle.key,
        title=angle.title,
        zero=angle.zero,
        target_words=target_words(angle.key, targets),
        alt=_range_words(angle, values),
        y=y,
        x_ticks=ticks(x, seconds=True),
        y_ticks=ticks(y),
        lines=[Line(path(across, y.units(v)), side, "run") for side, v in values.items()],
        target=_target(angle.key, targets, y),
        marks=_marks(result, angles, angle, x, y),
        spans=_spans(result, angles, x),
    )


def _range_words(angle: Angle, values: dict[Side | None, FloatArray]) -> str:
    ranges = [
        f"{side or 'angle'} from {np.nanmin(y):.0f} to {np.nanmax(y):.0f} degrees"
        for side, y in values.items()
    ]
    return f"{angle.title} over time, {angle.zero}: {'; '.join(ranges)}."


def _marks(
    result: AnalysisResult, angles: Angles, angle: Angle, x: Scale, y: Scale
) -> list[Mark]:
    """The tops of the knee drives on the curves; touchdowns and toe-offs along the bottom."""
    few = len(result.strides) <= _MOST_NUMBERS
    tops = [_top(stride, angles, angle, x, y, few) for stride in result.strides]
    steps = [_step(event, x) for event in result.events if x.low <= event.time_s <= x.high]
    return [mark for mark in tops if mark is not None] + steps


def _top(
    stride: Stride, angles: Angles, angle: Angle, x: Scale, y: Scale, numbered: bool
) -> Mark | None:
    column = angle.columns.get(stride.side) or angle.columns.get(None)
    if column is None or not x.low <= stride.peak_time_s <= x.high:
        return None
    height = float(np.interp(stride.peak_time_s, angles.time_s, angles.columns[column]))
    metric = f"{angle.key}_deg"
    own = stride.metrics.get(metric) if metric in SAGITTAL else None
    if own is not None and own.value is not None:
        height = own.value  # as the table has it: a line from frame to frame is a little lower
    if not np.isfinite(height):
        return None
    return Mark(
        x.percent(stride.peak_time_s), y.percent(height), "top", stride.side, stride.peak_frame,
        f"Knee drive {stride.number}, {stride.side}, top: {angle.title.lower()} {height:.0f}°",
        f"{height:.0f}°" if numbered and target_band(angle.key, Targets()) else "",
    )  # fmt: skip


def _step(event: Event, x: Scale) -> Mark:
    name = event.type.replace("_", "-")
    label = f"{event.side.capitalize()} {name}, frame {event.frame}"
    y = STRIPS[event.side] / GRID * 100
    return Mark(x.percent(event.time_s), y, event.type, event.side, event.frame, label)


def _spans(result: AnalysisResult, angles: Angles, x: Scale) -> list[Span]:
    return [
        Span(x.percent(start), round(x.percent(end) - x.percent(start), 2), side)
        for side in SIDES
        for start, end in contact_spans(result, angles, side)
        if end > x.low and start < x.high
    ]


def contact_spans(
    result: AnalysisResult, angles: Angles, side: Side
) -> list[tuple[float, float]]:
    """When a foot is on the ground: seconds from each touchdown to the next toe-off.

    A contact under way at the beginning or the end reaches to the end of the track.
    """
    time_s = angles.time_s
    if not len(time_s):
        return []
    spans: list[tuple[float, float]] = []
    started: float | None = None
    for event in sorted(result.events, key=lambda e: e.time_s):
        if event.side != side:
            continue
        if event.type == "touchdown":
            started = event.time_s
        elif started is not None or not spans:
            spans.append((float(time_s[0]) if started is None else started, event.time_s))
            started = None
    if started is not None:
        spans.append((started, float(time_s[-1])))
    return spans


def stride_charts(analysis: Analysis) -> list[Chart]:
    """Each angle of the legs over the stride: 0 % is toe-off, 100 % the same foot's next."""
    charts = []
    for angle in readable_angles(analysis.angles, analysis.result):
        columns: dict[Side, str] = {s: angle.columns.get(s) or angle.columns[None] for s in SIDES
                                    if s in angle.columns or None in angle.columns}  # fmt: skip
        if set(columns) == set(SIDES):
            curves = leg_curves(analysis.angles, analysis.result, columns)
            if curves:
                charts.append(_stride_chart(analysis.result, angle, curves))
    return charts


_CYCLE: Final = Scale(0.0, 100.0)


def _stride_chart(result: AnalysisResult, angle: Angle, curves: dict[Side, LegCurve]) -> Chart:
    targets = targets_of(result)
    edges = [e for c in curves.values() for e in (c.lines, c.mean - c.spread, c.mean + c.spread)]
    known = [e for e in edges if np.isfinite(e).any()]
    y = angle_scale(known, target_band(angle.key, targets))
    across = np.linspace(0.0, GRID, next(iter(curves.values())).lines.shape[1])
    lines, ribbons = [], []
    for side, curve in curves.items():
        low, high = (y.units(curve.mean + sign * curve.spread) for sign in (-1.0, 1.0))
        ribbons.append(Line(ribbon(across, low, high), side, "spread"))
        lines += [
            Line(path(across, y.units(row)), side, "thin", cycle.stride.number)
            for cycle, row in zip(curve.cycles, curve.lines, strict=True)
        ]
    lines += [Line(path(across, y.units(c.mean)), s, "mean") for s, c in curves.items()]
    return Chart(
        key=angle.key,
        title=angle.title,
        zero=angle.zero,
        target_words=target_words(angle.key, targets),
        alt=_stride_words(angle, curves),
        y=y,
        x_ticks=[Tick(float(p), f"{p} %") for p in (0, 25, 50, 75, 100)],
        y_ticks=ticks(y),
        lines=lines,
        ribbons=ribbons,
        target=_target(angle.key, targets, y),
        spans=[
            Span(c.touchdown_percent, round(100.0 - c.touchdown_percent, 2), side)
            for side, c in curves.items()
        ],
    )


def _stride_words(angle: Angle, curves: dict[Side, LegCurve]) -> str:
    parts = []
    for side, curve in curves.items():
        top = int(np.nanargmax(curve.mean))
        parts.append(
            f"{side}, mean of {len(curve.cycles)}: greatest {curve.mean[top]:.0f} degrees at "
            f"{top} % of the stride, touchdown at {curve.touchdown_percent:.0f} %"
        )
    return f"{angle.title} over the stride, {angle.zero}: {'; '.join(parts)}."
