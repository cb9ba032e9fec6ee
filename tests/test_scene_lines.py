"""Straight lines of the background, gathered from a few frames."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.scene.lines import LOOKS, Lines, find_lines
from kneedrive_cv.scene.uprights import find_plumb
from kneedrive_cv.video.reader import Frame
from tests.test_scene_uprights import (
    HEIGHT_PX,
    NOBODY,
    WIDTH_PX,
    fence,
    picture,
    plumb_of,
    post,
)


@pytest.mark.parametrize("times", [1, 2])
def test_the_limbs_of_the_athlete_do_not_count(times):
    image_bgr = picture(times * WIDTH_PX, times * HEIGHT_PX)
    for left_px in range(300, 661, 40):
        post(image_bgr, (times * left_px, times * 270), 8.0, long_px=times * 100)
    box = times * np.array([300.0, 220.0, 660.0, 320.0])
    assert plumb_of(image_bgr) is not None
    assert plumb_of(image_bgr, box=box) is None  # with a little around it
    elsewhere = box + times * np.array([0, 200, 0, 200])
    assert plumb_of(image_bgr, box=elsewhere) is not None


def crops_of(frames):
    count = len(frames)
    return Crops(
        frame=np.array(frames),
        time_s=np.array(frames) / 60,
        center_px=np.full((count, 2), 300.0),
        side_px=np.full(count, 260.0),
        box=np.tile(NOBODY, (count, 1)),
        confidence=np.ones(count),
        turn_deg=np.zeros(count),
    )


@pytest.mark.parametrize("frames", [[7], [5, 6], list(range(10, 90))])
def test_a_few_frames_of_a_clip_are_looked_at_once_each_from_its_first_to_its_last(
    monkeypatch, frames
):
    looked = []

    def found(image_bgr, box):
        looked.append(int(image_bgr[0, 0, 0]))
        return np.empty((0, 4))

    monkeypatch.setattr("kneedrive_cv.scene.lines.find_lines", found)
    lines = Lines(crops_of(frames))
    for index in [*range(100), *range(100)]:
        lines.look(Frame(index, index / 60, np.full((2, 2, 3), index, dtype=np.uint8)))
    assert len(looked) == min(LOOKS, len(frames))
    assert (looked[0], looked[-1]) == (frames[0], frames[-1])
    assert list(lines.within(0, 99)) == sorted(set(looked))


def test_of_a_clip_that_is_cut_only_the_part_that_is_graded_tells():
    lines = Lines(crops_of(list(range(60))))
    for index in range(60):
        lines.look(Frame(index, index / 60, fence(2.0 if index < 30 else -4.0)))
    for part, roll_deg in (((0, 29), 2.0), ((30, 59), -4.0)):
        plumb = find_plumb(list(lines.within(*part).values()))
        assert plumb.deg == pytest.approx(roll_deg, abs=0.3)
    assert not lines.within(60, 70)


def test_of_nobody_nothing_is_looked_at():
    lines = Lines(crops_of([]))
    lines.look(Frame(0, 0.0, fence(2.0)))
    assert not lines.within(0, 0)


def test_lines_are_found_with_slope_place_and_length_in_a_picture_of_any_size():
    for times in (1, 2):
        image_bgr = picture(times * WIDTH_PX, times * HEIGHT_PX)
        post(image_bgr, (times * 240, times * 400), 90.0 + 10.0, long_px=times * 192)
        edges = find_lines(image_bgr, NOBODY)
        assert len(edges) == 2
        at = [10.0, -0.25, (400 - 270) / WIDTH_PX, 0.2]
        assert np.all(np.abs(edges - at) < [0.3, 0.01, 0.01, 0.01])


def test_what_is_shorter_than_a_block_of_coarse_compression_is_no_line():
    small = picture(320, 180)
    for left_px in range(20, 300, 20):
        post(small, (left_px, 90), 3.0, long_px=12)
    assert not len(find_lines(small, NOBODY))
