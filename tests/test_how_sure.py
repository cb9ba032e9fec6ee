"""Standard errors and doubts of every kind of clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kneedrive_cv.technique.uncertainty import SAGITTAL
from kneedrive_cv.technique.values import as_value
from tests.test_technique_checks import quality


def errors(asked, metric, side="left"):
    return asked.steady_error(metric, side)


def test_times_are_far_less_sure_where_the_slow_motion_was_told_from_the_steps():
    told = quality(inferred=True)
    for metric in ("contact_time_s", "flight_time_s", "knee_drive_delay_s", "step_frequency_hz"):
        assert errors(told, metric) > 3 * errors(quality(), metric), metric
    assert errors(told, "thigh_deg") == errors(quality(), "thigh_deg")


def test_a_pose_of_another_program_and_a_jog_have_much_wider_intervals_of_either_leg():
    given, jog = replace(quality(), given="TRC"), replace(quality(), gait="jog")
    for asked, times in ((given, 2.9), (jog, 1.4)):
        for metric in SAGITTAL:
            near, far = (errors(asked, metric, side) for side in ("right", "left"))
            assert near == far
            assert near > times * errors(quality(), metric, "right"), metric
    for metric in ("contact_time_s", "flight_time_s", "knee_drive_delay_s"):
        assert errors(given, metric) == pytest.approx(2 * errors(quality(), metric))


def test_angles_from_a_camera_well_off_the_side_and_of_a_jog_are_of_low_confidence():
    for asked in (quality("oblique"), replace(quality(), gait="jog")):
        for metric in SAGITTAL:
            assert as_value(metric, 40.0 if metric != "foot_ahead_of_knee_shank" else 0.1,
                            "left", 1.0, asked).status == "low_confidence", metric  # fmt: skip
        assert as_value("contact_time_s", 0.1, "left", 1.0, asked).status == "measured"


@pytest.mark.parametrize(("height_px", "status"), [(119.0, "low_confidence"), (121.0, "measured")])
def test_of_an_athlete_smaller_than_any_that_was_measured_nothing_is_sure(height_px, status):
    for metric in ("thigh_deg", "contact_time_s", "step_frequency_hz"):
        assert as_value(metric, 1.0, "left", 1.0, quality(height_px=height_px)).status == status


def test_from_the_front_times_are_less_sure_with_fewer_frames_and_single_steps_than_from_the_side():
    slow, fast = quality("front", fps=30.0), quality("front", fps=60.0)
    times = errors(slow, "contact_time_s") / errors(fast, "contact_time_s")
    assert times == pytest.approx(np.sqrt(2))
    assert fast.stride_error("step_frequency_hz") > 2 * quality(fps=60.0).stride_error(
        "step_frequency_hz"
    )


@pytest.mark.parametrize(("fps", "told"), [(30.0, False), (47.0, False), (48.0, True)])
def test_the_delay_of_the_knee_drive_is_not_told_from_frames_too_far_apart(fps, told):
    value = as_value("knee_drive_delay_s", 0.02, "left", 1.0, quality(fps=fps))
    assert (value.status == "measured") is told
