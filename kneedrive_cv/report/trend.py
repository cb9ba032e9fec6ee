"""How each metric moved over several runs of an athlete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.report.changes import Change, find_changes
from kneedrive_cv.report.formats import change_interval, number, signed
from kneedrive_cv.report.scales import GRID, Scale
from kneedrive_cv.report.words import short_title, unit_of
from kneedrive_cv.result import AnalysisResult, Value
from kneedrive_cv.technique.verdict import is_off_zero


@dataclass(frozen=True)
class Stop:
    """One run on a trend's chart: the place of its value and interval, in units of `GRID`."""

    x: int
    y: int
    top: int
    bottom: int
    text: str


@dataclass(frozen=True)
class Line:
    """One leg's values, run by run, and how they moved from the first to the last."""

    side: Side | None
    stops: list[Stop]
    d: str
    words: str
    real: bool


@dataclass(frozen=True)
class Trend:
    """A metric over the runs."""

    metric: str
    title: str
    lines: list[Line]
    alt: str


def trends(results: Sequence[AnalysisResult]) -> list[Trend]:
    """A chart for each metric, with a line for each leg, the runs in order from left to right."""
    groups = by_metric(find_changes(results))
    return [draw_trend(metric, changes, _since_first) for metric, changes in groups.items()]


def by_metric(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """The changes of each metric."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.metric, []).append(change)
    return groups


def _since_first(change: Change) -> tuple[Value | None, str]:
    last = next((c for c in reversed(change.changes) if c.value is not None), None)
    return last, "since the first" if last else "not measured in the first run and a later one"


def draw_trend(
    metric: str, changes: Sequence[Change], moved: Callable[[Change], tuple[Value | None, str]]
) -> Trend:
    """The chart of a metric.

    Parameters
    ----------
    metric : str
    changes : sequence of Change
        Of each leg, or of the whole run.
    moved : callable
        How a metric moved, and since when; None, and why that cannot be said.
    """
    ends = [
        end
        for change in changes
        for value in change.values
        for end in (value.value, value.low, value.high)
        if end is not None
    ]
    room = 0.14 * (max(ends) - min(ends)) or 1.0
    scale = Scale(min(ends) - room, max(ends) + room, upwards=True)
    lines = [_line(change, scale, *moved(change)) for change in changes]
    title = short_title(metric)
    words = "; ".join(f"{line.side or 'whole run'}: {line.words}" for line in lines)
    return Trend(metric, title, lines, f"{title} run by run. {words}.")


def _line(change: Change, scale: Scale, last: Value | None, since: str) -> Line:
    unit, count = unit_of(change.metric), len(change.values)
    shift = {"left": -12, "right": 12}.get(change.side or "", 0)
    stops = [
        _stop(value, scale, round((i + 0.5) * GRID / count) + shift, unit)
        for i, value in enumerate(change.values)
        if value.value is not None
    ]
    d = "M" + "L".join(f"{s.x} {s.y}" for s in stops)
    words = since if last is None else moved_words(last, unit, since)
    return Line(change.side, stops, d, words, last is not None and is_off_zero(last))


def _stop(value: Value, scale: Scale, x: int, unit: str) -> Stop:
    assert value.value is not None
    low = value.value if value.low is None else value.low
    high = value.value if value.high is None else value.high
    at, top, bottom = (round(10 * scale.percent(v)) for v in (value.value, high, low))
    return Stop(x, at, top, bottom, number(value.value, unit))


def moved_words(change: Value, unit: str, since: str) -> str:
    """How much, how sure, and whether it is real."""
    real = "real" if is_off_zero(change) else "cannot be told from none"
    return f"{signed(change.value, unit)} {since} ({change_interval(change, unit)}), {real}"
