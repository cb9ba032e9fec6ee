"""The worker process: it grades one clip at a time and keeps the pose models loaded."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from kneedrive_cv.config import Settings
from kneedrive_cv.errors import (
    ConfigError,
    KneedriveError,
    ModelError,
    OutputError,
    UngradableError,
)
from kneedrive_cv.team.finished import bears, is_whole, own_day, publish, seal, workspace
from kneedrive_cv.team.history import read_results
from kneedrive_cv.team.job import Job, Outcome, Progress, Status
from kneedrive_cv.team.remote import fetch, is_url
from kneedrive_cv.version import __version__

if TYPE_CHECKING:
    from kneedrive_cv.analysis import Analysis

SAY_EVERY_S: Final = 0.3
_ENDED: Final = 1


def start(threads: int, said: Connection | None) -> None:
    """Prepare a worker process.

    Parameters
    ----------
    threads : int
        Cores that it may use.
    said : Connection or None
        Where its progress is written to.
    """
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _silence()
    import cv2

    cv2.setNumThreads(threads)
    _Voice.connection = said


def _end_with_parent() -> None:
    """A killed command must not leave workers behind that write into its folder."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(_ENDED)


def _silence() -> None:
    """What C++ libraries write to the terminal would tear the progress display apart."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    os.close(sink)


class _Voice:
    """Tells the command how far the clip is, now and then."""

    connection: Connection | None = None

    def __init__(self, run: int) -> None:
        self._run = run
        self._stage = ""
        self._last_s = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now_s = time.monotonic()
        if self.connection is None or (
            stage == self._stage and now_s - self._last_s < SAY_EVERY_S
        ):
            return
        self._stage, self._last_s = stage, now_s
        self.connection.send((self._run, stage, done, total))


def do_job(job: Job) -> Outcome:
    """Grade a clip into its folder; what is wrong with the clip comes back as the outcome."""
    began_s = time.monotonic()
    status, reason, fix = _try(job)
    return Outcome(job.run, status, reason, fix, time.monotonic() - began_s)


def _try(job: Job) -> tuple[Status, str, str]:
    """Status, reason and what to do."""
    try:
        _grade(job)
    except UngradableError as error:
        return "ungradable", error.what, error.fix
    except OutputError as error:
        return "failed", f"{error.where}: {error.what}", error.fix
    except ModelError as error:  # the installation's fault: tried again once it is put right
        return "failed", f"{error.where}: {error.what}", error.fix
    except KneedriveError as error:
        return "unreadable", error.what, error.fix
    except MemoryError:
        return "failed", "the memory was not enough", "Use fewer workers, with --workers."
    except OSError as error:
        return "failed", f"{error.filename or job.path}: {error.strerror or error}", ""
    except Exception as error:  # a fault of the program costs this clip alone
        return "failed", f"a fault of kneedrive ({type(error).__name__}: {error})", "Report it."
    return "graded", "", ""


def _grade(job: Job) -> None:
    if job.version != __version__:
        raise OutputError(
            f"the worker runs kneedrive {__version__}, the command {job.version}",
            fix="Install the same version on both.",
        )
    whole = not job.force and is_whole(job.folder, job.key)
    if whole and bears(job.folder, job.athlete, job.day):
        return
    with workspace(job.work_dir) as work, _at_hand(job, work) as clip:
        done = work / "results"
        done.mkdir()
        day = name_anew(job, clip, done, _Voice(job.run)) if whole else None
        if day is None:
            day = job.grade(job, clip, done, _Voice(job.run))
        seal(done, job.key, job.path, day)
        publish(done, job.folder)


@contextmanager
def _at_hand(job: Job, work: Path) -> Iterator[Path]:
    """The clip as a file of this machine."""
    if not is_url(job.location):
        yield Path(job.location)
        return
    copy = work / PurePosixPath(job.path).name
    fetch(job.location, copy)
    yield copy


_POOLS: dict[tuple[str, int], Any] = {}


def _warm_pool(settings: Settings) -> Any:
    """The pose estimators of this process: loaded by its first clip, kept for the others."""
    from kneedrive_cv.pipeline import open_pose_pool

    key = (settings.pose.model, settings.pose.workers)
    if key not in _POOLS:
        _POOLS[key] = open_pose_pool(settings)
    return _POOLS[key]


def grade_clip(job: Job, clip: Path, folder: Path, progress: Progress) -> str:
    """Grade one clip as ``kneedrive analyze`` does, with the models of the clip before.

    Returns
    -------
    str
        The day that the clip itself names.
    """
    from kneedrive_cv.pipeline import analyze

    run = analyze(clip, job.settings, progress=progress, pool=_warm_pool(job.settings))
    day = run.result.clip.recorded
    _write(job, _headed(run, job, day), folder, progress)
    return day


def name_anew(job: Job, clip: Path, folder: Path, progress: Progress) -> str | None:
    """Write the results of a graded clip once more, headed by another athlete or day.

    Nothing is graded: only pages and pictures are made from the pose that was kept.

    Returns
    -------
    str or None
        The day that the clip itself names; None where so much is missing of the results that the
        clip has to be graded again.
    """
    from kneedrive_cv.report.run_folder import load_run

    try:
        run = load_run(job.folder).analysis
    except ConfigError:
        return None
    day = own_day(job.folder) or ""
    _write(job, _headed(replace(run, clip_path=clip), job, day), folder, progress)
    return day


def _headed(run: Analysis, job: Job, day: str) -> Analysis:
    """The same of the job's athlete and day, and of the clip where it lies, not of a copy."""
    result = run.result
    athlete = result.athlete.model_copy(update={"name": job.athlete})
    where = {"path": job.location, "recorded": job.day or day}
    clip = result.clip.model_copy(update=where)
    return run.with_result(result.model_copy(update={"athlete": athlete, "clip": clip}))


def _write(job: Job, run: Analysis, folder: Path, progress: Progress) -> None:
    from kneedrive_cv.report.write import write_outputs

    earlier = read_results(job.earlier)
    made = write_outputs(run, folder.parent / "written", progress=progress, earlier=earlier)
    folder.rmdir()
    made.rename(folder)
