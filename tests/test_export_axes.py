"""Axes of exported markers, and signs in the tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas
import pytest

from kneedrive_cv.export.body import evened, markers_of
from kneedrive_cv.export.csv import write_strides
from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS
from kneedrive_cv.scene.level import Level
from tests.sample_analysis import make_analysis


@pytest.mark.parametrize("direction", ["right", "left", "towards", "away"])
def test_markers_have_the_runner_s_right_at_his_right_and_what_is_ahead_ahead(direction):
    shown = make_analysis()
    scene = shown.result.scene.model_copy(update={"running_direction": direction})
    shown = shown.with_result(shown.result.model_copy(update={"scene": scene}))
    xy_px, world_m = np.zeros_like(shown.pose.xy_px), np.zeros_like(shown.pose.world_m)
    right = [INDEX[name] for name in LANDMARKS if name.startswith("right_")]
    nose = INDEX["nose"]
    # where the picture has his right (x) or the camera its near side (z negative)
    if direction in ("right", "left"):
        world_m[:, right, 2] = -0.2 if direction == "right" else 0.2
        xy_px[:, nose, 0] = 50.0 if direction == "right" else -50.0
    else:
        xy_px[:, right, 0] = -40.0 if direction == "towards" else 40.0
        world_m[:, nose, 2] = -0.2 if direction == "towards" else 0.2
    track = shown.pose.replace(xy_px=xy_px, world_m=world_m)
    names = ("Hip", "RHip", "LHip", "RShoulder", "LShoulder", "Nose")
    made = markers_of(replace(shown, pose=track), height_m=1.8, names=names).xyz_m
    hip, r_hip, l_hip, _, _, nose_m = made.transpose(1, 0, 2)
    assert (r_hip[:, 2] > l_hip[:, 2]).all()
    assert (nose_m[:, 0] > hip[:, 0]).all()


def test_numbers_below_zero_keep_their_sign_in_the_table_of_strides(tmp_path):
    shown = make_analysis()
    write_strides(shown, tmp_path / "strides.csv")
    table = pandas.read_csv(tmp_path / "strides.csv")
    own = [stride.metrics["foot_pitch_deg"].value for stride in shown.result.strides]
    own = np.array(own, dtype=float)
    assert (own < 0).any()
    np.testing.assert_allclose(table["foot_pitch_deg"], own, atol=0.06)


@pytest.mark.parametrize(("roll_deg", "converging_deg"), [(-6.0, 0.0), (6.0, 8.0)])
def test_a_camera_that_was_tilted_or_looked_up_changes_no_marker(roll_deg, converging_deg):
    level = make_analysis()
    level = level.with_result(in_scene(level, tilt_deg=0.0))
    clip = level.result.clip
    held = Level(roll_deg, converging_deg, clip.width_px, clip.height_px)
    pose = held.as_filmed(level.level.straightened(level.pose))
    scene = in_scene(level, tilt_deg=roll_deg, converging_deg=converging_deg)
    askew = replace(level, pose=pose).with_result(scene)
    seen, wanted = (markers_of(each).xyz_m for each in (askew, level))
    np.testing.assert_allclose(seen, wanted, atol=1e-9)


def in_scene(shown, **changes):
    """The result in another scene."""
    scene = shown.result.scene.model_copy(update=changes)
    return shown.result.model_copy(update={"scene": scene})


def test_over_a_hole_in_time_no_motion_is_made_up():
    time_s = np.delete(np.arange(60) / 60.0, slice(20, 50))
    values = np.sin(20.0 * time_s)
    even = evened(values, time_s)
    assert len(even) == 60
    np.testing.assert_allclose(even[:20], values[:20], atol=0.01)
    assert np.isnan(even[21:49]).all()
    np.testing.assert_allclose(even[51:], values[21:], atol=0.01)
