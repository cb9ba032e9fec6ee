"""Bones that change their length less."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kneedrive_cv.clean.bones import LEG, _with_lengths, hold_bones
from kneedrive_cv.clean.correction import Joints
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

POSE = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))
KNEES = [INDEX[f"{side}_knee"] for side in SIDES]


def noisy(seed=2, scale_px=5.0):
    noise = np.random.default_rng(seed).normal(0.0, scale_px, (len(POSE), 2, 2))
    xy_px = POSE.xy_px.copy()
    xy_px[:, KNEES] += noise
    return POSE.replace(xy_px=xy_px)


def held(pose):
    return hold_bones(Joints(picture=pose, sagittal=pose))


def thighs(pose):
    return np.stack(
        [np.linalg.norm(pose.point(f"{s}_knee") - pose.point(f"{s}_hip"), axis=1) for s in SIDES]
    )


@given(
    knee=st.tuples(st.floats(-30, 30), st.floats(20, 60)),
    ankle=st.tuples(st.floats(-60, 60), st.floats(70, 120)),
    share=st.floats(0.85, 1.15),
)
def test_a_leg_gets_the_lengths_that_are_asked_of_it(knee, ankle, share):
    leg = np.array([[[0.0, 0.0], knee, ankle]])
    now = np.linalg.norm(np.diff(leg, axis=1), axis=2)
    assume(now.min() > now.max() / 3)
    lengths = share * now
    found = np.linalg.norm(np.diff(_with_lengths(leg, lengths), axis=1), axis=2)
    np.testing.assert_allclose(found, lengths, rtol=0.01)


def test_a_leg_that_has_its_lengths_stays_where_it_is():
    leg = np.array([[[0.0, 0.0], [10.0, 45.0], [-20.0, 80.0]]])
    lengths = np.linalg.norm(np.diff(leg, axis=1), axis=2)
    np.testing.assert_allclose(_with_lengths(leg, lengths), leg, atol=1e-9)


def test_thighs_change_their_length_half_as_much_and_knees_lie_nearer_to_the_truth():
    before = noisy()
    after = held(before).sagittal
    assert thighs(after).std() < 0.7 * thighs(before).std()
    off = [np.linalg.norm((each.xy_px - POSE.xy_px)[:, KNEES], axis=-1) for each in (before, after)]
    assert off[1].mean() < off[0].mean()


def test_picture_and_sagittal_plane_move_alike():
    pose = noisy()
    other = pose.replace(xy_px=0.5 * pose.xy_px + 100.0)
    moved = hold_bones(Joints(picture=other, sagittal=pose))
    np.testing.assert_allclose(
        moved.picture.xy_px - other.xy_px, moved.sagittal.xy_px - pose.xy_px, atol=1e-9
    )


def test_heel_and_toe_move_with_the_ankle():
    pose = noisy()
    move = held(pose).sagittal.xy_px - pose.xy_px
    for side in SIDES:
        ankle = move[:, INDEX[f"{side}_ankle"]]
        for part in ("heel", "foot_index"):
            np.testing.assert_allclose(move[:, INDEX[f"{side}_{part}"]], ankle, atol=1e-9)


@pytest.mark.parametrize("joint", LEG)
def test_a_leg_that_is_not_whole_stays_as_it_is(joint):
    xy_px = noisy().xy_px.copy()
    xy_px[7, INDEX[f"left_{joint}"]] = np.nan
    pose = POSE.replace(xy_px=xy_px)
    left = [INDEX[f"left_{part}"] for part in (*LEG, "heel", "foot_index")]
    np.testing.assert_array_equal(held(pose).sagittal.xy_px[7, left], xy_px[7, left])
