"""What each clip's page says of the athlete's earlier days, from the store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.export.json import read_result
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.team.clips import RESULT_NAME
from kneedrive_cv.team.store.reading import DatedRun, read_dated

TOLD_NAME: Final = "earlier.json"
"""The runs of the store that a clip's page tells of, each with its day."""
DAYS_BEFORE: Final = 5


def runs_before(day: str, runs: Iterable[DatedRun]) -> list[DatedRun]:
    """Those runs of an athlete that lie on the last days before one."""
    earlier = [run for run in runs if run.day < day]
    days = sorted({run.day for run in earlier})[-DAYS_BEFORE:]
    return [run for run in earlier if run.day in days]


def by_athlete(db: sqlite3.Connection) -> dict[str, list[DatedRun]]:
    """The graded clips of each athlete, in order of their days."""
    return {name: list(own) for name, own in groupby(read_dated(db), lambda run: run.athlete)}


def renew_pages(db: sqlite3.Connection, folder_of: Callable[[str], Path]) -> None:
    """Tell on each page how the athlete has changed, where the page does not tell it yet.

    Clips are graded in any order and side by side, so this comes when all are done. A page that is
    interrupted here is renewed by the next run.

    Parameters
    ----------
    db : sqlite3.Connection
    folder_of : callable
        The folder that the store names.

    Raises
    ------
    OutputError
        A page cannot be written.
    """
    for runs in by_athlete(db).values():
        for run in runs:
            before = runs_before(run.day, runs)
            _renew(folder_of(run.output_dir), run.day, before, folder_of)


def _renew(
    folder: Path, day: str, before: list[DatedRun], folder_of: Callable[[str], Path]
) -> None:
    wanted = [[run.run, run.day] for run in before]
    if wanted == _told(folder):
        return
    from kneedrive_cv.report.history import history_of, shows_the_same
    from kneedrive_cv.report.renew import renew_change

    try:
        now = _of_day(day, read_result(folder / RESULT_NAME))
        told = read_results((run.day, folder_of(run.output_dir)) for run in before)
        earlier = [run for run in told if shows_the_same(run, now)]
        renew_change(folder / "report.html", now, history_of(now, earlier))
        (folder / TOLD_NAME).write_text(json.dumps(wanted), encoding="utf-8")
    except (ConfigError, FileNotFoundError):
        return  # somebody took the results away: the next run grades the clip again
    except OSError as error:
        reason = error.strerror or str(error)
        fix = "Close the program that holds it open, and run the command again."
        raise OutputError(f"cannot be written ({reason})", where=str(folder), fix=fix) from error


def _told(folder: Path) -> object:
    try:
        return json.loads((folder / TOLD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []


def read_results(earlier: Iterable[tuple[str, Path]]) -> list[AnalysisResult]:
    """The results of some days and folders; those that cannot be read are passed over."""
    found = []
    for day, folder in earlier:
        try:
            found.append(_of_day(day, read_result(folder / RESULT_NAME)))
        except ConfigError:
            continue
    return found


def _of_day(day: str, result: AnalysisResult) -> AnalysisResult:
    """A result with the day that the store knows: the roster may have been put right since."""
    return result.model_copy(update={"clip": result.clip.model_copy(update={"recorded": day})})
