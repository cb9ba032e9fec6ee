"""Real time: repeats taken out, slow motion from the user, the phone or the steps."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.clean.swaps import Choice, best_look, take
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.slowed import log_growth, slow_stretch, stands
from kneedrive_cv.scene.steps import count_step_hz
from kneedrive_cv.scene.timing import (
    doubt_unusual,
    even_times,
    find_timing,
    frame_rate_hz,
    tell_timing,
)
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.verdict import Z_95
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from tests.test_clean_lean import leaning
from validation.truth import load_truth

POSE = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))


def timing(playback_fps=30.0, *, step_hz=4.2, knee=110.0, given_fps=None, tagged_fps=None):
    return find_timing(
        playback_fps,
        step_hz=step_hz,
        swing_knee_deg=knee,
        given_fps=given_fps,
        tagged_fps=tagged_fps,
        tag="com.apple.framerate" if tagged_fps else None,
    )


def test_frames_that_no_editor_doubled_keep_their_own_times():
    t = np.array([0.0, 0.03, 0.07, 0.1, 0.13, 0.17, 0.2, 0.23, 0.27, 0.3, 0.33, 0.37])
    repeated = np.zeros(12, dtype=bool)
    np.testing.assert_array_equal(even_times(t, repeated), t)
    repeated[5] = True  # one still frame is no change of rate
    np.testing.assert_array_equal(even_times(t, repeated), t[~repeated])


@given(st.integers(2, 4))
def test_frames_doubled_throughout_are_spaced_evenly_over_the_clip(times):
    t = np.arange(60) / 30.0
    repeated = np.arange(60) % times > 0
    kept = even_times(t, repeated)
    assert len(kept) == (~repeated).sum()
    np.testing.assert_allclose(np.diff(kept), times / 30.0)


def test_pulldown_from_24_to_30_is_spaced_evenly():
    """Every fifth frame repeats the one before: the rest came every 1/24 s."""
    t = np.arange(150) / 30.0
    repeated = np.arange(150) % 5 == 4
    assert np.median(np.diff(even_times(t, repeated))) == pytest.approx(1 / 24, rel=0.01)


def test_frames_that_stand_for_very_different_times_keep_their_own():
    """A screen recording: three repeats each, now and then six, none at the start."""
    kept = [*range(10), *(i for i in range(12, 120, 3) if i % 30)]
    repeated = ~np.isin(np.arange(120), kept)
    t = np.arange(120) / 30.0
    np.testing.assert_array_equal(even_times(t, repeated), t[~repeated])


def test_what_the_user_says_goes_before_everything_else():
    found = timing(given_fps=240.0, tagged_fps=120.0, step_hz=0.5)
    assert (found.slow_motion, found.capture_fps, found.inferred) == (8.0, 240.0, False)
    assert "user" in found.source


def test_what_the_phone_wrote_goes_before_the_steps_and_is_named():
    found = timing(tagged_fps=120.0, step_hz=0.5)
    assert (found.slow_motion, found.capture_fps, found.inferred) == (4.0, 120.0, False)
    assert "com.apple.framerate" in found.source


def test_a_tag_that_only_repeats_the_playback_rate_says_nothing():
    assert timing(tagged_fps=30.0).slow_motion == 1.0


@pytest.mark.parametrize("factor", [2.0, 4.0, 8.0, 16.0])
def test_a_slowed_run_is_told_from_its_steps_and_said_to_be_inferred(factor):
    found = timing(step_hz=4.2 / factor)
    assert found.slow_motion == factor
    assert found.inferred
    assert found.capture_fps == pytest.approx(30.0 * factor)


@given(step_hz=st.floats(3.6, 5.0), factor=st.sampled_from([4.0, 8.0]))
def test_slowed_runs_of_any_usual_step_rate_are_told_by_rates_that_phones_have(step_hz, factor):
    """120 and 240 frames a second played at 30, and no rate in between."""
    assert timing(29.97, step_hz=step_hz / factor).slow_motion == factor


@given(
    step_hz=st.floats(3.9, 4.6),
    filmed=st.sampled_from([60.0, 100.0, 120.0, 200.0, 240.0]),
)
def test_played_at_25_what_phones_film_is_as_likely_as_multiples_of_25(step_hz, filmed):
    found = timing(25.0, step_hz=step_hz * 25.0 / filmed)
    assert found.capture_fps == pytest.approx(filmed)


@given(step_hz=st.floats(3.9, 4.9), filmed=st.sampled_from([60.0, 120.0, 200.0, 240.0]))
def test_the_step_rate_of_a_slowed_run_at_25_lies_in_its_interval_whatever_filmed_it(
    step_hz, filmed
):
    factor = timing(25.0, step_hz=step_hz * 25.0 / filmed).slow_motion
    quality = Quality(Sight("side", 1.0, "right", 0.1), 25.0 * factor, 400.0, time_inferred=True)
    error_hz = quality.steady_error("step_frequency_hz", None)
    assert abs(step_hz * factor * 25.0 / filmed - step_hz) < Z_95 * error_hz


def test_a_run_whose_middle_alone_is_slowed_is_read_in_the_middle_alone():
    """As phones export it: the ends in real time and thinned, the middle eight times slower."""
    truth = load_truth(ROOT / "sample_videos" / "side_one_fault.json")
    pose = pose_of(truth)
    t = pose.time_s
    slow = (t >= 0.4) & (t < 1.6)
    shown_s = t + 7 * (np.clip(t, 0.4, 1.6) - 0.4)
    kept = slow | (np.arange(len(t)) % 4 == 0)
    track = pose.replace(time_s=shown_s).only(kept)
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    found, _ = tell_timing(track, metadata, given_fps=None, swap_cost=CleanSettings().swap_cost)
    assert found.rows is not None
    inside = track.frame[found.rows]
    assert inside[0] == pytest.approx(24, abs=4)
    assert inside[-1] == pytest.approx(95, abs=4)
    assert found.slow_motion == 8.0


@pytest.mark.parametrize("nearer", [True, False])
def test_who_comes_nearer_or_goes_away_is_no_clip_of_two_speeds(nearer):
    growth = np.geomspace(1.0, 5.0, len(POSE))
    seen = POSE.xy_px * (growth if nearer else growth[::-1])[:, None, None]
    assert slow_stretch(POSE.replace(xy_px=seen)) is None


def test_a_trunk_that_rises_towards_the_camera_is_no_athlete_who_comes_nearer():
    seen = POSE.xy_px.copy()
    hips = seen[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1, keepdims=True)
    above = [INDEX[name] for name in LANDMARKS if INDEX[name] < INDEX["left_hip"]]
    upright = np.linspace(0.05, 1.0, len(POSE))[:, None, None]  # bent forward at first
    seen[:, above] = hips + upright * (seen[:, above] - hips)
    assert np.exp(np.abs(log_growth(POSE.replace(xy_px=seen))).max()) < 2.0
    assert slow_stretch(POSE.replace(xy_px=seen)) is None


def test_a_picture_that_freezes_at_the_end_keeps_its_times():
    frozen = np.arange(30) >= 26
    times_s = np.arange(30) / 30
    np.testing.assert_array_equal(even_times(times_s, frozen), times_s[~frozen])


def test_the_rate_of_two_uneven_steps_is_that_of_one_of_them():
    assert frame_rate_hz(np.array([0.0, 0.01, 0.11])) == pytest.approx(100.0)


def test_legs_named_otherwise_from_frame_to_frame_are_no_part_at_another_speed():
    swap_cost = CleanSettings().swap_cost
    exchanged = (np.arange(len(POSE)) < 30) & (np.arange(len(POSE)) % 2 == 1)
    raw = take([POSE], Choice(np.zeros(len(POSE), dtype=np.int64), exchanged))
    assert slow_stretch(raw) is not None
    named = best_look([raw], switch_cost=swap_cost)
    assert slow_stretch(named) is None
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    assert not tell_timing(named, metadata, given_fps=None, swap_cost=swap_cost)[0].inferred


def shown(rows):
    """Those rows of the sprint, one after the other at 60 frames a second."""
    return PoseTrack(
        np.arange(len(rows)) / 60.0,
        np.arange(len(rows)),
        POSE.xy_px[rows],
        POSE.world_m[rows],
        POSE.visibility[rows],
    )


def test_who_waits_and_then_runs_is_not_slowed():
    wait = 60
    rows = np.concatenate([np.zeros(wait, dtype=int), np.arange(len(POSE))])
    track = shown(rows)
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    found, _ = tell_timing(track, metadata, given_fps=None, swap_cost=CleanSettings().swap_cost)
    assert found.rows is None
    assert found.slow_motion == 1.0


def test_who_rises_holds_still_and_runs_is_not_slowed_in_between():
    """He holds his legs less still than who stands; the first frames are quick or misread."""
    rising, holding = np.arange(30, 37), 30 + np.linspace(0, 5, 40).astype(int)
    rows = np.concatenate([rising, holding, np.arange(30, len(POSE))])
    track = shown(rows)
    slow = slow_stretch(track)
    assert slow is not None
    assert slow.start > 0
    assert not stands(track.only(slow))
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    found, whole = tell_timing(
        track, metadata, given_fps=None, swap_cost=CleanSettings().swap_cost
    )
    assert not found.inferred
    assert not whole.inferred


def test_a_jog_is_no_sprint_at_half_speed_but_knees_of_a_sprinter_are():
    assert timing(step_hz=2.45, knee=95.0).slow_motion == 1.0
    assert timing(step_hz=2.45, knee=125.0).slow_motion == 2.0


def test_parts_at_different_speeds_with_too_few_steps_leave_the_times_unsure():
    t = POSE.time_s
    slow = (t >= 0.6) & (t < 0.9)
    track = POSE.replace(time_s=t + 3 * (np.clip(t, 0.6, 0.9) - 0.6))
    track = track.only(slow | (np.arange(len(t)) % 2 == 0))
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    found, _ = tell_timing(track, metadata, given_fps=None, swap_cost=CleanSettings().swap_cost)
    assert found.inferred
    assert found.rows is not None or "different speeds" in found.source


def test_a_walk_is_not_taken_for_slow_motion():
    found = timing(step_hz=1.8, knee=65.0)
    assert found.slow_motion == 1.0
    assert not found.inferred


@pytest.mark.parametrize("step_hz", [2.6, 3.0, 4.4, 5.0, float("nan")])
def test_a_run_in_real_time_or_without_enough_steps_is_not_slowed(step_hz):
    assert timing(step_hz=step_hz).slow_motion == 1.0


@given(hz=st.floats(0.3, 6.0))
def test_steps_are_counted_at_any_speed_of_playback(hz):
    t = np.arange(0.0, 10.0 / hz, min(1 / 30.0, 0.1 / hz))
    assert count_step_hz(np.cos(np.pi * hz * t), t) == pytest.approx(hz, rel=0.05)


def test_legs_that_jitter_while_he_crouches_are_no_part_that_plays_faster():
    random = np.random.default_rng(0)
    track = POSE.replace(time_s=8.0 * POSE.time_s)
    crouched = leaning(track, 60.0).xy_px[:30]
    xy_px = track.xy_px.copy()
    xy_px[:30] = crouched + random.normal(0, 40.0, crouched.shape)
    upright = track.xy_px.copy()
    upright[:30] += xy_px[:30] - crouched
    assert slow_stretch(track.replace(xy_px=upright)) is not None
    assert slow_stretch(track.replace(xy_px=xy_px)) is None


@pytest.mark.parametrize("row", [0, -1])
def test_a_misread_frame_at_a_clips_end_is_no_part_that_plays_faster(row):
    xy_px = POSE.xy_px.copy()
    xy_px[row, 13:] += np.random.default_rng(0).normal(0, 40.0, xy_px[row, 13:].shape)
    assert slow_stretch(POSE.replace(xy_px=xy_px)) is None


@pytest.mark.parametrize("hidden", [0.1, 0.2, 0.4])
@pytest.mark.parametrize("start", [20, 40, 60])
def test_who_is_hidden_for_a_moment_does_not_play_at_another_speed(start, hidden):
    xy_px = POSE.xy_px.copy()
    xy_px[start : start + round(60 * hidden)] = np.nan
    assert slow_stretch(POSE.replace(xy_px=xy_px)) is None


def test_the_cameras_tag_on_a_clip_that_plays_as_it_was_taken_makes_no_slow_motion_of_repeats():
    every_other = POSE.only(np.arange(len(POSE)) % 2 == 0)  # the other frames repeated these
    metadata = SimpleNamespace(fps=60.0, capture_fps=60.0, capture_fps_tag="com.apple.framerate")
    cost = CleanSettings().swap_cost
    found, _ = tell_timing(every_other, metadata, given_fps=None, swap_cost=cost)
    assert found.slow_motion == 1.0
    slowed = every_other.replace(time_s=2 * every_other.time_s)
    metadata.fps, metadata.capture_fps = 15.0, 30.0
    found, _ = tell_timing(slowed, metadata, given_fps=None, swap_cost=cost)
    assert found.slow_motion == pytest.approx(2.0)


def test_a_track_in_which_no_pose_was_read_is_timed_without_a_word():
    empty = POSE.replace(xy_px=np.full_like(POSE.xy_px, np.nan))
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    found, whole = tell_timing(
        empty, metadata, given_fps=None, swap_cost=CleanSettings().swap_cost
    )
    assert found == whole
    assert found.slow_motion == 1.0


def test_legs_that_do_not_pass_each_other_make_no_steps():
    t = np.arange(90) / 30.0
    assert np.isnan(count_step_hz(0.1 * np.cos(np.pi * 4 * t), t))
    assert np.isnan(count_step_hz(np.full(90, np.nan), t))


@pytest.mark.parametrize("slowed", [1.0, 2.0, 4.0, 8.0])
def test_a_rendered_sprint_is_read_in_real_time_however_slowly_it_plays(slowed):
    track = POSE.replace(time_s=POSE.time_s * slowed)
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    found, _ = tell_timing(track, metadata, given_fps=None, swap_cost=CleanSettings().swap_cost)
    assert found.slow_motion == slowed
    assert found.capture_fps == pytest.approx(60.0)
    assert found.inferred == (slowed > 1)


@pytest.mark.parametrize("step_hz", [2.1, 2.9, 6.4, 8.5])
def test_a_sprint_whose_steps_no_sprinter_takes_has_unsure_times_and_says_so(step_hz):
    doubted = doubt_unusual(timing(), step_hz, "sprint")
    assert doubted.inferred
    assert f"{step_hz:.1f} steps a second" in doubted.source
    assert doubted.source.startswith("inferred")


@pytest.mark.parametrize("step_hz", [3.2, 4.2, 5.3, float("nan")])
def test_usual_steps_are_no_reason_to_doubt_the_clips_own_times(step_hz):
    assert not doubt_unusual(timing(), step_hz, "sprint").inferred


def test_a_rate_that_the_user_gave_is_not_doubted():
    assert not doubt_unusual(timing(given_fps=60.0), 2.1, "sprint").inferred


@pytest.mark.parametrize(("knee", "factor"), [(84.0, 4.0), (115.0, 8.0)])
def test_the_knees_tell_a_slowed_jog_from_a_slowed_sprint(knee, factor):
    assert timing(step_hz=0.65, knee=knee).slow_motion == pytest.approx(factor)


@pytest.mark.parametrize("lead", [0, 20, 45])
def test_doubled_frames_of_a_run_are_spaced_evenly_where_repeats_of_the_wait_are_not_seen(lead):
    t = np.arange(lead + 120) / 60.0
    repeated = (np.arange(len(t)) >= lead) & (np.arange(len(t)) % 2 == 1)
    run_s = even_times(t, repeated)[lead:]
    np.testing.assert_allclose(np.diff(run_s), 1 / 30, rtol=0.02)


def steps_up_and_waits():
    """The pose of a sprinter who takes a step to the line, stands there, and runs."""
    rows = np.r_[np.arange(18), np.full(60, 18), np.arange(18, len(POSE))]
    shaken = POSE.xy_px[rows] + np.random.default_rng(0).normal(0, 0.5, POSE.xy_px[rows].shape)
    time_s = np.arange(len(rows)) / 60.0
    whole = POSE.world_m[rows], POSE.visibility[rows]
    return PoseTrack(time_s, np.arange(len(rows)), shaken, *whole)


def test_who_steps_up_stands_and_runs_plays_at_one_speed():
    metadata = SimpleNamespace(capture_fps=None, capture_fps_tag=None)
    cost = CleanSettings().swap_cost
    found, _ = tell_timing(steps_up_and_waits(), metadata, given_fps=None, swap_cost=cost)
    assert (found.inferred, found.slow_motion) == (False, 1.0)


@pytest.mark.parametrize("tagged_fps", [60.0, 120.0, 240.0])
def test_a_tag_by_which_nobody_could_run_is_not_believed_and_the_times_are_unsure(tagged_fps):
    found = timing(30.0, step_hz=4.4, tagged_fps=tagged_fps)
    assert found.slow_motion == 1.0
    assert found.inferred
    assert "com.apple.framerate" in found.source


def test_a_tag_of_slow_motion_that_fits_the_steps_is_believed():
    found = timing(30.0, step_hz=1.1, tagged_fps=120.0)
    assert (found.slow_motion, found.inferred) == (4.0, False)
