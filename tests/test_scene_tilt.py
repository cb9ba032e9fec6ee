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
from kneedrive_cv.scene.lanes import Horizon
from kneedrive_cv.scene.tilt import HELD_DEG, find_tilt
from kneedrive_cv.scene.uprights import Plumb

FRAMES, HEIGHT_PX, STATURE_M = 60, 200.0, 1.75
STANDS = np.tile(np.eye(3)[:2], (FRAMES, 1, 1))
HIP_M, TRUNK_M, BOB_M = 0.95, 0.5, 0.03


def seen_as(hips_px, trunk_px, boxes_px=None):
    """The crops and the pose of somebody whose hips and trunk are so, shapes (T, 2)."""
    frames, count = np.arange(len(hips_px)), len(hips_px)
    middle = hips_px if boxes_px is None else boxes_px
    half = np.array([0.3, 0.5]) * HEIGHT_PX
    crops = Crops(
        frame=frames,
        time_s=frames / 60,
        center_px=middle,
        side_px=np.full(count, 1.3 * HEIGHT_PX),
        box=np.hstack([middle - half, middle + half]),
        confidence=np.ones(count),
        turn_deg=np.zeros(count),
    )
    xy_px = np.full((count, N_LANDMARKS, 2), np.nan)
    for side in ("left", "right"):
        xy_px[:, INDEX[f"{side}_hip"]] = hips_px
        xy_px[:, INDEX[f"{side}_shoulder"]] = hips_px + trunk_px
    world_m = np.zeros((count, N_LANDMARKS, 3))
    return crops, PoseTrack(crops.time_s, frames, xy_px, world_m, np.ones(xy_px.shape[:2]))


def rolled(points_px, roll_deg):
    turn = np.deg2rad(roll_deg)
    return points_px @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])


def run_past(camera_m=1.4, off_deg=0.0, roll_deg=0.0, *, forward=1.0, panned=0.0, lean_deg=0.0):
    """What `find_tilt` gets of a run past a camera ten metres away, who rises with each step."""
    frames, distance_m = np.arange(FRAMES), 10.0
    focal_px = HEIGHT_PX / STATURE_M * distance_m
    off = np.deg2rad(off_deg)
    along_m = forward * 8.0 * (frames / 60 - 0.5)
    right_m, away_m = along_m * np.cos(off), distance_m + along_m * np.sin(off)
    hip_m = HIP_M + BOB_M * np.sin(2 * np.pi * frames / 13)
    lean = np.deg2rad(lean_deg) * np.ones(FRAMES)
    top_m = hip_m + TRUNK_M * np.cos(lean)
    hips_px, top_px = (
        focal_px * np.stack([x / away_m, (camera_m - up_m) / away_m], axis=1)
        for x, up_m in ((right_m, hip_m), (right_m + forward * TRUNK_M * np.sin(lean), top_m))
    )
    hips_px, top_px = rolled(hips_px, roll_deg), rolled(top_px, roll_deg)
    turn_px = rolled(np.array([[panned * forward * HEIGHT_PX / 20, 0.0]]), roll_deg)
    crops, track = seen_as(hips_px - frames[:, None] * turn_px, top_px - hips_px)
    background = STANDS.copy()
    background[:, :, 2] = -turn_px
    return crops, background, track


@given(
    roll_deg=st.floats(-15.0, 15.0),
    forward=st.sampled_from([1.0, -1.0]),
    panned=st.sampled_from([0.0, 0.6, 1.0]),
)
def test_the_tilt_is_found_whichever_way_he_runs_and_the_camera_turns(roll_deg, forward, panned):
    tilt = find_tilt(*run_past(roll_deg=roll_deg, forward=forward, panned=panned))
    assert tilt.seen
    assert tilt.deg == pytest.approx(roll_deg, abs=0.6)
    assert tilt.error_deg < 0.4


@given(
    camera_m=st.floats(0.5, 2.0),
    off_deg=st.floats(-40.0, 40.0),
    roll_deg=st.floats(-5.0, 5.0),
    forward=st.sampled_from([1.0, -1.0]),
)
def test_off_the_side_perspective_is_taken_out_and_what_is_unknown_of_it_told(
    camera_m, off_deg, roll_deg, forward
):
    tilt = find_tilt(*run_past(camera_m, off_deg, roll_deg, forward=forward))
    assert abs(tilt.deg - roll_deg) < 3 * tilt.error_deg


@pytest.mark.parametrize("off_deg", [-25.0, 25.0])
def test_what_a_camera_in_the_hand_slopes_off_the_side_is_no_tilt(off_deg):
    assert find_tilt(*run_past(1.47, off_deg)).deg == pytest.approx(0.0, abs=0.3)


