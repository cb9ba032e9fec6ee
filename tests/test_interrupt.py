"""Ctrl-C waits for a safe point, and is never lost."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from kneedrive_cv.config import Settings
from kneedrive_cv.interrupt import hold_interrupts, let_through
from kneedrive_cv.pipeline import analyze
from kneedrive_cv.video.ahead import read_ahead


@pytest.fixture(autouse=True)
def usual_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    after = signal.signal(signal.SIGINT, before)
    assert after is signal.default_int_handler


def ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)


def interrupted(work: Callable[[], object]) -> BaseException:
    """The Ctrl-C that ends some work in a block."""
    with pytest.raises(KeyboardInterrupt) as caught, hold_interrupts():
        work()
    return caught.value


def test_ctrl_c_is_raised_where_it_is_let_through():
    reached = []

    def work() -> None:
        ctrl_c()
        reached.append("after it")
        let_through()
        reached.append("after letting it through")

    interrupted(work)
    assert reached == ["after it"]


def test_ctrl_c_that_was_not_let_through_is_raised_at_the_end():
    interrupted(ctrl_c)


def test_ctrl_c_takes_the_place_of_an_error_on_the_way_out():
    def work() -> None:
        ctrl_c()
        raise ValueError("the clip ends")

    assert isinstance(interrupted(work).__context__, ValueError)


def test_one_press_is_raised_once():
    with hold_interrupts():
        ctrl_c()
        with pytest.raises(KeyboardInterrupt):
            let_through()
        let_through()


def test_a_second_press_does_not_break_off_the_clearing_up():
    cleared = []

    def work() -> None:
        ctrl_c()
        try:
            let_through()
        finally:
            ctrl_c()
            cleared.append(True)

    interrupted(work)
    assert cleared


def test_an_inner_block_leaves_it_to_the_outer_one():
    left = []

    def work() -> None:
        with hold_interrupts():
            ctrl_c()
        left.append(True)

    interrupted(work)
    assert left


def test_it_is_never_raised_in_another_thread():
    failed = []

    def listen() -> None:
        try:
            let_through()
        except KeyboardInterrupt:
            failed.append(True)

    def work() -> None:
        ctrl_c()
        thread = threading.Thread(target=listen)
        thread.start()
        thread.join()

    interrupted(work)
    assert not failed


def test_where_ctrl_c_is_ignored_it_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with hold_interrupts():
            ctrl_c()
            let_through()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_without_a_block_there_is_nothing_to_let_through():
    let_through()


def test_an_analysis_stops_at_the_frame_after_ctrl_c(sample_clip):
    seen = []

    def progress(stage: str, done: int, total: int) -> None:
        seen.append(done)
        if done == 3:
            ctrl_c()  # raised here it could leave the queue of the frames locked

    with pytest.raises(KeyboardInterrupt):
        analyze(sample_clip, Settings(), progress=progress)
    assert seen == [1, 2, 3]


def test_reading_ahead_ends_whenever_ctrl_c_comes():
    """Raised between any two steps, as Python does it, it locks up once in some hundred times."""

    def work() -> None:
        threading.Timer(0.0005, os.kill, (os.getpid(), signal.SIGINT)).start()
        for _ in read_ahead(itertools.count()):
            pass

    for _ in range(300):
        interrupted(work)
    assert "read-ahead" not in {thread.name for thread in threading.enumerate()}
