"""Who stands where, who needs what: the leaderboard from what the store holds.

An athlete is graded by all clips of his newest day together, as far as they have a grade of their
own and were graded with the newest settings. Each check is the mean over these clips; its interval
does not shrink with their number, since most of the error is the same in all of them. No rank is
claimed between athletes whose intervals overlap: a rank is a range.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from statistics import fmean
from typing import Final, TypeVar

from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.report.changes import LEANS_APART_DEG
from kneedrive_cv.result import Check, Drill, Score, Value, Verdict
from kneedrive_cv.team.changes import Change, Day, find_changes
from kneedrive_cv.team.store.reading import (
    Athlete,
    FailedClip,
    GradedClip,
    LooseClip,
    Session,
    read_athletes,
    read_failed,
    read_loose,
    read_undated,
)
from kneedrive_cv.technique.drills import DRILLS, DRILLS_FOR_FAULT
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.score import WEIGHTS, score
from kneedrive_cv.technique.verdict import is_off_zero, judge, off_zero, weaker_side

CODES: Final = tuple(WEIGHTS)
"""The columns of the grid."""

FAULT_NAMES: Final = {rule.code: rule.title for rule in RULES} | {
    "asymmetry": "Left and right differ"
}

_WORST: Final[tuple[Verdict, ...]] = ("fault", "borderline", "pass", "not_measurable")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Mark:
    """A cell of the grid: the worst verdict of a code, and of which sides."""

    verdict: Verdict
    sides: tuple[str, ...]


@dataclass(frozen=True)
class Asymmetry:
    """A difference of the legs: left minus right."""

    athlete: str
    title: str
    value: Value
    verdict: Verdict
    unit: str

    @property
    def weaker(self) -> str:
        """The leg with the smaller number; empty where no difference can be told."""
        return weaker_side(self.value) if is_off_zero(self.value) else ""


@dataclass(frozen=True)
class Standing:
    """An athlete on the leaderboard.

    Attributes
    ----------
    ranks : tuple of int, optional
        The best and the worst place in the group that his interval allows; none without a grade.
    marks : dict of str to Mark
        Code of the check -> cell of the grid.
    lost : dict of str to float
        Code of each fault -> points that it cost, the most first.
    changes : list of Change
        Since the day before.
    compared : str
        The day that the changes are against; empty where there is none.
    since : Session, optional
        The newest day, where it is another than the one that counts.
    """

    athlete: Athlete
    day: str
    clips: list[GradedClip]
    grade: Score
    checks: list[Check]
    marks: dict[str, Mark]
    lost: dict[str, float]
    changes: list[Change]
    compared: str
    since: Session | None = None
    ranks: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The athlete's name."""
        return self.athlete.name

    @property
    def main_fault(self) -> str:
        """Code of the fault that costs most; empty where there is none."""
        return next(iter(self.lost), "")

    @property
    def is_faultless(self) -> bool:
        """Whether he was graded and shows no fault: what was not graded is not faultless."""
        return self.grade.points is not None and not self.lost


@dataclass(frozen=True)
class Group:
    """A group of the roster with its leaderboard, the best first."""

    name: str
    standings: list[Standing]


@dataclass(frozen=True)
class Need:
    """A part of the squad that trains the same thing.

    Attributes
    ----------
    titles : list of str
        The faults.
    first : list of str
        Those for whom nothing costs more.
    also : list of str
        Those who need it after something else.
    drills : list of Drill
    """

    titles: list[str]
    first: list[str]
    also: list[str]
    drills: list[Drill]


