"""Jumps, collapsed legs and gaps: what is taken out, and what is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneedrive_cv.clean.outliers import (
    find_collapsed_legs,
    find_jumps,
    leaves_picture,
    outside_picture,
    remove,
)
from kneedrive_cv.clean.repair import repair, smooth_landmarks
from kneedrive_cv.clean.swaps import leg_length_px
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.pose.landmarks import INDEX
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from tests.test_partly_seen import at_60
from validation.truth import load_truth

TRUTH = load_truth(ROOT / "sample_videos" / "side_good.json")
POSES = {60: pose_of(TRUTH), 30: pose_of(TRUTH, every=2)}
SIZE = {"width_px": 1280, "height_px": 720}
LEG_PX = leg_length_px(POSES[60])
LEG_POINTS = [
    f"{s}_{p}" for s in ("left", "right") for p in ("knee", "ankle", "heel", "foot_index")
]


def jumped(pose, row, name, share, angle):
    """One landmark of one frame, off by a share of the leg."""
    xy_px = pose.xy_px.copy()
    xy_px[row, INDEX[name]] += share * LEG_PX * np.array([np.cos(angle), np.sin(angle)])
    return pose.replace(xy_px=xy_px)


@pytest.mark.parametrize("fps", [30, 60])
def test_a_fast_sprint_without_errors_has_no_outliers(fps):
    pose = POSES[fps]
    assert not find_jumps(pose, leg_px=LEG_PX).any()
    assert not find_collapsed_legs(pose).any()
    assert not outside_picture(pose, **SIZE).any()


@settings(max_examples=60)
@given(
    row=st.integers(2, 93),
    name=st.sampled_from(LEG_POINTS),
    share=st.floats(0.3, 1.0),
    angle=st.floats(0, 6.28),
)
def test_a_landmark_that_jumps_for_one_frame_is_found_and_no_other(row, name, share, angle):
    found = find_jumps(jumped(POSES[60], row, name, share, angle), leg_px=LEG_PX)
    assert [tuple(place) for place in np.argwhere(found)] == [(row, INDEX[name])]


@settings(max_examples=30)
@given(row=st.integers(2, 45), name=st.sampled_from(LEG_POINTS), angle=st.floats(0, 6.28))
def test_a_jump_of_half_a_leg_is_found_at_30_frames_a_second(row, name, angle):
    found = find_jumps(jumped(POSES[30], row, name, 0.7, angle), leg_px=LEG_PX)
    assert found[row, INDEX[name]]
    assert found.sum() == 1


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("lost", [{20}, {12, 31}, {10, 11, 12}])
def test_beside_frames_that_are_missing_no_landmark_is_taken_for_a_jump(fps, lost):
    pose = POSES[fps].only(~np.isin(np.arange(len(POSES[fps])), list(lost)))
    assert not find_jumps(pose, leg_px=LEG_PX).any()


def test_a_jump_beside_a_missing_frame_is_found():
    pose = POSES[60].only(np.arange(len(POSES[60])) != 40)
    found = find_jumps(jumped(pose, 41, "left_ankle", 0.5, 1.0), leg_px=LEG_PX)
    assert [tuple(place) for place in np.argwhere(found)] == [(41, INDEX["left_ankle"])]


def test_a_clip_of_four_frames_has_no_jumps():
    pose = POSES[60]
    short = type(pose)(
        *(getattr(pose, f)[:4] for f in ("time_s", "frame", "xy_px", "world_m", "visibility"))
    )
    assert not find_jumps(short, leg_px=LEG_PX).any()


def test_a_leg_with_knee_and_ankle_at_one_place_is_collapsed():
    pose = POSES[60]
    xy_px = pose.xy_px.copy()
    xy_px[30, INDEX["right_ankle"]] = xy_px[30, INDEX["right_knee"]] + 2.0
    found = find_collapsed_legs(pose.replace(xy_px=xy_px))
    parts = {INDEX[f"right_{part}"] for part in ("knee", "ankle", "heel", "foot_index")}
    assert {tuple(place) for place in np.argwhere(found)} == {(30, part) for part in parts}


def test_an_athlete_who_comes_nearer_does_not_collapse():
    pose = POSES[60]
    size = np.linspace(0.4, 1.6, len(pose))[:, None, None]
    nearer = pose.replace(xy_px=(pose.xy_px - [640, 360]) * size + [640, 360])
    assert not find_collapsed_legs(nearer).any()


def test_landmarks_beyond_the_picture_are_guesses():
    pose = jumped(POSES[60], 10, "left_foot_index", 100.0, np.pi / 2)
    found = outside_picture(pose, **SIZE)
    assert [tuple(place) for place in np.argwhere(found)] == [(10, INDEX["left_foot_index"])]


def test_removed_landmarks_are_missing_and_unseen():
    bad = np.zeros(POSES[60].visibility.shape, dtype=bool)
    bad[5, 25] = True
    out = remove(POSES[60], bad)
    assert np.isnan(out.xy_px[5, 25]).all()
    assert out.visibility[5, 25] == 0.0
    assert np.isfinite(out.xy_px[6, 25]).all()


@pytest.mark.parametrize("fps", [30, 60])
def test_the_repair_leaves_true_points_within_a_hundredth_of_the_leg_where_they_turn_slowly(fps):
    """Hips, knees and shoulders; the foot's sharp turns at touchdown are smoothed by design."""
    pose = POSES[fps]
    clean = repair([pose], **SIZE, settings=CleanSettings())
    assert clean.valid[:, INDEX["left_knee"]].all()
    assert not clean.swapped.any()
    for part, share in (("hip", 0.005), ("shoulder", 0.005), ("knee", 0.025), ("ankle", 0.06)):
        off = np.linalg.norm(
            clean.track.point(f"right_{part}") - pose.point(f"right_{part}"), axis=1
        )
        assert np.percentile(off, 95) < share * LEG_PX, part


