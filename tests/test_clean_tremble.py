"""How much a pose trembles: noise on any way that a trunk may take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.clean.tremble import tremble_px
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack


def run(fps=60.0, noise_px=0.0, seconds=2.0, times_s=None, shake_px=0.0, seed=1):
    """A trunk that leans, nods at 4.4 steps a second and crosses the picture, 300 px tall."""
    rng = np.random.default_rng(seed)
    t = np.arange(0.0, seconds, 1 / fps) if times_s is None else times_s
    xy = np.zeros((len(t), N_LANDMARKS, 2))
    xy[..., 0] = 1500.0 * t[:, None]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        nod = 8.0 * np.sin(2 * np.pi * 4.4 * t + sign)
        xy[:, INDEX[f"{side}_shoulder"]] += np.column_stack([20.0 + 5.0 * t + nod, -90.0 + nod / 4])
    xy += rng.normal(0.0, shake_px, (len(t), 1, 2)) + rng.normal(0.0, noise_px, xy.shape)
    world = np.zeros((*xy.shape[:2], 3))
    return PoseTrack(t, np.arange(len(t)), xy, world, np.ones(xy.shape[:2]))


@given(noise_px=st.floats(0.5, 5.0), seed=st.integers(0, 99))
def test_the_noise_of_a_landmark_is_told_to_a_quarter(noise_px, seed):
    assert tremble_px(run(noise_px=noise_px, seed=seed)) == pytest.approx(noise_px, rel=0.25)


@pytest.mark.parametrize("fps", [25.0, 30.0, 60.0, 240.0])
def test_neither_a_run_nor_a_camera_that_shakes_trembles(fps):
    assert tremble_px(run(fps, shake_px=6.0)) < 0.6


def test_frames_at_uneven_times_do_not_tremble():
    times_s = np.cumsum(np.random.default_rng(2).uniform(0.012, 0.03, 120))
    assert tremble_px(run(times_s=times_s)) < 0.2
    assert tremble_px(run(times_s=times_s, noise_px=2.0)) == pytest.approx(2.0, rel=0.35)


def test_the_same_noise_in_frames_that_follow_sooner_counts_more_since_less_of_it_shows_there():
    slow, fast = (tremble_px(run(fps, noise_px=2.0, seconds=4.0)) for fps in (60.0, 240.0))
    assert fast == pytest.approx(slow * 2, rel=0.15)


@pytest.mark.parametrize("track", [run(20.0), run(seconds=0.05), run(seconds=0.1)])
def test_of_too_few_frames_or_too_slow_ones_it_is_not_known(track):
    assert np.isnan(tremble_px(track))


def test_frames_that_are_missing_or_without_a_pose_are_passed_over():
    track = run(noise_px=1.5, seconds=4.0)
    holes = track.only(np.delete(np.arange(len(track)), np.arange(20, 60)))
    lost = track.xy_px.copy()
    lost[100:130] = np.nan
    for each in (holes, track.replace(xy_px=lost)):
        assert tremble_px(each) == pytest.approx(1.5, rel=0.25)
