"""When a single number is doubted: what it is read from, beside what, and how wide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.doubted import doubted
from kneedrive_cv.technique.uncertainty import SAGITTAL
from kneedrive_cv.technique.values import as_value, drive_values
from tests.test_technique_checks import half_width
from tests.test_values import (
    ANGLES,
    DRIVE,
    QUALITY,
    TIME_S,
    USUAL,
    at_times,
    status_of,
    sure,
    with_contacts,
)


def all_seen():
    return {name: np.ones(len(TIME_S), dtype=bool) for name in LANDMARKS}


def test_the_tilt_of_the_pelvis_is_that_of_the_driving_legs_hip_over_the_other():
    front = replace(QUALITY, sight=Sight("front", 1.0, None, 0.75))
    right_up = {"pelvis_obliquity_deg": np.full(len(TIME_S), 6.0)}
    for side, tilt_deg in (("right", 6.0), ("left", -6.0)):
        read = drive_values(replace(DRIVE, side=side), right_up, TIME_S, all_seen(), front)
        assert read["pelvis_obliquity_deg"].value == pytest.approx(tilt_deg)


def test_flight_and_step_are_as_sure_as_the_frames_that_their_own_contacts_lie_in():
    drive = replace(DRIVE, toe_off_s=0.2, contact_time_s=0.1, flight_time_s=0.12,
                    step_frequency_hz=1 / 0.22, touchdown_s=0.55, peak_s=0.38)  # fmt: skip
    in_flight = (TIME_S > 0.21) & (TIME_S < 0.31)
    in_contact = (TIME_S > 0.11) & (TIME_S < 0.19)
    for rows, spoilt in (
        (in_flight, {"flight_time_s", "step_frequency_hz"}),
        (in_contact, {"contact_time_s", "step_frequency_hz"}),
    ):
        valid = all_seen()
        for side in ("left", "right"):
            valid[f"{side}_foot_index"][rows] = False
        read = drive_values(drive, ANGLES, TIME_S, valid, QUALITY)
        timed = {"contact_time_s", "flight_time_s", "step_frequency_hz"}
        assert {m for m in timed if read[m].status != "measured"} == spoilt


def test_a_time_between_two_events_is_not_less_than_nothing():
    for metric in ("contact_time_s", "flight_time_s"):
        value = as_value(metric, 0.004, "left", 1.0, QUALITY)
        assert value.low == 0.0
        assert half_width(value) > 0.004
    delay = as_value("knee_drive_delay_s", 0.004, "left", 1.0, QUALITY)
    assert delay.low < 0


@pytest.mark.parametrize(
    ("landmark", "spoilt"),
    [
        ("left_heel", {"ankle_dorsiflexion_deg", "foot_pitch_deg"}),
        ("left_shoulder", {"hip_flexion_deg", "trunk_lean_deg"}),
        ("left_ankle", {"knee_flexion_deg", "ankle_dorsiflexion_deg", "foot_ahead_of_knee_shank"}),
    ],
)
def test_each_angle_is_doubted_where_any_landmark_that_it_is_read_from_was_lost_at_the_top(
    landmark, spoilt
):
    valid = all_seen()
    valid[landmark][18:20] = False
    angles = {name: np.full(len(TIME_S), 30.0) for name in ANGLES}
    read = drive_values(DRIVE, angles, TIME_S, valid, QUALITY)
    assert {m for m in SAGITTAL if read[m].reason and "lost at the top" in read[m].reason} == spoilt


def test_two_drives_of_one_leg_with_no_time_for_the_other_between_are_doubted():
    assert sure(at_times(*USUAL, ("left", 2.0), ("left", 2.0 + 1.3 * 0.25)))[-2:] == [False, False]


def test_a_swing_shorter_than_anybodys_is_doubted_in_all_its_values():
    legs = at_times(*USUAL)
    short = legs[1].model_copy(update={"touchdown_time_s": legs[1].toe_off_time_s + 0.18})
    told = doubted([legs[0], short, *legs[2:]], (), 4.0, "sprint")
    status = [stride.metrics["thigh_deg"].status for stride in told]
    assert status == ["measured", "low_confidence", "measured", "measured"]
    assert "nobody swings a leg as fast" in told[1].metrics["thigh_deg"].reason


def test_of_four_contacts_one_that_is_unlike_the_others_is_doubted():
    told = status_of(with_contacts([0.13, 0.13, 0.08, 0.13]), "contact_time_s")
    assert told == ["measured", "measured", "low_confidence", "measured"]
