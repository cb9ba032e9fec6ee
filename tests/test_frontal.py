"""What the front and the rear view show, against the exact points of a sprinter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kneedrive_cv.clean.repair import repair
from kneedrive_cv.clean.swaps import choose_tracks, leg_length_px
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.kinematics.frontal import (
    compute_tilt,
    find_frontal_drives,
    fit_frontal_step_frequency,
)
from kneedrive_cv.kinematics.frontal_contacts import find_frontal_contacts
from kneedrive_cv.kinematics.series import value_at
from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS
from kneedrive_cv.scene.steps import count_step_hz, folded_knee_deg
from kneedrive_cv.scene.view import find_sight
from kneedrive_cv.technique.frontal import KNEE_LOW_THIGH, KNEE_OUT_THIGH, measure_frontal
from tests.frontal_maker import measured, motion_of, seen, truth_of

CLEAN = CleanSettings()
SIZE = {"width_px": 1280, "height_px": 720}
FRONT, REAR = "camera.view=front", "camera.view=rear"
BOTH = pytest.mark.parametrize("view", ["front", "rear"])


def off_by(degrees):
    return f"camera.off_square_deg={degrees}"


def true_at_peaks(truth, name):
    """(side, time, true value) at each peak that lies well inside the clip."""
    times = np.array(truth["time_s"])
    return [
        (drive["side"], drive["time_s"], np.interp(drive["time_s"], times, truth["angles"][name]))
        for drive in truth["knee_drives"]
        if 0.05 < drive["time_s"] < times[-1] - 0.05
    ]


def mean_at_peaks(motion, name):
    """Mean over both legs of a leg's column at the peaks of its drives."""
    column = {side: motion.angles[f"{side}_{name}"] for side in ("left", "right")}
    values = [value_at(column[d.side], motion.track.time_s, d.peak_s) for d in motion.drives]
    return float(np.mean(values))


@BOTH
@pytest.mark.parametrize("off_deg", [-12, 0, 12])
def test_front_and_rear_are_told_also_a_dozen_degrees_beside_the_line(view, off_deg):
    sight = find_sight(seen(truth_of(f"camera.view={view}", off_by(off_deg))), forward=1.0)
    assert (sight.view, sight.near_side) == (view, None)
    assert sight.running_direction == ("towards" if view == "front" else "away")


@BOTH
def test_forty_degrees_beside_the_line_is_neither_front_nor_rear(view):
    pose = seen(truth_of(f"camera.view={view}", off_by(40)))
    assert find_sight(pose, forward=1.0).view == "oblique"


@BOTH
@pytest.mark.parametrize("kind", ["touchdown", "toe_off"])
def test_every_contact_is_found_from_the_heights_of_the_feet(view, kind):
    truth = truth_of(f"camera.view={view}")
    end_s = truth["time_s"][-1]
    true = [(e["side"], e["time_s"]) for e in truth["events"]
            if e["type"] == kind and 0.1 < e["time_s"] < end_s - 0.1]  # fmt: skip
    found = [(c.side, t) for c in motion_of(truth).contacts
             if 0.1 < (t := getattr(c, f"{kind}_s")) < end_s - 0.1]  # fmt: skip
    assert [side for side, _ in sorted(found, key=lambda e: e[1])] == [side for side, _ in true]
    off_s = [t - next(x for s, x in true if s == side and abs(x - t) < 0.06) for side, t in found]
    assert np.abs(off_s).max() < 0.020