def test_the_further_off_the_side_the_less_sure_is_the_tilt_and_no_surer_than_a_guess_is_told():
    errors = [find_tilt(*run_past(off_deg=off_deg)).error_deg for off_deg in (0.0, 15.0, 30.0)]
    assert errors == sorted(errors)
    assert errors[0] < 0.3
    assert errors[-1] < HELD_DEG


@pytest.mark.parametrize("above_m", [0.4, 0.79, 1.1])
def test_perspective_of_a_camera_that_goes_along_shows_in_how_the_background_grows(above_m):
    # he stays where he is in the picture, and the background comes at the camera from a point far
    # to the side, at the height of the horizon
    above_px, far_px, grows = above_m / STATURE_M * HEIGHT_PX, 20 * HEIGHT_PX, 1.0012
    hips_px = np.tile([0.0, above_px], (FRAMES, 1))
    hips_px[:, 1] += BOB_M / STATURE_M * HEIGHT_PX * np.sin(2 * np.pi * np.arange(FRAMES) / 13)
    crops, track = seen_as(hips_px, np.tile([0.0, -57.0], (FRAMES, 1)))
    background = STANDS.copy()
    background[:, :, :2] *= grows
    background[:, :, 2] = (1 - grows) * np.array([far_px, 0.0])
    tilt = find_tilt(crops, background, track)
    assert tilt.seen
    assert abs(tilt.deg) < (0.1 if above_m == 0.79 else tilt.error_deg)
    still = background.copy()
    still[:, :, :2] = np.eye(2)
    assert find_tilt(crops, still, track).error_deg < tilt.error_deg / 1.4


def doubled(crops, background, track, times):
    """The same clip with each frame shown so many times; the pose is read once."""
    rows = np.repeat(np.arange(len(crops)), times)
    frames = np.arange(len(rows))
    moved = np.where((frames % times == 0)[:, None, None], background[rows], np.eye(3)[:2])
    shown = replace(crops.only(rows), frame=frames)
    return shown, moved, replace(track, frame=track.frame * times)


@pytest.mark.parametrize("lost", [slice(0), slice(4, 7), slice(12, 18)])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_hips_tell_the_tilt_though_the_box_wavers_and_frames_are_lost_or_doubled(lost, times):
    crops, background, track = run_past(roll_deg=5.0, panned=1.0)
    part = np.arange(30)
    waver_px = 0.08 * HEIGHT_PX * np.sin(2 * np.pi * part / 35)[:, None] * (0.0, 1.0)
    crops, track = crops.only(part), track.only(part)
    wavers = replace(crops, center_px=crops.center_px + waver_px)
    track.xy_px[lost] = np.nan
    tilt = find_tilt(*doubled(wavers, background[part], track, times))
    assert tilt.deg == pytest.approx(5.0, abs=0.6)


def test_the_shorter_the_way_the_less_sure_is_the_tilt():
    crops, background, track = run_past()
    parts = [np.arange(count) for count in (60, 35, 20)]
    tilts = [find_tilt(crops.only(part), background[part], track.only(part)) for part in parts]
    errors = [tilt.error_deg for tilt in tilts]
    assert errors == sorted(errors)
    assert all(abs(tilt.deg) < 2 * tilt.error_deg for tilt in tilts)


@pytest.mark.parametrize("zoom", [0.6, 1.7])
def test_a_lens_that_zooms_is_no_perspective(zoom):
    _, background, track = run_past()
    scale = zoom ** np.linspace(0.0, 1.0, FRAMES)[:, None]
    hips_px = scale * track.point("left_hip")
    zoomed = seen_as(hips_px, scale * track.point("left_shoulder") - hips_px)
    background[1:, :, :2] *= (scale[1:] / scale[:-1])[:, :, None]
    tilt = find_tilt(zoomed[0], background, zoomed[1])
    assert abs(tilt.deg) < 2 * tilt.error_deg < 0.6


def test_a_phone_that_is_held_far_from_level_is_believed_off_the_side_as_well():
    tilt = find_tilt(*run_past(off_deg=20.0, roll_deg=12.0))
    assert tilt.deg == pytest.approx(12.0, abs=1.6)


