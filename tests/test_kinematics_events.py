"""Touchdown and toe-off against rendered truth; force plates: test_kinematics_mocap.py."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.kinematics.contact import (
    Contact,
    half_seen,
    stood_at_first,
    stood_before,
    whole_at_ends,
)
from kneedrive_cv.kinematics.events import (
    _Backswing,
    _contact,
    _toe_off,
    find_contacts,
    ground_speed_share,
)
from kneedrive_cv.pose.landmarks import SIDES
from validation.runs import Run, event_times, run_of

EVENTS = ("touchdown", "toe_off")

TRUTH_BOUND_S = {"touchdown": 0.012, "toe_off": 0.012}
"""The ground stops the rendered foot more abruptly than a runner's: the exact points read 9 to 12
ms early and 5 ms late on every step. Motion capture shows none of that."""

SPREAD_S = 0.003
"""Between the steps of one run, as they are all alike."""


def true_times(sprint, kind, side, last_s):
    """Planned events that lie in the clip."""
    return [t for t in sprint.times_s(kind, side) if t < last_s]


def errors_s(contacts, kind, side, expected):
    """Found minus expected; fails when the counts differ inside of the expected stretch."""
    found = event_times(contacts, kind, side)
    assert len(found) > 0
    nearest = np.array([found[np.argmin(np.abs(found - t))] for t in expected])
    assert len(set(nearest)) == len(expected), f"one {kind} serves two"
    inside = (found > min(expected) - 0.05) & (found < max(expected) + 0.05)
    assert inside.sum() == len(expected), f"{kind} {side} that is not there"
    return nearest - expected


def check_none_made_up(run, sprint):
    """Every event that is found lies at a true one of its kind and side."""
    contacts = run.contacts()
    for kind in EVENTS:
        for side in SIDES:
            true = np.array([e.time_s for e in sprint.events if (e.type, e.side) == (kind, side)])
            for found_s in event_times(contacts, kind, side):
                assert np.abs(true - found_s).min() < 0.03, (kind, side, found_s)


def check_truth(run, sprint, slack_s=0.0, spread_s=SPREAD_S):
    contacts = run.contacts()
    for kind in EVENTS:
        for side in SIDES:
            expected = true_times(sprint, kind, side, run.time_s[-1])
            error = errors_s(contacts, kind, side, expected)
            assert np.abs(error).max() < TRUTH_BOUND_S[kind] + slack_s, (kind, side)
            assert np.ptp(error) < spread_s, (kind, side)


@pytest.fixture(scope="module")
def sprint(truth):
    return truth("side_good")


@pytest.fixture(scope="module")
def run(sprint):
    return run_of(sprint)


def same(a, b, atol=1e-9):
    assert [c.side for c in a] == [c.side for c in b]
    for name in ("touchdown_s", "toe_off_s", "speed_leg_per_s"):
        np.testing.assert_allclose(
            [getattr(c, name) for c in a], [getattr(c, name) for c in b], atol=atol
        )


def test_every_contact_of_a_rendered_sprint_is_found_and_no_other(run, sprint):
    check_truth(run, sprint)


@pytest.mark.parametrize("clip", ["side_low_knee", "side_good"])
def test_a_touchdown_just_before_the_clip_ends_is_found(truth, clip):
    """In side_low_knee the right foot lands 1.2 frames before the end."""
    sprint = truth(clip)
    run = run_of(sprint)
    for side in SIDES:
        expected = true_times(sprint, "touchdown", side, run.time_s[-1])
        error = errors_s(run.contacts(), "touchdown", side, expected)
        assert np.abs(error).max() < TRUTH_BOUND_S["touchdown"]


@pytest.mark.parametrize("start", range(12, 75, 3))
def test_where_frames_are_missing_no_event_is_made_up(run, sprint, start):
    """Nine frames, 0.17 s, as where a clip froze or was damaged."""
    kept = np.r_[0:start, start + 9 : len(run.time_s)]
    holed = run.only(kept)
    check_none_made_up(holed, sprint)
    for kind in EVENTS:
        for side in SIDES:
            found_s = event_times(holed.contacts(), kind, side)
            inside = (run.time_s[start - 1] < found_s) & (found_s < run.time_s[start + 9])
            assert not inside.any(), (kind, side)


@pytest.mark.parametrize("frames", range(60, 96))
def test_wherever_the_clip_ends_no_event_is_made_up(run, sprint, frames):
    cut = run.only(slice(frames))
    check_none_made_up(cut, sprint)


def test_the_running_direction_changes_nothing(run):
    same(run.mirrored().contacts(), run.contacts())


def test_a_moving_camera_changes_nothing(run):
    random = np.random.default_rng(3)
    pan = np.cumsum(random.normal(0.0, 12.0, run.hip.shape), axis=0)
    steady = run.moved(np.linspace([0.0, 0.0], [-3000.0, 40.0], len(run.hip)))
    same(steady.contacts(), run.contacts(), atol=1e-6)
    # the hip is smoothed for itself, so a shaking camera has to be taken out before
    shaken = run.moved(pan)
    contacts = find_contacts(
        {side: points - pan for side, points in shaken.forefoot.items()},
        {side: points - pan for side, points in shaken.ankle.items()},
        shaken.hip - pan,
        time_s=run.time_s,
        forward=run.forward,
        leg_length=run.leg_length,
    )
    assert len(contacts) == len(run.contacts())


def test_on_a_treadmill_the_contacts_are_the_same(run):
    """The hip stays where it is in the picture; only the feet move."""
    still = run.moved(run.hip[:1] - run.hip)
    for kind in EVENTS:
        for side in SIDES:
            np.testing.assert_allclose(
                event_times(still.contacts(), kind, side),
                event_times(run.contacts(), kind, side),
                atol=0.002,
            )


@pytest.mark.parametrize("first", [0, 1])
def test_30_frames_a_second_find_the_same_contacts(run, sprint, first):
    check_truth(run.thinned(2, first), sprint, slack_s=0.002, spread_s=0.005)


@pytest.mark.parametrize("seed", range(8))
def test_noise_of_a_hundredth_of_the_leg_moves_events_by_a_few_milliseconds(run, sprint, seed):
    check_truth(run.noisy(0.01, seed), sprint, slack_s=0.005, spread_s=0.012)


def test_uneven_frames_find_the_same_contacts(run, sprint):
    keep = np.sort(np.random.default_rng(5).choice(len(run.time_s), 80, replace=False))
    thinned = run.only(keep)
    check_truth(thinned, sprint, spread_s=0.010)


def test_somebody_who_stands_still_has_no_contacts(run):
    still = {
        side: np.repeat(points[:1], len(run.time_s), axis=0)
        for side, points in run.forefoot.items()
    }
    stands = Run(
        still,
        still,
        np.repeat(run.hip[:1], len(run.time_s), axis=0),
        run.time_s,
        1.0,
        run.leg_length,
    )
    assert stands.contacts() == []


def test_a_run_without_a_frame_has_no_contacts(run):
    none = {side: points[:0] for side, points in run.forefoot.items()}
    empty = Run(none, none, run.hip[:0], run.time_s[:0], 1.0, run.leg_length)
    assert empty.contacts() == []


def test_missing_frames_leave_the_contacts_around_them(run, sprint):
    forefoot = {side: points.copy() for side, points in run.forefoot.items()}
    forefoot["right"][40:50] = np.nan
    gappy = Run(forefoot, run.ankle, run.hip, run.time_s, run.forward, run.leg_length)
    for kind in EVENTS:
        expected = true_times(sprint, kind, "left", run.time_s[-1])
        assert len(errors_s(gappy.contacts(), kind, "left", expected)) == len(expected)
    found = event_times(gappy.contacts(), "toe_off", "right")
    assert not np.any((found > 40.5 / 60) & (found < 48.5 / 60))


def test_the_ground_speed_of_a_standing_foot_is_zero_and_of_a_swinging_one_large():
    velocity = np.array([[-9.0, 0.0], [0.0, 0.0], [9.0, 0.0], [-9.0, 4.5]])
    np.testing.assert_allclose(ground_speed_share(velocity, 9.0), [0.0, 1.0, 2.0, 0.5])


@pytest.mark.parametrize("jump", [0.4, 0.8, 1.6])
def test_a_toe_that_jumps_to_any_speed_left_in_the_middle_of_the_jump(jump):
    """As smoothing shows it: a ramp of 30 ms about the moment, then the foot goes on."""
    times = np.arange(0.0, 0.12, 0.002)
    ramp = 0.05 + jump * np.clip((times - 0.045) / 0.03, 0.0, 1.0)
    speed = ramp + 8.0 * np.maximum(times - 0.075, 0.0)
    assert _toe_off(speed, times, frame_s=1 / 60) == pytest.approx(0.060, abs=0.011)


def test_a_toe_that_goes_on_faster_left_at_a_higher_speed():
    times = np.arange(0.0, 0.12, 0.002)
    slow, fast = (0.05 + jump * np.clip((times - 0.045) / 0.03, 0.0, 1.0) for jump in (0.8, 2.4))
    at = [_toe_off(speed, times, frame_s=1 / 60) for speed in (slow, fast)]
    levels = [np.interp(t, times, speed) for t, speed in zip(at, (slow, fast), strict=True)]
    assert levels[1] > 1.5 * levels[0]
    assert abs(at[1] - at[0]) < 0.006


@pytest.mark.parametrize(("calm", "left_s"), [(0.38, 0.080), (0.6, 0.041)])
def test_a_toe_that_calms_down_once_more_has_not_left(calm, left_s):
    """As out of the blocks at 30 frames a second, where the toe is let go in two steps."""
    times = np.arange(0.0, 0.2, 0.004)
    shown_s = [0.0, 0.03, 0.06, 0.075, 0.1, 0.2]
    speed = np.interp(times, shown_s, [0.08, 0.15, 0.7, calm, 0.8, 2.0])
    assert _toe_off(speed, times, frame_s=1 / 30) == pytest.approx(left_s, abs=0.006)


def stance_of(length_s, before=25, after=50, speed=4.0):
    """A foot at rest against the hip, one that stands under a moving body, one that swings."""
    steps = round(length_s / 0.004)
    forward = np.r_[np.zeros(before), np.full(steps, -speed), np.full(after, speed)]
    velocity = np.column_stack([forward, np.zeros(len(forward))])
    swing = _Backswing("left", before, before + steps, velocity, speed, cut=False)
    times_s = 0.004 * np.arange(len(forward))
    return half_seen([_contact(swing, speed, times_s, 1 / 60)], times_s)[0]


@pytest.mark.parametrize("creeps_s", [0.2, 0.5])
def test_a_foot_on_the_blocks_leaves_as_it_gets_rearmost_not_when_the_body_first_seems_as_fast(
    creeps_s,
):
    """For a moment the hip is as fast as the run, then far slower: so it is on noisy landmarks."""
    parts_s = [0.1, 0.1, creeps_s, 0.2]
    forward = np.repeat([0.0, -4.0, -1.0, 4.0], [round(part / 0.004) for part in parts_s])
    velocity = np.column_stack([forward, np.zeros(len(forward))])
    times_s = 0.004 * np.arange(len(forward))
    rearmost_s = sum(parts_s[:3])
    swing = _Backswing("left", 25, round(rearmost_s / 0.004), velocity, 4.0, cut=False)
    contact = _contact(swing, 4.0, times_s, 1 / 60)
    assert np.isnan(contact.touchdown_s)
    assert contact.toe_off_s == pytest.approx(rearmost_s, abs=0.05)


@pytest.mark.parametrize(("length_s", "seen"), [(0.036, False), (0.08, True)])
def test_a_foot_that_stands_for_less_than_any_sprinters_did_not_touch_down(length_s, seen):
    """It has stood before: on the blocks, while the body was still slower than the run."""
    contact = stance_of(length_s)
    assert np.isfinite(contact.toe_off_s)
    assert np.isfinite(contact.touchdown_s) == seen


def test_at_the_end_of_a_clip_it_stands_on():
    contact = stance_of(0.036, before=50, after=25)
    assert np.isfinite(contact.touchdown_s)
    assert np.isnan(contact.toe_off_s)


def test_short_contacts_at_the_ends_of_a_run_were_not_seen_whole_and_others_are_kept():
    begins = (0.0, 0.25, 0.5)
    short = [Contact("left", begin, begin + 0.065, 4.0) for begin in begins]
    found = whole_at_ends(short)
    assert np.isnan(found[0].touchdown_s)
    assert np.isnan(found[-1].toe_off_s)
    assert (found[0].toe_off_s, found[-1].touchdown_s) == (0.065, 0.5)
    assert found[1] == short[1]
    long = [Contact("left", begin, begin + 0.09, 4.0) for begin in begins]
    assert whole_at_ends(long) == long


def test_a_foot_on_the_blocks_late_in_the_clip_leaves_them_and_does_not_touch_down():
    """He waits in the blocks for more than half of the clip."""
    contacts = [
        Contact("right", 2.90, 2.94, 4.0),
        Contact("left", 3.10, 3.25, 4.0),
        Contact("right", 3.35, 3.50, 4.0),
    ]
    first = half_seen(contacts, np.arange(0.0, 4.0, 0.02))[0]
    assert np.isnan(first.touchdown_s)
    assert first.toe_off_s == 2.94


def test_a_foot_that_stood_in_the_blocks_did_not_touch_down_there() -> None:
    times_s = np.arange(0.0, 2.0, 1 / 60)
    in_blocks = np.interp(times_s, [0, 0.8, 1.0], [0.1, 0.0, -0.6])
    swung = np.interp(times_s, [0, 1.0, 1.2], [-0.6, -0.6, 0.2])
    contacts = [Contact("left", 0.7, 0.95, 2.0), Contact("right", 1.2, 1.35, 3.0)]
    found = stood_before(contacts, {"left": in_blocks, "right": swung}, times_s)
    assert np.isnan(found[0].touchdown_s)
    assert found[0].toe_off_s == 0.95
    assert found[1] == contacts[1]


def test_a_landing_shortly_after_the_clips_start_is_kept() -> None:
    times_s = np.arange(0.0, 1.0, 1 / 60)
    contacts = [Contact("left", 0.1, 0.2, 3.0)]
    back = {"left": np.linspace(0.2, -0.8, len(times_s))}
    assert stood_before(contacts, back, times_s) == contacts


def test_a_touchdown_in_the_first_half_of_the_first_frame_is_a_foot_that_stood_before() -> None:
    times_s = 2.0 + np.arange(0.0, 1.0, 1 / 30)
    contacts = [Contact("left", 2.01, 2.1, 3.0), Contact("right", 2.02, 2.15, 3.0)]
    first, second = stood_at_first(contacts, times_s)
    assert np.isnan(first.touchdown_s)
    assert first.toe_off_s == 2.1
    assert second == contacts[1]


@pytest.mark.parametrize(("ahead_leg", "landed"), [((0.1, 0.35), True), ((0.1, 0.15), False)])
def test_of_a_foot_seen_late_in_its_swing_less_of_the_swing_is_asked(ahead_leg, landed) -> None:
    """The clip begins 0.18 s before the landing: most of the swing forward came before it."""
    times_s = np.arange(0.0, 1.0, 1 / 60)
    way = [*ahead_leg, ahead_leg[1] - 0.05, -0.6]
    ahead = {"left": np.interp(times_s, [0.0, 0.1, 0.18, 0.4], way)}
    contacts = [Contact("left", 0.18, 0.28, 3.0)]
    found = stood_before(contacts, ahead, times_s)
    assert bool(np.isfinite(found[0].touchdown_s)) is landed


def test_of_a_landing_that_the_clip_begins_shortly_before_nothing_is_said() -> None:
    """The clip begins 0.16 s before it: the foot may have been ahead of the hip already."""
    times_s = np.arange(0.0, 1.0, 1 / 60)
    contacts = [Contact("left", 0.16, 0.26, 3.0)]
    ahead = {"left": np.interp(times_s, [0.0, 0.1, 0.16, 0.4], [0.2, 0.34, 0.3, -0.6])}
    assert stood_before(contacts, ahead, times_s) == contacts