@BOTH
@pytest.mark.parametrize("height_m", [1.2, 2.5])
@pytest.mark.parametrize(
    "run",
    [
        (),
        ("technique.speed_mps=5.5", "technique.contact_time_s=0.15"),
        ("technique.swing_knee_deg=105",),
        ("technique.peak_thigh_deg=60",),
    ],
)
def test_a_foot_that_goes_on_down_in_the_picture_while_it_stands_is_seen_to_land(
    view, height_m, run
):
    """From behind and above the hips leave a standing foot behind, and it sinks in the picture."""
    truth = truth_of(
        f"camera.view={view}",
        f"camera.height_m={height_m}",
        "camera.distance_m=18",
        "video.duration_s=1.6",
        *run,
    )
    end_s = truth["time_s"][-1]
    contacts = motion_of(truth).contacts
    for event in truth["events"]:
        if not 0.1 < event["time_s"] < end_s - 0.1:
            continue
        found = [getattr(c, f"{event['type']}_s") for c in contacts if c.side == event["side"]]
        assert np.nanmin(np.abs(np.array(found) - event["time_s"])) < 0.025, event
    assert sum(np.isfinite(c.toe_off_s) for c in contacts) <= 8


def test_a_foot_that_comes_down_evenly_is_seen_to_land():
    time_s = np.arange(0, 0.9, 1 / 60)
    knots_s = [0.0, 0.1, 0.2, 0.45, 0.57, 0.67, 0.9]
    drop = np.interp(time_s, knots_s, [0.9, 0.6, 0.5, 1.06, 1.12, 0.75, 0.5])
    low = np.full(len(time_s), 0.5)
    contacts = find_frontal_contacts({"left": drop, "right": low}, time_s)
    landed_s = [c.touchdown_s for c in contacts if np.isfinite(c.touchdown_s)]
    assert landed_s == pytest.approx([0.45], abs=0.025)


def test_no_foot_of_a_runner_lands_before_the_other_has_left():
    """One swings forward all but as low as it stands, and seems to stand already."""
    time_s = np.arange(0, 0.8, 1 / 60)
    knots_s = [0, 0.1, 0.22, 0.38, 0.5, 0.6, 0.8]
    left = np.interp(time_s, knots_s, [0.5, 0.6, 1.04, 1.1, 1.1, 0.7, 0.5])
    knots_s = [0, 0.1, 0.14, 0.26, 0.36, 0.5, 0.8]
    right = np.interp(time_s, knots_s, [0.7, 1.04, 1.1, 1.1, 0.7, 0.5, 0.6])
    contacts = find_frontal_contacts({"left": left, "right": right}, time_s)
    assert [c.side for c in contacts] == ["right", "left"]
    for contact, true_s in zip(contacts, (0.26, 0.5), strict=True):
        assert contact.toe_off_s == pytest.approx(true_s, abs=0.025)
    assert np.isnan(contacts[1].touchdown_s)


@pytest.mark.parametrize("pause_s", [0.02, 0.04])
def test_a_foot_that_pauses_on_its_way_up_has_left_before(pause_s):
    """Behind the body it is misread for some frames, and what comes after is faster."""
    time_s = np.arange(0, 0.9, 1 / 60)
    knots_s = [0.0, 0.12, 0.2, 0.32, 0.36, 0.36 + pause_s, 0.46 + pause_s, 0.7, 0.9]
    drop = [0.3, 0.6, 1.06, 1.08, 0.9, 0.88, 0.4, 0.6, 1.05]
    up = np.interp(time_s, knots_s, drop)
    low = np.full(len(time_s), 0.5)
    contacts = find_frontal_contacts({"left": up, "right": low}, time_s)
    left_s = [c.toe_off_s for c in contacts if np.isfinite(c.toe_off_s)]
    assert left_s == pytest.approx([0.32], abs=0.025)


@BOTH
def test_the_step_rate_is_that_of_the_run_also_as_he_grows_in_the_picture(view):
    truth = truth_of(f"camera.view={view}", "camera.motion=fixed", "technique.step_rate_hz=4.1")
    assert motion_of(truth).step_frequency_hz() == pytest.approx(4.1, abs=0.05)


def test_a_missed_touchdown_does_not_change_the_step_rate():
    contacts = [
        Contact("left" if k % 2 else "right", 0.25 * k if k != 3 else np.nan, 0.25 * k + 0.1, 1.0)
        for k in range(6)
    ]
    assert fit_frontal_step_frequency(contacts) == pytest.approx(4.0)
    assert np.isnan(fit_frontal_step_frequency(contacts[:1]))


