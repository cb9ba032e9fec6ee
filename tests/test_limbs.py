"""How limb lengths and the slip of standing feet are counted."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.pose.landmarks import INDEX
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.limbs import Contact, contacts_of, limb_variation, slip, toes, upright_rows
from validation.truth import TruthEvent, load_truth

TRUTH = load_truth(ROOT / "sample_videos" / "side_good.json")
POSE = pose_of(TRUTH)
EVERY = np.ones(len(POSE), dtype=bool)


def event(kind, side, time_s):
    return TruthEvent(kind, side, time_s, 60 * time_s)


def test_a_contact_is_a_touchdown_and_the_toe_off_that_follows():
    events = [
        event("toe_off", "left", 0.1),
        event("touchdown", "left", 0.3),
        event("touchdown", "right", 0.35),
        event("toe_off", "left", 0.4),
    ]
    assert contacts_of(events) == [Contact("left", 0.3, 0.4)]


def test_limbs_of_the_truth_hardly_vary():
    found = limb_variation(POSE, "right", EVERY)
    assert max(found.values()) < 3.0


def test_an_athlete_who_comes_nearer_changes_nothing():
    nearer = np.linspace(1.0, 1.4, len(POSE))[:, None, None]
    found = limb_variation(POSE.replace(xy_px=POSE.xy_px * nearer), "right", EVERY)
    before = limb_variation(POSE, "right", EVERY)
    assert found == pytest.approx(before, abs=0.3)


def test_a_knee_that_shakes_varies_thigh_and_shank():
    xy_px = POSE.xy_px.copy()
    xy_px[::2, INDEX["right_knee"]] += [0.0, 8.0]
    found = limb_variation(POSE.replace(xy_px=xy_px), "right", EVERY)
    assert min(found.values()) > limb_variation(POSE, "right", EVERY)["thigh"] + 1.0


def test_too_few_frames_say_nothing():
    assert np.isnan(limb_variation(POSE, "right", EVERY & (POSE.time_s < 0.1))["thigh"])


def test_upright_frames_lie_between_contacts_and_lean_little():
    lean_deg = np.where(POSE.time_s < 0.5, 35.0, 6.0)
    rows = upright_rows(POSE, lean_deg, [Contact("left", 0.2, 0.3), Contact("right", 0.8, 0.9)])
    assert POSE.time_s[rows].min() >= 0.5
    assert POSE.time_s[rows].max() <= 0.9
    assert not upright_rows(POSE, lean_deg, []).any()


def test_a_toe_that_stands_does_not_slip_and_one_that_is_dragged_does():
    still = {"left": np.tile([100.0, 300.0], (60, 1)), "right": np.zeros((60, 2))}
    time_s = np.arange(60) / 60
    contacts = [Contact("left", 0.2, 0.4)]
    assert slip(still, time_s, contacts, 200.0) == (0.0, 0.0, 1)
    dragged = {**still, "left": still["left"] + time_s[:, None] * [60.0, 0.0]}
    spread, reach, _ = slip(dragged, time_s, contacts, 200.0)
    assert reach == pytest.approx(100 * 6.0 / 200.0)  # six frames of one pixel each
    assert 0 < spread < reach


def test_without_a_contact_in_sight_nothing_is_said_of_slip():
    time_s = np.arange(5) / 60
    found = slip({"left": np.zeros((5, 2))}, time_s, [Contact("left", 0.5, 0.6)], 200.0)
    assert np.isnan(found[0])
    assert found[2] == 0


def test_true_toes_stand_in_the_middle_of_their_contacts():
    """In metres, as the sample's camera moves along."""
    toe_m = {s: TRUTH.points_m[f"{s}_foot_index"][:, [0, 2]] for s in ("left", "right")}
    spread, _, n = slip(toe_m, POSE.time_s, contacts_of(TRUTH.events), 0.9)
    assert n >= 4
    assert spread < 1.0
    assert set(toes(POSE)) == set(toe_m)
