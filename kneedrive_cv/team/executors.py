"""Where the jobs run: on this machine's cores or on a Dask cluster, by the same interface."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.team.job import Job, Outcome
from kneedrive_cv.team.lane import Lanes, Said, run_here

WORKER_BYTES: Final = 1_200_000_000
"""Memory that a worker may need: 4K clips take the most."""

CONNECT_S: Final = 15


@dataclass(frozen=True)
class Crew:
    """Those who do the jobs.

    Attributes
    ----------
    runner : Executor
    do : callable
        What is submitted.
    threads : int
        Cores of each job.
    hear : callable
        What the jobs said since the last call.
    """

    runner: Executor
    do: Callable[[Job], Outcome]
    threads: int
    hear: Callable[[], list[Said]]


def choose_workers(cores: int, free_bytes: int) -> int:
    """Workers for a machine: one a core, fewer where the memory is short.

    Examples
    --------
    >>> choose_workers(8, 4_000_000_000), choose_workers(2, 16_000_000_000)
    (3, 2)
    """
    return max(1, min(cores, free_bytes // WORKER_BYTES))


def cores_here() -> int:
    """Cores that this process may use."""
    own = getattr(os, "sched_getaffinity", None)
    return len(own(0)) if own else os.cpu_count() or 1


def workers_here() -> int:
    """Workers for this machine."""
    import psutil

    return choose_workers(cores_here(), psutil.virtual_memory().available)


@contextmanager
def open_crew(scheduler: str | None, workers: int | None, *, listen: bool) -> Iterator[Crew]:
    """The crew of this machine or of a cluster; leaving it ends what still runs.

    Parameters
    ----------
    scheduler : str or None
        Address of a Dask scheduler.
    workers : int or None
        Workers of this machine; by default from its cores and memory.
    listen : bool
        Whether the progress of each clip is wanted.

    Raises
    ------
    ConfigError
        The cluster cannot be reached, or dask.distributed is missing.
    """
    if scheduler:
        with _cluster(scheduler) as crew:
            yield crew
        return
    count = workers or workers_here()
    threads = max(1, cores_here() // count)
    lanes = Lanes(threads, listen=listen)
    pool = ThreadPoolExecutor(count, thread_name_prefix="lane")
    try:
        yield Crew(pool, lanes.run, threads, lanes.hear)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        lanes.stop()
        pool.shutdown(wait=True)


@contextmanager
def _cluster(address: str) -> Iterator[Crew]:
    try:
        from distributed import Client
    except ImportError as error:
        fix = "Install it: pip install 'kneedrive[cluster]'."
        raise ConfigError("dask.distributed is missing", where=address, fix=fix) from error
    try:
        connect: Any = Client  # it comes without type hints
        client = connect(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        fix = "Check the address that --scheduler names."
        raise ConfigError("the scheduler cannot be reached", where=address, fix=fix) from error
    with client, client.get_executor(pure=False) as pool:
        try:
            yield Crew(pool, run_here, 1, list)
        finally:
            pool.shutdown(wait=False)  # cancels what is not done