@pytest.mark.parametrize("count", [8, 12, 20])
def test_the_step_rate_of_a_run_whose_steps_grow_faster_is_its_mean(count):
    lands_s = np.cumsum(np.linspace(0.25, 0.21, count))
    contacts = [
        Contact("left" if k % 2 else "right", t, t + 0.1, 1.0) for k, t in enumerate(lands_s)
    ]
    mean_hz = (count - 1) / (lands_s[-1] - lands_s[0])
    assert fit_frontal_step_frequency(contacts) == pytest.approx(mean_hz, abs=0.02)


@BOTH
def test_the_step_rate_is_that_of_the_run_also_where_one_foot_is_never_seen_to_land(view):
    motion = motion_of(truth_of(f"camera.view={view}", "technique.step_rate_hz=4.1"))
    hidden = [
        replace(c, touchdown_s=float("nan")) if c.side == "right" else c for c in motion.contacts
    ]
    seen = replace(motion, contacts=hidden)
    assert seen.step_frequency_hz() == pytest.approx(4.1, abs=0.1)
    none = replace(motion, contacts=[replace(c, touchdown_s=float("nan")) for c in hidden])
    assert none.step_frequency_hz() == pytest.approx(4.1, abs=0.1)


@BOTH
def test_the_step_rate_is_that_of_the_run_also_where_one_foot_is_never_seen_at_all(view):
    motion = motion_of(truth_of(f"camera.view={view}", "technique.step_rate_hz=4.1"))
    one = replace(motion, contacts=[c for c in motion.contacts if c.side == "left"])
    assert one.step_frequency_hz() == pytest.approx(4.1, abs=0.1)


@pytest.mark.parametrize(
    ("view", "fps", "delay_s"), [("front", 30, 0.09), ("front", 60, 0.09), ("rear", 60, 0.12)]
)
def test_a_foot_that_swings_forward_late_and_low_is_not_seen_to_leave_before_it_lands(
    view, fps, delay_s
):
    truth = truth_of(
        f"camera.view={view}",
        f"video.fps_hz={fps}",
        f"technique.knee_drive_delay_s={delay_s}",
        "video.duration_s=2.0",
    )
    clean = repair([seen(truth)], **SIZE, settings=CLEAN, frontal=True)
    motion = measured(clean.track)
    left_s = sorted(c.toe_off_s for c in motion.contacts if np.isfinite(c.toe_off_s))
    assert np.diff(left_s) == pytest.approx(1 / 4.4, abs=0.02)
    assert motion.step_frequency_hz() == pytest.approx(4.4, abs=0.05)


@BOTH
def test_from_front_and_rear_no_foot_lands_or_leaves_where_frames_are_missing(view):
    pose = seen(truth_of(f"camera.view={view}"))
    for start in range(15, len(pose) - 24, 3):
        kept = np.ones(len(pose), dtype=bool)
        kept[start : start + 9] = False
        for contact in measured(pose.only(kept)).contacts:
            for at_s in (contact.touchdown_s, contact.toe_off_s):
                assert not pose.time_s[start - 1] < at_s < pose.time_s[start + 9], (start, contact)


def merged_where_they_pass(pose):
    """The legs drawn onto each other in the frames in which one foot passes the other in height."""
    parts = ("knee", "ankle", "heel", "foot_index")
    left, right = ([INDEX[f"{side}_{part}"] for part in parts] for side in ("left", "right"))
    leg_px, xy_px = leg_length_px(pose), pose.xy_px.copy()
    apart = np.abs(pose.point("left_ankle") - pose.point("right_ankle"))[:, 1]
    passing = apart < 0.5 * leg_px
    middle = (xy_px[:, left] + xy_px[:, right]) / 2
    for side in (left, right):
        xy_px[np.ix_(passing, side)] += 0.9 * (middle[passing] - xy_px[np.ix_(passing, side)])
    xy_px += 0.01 * leg_px * np.random.default_rng(1).normal(size=xy_px.shape)
    return pose.replace(xy_px=xy_px)