@pytest.mark.parametrize("forward", [1.0, -1.0])
def test_as_far_as_hips_rise_with_the_trunk_they_are_level(forward):
    lean_deg = np.linspace(45.0, 10.0, FRAMES)
    crops, background, track = run_past(forward=forward, lean_deg=lean_deg)
    rise_px = 0.002 * HEIGHT_PX * lean_deg[:, None] * (0.0, 1.0)
    risen = track.replace(xy_px=track.xy_px + rise_px[:, None])
    assert find_tilt(crops, background, risen).deg == pytest.approx(0.0, abs=0.15)


@pytest.mark.parametrize("forward", [1.0, -1.0])
def test_an_athlete_who_rises_out_of_the_blocks_is_no_tilted_camera(forward):
    ending = np.exp(-np.arange(FRAMES) / 12)
    upright = run_past(forward=forward)
    crops, background, track = run_past(forward=forward, lean_deg=15.0 + 85.0 * ending)
    rise_px = 0.2 * HEIGHT_PX * ending[:, None] * (0.0, 1.0)
    risen = track.replace(xy_px=track.xy_px + rise_px[:, None])
    tilt = find_tilt(crops, background, risen)
    assert abs(tilt.deg) < tilt.error_deg < 1.5
    in_blocks = np.arange(FRAMES) < 12
    crops, background, track = run_past(forward=forward, lean_deg=10.0 + 80.0 * in_blocks)
    sunk = track.xy_px + 0.4 * HEIGHT_PX * in_blocks[:, None, None] * (0.0, 1.0)
    assert abs(find_tilt(crops, background, track.replace(xy_px=sunk)).deg) < 0.3
    assert tilt.error_deg > 2 * find_tilt(*upright).error_deg


def test_a_trunk_that_is_read_folded_up_in_the_blocks_says_nothing_of_the_camera():
    crops, background, track = run_past()
    hips = [INDEX["left_hip"], INDEX["right_hip"]]
    track.xy_px[:8, hips] += np.array([0.0, -0.7 * TRUNK_M / STATURE_M * HEIGHT_PX])
    tilt = find_tilt(crops, background, track)
    assert abs(tilt.deg) < 0.3


@pytest.mark.parametrize("period", [7, 8, 30])
@pytest.mark.parametrize("to_and_fro_px", [0.0, 90.0])
def test_on_a_treadmill_no_tilt_is_claimed_nor_where_the_ground_goes_to_and_fro(
    to_and_fro_px, period
):
    frames = np.arange(FRAMES)
    drift_px = 4.0 * frames + to_and_fro_px * np.sin(2 * np.pi * frames / period)
    hips_px = np.stack([np.zeros(FRAMES), 6.0 * np.sin(2 * np.pi * frames / 13)], axis=1)
    crops, track = seen_as(hips_px, np.tile([0.0, -57.0], (FRAMES, 1)))
    background = STANDS.copy()
    if to_and_fro_px:
        background[1:, 0, 2] = np.diff(drift_px)
        background[:, 1, 2] = 0.1 * background[:, 0, 2]
    tilt = find_tilt(crops, background, track)
    assert (tilt.deg, tilt.error_deg, tilt.seen) == (0.0, HELD_DEG, False)


def test_what_is_steeper_than_any_phone_is_held_was_misread_and_leaves_all_unsure():
    tilt = find_tilt(*run_past(roll_deg=35.0))
    assert not tilt.seen
    assert tilt.deg == 0.0
    assert tilt.error_deg > 2 * HELD_DEG


def test_off_the_side_what_stands_upright_tells_the_roll_and_from_the_side_the_run_does():
    upright = Plumb(-4.0, 0.4)
    aside = run_past(off_deg=30.0, roll_deg=-4.0)
    tilt = find_tilt(*aside, plumb=upright)
    assert tilt.deg == pytest.approx(-4.0, abs=0.4)
    assert tilt.error_deg < 0.6 < find_tilt(*aside).error_deg
    uphill = run_past(roll_deg=3.0)  # a hill that he runs up or down is his track
    assert find_tilt(*uphill, plumb=upright).deg == pytest.approx(3.0, abs=0.4)


@pytest.mark.parametrize("roll_deg", [-1.0, 2.0])
def test_both_together_are_surer_than_either(roll_deg):
    aside = run_past(off_deg=15.0, roll_deg=roll_deg)
    upright = Plumb(roll_deg, 0.6)
    both = find_tilt(*aside, plumb=upright)
    assert both.deg == pytest.approx(roll_deg, abs=0.4)
    assert both.error_deg < min(upright.error_deg, find_tilt(*aside).error_deg)


