"""Toes that stand do not move."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.clean.standing import FLAT_SHARE, hold_standing_toes
from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.pose.landmarks import INDEX
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

TRUTH = load_truth(ROOT / "sample_videos" / "side_good.json")
POSE = pose_of(TRUTH)
LEG_PX = 200.0
DOWN_S, OFF_S = 0.4, 0.6
CONTACT = Contact("left", DOWN_S, OFF_S, 3.0)
TOE = INDEX["left_foot_index"]
FLAT = slice(*np.searchsorted(POSE.time_s, DOWN_S + np.array(FLAT_SHARE) * (OFF_S - DOWN_S)))


def standing(noise_px, seed=0):
    """A pose whose left toe stands at one place but for noise."""
    xy_px = POSE.xy_px.copy()
    xy_px[:, TOE] = [600.0, 500.0]
    xy_px[:, TOE] += np.random.default_rng(seed).normal(0, noise_px, (len(POSE), 2))
    return POSE.replace(xy_px=xy_px)


def test_a_toe_that_stands_moves_half_as_much_about_the_same_place():
    pose = standing(3.0)
    before, after = pose.xy_px[FLAT, TOE], hold_standing_toes(pose, [CONTACT], leg_px=LEG_PX)
    held = after.xy_px[FLAT, TOE]
    np.testing.assert_allclose(held.mean(axis=0), before.mean(axis=0))
    np.testing.assert_allclose(held.std(axis=0), before.std(axis=0) / 2)


def test_nothing_else_and_no_other_time_is_touched():
    pose = standing(3.0)
    moved = hold_standing_toes(pose, [CONTACT], leg_px=LEG_PX).xy_px - pose.xy_px
    outside = (pose.time_s <= DOWN_S) | (pose.time_s >= OFF_S)
    assert np.nanmax(np.abs(moved[outside])) == 0
    moved[:, TOE] = 0.0
    assert np.nanmax(np.abs(moved)) == 0


def test_a_toe_on_a_treadmill_is_left_to_move():
    pose = standing(0.0)
    xy_px = pose.xy_px.copy()
    xy_px[:, TOE, 0] -= 600.0 * pose.time_s
    pose = pose.replace(xy_px=xy_px)
    np.testing.assert_array_equal(
        hold_standing_toes(pose, [CONTACT], leg_px=LEG_PX).xy_px, pose.xy_px
    )


@pytest.mark.parametrize("times_s", [(float("nan"), OFF_S), (DOWN_S, float("nan"))])
def test_a_contact_that_was_not_seen_whole_is_left_as_it_is(times_s):
    pose = standing(3.0)
    found = hold_standing_toes(pose, [Contact("left", *times_s, 3.0)], leg_px=LEG_PX)
    np.testing.assert_array_equal(found.xy_px, pose.xy_px)


def test_a_toe_that_was_missed_stays_missed():
    xy_px = standing(3.0).xy_px.copy()
    missed = FLAT.start + 1
    xy_px[missed, TOE] = np.nan
    found = hold_standing_toes(POSE.replace(xy_px=xy_px), [CONTACT], leg_px=LEG_PX)
    assert np.isnan(found.xy_px[missed, TOE]).all()
    assert np.isfinite(found.xy_px[FLAT.start, TOE]).all()
