"""Grade a folder of clips: what is new or changed, in worker processes, into the store."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from kneedrive_cv.config import Settings, chosen_settings
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.export.json import read_result
from kneedrive_cv.interrupt import hold_interrupts, let_through
from kneedrive_cv.report.place import OTHER_FOLDER, output_error
from kneedrive_cv.system import require_libraries
from kneedrive_cv.team.clips import find_clips, folder_name
from kneedrive_cv.team.executors import Crew, open_crew
from kneedrive_cv.team.finished import own_day
from kneedrive_cv.team.history import renew_pages
from kneedrive_cv.team.job import Grade, Job, Outcome
from kneedrive_cv.team.lane import Said
from kneedrive_cv.team.moved import adopt_moved
from kneedrive_cv.team.plan import How, make_jobs
from kneedrive_cv.team.roster import Roster, read_roster
from kneedrive_cv.team.store.opening import OTHER_STORE, open_store
from kneedrive_cv.team.store.saving import earlier_runs, enrol, retire, save_outcome
from kneedrive_cv.team.worker import grade_clip
from kneedrive_cv.weights import require_models

STORE_NAME: Final = "team.sqlite"
TIME_LIMIT_S: Final = 1800.0
LOOK_EVERY_S: Final = 0.25
MOST_TRIES: Final = 2
"""A clip whose worker died gets a second one: it may have been another's fault."""


class Watcher(Protocol):
    """Looks on while the team is graded."""

    def planned(self, jobs: Sequence[Job], clips: int, refused: int) -> None:
        """Called once, with what is to be done and the number of clips in all.

        `refused` of those that are done already could not be graded.
        """

    def said(self, news: Said) -> None:
        """Called with the stage of a clip, now and then."""

    def finished(self, job: Job, outcome: Outcome) -> None:
        """Called for each clip that is done."""


@dataclass(frozen=True)
class TeamRun:
    """What a run over a folder did.

    Attributes
    ----------
    title : str
        Name of the folder.
    out : Path
        Where the results lie.
    store : Path
    clips : int
        Clips in the folder.
    outcomes : dict of str to Outcome
        What was done in this run, by the clip's path.
    unassigned : dict of str to str
        Clips without an athlete, and why.
    """

    title: str
    out: Path
    store: Path
    clips: int
    outcomes: dict[str, Outcome]
    unassigned: dict[str, str]


def grade_team(
    folder: str | Path,
    *,
    roster: str | Path | None = None,
    out: str | Path | None = None,
    store: str | Path | None = None,
    settings: Settings | dict[str, Any] | str | Path | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
    retry: bool = False,
    time_limit_s: float = TIME_LIMIT_S,
    watcher: Watcher | None = None,
    grade: Grade = grade_clip,
) -> TeamRun:
    """Grade all clips of a folder that are new or changed, and keep what came out.

    A script that calls it needs the usual ``if __name__ == "__main__":``, since workers are
    processes of their own.

    Parameters
    ----------
    folder : str or Path
        The footage: a folder, or an fsspec URL of one.
    roster : str or Path, optional
        A CSV file; without it the names come from folders and files.
    out : str or Path, optional
        Where the results go; by default ``runs/<name of the folder>``.
    store : str or Path, optional
        The SQLite file; by default ``team.sqlite`` in ``out``.
    settings : Settings, dict, str or Path, optional
        As for `kneedrive_cv.analyze`.
    workers : int, optional
        Worker processes; by default from the cores and the memory.
    scheduler : str, optional
        Address of a Dask scheduler that the clips are handed to.
    force : bool
        Grade all clips anew.
    retry : bool
        Try those again that took too long or lost their worker.
    time_limit_s : float
        For each clip.
    watcher : Watcher, optional
        Told of the progress.
    grade : callable, optional
        What grades a clip.

    Returns
    -------
    TeamRun

    Raises
    ------
    ConfigError
        The folder, the roster, the settings, the store or the cluster cannot be used.
    KneedriveError
        This machine, which is to grade them, lacks a system library or a model.
    OutputError
        The folder of the results or that of the store cannot be made or written.
    """
    _require_extra()
    settings = chosen_settings(settings)
    if scheduler is None:  # the machines of a cluster may have what this one lacks
        require_libraries()
        require_models(settings.pose.model)
    people = read_roster(Path(roster)) if roster else Roster()
    out = Path(out or default_out(folder)).resolve()
    clips = find_clips(folder, leave_out=out)
    how = How(
        settings=settings,
        out=out,
        store=Path(store or out / STORE_NAME).resolve(),
        force=force,
        retry=retry,
        time_limit_s=time_limit_s,
        grade=grade,
    )
    given = {clip.path: people.assign(clip.path) for clip in clips}
    with (
        hold_interrupts(),
        _alone(how),
        closing(open_store(how.store)) as db,
        open_crew(scheduler, workers, listen=watcher is not None) as crew,
    ):
        adopt_moved(db, folder_name(folder), clips)
        numbers = enrol(
            db, folder_name(folder), people.people.values(), [(c, given[c.path]) for c in clips]
        )
        jobs = [_with_threads(job, crew) for job in make_jobs(db, clips, given, numbers, how)]
        if watcher:
            watcher.planned(jobs, len(clips), _refused(db, jobs, numbers))
        done = _do_all(db, jobs, crew, watcher)
        retire(db, people.people.values())
        renew_pages(db, how.from_store)
    renamed = {job.path for job in jobs if job.named_anew}
    outcomes = {
        path: one for path, one in done.items() if path not in renamed or one.status != "graded"
    }
    unassigned = {path: one.why for path, one in given.items() if not one.athlete}
    return TeamRun(_last_part(folder), out, how.store, len(clips), outcomes, unassigned)


