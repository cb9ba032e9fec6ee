"""The learned correction: what it must do whatever was learned."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.clean.body_frame import (
    N_FLAT,
    N_POSED,
    SEGMENTS,
    TOLD,
    body_size,
    features,
    mirrored,
    segment_vectors,
)
from kneedrive_cv.clean.correction import Correction, Network, correct, load_correction
from kneedrive_cv.errors import ModelError
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

N_FEATURES, N_OUTPUTS = 3 * N_POSED, 4 * len(SEGMENTS) + 2
POSE = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))
LEG = [f"{s}_{p}" for s in ("left", "right") for p in ("hip", "knee", "ankle", "heel")]


def correction(seed=0, scale=0.02):
    """A correction of random numbers; of none at all with a scale of 0."""
    rng = np.random.default_rng(seed)
    network = Network((rng.normal(size=(N_FEATURES, N_OUTPUTS)) / 10,), (np.zeros(N_OUTPUTS),))
    return Correction(
        np.zeros(N_FEATURES), np.ones(N_FEATURES), np.full(N_OUTPUTS, scale), (network,)
    )


def mirrored_pose(pose, about_px=640.0):
    """The run as a mirror shows it."""
    about = np.array([about_px, 0.0])
    shifted = mirrored(pose.xy_px - about) + about
    return pose.replace(xy_px=shifted, world_m=mirrored(pose.world_m))


def test_a_correction_of_nothing_leaves_the_pose_as_it_is():
    joints = correct(POSE, correction(scale=0.0), forward=1.0)
    np.testing.assert_allclose(joints.picture.xy_px, POSE.xy_px, atol=1e-9)
    np.testing.assert_allclose(joints.sagittal.xy_px, POSE.xy_px, atol=1e-9)


def test_a_run_to_the_left_is_corrected_as_its_mirror_image_to_the_right():
    right = correct(POSE, correction(), forward=1.0)
    left = correct(mirrored_pose(POSE), correction(), forward=-1.0)
    for a, b in ((right.picture, left.picture), (right.sagittal, left.sagittal)):
        np.testing.assert_allclose(mirrored_pose(b).xy_px, a.xy_px, atol=1e-6)


def test_neither_place_nor_size_in_the_picture_matters():
    moved = POSE.replace(xy_px=2.5 * POSE.xy_px + [300.0, -80.0])
    near, far = (correct(pose, correction(), forward=1.0).sagittal for pose in (moved, POSE))
    np.testing.assert_allclose(near.xy_px, 2.5 * far.xy_px + [300.0, -80.0], atol=1e-6)


def test_one_number_outside_of_what_was_learned_is_read_as_if_it_lay_at_its_edge():
    learned, far_off, edge = correction(), np.zeros((1, N_FEATURES)), np.zeros((1, N_FEATURES))
    far_off[0, 7], edge[0, 7] = 1e6, 4.0
    np.testing.assert_allclose(learned.offsets(far_off), learned.offsets(edge))
    assert np.abs(learned.offsets(edge) - learned.offsets(np.zeros((1, N_FEATURES)))).max() > 0


def test_a_pose_like_none_that_was_learned_is_left_as_it_was_read():
    learned = correction()
    steep, crouched = (learned.offsets(np.full((1, N_FEATURES), z)) for z in (1.9, 2.5))
    assert np.abs(steep).max() > 0
    np.testing.assert_array_equal(crouched, 0.0)


def test_a_missing_foot_stays_missing_and_the_rest_of_the_leg_is_there():
    xy_px = POSE.xy_px.copy()
    xy_px[10, INDEX["left_heel"]] = np.nan
    joints = correct(POSE.replace(xy_px=xy_px), correction(), forward=1.0)
    assert np.isnan(joints.picture.point("left_heel")[10]).all()
    for name in ("left_hip", "left_knee", "left_ankle", "right_foot_index"):
        assert np.isfinite(joints.sagittal.point(name)[10]).all()


def test_the_size_of_the_body_is_that_of_trunk_thigh_and_shank():
    size = body_size(segment_vectors(POSE.xy_px))
    assert 0.7 < np.median(size) / np.ptp(POSE.xy_px[:, [INDEX[p] for p in LEG], 1]) < 2.0
    given = features(POSE.xy_px, POSE.world_m, size, POSE.time_s, forward=1.0)
    assert given.shape == (len(POSE), N_FEATURES)


def test_what_head_arms_and_hands_do_does_not_matter():
    rest = np.setdiff1d(np.arange(N_LANDMARKS), TOLD)
    xy_px, world_m = POSE.xy_px.copy(), POSE.world_m.copy()
    xy_px[:, rest] += 50.0
    world_m[:, rest] -= 0.3
    other = correct(POSE.replace(xy_px=xy_px, world_m=world_m), correction(), forward=1.0)
    usual = correct(POSE, correction(), forward=1.0)
    np.testing.assert_allclose(other.sagittal.xy_px[:, TOLD], usual.sagittal.xy_px[:, TOLD])


def test_what_is_told_of_the_motion_is_the_same_at_half_the_frame_rate():
    size = np.full(len(POSE), 100.0)
    every = features(POSE.xy_px, POSE.world_m, size, POSE.time_s, forward=1.0)
    half = POSE.only(slice(None, None, 2))
    found = features(half.xy_px, half.world_m, size[::2], half.time_s, forward=1.0)
    np.testing.assert_allclose(found, every[::2], atol=1e-9)
    assert np.isnan(every[[0, -1], N_POSED:]).all()
    assert np.isfinite(every[2:-2, N_POSED : N_POSED + N_FLAT]).all()


def test_the_correction_that_is_shipped_can_be_read():
    shipped = load_correction(ROOT / "models" / "correction.npz")
    assert len(shipped.mean) == N_FEATURES
    assert len(shipped.scale) == N_OUTPUTS


def test_a_file_that_is_no_correction_is_refused_in_one_line(tmp_path):
    path = tmp_path / "correction.npz"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError, match="cannot be read"):
        load_correction(path)
