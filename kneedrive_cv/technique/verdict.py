"""The verdict on a number: its interval against a threshold.

Nothing here measures anything, so that grading what a store holds loads no library that does.
"""

from __future__ import annotations

from typing import Final, Literal

from kneedrive_cv.result import Side, Value, Verdict
from kneedrive_cv.technique.rule import Rule

Z_95: Final = 1.96

Bound = Literal["below", "above"]

STRONG_LEAN_DEG: Final = 15.0
"""From here on the lean makes up a good part of the hip's flexion."""

JUDGED_UPRIGHT: Final = ("thigh_below_parallel", "foot_not_under_knee", "foot_not_parallel")
"""What is judged against upright running, also where the trunk leans as when accelerating."""

SEVERE_BEYOND: Final[dict[str, tuple[float, float]]] = {
    "deg": (5.0, 15.0),
    "s": (0.02, 0.05),
    "hz": (0.1, 0.3),
    "m": (0.05, 0.15),
    "shank": (0.1, 0.3),
    "thigh": (0.09, 0.26),
}
"""How far beyond where it begins a fault becomes clear, and severe, by unit."""


def judge(value: Value, *, threshold: float, borderline: float, fault_when: Bound) -> Verdict:
    """Verdict of a value against its threshold.

    A fault lies beyond the borderline with its whole interval, a pass on the good side of the
    threshold with its whole interval. What lies between cannot be told, and is borderline.

    Examples
    --------
    >>> low = Value(value=60.0, low=55.0, high=65.0)
    >>> judge(low, threshold=75.0, borderline=75.0, fault_when="below")
    'fault'
    """
    if value.value is None or value.low is None or value.high is None:
        return "not_measurable"
    sign = 1.0 if fault_when == "below" else -1.0
    best, worst = (value.high, value.low) if sign > 0 else (value.low, value.high)
    if sign * best < sign * borderline:
        return "fault"
    if sign * worst >= sign * threshold:
        return "pass"
    return "borderline"


def off_zero(value: Value) -> Value:
    """The distance of a value from zero, with its interval."""
    if value.value is None or value.low is None or value.high is None:
        return value
    if value.low >= 0:
        return value
    if value.high <= 0:
        low, high = -value.high, -value.low
    else:
        low, high = 0.0, max(-value.low, value.high)
    return value.model_copy(update={"value": abs(value.value), "low": low, "high": high})


def as_judged(rule: Rule, value: Value) -> Value:
    """The value as a rule reads it."""
    return off_zero(value) if rule.read == "distance from zero" else value


def weaker_side(difference_value: Value) -> Side:
    """The leg with the smaller number, from a difference left minus right."""
    return "left" if (difference_value.value or 0.0) < 0 else "right"


def is_off_zero(value: Value) -> bool:
    """Whether the whole interval lies on one side of zero."""
    if value.low is None or value.high is None:
        return False
    return value.low > 0 or value.high < 0
