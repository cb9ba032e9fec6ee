"""Clips that were cut together: each shot for itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np
import pytest

from kneedrive_cv.athlete import Survey, find_athlete, survey
from kneedrive_cv.athlete.active import LONG_FRAMES, active_part, one_way
from kneedrive_cv.athlete.crop import Crops, standing_height_px
from kneedrive_cv.athlete.motion import IDENTITY
from kneedrive_cv.athlete.shots import find_shots, shot_of
from kneedrive_cv.config import AthleteSettings
from kneedrive_cv.video.reader import Frame
from tests.scene_maker import FPS, Bar, BarDetector, frames

SETTINGS = AthleteSettings()


def runner(speed_px: float, start: float = 60.0) -> Bar:
    return Bar(lambda k: (start + speed_px * k, 200.0))


def renumbered(shown: Iterator[Frame], darker: int, first: int) -> Iterator[Frame]:
    """The frames of a shot behind others, in another light."""
    for k, frame in enumerate(shown, first):
        bar = frame.image_bgr[..., 0] == 255
        image = np.where(bar[..., None], frame.image_bgr, frame.image_bgr // darker)
        yield Frame(k, k / FPS, image.astype(np.uint8))


def cut_clip(first: Bar, second: Bar, count: int = 40) -> Survey:
    one, two = frames([first], count), renumbered(frames([second], count), 3, count)
    return survey(chain(one, two), BarDetector([first]), SETTINGS)


def test_a_cut_begins_a_new_shot() -> None:
    seen = cut_clip(runner(8), runner(8))
    assert find_shots(seen) == [slice(0, 40), slice(40, 80)]
    assert shot_of(seen, 39) == (1, 2)
    assert shot_of(seen, 40) == (2, 2)


def test_a_clip_without_cuts_is_one_shot_also_where_the_camera_pans() -> None:
    bars = [runner(8)]
    seen = survey(frames(bars, 60, pan_px=lambda k: 7.0 * k), BarDetector(bars), SETTINGS)
    assert find_shots(seen) == [slice(0, 60)]


def test_nobody_is_followed_across_a_cut_and_the_faster_shot_is_the_result() -> None:
    seen = cut_clip(runner(4), runner(12, start=220))
    athlete = find_athlete(seen, SETTINGS)
    assert athlete.crops.frame[0] == 40
    assert athlete.people_found == 2
    other = find_athlete(seen, SETTINGS, pick=2)
    assert other.crops.frame[-1] == 39


def test_heights_along_a_track_are_those_of_the_boxes_within_the_window() -> None:
    random = np.random.default_rng(3)
    time_s = np.cumsum(random.uniform(0.01, 0.05, 300))
    height = 100 + 10 * np.sin(time_s) + random.normal(0, 3, 300)
    box = np.column_stack([np.zeros(300), np.zeros(300), np.full(300, 40.0), height])
    near = [np.percentile(height[abs(time_s - t) <= 0.75], 75) for t in time_s]
    assert np.abs(standing_height_px(box, time_s) - near).max() < 6.0


def one_way_of(speed_px: np.ndarray) -> slice:
    """The one way of somebody of 100 px who goes so many pixels to the right in each frame."""
    return one_way(*going(speed_px))


def read_of(speed_px: np.ndarray) -> slice:
    """What is read of him."""
    return active_part(*going(speed_px))


def going(speed_px: np.ndarray) -> tuple[Crops, np.ndarray]:
    count = len(speed_px)
    centre = np.column_stack([np.cumsum(speed_px), np.full(count, 200.0)])
    half = np.array([20.0, 50.0])
    crops = Crops(
        frame=np.arange(count),
        time_s=np.arange(count) / 30.0,
        center_px=centre,
        side_px=np.full(count, 130.0),
        box=np.column_stack([centre - half, centre + half]),
        confidence=np.ones(count),
        turn_deg=np.zeros(count),
    )
    return crops, np.tile(IDENTITY, (count, 1, 1))


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_of_two_ways_alike_there_and_back_the_first_is_read(sign: float) -> None:
    assert read_of(sign * np.repeat([12.0, -12.0], 60)) == slice(0, 60)
    assert read_of(sign * np.repeat([10.5, -12.0, 10.5], 60)) == slice(0, 60)


def test_of_a_walk_back_and_a_sprint_the_sprint_is_read() -> None:
    part = read_of(np.repeat([-3.0, 12.0], [80, 60]))
    assert 75 <= part.start <= 82
    assert part.stop == 140


def test_who_steps_back_for_a_moment_does_not_turn_round() -> None:
    assert read_of(np.repeat([12.0, -12.0, 12.0], [50, 10, 50])) == slice(0, 110)


def test_on_a_treadmill_nobody_turns_round_however_far_the_ground_seems_to_go() -> None:
    wander = np.random.default_rng(1).normal(0, 4, 3000)
    drift = np.repeat([0.35, -0.35], 1500)
    assert np.ptp(np.cumsum(drift + wander)) > 300
    assert one_way_of(wander + drift) == slice(0, 3000)


def test_of_a_long_track_only_the_stretch_around_the_sprint_is_read() -> None:
    """He walks about for minutes, sprints for six seconds and walks on."""
    count, start, stop = 4 * LONG_FRAMES, 3 * LONG_FRAMES, 3 * LONG_FRAMES + 180
    speed = np.full(count, 2.0)
    speed[start:stop] = 12.0
    part = read_of(speed)
    assert start - 150 < part.start < start
    assert stop < part.stop < stop + 150
    assert read_of(np.full(count, 4.0)) == slice(0, count)