@dataclass(frozen=True)
class Squad:
    """Everything that the coach sees of his team."""

    groups: list[Group]
    needs: list[Need]
    faultless: list[str]
    asymmetries: list[Asymmetry]
    without_clip: list[str]
    failed: list[FailedClip]
    loose: list[LooseClip]
    undated: list[LooseClip] = field(default_factory=list)

    @property
    def any_graded(self) -> bool:
        """Whether there is any grade at all."""
        return bool(self.groups) or any(clip.output_dir for clip in self.loose)

    @property
    def standings(self) -> list[Standing]:
        """All athletes, group by group."""
        return [standing for group in self.groups for standing in group.standings]

    @property
    def without_grade(self) -> int:
        """How many of them have no points, as from the front or of drills."""
        return sum(standing.grade.points is None for standing in self.standings)


def read_squad(db: sqlite3.Connection) -> Squad:
    """Put the leaderboard together."""
    athletes = read_athletes(db)
    standings = [stand(athlete) for athlete in athletes if athlete.sessions]
    standings.sort(key=lambda s: s.athlete.squad)
    groups = [
        Group(squad, rank(list(own)))
        for squad, own in groupby(standings, lambda s: s.athlete.squad)
    ]
    return Squad(
        groups=groups,
        needs=find_needs(standings),
        faultless=sorted(s.name for s in standings if s.is_faultless),
        asymmetries=find_asymmetries(standings),
        without_clip=[athlete.name for athlete in athletes if not athlete.sessions],
        failed=read_failed(db),
        loose=read_loose(db),
        undated=read_undated(db),
    )


def stand(athlete: Athlete) -> Standing:
    """Grade an athlete by his newest day, against the one before.

    A day with drills alone, which are not judged, stands back behind one with a sprint, and so does
    one whose clips have no grade: it hides neither the grade nor the day before.
    """
    most = max(session.worth for session in athlete.sessions)
    newest, *before = (session for session in athlete.sessions if session.worth == most)
    now = _day(newest)
    grade, checks = now.grade, now.checks
    earlier = next((s for s in before if s.checks and _may_be_compared(s, newest)), None)
    return Standing(
        athlete=athlete,
        day=newest.day,
        clips=newest.clips,
        grade=grade,
        checks=checks,
        marks={code: _mark([c for c in checks if c.code == code]) for code in CODES},
        lost=_lost(grade, checks),
        changes=find_changes(_day(earlier), now) if earlier else [],
        compared=earlier.day if earlier else "",
        since=None if athlete.sessions[0] is newest else athlete.sessions[0],
    )


def _may_be_compared(before: Session, now: Session) -> bool:
    """Whether a day says what an athlete was like before another.

    Of clips without a day nobody can tell which were first. Who leans far more than on the other
    day accelerates, and his thigh and hip differ for that reason alone.
    """
    dated = bool(before.day and now.day)
    leans = [fmean(own) for session in (before, now) if (own := _leans_deg(session))]
    upright = len(leans) < 2 or abs(leans[0] - leans[1]) <= LEANS_APART_DEG
    return dated and before.settings == now.settings and upright


def _leans_deg(session: Session) -> list[float]:
    """How far the trunk leans in each knee drive of a day."""
    return [
        lean
        for clip in session.numbers
        for side in SIDES
        for lean in clip.get(("trunk_lean_deg", side), [])
    ]


def _day(session: Session) -> Day:
    """A day as one: its grade is that of the clips that have one."""
    grade = score(pool_checks(session.scored))
    return Day(grade, pool_checks(session.checks), session.numbers)


def pool_checks(checks: Iterable[Check]) -> list[Check]:
    """Each check once: the mean over several clips, judged anew."""
    grouped = _by(checks, lambda c: (c.code, c.title, c.side))
    return [_pooled(same) for same in grouped.values()]


