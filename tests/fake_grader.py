"""A grader that costs nothing, for tests of what stands around it; some clips make it misbehave."""

from __future__ import annotations

import os
import signal
import time
from functools import cache
from pathlib import Path

from kneedrive_cv.errors import AthleteError, ModelError, VideoError
from kneedrive_cv.export.json import write_result
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.team.job import Job, Progress
from tests.sample_analysis import make_analysis

NEVER_S = 3600.0
PAGE = "<p>a report</p>"
OWN_DAY = ""
"""The day that the clips themselves name."""


def grade(job: Job, clip: Path, folder: Path, progress: Progress) -> str:
    """Do what the clip's text says, else write the same made-up results."""
    word, _, rest = clip.read_text(encoding="utf-8", errors="replace").partition(" ")
    progress("reading the pose", 1, 2)
    misbehave(word, rest)
    (folder / "report.html").write_text(PAGE, encoding="utf-8")
    write_result(headed(result_of(rest or "80"), job), folder / "result.json")
    return OWN_DAY


def headed(result: AnalysisResult, job: Job) -> AnalysisResult:
    """A result with the name and the day of the job."""
    athlete = result.athlete.model_copy(update={"name": job.athlete})
    clip = result.clip.model_copy(update={"recorded": job.day or OWN_DAY})
    return result.model_copy(update={"athlete": athlete, "clip": clip})


def misbehave(word: str, rest: str) -> None:
    if word == "hang":
        time.sleep(NEVER_S)
    if word == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "once" and not Path(rest).exists():
        Path(rest).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "memory":
        raise MemoryError
    if word == "bug":
        raise ZeroDivisionError("division by zero")
    if word == "nobody":
        raise AthleteError("no athlete was found", where=rest, fix="Film nearer.")
    if word == "damaged":
        raise VideoError("cannot be decoded", where=rest, fix="Copy it again.")
    if word == "model":
        raise ModelError("the model file is damaged", where=f"models/{rest}", fix="Restore it.")
    if word == "slow":
        time.sleep(float(rest))


@cache
def _made_up() -> AnalysisResult:
    return make_analysis().result


def result_of(points: str) -> AnalysisResult:
    """Made-up results with so many points."""
    made = _made_up()
    if not points.isdigit():
        return made
    grade = made.summary.grade.model_copy(
        update={"points": float(points), "low": float(points) - 3, "high": float(points) + 3}
    )
    return made.model_copy(
        update={"summary": made.summary.model_copy(update={"grade": grade})}
    )
