"""The same work on a Dask cluster: nothing is lost, nothing is graded twice in the store."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.team.store.dump import dump
from tests.cli_run import environment
from tests.conftest import ROOT
from tests.team_folder import grade, make_folder

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = [
    pytest.mark.slow,
    # Dask's own threads and sockets end after the test has.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SOON_S = 300.0
LOOK_S = 0.05


@pytest.fixture
def folder(tmp_path):
    texts = {f"Ann/2026-05-0{i}_1.mp4": "slow 0.4" for i in range(1, 9)}
    return make_folder(tmp_path / "in", texts | {"Bo/1.mp4": "segfault", "Bo/2.mp4": "nobody x"})


@pytest.fixture
def calm(folder, tmp_path):
    """The store's content after a run on this machine alone."""
    return list(dump(grade(folder, tmp_path / "calm", workers=2).store))


def started(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    process = started(*arguments)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def cluster_of_processes() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process of its own as on other machines."""
    address = f"tcp://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        port = address.rpartition(":")[2]
        stack.enter_context(
            running("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        )
        workers = [
            stack.enter_context(
                running("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
            )
            for _ in range(2)
        ]
        yield address, workers


def wait_for_results(out: Path, count: int) -> None:
    """Until so many clips are done."""
    end_s = time.monotonic() + SOON_S
    while len(list(out.rglob("graded.json"))) < count:
        assert time.monotonic() < end_s
        time.sleep(LOOK_S)


def runs_per_clip(store: Path) -> list[int]:
    with closing(sqlite3.connect(store)) as db:
        return [n for (n,) in db.execute("SELECT count(*) FROM runs GROUP BY clip_id")]


def test_a_local_cluster_gives_what_this_machine_gives(folder, tmp_path, calm):
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        run = grade(folder, tmp_path / "out", scheduler=cluster.scheduler_address)
    assert list(dump(run.store)) == calm


def test_a_worker_killed_in_the_middle_loses_nothing(folder, tmp_path, calm):
    out = tmp_path / "out"
    with cluster_of_processes() as (address, workers):

        def kill_one() -> None:
            wait_for_results(out, 2)
            os.kill(workers[0].pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_one)
        killer.start()
        run = grade(folder, out, scheduler=address)
        killer.join()
        assert workers[0].wait() == -signal.SIGKILL
    assert list(dump(run.store)) == calm
    assert runs_per_clip(run.store) == [1] * 10
    assert not (out / ".unfinished").exists()


def test_a_scheduler_that_is_not_there_is_told_of(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("kneedrive_cv.team.executors.CONNECT_S", 1)
    with pytest.raises(ConfigError, match="cannot be reached"):
        grade(folder, tmp_path / "out", scheduler=f"tcp://127.0.0.1:{free_port()}")