def _by(items: Iterable[_T], key: Callable[[_T], object]) -> dict[object, list[_T]]:
    found: dict[object, list[_T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def _pooled(same: Sequence[Check]) -> Check:
    known = [c for c in same if None not in (c.value.value, c.value.low, c.value.high)]
    if len(known) < 2:
        return known[0] if known else same[0]
    values = [c.value for c in known]
    doubted = any(value.status == "low_confidence" for value in values)
    mean = Value(
        value=fmean(v.value for v in values if v.value is not None),
        low=fmean(v.low for v in values if v.low is not None),
        high=fmean(v.high for v in values if v.high is not None),
        valid_fraction=1.0,
        status="low_confidence" if doubted else "measured",
    )
    last = known[-1]
    judged = off_zero(mean) if last.code == "asymmetry" else mean
    verdict = judge(
        judged,
        threshold=last.threshold,
        borderline=last.borderline,
        fault_when=last.fault_when,
    )
    return last.model_copy(update={"value": mean, "verdict": verdict})


def _mark(checks: Sequence[Check]) -> Mark:
    verdicts = {check.verdict for check in checks}
    worst: Verdict = next((v for v in _WORST if v in verdicts), "not_measurable")
    sides = tuple(s for s in SIDES if any(c.side == s and c.verdict == worst for c in checks))
    return Mark(worst, sides)


def _lost(grade: Score, checks: Sequence[Check]) -> dict[str, float]:
    """Points that each code with a fault cost."""
    faulty = {check.code for check in checks if check.verdict == "fault"}
    lost = dict.fromkeys((code for code in CODES if code in faulty), 0.0)
    for part in grade.lost:
        if part.code in lost:
            lost[part.code] += part.points
    return dict(sorted(lost.items(), key=lambda item: -item[1]))


def rank(standings: Sequence[Standing]) -> list[Standing]:
    """In order of the points, each with the places that his interval allows; the last have none."""
    ordered = sorted(
        standings, key=lambda s: (s.grade.points is None, -(s.grade.points or 0.0), s.name)
    )
    graded = [s.grade for s in ordered]
    return [replace(s, ranks=find_places(s.grade, graded)) for s in ordered]


def find_places(own: Score, grades: Sequence[Score]) -> tuple[int, int] | None:
    """The best and the worst place that the intervals allow, among those that have points."""
    if own.low is None or own.high is None:
        return None
    graded = [g for g in grades if g.points is not None]
    better = sum(g.low is not None and g.low > own.high for g in graded)
    worse = sum(g.high is not None and g.high < own.low for g in graded)
    return better + 1, len(graded) - worse


def find_needs(standings: Sequence[Standing]) -> list[Need]:
    """The squad split by what each should train first, the largest part first.

    Faults that the same drills cure are one need.
    """
    order = {standing.name: _needs_of(standing) for standing in standings}
    found = dict.fromkeys(drills for needs in order.values() for drills in needs)
    needs = [
        Need(
            titles=[
                FAULT_NAMES[code]
                for code in CODES
                if DRILLS_FOR_FAULT[code] == drills and any(code in s.lost for s in standings)
            ],
            first=sorted(name for name, needs in order.items() if needs[:1] == [drills]),
            also=sorted(name for name, needs in order.items() if drills in needs[1:]),
            drills=[DRILLS[drill] for drill in drills],
        )
        for drills in found
    ]
    return sorted(needs, key=lambda need: (-len(need.first), -len(need.also), need.titles))


def _needs_of(standing: Standing) -> list[tuple[str, ...]]:
    """The drills of an athlete, what costs him most first."""
    lost: dict[tuple[str, ...], float] = {}
    for code, points in standing.lost.items():
        drills = DRILLS_FOR_FAULT[code]
        lost[drills] = lost.get(drills, 0.0) + points
    return sorted(lost, key=lambda drills: -lost[drills])


def find_asymmetries(standings: Sequence[Standing]) -> list[Asymmetry]:
    """All measured differences of the legs, the greatest first."""
    found = [
        Asymmetry(s.name, c.title, c.value, c.verdict, c.unit)
        for s in standings
        for c in s.checks
        if c.code == "asymmetry" and c.value.value is not None
    ]
    return sorted(found, key=lambda a: -abs(a.value.value or 0.0))
