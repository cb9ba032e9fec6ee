"""A made-up season of a squad in a store: known trends, so that what is read can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import kneedrive_cv as kd
from kneedrive_cv.result import METRICS, AnalysisResult, Stride
from kneedrive_cv.team.clips import TeamClip
from kneedrive_cv.team.job import Outcome
from kneedrive_cv.team.roster import Assignment, Person
from kneedrive_cv.team.store.opening import open_store
from kneedrive_cv.team.store.saving import NewRun, enrol, plan_runs, save_outcome
from kneedrive_cv.technique.checks import mean_metrics
from kneedrive_cv.technique.regrade import quality_of, regrade

WEEKS = 10
FIRST_DAY = date(2026, 3, 2)
SQUAD = {
    "Ann": (-22.0, 1.6),
    "Bea": (-12.0, 0.0),
    "Cem": (-26.0, 0.4),
    "Dan": (-4.0, 0.0),
    "Eve": (-16.0, 2.2),
    "Finn": (-8.0, -1.0),
}
"""Degrees that the thigh rises above the sample's in the first week, and more each week."""
DAY_TO_DAY_DEG = 2.0


def make_season(run: kd.Run, store: Path) -> None:
    """Save a season that is made of one graded run with its knee heights shifted."""
    people = [Person(name, "Girls" if name in {"Ann", "Bea", "Eve"} else "Boys") for name in SQUAD]
    db = open_store(store)
    made = list(_clips(run))
    clips = [
        (TeamClip(path, path), Assignment(name, day, Path(path).stem))
        for name, day, path, _ in made
    ]
    numbers = enrol(db, "made-up", people, clips)
    runs = [NewRun(numbers[path], f"key {path}", path, path) for _, _, path, _ in made]
    for number, (*_, result) in zip(plan_runs(db, runs, kd.Settings()), made, strict=True):
        save_outcome(db, Outcome(number, "graded"), result)
    db.close()


def _clips(run: kd.Run) -> Iterator[tuple[str, str, str, AnalysisResult]]:
    chance = Random(7)
    for name, (start_deg, weekly_deg) in SQUAD.items():
        for week in range(WEEKS):
            day = (FIRST_DAY + timedelta(weeks=week)).isoformat()
            shift_deg = start_deg + weekly_deg * week + chance.gauss(0, DAY_TO_DAY_DEG)
            yield name, day, f"{name}/{day}_60m.mp4", shifted(run, shift_deg)


def shifted(run: kd.Run, shift_deg: float) -> AnalysisResult:
    """The run as if both thighs had risen so much more, judged anew."""
    strides = [_shifted_stride(stride, shift_deg) for stride in run.result.strides]
    means = mean_metrics(strides, list(METRICS), quality_of(run.result))
    summary = run.summary.model_copy(update={"metrics": means})
    result = run.result.model_copy(update={"strides": strides, "summary": summary})
    return regrade(result, run.analysis.angles.columns, run.pose)


def _shifted_stride(stride: Stride, shift_deg: float) -> Stride:
    metrics = dict(stride.metrics)
    for name in ("hip_flexion_deg", "thigh_deg"):
        value = metrics[name]
        ends = {k: getattr(value, k) + shift_deg for k in ("value", "low", "high")}
        metrics[name] = value.model_copy(update=ends)
    return stride.model_copy(update={"metrics": metrics})
