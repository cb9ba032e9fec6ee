"""Angles and events from markers of a real sprint, and from the sprinter's own points in space.

The bounds, and why the definitions differ, stand in `validation.mocap`; ``python -m
validation.mocap`` prints what is reached.
"""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.kinematics.series import extreme_between
from kneedrive_cv.pose.landmarks import SIDES
from validation.mocap import (
    BOUNDS,
    EVENT_BOUND_S,
    FITTED,
    MARKERS,
    PLATES_S,
    SPRINTER_BOUND_DEG,
    angle_difference,
    event_errors,
    fitted_angles,
    marker_angles,
    marker_run,
    read_markers,
    sprinter_angle_errors,
    sprinter_truth,
)
from validation.mocap_files import read_mot
from validation.runs import run_in_metres

EVENTS = ("touchdown", "toe_off")


@pytest.fixture(scope="module")
def markers(shared_path):
    return read_markers(shared_path(*MARKERS))


@pytest.fixture(scope="module")
def fitted(shared_path):
    return read_mot(shared_path(*FITTED))


@pytest.fixture(scope="module", params=[240.0, 60.0])
def sprint(root, request):
    return sprinter_truth(root, "side_good", request.param)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", BOUNDS)
def test_an_angle_from_markers_follows_that_of_the_fitted_skeleton(markers, fitted, side, name):
    off = angle_difference(markers, fitted, side, name)
    assert abs(off.mean()) <= BOUNDS[name].steady_deg
    assert off.std() <= BOUNDS[name].varying_deg


@pytest.mark.parametrize(("side", "start_s", "stop_s"), [("right", 0.05, 0.45), ("left", 0.4, 0.8)])
@pytest.mark.parametrize("every", [1, 4, 8])
def test_the_top_of_the_knee_drive_is_at_the_same_time_and_height(
    markers, fitted, side, start_s, stop_s, every
):
    """At 250 frames a second and thinned to 62 and 31: within 10 ms and the steady part."""
    time_s = fitted["time"]
    thigh = marker_angles(markers, side)["thigh_deg"]
    mine = extreme_between(thigh[::every], time_s[::every], start_s, stop_s)
    true = extreme_between(fitted_angles(fitted, side)["thigh_deg"], time_s, start_s, stop_s)
    assert mine is not None
    assert true is not None
    assert mine.time_s == pytest.approx(true.time_s, abs=0.010)
    assert mine.value == pytest.approx(true.value, abs=6.5)


@pytest.mark.parametrize(("every", "first"), [(1, 0), (4, 0), (4, 1), (4, 2), (4, 3)])
def test_force_plates_confirm_the_contacts_of_a_real_sprint(markers, every, first):
    """At 250 frames a second and thinned to 62; all but what the last frames hold."""
    for found in event_errors(marker_run(markers).thinned(every, first), PLATES_S):
        assert found.missed == 0
        assert len(found.errors_ms) >= 4
        assert np.abs(found.errors_ms).max() < 1000 * EVENT_BOUND_S, found.kind


def test_contacts_of_a_real_sprint_last_as_long_as_the_force_plates_say(markers):
    lasts = [c.toe_off_s - c.touchdown_s for c in marker_run(markers).contacts()]
    whole = np.array([last for last in lasts if np.isfinite(last)])
    assert len(whole) >= 4
    assert np.all((whole > 0.105) & (whole < 0.135))


def test_the_sprinters_points_in_space_give_its_true_angles(sprint):
    for name, worst_deg in sprinter_angle_errors(sprint):
        assert worst_deg < SPRINTER_BOUND_DEG, name


def test_the_sprinters_points_in_space_give_its_true_contacts(sprint):
    """At 240 and 60 frames a second."""
    true = {(kind, side): sprint.times_s(kind, side) for kind in EVENTS for side in SIDES}
    for found in event_errors(run_in_metres(sprint), true):
        assert found.missed == 0
        assert np.abs(found.errors_ms).max() < 1000 * EVENT_BOUND_S, found.kind
