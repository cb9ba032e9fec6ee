"""From where the athlete is seen, and which way he runs."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.scene.view import find_sight, pointing_sign, pushing_sign, running_sign
from tests.gait_maker import pose_of

COUNT = 96


@pytest.fixture
def pose(truth):
    return pose_of(truth("side_good"))


def mirrored(pose):
    return pose.replace(xy_px=pose.xy_px * [-1.0, 1.0] + [1280.0, 0.0])


def crops(centre_px, height_px=300.0):
    half = np.array([60.0, height_px / 2])
    return Crops(
        np.arange(COUNT),
        np.arange(COUNT) / 60.0,
        centre_px,
        np.full(COUNT, 1.8 * height_px),
        np.hstack([centre_px - half, centre_px + half]),
        np.ones(COUNT),
        np.zeros(COUNT),
    )


def background(shift_px):
    """The background moves by so much from each frame to the next."""
    motion = np.tile(np.eye(2, 3), (COUNT, 1, 1))
    motion[:, 0, 2] = shift_px
    return motion


def across(px_per_frame):
    return np.stack([640 + px_per_frame * np.arange(COUNT), np.full(COUNT, 400.0)], axis=1)


@pytest.mark.parametrize("clip", ["side_good", "side_low_knee"])
def test_a_rendered_side_view_is_told_as_one_and_its_near_leg_by_the_direction(truth, clip):
    pose = pose_of(truth(clip))
    sight = find_sight(pose, forward=1.0)
    assert (sight.view, sight.near_side, sight.running_direction) == ("side", "right", "right")
    sight = find_sight(mirrored(pose), forward=-1.0)
    assert (sight.view, sight.near_side, sight.running_direction) == ("side", "left", "left")


@pytest.mark.parametrize("choice", ["side", "front", "rear"])
def test_the_view_that_the_user_names_is_taken(pose, choice):
    assert find_sight(pose, forward=1.0, choice=choice).view == choice


def in_reverse(pose):
    """The clip played backwards: he faces right and goes left, with feet that push that way."""
    return pose.replace(xy_px=pose.xy_px[::-1])


@pytest.mark.parametrize(("px", "sign"), [(8.0, 1.0), (-8.0, -1.0)])
def test_the_way_before_a_still_camera_says_where_he_runs(pose, px, sign):
    running = pose if sign > 0 else in_reverse(pose)
    assert running_sign(running, crops(across(px)), background(0.0)) == sign


@pytest.mark.parametrize(("shift_px", "sign"), [(-9.0, 1.0), (9.0, -1.0)])
def test_the_way_over_the_background_says_where_he_runs_when_the_camera_follows(
    pose, shift_px, sign
):
    running = pose if sign > 0 else in_reverse(pose)
    assert running_sign(running, crops(across(0.0)), background(shift_px)) == sign


@pytest.mark.parametrize("shift_px", [-9.0, 9.0])
def test_a_background_that_goes_against_face_and_feet_was_misread(pose, shift_px):
    """A train that is faster than he is, or a fence before him, is taken for the ground."""
    assert running_sign(pose, crops(across(0.0)), background(shift_px)) == 1.0
    assert running_sign(mirrored(pose), crops(across(0.0)), background(shift_px)) == -1.0


def test_the_standing_foot_pushes_where_he_runs_and_the_other_way_in_reverse(pose):
    assert (pushing_sign(pose), pushing_sign(mirrored(pose))) == (1.0, -1.0)
    assert pushing_sign(in_reverse(pose)) == -1.0
    assert pushing_sign(pose.replace(xy_px=np.full_like(pose.xy_px, np.nan))) == 0.0


def test_on_a_treadmill_the_toes_and_the_nose_point_where_he_runs(pose):
    assert running_sign(pose, crops(across(0.0)), background(0.0)) == 1.0
    assert running_sign(mirrored(pose), crops(across(0.0)), background(0.0)) == -1.0


def test_of_a_pose_without_nose_and_heels_the_standing_foot_says_where_he_runs(pose):
    xy_px = pose.xy_px.copy()
    xy_px[:, [INDEX[name] for name in ("nose", "left_heel", "right_heel")]] = np.nan
    bare = pose.replace(xy_px=xy_px)
    assert (pointing_sign(bare), pointing_sign(mirrored(bare))) == (1.0, -1.0)
