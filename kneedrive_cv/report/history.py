"""How the athlete has changed since his earlier days: what the page of one clip says of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.export.json import read_result
from kneedrive_cv.report.changes import GRADE, Change, find_changes_of_days, unlike, unlike_grades
from kneedrive_cv.report.formats import signed
from kneedrive_cv.report.trend import Trend, by_metric, draw_trend, moved_words
from kneedrive_cv.report.words import short_title, unit_of
from kneedrive_cv.result import AnalysisResult, Value
from kneedrive_cv.technique.verdict import is_off_zero

MOST_DAYS: Final = 6
"""This one and those before it: more could not be told apart at the width of a phone."""
_MAIN: Final = (
    GRADE, "hip_flexion_deg", "thigh_deg", "knee_height_thigh", "step_frequency_hz",
    "contact_time_s",
)  # fmt: skip
"""Always drawn; of the others only what has really changed."""


@dataclass(frozen=True)
class History:
    """What has become of the athlete's numbers.

    Attributes
    ----------
    days : list of str
        The earlier days and the day of this run.
    headline : str
    trends : list of Trend
        The main metrics and those that really changed, a stop for each day.
    words : list of str
        The main ones in a line each.
    steady : list of str
        What else was compared and has not changed beyond its uncertainty.
    notes : list of str
        Why the runs can be compared only with care.
    """

    days: list[str]
    headline: str
    trends: list[Trend]
    words: list[str]
    steady: list[str]
    notes: list[str]

    @property
    def stops(self) -> list[str]:
        """The days, short enough to stand beside each other; with the year where it changes."""
        years = {day[:4] for day in self.days}
        return [f"{_short(day)} {day[2:4]}" if len(years) > 1 else _short(day) for day in self.days]


def _short(day: str) -> str:
    """A day without its year.

    Examples
    --------
    >>> _short("2026-05-01")
    '1 May'
    """
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
    return f"{int(day[8:10])} {months[4 * (int(day[5:7]) - 1) :][:3]}"


def find_earlier(now: AnalysisResult, folder: Path) -> list[AnalysisResult]:
    """The runs of the same athlete of earlier days among those that lie in a folder.

    A run counts when both bear the same name and a day: without a day nobody can tell which was
    first. Both must show a sprint, or the same drill. Runs of a version that cannot be read any
    more are passed over.
    """
    if not (now.athlete.name and now.clip.recorded):
        return []
    paths = sorted(p for p in folder.glob("*/result.json") if not p.parent.name.startswith("."))
    return [run for path in paths for run in _readable(path) if _is_earlier(run, now)]


def _readable(path: Path) -> list[AnalysisResult]:
    try:
        return [read_result(path)]
    except ConfigError:
        return []


def _is_earlier(run: AnalysisResult, now: AnalysisResult) -> bool:
    same = _plain(run.athlete.name) == _plain(now.athlete.name)
    earlier = "" < run.clip.recorded < now.clip.recorded
    return same and earlier and shows_the_same(run, now)


def shows_the_same(run: AnalysisResult, now: AnalysisResult) -> bool:
    """Whether both show a sprint, or the same drill; what could not be told may be either."""
    gaits = {run.scene.gait, now.scene.gait} - {"not told"}
    return len(gaits) < 2


def _plain(name: str) -> str:
    """A name without what a second typing changes: case, spaces, the way an accent is spelt."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def history_of(now: AnalysisResult, earlier: Iterable[AnalysisResult]) -> History | None:
    """What has changed; None where there is no earlier day.

    Several runs of one day are taken as their mean. The change is that against the last day
    before, its interval holds the errors of both and what the strides varied.
    """
    ordered = sorted(earlier, key=lambda run: run.clip.recorded)
    days = [(day, list(runs)) for day, runs in groupby(ordered, lambda run: run.clip.recorded)]
    days = [*days[-(MOST_DAYS - 1) :], (now.clip.recorded, [now])]
    if len(days) < 2:
        return None
    names = [day for day, _ in days]
    runs = [run for _, own in days for run in own]
    groups = by_metric(find_changes_of_days([runs for _, runs in days]))
    drawn = [m for m in groups if m in _MAIN or any(_is_real(c, names) for c in groups[m])]
    compared = [m for m in groups if any(_day_before(c) is not None for c in groups[m])]
    return History(
        days=names,
        headline=_headline(groups, names),
        trends=[draw_trend(m, groups[m], lambda c: _moved(c, names)) for m in drawn],
        words=[_in_words(c, names) for m in groups if m in _MAIN for c in groups[m]],
        steady=[short_title(m).lower() for m in compared if m not in drawn],
        notes=list(dict.fromkeys([*unlike([days[-2][1][-1], now]), *unlike_grades(runs)])),
    )


def _moved(change: Change, days: Sequence[str]) -> tuple[Value | None, str]:
    """The change of a metric since the last day before this run that has it, and since when."""
    day = _day_before(change)
    if day is None:
        return None, "not measured in this run"
    return change.between(day, len(days) - 1), f"since {days[day]}"


def _day_before(change: Change) -> int | None:
    """The last day before this run that has a metric; None where this run has it not."""
    *before, now = (value.value is not None for value in change.values)
    return max((i for i, known in enumerate(before) if known and now), default=None)


def _is_real(change: Change, days: Sequence[str]) -> bool:
    moved, _ = _moved(change, days)
    return moved is not None and is_off_zero(moved)


def _headline(groups: Mapping[str, list[Change]], days: Sequence[str]) -> str:
    """What has really changed, by the day that each metric was compared with, the last first."""
    compared = [(i, c) for own in groups.values() for c in own if (i := _day_before(c)) is not None]
    places = sorted({i for i, _ in compared}, reverse=True)
    if not places:
        return "Nothing that was measured on an earlier day could be measured in this run."
    told = []
    for place in places:
        since = {m: [c for c in own if _day_before(c) == place] for m, own in groups.items()}
        real = [words for m, own in since.items() if (words := _real_words(m, own, days))]
        told += [f"since {days[place]}: {', '.join(real)}"] if real else []
    if told:
        return f"Really changed {'; '.join(told)}."
    when = " or ".join(days[place] for place in places)
    return f"Nothing has changed since {when} by more than its uncertainty."


def _real_words(metric: str, changes: Iterable[Change], days: Sequence[str]) -> str:
    """What of a metric has really changed, both legs in one."""
    legs = [
        " ".join(filter(None, (c.side, signed(moved.value, unit_of(metric)))))
        for c in changes
        if (moved := _moved(c, days)[0]) is not None and is_off_zero(moved)
    ]
    return f"{short_title(metric).lower()} {' and '.join(legs)}" if legs else ""


def _in_words(change: Change, days: Sequence[str]) -> str:
    moved, since = _moved(change, days)
    words = since if moved is None else moved_words(moved, unit_of(change.metric), since)
    return f"{_name(change)} {words}"


def _name(change: Change) -> str:
    return " ".join(filter(None, (short_title(change.metric).lower(), change.side)))
