"""The sample clip from the front, read by the whole pipeline."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.export.csv import write_angles
from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.report.html import Pictures, report_pieces

pytestmark = pytest.mark.slow

SAGITTAL = ("hip_flexion_deg", "thigh_deg", "knee_flexion_deg", "foot_pitch_deg")


@pytest.fixture(scope="module")
def analysis(graded):
    return graded("front_twist")[0]


def test_the_view_is_told_and_the_checks_of_the_side_are_not_claimed(analysis):
    result = analysis.result
    assert (result.scene.view, result.scene.running_direction) == ("front", "towards")
    assert (result.scene.tilt_deg, result.scene.tilt_error_deg) == (0.0, None)
    for metric in SAGITTAL:
        assert all(stride.metrics[metric].value is None for stride in result.strides)
        assert "Film" in result.summary.not_measured[metric]
    assert result.summary.grade.points is None
    assert "film from the side" in result.summary.headline


def test_touchdowns_and_toe_offs_lie_near_the_true_ones(analysis, truth):
    events, end_s = analysis.result.events, analysis.angles.time_s[-1]
    known, off_ms = truth("front_twist"), []
    for event in events:
        true = known.times_s(event.type, event.side)
        if len(true) and 0.1 < event.time_s < end_s - 0.1:
            off_ms.append(1000 * np.abs(true - event.time_s).min())
    assert len(off_ms) >= 10
    assert np.median(off_ms) < 10
    assert max(off_ms) < 40


def test_the_intervals_hold_what_the_front_shows(analysis, truth):
    result, true = analysis.result, truth("front_twist")
    points, time_s = true.points_m, np.arange(len(true)) / true.fps_hz
    held = []
    for stride in result.strides:
        thigh = points[f"{stride.side}_knee"] - points[f"{stride.side}_hip"]
        height = thigh[:, 2] / np.linalg.norm(thigh, axis=1)
        value = stride.metrics["knee_height_thigh"]
        held.append(value.low <= np.interp(stride.peak_time_s, time_s, height) <= value.high)
    assert len(held) >= 4
    assert all(held)
    assert result.summary.step_frequency_hz.value == pytest.approx(
        true.parameters["technique"]["step_rate_hz"], abs=0.15
    )


def test_the_turn_of_the_pelvis_is_told_with_low_confidence(analysis, truth):
    turned = {
        drive.side: drive.metrics["pelvis_rotation_deg"] for drive in truth("front_twist").drives
    }
    for stride in analysis.result.strides:
        value = stride.metrics["pelvis_rotation_deg"]
        assert value.low <= turned[stride.side] <= value.high
        assert value.status == "low_confidence"
        assert "rendered" in value.reason
    turn = analysis.angles.columns["pelvis_rotation_deg"]
    assert np.nanmax(turn) > 15


def test_its_page_and_its_angles_are_written(analysis, tmp_path):
    page = "".join(report_pieces(analysis.result, Pictures()))
    assert "running towards the camera" in page
    assert "Knee height" in page
    write_angles(analysis, tmp_path / "angles.csv")
    head = (tmp_path / "angles.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert {f"{side}_knee_height_thigh" for side in SIDES} <= set(head)
    assert "pelvis_obliquity_deg" in head
