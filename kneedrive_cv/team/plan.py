"""What of a folder has to be graded: the new and the changed."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from kneedrive_cv.config import Settings
from kneedrive_cv.errors import VideoError
from kneedrive_cv.interrupt import let_through
from kneedrive_cv.team.clips import TeamClip, fingerprint, result_folders
from kneedrive_cv.team.finished import bears, is_whole
from kneedrive_cv.team.history import by_athlete, runs_before
from kneedrive_cv.team.job import FINAL, Grade, Job, job_key
from kneedrive_cv.team.roster import Assignment
from kneedrive_cv.team.store.reading import DatedRun
from kneedrive_cv.team.store.saving import (
    EarlierRun,
    NewRun,
    earlier_runs,
    plan_runs,
    taken_folders,
)

READERS = 4
"""Clips that are hashed side by side: it is the disk that one waits for."""


@dataclass(frozen=True)
class How:
    """What is asked for.

    Attributes
    ----------
    settings : Settings
    out : Path
        Where the results go.
    store : Path
    force : bool
        Grade all clips anew.
    retry : bool
        Try those again that took too long or lost their worker.
    time_limit_s : float
    grade : callable
    """

    settings: Settings
    out: Path
    store: Path
    force: bool
    retry: bool
    time_limit_s: float
    grade: Grade

    @property
    def work_dir(self) -> Path:
        """Where unfinished results lie."""
        return self.out / ".unfinished"

    def in_store(self, folder: Path) -> str:
        """A folder as the store names it: beside the store, so that both can be moved together."""
        try:
            return Path(os.path.relpath(folder, self.store.parent)).as_posix()
        except ValueError:  # another drive
            return folder.as_posix()

    def from_store(self, name: str) -> Path:
        """The folder that the store names."""
        return self.store.parent / name


def make_jobs(
    db: sqlite3.Connection,
    clips: Sequence[TeamClip],
    given: dict[str, Assignment],
    numbers: dict[str, int],
    how: How,
) -> list[Job]:
    """The jobs for those clips that are new or changed, written down in the store.

    Behind them come those for clips whose results bear another name or day than they are given.

    Parameters
    ----------
    db : sqlite3.Connection
    clips : sequence of TeamClip
    given : dict of str to Assignment
        Path of a clip -> whose it is.
    numbers : dict of str to int
        Path of a clip -> its number in the store.
    how : How
    """
    earlier, dated = earlier_runs(db, numbers.values()), by_athlete(db)
    places = _places(db, clips, numbers, how)
    with ThreadPoolExecutor(READERS) as pool:
        prints = []
        for content in pool.map(_fingerprint, clips):
            let_through()
            prints.append(content)
    own = {clip.path: _settings_for(given[clip.path], how.settings) for clip in clips}
    keys = {c.path: job_key(p, own[c.path]) for c, p in zip(clips, prints, strict=True)}
    todo = [
        (clip, content)
        for clip, content in zip(clips, prints, strict=True)
        if how.force or not _is_done(earlier.get(numbers[clip.path]), keys[clip.path], how)
    ]
    runs = [
        NewRun(numbers[clip.path], keys[clip.path], content, how.in_store(places[clip.path]))
        for clip, content in todo
    ]

    def job(run: int, clip: TeamClip, folder: Path) -> Job:
        """What a worker is told of one clip."""
        one = given[clip.path]
        return Job(
            run=run,
            path=clip.path,
            location=clip.location,
            athlete=one.athlete,
            day=one.day,
            key=keys[clip.path],
            folder=folder,
            work_dir=how.work_dir,
            settings=own[clip.path],
            grade=how.grade,
            force=how.force,
            time_limit_s=how.time_limit_s,
            earlier=_earlier(one, dated, how),
        )

    new = [
        job(run, clip, places[clip.path])
        for run, (clip, _) in zip(plan_runs(db, runs, how.settings), todo, strict=True)
    ]
    again = {clip.path for clip, _ in todo}
    left = [(clip, earlier[numbers[clip.path]]) for clip in clips if clip.path not in again]
    kept = [job(run.run, clip, how.from_store(run.output_dir)) for clip, run in left if run.graded]
    wrong = [one for one in kept if not bears(one.folder, one.athlete, one.day)]
    return [*new, *(replace(one, named_anew=True) for one in wrong)]


def _settings_for(given: Assignment, settings: Settings) -> Settings:
    """The settings with the athlete's height, where the roster says it."""
    if given.height_m is None:
        return settings
    return settings.model_copy(update={"height_m": given.height_m})


def _earlier(
    given: Assignment, dated: dict[str, list[DatedRun]], how: How
) -> tuple[tuple[str, Path], ...]:
    """Where the athlete's earlier days lie; for a clip without a day that is not known yet."""
    before = runs_before(given.day, dated.get(given.athlete, []))
    return tuple((run.day, how.from_store(run.output_dir)) for run in before)


def _fingerprint(clip: TeamClip) -> str:
    """The content of a clip; one that cannot be read is told of when it is graded."""
    try:
        return fingerprint(clip)
    except VideoError:
        return "unreadable"


def _is_done(run: EarlierRun | None, key: str, how: How) -> bool:
    if run is None or run.job_key != key:
        return False
    if run.status == "graded":
        return is_whole(how.from_store(run.output_dir), key)
    return run.status in FINAL or (run.status in ("crashed", "timed_out") and not how.retry)


def _places(
    db: sqlite3.Connection, clips: Sequence[TeamClip], numbers: dict[str, int], how: How
) -> dict[str, Path]:
    """The folder of each clip's results: no two clips share one, not even of two trainings.

    Nor does one lie around another's that is there already.
    """
    owners: defaultdict[PurePosixPath, set[int]] = defaultdict(set)
    for name, owner in taken_folders(db).items():
        for around in (PurePosixPath(name), *PurePosixPath(name).parents):
            owners[around].add(owner)
    places: dict[str, Path] = {}
    for path, inside in result_folders([clip.path for clip in clips]).items():
        number = numbers[path]
        folder = how.out / inside
        if owners[PurePosixPath(how.in_store(folder))] - {number}:
            folder = folder.with_name(f"{folder.name}~{number}")
        places[path] = folder
    return places
