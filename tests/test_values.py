"""How sure the numbers of one knee drive are, by the frames that they were read from."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.kinematics.strides import KneeDrive
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import UNSEEN_TOP, drive_values

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


def test_at_30_frames_a_second_the_foot_under_the_knee_is_less_sure_and_says_why():
    slow, metric = Quality(QUALITY.sight, 30.0, 300.0, False), "foot_ahead_of_knee_shank"
    assert "33 ms between frames" in slow.doubt(metric)
    assert not QUALITY.doubt(metric)
    assert slow.stride_error(metric) > 1.2 * QUALITY.stride_error(metric)
    assert not slow.doubt("thigh_deg")
