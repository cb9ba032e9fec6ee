"""Faults: failed checks, each shown on the stride and frame that show it most clearly."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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

_AVERAGE = re.compile(",? on average")


def find_faults(
    checks: Sequence[Check], strides: Sequence[Stride], rules: Sequence[Rule] = RULES
) -> list[Fault]:
    """One fault for each failed check that a stride shows, the worst first.

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
    faults = []
    for check in checks:
        shown = _readings(check, rule_of, by_number) if check.verdict == "fault" else []
        if not shown:  # what no stride of this clip shows has no picture
            continue
        if check.code == "asymmetry":
            faults.append(_asymmetry_fault(check, shown))
        else:
            faults.append(_fault(check, rule_of[check.code], shown))
    order, codes = ("severe", "clear", "minor"), [fault.code for fault in faults]

    def urgency(fault: Fault) -> tuple[int, int, float]:
        """By severity; of one check on both legs the worse leg comes first."""
        beyond = abs(fault.value - fault.threshold)
        return order.index(fault.severity), codes.index(fault.code), -beyond

    return sorted(faults, key=urgency)


def _readings(
    check: Check, rule_of: Mapping[str, Rule], by_number: Mapping[int, Stride]
) -> list[tuple[Stride, Value]]:
    """The strides that show what a check judges, those at fault where it names them."""
    own = [by_number[number] for number in check.strides_at_fault or check.strides]
    if check.code == "asymmetry":
        own = [by_number[number] for number in check.strides_at_fault]  # the weaker leg's
        metric = compared_metric(check.title)
        read = [(stride, stride.metrics[metric]) for stride in own]
    else:
        rule = rule_of[check.code]
        read = [(stride, as_judged(rule, stride.metrics[rule.metric])) for stride in own]
    return [(stride, value) for stride, value in read if value.value is not None]


def _fault(check: Check, rule: Rule, shown: Sequence[tuple[Stride, Value]]) -> Fault:
    """A fault on the stride that is furthest beyond the threshold, of those read surely."""
    assert check.value.value is not None
    assert check.side is not None
    sign = 1.0 if rule.fault_when == "below" else -1.0
    stride, value = min(_surely_read(shown), key=lambda pair: sign * (pair[1].value or 0.0))
    positive = sum(own.metrics[rule.metric].value or 0.0 for own, _ in shown) > 0
    sentence = rule.said(
        check.side, check.value.value, positive=positive, threshold=check.threshold
    )
    if len(check.strides) == 1:  # one knee drive is no average
        sentence = _AVERAGE.sub("", sentence)
    count = f"{len(check.strides_at_fault)} of {len(check.strides)}"
    return _make(check, check.side, stride, value, sentence, count, rule.drills)


def _surely_read(shown: Sequence[tuple[Stride, Value]]) -> list[tuple[Stride, Value]]:
    """Without the strides that are far less sure than the surest.

    A leg that was lost in one stride may seem the worst there, and its picture shows nothing.
    """
    read = [
        (value.status != "measured", value.high - value.value, (stride, value))
        for stride, value in shown
        if value.value is not None and value.high is not None
    ]
    status, width, _ = min(read, key=lambda entry: entry[:2])
    return [pair for own, wide, pair in read if own == status and wide <= SURELY_TIMES * width]


def _asymmetry_fault(check: Check, shown: Sequence[tuple[Stride, Value]]) -> Fault:
    """A fault of the weaker leg, on the stride in which it is weakest, of those read surely."""
    side = weaker_side(check.value)
    compared = ASYMMETRY_METRICS | ASYMMETRY_FRONTAL | {"thigh_deg": "how high the thigh rises"}
    metric = compared_metric(check.title)
    stride, _ = min(_surely_read(shown), key=lambda pair: pair[1].value or 0.0)
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
    """By how far the mean of the side lies beyond where the fault begins."""
    value = abs(check.value.value or 0.0) if check.code == "asymmetry" else check.value.value or 0.0
    beyond = abs(value - check.borderline)
    clear, severe = SEVERE_BEYOND[check.unit]
    if beyond >= severe:
        return "severe"
    return "clear" if beyond >= clear else "minor"