@BOTH
def test_legs_that_are_merged_as_they_pass_in_height_keep_the_names_that_the_hips_give(view):
    truth = truth_of(f"camera.view={view}", "video.fps_hz=30", "video.duration_s=1.6")
    pose = merged_where_they_pass(seen(truth))
    assert not repair([pose], **SIZE, settings=CLEAN, frontal=True).swapped.any()


@BOTH
def test_a_body_that_is_taken_for_its_other_side_for_some_frames_gets_its_names_back(view):
    pose = seen(truth_of(f"camera.view={view}"))
    other = [
        INDEX[name.replace("left", "*").replace("right", "left").replace("*", "right")]
        for name in LANDMARKS
    ]
    xy_px = pose.xy_px.copy()
    wrong = np.isin(np.arange(len(pose)), (5, *range(30, 38)))
    xy_px[wrong] = xy_px[wrong][:, other]
    clean = repair([pose.replace(xy_px=xy_px)], **SIZE, settings=CLEAN, frontal=True)
    assert np.flatnonzero(clean.swapped).tolist() == np.flatnonzero(wrong).tolist()


@BOTH
def test_hips_name_the_legs_also_of_a_pose_without_shoulders(view):
    pose = seen(truth_of(f"camera.view={view}"))
    xy_px = pose.xy_px.copy()
    xy_px[:, [INDEX["left_shoulder"], INDEX["right_shoulder"]]] = np.nan
    choice = choose_tracks([pose.replace(xy_px=xy_px)], switch_cost=0.05, frontal=True)
    assert not choice.swapped.any()


def test_a_drive_whose_touchdown_is_hidden_keeps_its_peak_and_claims_no_times():
    motion = motion_of(truth_of(REAR))
    contacts = [contact for contact in motion.contacts if np.isfinite(contact.toe_off_s)]
    hidden = [replace(contact, touchdown_s=float("nan")) for contact in contacts]
    height = {side: motion.angles[f"{side}_knee_height_thigh"] for side in ("left", "right")}
    seen_whole = find_frontal_drives(contacts, height, motion.track.time_s)
    guessed = find_frontal_drives(hidden, height, motion.track.time_s)
    peaks = {round(drive.peak_s, 4) for drive in guessed}
    assert {round(drive.peak_s, 4) for drive in seen_whole} <= peaks
    for drive in guessed:
        assert np.isnan([drive.contact_time_s, drive.flight_time_s, drive.step_frequency_hz]).all()


def test_feet_that_do_not_rise_make_no_contacts():
    time_s = np.arange(60) / 60
    still = {"left": 1.0 + 0.02 * np.sin(20 * time_s), "right": np.full(60, np.nan)}
    assert find_frontal_contacts(still, time_s) == []


@pytest.mark.parametrize("roll_deg", [0, 5])
def test_the_tilt_of_the_pelvis_is_its_own_and_not_the_cameras(roll_deg):
    truth = truth_of(FRONT, "technique.pelvis_obliquity_deg=8", f"camera.roll_deg={roll_deg}")
    motion = motion_of(truth)
    for _, at_s, true_deg in true_at_peaks(truth, "pelvis_obliquity_deg"):
        tilt = value_at(motion.angles["pelvis_obliquity_deg"], motion.track.time_s, at_s)
        assert tilt == pytest.approx(true_deg, abs=1.5)


@BOTH
def test_a_knee_that_is_driven_less_high_shows_by_its_height(view):
    truth = truth_of(f"camera.view={view}", "technique.left.peak_thigh_deg=65",
                     "technique.right.peak_thigh_deg=88")  # fmt: skip
    motion = motion_of(truth)
    height = {
        drive.side: value_at(
            motion.angles[f"{drive.side}_knee_height_thigh"], motion.track.time_s, drive.peak_s
        )
        for drive in motion.drives
    }
    true = -np.cos(np.deg2rad(65)) + np.cos(np.deg2rad(88))
    assert height["left"] - height["right"] == pytest.approx(true, abs=0.08)
    assert height["right"] - KNEE_LOW_THIGH[view] == pytest.approx(-np.cos(np.deg2rad(88)), abs=0.1)


