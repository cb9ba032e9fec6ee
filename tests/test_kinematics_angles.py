"""Angles in the sagittal plane: signs of the table in the design, and what leaves them alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kneedrive_cv.kinematics import angles
from kneedrive_cv.kinematics.gait import compute_angles, compute_foot_ahead_of_knee
from kneedrive_cv.pose.landmarks import SIDES
from tests.gait_maker import pose_of

PARTS = ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")


def leg(thigh, shank, pitch, trunk=0.0, forward=1.0):
    """A figure with these angles: thigh and shank from straight down, foot pitch, trunk lean."""

    def down(deg, length):
        return length * np.array([forward * np.sin(np.deg2rad(deg)), np.cos(np.deg2rad(deg))])

    hip = np.array([640.0, 300.0])
    knee = hip + down(thigh, 80.0)
    ankle = knee + down(shank, 75.0)
    heel = ankle + down(shank, 10.0)
    toe = heel + 40.0 * np.array([forward * np.cos(np.deg2rad(pitch)), -np.sin(np.deg2rad(pitch))])
    shoulder = hip + down(180.0 - trunk, 100.0)
    figure = dict(zip(PARTS, (shoulder, hip, knee, ankle, heel, toe), strict=True))
    return {f"{side}_{part}": figure[part][None] for side in SIDES for part in PARTS}


def read(points, forward=1.0, name=None):
    """All angles of a figure in one frame, or one of them."""
    found = compute_angles(
        points, time_s=np.zeros(1), forward=forward, trunk_cutoff_hz=1.5
    )
    numbers = {key: float(value[0]) for key, value in found.items()}
    return numbers if name is None else numbers[name]


bent = st.floats(-60, 110)
directions = st.sampled_from([1.0, -1.0])


@pytest.mark.parametrize("forward", [1.0, -1.0])
@pytest.mark.parametrize(
    ("knee", "thigh_deg"),
    [((0, 1), 0), ((1, 1), 45), ((1, 0), 90), ((1, -1), 135), ((-1, 1), -45)],
)
def test_the_thigh_counts_from_straight_down_and_forward_is_positive(forward, knee, thigh_deg):
    hip = np.array([5.0, 7.0])
    there = hip + np.array([forward, 1.0]) * knee
    found = angles.compute_hanging_angle(hip, there, forward=forward)
    assert found == pytest.approx(thigh_deg)


@pytest.mark.parametrize("forward", [1.0, -1.0])
def test_an_upright_trunk_is_zero_and_a_forward_lean_positive(forward):
    hip = np.array([5.0, 7.0])
    for lean_deg in (0.0, 10.0, 45.0, -20.0):
        lean = np.deg2rad(lean_deg)
        shoulder = hip + np.array([forward * np.sin(lean), -np.cos(lean)])
        found = angles.compute_trunk_lean(hip, shoulder, forward=forward)
        assert found == pytest.approx(lean_deg)


@pytest.mark.parametrize("forward", [1.0, -1.0])
@pytest.mark.parametrize("pitch_deg", [0.0, 25.0, -25.0, -90.0, -120.0, -179.0])
def test_a_flat_foot_is_zero_toes_up_positive_and_behind_the_body_there_is_no_jump(
    forward, pitch_deg
):
    pitch = np.deg2rad(pitch_deg)
    toe = np.array([forward * np.cos(pitch), -np.sin(pitch)])
    assert angles.compute_foot_pitch(np.zeros(2), toe, forward=forward) == pytest.approx(pitch_deg)


@given(thigh=bent, knee=st.floats(0, 150), forward=directions)
def test_knee_flexion_is_what_the_shank_lags_behind_the_thigh(thigh, knee, forward):
    points = leg(thigh, thigh - knee, 0.0, forward=forward)
    assert read(points, forward, "left_knee_flexion_deg") == pytest.approx(knee, abs=1e-6)


@given(shank=st.floats(-110, 40), ankle=st.floats(-60, 40), forward=directions)
def test_a_sole_square_to_the_shank_is_zero_and_toes_up_is_dorsiflexion(shank, ankle, forward):
    points = leg(30.0, shank, shank + ankle, forward=forward)
    assert read(points, forward, "right_ankle_dorsiflexion_deg") == pytest.approx(ankle, abs=1e-6)


@given(thigh=bent, trunk=st.floats(-20, 60), forward=directions)
def test_hip_flexion_is_thigh_plus_trunk_lean_and_zero_in_line_with_the_trunk(
    thigh, trunk, forward
):
    found = read(leg(thigh, 0.0, 0.0, trunk, forward), forward)
    assert found["left_hip_flexion_deg"] == pytest.approx(thigh + trunk, abs=1e-6)
    in_line = read(leg(-trunk, 0.0, 0.0, trunk, forward), forward, "left_hip_flexion_deg")
    assert in_line == pytest.approx(0.0, abs=1e-6)


@given(thigh=bent, shank=st.floats(-110, 40), pitch=st.floats(-120, 40), trunk=st.floats(-20, 60))
def test_mirroring_the_picture_leaves_every_angle(thigh, shank, pitch, trunk):
    points = leg(thigh, shank, pitch, trunk)
    mirrored = {name: xy * [-1.0, 1.0] + [1280.0, 0.0] for name, xy in points.items()}
    assert read(mirrored, -1.0) == pytest.approx(read(points), abs=1e-6)


@given(
    thigh=bent,
    shank=st.floats(-110, 40),
    scale=st.floats(0.2, 8.0),
    move=st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)),
)
def test_size_and_place_in_the_picture_leave_every_angle(thigh, shank, scale, move):
    points = leg(thigh, shank, -20.0, 8.0)
    other = {name: xy * scale + move for name, xy in points.items()}
    assert read(other) == pytest.approx(read(points), abs=1e-6)


@given(turn=st.floats(-40, 40), thigh=st.floats(-40, 70), forward=directions)
def test_turning_the_whole_body_about_the_hip_shifts_segments_and_leaves_joints(
    turn, thigh, forward
):
    assume(abs(thigh + turn) < 110)
    points = leg(thigh, thigh - 60.0, -20.0, 8.0, forward)
    a = np.deg2rad(-forward * turn)  # turning back lifts the thigh, whichever way he runs
    rotate = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    hip = points["left_hip"]
    turned = {name: (xy - hip) @ rotate.T + hip for name, xy in points.items()}
    before, after = read(points, forward), read(turned, forward)
    change = {name: after[name] - before[name] for name in before}
    segments = {"thigh": turn, "shank": turn, "foot_pitch": turn}
    joints = ("hip_flexion", "knee_flexion", "ankle_dorsiflexion")
    for side in SIDES:
        for name, expected in segments.items():
            assert change[f"{side}_{name}_deg"] == pytest.approx(expected, abs=1e-6)
        for name in joints:
            assert change[f"{side}_{name}_deg"] == pytest.approx(0.0, abs=1e-6)
    assert change["trunk_lean_deg"] == pytest.approx(-turn, abs=1e-6)


@given(st.floats(-1e4, 1e4))
def test_a_wrapped_angle_is_the_same_direction_within_half_a_turn(angle):
    wrapped = float(angles.wrap(np.array(angle)))
    assert -180.0 <= wrapped < 180.0 + 1e-9
    assert np.exp(1j * np.deg2rad(wrapped)) == pytest.approx(np.exp(1j * np.deg2rad(angle)))


def test_a_missing_point_makes_its_angles_missing_and_no_other():
    points = leg(30.0, -30.0, 0.0) | {"left_ankle": np.full((1, 2), np.nan)}
    missing = {name for name, value in read(points).items() if np.isnan(value)}
    assert missing == {
        "left_shank_deg",
        "left_knee_flexion_deg",
        "left_ankle_dorsiflexion_deg",
    }


def test_the_foot_is_under_the_knee_with_a_vertical_shank_and_behind_it_negative():
    found = compute_foot_ahead_of_knee(np.array([0.0, -30.0, 90.0]))
    assert found == pytest.approx([0.0, -0.5, 1.0], abs=1e-12)


@pytest.mark.parametrize("side", SIDES)
def test_the_true_points_of_a_rendered_sprint_give_its_true_angles(truth, side):
    """Perspective and the pelvis's turn leave a degree; the knee's truth is in the same plane."""
    sprint = truth("side_good")
    pose = pose_of(sprint)
    points = {f"{s}_{p}": pose.point(f"{s}_{p}") for s in SIDES for p in PARTS}
    found = compute_angles(points, time_s=pose.time_s, forward=1.0, trunk_cutoff_hz=1.5)
    for name in ("thigh_deg", "knee_flexion_deg", "ankle_dorsiflexion_deg", "foot_pitch_deg"):
        error = found[f"{side}_{name}"] - sprint.angles_deg[f"{side}_{name}"]
        assert np.abs(angles.wrap(error)).max() < 1.0, name


def test_the_pitch_of_a_foot_that_folds_up_behind_the_body_does_not_jump():
    turn = np.deg2rad(np.linspace(0.0, -220.0, 45))
    toe = np.stack([np.cos(turn), -np.sin(turn)], axis=1)
    for forward in (1.0, -1.0):
        pitch = angles.compute_foot_pitch(np.zeros(2), toe * [forward, 1.0], forward=forward)
        np.testing.assert_allclose(pitch, np.rad2deg(turn), atol=1e-9)
