"""Numbers as a coach reads them."""

from __future__ import annotations

import math
from typing import Final

from kneedrive_cv.result import Value

_MISSING: Final = "–"
_FORMS: Final[dict[str, tuple[float, int, str]]] = {
    "deg": (1.0, 0, "°"),
    "s": (1000.0, 0, " ms"),
    "hz": (1.0, 2, " /s"),
    "shank": (1.0, 2, ""),
    "thigh": (1.0, 2, ""),
    "m": (1.0, 2, " m"),
    "m/s": (1.0, 1, " m/s"),
    "legs": (1.0, 2, " legs"),
    "legs/s": (1.0, 1, " legs/s"),
    "points": (1.0, 0, ""),
}
"""Unit -> factor, decimals, sign behind."""


def _digits(value: float, unit: str, more: int = 0) -> str:
    factor, decimals, _ = _FORMS.get(unit, (1.0, 2, ""))
    text = f"{value * factor:.{decimals + more}f}"
    if not text.strip("-0."):
        text = text.lstrip("-")  # no "-0"
    return text.replace("-", "\N{MINUS SIGN}")


def _sign(unit: str) -> str:
    return _FORMS.get(unit, (1.0, 2, f" {unit}"))[2]


def number(value: float | None, unit: str) -> str:
    """A number with its unit, or a dash where there is none.

    Examples
    --------
    >>> number(83.92, "deg"), number(0.0961, "s"), number(None, "deg")
    ('84°', '96 ms', '–')
    """
    if value is None or not math.isfinite(value):
        return _MISSING
    return _digits(value, unit) + _sign(unit)


def marked(text: str, value: Value) -> str:
    """The text with a star behind it where its value is of low confidence.

    Examples
    --------
    >>> marked("84°", Value(value=84.0, status="low_confidence")), marked("84°", Value(value=84.0))
    ('84°*', '84°')
    """
    return f"{text}*" if value.status == "low_confidence" else text


def signed(value: float | None, unit: str) -> str:
    """A change with its sign.

    Examples
    --------
    >>> signed(3.2, "deg"), signed(-0.012, "s"), signed(0.01, "deg")
    ('+3°', '−12 ms', '0°')
    """
    text = number(value, unit)
    if value is None or value <= 0 or not _digits(value, unit).strip("0."):
        return text
    return f"+{text}"


def against(value: float, threshold: float, unit: str) -> tuple[str, str]:
    """A value and its threshold, with one more decimal where they would look the same.

    Examples
    --------
    >>> against(74.7, 75.0, "deg"), against(60.2, 75.0, "deg")
    (('74.7°', '75.0°'), ('60°', '75°'))
    """
    same = _digits(value, unit) == _digits(threshold, unit)
    first, second = (_digits(x, unit, int(same)) for x in (value, threshold))
    return first + _sign(unit), second + _sign(unit)


def interval(low: float | None, high: float | None, unit: str) -> str:
    """An interval as words, empty where there is none.

    Examples
    --------
    >>> interval(80.12, 88.3, "deg")
    '80 to 88°'
    """
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"{_digits(low, unit)} to {_digits(high, unit)}{_sign(unit)}"


def value_interval(value: Value, unit: str) -> str:
    """The 95 % interval of a value as words, empty where there is none."""
    return interval(value.low, value.high, unit)


def change_interval(change: Value, unit: str) -> str:
    """The 95 % interval of a change, with one more decimal where an end would look like zero.

    Examples
    --------
    >>> change_interval(Value(value=-6.2, low=-12.1, high=-0.3), "deg")
    '−12.1 to −0.3°'
    """
    if change.low is None or change.high is None:
        return ""
    ends = (change.low, change.high)
    finer = int(any(end and not _digits(end, unit).strip("0.") for end in ends))
    low, high = (_digits(end, unit, finer) for end in ends)
    return f"{low} to {high}{_sign(unit)}"


def with_margin(value: Value, unit: str) -> str:
    """A number, starred where it is of low confidence, and how far its 95 % interval reaches.

    Of two uneven halves the larger one: the smaller may have been cut off at zero.

    Examples
    --------
    >>> with_margin(Value(value=71.3, low=66.0, high=76.6), "deg")
    '71° ±5'
    """
    text = marked(number(value.value, unit), value)
    if value.value is None or value.low is None or value.high is None:
        return text
    reach = max(value.high - value.value, value.value - value.low)
    return f"{text} ±{_digits(reach, unit)}"
