"""How sure the numbers of one knee drive are, by the frames that they were read from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kneedrive_cv.kinematics.strides import KneeDrive
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.result import Stride, Value
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.doubted import OUT_OF_STEP, doubted
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import (
    IMPOSSIBLE,
    POSSIBLE,
    UNSEEN_TIMES,
    UNSEEN_TOP,
    as_value,
    drive_values,
    mean_value,
)
from tests.test_technique_checks import half_width

TIME_S = np.arange(40) / 60
DRIVE = KneeDrive("left", 0.1, 0.305, 0.5, 80.0, 0.11, 0.13, 4.2, 0.02)
QUALITY = Quality(Sight("side", 1.0, "right", 0.2), 60.0, 300.0, False)
OF_LEG = ("hip_flexion", "knee_flexion", "ankle_dorsiflexion", "foot_pitch", "shank")
ANGLES = {
    name: np.full(len(TIME_S), 50.0)
    for name in ("trunk_lean_deg", *(f"left_{angle}_deg" for angle in OF_LEG))
}


def values_without(landmark: str, *rows: int):
    """The values of the drive where a landmark was not measured in some frames."""
    valid = {name: np.ones(len(TIME_S), dtype=bool) for name in LANDMARKS}
    valid[landmark][list(rows)] = False
    return drive_values(DRIVE, ANGLES, TIME_S, valid, QUALITY)


@pytest.mark.parametrize("row", [18, 19])
def test_a_thigh_whose_knee_was_lost_beside_the_top_is_of_low_confidence_and_says_why(row):
    thigh = values_without("left_knee", row)["thigh_deg"]
    assert (thigh.status, thigh.reason) == ("low_confidence", UNSEEN_TOP)


def test_what_was_bridged_at_the_top_is_less_sure_by_far_and_lets_no_fault_be_told_of_it_alone():
    sure, bridged = (values_without("left_knee", row)["ankle_dorsiflexion_deg"] for row in (12, 19))
    assert half_width(bridged) == pytest.approx(UNSEEN_TIMES * half_width(sure))
    mean = mean_value("ankle_dorsiflexion_deg", [bridged], "left", QUALITY)
    assert half_width(mean) == pytest.approx(half_width(bridged))


def test_the_fewer_of_a_mean_s_drives_were_bridged_the_surer_it_is():
    sure, bridged = (values_without("left_knee", row)["thigh_deg"] for row in (12, 19))
    widths = [
        half_width(mean_value("thigh_deg", [bridged] + [sure] * others, "left", QUALITY))
        for others in (0, 1, 3, 20)
    ]
    assert widths == sorted(widths, reverse=True)
    alone = half_width(mean_value("thigh_deg", [sure] * 21, "left", QUALITY))
    assert alone < widths[-1] < 1.1 * alone


def test_one_doubtful_drive_of_three_says_nothing_of_the_mean_of_the_others():
    sure, bridged = (values_without("left_knee", row)["thigh_deg"] for row in (12, 19))
    off = bridged.model_copy(update={"value": 20.0, "low": 10.0, "high": 30.0})
    mean = mean_value("thigh_deg", [sure, off, sure], "left", QUALITY)
    assert mean == mean_value("thigh_deg", [sure, sure], "left", QUALITY)
    assert mean.status == "measured"


@pytest.mark.parametrize("others", [0, 1, 2])
def test_a_mean_of_which_half_was_doubtful_is_doubtful_and_of_all_drives(others):
    sure, bridged = (values_without("left_knee", row)["thigh_deg"] for row in (12, 19))
    off = bridged.model_copy(update={"value": 20.0})
    mean = mean_value("thigh_deg", [off, off] + [sure] * others, "left", QUALITY)
    assert mean.value == pytest.approx((40.0 + 80.0 * others) / (2 + others))
    assert (mean.status, mean.reason) == ("low_confidence", UNSEEN_TOP)


def test_a_frame_that_was_bridged_on_the_way_up_is_no_reason_for_doubt():
    found = values_without("left_knee", 12)
    assert {found[m].status for m in ("thigh_deg", "knee_flexion_deg")} == {"measured"}


def test_times_and_the_trunk_do_not_need_the_knee_at_the_top():
    found = values_without("left_knee", 18, 19)
    for metric in ("contact_time_s", "flight_time_s", "trunk_lean_deg"):
        assert found[metric].status == "measured"


def test_hip_flexion_is_thigh_plus_trunk_lean():
    found = values_without("left_knee", 12)
    parts = [found[metric].value for metric in ("thigh_deg", "trunk_lean_deg")]
    assert found["hip_flexion_deg"].value == pytest.approx(sum(parts))


@pytest.mark.parametrize("metric", sorted(POSSIBLE))
def test_what_no_body_can_do_is_of_low_confidence_and_says_so(metric):
    least, most = POSSIBLE[metric]
    inside, *outside = (
        as_value(metric, number, "left", 1.0, QUALITY)
        for number in ((least + most) / 2, least - 1, most + 1)
    )
    assert inside.status == "measured"
    assert {(v.status, v.reason) for v in outside} == {("low_confidence", IMPOSSIBLE)}


def test_at_30_frames_a_second_the_foot_under_the_knee_is_less_sure_and_says_why():
    slow, metric = Quality(QUALITY.sight, 30.0, 300.0, False), "foot_ahead_of_knee_shank"
    assert "33 ms between frames" in slow.doubt(metric)
    assert not QUALITY.doubt(metric)
    assert slow.stride_error(metric) > 1.2 * QUALITY.stride_error(metric)
    assert not slow.doubt("thigh_deg")


def at_times(*taken: tuple[str, float]) -> list[Stride]:
    """Knee drives of these legs at these times."""
    thigh = {"thigh_deg": as_value("thigh_deg", 80.0, "left", 1.0, QUALITY)}
    return [
        Stride(
            number=number,
            side=side,
            toe_off_frame=round(60 * (peak_s - 0.15)),
            peak_frame=round(60 * peak_s),
            touchdown_frame=round(60 * (peak_s + 0.15)),
            toe_off_time_s=peak_s - 0.15,
            peak_time_s=peak_s,
            touchdown_time_s=peak_s + 0.15,
            passes_parallel=False,
            valid_fraction=1.0,
            metrics=thigh,
        )
        for number, (side, peak_s) in enumerate(taken, start=1)
    ]


USUAL = [("left", 1.0), ("right", 1.25), ("left", 1.5), ("right", 1.75)]


def sure(strides, *, step_hz=4.0, gait="sprint", unsure=()):
    """For each knee drive, in order of time, whether nothing speaks against it."""
    told = [each.metrics["thigh_deg"] for each in doubted(strides, unsure, step_hz, gait)]
    assert {each.reason for each in told if each.status == "low_confidence"} <= {OUT_OF_STEP}
    return [each.status == "measured" for each in told]


@pytest.mark.parametrize("missed", [None, 1, 2])
def test_legs_that_take_turns_are_not_doubted_nor_where_a_drive_was_missed(missed):
    taken = [each for number, each in enumerate(USUAL) if number != missed]
    assert all(sure(at_times(*taken)))


@pytest.mark.parametrize("next_one", [("left", 1.83), ("right", 2.0)])
def test_drives_that_follow_sooner_than_legs_take_turns_are_of_low_confidence(next_one):
    strides = at_times(*USUAL, next_one)
    told = sure(strides)
    assert told[:2] == [True, True]
    assert told[3:] == [False, False]
    assert all(sure(strides, gait="high knees"))
    assert all(sure(strides, step_hz=float("nan")))


def with_contacts(lengths_s):
    """Knee drives of a run whose contacts have these lengths."""
    strides = at_times(*((("left", "right")[i % 2], 1.0 + 0.25 * i) for i in range(len(lengths_s))))
    return [
        stride.model_copy(
            update={
                "metrics": {
                    name: as_value(name, number, "left", 1.0, QUALITY)
                    for name, number in (("thigh_deg", 80.0), ("contact_time_s", length_s))
                }
            }
        )
        for stride, length_s in zip(strides, lengths_s, strict=True)
    ]


def status_of(strides, metric):
    return [each.metrics[metric].status for each in doubted(strides, (), 4.0, "sprint")]


@pytest.mark.parametrize("at", [0, 2, 5])
@pytest.mark.parametrize("odd_s", [0.08, 0.19])
def test_a_contact_unlike_those_beside_it_is_of_low_confidence_and_the_angles_are_not(at, odd_s):
    strides = with_contacts([odd_s if i == at else 0.13 for i in range(6)])
    assert status_of(strides, "contact_time_s") == [
        "low_confidence" if i == at else "measured" for i in range(6)
    ]
    assert set(status_of(strides, "thigh_deg")) == {"measured"}


@pytest.mark.parametrize(
    "lengths_s",
    [[0.20, 0.17, 0.155, 0.145, 0.135, 0.13], [0.10, 0.13] * 3, [0.08, 0.13], [0.13, None, 0.12]],
)
def test_contacts_out_of_the_blocks_and_of_unlike_legs_are_not_doubted(lengths_s):
    known = [np.nan if length is None else length for length in lengths_s]
    assert "low_confidence" not in status_of(with_contacts(known), "contact_time_s")


def test_by_how_unsure_the_tilt_is_what_is_told_against_the_track_is_less_sure():
    unseen = Quality(QUALITY.sight, 60.0, 300.0, False, tilt_error_deg=2.0)
    for metric in ("thigh_deg", "trunk_lean_deg", "foot_pitch_deg", "foot_ahead_of_knee_shank"):
        assert unseen.steady_error(metric, "left") > 1.15 * QUALITY.steady_error(metric, "left")
    for metric in ("hip_flexion_deg", "knee_flexion_deg", "ankle_dorsiflexion_deg"):
        assert unseen.steady_error(metric, "left") == QUALITY.steady_error(metric, "left")


@pytest.mark.parametrize(("model", "times"), [("heavy", 1.0), ("full", 1.5), ("lite", 2.0)])
def test_what_a_smaller_pose_model_reads_is_less_sure(model, times):
    asked = replace(QUALITY, model=model)
    for metric in ("thigh_deg", "ankle_dorsiflexion_deg", "contact_time_s", "step_frequency_hz"):
        for error in (Quality.steady_error, Quality.stride_error):
            said = (metric, "left") if error is Quality.steady_error else (metric,)
            assert error(asked, *said) == pytest.approx(times * error(QUALITY, *said)), metric


def test_a_pose_of_another_program_errs_alike_whatever_model_was_set():
    given = replace(QUALITY, given="TRC markers")
    lite = replace(given, model="lite")
    assert lite.steady_error("thigh_deg", "left") == given.steady_error("thigh_deg", "left")


def test_an_odd_contact_doubts_the_flight_that_it_ends_and_the_rates_it_is_part_of():
    strides = [
        stride.model_copy(
            update={
                "metrics": stride.metrics
                | {
                    name: as_value(name, number, "left", 1.0, QUALITY)
                    for name, number in (("flight_time_s", 0.12), ("step_frequency_hz", 4.4))
                }
            }
        )
        for stride in with_contacts([0.08 if i == 3 else 0.13 for i in range(6)])
    ]
    for metric, unsure in (
        ("contact_time_s", {3}),
        ("flight_time_s", {2, 3}),
        ("step_frequency_hz", {2, 3}),
    ):
        told = status_of(strides, metric)
        assert {i for i in range(6) if told[i] == "low_confidence"} == unsure, metric


def test_contacts_of_a_jog_are_of_low_confidence_from_front_and_rear():
    strides = with_contacts([0.26] * 4)
    told = doubted(strides, (), 2.7, "not told", frontal=True)
    assert {each.metrics["contact_time_s"].status for each in told} == {"low_confidence"}
    assert {each.metrics["thigh_deg"].status for each in told} == {"measured"}
    assert doubted(strides, (), 2.7, "jog") == strides
    assert doubted(strides, (), 3.9, "sprint", frontal=True) == strides


def test_an_odd_contact_doubts_the_lengths_of_its_steps_and_where_the_foot_landed():
    travel = {
        name: Value(value=2.2, low=2.0, high=2.4)
        for name in ("step_length_leg", "touchdown_ahead_leg", "speed_legps")
    }
    strides = [
        stride.model_copy(
            update={
                "travel": travel,
                "touchdown_time_s": stride.toe_off_time_s + 0.5 - (0.08 if i == 1 else 0.13),
            }
        )
        for i, stride in enumerate(with_contacts([0.08 if i == 3 else 0.13 for i in range(6)]))
    ]
    told = doubted(strides, (), float("nan"), "sprint")
    for name, unsure in (
        ("step_length_leg", {2, 3}),
        ("touchdown_ahead_leg", {1}),
        ("speed_legps", set()),
    ):
        found = {i for i in range(6) if told[i].travel[name].status == "low_confidence"}
        assert found == unsure, name


def test_what_cameras_call_48_frames_a_second_is_enough_for_the_foot():
    assert not replace(QUALITY, capture_fps=48000 / 1001).unreadable("foot_pitch_deg")
    assert replace(QUALITY, capture_fps=45.0).unreadable("foot_pitch_deg")
