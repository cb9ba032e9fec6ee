"""Speed, step length and landing: how sure, when doubted, and in metres."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kneedrive_cv.config import Settings
from kneedrive_cv.scene.scale import Scale, find_scale
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.travel import mean_travel, with_travel
from tests.test_scale import TIME_S as TRAVEL_S
from tests.test_scale import drive_of, motion_of, quality_of, stride_of, travel_of
from tests.test_technique_checks import half_width

WAYS = ("speed_legps", "step_length_leg", "touchdown_ahead_leg")


def test_where_the_foot_lands_is_read_at_its_touchdown():
    ahead = {"left_foot_ahead_leg": 0.3 + (TRAVEL_S - 0.45)}
    found = with_travel([stride_of()], motion_of(drive_of(), ahead), quality_of(), None)[0].travel
    assert found["touchdown_ahead_leg"].value == pytest.approx(0.3)


@pytest.mark.parametrize("metric", WAYS)
def test_the_mean_way_of_many_strides_is_as_unsure_as_what_they_share(metric):
    stride = stride_of().model_copy(update={"travel": travel_of(quality_of(), None)})
    one, many = (mean_travel([stride] * n, quality_of(), None)[metric] for n in (1, 400))
    assert 0.5 * half_width(one) < half_width(many) < half_width(one)


@pytest.mark.parametrize(
    ("harder", "metrics"),
    [
        ({"height_px": 130.0}, WAYS),
        ({"time_inferred": True}, ("speed_legps",)),
        ({"capture_fps": 30.0}, ("touchdown_ahead_leg", "step_length_leg")),
    ],
)
def test_ways_of_a_harder_clip_are_less_sure(harder, metrics):
    usual, hard = travel_of(quality_of(), None), travel_of(quality_of(**harder), None)
    for metric in metrics:
        assert half_width(hard[metric]) > 1.01 * half_width(usual[metric]), metric


def test_a_length_off_the_side_is_less_sure_than_its_shortening_alone_makes_it():
    square, oblique = (travel_of(quality_of(view, width=0.0), None) for view in ("side", "oblique"))
    for metric in WAYS:
        assert half_width(oblique[metric]) > half_width(square[metric])


def test_a_speed_by_a_slow_motion_told_from_the_steps_is_doubted_and_the_length_of_a_step_is_not():
    travel = travel_of(quality_of(time_inferred=True), None)
    assert travel["speed_legps"].status == "low_confidence"
    assert travel["step_length_leg"].status == "measured"


def test_ways_of_a_leg_that_was_seen_in_part_are_doubted():
    travel = travel_of(quality_of(), None, share=0.7)
    assert {travel[metric].status for metric in WAYS} == {"low_confidence"}


def test_metres_hold_the_error_of_the_scale_at_95_per_cent():
    travel = travel_of(quality_of(), Scale(1.0, 0.1, "a height"))
    legs, metres = (travel[name] for name in ("speed_legps", "speed_mps"))
    assert half_width(metres) == pytest.approx(np.hypot(half_width(legs), 1.96 * 0.1 * 9.0))


def test_marks_that_do_not_lie_level_in_the_picture_are_as_far_apart_as_they_are():
    level, steep = (
        find_scale(Settings(known_distance=mark), leg_px=176.0, moving=False)
        for mark in ((100.0, 500.0, 1100.0, 500.0, 5.0), (100.0, 500.0, 900.0, 1100.0, 5.0))
    )
    assert steep.leg_m == pytest.approx(level.leg_m)


def test_from_off_the_side_marks_are_shortened_more_than_legs_so_the_leg_is_shorter_in_metres():
    settings = Settings(known_distance=(100.0, 500.0, 1100.0, 500.0, 5.0))
    square, off = (
        find_scale(settings, leg_px=176.0, moving=False, off_side_deg=deg) for deg in (0.0, 30.0)
    )
    assert off.leg_m / square.leg_m == pytest.approx(0.866 / 0.941, abs=0.01)


def test_a_long_marked_distance_is_still_unsure_by_where_on_the_lane_he_runs():
    settings = Settings(known_distance=(0.0, 500.0, 4000.0, 500.0, 20.0))
    assert find_scale(settings, leg_px=176.0, moving=False).error_share > 0.015


def test_shoulders_that_were_misread_lengthen_no_way_where_the_user_says_that_it_is_the_side():
    said = Sight("side", 1.0, "right", 0.7)
    assert said.off_side_deg < 21.0
    assert travel_of(quality_of("side", width=0.7), None)["speed_legps"].value < 9.5


@pytest.mark.parametrize("metric", WAYS)
def test_what_a_smaller_pose_model_reads_of_the_way_is_less_sure(metric):
    heavy, lite = (
        travel_of(replace(quality_of(), model=name), None)[metric] for name in ("heavy", "lite")
    )
    assert half_width(lite) > 1.5 * half_width(heavy)
