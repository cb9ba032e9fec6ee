"""One worker process, guarded: a clip that hangs or kills it costs that clip alone.

A lane runs one job at a time in a process of its own, which lives on from job to job. It is a
`pebble.ProcessPool` of one worker: of the executors with a time limit for each task it is the one
that ends the process behind it and tells which exit code a dead one had. The executors of the
standard library and loky give up every task in hand when a worker dies, and cannot end one.
Workers of one pool share a lock, which dies with the worker that holds it; so each lane has a
pool of its own, and throws it away when anything went wrong.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final

from kneedrive_cv.interrupt import kept_from_children
from kneedrive_cv.team import worker
from kneedrive_cv.team.job import Job, Outcome

if TYPE_CHECKING:
    from pebble import ProcessPool

JOBS_PER_PROCESS: Final = 25
"""Then a fresh process takes over: what the libraries leave behind must not add up."""

Said = tuple[int, str, int, int]
"""Run, stage, frames done, frames in all."""


class Lane:
    """A worker process that is started when it is needed, and again when it died.

    Parameters
    ----------
    threads : int
        Cores that the process may use.
    listens : bool
        Whether the progress is wanted; then `hear` must be called now and then.
    """

    def __init__(self, threads: int, *, listens: bool = False) -> None:
        self._threads = threads
        self._listens = listens
        self._ear: Connection | None = None
        self._pool: ProcessPool | None = None
        self._future: Future[Outcome] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def run(self, job: Job) -> Outcome:
        """Do a job; whatever happens to the process becomes the outcome."""
        from pebble import ProcessExpired

        try:
            with self._lock:
                if self._stopped:
                    raise CancelledError
                with kept_from_children():  # the pool starts its threads and process now
                    self._future = self._open().schedule(
                        worker.do_job, args=(job,), timeout=job.time_limit_s
                    )
            return self._future.result()
        except TimeoutError:
            self._close()
            return _too_long(job)
        except ProcessExpired as error:
            self._close()
            return Outcome(job.run, "crashed", _death(error.exitcode or 0), _CRASH_FIX)
        except BrokenProcessPool:
            self._close()
            return Outcome(job.run, "crashed", "its worker could not be started", _CRASH_FIX)

    def hear(self) -> list[Said]:
        """What the process said since the last call."""
        ear, said = self._ear, []
        with suppress(EOFError, OSError):
            while ear is not None and ear.poll():
                said.append(ear.recv())
        return said

    def stop(self) -> None:
        """End the process, at once; the thread in `run` gets `CancelledError`."""
        with self._lock:
            self._stopped = True
            if self._future is not None:
                self._future.cancel()  # a pool that is stopped may leave it waiting for ever
        self._close()

    def _open(self) -> ProcessPool:
        if self._pool is None or not self._pool.active:
            self._pool = self._new_pool()
        return self._pool

    def _new_pool(self) -> ProcessPool:
        try:
            from pebble import ProcessPool
        except ImportError as error:
            raise RuntimeError("Install the extra: pip install 'kneedrive[team]'.") from error
        # A nanny of Dask marks its workers so that they may have no children; ours end with them.
        multiprocessing.current_process().daemon = False
        context = multiprocessing.get_context("spawn")
        said = None
        if self._listens:
            self._ear, said = context.Pipe(duplex=False)
        return ProcessPool(
            max_workers=1,
            max_tasks=JOBS_PER_PROCESS,
            initializer=worker.start,
            initargs=(self._threads, said),
            context=context,
        )

    def _close(self) -> None:
        pool: Any = self._pool  # its way to stop comes without type hints
        self._pool = None
        if pool is not None:
            pool.stop()
            pool.join()


_CRASH_FIX: Final = "Try it again with --retry; if it stays so, convert the clip."


def _too_long(job: Job) -> Outcome:
    return Outcome(
        job.run,
        "timed_out",
        f"it took longer than the time limit of {job.time_limit_s:.0f} s",
        "Cut the clip to the sprint, or give more time with --time-limit and --retry.",
        job.time_limit_s,
    )


def _death(exit_code: int) -> str:
    """How a process ended, in words.

    Examples
    --------
    >>> _death(-11)
    'its worker died (SIGSEGV)'
    """
    if exit_code < 0:
        with suppress(ValueError):
            return f"its worker died ({signal.Signals(-exit_code).name})"
    return f"its worker died (exit code {exit_code})"


class Lanes:
    """The lanes of this process: each thread that runs jobs has one of its own."""

    def __init__(self, threads: int, *, listen: bool) -> None:
        self._make: Callable[[], Lane] = lambda: Lane(threads, listens=listen)
        self._own = threading.local()
        self._all: list[Lane] = []

    def run(self, job: Job) -> Outcome:
        """Do a job on the lane of the calling thread."""
        if not hasattr(self._own, "lane"):
            self._own.lane = self._make()
            self._all.append(self._own.lane)
        lane: Lane = self._own.lane
        return lane.run(job)

    def hear(self) -> list[Said]:
        """What the processes said since the last call."""
        return [said for lane in list(self._all) for said in lane.hear()]

    def stop(self) -> None:
        """End all processes."""
        for lane in list(self._all):
            lane.stop()


_HERE: dict[str, Any] = {}


def run_here(job: Job) -> Outcome:
    """Do a job in a guarded process of the machine that this is called on: a worker of Dask."""
    lanes: Lanes = _HERE.setdefault("lanes", Lanes(job.settings.pose.workers or 1, listen=False))
    return lanes.run(job)
