"""What has become of an athlete since the day before, told as `kneedrive compare` tells it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.changes import (
    LEAST_IN_COMMON,
    alike_strides,
    difference,
    share_in_common,
)
from kneedrive_cv.report.spread import find_spread
from kneedrive_cv.result import Check, Score, Value
from kneedrive_cv.team.store.reading import Numbers
from kneedrive_cv.technique.rules import read_metric
from kneedrive_cv.technique.verdict import is_off_zero, off_zero


@dataclass(frozen=True)
class Change:
    """A check, or the grade, that is really another than on the day before.

    Real is what `kneedrive_cv.report.changes` calls so: the whole interval of the difference lies
    on one side of zero. What met its target on both days is neither better nor worse for it:
    ``kept``. ``margin`` is how far that interval reaches from the difference towards zero.
    """

    title: str
    side: str
    before: float
    now: float
    margin: float
    unit: str
    better: bool
    kept: bool = False


@dataclass(frozen=True)
class Day:
    """What a day is compared by.

    Attributes
    ----------
    grade : Score
    checks : list of Check
        Each once: the mean over the clips.
    numbers : list of dict
        Of each clip: the numbers of its strides.
    """

    grade: Score
    checks: list[Check]
    numbers: list[Numbers]


def find_changes(before: Day, now: Day) -> list[Change]:
    """What is really another than before, the grade first."""
    known = {(c.code, c.title, c.side): c for c in before.checks}
    alike = share_in_common([before.checks, now.checks]) >= LEAST_IN_COMMON
    found = [_grade_change(before.grade, now.grade) if alike else None]
    for check in now.checks:
        earlier = known.get((check.code, check.title, check.side))
        if earlier is not None:
            found.append(_check_change(earlier, check, before, now))
    return [change for change in found if change is not None]


def _grade_change(before: Score, now: Score) -> Change | None:
    then, value = (Value(value=g.points, low=g.low, high=g.high) for g in (before, now))
    margin = _margin(then, value)
    if margin is None or then.value is None or value.value is None:
        return None
    better = value.value > then.value
    return Change("Grade", "", then.value, value.value, margin, "points", better)


def _check_change(before: Check, now: Check, first: Day, last: Day) -> Change | None:
    then, value = (off_zero(c.value) if c.code == "asymmetry" else c.value for c in (before, now))
    if _margin(then, value) is None:  # the strides can but widen it: most are done with here
        return None
    margin = _margin(then, value, _varies(now, first, last))
    if margin is None or then.value is None or value.value is None:
        return None
    better = (value.value > then.value) == (now.fault_when == "below")
    kept = before.verdict == now.verdict == "pass"
    side = now.side or ""
    return Change(now.title, side, then.value, value.value, margin, now.unit, better, kept)


def _margin(before: Value, now: Value, varies: float = 0.0) -> float | None:
    """How far the difference's interval reaches towards zero; None where it holds zero."""
    moved = difference(before, now, varies)
    if moved.value is None or moved.low is None or moved.high is None or not is_off_zero(moved):
        return None
    return moved.value - moved.low if moved.value > 0 else moved.high - moved.value


def _varies(check: Check, before: Day, now: Day) -> float:
    """How far the interval reaches for what the strides vary; of a comparison, those of both legs.

    Clips of whose strides the store holds no number of the metric, as of an older version that did
    not have it, count as one stride, that varies as is usual.
    """
    metric = read_metric(check)
    legs = SIDES if check.side is None else (check.side,)
    return float(np.linalg.norm([_reach(metric, leg, before, now) for leg in legs]))


def _reach(metric: str, leg: Side, before: Day, now: Day) -> float:
    days = (before.numbers, now.numbers)
    clips = [clip for day in days for clip in day]
    (other,) = (side for side in SIDES if side != leg)
    own, beside = ([clip.get((metric, s), []) for clip in clips] for s in (leg, other))
    counts = [[len(clip.get((metric, leg), [])) for clip in day] for day in days]
    strides = [alike_strides([count for count in day if count]) for day in counts]
    return find_spread(metric, own, beside).reach(*strides)
