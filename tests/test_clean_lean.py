"""Where a body leans so far that it is looked at upright."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.clean.lean import find_lean
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

POSE = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))


def leaning(pose, lean_deg):
    """The pose turned about the picture's middle, clockwise."""
    turn = np.deg2rad(lean_deg)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return pose.replace(xy_px=(pose.xy_px - [640, 360]) @ axes.T + [640, 360])


def test_an_upright_sprint_is_looked_at_as_it_is():
    assert not find_lean(POSE).any()


@pytest.mark.parametrize("lean_deg", [40.0, -40.0])
def test_a_body_that_leans_is_looked_at_upright_to_either_side(lean_deg):
    own = np.median(find_lean(leaning(POSE, 60.0))) - 60.0
    np.testing.assert_allclose(find_lean(leaning(POSE, lean_deg)), lean_deg + own, atol=6.0)


def test_the_lean_does_not_jump_with_single_frames_or_gaps():
    pose = leaning(POSE, 40.0)
    xy_px = pose.xy_px.copy()
    xy_px[20], xy_px[40:43] = leaning(POSE, -70.0).xy_px[20], np.nan
    assert np.abs(np.diff(find_lean(pose.replace(xy_px=xy_px)))).max() < 3.0


def test_a_pose_that_was_never_seen_leans_nowhere():
    assert not find_lean(POSE.replace(xy_px=np.full_like(POSE.xy_px, np.nan))).any()


def test_a_body_that_is_read_as_leaning_15_degrees_leans_twice_as_far_and_is_looked_at_upright():
    own_deg = np.median(find_lean(leaning(POSE, 60.0))) - 60.0
    assert np.all(find_lean(leaning(POSE, 17.0 - own_deg)) != 0)


def test_who_comes_up_out_of_the_blocks_is_looked_at_upright_until_he_has_come_up():
    """Not now so and now so, as the lean that is read passes the limit up and down."""
    own_deg = np.median(find_lean(leaning(POSE, 60.0))) - 60.0
    count = len(POSE)
    steep, slight = (leaning(POSE, lean - own_deg).xy_px for lean in (30.0, 9.0))
    assert not find_lean(POSE.replace(xy_px=slight)).any()
    comes_up = np.where((np.arange(count) < count // 2)[:, None, None], steep, slight)
    assert np.all(find_lean(POSE.replace(xy_px=comes_up)) != 0)
