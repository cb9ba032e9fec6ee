"""What is read of an athlete who waits before he runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kneedrive_cv.athlete.waiting import LEAST_LEAD_FRAMES, change_within, moving_part, overlap

RUNS, WAITS, SETS = 100.0, 5.0, 22.0


def start(waits: int, runs: int, after: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How a picture changes and where he is: he waits, lifts his hips, runs, and waits again."""
    level = np.full(waits + runs + after, WAITS)
    level[waits // 2 : waits // 2 + 8] = SETS
    level[waits : waits + runs] = RUNS * (0.8 + 0.2 * np.sin(np.arange(runs)))
    place = np.zeros((len(level), 2))
    place[waits : waits + runs, 0] = np.arange(runs) * 0.1
    place[waits + runs :, 0] = runs * 0.1
    place[: waits // 2, 0] = 0.3  # his box is another one as he crouches
    return level, place


@pytest.mark.parametrize(("waits", "runs"), [(100, 60), (30, 40), (400, 50)])
def test_of_a_wait_in_the_blocks_only_the_end_is_read(waits: int, runs: int) -> None:
    part = moving_part(*start(waits, runs))
    assert waits - max(LEAST_LEAD_FRAMES, runs // 4) - 3 <= part.start <= waits - LEAST_LEAD_FRAMES
    assert part.stop == waits + runs


def test_the_wait_after_a_run_is_left_out_as_well() -> None:
    part = moving_part(*start(60, 60, after=80))
    assert 120 <= part.stop <= 140


@given(st.integers(6, 300), st.integers(0, 1000))
def test_of_somebody_who_runs_all_along_everything_is_read(frames: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    level = RUNS * random.uniform(0.3, 1.0, frames)
    place = np.column_stack([np.arange(frames) * 0.1, np.zeros(frames)])
    part = moving_part(level, place)
    assert part.start <= 3
    assert part.stop >= frames - 3


def test_somebody_who_comes_from_afar_does_not_wait() -> None:
    """He is small at first, so the picture of him changes by a fifth of what it does later."""
    level = np.linspace(0.18, 1.0, 200) * RUNS
    assert moving_part(level, np.zeros((200, 2))) == slice(0, 200)


def test_somebody_who_walks_up_quietly_does_not_wait() -> None:
    level, place = start(100, 60)
    place[:100, 0] = np.linspace(-2.0, 0.0, 100)
    assert moving_part(level, place) == slice(0, 160)


def test_a_picture_in_which_nothing_changes_is_read_whole() -> None:
    assert moving_part(np.zeros(50), np.zeros((50, 2))) == slice(0, 50)


def test_change_is_that_of_the_cells_under_the_box() -> None:
    change = np.zeros((2, 9, 16), np.uint8)
    change[:, 2:6, 4:8] = 40
    box = np.array([[400.0, 200.0, 800.0, 600.0], [0.0, 0.0, 300.0, 900.0]])
    assert change_within(box, change, width_px=1600, height_px=900).tolist() == [40.0, 0.0]


def test_a_box_that_leaves_the_picture_has_the_change_at_its_border() -> None:
    change = np.zeros((1, 9, 16), np.uint8)
    change[:, :, -1] = 12
    box = np.array([[1590.0, 100.0, 1700.0, 950.0]])
    assert change_within(box, change, width_px=1600, height_px=900).tolist() == [12.0]


def test_two_rules_that_have_no_frame_in_common_leave_those_of_the_first() -> None:
    assert overlap(slice(3, 20), slice(10, 40)) == slice(10, 20)
    assert overlap(slice(3, 20), slice(20, 40)) == slice(3, 20)
