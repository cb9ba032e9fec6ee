"""The grade: 0 to 100 points with an interval and a letter, from the checks of a clip.

Every measured check can cost points; one that was not measured neither costs nor gives any.

1. The *loss* of a check is 0 up to where its fault begins (``borderline``) and grows in a straight
   line to 1 where `SEVERE_BEYOND` calls the fault severe.
2. The loss counts by its *certainty*: how much likelier the true number lies on the faulty side
   than on the good one, for a normal error of the width of the interval. A fault that may be none
   costs little; one of low confidence costs half.
3. The points are 100 times one minus the mean loss, weighted by `WEIGHTS`.
4. The interval takes each number at either end of its own interval. What is read from the same
   landmarks (`FAMILIES`) is taken to err together, the families apart from each other.

So a number that is worse and more certain never brings more points. The weights and the letters
are a convention of this project, not a finding: they rank what a coach should look at first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from kneedrive_cv.result import Check, Letter, PointsLost, Score, Side, Value
from kneedrive_cv.technique.rule import Rule
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.verdict import SEVERE_BEYOND, Z_95, off_zero

WEIGHTS: Final[dict[str, float]] = {rule.code: rule.weight for rule in RULES} | {"asymmetry": 1.0}
"""How much each check counts, each leg and each compared metric once: the knee's height most."""

FAMILIES: Final[dict[str, str]] = {rule.code: rule.family or rule.code for rule in RULES} | {
    "asymmetry": "asymmetry"
}
"""Checks that are read from the same landmarks, and so err together."""

LETTERS: Final[tuple[tuple[float, Letter], ...]] = (
    (90.0, "A"),
    (75.0, "B"),
    (60.0, "C"),
    (45.0, "D"),
    (0.0, "E"),
)
"""The least points of each letter."""

LOW_CONFIDENCE: Final = 0.5
"""What the loss of a check of low confidence counts."""

_Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Loss:
    """What one check costs, 0 to 1: as it counts, and at the ends of its interval."""

    counted: float
    least: float
    most: float


def score(checks: Iterable[Check], rules: Sequence[Rule] = ()) -> Score:
    """Grade the checks of one clip, or of several clips of one athlete together.

    Parameters
    ----------
    checks : iterable of Check
        Checks of the same code, side and title are averaged before they count.
    rules : sequence of Rule, optional
        Those that the checks were made by, where they are not all `RULES`; a check of none weighs
        1.

    Returns
    -------
    Score
        Its points are None where nothing was measured.

    Examples
    --------
    >>> score([]).points is None
    True
    """
    every = sorted(checks, key=_key)
    measured = [c for c in every if c.verdict != "not_measurable" and c.value.value is not None]
    losses = {key: _mean([_loss(c) for c in same]) for key, same in groupby(measured, _key)}
    asked = len({_key(check) for check in every})
    if not losses:
        text = "No points: nothing could be measured."
        return Score(points=None, letter=None, explanation=text, measured=0, checks=asked)
    weights = WEIGHTS | {rule.code: rule.weight for rule in rules}
    weight = {key: weights.get(key[0], 1.0) for key in losses}
    total = sum(weight.values())
    lost = 100.0 / total * sum(weight[key] * loss.counted for key, loss in losses.items())
    families = FAMILIES | {rule.code: rule.family or rule.code for rule in rules}
    fewer, more = (100.0 / total * room for room in _rooms(losses, weight, families))
    points = min(max(100.0 - lost, 0.0), 100.0)
    low, high = max(points - more, 0.0), min(points + fewer, 100.0)
    parts = _parts(losses, weight)
    return Score(
        points=points,
        low=low,
        high=high,
        letter=letter_of(points),
        explanation=_explain(points, (low, high), parts, (len(losses), asked), _only(measured)),
        measured=len(losses),
        checks=asked,
        lost=parts,
    )


def letter_of(points: float) -> Letter:
    """The letter of some points, as they are shown: without decimals.

    Examples
    --------
    >>> letter_of(89.6), letter_of(44.4)
    ('A', 'E')
    """
    return next(letter for least, letter in LETTERS if round(points) >= least)


