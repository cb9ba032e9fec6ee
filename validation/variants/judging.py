"""What came out against what was expected, against the truth, and against the original."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import METRICS, AnalysisResult, Stride, Value
from validation.common import AMISS, FloatArray, match, true_mean
from validation.truth import Truth

WITHIN_S = 0.05
"""An event further from a true one is not that one."""

OPPOSITE: dict[Side, Side] = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Against:
    """A comparison of means: how many numbers, how many inside, what is amiss with confidence.

    Attributes
    ----------
    numbers, inside : int
        Means of metrics that both have, and those of them whose interval holds the other's.
    angle_deg, time_ms : float
        Mean absolute difference of angles and of times; NaN with none.
    amiss : tuple of str
        Numbers that are wrong with confidence.
    """

    numbers: int
    inside: int
    angle_deg: float
    time_ms: float
    amiss: tuple[str, ...]


def against_truth(
    result: AnalysisResult, truth: Truth, *, mirrored: bool, slow_motion: float
) -> Against:
    """Means of a rendered clip's metrics against what is true of it."""
    wanted = {
        (metric, side): true_mean(truth.drives, metric, _side(side, mirrored))
        for metric in METRICS
        for side in SIDES
    }
    known = {key: Value(value=number) for key, number in wanted.items() if np.isfinite(number)}
    return _compare(result.summary.metrics, known)


def against_original(
    result: AnalysisResult, original: AnalysisResult, *, mirrored: bool
) -> Against:
    """Means of a variant's metrics against those of the clip that it was made from.

    Over the knee drives that were seen in both, where they can be told by their times: an athlete
    who gets faster changes from drive to drive, so one drive more or less moves a plain mean.
    """
    pairs = _same_drives(result, original, mirrored=mirrored)
    if pairs:
        ours, theirs = (_only(each, strides) for each, strides in zip(
            (result, original), zip(*pairs, strict=True), strict=True
        ))  # fmt: skip
    else:
        ours, theirs = result.summary.metrics, original.summary.metrics
    wanted = {
        (metric, side): theirs[metric][_side(side, mirrored)]
        for metric in METRICS
        for side in SIDES
        if _side(side, mirrored) in theirs.get(metric, {})
    }
    return _compare(ours, wanted)


def _same_drives(
    result: AnalysisResult, original: AnalysisResult, *, mirrored: bool
) -> list[tuple[Stride, Stride]]:
    """Knee drives of the same leg with their peaks at the same time."""
    return [
        (own, other)
        for own in result.strides
        for other in original.strides
        if other.side == _side(own.side, mirrored)
        and abs(own.peak_time_s - other.peak_time_s) < WITHIN_S
    ]


def _only(result: AnalysisResult, strides: Iterable[Stride]) -> dict[str, dict[Side, Value]]:
    """The summary's means, moved to those of some strides; as wide as they were."""
    chosen = list(strides)
    moved: dict[str, dict[Side, Value]] = {}
    for metric, sides in result.summary.metrics.items():
        for side, mean in sides.items():
            seen = [s.metrics[metric].value for s in chosen if s.side == side]
            known = [value for value in seen if value is not None]
            if mean.value is None or not known:
                changes = {"value": None, "low": None, "high": None, "status": "not_measurable"}
            else:
                by = float(np.mean(known)) - mean.value
                changes = {
                    name: None if (old := getattr(mean, name)) is None else old + by
                    for name in ("value", "low", "high")
                }
            moved.setdefault(metric, {})[side] = mean.model_copy(update=changes)
    return moved


def _side(side: Side, mirrored: bool) -> Side:
    return OPPOSITE[side] if mirrored else side


def _compare(
    means: Mapping[str, Mapping[Side, Value]], wanted: Mapping[tuple[str, Side], Value]
) -> Against:
    """Every mean that both have; an interval holds the other number, give or take its own."""
    numbers = inside = 0
    apart: dict[str, list[float]] = {"deg": [], "s": []}
    amiss = []
    for (metric, side), other in wanted.items():
        own = means.get(metric, {}).get(side)
        if own is None or own.value is None or other.value is None:
            continue
        if "not_measurable" in (own.status, other.status):
            continue
        unit = METRICS[metric][1]
        numbers += 1
        over = _beyond(own, other)
        inside += over <= 0
        apart.setdefault(unit, []).append(abs(own.value - other.value))
        if own.status == "measured" and over > AMISS[unit]:
            amiss.append(f"{side} {metric} {own.value:.3g} for {other.value:.3g}")
    return Against(
        numbers, inside, _mean(apart["deg"]), 1000 * _mean(apart["s"]), tuple(amiss)
    )


def _beyond(own: Value, other: Value) -> float:
    """How far the other number lies outside of the interval; 0 or less: inside."""
    assert own.value is not None
    assert other.value is not None
    low = own.value if own.low is None else own.low
    high = own.value if own.high is None else own.high
    return max(low - other.value, other.value - high)


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def event_errors_ms(
    result: AnalysisResult, truth: Truth, *, mirrored: bool
) -> tuple[FloatArray, int]:
    """Errors of the touchdowns and toe-offs that were found, and how many true ones there are."""
    errors: list[float] = []
    wanted = 0
    for kind in ("touchdown", "toe_off"):
        for side in SIDES:
            true = truth.times_s(kind, _side(side, mirrored))  # type: ignore[arg-type]
            own = [e.time_s for e in result.events if (e.type, e.side) == (kind, side)]
            found = np.array(own)
            wanted += len(true)
            pairs = match(true, found, within=WITHIN_S)
            errors += [1000 * float(found[j] - true[i]) for i, j in pairs]
    return np.array(errors), wanted
