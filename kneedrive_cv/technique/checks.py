"""Judge each check on each leg: pass, borderline or fault, by the interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import METRICS, Check, Gait, Stride, Value
from kneedrive_cv.technique.not_a_sprint import is_judged
from kneedrive_cv.technique.rule import Rule
from kneedrive_cv.technique.rules import ASYMMETRY_FRONTAL, ASYMMETRY_METRICS, RULES
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import interval, mean_value, not_measurable
from kneedrive_cv.technique.verdict import Z_95, as_judged, judge, off_zero, weaker_side

SIDES_APART: dict[str, float] = {
    "thigh_deg": 0.75,
    "knee_flexion_deg": 0.75,
    "foot_ahead_of_knee_shank": 0.8,
}
SIDES_APART_ELSE = 0.6
"""Share of the legs' errors that is not common to both, on rendered runs: so much of the errors
makes intervals of the difference that hold 92 to 97 % of the truths."""

LEGS_ALIKE = 1.5
"""One leg's error is at most so many times the other's by what both have in common: near and far
leg differ by up to 1.4. What is more, as of a leg that was lost at its top, is its own."""

Means = Mapping[str, Mapping[Side, Value]]


def metrics_of(strides: Sequence[Stride]) -> list[str]:
    """The metrics of some strides, those that checks bring with them last."""
    return list(METRICS | dict.fromkeys(name for s in strides for name in s.metrics))


def mean_metrics(
    strides: Sequence[Stride], metrics: Sequence[str], quality: Quality
) -> dict[str, dict[Side, Value]]:
    """Mean of each metric over the strides of each side."""
    return {
        metric: {
            side: mean_value(
                metric, [s.metrics[metric] for s in strides if s.side == side], side, quality
            )
            for side in SIDES
        }
        for metric in metrics
    }


def mean_of(strides: Sequence[Stride], metric: str) -> float:
    """Plain mean of a metric over all strides; NaN if it was read in none."""
    known = [value for s in strides if (value := s.metrics[metric].value) is not None]
    return float(np.mean(known)) if known else float("nan")


def run_checks(
    strides: Sequence[Stride],
    means: Means,
    targets: Targets,
    rules: Sequence[Rule] = RULES,
    *,
    gait: Gait = "sprint",
) -> list[Check]:
    """All checks: each rule on each leg, then the comparison of the legs; none but of a sprint."""
    if not is_judged(gait):
        return []
    checks = [
        _check(rule, side, means[rule.metric][side], strides, targets)
        for rule in rules
        for side in SIDES
    ]
    checks += [
        _asymmetry(
            metric,
            means[metric],
            word,
            _read(strides, metric),
            setting="asymmetry_max_deg",
            unit="deg",
            targets=targets,
        )
        for metric, word in ASYMMETRY_METRICS.items()
    ]
    return checks + [
        _asymmetry(
            metric, means[metric], word, _read(strides, metric), setting="asymmetry_max_thigh",
            unit="thigh", targets=targets,
        )
        for metric, word in ASYMMETRY_FRONTAL.items()
        if any(value.value is not None for value in means.get(metric, {}).values())
    ]  # fmt: skip


def _check(
    rule: Rule, side: Side, mean: Value, strides: Sequence[Stride], targets: Targets
) -> Check:
    threshold, borderline = rule.threshold(targets), rule.borderline(targets)
    own = [stride for stride in _read(strides, rule.metric) if stride.side == side]
    value = as_judged(rule, mean)
    return Check(
        code=rule.code,
        title=rule.title,
        side=side,
        verdict=judge(
            value, threshold=threshold, borderline=borderline, fault_when=rule.fault_when
        ),
        value=value,
        unit=rule.unit,
        threshold=threshold,
        borderline=borderline,
        fault_when=rule.fault_when,
        target=rule.target_words(targets),
        source=rule.where_from(targets),
        strides=[stride.number for stride in own],
        strides_at_fault=[s.number for s in own if is_beyond(rule, s, borderline)],
    )


def _read(strides: Sequence[Stride], metric: str) -> list[Stride]:
    """Those in which a metric was read: of the others nothing is judged, and none is counted."""
    return [s for s in strides if metric in s.metrics and s.metrics[metric].value is not None]


def is_beyond(rule: Rule, stride: Stride, borderline: float) -> bool:
    """Whether the number of one stride lies on the wrong side."""
    value = as_judged(rule, stride.metrics[rule.metric]).value
    if value is None:
        return False
    return value < borderline if rule.fault_when == "below" else value > borderline


def _asymmetry(
    metric: str,
    means: Mapping[Side, Value],
    word: str,
    strides: Sequence[Stride],
    *,
    setting: str,
    unit: str,
    targets: Targets,
) -> Check:
    """Difference of the legs against the target and their joint uncertainty."""
    value = difference(means["left"], means["right"], sides_apart(metric))
    threshold: float = getattr(targets, setting)
    amount = f"{threshold:g} degrees" if unit == "deg" else f"{threshold:g} thigh lengths"
    judged = off_zero(value)
    weaker = [s.number for s in strides if s.side == weaker_side(value)]
    verdict = judge(judged, threshold=threshold, borderline=threshold, fault_when="above")
    return Check(
        code="asymmetry",
        title=f"Left and right differ: {word}",
        side=None,
        verdict=verdict,
        value=value,
        unit=unit,
        threshold=threshold,
        borderline=threshold,
        fault_when="above",
        target=f"left and right within {amount}",
        source=targets.source_of(setting),
        strides=[stride.number for stride in strides],
        strides_at_fault=weaker if verdict == "fault" else [],
    )


def sides_apart(metric: str) -> float:
    """Which share of the legs' errors a difference of the legs has."""
    return SIDES_APART.get(metric, SIDES_APART_ELSE)


def difference(left: Value, right: Value, apart: float) -> Value:
    """Left minus right with the joint interval of both.

    Most of the steady error is the same on both legs and drops out of their difference: ``apart``
    is the share that does not. By what one leg is far less sure than the other (`LEGS_ALIKE`)
    nothing drops out. Of two cameras nothing is common.
    """
    parts = (left.value, left.high, right.value, right.high)
    if any(part is None for part in parts):
        return not_measurable("both legs are needed")
    a, a_high, b, b_high = (float(part) for part in parts if part is not None)
    apart = apart if left.source == right.source else max(apart, 1.0)
    narrow, wide = sorted((a_high - a, b_high - b))
    usual = min(wide, LEGS_ALIKE * narrow)
    common = apart * np.hypot(narrow, usual)
    error = float(np.hypot(common, np.sqrt(wide**2 - usual**2))) / Z_95
    share = min(left.valid_fraction, right.valid_fraction)
    return interval("difference", a - b, error, share, left.reason or right.reason)
