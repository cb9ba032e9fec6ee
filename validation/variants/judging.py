"""What came out against what was expected, against the truth, and against the original."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.result import METRICS, AnalysisResult, Value
from validation.common import FloatArray, match, true_mean
from validation.truth import Truth

WITHIN_S = 0.05
"""An event further from a true one is not that one."""

AMISS = {"deg": 5.0, "s": 0.02, "hz": 0.4, "shank": 0.1, "thigh": 0.1}
"""Beyond its own 95 % interval by more than this, a number that is called measured is wrong with
confidence: 5 degrees, 20 ms and a tenth of the shank are where the product calls a fault clear."""

OPPOSITE = {"left": "right", "right": "left"}


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
    return _compare(result, {k: Value(value=v) for k, v in wanted.items() if np.isfinite(v)})


def against_original(
    result: AnalysisResult, original: AnalysisResult, *, mirrored: bool
) -> Against:
    """Means of a variant's metrics against those of the clip that it was made from."""
    wanted = {
        (metric, side): original.summary.metrics[metric][_side(side, mirrored)]
        for metric in METRICS
        for side in SIDES
        if metric in original.summary.metrics
    }
    return _compare(result, wanted)


def _side(side: str, mirrored: bool) -> str:
    return OPPOSITE[side] if mirrored else side


def _compare(result: AnalysisResult, wanted: dict[tuple[str, str], Value]) -> Against:
    """Every mean that both have; an interval holds the other number, give or take its own."""
    numbers = inside = 0
    apart: dict[str, list[float]] = {"deg": [], "s": []}
    amiss = []
    for (metric, side), other in wanted.items():
        own = result.summary.metrics.get(metric, {}).get(side)
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
