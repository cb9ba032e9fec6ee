"""How well the athlete was followed, in the terms of the result."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.athlete import AthleteTrack, Crops
from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.describe import describe_athlete
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.report.trust import reading
from tests.sample_analysis import make_analysis

WIDTH_PX = 1280
FRAMES = 100


def crops_of(left_px: np.ndarray) -> Crops:
    box = np.column_stack([left_px, np.full(FRAMES, 200.0), left_px + 100, np.full(FRAMES, 400.0)])
    return Crops(
        frame=np.arange(FRAMES),
        time_s=np.arange(FRAMES) / 30.0,
        center_px=(box[:, :2] + box[:, 2:]) / 2,
        side_px=np.full(FRAMES, 260.0),
        box=box,
        confidence=np.ones(FRAMES),
        turn_deg=np.zeros(FRAMES),
    )


def clean_of(frames: range, lost: list[int]) -> CleanPose:
    shape = (len(frames), N_LANDMARKS)
    xy_px = np.zeros((*shape, 2))
    xy_px[[frames.index(frame) for frame in lost]] = np.nan
    number = np.array(frames)
    track = PoseTrack(number / 30.0, number, xy_px, np.zeros((*shape, 3)), np.ones(shape))
    return CleanPose(track, track, np.zeros(len(frames), bool), np.ones(shape, bool))


def test_he_is_followed_in_the_frames_read_in_which_he_is_whole_in_the_picture() -> None:
    left_px = np.where(np.arange(FRAMES) < 95, 400.0, 1250.0)  # leaves the picture at its right
    athlete = AthleteTrack(crops_of(left_px), 1, 1, 200.0, 0.0)
    said = describe_athlete(athlete, clean_of(range(50, 100), [60, 95, 96, 97, 98, 99]), WIDTH_PX)
    assert said.followed_fraction == pytest.approx(44 / 45)
    assert (said.first_frame, said.last_frame) == (0, 99)
    assert (said.first_read_frame, said.last_read_frame) == (50, 99)


def test_the_report_says_which_frames_were_read_and_since_when_he_is_there() -> None:
    result = make_analysis().result
    waits = {"first_read_frame": 30, "last_read_frame": 95}
    athlete = result.athlete.model_copy(update=waits)
    said = dict(reading(result.model_copy(update={"athlete": athlete})))["Followed"]
    assert said.startswith("100 % of frames 30 to 95 (there from frame 0 on)")
    assert dict(reading(result))["Followed"].startswith("100 % of frames 0 to 95, nowhere")
