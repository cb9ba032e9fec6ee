"""How sure a number is, by what makes a clip harder to read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kneedrive_cv.technique.uncertainty import COARSE, FOOT, LEANING_TIMES, SMALL_POWER
from kneedrive_cv.technique.values import as_value
from tests.test_technique_checks import GOOD, half_width, quality


@pytest.mark.parametrize("metric", sorted(LEANING_TIMES))
def test_who_leans_out_of_the_blocks_is_read_less_surely_and_an_upright_sprinter_as_ever(metric):
    seen = [replace(quality(), lean_deg=lean) for lean in (0.0, 12.0, 19.0, 25.0, 45.0)]
    widths = [half_width(as_value(metric, GOOD[metric], "right", 1.0, each)) for each in seen]
    assert widths[0] == widths[1] < widths[2] < widths[3] == widths[4]


@pytest.mark.parametrize("metric", sorted(SMALL_POWER))
def test_the_smaller_the_athlete_the_wider_the_interval_the_ankles_most(metric):
    errors = [quality(height_px=px).steady_error(metric, "right") for px in (400, 250, 180, 120)]
    assert errors[0] == errors[1] < errors[2] < errors[3]
    ankle = [quality(height_px=px).steady_error(FOOT[0], "right") for px in (250, 120)]
    assert errors[3] / errors[1] <= ankle[1] / ankle[0] * (1 + 1e-9)


FROM_THE_SIDE = sorted(metric for metric in GOOD if not quality().unreadable(metric))


@pytest.mark.parametrize("metric", sorted({*FROM_THE_SIDE} - {"step_frequency_hz"}))
def test_the_more_the_landmarks_tremble_the_wider_the_interval_times_less(metric):
    errors = [
        quality(tremble_percent=percent).steady_error(metric, "right")
        for percent in (0.1, 0.3, 0.4, 0.6)
    ]
    assert errors[0] == errors[1] < errors[2] < errors[3]
    wider = 2.47**0.5 if metric.endswith("_s") else 2.47
    assert errors[3] / errors[0] == pytest.approx(wider)


@pytest.mark.parametrize("metric", FROM_THE_SIDE)
def test_a_small_athlete_who_is_seen_sharply_is_read_as_surely_as_a_large_one(metric):
    small, large = (quality(height_px=px, tremble_percent=0.25) for px in (130, 400))
    assert small.steady_error(metric, "left") == large.steady_error(metric, "left")
    assert small.stride_error(metric) == large.stride_error(metric)


def test_from_front_and_rear_a_small_athlete_is_less_surely_read_however_sharp():
    small, large = (quality("front", 60.0, px, tremble_percent=0.15) for px in (150, 300))
    metric = "pelvis_rotation_deg"
    assert small.steady_error(metric, None) > 1.2 * large.steady_error(metric, None)


@pytest.mark.parametrize("metric", FROM_THE_SIDE)
def test_of_a_picture_so_coarse_that_the_landmarks_tremble_all_is_of_low_confidence(metric):
    clear, coarse = (
        as_value(metric, GOOD[metric], "right", 1.0, quality(tremble_percent=percent))
        for percent in (0.5, 0.6)
    )
    assert clear.status == "measured"
    assert (coarse.status, coarse.reason) == ("low_confidence", COARSE)


@pytest.mark.parametrize("view", ["front", "rear"])
def test_a_turn_that_was_taken_to_be_alike_on_both_sides_is_less_sure(view):
    alike = quality(view, 60.0)
    told = replace(alike, sides_told=True)
    turn, tilt = "pelvis_rotation_deg", "pelvis_obliquity_deg"
    assert alike.steady_error(turn, "left") > 1.5 * told.steady_error(turn, "left")
    assert alike.steady_error(tilt, "left") == told.steady_error(tilt, "left")
