"""Smoothing without lag by the frames' own times, and gaps that are filled only so far."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.kinematics.smoothing import derivative, fill_gaps, smooth


def uneven(count, step_s, seed=1):
    """Times with a jitter of a fifth of a step."""
    random = np.random.default_rng(seed)
    return np.arange(count) * step_s + random.uniform(-0.2, 0.2, count) * step_s


@pytest.mark.parametrize("cutoff_hz", [1.5, 6.0, 12.0, 18.0])
def test_a_symmetric_pulse_keeps_its_centre(cutoff_hz):
    t = np.arange(-60, 61) / 60.0
    pulse = np.exp(-((t / 0.04) ** 2))
    out = smooth(pulse, t, cutoff_hz=cutoff_hz)
    np.testing.assert_allclose(out, out[::-1], atol=1e-9)
    assert t[np.argmax(out)] == 0.0


@pytest.mark.parametrize("times", ["even", "uneven"])
@pytest.mark.parametrize("cutoff_hz", [6.0, 12.0, 18.0])
@pytest.mark.parametrize("share", [0.25, 0.5, 1.0, 1.5, 2.0])
def test_the_response_is_that_of_a_butterworth_filter_run_both_ways(times, cutoff_hz, share):
    """1 / (1 + (f / cutoff)^4) of the amplitude is left, within 0.03, at any phase."""
    step_s = 1 / 240.0
    t = np.arange(960) * step_s if times == "even" else uneven(960, step_s)
    hz = share * cutoff_hz
    expected = 1.0 / (1.0 + share**4)
    middle = slice(240, -240)
    for phase in (0.0, 1.0):
        wave = np.sin(2 * np.pi * hz * t + phase)
        out = smooth(wave, t, cutoff_hz=cutoff_hz)
        basis = np.stack([wave, np.cos(2 * np.pi * hz * t + phase)], axis=1)[middle]
        in_phase, lagging = np.linalg.lstsq(basis, out[middle], rcond=None)[0]
        assert in_phase == pytest.approx(expected, abs=0.03)
        assert lagging == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_the_cut_off_is_in_real_time_whatever_the_frame_rate(fps):
    t = np.arange(int(6 * fps)) / fps
    out = smooth(np.sin(2 * np.pi * 6.0 * t), t, cutoff_hz=6.0)
    middle = out[int(2 * fps) : int(4 * fps)]
    assert np.sqrt(2 * np.mean(middle**2)) == pytest.approx(0.5, abs=0.03)


@given(slope=st.floats(-100, 100), level=st.floats(-1000, 1000), seed=st.integers(0, 99))
def test_a_straight_line_is_left_as_it_is(slope, level, seed):
    t = uneven(50, 1 / 30, seed)
    line = slope * t + level
    np.testing.assert_allclose(smooth(line, t, cutoff_hz=6.0), line, atol=1e-5)


@given(st.lists(st.booleans(), min_size=40, max_size=40))
def test_what_is_missing_stays_missing_and_nothing_else_gets_lost(missing):
    t = np.arange(40) / 30.0
    signal = np.where(missing, np.nan, np.sin(t))
    out = smooth(signal, t, cutoff_hz=6.0)
    np.testing.assert_array_equal(np.isnan(out), missing)


def test_each_column_is_smoothed_by_itself():
    t = np.arange(60) / 60.0
    values = np.random.default_rng(0).normal(size=(60, 3, 2))
    out = smooth(values, t, cutoff_hz=8.0)
    np.testing.assert_allclose(out[:, 1, 0], smooth(values[:, 1, 0], t, cutoff_hz=8.0))


def test_fewer_than_five_frames_are_returned_as_they_are():
    values = np.array([1.0, 5.0, np.nan, 2.0, 7.0])
    np.testing.assert_array_equal(smooth(values, np.arange(5.0), cutoff_hz=1.0), values)


@pytest.mark.parametrize("shape", [(0,), (0, 33, 2), (6, 0)])
def test_what_holds_nothing_comes_back_as_it_is(shape):
    empty, t = np.empty(shape), np.arange(shape[0]) / 30
    assert smooth(empty, t, cutoff_hz=6.0).shape == shape
    assert fill_gaps(empty, t, max_gap_s=0.1).shape == shape


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"time_s": np.arange(8.0)}, r"time_s has shape \(8,\), expected \(9,\)"),
        ({"time_s": np.arange(10.0)}, r"time_s has shape \(10,\), expected \(9,\)"),
        ({"weights": np.ones(8)}, r"weights has shape \(8,\), expected \(9,\)"),
        ({"time_s": -np.arange(9.0)}, "time_s must increase"),
        ({"time_s": np.zeros(9)}, "time_s must increase"),
        ({"time_s": np.full(9, np.nan)}, "time_s must increase"),
        ({"cutoff_hz": -1.0}, "cutoff_hz is -1, and must be above 0"),
        ({"cutoff_hz": float("nan")}, "cutoff_hz is nan"),
    ],
)
def test_what_cannot_be_smoothed_by_is_refused(changes, told):
    fitting = {"time_s": np.arange(9.0), "cutoff_hz": 0.1}
    with pytest.raises(ValueError, match=told):
        smooth(np.ones(9), **fitting | changes)


def test_values_and_times_may_be_lists():
    t = uneven(20, 1 / 30)
    whole = smooth(np.sin(t), t, cutoff_hz=6.0, weights=np.ones(20))
    lists = smooth(np.sin(t).tolist(), t.tolist(), cutoff_hz=6.0, weights=[1.0] * 20)
    np.testing.assert_array_equal(lists, whole)


@given(
    missing=st.lists(st.booleans(), min_size=30, max_size=30),
    max_gap_s=st.floats(0.0, 0.4),
    seed=st.integers(0, 20),
)
def test_a_gap_is_filled_up_to_the_stated_length_and_never_at_the_ends(missing, max_gap_s, seed):
    t = uneven(30, 1 / 30, seed)
    values = np.where(missing, np.nan, 3.0 * t + 1.0)
    out = fill_gaps(values, t, max_gap_s=max_gap_s)
    known = np.flatnonzero(~np.array(missing))
    for i in np.flatnonzero(missing):
        before, after = known[known < i], known[known > i]
        if len(before) and len(after) and t[after[0]] - t[before[-1]] <= max_gap_s:
            assert out[i] == pytest.approx(3.0 * t[i] + 1.0)
        elif not (len(before) and len(after)) or t[after[0]] - t[before[-1]] > max_gap_s + 1e-6:
            assert np.isnan(out[i])
    np.testing.assert_array_equal(out[known], values[known])


def test_a_gap_is_measured_in_seconds_not_in_frames():
    t = np.array([0.0, 0.01, 0.02, 0.3, 0.6, 0.9])
    values = np.where(np.isin(np.arange(6), (1, 3)), np.nan, 100.0 * t)
    out = fill_gaps(values, t, max_gap_s=0.07)
    assert out[1] == pytest.approx(1.0)
    assert np.isnan(out[3])


@given(phase=st.floats(0, 6.28), missing=st.integers(4, 20))
def test_a_frame_missing_from_a_swing_is_filled_nearer_than_by_a_straight_line(phase, missing):
    t = np.arange(25) / 25
    swing = np.cos(2 * np.pi * 2.2 * t + phase)
    out = fill_gaps(np.where(np.arange(25) == missing, np.nan, swing), t, max_gap_s=0.085)
    straight = (swing[missing - 1] + swing[missing + 1]) / 2
    off, straight_off = abs(out[missing] - swing[missing]), abs(straight - swing[missing])
    assert off <= 0.7 * straight_off + 0.02


def test_the_filled_points_of_two_lie_on_the_straight_line_by_time():
    t = np.array([0.0, 0.03, 0.04])
    out = fill_gaps(np.array([0.0, np.nan, 4.0]), t, max_gap_s=0.1)
    assert out[1] == pytest.approx(3.0)


def test_a_derivative_goes_by_the_frames_own_times():
    t = uneven(40, 1 / 30)
    np.testing.assert_allclose(derivative(5.0 * t, t), 5.0)
    assert np.isnan(derivative(np.array([1.0]), np.array([0.0]))).all()
