"""Legs that leap past each other where a frame or two were misread."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.clean.leaps import find_leaps
from kneedrive_cv.clean.swaps import choose_looks
from tests.conftest import ROOT
from tests.drill_maker import pose_of as moving
from tests.gait_maker import pose_of
from tests.test_clean_passing import COST, POSES, legs_of
from validation.truth import load_truth


def astride(legs):
    """Rows in which the legs are widest apart, away from the ends."""
    apart = np.linalg.norm(legs[:, 0] - legs[:, 1], axis=1)
    inside = range(6, len(legs) - 6)
    return [i for i in inside if apart[i] == apart[max(i - 3, 0) : i + 4].max()]


def leaping(legs, row, misread):
    """Misread from a row on, on the way from where one leg is to where the other is."""
    other = legs.copy()
    other[row + misread :] = legs[row + misread :, ::-1]
    for k in range(misread):
        share = (k + 1) / (misread + 1)
        other[row + k] = (1 - share) * legs[row + k] + share * legs[row + k, ::-1]
    return other


@pytest.mark.parametrize("fps", POSES)
def test_legs_that_pass_each_other_in_every_step_leap_nowhere(fps):
    legs = legs_of(POSES[fps])
    assert find_leaps(legs, POSES[fps].time_s) == []


@pytest.mark.parametrize("clip", ["side_one_fault", "panning", "front_twist"])
def test_other_runs_leap_nowhere(clip):
    pose = pose_of(load_truth(ROOT / "sample_videos" / f"{clip}.json"))
    assert find_leaps(legs_of(pose), pose.time_s) == []


@pytest.mark.parametrize("drill", ["high_knees", "a_march", "a_skip", "jog"])
@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_drills_leap_nowhere(drill, fps):
    pose = moving("man", drill=drill, fps_hz=fps)
    assert find_leaps(legs_of(pose), pose.time_s) == []


@pytest.mark.parametrize(("fps", "misread"), [(60, 1), (60, 2), (30, 1)])
def test_a_change_of_names_at_frames_that_were_misread_is_found_there(fps, misread):
    pose = POSES[fps]
    legs = legs_of(pose)
    rows = astride(legs)
    assert rows
    for row in rows:
        (found,) = find_leaps(leaping(legs, row, misread), pose.time_s)
        assert row <= found <= row + misread


@pytest.mark.parametrize("misread", [1, 2])
def test_frames_that_were_misread_do_not_exchange_the_names_of_the_rest_of_a_clip(misread):
    pose = POSES[60]
    legs = legs_of(pose)
    for row in astride(legs):
        spoilt = leaping(legs, row, misread)
        spoilt[row + misread :] = legs[row + misread :]  # the estimator names them rightly
        choice = choose_looks([spoilt], pose.time_s, switch_cost=COST)
        inside = np.ones(len(legs), dtype=bool)
        inside[row : row + misread] = False
        assert not choice.swapped[inside].any()


def test_legs_that_are_misread_for_longer_tell_nothing():
    pose = POSES[60]
    legs = legs_of(pose)
    row = astride(legs)[0]
    assert find_leaps(leaping(legs, row, 6), pose.time_s) == []
