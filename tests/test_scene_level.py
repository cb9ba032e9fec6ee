"""A picture that was not filmed level, straightened."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.level import Level
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

SIZE_PX = (1280, 720)
FOCAL_PX = 1100.0


def track_of(xy_px):
    """A track whose landmarks are all at such places, shape (T, N, 2)."""
    frames = np.arange(len(xy_px))
    full = np.full((len(xy_px), N_LANDMARKS, 2), np.nan)
    full[:, : xy_px.shape[1]] = xy_px
    world_m = np.zeros((*full.shape[:2], 3))
    return PoseTrack(frames / 60, frames, full, world_m, np.ones(full.shape[:2]))


def seen(points_m, pitch_deg, roll_deg):
    """Pixels of points right, up and away of a camera, shape (..., 3), that looks up and rolls."""
    pitch, roll = np.deg2rad([pitch_deg, roll_deg])
    right, up, away = np.moveaxis(points_m, -1, 0)
    above = up * np.cos(pitch) - away * np.sin(pitch)
    depth = away * np.cos(pitch) + up * np.sin(pitch)
    x, y = FOCAL_PX * right / depth, -FOCAL_PX * above / depth
    right_px, down_px = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    return np.stack([right_px, down_px], axis=-1) + np.array(SIZE_PX) / 2


def converging_deg(pitch_deg):
    """How much the lean of uprights grows across the picture of that camera."""
    return -np.rad2deg(np.tan(np.deg2rad(pitch_deg)) / FOCAL_PX) * max(SIZE_PX)


@given(pitch_deg=st.floats(-10.0, 10.0), roll_deg=st.floats(-10.0, 10.0))
def test_segments_have_their_angle_wherever_they_are_in_the_picture(pitch_deg, roll_deg):
    angles = np.deg2rad(np.arange(0.0, 360.0, 30.0))
    way_m = 0.2 * np.stack([np.sin(angles), np.cos(angles), np.zeros(12)], axis=-1)
    for right_m in (-4.0, 0.0, 4.0):
        ends_m = np.array([right_m, -0.5, 10.0]) + np.stack([-way_m, way_m])
        picture = track_of(seen(ends_m.transpose(1, 0, 2), pitch_deg, roll_deg))
        level = Level(roll_deg, converging_deg(pitch_deg), *SIZE_PX).straightened(picture)
        along = level.xy_px[:, 1] - level.xy_px[:, 0]
        read = np.arctan2(along[:, 0], -along[:, 1])
        off_deg = np.rad2deg(np.angle(np.exp(1j * (read - angles))))
        assert np.abs(off_deg).max() < 1.0
        raw = picture.xy_px[:, 1] - picture.xy_px[:, 0]
        if abs(pitch_deg) > 4 and right_m:  # what is upright leans by more than that as filmed
            assert abs(np.rad2deg(np.arctan2(raw[0, 0], -raw[0, 1])) - roll_deg) > 1.0


@given(
    roll_deg=st.floats(-15.0, 15.0),
    converging=st.floats(-15.0, 15.0),
)
def test_what_was_straightened_is_put_back_where_it_was(roll_deg, converging):
    pose = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))
    level = Level(roll_deg, converging, *SIZE_PX)
    back = level.as_filmed(level.straightened(pose))
    np.testing.assert_allclose(back.xy_px, pose.xy_px, atol=1e-6)
    np.testing.assert_allclose(back.world_m, pose.world_m, atol=1e-9)


def test_the_body_in_space_is_turned_by_the_lean_where_the_hips_are():
    picture = track_of(np.tile([1280.0, 360.0], (1, N_LANDMARKS, 1)))
    picture.world_m[0, INDEX["nose"]] = [np.sin(np.deg2rad(5.0)), -np.cos(np.deg2rad(5.0)), 0.3]
    held = Level(2.0, 6.0, *SIZE_PX)
    assert held.lean_deg(1280.0) == pytest.approx(5.0)
    nose_m = held.straightened(picture).world_m[0, INDEX["nose"]]
    np.testing.assert_allclose(nose_m, [0.0, -1.0, 0.3], atol=0.01)


def test_a_pose_without_hips_is_turned_by_the_roll_alone():
    picture = track_of(np.full((1, N_LANDMARKS, 2), np.nan))
    picture.world_m[0, 0] = [0.0, -1.0, 0.0]
    nose_m = Level(90.0, 6.0, *SIZE_PX).straightened(picture).world_m[0, 0]
    np.testing.assert_allclose(nose_m, [-1.0, 0.0, 0.0], atol=1e-9)


def test_a_level_picture_keeps_its_directions():
    picture = track_of(np.array([[[10.0, 20.0], [40.0, 90.0]]]))
    level = Level(0.0, 0.0, *SIZE_PX).straightened(picture)
    np.testing.assert_allclose(level.xy_px[0, 1] - level.xy_px[0, 0], [30.0, 70.0])
