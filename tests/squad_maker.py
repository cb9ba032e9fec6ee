"""Made-up squads in a store, for the leaderboard and its page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from random import Random

from kneedrive_cv.config import Settings, Targets
from kneedrive_cv.result import METRICS, AnalysisResult, Stride
from kneedrive_cv.team.clips import TeamClip
from kneedrive_cv.team.job import Outcome
from kneedrive_cv.team.roster import Assignment, Person
from kneedrive_cv.team.store.opening import open_store
from kneedrive_cv.team.store.saving import NewRun, enrol, plan_runs, save_outcome
from kneedrive_cv.technique.checks import mean_metrics, run_checks
from kneedrive_cv.technique.drills import drills_for
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.score import score
from kneedrive_cv.technique.summary import headline
from tests.sample_analysis import make_analysis
from tests.test_technique_checks import quality, strides_of

STRANGE_NAMES = (
    "Zoë O’Hara \"the <b>Jet</b>\" & Co",
    "<script>document.title='broken'</script>",
    "نور الدين الشريف",
    "🏃🏽‍♀️ Ana-María",
    "=1+1",
    "O'Neil; DROP TABLE athletes;--",
)
"""What a name may hold without doing any harm."""


@cache
def _base() -> AnalysisResult:
    return make_analysis().result


def result_with(
    numbers: Mapping[str, float], left: Mapping[str, float] | None = None, strides: int = 6
) -> AnalysisResult:
    """A result whose strides have these numbers; ``left`` changes those of the left leg."""
    return result_of(strides_of(dict(numbers), count=strides, left=dict(left or {})))


def result_of(made: list[Stride]) -> AnalysisResult:
    """A result of such strides."""
    means = mean_metrics(made, list(METRICS), quality())
    checks = run_checks(made, means, Targets())
    faults = find_faults(checks, made)
    base = _base()
    summary = base.summary.model_copy(
        update={"grade": score(checks), "headline": headline(checks, faults), "metrics": means}
    )
    return base.model_copy(
        update={
            "strides": made,
            "checks": checks,
            "faults": faults,
            "drills": drills_for(fault.code for fault in faults),
            "summary": summary,
        }
    )


def varied(seed: int, strides: int = 6) -> AnalysisResult:
    """A result of an athlete who does some things well and some badly."""
    random = Random(seed)
    numbers = {
        "hip_flexion_deg": random.uniform(55, 95),
        "thigh_deg": random.uniform(60, 100),
        "ankle_dorsiflexion_deg": random.uniform(-40, 15),
        "foot_pitch_deg": random.uniform(-60, 0),
        "foot_ahead_of_knee_shank": random.uniform(-0.9, 0.2),
        "knee_drive_delay_s": random.uniform(0.0, 0.12),
    }
    left = {"thigh_deg": numbers["thigh_deg"] - random.uniform(0, 20)}
    return result_with(numbers, left, strides)


def save(
    db: sqlite3.Connection,
    results: Iterable[tuple[str, str, str, AnalysisResult | Outcome]],
    *,
    people: Iterable[Person] = (),
    settings: Settings | None = None,
) -> None:
    """Put (athlete, day, path, result or failure) into a store."""
    entries = list(results)
    clips = [
        (TeamClip(path, path), Assignment(who, day, Path(path).stem, "" if who else "no name"))
        for who, day, path, _ in entries
    ]
    numbers = enrol(db, "/made-up", people, clips)
    runs = [NewRun(numbers[path], f"key {path}", path, path) for _, _, path, _ in entries]
    for run, (*_, what) in zip(plan_runs(db, runs, settings or Settings()), entries, strict=True):
        if isinstance(what, Outcome):
            save_outcome(db, Outcome(run, what.status, what.reason, what.fix), None)
        else:
            save_outcome(db, Outcome(run, "graded"), what)


def make_squad(store: Path, athletes: int = 30) -> None:
    """A squad of two groups with strange names, failures and what else there may be."""
    names = [*STRANGE_NAMES, *(f"Athlete {i:02d}" for i in range(athletes - len(STRANGE_NAMES)))]
    people = [Person(name, ("Girls", "Boys")[i % 2], 1.7, "") for i, name in enumerate(names)]
    people.append(Person("Nobody <i>Filmed</i>", "Boys"))
    results: list[tuple[str, str, str, AnalysisResult | Outcome]] = []
    for i, name in enumerate(names):
        results.append((name, "2026-05-08", f"a{i}/2026-05-08_60m_1.mp4", varied(i)))
        results.append((name, "2026-05-08", f"a{i}/2026-05-08_60m_2.mp4", varied(i)))
        if i % 3 == 0:
            results.append((name, "2026-05-01", f"a{i}/2026-05-01_60m.mp4", varied(i + 100)))
    far = Outcome(0, "ungradable", "the athlete is too small (40 px)", "Film nearer.")
    results += [
        (names[0], "2026-05-08", "a0/<img src=x onerror=alert(1)>.mp4", far),
        ("", "", "IMG_0001.mov", varied(3)),
        ("", "", "IMG_0002.mov", Outcome(0, "timed_out", "it took longer than 60 s", "Cut it.")),
    ]
    db = open_store(store)
    save(db, results, people=people)
    db.close()
