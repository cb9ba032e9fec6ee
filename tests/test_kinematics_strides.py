"""Knee drives, step frequency and the overlap of contacts."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from kneedrive_cv.kinematics.angles import compute_hanging_angle
from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.kinematics.strides import (
    find_knee_drives,
    fit_step_frequency,
    overlap_fraction,
)
from kneedrive_cv.pose.landmarks import SIDES
from validation.runs import run_of

STEP_S = 1 / 4.4


def contacts_of(count, contact_s=0.1, step_s=STEP_S):
    """Alternating contacts from the left foot on."""
    return [Contact(SIDES[i % 2], i * step_s, i * step_s + contact_s, 9.0) for i in range(count)]


def thighs(time_s, step_s=STEP_S, top_deg=70.0):
    """Thighs that swing between 70 and -30; the left is highest 0.32 s after its touchdown."""
    swing = {"left": 0.0, "right": step_s}
    return {
        side: 20.0 + (top_deg - 20.0) * np.cos(np.pi * (time_s - 0.32 - late_s) / step_s)
        for side, late_s in swing.items()
    }


@pytest.fixture(params=[30.0, 60.0, 240.0])
def time_s(request):
    return np.arange(int(2.0 * request.param)) / request.param


def test_a_knee_drive_runs_from_toe_off_to_the_same_foots_next_touchdown(time_s):
    drives = find_knee_drives(contacts_of(6), thighs(time_s), time_s)
    assert [drive.side for drive in drives] == ["left", "right", "left", "right"]
    for i, drive in enumerate(drives):
        assert drive.toe_off_s == pytest.approx(i * STEP_S + 0.1)
        assert drive.touchdown_s == pytest.approx((i + 2) * STEP_S)
        assert drive.toe_off_s < drive.peak_s < drive.touchdown_s
        assert drive.peak_thigh_deg == pytest.approx(70.0, abs=0.1)
        assert drive.peak_s == pytest.approx(0.32 + i * STEP_S, abs=0.003)


def test_contact_flight_and_step_frequency_of_a_drive_are_those_of_the_events(time_s):
    drive = find_knee_drives(contacts_of(6), thighs(time_s), time_s)[1]
    assert drive.contact_time_s == pytest.approx(0.1)
    assert drive.flight_time_s == pytest.approx(STEP_S - 0.1)
    assert drive.step_frequency_hz == pytest.approx(4.4)


def test_the_delay_is_from_toe_off_to_the_rearmost_thigh(time_s):
    drive = find_knee_drives(contacts_of(6), thighs(time_s), time_s)[1]
    rearmost_s = 0.32 - STEP_S + STEP_S  # the right thigh is rearmost when the left is highest
    assert drive.delay_s == pytest.approx(rearmost_s - (STEP_S + 0.1), abs=0.005)


@pytest.mark.parametrize("rise_deg", [-40.0, 0.0, 12.0])
def test_a_thigh_that_hardly_rises_after_its_toe_off_makes_no_knee_drive(time_s, rise_deg):
    """The toe-off was misread: what would be its top is where the thigh sinks from."""
    drives = find_knee_drives(contacts_of(6), thighs(time_s), time_s)
    since_s = np.clip(time_s - drives[1].toe_off_s, 0.0, None)
    sinks = 50.0 + rise_deg * np.minimum(since_s / 0.1, 1.0) - 200.0 * np.clip(since_s - 0.1, 0, 1)
    found = find_knee_drives(contacts_of(6), thighs(time_s) | {"right": sinks}, time_s)
    assert [drive.side for drive in found] == ["left", "left"]


def test_a_step_whose_touchdown_was_missed_is_not_taken_for_a_slow_one(time_s):
    contacts = contacts_of(8)
    missed = [c for i, c in enumerate(contacts) if i != 3]
    rates = [d.step_frequency_hz for d in find_knee_drives(missed, thighs(time_s), time_s)]
    assert np.isnan(rates).sum() == 1
    np.testing.assert_allclose(np.array(rates)[np.isfinite(rates)], 4.4)


@pytest.mark.parametrize("step_hz", [4.6, 5.2])
def test_a_step_whose_touchdown_was_missed_has_no_rate_in_a_short_clip_either(time_s, step_hz):
    """Of so few steps it is not known how long they usually take."""
    step_s = 1 / step_hz
    missed = [c for i, c in enumerate(contacts_of(5, step_s=step_s)) if i != 1]
    drives = find_knee_drives(missed, thighs(time_s * STEP_S / step_s), time_s)
    assert [drive.side for drive in drives] == ["left", "left"]
    assert np.isnan([drives[0].flight_time_s, drives[0].step_frequency_hz]).all()
    assert drives[1].step_frequency_hz == pytest.approx(step_hz)


@pytest.mark.parametrize("higher_deg", [-5.0, 0.0, 5.0])
@pytest.mark.parametrize("step_hz", [4.8, 5.2])
def test_two_swings_between_which_the_contact_was_missed_are_no_knee_drive(
    time_s, step_hz, higher_deg
):
    """Whichever of the two comes higher: its delay would be that of the other one."""
    step_s = 1 / step_hz
    thigh = thighs(time_s * STEP_S / step_s)
    thigh["left"] = thigh["left"] + higher_deg * (time_s > 4.5 * step_s)
    missed = [c for i, c in enumerate(contacts_of(8, 0.09, step_s)) if i != 4]
    found = find_knee_drives(missed, thigh, time_s)
    assert all(drive.touchdown_s - drive.toe_off_s < 2 * step_s for drive in found)
    assert [drive.side for drive in found] == ["left", "right", "right", "right"]


def test_a_swing_that_never_comes_forward_is_no_knee_drive_where_that_is_asked(time_s):
    thigh = thighs(time_s) | {"right": thighs(time_s)["right"] - 90.0}
    found = find_knee_drives(contacts_of(6), thigh, time_s, least_top=10.0)
    assert [drive.side for drive in found] == ["left", "left"]


def late_thigh(time_s, hangs_s, rear_deg=-30.0, noise=None):
    """A thigh that hangs at its rear for a while, sinking by a degree, and then swings forward."""
    begins_s = STEP_S + 0.1 + hangs_s
    swing = rear_deg + 50.0 * (1 - np.cos(np.pi * (time_s - begins_s) / STEP_S))
    hang = rear_deg - (time_s - begins_s) / max(hangs_s, 0.02)
    thigh = np.where(time_s > begins_s, swing, hang)
    return thigh if noise is None else thigh + noise


@pytest.mark.parametrize("hangs_s", [0.03, 0.09])
def test_the_delay_of_a_thigh_that_hangs_behind_is_that_of_its_swing_whatever_the_noise(hangs_s):
    time_s = np.arange(48) / 60.0
    found = []
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0, 0.7, len(time_s))
        thigh = thighs(time_s) | {"right": late_thigh(time_s, hangs_s, noise=noise)}
        drives = find_knee_drives(contacts_of(4), thigh, time_s)
        found += [drive.delay_s for drive in drives if drive.side == "right"]
    assert len(found) == 20
    assert np.mean(found) == pytest.approx(hangs_s, abs=0.012)
    assert np.std(found) < 0.008


def test_a_known_lead_of_the_curves_is_added_to_the_peaks_time(time_s):
    plain = find_knee_drives(contacts_of(6), thighs(time_s), time_s)
    moved = find_knee_drives(contacts_of(6), thighs(time_s), time_s, peak_early_s=0.003)
    for a, b in zip(plain, moved, strict=True):
        assert b.peak_s == pytest.approx(a.peak_s + 0.003)
        assert b.peak_thigh_deg == a.peak_thigh_deg


def test_a_touchdown_or_toe_off_that_was_not_seen_makes_no_drive():
    time_s = np.arange(120) / 60.0
    contacts = contacts_of(6)
    contacts[2] = Contact("left", float("nan"), contacts[2].toe_off_s, 9.0)
    contacts[3] = Contact("right", contacts[3].touchdown_s, float("nan"), 9.0)
    sides = [d.side for d in find_knee_drives(contacts, thighs(time_s), time_s)]
    assert sides == ["right", "left"]


def test_a_swing_of_impossible_length_is_no_drive():
    """Where a contact was missed, the next touchdown of that foot comes far too late."""
    time_s = np.arange(240) / 60.0
    contacts = [c for i, c in enumerate(contacts_of(8)) if i not in (2, 4)]
    drives = find_knee_drives(contacts, thighs(time_s), time_s)
    assert [d.side for d in drives] == ["right"] * 3
    assert all(np.isnan(d.flight_time_s) or d.flight_time_s < 0.35 for d in drives)


def test_a_gap_at_the_top_makes_no_drive():
    time_s = np.arange(120) / 60.0
    thigh = thighs(time_s)
    thigh["left"][15:24] = np.nan
    drives = find_knee_drives(contacts_of(6), thigh, time_s)
    assert [d.side for d in drives] == ["right", "left", "right"]


def test_the_true_points_of_a_rendered_sprint_give_every_true_knee_drive(truth):
    sprint = truth("side_good")
    run = run_of(sprint)
    thigh = {
        side: compute_hanging_angle(
            sprint.points_px[f"{side}_hip"], sprint.points_px[f"{side}_knee"], forward=1.0
        )
        for side in SIDES
    }
    found = find_knee_drives(run.contacts(), thigh, run.time_s)
    expected = sprint.drives
    assert [drive.side for drive in found] == [drive.side for drive in expected]
    for number, (mine, true) in enumerate(zip(found, expected, strict=True)):
        assert mine.peak_thigh_deg == pytest.approx(true.metrics["thigh_deg"], abs=0.5)
        assert mine.peak_s == pytest.approx(true.peak_s, abs=0.005)
        if number > 0:  # the touchdown before the first drive lies before the clip
            hz = sprint.parameters["technique"]["step_rate_hz"]
            assert mine.step_frequency_hz == pytest.approx(hz, abs=0.05)


def test_the_step_frequency_of_a_run_counts_touchdowns_that_were_missed():
    whole = contacts_of(9)
    assert fit_step_frequency(whole) == pytest.approx(4.4)
    some = [c for i, c in enumerate(whole) if i not in (3, 6)]
    assert fit_step_frequency(some) == pytest.approx(4.4)


def test_the_step_frequency_of_a_run_averages_the_errors_of_its_events():
    random = np.random.default_rng(2)
    contacts = [
        Contact(c.side, c.touchdown_s + random.normal(0, 0.008), c.toe_off_s, 9.0)
        for c in contacts_of(12)
    ]
    assert fit_step_frequency(contacts) == pytest.approx(4.4, abs=0.05)


@pytest.mark.parametrize("missed", [c for n in (2, 3) for c in combinations(range(7), n)])
def test_the_feet_tell_how_many_steps_lie_between_touchdowns(missed):
    some = [c for i, c in enumerate(contacts_of(7)) if i not in missed]
    assert fit_step_frequency(some) == pytest.approx(4.4)


def test_the_step_frequency_of_one_foot_alone_is_that_of_both():
    assert fit_step_frequency(contacts_of(9)[::2]) == pytest.approx(4.4)


def test_a_foot_that_is_named_wrongly_does_not_change_the_step_frequency():
    contacts = contacts_of(9)
    contacts[4] = replace(contacts[4], side="right")
    assert fit_step_frequency(contacts) == pytest.approx(4.4)


def test_a_step_half_as_long_as_the_others_has_no_rate():
    hz, time_s = 3.8, np.arange(0, 3.5, 1 / 120)
    even = contacts_of(11, step_s=1 / hz)
    late_s = even[4].touchdown_s + 0.1
    uneven = [*even[:4], replace(even[4], touchdown_s=late_s, toe_off_s=late_s + 0.05), *even[5:]]
    rates, spoilt = (
        [
            drive.step_frequency_hz
            for drive in find_knee_drives(contacts, thighs(time_s, step_s=1 / hz), time_s)
        ]
        for contacts in (even, uneven)
    )
    assert np.nanmax(rates) == pytest.approx(hz)
    assert np.isnan(spoilt).sum() == np.isnan(rates).sum() + 1
    assert np.nanmax(spoilt) < hz / 0.65


def test_two_touchdowns_are_too_few_for_a_step_frequency():
    assert np.isnan(fit_step_frequency(contacts_of(2)))


def test_contacts_of_a_run_do_not_overlap_and_those_of_a_walk_do():
    assert overlap_fraction(contacts_of(8)) == 0.0
    walk = contacts_of(8, contact_s=0.65, step_s=0.5)
    assert overlap_fraction(walk) == pytest.approx(2 * 7 * 0.15 / (8 * 0.65))
    assert np.isnan(overlap_fraction([]))
