"""The camera's roll, told from the line of the run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.tilt import LEAST_TILT_DEG, find_tilt_deg, sees_way, turned
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

FRAMES, HEIGHT_PX = 60, 200.0


def run_at(slope_deg, *, forward=1.0, panned=0.0):
    """A run that rises and falls with each step, on a slope of the picture, and the background."""
    frames = np.arange(FRAMES)
    turn = np.deg2rad(slope_deg)
    level = np.stack([forward * 14.0 * frames, 6.0 * np.sin(2 * np.pi * frames / 13)], axis=1)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    along = axes @ np.array([forward * 14.0 * panned, 0.0])
    centre = level @ axes.T - frames[:, None] * along
    background = np.tile(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), (FRAMES, 1, 1))
    background[:, :, 2] = -along
    half = np.array([60.0, HEIGHT_PX / 2])
    crops = Crops(
        frame=frames,
        time_s=frames / 60,
        center_px=centre,
        side_px=np.full(FRAMES, 1.3 * HEIGHT_PX),
        box=np.hstack([centre - half, centre + half]),
        confidence=np.ones(FRAMES),
        turn_deg=np.zeros(FRAMES),
    )
    return crops, background


@given(
    slope_deg=st.floats(LEAST_TILT_DEG + 1.5, 15.0),
    sign=st.sampled_from([1.0, -1.0]),
    forward=st.sampled_from([1.0, -1.0]),
    panned=st.sampled_from([0.0, 0.6, 1.0]),
)
def test_the_tilt_is_found_whichever_way_he_runs_and_the_camera_turns(
    slope_deg, sign, forward, panned
):
    crops, background = run_at(sign * slope_deg, forward=forward, panned=panned)
    assert find_tilt_deg(crops, background) == pytest.approx(sign * slope_deg, abs=1.0)


def test_over_a_short_way_the_hips_tell_the_tilt_though_the_box_wavers_with_the_legs():
    tilt_deg = 5.0
    crops, background = run_at(tilt_deg, panned=1.0)
    crops, background = crops.only(np.arange(30)), background[:30]
    waver = np.sin(2 * np.pi * np.arange(30) / 35)
    wavers_px = 0.08 * HEIGHT_PX * waver[:, None] * (0.0, 1.0)
    shown = replace(crops, center_px=crops.center_px + wavers_px)
    xy_px = np.full((30, N_LANDMARKS, 2), np.nan)
    xy_px[:, [INDEX["left_hip"], INDEX["right_hip"]]] = crops.center_px[:, None]
    xy_px[4:7] = np.nan  # where no pose was read his box has to do
    track = PoseTrack(
        crops.time_s, crops.frame, xy_px, np.zeros((30, N_LANDMARKS, 3)), np.ones(xy_px.shape[:2])
    )
    told_deg = find_tilt_deg(shown, background, track)
    assert told_deg == pytest.approx(tilt_deg, abs=1.5)
    assert abs(find_tilt_deg(shown, background) - tilt_deg) > abs(told_deg - tilt_deg)


def test_a_slight_slope_is_left_alone_since_perspective_makes_one():
    assert find_tilt_deg(*run_at(LEAST_TILT_DEG - 1.5)) == 0.0


@pytest.mark.parametrize("forward", [1.0, -1.0])
def test_an_athlete_who_rises_out_of_the_blocks_is_no_tilted_camera(forward):
    crops, background = run_at(0.0, forward=forward)
    rise_px = 0.45 * HEIGHT_PX * np.exp(-np.arange(FRAMES) / 12)
    risen = crops.box + rise_px[:, None] * (0.0, 1.0, 0.0, 1.0)
    crops = replace(crops, box=risen, center_px=(risen[:, :2] + risen[:, 2:]) / 2)
    assert find_tilt_deg(crops, background) == 0.0


def test_on_a_treadmill_no_tilt_is_claimed():
    crops, _ = run_at(8.0)
    still = crops.only(np.zeros(FRAMES, dtype=int))
    assert find_tilt_deg(still, np.tile(np.eye(3)[:2], (FRAMES, 1, 1))) == 0.0


def test_what_is_steeper_than_any_phone_is_held_was_misread():
    assert find_tilt_deg(*run_at(35.0)) == 0.0


def test_a_pose_turned_back_is_the_pose():
    pose = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))
    back = turned(turned(pose, 7.0), -7.0)
    np.testing.assert_allclose(back.xy_px, pose.xy_px, atol=1e-9)


@pytest.mark.parametrize("panned", [0.0, 1.0])
def test_a_tilt_is_seen_where_he_runs_over_the_background_and_not_on_a_treadmill(panned):
    crops, background = run_at(5.0, panned=panned)
    assert sees_way(crops, background)
    stands = np.tile(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), (FRAMES, 1, 1))
    box = np.tile(crops.box[:1], (FRAMES, 1))
    treadmill = replace(crops, box=box, center_px=np.tile(crops.center_px[:1], (FRAMES, 1)))
    assert not sees_way(treadmill, stands)


def test_a_slope_that_perspective_makes_off_the_side_is_no_tilt():
    crops, background = run_at(5.0)
    assert find_tilt_deg(crops, background, off_side_deg=0.0) == pytest.approx(5.0, abs=1.0)
    assert find_tilt_deg(crops, background, off_side_deg=30.0) == 0.0
