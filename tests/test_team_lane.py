"""A clip that hangs or kills its worker costs that clip alone."""

from __future__ import annotations

import os
import signal
from concurrent.futures import CancelledError, ThreadPoolExecutor

import psutil
import pytest

from kneedrive_cv.config import Settings
from kneedrive_cv.team.executors import choose_workers
from kneedrive_cv.team.job import Job
from kneedrive_cv.team.lane import Lane
from tests import fake_grader
from tests.team_folder import grade, make_folder

LIMIT_S = 120.0


@pytest.fixture
def lane():
    made = Lane(1)
    yield made
    made.stop()


@pytest.fixture
def job(tmp_path):
    def make(text, *, limit_s=LIMIT_S):
        folder = make_folder(tmp_path, {f"{abs(hash(text))}.mp4": text})
        path = next(iter(folder.glob(f"{abs(hash(text))}.mp4")))
        return Job(
            run=1,
            path=path.name,
            location=str(path),
            athlete="Ann",
            day="",
            key="key",
            folder=tmp_path / "out" / path.stem,
            work_dir=tmp_path / ".unfinished",
            settings=Settings(),
            grade=fake_grader.grade,
            force=False,
            time_limit_s=limit_s,
        )

    return make


@pytest.mark.slow
def test_a_lane_outlives_a_worker_that_dies_and_one_that_hangs(lane, job):
    assert lane.run(job("ok 80")).status == "graded"
    died = lane.run(job("segfault"))
    assert (died.status, died.reason) == ("crashed", "its worker died (SIGSEGV)")
    hung = lane.run(job("hang", limit_s=1.0))
    assert (hung.status, hung.lost_its_worker) == ("timed_out", False)
    assert "--time-limit" in hung.fix
    assert lane.run(job("ok 70")).status == "graded"


@pytest.mark.slow
def test_a_worker_lives_on_from_clip_to_clip_and_ends_with_its_lane(lane, job):
    lane.run(job("ok 80"))
    first = psutil.Process().children(recursive=True)
    lane.run(job("ok 70"))
    assert set(psutil.Process().children(recursive=True)) == set(first)
    lane.stop()
    assert not [p for p in psutil.Process().children() if "spawn_main" in " ".join(p.cmdline())]


def test_a_worker_that_is_just_being_started_does_not_die_of_ctrl_c(lane, job):
    others = set(psutil.Process().children())
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lane.run, job("ok 80"))
        while not waiting.done():
            for process in set(psutil.Process().children()) - others:
                process.send_signal(signal.SIGINT)
        assert waiting.result().status == "graded"


@pytest.mark.slow
def test_a_worker_that_was_killed_once_gives_its_clip_a_second_try(tmp_path):
    folder = make_folder(
        tmp_path / "in",
        {"Ann/1.mp4": f"once {tmp_path / 'killed'}", "Ann/2.mp4": "segfault", "Ann/3.mp4": "ok 60"},
    )
    run = grade(folder, tmp_path / "out", workers=2, time_limit_s=LIMIT_S)
    assert {path: o.status for path, o in run.outcomes.items()} == {
        "Ann/1.mp4": "graded",
        "Ann/2.mp4": "crashed",
        "Ann/3.mp4": "graded",
    }
    assert grade(folder, tmp_path / "out").outcomes == {}
    again = grade(folder, tmp_path / "out", retry=True, workers=1)
    assert set(again.outcomes) == {"Ann/2.mp4"}


@pytest.mark.slow
def test_a_worker_ends_when_its_command_is_killed(tmp_path):
    from validation.team_kill import RunningTeam

    folder = make_folder(tmp_path / "in", {"Ann/1.mp4": f"slow {LIMIT_S}"})
    team = RunningTeam(folder, tmp_path / "out", workers=1)
    (worker,) = team.wait_for_workers(1)
    os.kill(team.pid, signal.SIGKILL)
    team.wait()
    worker.wait(timeout=LIMIT_S)
    assert not worker.is_running()


@pytest.mark.parametrize(
    ("cores", "gigabytes", "workers"), [(8, 64, 8), (8, 4, 3), (2, 0.5, 1), (1, 64, 1)]
)
def test_workers_are_chosen_by_cores_and_memory(cores, gigabytes, workers):
    assert choose_workers(cores, int(gigabytes * 1e9)) == workers


@pytest.mark.slow
def test_a_lane_that_is_stopped_lets_go_of_its_job(lane, job, tmp_path):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lane.run, job("hang"))
        while not (tmp_path / ".unfinished").exists():
            assert not waiting.done()
        lane.stop()
        with pytest.raises(CancelledError):
            waiting.result(LIMIT_S)
        with pytest.raises(CancelledError):
            lane.run(job("ok 80"))
