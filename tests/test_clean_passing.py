"""Legs that bounce off each other where they should have passed."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.clean.passing import find_bounces
from kneedrive_cv.clean.swaps import choose_looks, leg_length_px, legs_from_hip
from kneedrive_cv.config import CleanSettings
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

COST = CleanSettings().swap_cost
TRUTH = load_truth(ROOT / "sample_videos" / "side_good.json")
POSES = {60: pose_of(TRUTH), 30: pose_of(TRUTH, every=2)}


def legs_of(pose):
    return legs_from_hip(pose, leg_length_px(pose))


def passings(legs):
    """Rows after which the knees have passed each other."""
    ahead = legs[:, 0, 0] - legs[:, 1, 0]
    return np.flatnonzero(np.sign(ahead[1:]) != np.sign(ahead[:-1])) + 1


def exchanged_from(legs, row):
    other = legs.copy()
    other[row:] = legs[row:, ::-1]
    return other


@pytest.mark.parametrize("fps", POSES)
def test_legs_that_pass_each_other_in_every_step_are_left_alone(fps):
    legs, time_s = legs_of(POSES[fps]), POSES[fps].time_s
    assert find_bounces(legs, time_s) == []
    assert find_bounces(legs[:, ::-1], time_s) == []


@pytest.mark.parametrize("clip", ["front_twist", "side_one_fault", "panning"])
def test_other_views_and_cameras_have_no_bounce(clip):
    pose = pose_of(load_truth(ROOT / "sample_videos" / f"{clip}.json"))
    assert find_bounces(legs_of(pose), pose.time_s) == []


@pytest.mark.parametrize("fps", POSES)
def test_names_that_are_exchanged_as_the_legs_pass_are_found_there(fps):
    legs, time_s = legs_of(POSES[fps]), POSES[fps].time_s
    middle = passings(legs)[3]
    (row,) = find_bounces(exchanged_from(legs, middle), time_s)
    assert abs(row - middle) <= 2


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("fps", POSES)
def test_a_step_between_two_passings_of_jumping_legs_gets_its_names_back(fps, seed):
    legs, time_s = legs_of(POSES[fps]), POSES[fps].time_s
    first, last = passings(legs)[2:4]
    named = exchanged_from(exchanged_from(legs, first), last)
    jumping = np.zeros(len(legs), dtype=bool)
    for row in (first, last):
        jumping[row - fps // 15 : row + fps // 15] = True
    rng = np.random.default_rng(seed)
    named[jumping] += rng.normal(0.0, 0.3, named[jumping].shape)
    swapped = choose_looks([named], time_s, switch_cost=COST).swapped
    wrong = (np.arange(len(legs)) >= first) & (np.arange(len(legs)) < last)
    assert (swapped == wrong)[~jumping].all()


def test_over_frames_without_a_pose_no_way_is_rougher_than_the_other():
    legs, time_s = legs_of(POSES[60]), POSES[60].time_s
    first, last = passings(legs)[2:4]
    named = exchanged_from(exchanged_from(legs, first), last)
    jumping = np.r_[first - 4 : first + 4, last - 4 : last + 4]
    named[jumping] += np.random.default_rng(0).normal(0.0, 0.3, named[jumping].shape)
    posed = np.ones(len(legs), dtype=bool)
    for row in (first, last):
        named[row - 3 : row + 3] = np.nan
    assert len(find_bounces(named, time_s, posed)) == 2  # they cover each other
    for row in (first, last):
        posed[row - 3 : row + 3] = False
    assert find_bounces(named, time_s, posed) == []


@pytest.mark.parametrize("step_s", [0.25, 0.5])
@pytest.mark.parametrize("fps", [30, 60])
def test_legs_that_rest_side_by_side_between_two_lifts_have_not_changed_their_names(fps, step_s):
    time_s = np.arange(0.0, 10 * step_s, 1 / fps)
    leg_lifted = np.array([1, 1, -1, -1, 1, 1, -1, -1, 1, 1])[(time_s / step_s).astype(int)]
    lift = np.sin(np.pi * time_s / step_s) ** 2
    apart = (leg_lifted * lift)[:, None] * np.array([0.9, 0.0, 0.6, 0.1, 0.6, 0.1, 0.6, 0.1])
    jitter = np.random.default_rng(0).normal(0.0, 0.02, (len(time_s), 2, 8))
    assert find_bounces(np.stack([apart, -apart], axis=1) / 2 + jitter, time_s) == []


def test_too_near_to_the_clips_ends_the_rhythm_says_nothing():
    legs, time_s = legs_of(POSES[60]), POSES[60].time_s
    for row in passings(legs)[[0, -1]]:
        assert find_bounces(exchanged_from(legs, row), time_s) == []


def test_a_leg_that_is_lifted_again_and_again_has_not_changed_its_name():
    legs, time_s = legs_of(POSES[60]), POSES[60].time_s
    ahead = (legs[:, 0, 0] > legs[:, 1, 0])[:, None, None]
    assert find_bounces(np.where(ahead, legs, legs[:, ::-1]), time_s) == []


def test_a_step_that_was_not_seen_is_no_bounce():
    legs, time_s = legs_of(POSES[60]), POSES[60].time_s
    rows = passings(legs)
    seen = np.ones(len(legs), dtype=bool)
    seen[rows[2] : rows[3]] = False
    assert find_bounces(legs[seen], time_s[seen]) == []


def test_too_few_frames_or_none_that_was_seen_say_nothing():
    legs = legs_of(POSES[60])
    assert find_bounces(np.full_like(legs, np.nan), POSES[60].time_s) == []
    for frames in (1, 2, 5):
        assert find_bounces(legs[:frames], POSES[60].time_s[:frames]) == []


@pytest.mark.parametrize("hidden", [3, 5])
def test_legs_hidden_while_they_pass_keep_their_names_by_the_rhythm_of_the_steps(hidden):
    pose = POSES[60]
    legs = legs_of(pose)
    middle = passings(legs)[3]
    seen = exchanged_from(legs, middle)
    covered = slice(middle - hidden, middle + hidden + 1)
    seen[covered] = seen[covered, :1]  # both laid over the same leg
    choice = choose_looks([seen], pose.time_s, switch_cost=COST)
    after = np.arange(len(pose)) >= middle
    apart = np.ones(len(pose), dtype=bool)
    apart[covered] = False
    right = (choice.swapped == after)[apart]
    assert right.all() or not right.any()
