"""Rates of steps where touchdowns, lifts or frames are missing."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from kneedrive_cv.config import Settings
from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.kinematics.strides import find_knee_drives, fit_rate_hz, fit_step_frequency
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.scene.steps import steps_of
from kneedrive_cv.scene.timing import find_timing
from tests.test_kinematics_strides import thighs
from tests.test_partly_seen import hidden, taken_at


def contacts_at(steps, step_s=1 / 4.4):
    sides = ("left", "right")
    return [Contact(sides[i % 2], i * step_s, i * step_s + 0.1, 9.0) for i in steps]


@pytest.mark.parametrize("seen", list(combinations(range(6), 3)))
def test_three_touchdowns_of_six_tell_the_step_frequency(seen):
    assert fit_step_frequency(contacts_at(seen)) == pytest.approx(4.4)


def test_three_lifts_between_which_one_or_two_were_missed_tell_their_rate():
    assert fit_rate_hz([0.0, 0.5, 2.0]) == pytest.approx(2.0)


@pytest.mark.parametrize("hidden_from_s", [0.2, 0.3, 0.4])
def test_a_sprint_that_something_hides_for_a_moment_does_not_play_slowed(hidden_from_s):
    track = taken_at(np.arange(0.65, 0.65 + 1.3, 1 / 60))
    since_s = track.time_s - track.time_s[0]
    hides = (since_s >= hidden_from_s) & (since_s < hidden_from_s + 0.4)
    track = hidden(track, LANDMARKS, hides)
    step_hz, knee_deg = steps_of(track, Settings().clean.swap_cost, frontal=False)
    found = find_timing(
        60.0, step_hz=step_hz, swing_knee_deg=knee_deg, given_fps=None, tagged_fps=None, tag=None
    )
    assert found.slow_motion == 1.0


def test_a_flight_that_ends_with_a_touchdown_told_too_early_is_not_told():
    contacts = contacts_at(range(7))
    contacts[5] = replace(contacts[5], touchdown_s=contacts[5].touchdown_s - 0.115)
    time_s = np.arange(120) / 60
    drives = find_knee_drives(contacts, thighs(time_s), time_s)
    misread = drives[-1]
    assert np.isnan(misread.step_frequency_hz)
    assert np.isnan(misread.flight_time_s)