def test_an_outlier_is_filled_with_what_lies_between_and_is_not_valid():
    pose = jumped(POSES[60], 40, "right_ankle", 0.5, 1.0)
    clean = repair([pose], **SIZE, settings=CleanSettings())
    whole = repair([POSES[60]], **SIZE, settings=CleanSettings())
    off = np.linalg.norm(
        clean.track.point("right_ankle") - whole.track.point("right_ankle"), axis=1
    )
    assert off.max() < 0.05 * LEG_PX
    assert not clean.valid[40, INDEX["right_ankle"]]
    assert clean.valid[:, INDEX["right_ankle"]].sum() == len(pose) - 1


def test_gaps_at_the_ends_and_long_ones_stay_missing_and_short_ones_are_filled():
    xy_px = POSES[60].xy_px.copy()
    for rows in (slice(0, 4), slice(30, 33), slice(50, 60), slice(93, 96)):
        xy_px[rows] = np.nan
    clean = repair([POSES[60].replace(xy_px=xy_px)], **SIZE, settings=CleanSettings())
    missing = np.flatnonzero(np.isnan(clean.track.point("left_knee")[:, 0]))
    assert missing.tolist() == [0, 1, 2, 3, *range(50, 60), 93, 94, 95]
    assert not clean.valid[30:33].any()


@pytest.mark.parametrize(("every", "fills"), [(2, True), (2.5, True), (4, False)])
def test_a_single_missing_frame_is_filled_at_24_frames_a_second_and_more(every, fills):
    """At 24 the frames beside it are 0.083 s apart, over the stated length; at 15 0.13 s."""
    pose = pose_of(TRUTH, every=2)
    pose = pose.replace(time_s=pose.time_s * every / 2)
    xy_px = pose.xy_px.copy()
    xy_px[20] = np.nan
    clean = repair([pose.replace(xy_px=xy_px)], **SIZE, settings=CleanSettings())
    assert np.isfinite(clean.track.point("left_knee")[20]).all() == fills
    assert not clean.valid[20].any()


def test_swapped_frames_are_named_in_the_result():
    names = POSES[60].xy_px.copy()
    left = [INDEX[f"left_{p}"] for p in ("hip", "knee", "ankle", "heel", "foot_index")]
    right = [INDEX[f"right_{p}"] for p in ("hip", "knee", "ankle", "heel", "foot_index")]
    for row in (10, 11, 60):
        names[row, left], names[row, right] = (
            POSES[60].xy_px[row, right],
            POSES[60].xy_px[row, left],
        )
    clean = repair([POSES[60].replace(xy_px=names)], **SIZE, settings=CleanSettings())
    assert np.flatnonzero(clean.swapped).tolist() == [10, 11, 60]


@pytest.mark.parametrize(("left_px", "cut"), [(-5.0, True), (15.0, True), (25.0, False)])
def test_a_body_nearer_to_the_border_than_a_tenth_of_its_height_may_be_cut(left_px, cut):
    box = np.array([[left_px, 100.0, left_px + 80.0, 300.0]])
    assert bool(leaves_picture(box, width_px=1280)[0]) is cut
    mirrored = np.array([[1280.0 - left_px - 80.0, 100.0, 1280.0 - left_px, 300.0]])
    assert bool(leaves_picture(mirrored, width_px=1280)[0]) is cut


def test_feet_are_smoothed_less_than_the_rest():
    track, hz = at_60(), 11.0
    wave = np.sin(2 * np.pi * hz * track.time_s)
    xy_px = np.zeros_like(track.xy_px) + wave[:, None, None]
    out = smooth_landmarks(track.replace(xy_px=xy_px), CleanSettings())
    toe, knee = (np.std(out[10:-10, INDEX[f"left_{name}"], 0]) for name in ("foot_index", "knee"))
    assert toe > 1.1 * knee
