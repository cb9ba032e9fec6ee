"""Left against right at a glance: both numbers on one strip, and whether they really differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.formats import number, value_interval
from kneedrive_cv.report.scales import Scale
from kneedrive_cv.report.words import short_title, unit_of
from kneedrive_cv.result import METRICS, AnalysisResult, Value
from kneedrive_cv.technique.checks import difference, sides_apart
from kneedrive_cv.technique.verdict import is_off_zero, off_zero

_LEAST_SPAN: Final = {"deg": 30.0, "s": 0.06, "hz": 1.0, "shank": 0.5, "thigh": 0.5}
"""Strips are no narrower than this, so that what is alike looks alike."""

_OF_BOTH: Final = ("knee_across_middle_thigh", "pelvis_rotation_deg", "pelvis_obliquity_deg")
"""What is read as the mean of both legs."""

_OPPOSED: Final = 2.0
"""Of the step rate: a foot told too late makes its own step longer, the other's shorter."""


@dataclass(frozen=True)
class Leg:
    """One leg's number and where it stands on the strip, in per cent."""

    value: str
    interval: str
    at: float
    low: float
    width: float


@dataclass(frozen=True)
class Pair:
    """A metric of both legs.

    ``real`` is whether the whole interval of the difference lies off zero.
    """

    metric: str
    title: str
    legs: dict[Side, Leg]
    difference: str
    interval: str
    real: bool
    words: str


def pairs(result: AnalysisResult) -> list[Pair]:
    """Every metric that was measured on both legs."""
    out = []
    for metric in METRICS:
        if metric in _OF_BOTH:
            continue
        sides = result.summary.metrics.get(metric, {})
        if all(s in sides and sides[s].value is not None for s in SIDES):
            out.append(_pair(metric, sides))
    return out


def _pair(metric: str, sides: dict[Side, Value]) -> Pair:
    unit = unit_of(metric)
    share = _OPPOSED if metric == "step_frequency_hz" else sides_apart(metric)
    apart = difference(sides["left"], sides["right"], share)
    real = is_off_zero(apart)
    strip = _strip(list(sides.values()), unit)
    more, less = ("left", "right") if (apart.value or 0.0) > 0 else ("right", "left")
    below = all((value.value or 0.0) < 0 for value in sides.values())
    words = f"{less} is further below 0" if below else f"{more} is greater"
    words = words if real else "no difference that can be told"
    size = off_zero(apart)
    legs = {side: _leg(sides[side], unit, strip) for side in SIDES}
    return Pair(
        metric, short_title(metric), legs, number(size.value, unit),
        value_interval(size, unit), real, words,
    )  # fmt: skip


def _strip(values: list[Value], unit: str) -> Scale:
    ends = [e for v in values for e in (v.value, v.low, v.high) if e is not None]
    low, high = min(ends), max(ends)
    spare = max(_LEAST_SPAN.get(unit, 0.0) - (high - low), 0.1 * (high - low), 1e-6) / 2
    return Scale(low - spare, high + spare)


def _leg(value: Value, unit: str, strip: Scale) -> Leg:
    assert value.value is not None
    low = strip.percent(value.value if value.low is None else value.low)
    high = strip.percent(value.value if value.high is None else value.high)
    at = strip.percent(value.value)
    return Leg(number(value.value, unit), value_interval(value, unit), at, low, high - low)