def default_out(folder: str | Path) -> Path:
    """Where the results go when nothing else is said."""
    return Path("runs") / _last_part(folder)


def _last_part(folder: str | Path) -> str:
    """The name of a folder without those around it."""
    return folder_name(folder).replace("\\", "/").rstrip("/").rpartition("/")[2] or "team"


def _require_extra() -> None:
    try:
        import filelock  # noqa: F401
        import pebble  # noqa: F401
        import psutil  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            f"{error.name} is missing, which grading a team needs",
            fix="Install it: pip install 'kneedrive[team]'.",
        ) from error


@contextmanager
def _alone(how: How) -> Iterator[None]:
    """Keep a second command off the same results, and clear away what a killed one left."""
    from filelock import FileLock, Timeout

    needed = (
        (how.out, how.out / ".lock", OTHER_FOLDER),
        (how.store, how.store.with_name(f".{how.store.name}.lock"), OTHER_STORE),
    )
    with ExitStack() as locks:
        for where, lock, fix in needed:
            try:
                lock.parent.mkdir(parents=True, exist_ok=True)
                locks.enter_context(FileLock(lock, blocking=False))
            except Timeout as error:
                raise ConfigError(
                    "another kneedrive team is writing here",
                    where=str(where),
                    fix="Wait until it ends.",
                ) from error
            except OSError as error:
                raise output_error(error, where, fix) from error
        shutil.rmtree(how.work_dir, ignore_errors=True)
        try:
            yield
        finally:
            shutil.rmtree(how.work_dir, ignore_errors=True)


def _refused(db: sqlite3.Connection, jobs: Sequence[Job], numbers: dict[str, int]) -> int:
    """How many of the clips that are not done again could not be graded."""
    again = {job.path for job in jobs}
    left = [number for path, number in numbers.items() if path not in again]
    return sum(run.status != "graded" for run in earlier_runs(db, left).values())


def _with_threads(job: Job, crew: Crew) -> Job:
    """The pose estimators of a job: as many as it has cores."""
    if job.settings.pose.workers:
        return job
    pose = job.settings.pose.model_copy(update={"workers": crew.threads})
    return replace(job, settings=job.settings.model_copy(update={"pose": pose}))


def _do_all(
    db: sqlite3.Connection, jobs: Sequence[Job], crew: Crew, watcher: Watcher | None
) -> dict[str, Outcome]:
    """Hand over all jobs and write down each as it is done."""
    waiting = {crew.runner.submit(crew.do, job): job for job in jobs}
    tries = dict.fromkeys((job.run for job in jobs), 1)
    outcomes: dict[str, Outcome] = {}
    while waiting:
        done, _ = wait(waiting, timeout=LOOK_EVERY_S, return_when=FIRST_COMPLETED)
        let_through()
        for news in crew.hear():
            if watcher:
                watcher.said(news)
        for future in done:
            job = waiting.pop(future)
            outcome = _outcome(future, job)
            if outcome.lost_its_worker and tries[job.run] < MOST_TRIES:
                tries[job.run] += 1
                waiting[crew.runner.submit(crew.do, job)] = job
                continue
            outcomes[job.path] = _save(db, job, outcome)
            if watcher:
                watcher.finished(job, outcomes[job.path])
    return outcomes


def _outcome(future: Future[Outcome], job: Job) -> Outcome:
    """What a job gave; a cluster that lost its worker again and again gives an exception."""
    error = future.exception()
    if error is None:
        return future.result()
    return Outcome(job.run, "crashed", f"its worker was lost ({type(error).__name__}: {error})")


def _save(db: sqlite3.Connection, job: Job, outcome: Outcome) -> Outcome:
    """Into the store, with the numbers of a graded clip."""
    result = None
    if outcome.status == "graded":
        try:
            result = read_result(job.folder / "result.json")
        except ConfigError as error:
            outcome = replace(outcome, status="failed", reason=str(error), fix="Grade it again.")
    save_outcome(db, outcome, result, own_day(job.folder))
    return outcome
