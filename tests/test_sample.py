"""The sample clips and their truth belong together, and are what the generator makes."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from kneedrive_cv.pose.landmarks import SIDES
from validation.sprinter.clip import make_clip
from validation.sprinter.parameters import ClipParameters, read_parameters

CLIPS = ("front_twist", "panning", "side_good", "side_one_fault")
MAX_BYTES = 6_000_000


@pytest.fixture(scope="session")
def folder(sample_clip: Path) -> Path:
    return sample_clip.parent


def test_the_samples_are_the_four_that_are_named_and_no_more_than_6_mb(folder):
    assert tuple(sorted(path.stem for path in folder.glob("*.mp4"))) == CLIPS
    assert sum(path.stat().st_size for path in folder.iterdir()) < MAX_BYTES


@pytest.mark.parametrize("clip", CLIPS)
def test_the_truth_has_a_row_for_every_frame_of_its_clip(folder, truth, clip):
    capture = cv2.VideoCapture(str(folder / f"{clip}.mp4"))
    frames = 0
    while capture.grab():
        frames += 1
    assert len(truth(clip)) == frames
    assert capture.get(cv2.CAP_PROP_FPS) == truth(clip).fps_hz


@pytest.mark.parametrize("clip", CLIPS)
def test_a_sample_is_made_from_the_settings_beside_the_generator(root, folder, clip):
    settings = root / "validation" / "sprinter" / "samples" / f"{clip}.toml"
    written = json.loads((folder / f"{clip}.json").read_text(encoding="utf-8"))
    assert ClipParameters.model_validate(written["parameters"]) == read_parameters(settings)


def test_the_truth_is_what_the_generator_says_today(root, folder):
    settings = root / "validation" / "sprinter" / "samples" / "side_good.toml"
    short = read_parameters(settings, ["video.duration_s=0.1"])
    now = make_clip(short).truth()
    written = json.loads((folder / "side_good.json").read_text(encoding="utf-8"))
    for name, values in now["angles"].items():
        np.testing.assert_allclose(written["angles"][name][: len(values)], values, atol=0.01)


@pytest.mark.parametrize("clip", CLIPS)
def test_the_true_hip_flexion_is_thigh_plus_trunk_lean(truth, clip):
    angles = truth(clip).angles_deg
    for side in SIDES:
        expected = angles[f"{side}_thigh_deg"] + angles["trunk_lean_deg"]
        np.testing.assert_allclose(angles[f"{side}_hip_flexion_deg"], expected, atol=0.002)


@pytest.mark.parametrize("clip", [*CLIPS, "side_low_knee", "oblique_good"])
def test_touchdowns_and_toe_offs_of_a_foot_take_turns(truth, clip):
    for side in SIDES:
        types = [event.type for event in truth(clip).events if event.side == side]
        assert len(types) >= 4
        assert all(a != b for a, b in itertools.pairwise(types))


@pytest.mark.parametrize("clip", CLIPS)
def test_the_athlete_stays_in_the_picture(truth, clip):
    for name, xy in truth(clip).points_px.items():
        assert np.all((xy >= 0) & (xy < [1280, 720])), name


def test_the_true_height_of_the_knee_is_what_the_thigh_says(truth):
    """In lengths of the thigh, seen from the front: minus the cosine of its angle."""
    for drive in truth("front_twist").drives:
        expected = -np.cos(np.deg2rad(drive.metrics["thigh_deg"]))
        assert drive.metrics["knee_height_thigh"] == pytest.approx(expected, abs=0.02)


def test_the_true_turn_of_a_knee_drive_is_how_far_its_hip_comes_ahead(truth):
    turns = {
        drive.side: drive.metrics["pelvis_rotation_deg"] for drive in truth("front_twist").drives
    }
    assert turns == {"right": pytest.approx(22, abs=0.1), "left": pytest.approx(-22, abs=0.1)}