def test_what_stands_upright_tells_it_on_a_treadmill_too_but_not_how_the_belt_slopes():
    stands = seen_as(np.zeros((FRAMES, 2)), np.tile([0.0, -57.0], (FRAMES, 1)))
    crops, track = stands
    tilt = find_tilt(crops, STANDS, track, plumb=Plumb(-2.0, 0.3))
    assert tilt.seen
    assert tilt.deg == pytest.approx(-2.0, abs=0.8)
    assert 0.7 < tilt.error_deg < 1.2


def test_lanes_tell_the_roll_where_they_are_surer_of_it_than_the_run_and_not_elsewhere():
    lanes = Horizon(-4.0, 0.4, 1.5)
    aside = run_past(off_deg=25.0, roll_deg=-4.0)
    with_lanes, without = find_tilt(*aside, horizon=lanes), find_tilt(*aside)
    assert abs(with_lanes.deg + 4.0) < 0.6 * abs(without.deg + 4.0)
    beside = run_past(roll_deg=-3.5)
    assert find_tilt(*beside, horizon=lanes) == find_tilt(*beside)


def test_the_further_lanes_meet_from_the_eye_the_surer_they_are_since_its_height_is_guessed():
    aside = run_past(off_deg=35.0)
    errors = [
        find_tilt(*aside, horizon=Horizon(0.0, 0.4, per_height_deg)).error_deg
        for per_height_deg in (0.0, 3.0, -5.0)
    ]
    assert errors == sorted(errors)
    assert errors[0] < 0.5 < errors[2]


@pytest.mark.parametrize("roll_deg", [0.0, 8.0])
def test_where_run_and_lanes_differ_by_more_than_both_allow_neither_is_sure(roll_deg):
    crops, background, track = run_past(roll_deg=8.0)
    part = np.arange(20)
    run = crops.only(part), background[part], track.only(part)
    tilt = find_tilt(*run, horizon=Horizon(roll_deg, 0.2, 0.0))
    assert abs(tilt.deg - 8.0) <= 2 * tilt.error_deg + 0.1
    near = find_tilt(*run, horizon=Horizon(0.2, 0.2, 0.0)).error_deg
    assert near > 3 * find_tilt(*run_past(), horizon=Horizon(0.2, 0.2, 0.0)).error_deg


@pytest.mark.parametrize(("error_deg", "believed"), [(0.3, True), (3.0, False)])
def test_on_a_treadmill_lines_that_are_level_tell_it_as_far_as_they_are_sure(error_deg, believed):
    crops, track = seen_as(np.zeros((FRAMES, 2)), np.tile([0.0, -57.0], (FRAMES, 1)))
    tilt = find_tilt(crops, STANDS, track, horizon=Horizon(-2.0, error_deg, 0.0))
    assert tilt.seen
    assert (abs(tilt.deg + 2.0) < 1.0) == believed
    assert tilt.error_deg > 0.7  # a belt may slope


def test_lanes_and_posts_together_are_surer_than_either():
    aside = run_past(off_deg=30.0, roll_deg=3.0)
    lanes, posts = Horizon(3.0, 0.5, 2.0), Plumb(3.0, 0.6)
    either = [find_tilt(*aside, horizon=lanes), find_tilt(*aside, plumb=posts)]
    both = find_tilt(*aside, horizon=lanes, plumb=posts)
    assert both.error_deg < min(tilt.error_deg for tilt in either)


def test_where_the_run_was_misread_what_stands_upright_still_tells_it():
    tilt = find_tilt(*run_past(roll_deg=35.0), plumb=Plumb(1.0, 0.4))
    assert tilt.seen
    assert tilt.deg == pytest.approx(1.0, abs=0.2)


def test_who_ran_the_other_way_before_his_pose_was_read_leans_no_other_way():
    crops, background, track = run_past(lean_deg=np.linspace(45.0, 10.0, FRAMES))
    before = np.arange(FRAMES)[::-1].repeat(2)
    rows = np.concatenate([before, np.arange(FRAMES)])
    both = replace(crops.only(rows), frame=np.arange(len(rows)))
    after = replace(track, frame=track.frame + len(before))
    stands = np.tile(np.eye(3)[:2], (len(rows), 1, 1))
    assert find_tilt(both, stands, after) == find_tilt(crops, background, track)


def test_of_a_trunk_without_a_length_nothing_is_told():
    crops, background, track = run_past(forward=-1.0)
    track.xy_px[5] = track.xy_px[5, INDEX["left_hip"]]
    assert find_tilt(crops, background, track).seen


def test_of_nobody_whose_pose_was_read_no_tilt_is_told():
    crops, background, track = run_past(roll_deg=5.0)
    assert not find_tilt(crops, background, track.replace(xy_px=np.nan * track.xy_px)).seen
