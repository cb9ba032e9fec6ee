"""Values between frames."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.kinematics.series import (
    crest_between,
    extreme_between,
    rows_between,
    value_at,
)

FPS = 30.0
HZ = 2.2
"""A thigh swings about so often in a sprint."""


@given(phase=st.floats(0, 1))
def test_the_peak_of_a_cosine_at_30_frames_a_second_is_found_between_frames(phase):
    t = np.arange(30) / FPS
    peak_s = 0.4 + phase / FPS
    wave = 50.0 * np.cos(2 * np.pi * HZ * (t - peak_s))
    found = extreme_between(wave, t, peak_s - 0.15, peak_s + 0.15)
    assert found is not None
    assert found.value == pytest.approx(50.0, abs=0.002 * 50.0)
    assert found.time_s == pytest.approx(peak_s, abs=0.003)
    lowest = extreme_between(-wave, t, peak_s - 0.15, peak_s + 0.15, sign=-1.0)
    assert lowest is not None
    assert lowest.value == pytest.approx(-50.0, abs=0.002 * 50.0)


def test_a_peak_in_a_gap_is_not_made_up():
    t = np.arange(30) / FPS
    wave = np.cos(2 * np.pi * HZ * (t - 0.5))
    wave[13:17] = np.nan
    assert extreme_between(wave, t, 0.35, 0.65) is None


@pytest.mark.parametrize("at_s", [0.41, 0.48, 0.55])
def test_a_value_in_a_gap_is_not_made_up(at_s):
    t = np.arange(30) / FPS
    wave = np.cos(2 * np.pi * HZ * (t - 0.5))
    wave[13:17] = np.nan
    assert np.isnan(value_at(wave, t, at_s))
    assert extreme_between(wave, t, at_s, 0.65) is None
    assert extreme_between(wave, t, 0.35, at_s) is None


def test_one_missing_frame_is_no_gap():
    t = np.arange(30) / FPS
    wave = np.cos(2 * np.pi * HZ * (t - 0.5))
    wave[14] = np.nan
    found = extreme_between(wave, t, 0.35, 0.65)
    assert found is not None
    assert found.value == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("start_s", "stop_s"), [(-0.1, 0.3), (0.8, 1.2), (0.5, 0.5), (0.6, 0.5)])
def test_there_is_no_peak_outside_of_what_was_seen_or_in_no_time(start_s, stop_s):
    t = np.arange(30) / FPS
    assert extreme_between(np.sin(t), t, start_s, stop_s) is None


def test_a_value_outside_of_what_was_seen_is_missing():
    t = np.arange(30) / FPS
    assert np.isnan(value_at(t, t, -0.01))
    assert np.isnan(value_at(t, t, 1.2))


def test_the_frames_between_two_times_hold_both_ends_and_end_with_the_signal():
    t = np.arange(5.0)
    assert list(t[rows_between(t, 1.0, 3.0)]) == [1, 2, 3]
    assert list(t[rows_between(t, 1.5, 1.6)]) == []
    assert list(t[rows_between(t, 2.0, 2.0, more=1)]) == [1, 2, 3]
    assert list(t[rows_between(t, 3.5, 9.0, more=3)]) == [1, 2, 3, 4]


def test_a_value_of_a_long_signal_is_that_of_its_part():
    t = np.arange(0, 40, 1 / FPS)
    wave = np.cos(2 * np.pi * HZ * t)
    part = slice(580, 620)
    found = extreme_between(wave, t, 19.8, 20.2)
    assert found == extreme_between(wave[part], t[part], 19.8, 20.2)
    assert value_at(wave, t, 20.01) == value_at(wave[part], t[part], 20.01)


def crest(noise_seed=0, noise_deg=1.0, peak_s=0.41):
    """A thigh's peak at 60 frames a second, with noise."""
    t = np.arange(60) / 60
    noise = np.random.default_rng(noise_seed).normal(0, noise_deg, len(t))
    return t, 50.0 * np.cos(2 * np.pi * HZ * (t - peak_s)) + noise


def of_noisy_waves(depth):
    """What is read of 40 noisy peaks at 0.41 s, 50 high: off by, (40, crest or greatest)."""
    off_s, off_deg = np.empty((40, 2)), np.empty((40, 2))
    for seed in range(40):
        t, wave = crest(seed)
        read = crest_between(wave, t, 0.26, 0.56, depth=depth), extreme_between(wave, t, 0.26, 0.56)
        off_s[seed] = [each.time_s - 0.41 for each in read]
        off_deg[seed] = [each.value - 50.0 for each in read]
    return off_s, off_deg


def test_the_crest_of_a_noisy_wave_is_timed_better_than_its_greatest_value():
    crests, greatest = of_noisy_waves(4.0)[0].T
    assert np.std(crests) < 0.8 * np.std(greatest)
    assert abs(np.mean(crests)) < 0.002


@pytest.mark.parametrize("skew", [-0.3, 0.3])
def test_a_crest_whose_flanks_differ_is_timed_where_it_is_highest(skew):
    t = np.arange(60) / 60
    phase = 2 * np.pi * HZ * (t - 0.41)
    wave = 50.0 * np.cos(phase + skew * (1 - np.cos(phase)))
    found = crest_between(wave, t, 0.26, 0.56, depth=6.0)
    assert abs(found.time_s - 0.41) < 0.0005


def test_the_crest_of_a_noisy_wave_is_read_nearer_to_its_height_than_its_greatest_value():
    crests, greatest = of_noisy_waves(6.0)[1].T
    assert np.mean(crests) < np.mean(greatest)
    assert np.sqrt(np.mean(crests**2)) < 0.95 * np.sqrt(np.mean(greatest**2))


@pytest.mark.parametrize(("start_s", "stop_s"), [(0.2, 0.40), (0.42, 0.6), (0.2, 0.412)])
def test_a_crest_that_the_window_cuts_is_the_greatest_value_in_it(start_s, stop_s):
    t, wave = crest(noise_deg=0.0)
    found = crest_between(wave, t, start_s, stop_s, depth=4.0)
    assert found == extreme_between(wave, t, start_s, stop_s)


def test_a_crest_in_a_gap_is_not_made_up():
    t, wave = crest()
    wave[22:27] = np.nan
    assert crest_between(wave, t, 0.26, 0.56, depth=4.0) is None