def overlap(first: Score, second: Score) -> bool:
    """Whether two grades cannot be told apart: their intervals overlap, or one has none."""
    ends = (first.low, first.high, second.low, second.high)
    if any(end is None for end in ends):
        return True
    a_low, a_high, b_low, b_high = (float(end) for end in ends if end is not None)
    return a_low <= b_high and b_low <= a_high


def _key(check: Check) -> _Key:
    return check.code, check.side or "", check.title


def _loss(check: Check) -> _Loss:
    """What a measured check costs."""
    value = off_zero(check.value) if check.code == "asymmetry" else check.value
    middle = _beyond(check, value.value or 0.0)
    error = _error(value)
    certain = math.erf(middle / (error * math.sqrt(2.0))) if error > 0 else 1.0
    if value.status == "low_confidence":
        certain *= LOW_CONFIDENCE
    half = Z_95 * error
    return _Loss(
        counted=_share(check, middle) * max(certain, 0.0),
        least=_share(check, middle - half),
        most=_share(check, middle + half),
    )


def _beyond(check: Check, number: float) -> float:
    """How far a number lies on the faulty side of the borderline; negative on the good side."""
    sign = 1.0 if check.fault_when == "above" else -1.0
    return sign * (number - check.borderline)


def _share(check: Check, beyond: float) -> float:
    """Loss of a number that lies so far beyond."""
    return min(max(beyond / SEVERE_BEYOND[check.unit][1], 0.0), 1.0)


def _error(value: Value) -> float:
    """Standard error behind an interval; an end that was cut off at zero is not believed."""
    if value.value is None or value.low is None or value.high is None:
        return 0.0
    return max(value.high - value.value, value.value - value.low, 0.0) / Z_95


def _mean(losses: Sequence[_Loss]) -> _Loss:
    n = len(losses)
    return _Loss(
        counted=sum(loss.counted for loss in losses) / n,
        least=sum(loss.least for loss in losses) / n,
        most=sum(loss.most for loss in losses) / n,
    )


def _rooms(
    losses: Mapping[_Key, _Loss], weight: Mapping[_Key, float], families: Mapping[str, str]
) -> tuple[float, float]:
    """How much smaller and how much greater the weighted loss may be."""
    fewer: dict[str, float] = {}
    more: dict[str, float] = {}
    for key, loss in losses.items():
        family = families.get(key[0], key[0])
        less, further = max(loss.counted - loss.least, 0.0), max(loss.most - loss.counted, 0.0)
        fewer[family] = fewer.get(family, 0.0) + weight[key] * less
        more[family] = more.get(family, 0.0) + weight[key] * further
    return math.hypot(*fewer.values()), math.hypot(*more.values())


def _parts(losses: Mapping[_Key, _Loss], weight: Mapping[_Key, float]) -> list[PointsLost]:
    """What cost points, the most first."""
    total = sum(weight.values())
    parts = [
        PointsLost(
            code=code,
            side=_side(side),
            title=title,
            points=100.0 * weight[code, side, title] * loss.counted / total,
        )
        for (code, side, title), loss in losses.items()
        if loss.counted > 0
    ]
    return sorted(parts, key=lambda part: -part.points)


def _side(word: str) -> Side | None:
    return "left" if word == "left" else "right" if word == "right" else None


def _only(measured: Sequence[Check]) -> Side | None:
    """The leg that alone was measured, if it is one."""
    sides = {check.side for check in measured}
    return sides.pop() if len(sides) == 1 else None


def _explain(
    points: float,
    ends: tuple[float, float],
    parts: Sequence[PointsLost],
    checks: tuple[int, int],
    only: Side | None,
) -> str:
    """The grade in words: from how many of how many checks, and whether all are of one leg."""
    measured, asked = checks
    legs = f", all of the {only} leg" if only else ""
    text = (
        f"{points:.0f} of 100 points (95 % interval {ends[0]:.0f} to {ends[1]:.0f}), "
        f"from {measured} of {asked} checks{legs}; what was not measured does not count."
    )
    told = [part for part in parts if round(part.points) > 0][:3]
    if not told:
        return text
    named = (
        f"{part.title}{f', {part.side}' if part.side else ''} {part.points:.0f}" for part in told
    )
    return f"{text} Most was lost by: {'; '.join(named)}."