@BOTH
@pytest.mark.parametrize("off_deg", [0, 8])
def test_how_far_in_the_knees_come_does_not_depend_on_where_the_camera_stands(view, off_deg):
    truth = truth_of(f"camera.view={view}", off_by(off_deg))
    across = mean_at_peaks(motion_of(truth), "knee_across_middle_thigh") - KNEE_OUT_THIGH[view]
    points = {name: np.array(values) for name, values in truth["points_m"].items()}
    thigh_m = np.linalg.norm(points["left_knee"] - points["left_hip"], axis=1)
    out = (points["left_knee"] - (points["left_hip"] + points["right_hip"]) / 2)[:, 1] / thigh_m
    at_s = next(at for side, at, _ in true_at_peaks(truth, "left_thigh_deg") if side == "left")
    assert across == pytest.approx(-np.interp(at_s, truth["time_s"], out), abs=0.03)


@BOTH
def test_steps_are_counted_and_a_run_told_from_a_walk_by_heights_alone(view):
    truth = truth_of(f"camera.view={view}", "technique.step_rate_hz=4.0", "video.duration_s=2")
    pose = seen(truth)
    up = (pose.point("left_ankle") - pose.point("right_ankle"))[:, 1]
    assert count_step_hz(up / np.ptp(up) * 1.5, pose.time_s) == pytest.approx(4.0, abs=0.2)
    assert folded_knee_deg(pose) > 90


def test_a_tilt_has_the_same_sign_from_the_front_and_from_the_rear():
    high, low = np.array([0.0, -1.0]), np.array([10.0, 0.0])
    from_the_front = compute_tilt(low, high, facing=1.0)
    from_the_rear = compute_tilt(low * [-1, 1], high * [-1, 1], facing=-1.0)
    assert from_the_front == from_the_rear > 0


@BOTH
@pytest.mark.parametrize("lasts_s", [2.0, 3.0])
def test_who_rises_out_of_the_blocks_keeps_the_contacts_of_both_legs(view, lasts_s):
    truth = truth_of(
        f"camera.view={view}",
        "technique.speed_mps=7",
        "technique.contact_time_s=0.13",
        "technique.block_start_lean_deg=40",
        f"video.duration_s={lasts_s}",
    )
    for kind in ("touchdown", "toe_off"):
        true = [
            (e["side"], e["time_s"]) for e in truth["events"]
            if e["type"] == kind and 0.1 < e["time_s"] < lasts_s - 0.1
        ]  # fmt: skip
        found = [(c.side, getattr(c, f"{kind}_s")) for c in motion_of(truth).contacts]
        for side, at_s in true:
            assert any(s == side and abs(t - at_s) < 0.03 for s, t in found), (kind, side, at_s)


@pytest.mark.parametrize("first", [5, 19, 32])
def test_a_foot_that_pauses_on_its_way_down_as_the_clip_ends_has_not_landed(first):
    truth = truth_of(
        FRONT,
        "video.duration_s=1.6",
        "technique.speed_mps=7",
        "technique.contact_time_s=0.13",
        "technique.peak_thigh_deg=60",
    )
    pose = seen(truth).only(slice(first, first + 60))
    true_s = [e["time_s"] for e in truth["events"] if e["type"] == "touchdown"]
    sight = find_sight(pose, forward=1.0)
    clean = repair([pose], **SIZE, settings=CLEAN, frontal=True)
    found = measure_frontal(clean, sight=sight, settings=CLEAN).contacts
    landed_s = [c.touchdown_s for c in found if np.isfinite(c.touchdown_s)]
    assert all(min(abs(t - x) for x in true_s) < 0.05 for t in landed_s)
