"""Left and right legs, named anew in every frame by an estimator, told apart through time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from kneedrive_cv.clean.doubt import find_doubtful
from kneedrive_cv.clean.swaps import (
    Choice,
    choose_looks,
    leg_length_px,
    legs_from_hip,
    merged_legs,
    take,
)
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.pose.landmarks import INDEX, LEFT_LEG, RIGHT_LEG
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from tests.test_partly_seen import at_60
from validation.truth import load_truth

COST = CleanSettings().swap_cost
TRUTH = load_truth(ROOT / "sample_videos" / "side_good.json")
POSES = {60: pose_of(TRUTH), 30: pose_of(TRUTH, every=2)}
rates = st.sampled_from([30, 60])


def swap(pose, rows):
    """The pose with its legs exchanged in some rows."""
    swapped = np.zeros(len(pose), dtype=bool)
    swapped[list(rows)] = True
    return take([pose], Choice(np.zeros(len(pose), dtype=np.int64), swapped))


def chosen(looks, pose):
    leg_px = leg_length_px(pose)
    return choose_looks(
        [legs_from_hip(look, leg_px) for look in looks], pose.time_s, switch_cost=COST
    )


def assert_undone(pose, rows):
    spoilt = swap(pose, rows)
    choice = chosen([spoilt], pose)
    np.testing.assert_array_equal(np.flatnonzero(choice.swapped), sorted(rows))
    np.testing.assert_array_equal(take([spoilt], choice).xy_px, pose.xy_px)


@settings(max_examples=40)
@given(fps=rates, data=st.data())
def test_any_single_frames_that_are_swapped_are_put_right(fps, data):
    """Up to 30 % of the frames: the majority then still names the legs rightly."""
    pose = POSES[fps]
    most = int(0.3 * len(pose))
    rows = data.draw(st.sets(st.integers(0, len(pose) - 1), max_size=most))
    assert_undone(pose, rows)


@settings(max_examples=40)
@given(fps=rates, starts=st.sets(st.integers(0, 85), max_size=4), length=st.integers(1, 5))
def test_runs_of_swapped_frames_are_put_right(fps, starts, length):
    pose = POSES[fps]
    rows = {row for start in starts for row in range(start, start + length) if row < len(pose)}
    if len(rows) <= 0.3 * len(pose):
        assert_undone(pose, rows)


@settings(max_examples=20)
@given(fps=rates, data=st.data())
def test_any_swaps_at_all_leave_at_most_the_naming_of_the_whole_clip_open(fps, data):
    pose = POSES[fps]
    rows = data.draw(st.sets(st.integers(0, len(pose) - 1)))
    swapped = chosen([swap(pose, rows)], pose).swapped
    wrong = swapped != np.isin(np.arange(len(pose)), list(rows))
    assert wrong.all() or not wrong.any()


def test_a_pose_without_swaps_is_left_alone():
    for pose in POSES.values():
        assert not chosen([pose], pose).swapped.any()


def test_legs_that_pass_each_other_as_the_clip_begins_are_not_exchanged_in_its_first_frame():
    ahead = np.concatenate([[0.1, -0.1], np.linspace(-0.2, -0.6, 8)])
    low, high = (np.column_stack([x, np.full(10, y)]) for x, y in ((ahead, 0.9), (-ahead, 0.8)))
    legs = np.stack([np.tile(low, 4), np.tile(high, 4)], axis=1)
    assert not choose_looks([legs], np.arange(10) / 60, switch_cost=COST).swapped.any()


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("seed", range(4))
def test_noise_of_a_fiftieth_of_the_leg_hides_no_swap(fps, seed):
    pose = POSES[fps]
    random = np.random.default_rng(seed)
    noisy = pose.replace(
        xy_px=pose.xy_px + random.normal(0, 0.02 * leg_length_px(pose), pose.xy_px.shape)
    )
    rows = random.choice(len(pose), int(0.2 * len(pose)), replace=False)
    assert_undone(noisy, rows)


def test_swaps_next_to_missing_frames_are_put_right():
    pose = POSES[60]
    xy_px = pose.xy_px.copy()
    xy_px[[20, 21, 50]] = np.nan
    gappy = pose.replace(xy_px=xy_px)
    swapped = chosen([swap(gappy, [19, 22, 23, 51])], gappy).swapped
    assert np.flatnonzero(swapped).tolist() == [19, 22, 23, 51]


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("hidden_s", [0.15, 0.2, 0.3, 0.4])
def test_legs_named_rightly_keep_their_names_over_a_moment_in_which_they_are_hidden(fps, hidden_s):
    pose, gap = POSES[fps], round(fps * hidden_s)
    for start in range(fps // 4, len(pose) - gap - fps // 4, 2):
        xy_px = pose.xy_px.copy()
        xy_px[start : start + gap] = np.nan
        assert not chosen([pose.replace(xy_px=xy_px)], pose).swapped.any(), start


@pytest.mark.parametrize("fps", [30, 60])
@pytest.mark.parametrize("hole_s", [0.15, 0.2, 0.3])
def test_legs_named_rightly_keep_their_names_where_frames_are_missing_altogether(fps, hole_s):
    """As in a clip that froze, or whose damaged frames were skipped."""
    pose, hole = POSES[fps], round(fps * hole_s)
    for start in range(fps // 4, len(pose) - hole - fps // 4, 2):
        rows = np.ones(len(pose), dtype=bool)
        rows[start : start + hole] = False
        assert not chosen([pose.only(rows)], pose.only(rows)).swapped.any(), start


def collapsed(pose, rows):
    """A look in which one leg has knee, ankle and foot at one place."""
    xy_px = pose.xy_px.copy()
    for row in rows:
        xy_px[row, list(RIGHT_LEG[1:])] = xy_px[row, INDEX["right_knee"]] + [3.0, 2.0]
    return pose.replace(xy_px=xy_px)


def merged(pose, rows):
    """A look in which both legs lie on the same one."""
    xy_px = pose.xy_px.copy()
    for row in rows:
        xy_px[row, list(RIGHT_LEG)] = xy_px[row, list(LEFT_LEG)] + 1.0
    return pose.replace(xy_px=xy_px)


@settings(max_examples=25)
@given(rows=st.sets(st.integers(0, 95), min_size=1, max_size=15), spoil=st.booleans())
def test_a_collapsed_look_is_not_chosen_where_another_is_good(rows, spoil):
    pose = POSES[60]
    bad = collapsed(pose, rows)
    good = swap(pose, list(rows)[::2]) if spoil else pose
    choice = chosen([bad, good], pose)
    assert set(choice.look[sorted(rows)]) == {1}
    np.testing.assert_array_equal(take([bad, good], choice).xy_px, pose.xy_px)


@settings(max_examples=25)
@given(rows=st.sets(st.integers(0, 95), min_size=1, max_size=15))
def test_a_look_with_both_legs_on_one_is_not_chosen_where_another_is_good(rows):
    pose = POSES[60]
    looks = [merged(pose, rows), pose]
    np.testing.assert_array_equal(take(looks, chosen(looks, pose)).xy_px, pose.xy_px)


def test_a_look_that_is_missing_is_not_chosen():
    pose = POSES[60]
    xy_px = np.full_like(pose.xy_px, np.nan)
    xy_px[30:40] = pose.xy_px[30:40]
    choice = chosen([pose, pose.replace(xy_px=xy_px)], pose)
    np.testing.assert_array_equal(take([pose, pose.replace(xy_px=xy_px)], choice).xy_px, pose.xy_px)


def test_legs_laid_over_one_another_are_merged_and_legs_that_cross_are_not():
    pose = POSES[60]
    leg_px = leg_length_px(pose)
    assert not merged_legs(legs_from_hip(pose, leg_px), pose.time_s).any()
    rows = [5, 6, 50]
    found = merged_legs(legs_from_hip(merged(pose, rows), leg_px), pose.time_s)
    assert np.flatnonzero(found).tolist() == rows


def test_a_frame_without_a_pose_says_nothing_of_the_sides():
    legs = np.full((4, 2, 8), np.nan)
    assert merged_legs(legs, np.arange(4.0)).all()
    assert not choose_looks([legs], np.arange(4.0), switch_cost=COST).swapped.any()


def test_taking_a_look_exchanges_all_that_belongs_to_the_legs_and_nothing_else():
    pose = POSES[60]
    visibility = np.tile(np.arange(33.0) / 33, (len(pose), 1))
    taken = swap(pose.replace(visibility=visibility), [3])
    np.testing.assert_array_equal(taken.xy_px[3, LEFT_LEG], pose.xy_px[3, RIGHT_LEG])
    np.testing.assert_array_equal(taken.visibility[3, LEFT_LEG], visibility[3, RIGHT_LEG])
    others = [i for i in range(33) if i not in LEFT_LEG + RIGHT_LEG]
    np.testing.assert_array_equal(taken.xy_px[3, others], pose.xy_px[3, others])
    np.testing.assert_array_equal(taken.xy_px[4], pose.xy_px[4])


def test_the_leg_is_as_long_as_thigh_and_shank_together():
    points = TRUTH.points_px
    thigh = np.linalg.norm(points["right_hip"] - points["right_knee"], axis=1)
    shank = np.linalg.norm(points["right_knee"] - points["right_ankle"], axis=1)
    expected = float(np.median(thigh + shank))
    assert leg_length_px(POSES[60]) == pytest.approx(expected, rel=0.05)
    empty = POSES[60].replace(xy_px=np.full_like(POSES[60].xy_px, np.nan))
    assert leg_length_px(empty) == 1.0


def test_the_leg_is_as_long_where_both_legs_are_never_whole_in_the_same_frame():
    pose, whole_px = POSES[60], leg_length_px(POSES[60])
    one, by_turns = pose.xy_px.copy(), pose.xy_px.copy()
    one[:, INDEX["left_ankle"]] = np.nan
    by_turns[::2, INDEX["left_knee"]] = by_turns[1::2, INDEX["right_ankle"]] = np.nan
    for xy_px in (one, by_turns):
        found_px = leg_length_px(pose.replace(xy_px=xy_px))
        assert found_px == pytest.approx(whole_px, rel=0.05)


def test_swapped_frames_need_no_second_look_but_lost_legs_do():
    pose = POSES[60]
    spoilt = merged(swap(pose, [12, 40]), [70])
    doubtful = find_doubtful([spoilt], swap_cost=COST, most_share=0.25)
    assert doubtful[70]
    assert set(np.flatnonzero(doubtful)) <= {69, 70, 71}


def test_a_leg_that_is_lost_for_frames_on_end_at_120_a_second_is_looked_at_in_all_of_them():
    pose = in_between(POSES[60])
    lost = [80, 81, 82]
    xy_px = pose.xy_px.copy()
    xy_px[np.ix_(lost, [INDEX["right_ankle"]])] += [0.3 * leg_length_px(pose), 0.0]
    doubtful = find_doubtful([pose.replace(xy_px=xy_px)], swap_cost=COST, most_share=0.35)
    assert doubtful[lost].all()
    assert set(np.flatnonzero(doubtful)) <= set(range(76, 87))


@pytest.mark.parametrize("fps", [30, 60])
def test_the_frame_between_two_doubtful_ones_is_doubtful_too(fps):
    pose = POSES[fps]
    lost = [20, 21, 22, 23]
    xy_px = pose.xy_px.copy()
    knee, off_px = INDEX["right_knee"], 0.4 * leg_length_px(pose)
    for row, turn in zip(lost, (1, -1, 0, 1), strict=True):
        xy_px[row, knee] += [turn * off_px, 0.0]
    doubtful = find_doubtful([pose.replace(xy_px=xy_px)], swap_cost=COST, most_share=0.35)
    assert doubtful[lost].all()
    assert set(np.flatnonzero(doubtful)) <= {19, *lost, 24}


def in_between(pose):
    """A pose with twice as many frames a second."""
    time_s = np.arange(2 * len(pose) - 1) * (pose.time_s[1] - pose.time_s[0]) / 2
    known = np.isfinite(pose.xy_px).all(axis=0)
    xy_px = CubicSpline(pose.time_s - pose.time_s[0], np.nan_to_num(pose.xy_px))(time_s)
    return type(pose)(
        time_s=time_s,
        frame=np.arange(len(time_s)),
        xy_px=np.where(known, xy_px, np.nan),
        world_m=np.zeros((len(time_s), 33, 3)),
        visibility=np.ones((len(time_s), 33)),
    )


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_no_more_frames_are_looked_at_again_than_the_share_that_is_set(share):
    pose = POSES[60]
    random = np.random.default_rng(0)
    noisy = pose.replace(xy_px=pose.xy_px + random.normal(0, 40.0, pose.xy_px.shape))
    assert find_doubtful([noisy], swap_cost=COST, most_share=share).mean() <= share


def test_lost_legs_that_are_more_than_may_be_looked_at_again_are_looked_at_as_far_as_they_may():
    """All of them are as doubtful as one another; that must not leave all of them out."""
    pose, lost = POSES[60], list(range(20, 60, 2))
    spoilt = merged(pose, lost)
    share = 10 / len(pose)
    few = find_doubtful([spoilt], swap_cost=COST, most_share=share)
    assert 9 <= few.sum() <= 10
    assert find_doubtful([spoilt], swap_cost=COST, most_share=share, least=80)[lost].all()


def after_the_blocks(pose, crouched):
    """The run after so many frames in which he waits, one leg before the other."""
    random = np.random.default_rng(4)
    count = len(pose) + crouched
    xy_px = np.repeat(pose.xy_px[:1], count, axis=0)
    xy_px[crouched:] = pose.xy_px
    leg_px = leg_length_px(pose)
    for leg, shift in ((LEFT_LEG, 0.0), (RIGHT_LEG, 0.06 * leg_px)):
        xy_px[:crouched, list(leg)] = xy_px[0, list(LEFT_LEG)] + [shift, 0.0]
    xy_px[:crouched] += random.normal(0, 0.03 * leg_px, xy_px[:crouched].shape)
    return type(pose)(
        time_s=np.arange(count) * (pose.time_s[1] - pose.time_s[0]),
        frame=np.arange(count),
        xy_px=xy_px,
        world_m=np.zeros((count, 33, 3)),
        visibility=np.ones((count, 33)),
    )


@pytest.mark.parametrize("fps", [30, 60])
def test_a_long_wait_in_the_blocks_does_not_hide_lost_legs_in_the_run(fps):
    """What counts as laid over one another is told by the strides around, not by the wait."""
    crouched = 3 * len(POSES[fps])
    pose = after_the_blocks(POSES[fps], crouched)
    rows = [crouched + len(POSES[fps]) // 3, crouched + 2 * len(POSES[fps]) // 3]
    spoilt = merged(pose, rows)
    legs = legs_from_hip(spoilt, leg_length_px(POSES[fps]))
    assert merged_legs(legs, pose.time_s)[rows].all()
    assert not merged_legs(legs, pose.time_s)[: crouched - fps].any()
    doubtful = find_doubtful([spoilt], swap_cost=COST, most_share=0.1)
    assert doubtful[rows].all()
    assert not doubtful[: crouched - fps].any()


def test_legs_that_are_exchanged_take_their_depth_with_them():
    track = at_60()
    world_m = np.zeros_like(track.world_m)
    world_m[:, INDEX["left_knee"], 2] = 1.0
    track = track.replace(world_m=world_m)
    every = np.ones(len(track), dtype=bool)
    taken = take([track], Choice(np.zeros(len(track), dtype=np.int64), every))
    assert (taken.world_m[:, INDEX["right_knee"], 2] == 1.0).all()
    assert (taken.world_m[:, INDEX["left_knee"], 2] == 0.0).all()
