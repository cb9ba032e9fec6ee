"""Feet that keep their shape, for the timing of contacts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.clean.feet import FOOT, hold_feet, hold_shape
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

POSE = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))
SHAPE = np.array([[0.0, 0.0], [-6.0, 9.0], [16.0, 10.0]])
"""Ankle, heel and toe of a foot that is flat on the ground."""


def turned(shape, angle, shift):
    """A shape (N, 2) turned by angles (T,) and shifted by (T, 2)."""
    cos, sin = np.cos(angle), np.sin(angle)
    axes = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    return np.einsum("tij,nj->tni", axes, shape) + np.asarray(shift)[:, None]


def feet(pose):
    return pose.xy_px[:, [INDEX[f"{side}_{part}"] for side in SIDES for part in FOOT]]


@given(
    angle=st.lists(st.floats(-3.1, 3.1), min_size=2, max_size=12),
    scale=st.floats(0.2, 5.0),
    shift=st.floats(-500.0, 500.0),
)
def test_a_foot_that_keeps_its_shape_is_left_where_it_is(angle, scale, shift):
    points = turned(scale * SHAPE, np.array(angle), [[shift, 2 * i] for i in range(len(angle))])
    held = hold_shape(points, np.ones(len(angle)))
    np.testing.assert_allclose(held, points, atol=1e-6)


def test_a_toe_that_swings_in_one_frame_is_held_by_heel_and_ankle():
    points = turned(SHAPE, np.linspace(0.0, -1.0, 40), [[5.0 * i, 0.0] for i in range(40)])
    true = points[20, 2].copy()
    points[20, 2] += [9.0, -14.0]
    held = hold_shape(points, np.ones(40))
    assert np.linalg.norm(held[20, 2] - true) < 0.65 * np.linalg.norm([9.0, -14.0])
    assert np.abs(held[:19] - points[:19]).max() < 0.6


def test_a_foot_grows_with_the_body_that_comes_nearer():
    size = np.linspace(1.0, 1.5, 30)
    points = turned(SHAPE, np.linspace(0.0, -1.0, 30), np.zeros((30, 2))) * size[:, None, None]
    np.testing.assert_allclose(hold_shape(points, size), points, atol=1e-6)


def test_noise_of_the_toes_is_less_after_it():
    noise = np.zeros_like(POSE.xy_px)
    toes = [INDEX[f"{side}_foot_index"] for side in SIDES]
    noise[:, toes] = np.random.default_rng(1).normal(0.0, 4.0, (len(POSE), 2, 2))
    held = hold_feet(POSE.replace(xy_px=POSE.xy_px + noise))
    clean = hold_feet(POSE)
    after = (held.xy_px - clean.xy_px)[:, toes]
    assert after.std() < 0.75 * noise[:, toes].std()


def test_only_feet_move_and_a_foot_that_is_not_whole_stays():
    xy_px = POSE.xy_px.copy()
    xy_px[10, INDEX["left_heel"]] = np.nan
    held = hold_feet(POSE.replace(xy_px=xy_px))
    others = [i for name, i in INDEX.items() if not name.endswith(FOOT)]
    np.testing.assert_array_equal(held.xy_px[:, others], xy_px[:, others])
    np.testing.assert_array_equal(feet(held)[10, :3], feet(POSE.replace(xy_px=xy_px))[10, :3])


@pytest.mark.parametrize("frames", [0, 1])
def test_a_pose_of_hardly_any_frames_is_returned(frames):
    assert hold_shape(np.zeros((frames, 3, 2)), np.ones(frames)).shape == (frames, 3, 2)


def test_points_that_lie_on_one_another_stay_there():
    np.testing.assert_array_equal(hold_shape(np.full((4, 3, 2), 7.0), np.ones(4)), 7.0)
