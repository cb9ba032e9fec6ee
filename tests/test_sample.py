"""The sample clip and its truth belong together."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest


def test_the_truth_has_a_row_for_every_frame_of_the_sample_clip(sample_clip, truth):
    capture = cv2.VideoCapture(str(sample_clip))
    frames = 0
    while capture.grab():
        frames += 1
    assert len(truth(sample_clip)) == frames


def test_the_true_hip_flexion_is_thigh_plus_trunk_lean(truth):
    angles = truth("side_good").angles_deg
    for side in "lr":
        expected = angles[f"thigh_{side}"] + angles["trunk"]
        np.testing.assert_allclose(angles[f"hipflex_{side}"], expected, atol=1e-6)


@pytest.mark.parametrize("clip", ["side_good", "side_low_knee", "oblique_good"])
def test_touchdowns_and_toe_offs_of_a_foot_take_turns(truth, clip):
    for side in ("left", "right"):
        types = [event.type for event in truth(clip).events if event.side == side]
        assert len(types) >= 4
        assert all(a != b for a, b in itertools.pairwise(types))


@pytest.mark.parametrize("clip", ["side_good", "side_low_knee", "oblique_good"])
def test_the_true_points_lie_near_the_picture(truth, clip):
    for name, xy in truth(clip).xy_px.items():
        assert np.all((xy > -200) & (xy < [1480, 920])), name
