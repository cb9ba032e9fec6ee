"""Faults: failed checks, each shown on the stride and frame that show it most clearly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kneedrive_cv.result import Check, Fault, Stride, Value
from kneedrive_cv.technique.drills import DRILLS_FOR_FAULT
from kneedrive_cv.technique.rule import Rule
from kneedrive_cv.technique.rules import (
    ASYMMETRY_FRONTAL,
    ASYMMETRY_METRICS,
    RULES,
    compared_metric,
)
from kneedrive_cv.technique.verdict import SEVERE_BEYOND, as_judged, weaker_side

SURELY_TIMES = 1.5
"""A stride whose interval is this much wider than that of the surest one shows no fault."""


def find_faults(
    checks: Sequence[Check], strides: Sequence[Stride], rules: Sequence[Rule] = RULES
) -> list[Fault]:
    """One fault for each failed check, the worst first.

    Parameters
    ----------
    checks : sequence of Check
    strides : sequence of Stride
    rules : sequence of Rule
        What the checks were made by.

    Returns
    -------
    list of Fault
    """
    rule_of = {rule.code: rule for rule in rules}
    by_number = {stride.number: stride for stride in strides}
    faults = [
        _asymmetry_fault(check, by_number)
        if check.code == "asymmetry"
        else _fault(check, rule_of[check.code], by_number)
        for check in checks
        if check.verdict == "fault"
    ]
    order = ("severe", "clear", "minor")
    return sorted(faults, key=lambda fault: order.index(fault.severity))


def _fault(check: Check, rule: Rule, by_number: dict[int, Stride]) -> Fault:
    stride, shown = _clearest(check, rule, by_number)
    assert check.value.value is not None
    assert check.side is not None
    sentence = rule.sentence.format(side=check.side, value=check.value.value)
    count = f"{len(check.strides_at_fault)} of {len(check.strides)}"
    return _make(check, check.side, stride, shown, sentence, count, rule.drills)


def _clearest(check: Check, rule: Rule, by_number: dict[int, Stride]) -> tuple[Stride, Value]:
    """The stride that is furthest beyond the threshold, of those that are read surely."""
    known = [
        (by_number[number], as_judged(rule, by_number[number].metrics[rule.metric]))
        for number in check.strides
    ]
    sign = 1.0 if rule.fault_when == "below" else -1.0
    return min(_surely_read(known), key=lambda pair: sign * (pair[1].value or 0.0))


def _surely_read(known: Sequence[tuple[Stride, Value]]) -> list[tuple[Stride, Value]]:
    """Those with a number, without the ones that are far less sure than the surest.

    A leg that was lost in one stride may seem the worst there, and its picture shows nothing.
    """
    read = [
        (value.status != "measured", value.high - value.value, (stride, value))
        for stride, value in known
        if value.value is not None and value.high is not None
    ]
    status, width, _ = min(read, key=lambda entry: entry[:2])
    return [pair for own, wide, pair in read if own == status and wide <= SURELY_TIMES * width]


def _asymmetry_fault(check: Check, by_number: dict[int, Stride]) -> Fault:
    side = weaker_side(check.value)
    compared = ASYMMETRY_METRICS | ASYMMETRY_FRONTAL
    metric = compared_metric(check.title)
    own = [(by_number[n], by_number[n].metrics[metric]) for n in check.strides_at_fault]
    stride, _ = min(_surely_read(own), key=lambda pair: pair[1].value or 0.0)
    other = "right" if side == "left" else "left"
    apart = abs(check.value.value or 0.0)
    amount = f"{apart:.0f} degrees" if check.unit == "deg" else f"{apart:.2f} thigh lengths"
    sentence = f"The {side} leg stays {amount} behind the {other} in {compared[metric]}."
    count, drills = f"mean of {len(check.strides)}", DRILLS_FOR_FAULT[check.code]
    return _make(check, side, stride, check.value, sentence, count, drills)


def _make(
    check: Check,
    side: Literal["left", "right"],
    stride: Stride,
    shown: Value,
    sentence: str,
    count: str,
    drills: Sequence[str],
) -> Fault:
    assert shown.value is not None
    assert shown.low is not None
    assert shown.high is not None
    return Fault(
        code=check.code,
        title=check.title,
        side=side,
        stride=stride.number,
        value=shown.value,
        low=shown.low,
        high=shown.high,
        unit=check.unit,
        threshold=check.threshold,
        severity=_severity(check),
        frame=stride.toe_off_frame if check.code == "late_knee_drive" else stride.peak_frame,
        sentence=sentence,
        strides_at_fault=count,
        drills=list(drills),
        source=check.source,
    )


def _severity(check: Check) -> Literal["minor", "clear", "severe"]:
    """By how far the mean of the side lies beyond the threshold."""
    value = abs(check.value.value or 0.0) if check.code == "asymmetry" else check.value.value or 0.0
    beyond = abs(value - check.threshold)
    clear, severe = SEVERE_BEYOND[check.unit]
    if beyond >= severe:
        return "severe"
    return "clear" if beyond >= clear else "minor"
