"""How well the athlete was followed, in the terms of the result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kneedrive_cv.athlete import AthleteTrack, Crops, Survey
from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.describe import describe_athlete, describe_clip
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.report.trust import reading
from kneedrive_cv.scene.timing import Timing
from kneedrive_cv.video.metadata import VideoMetadata
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


@pytest.mark.parametrize(("rows", "real_s"), [(slice(60, 180), 180 / 30 + 120 / 240), (None, 1.25)])
def test_only_the_slowed_part_of_a_clip_lasts_shorter_in_real_time(
    rows: slice | None, real_s: float
) -> None:
    frame = np.arange(300)
    seen = Survey(
        frame=frame,
        time_s=frame / 30.0,
        width_px=WIDTH_PX,
        height_px=720,
        background_motion=np.tile(np.eye(2, 3), (300, 1, 1)),
        repeated=np.zeros(300, bool),
        change=np.zeros((300, 1, 1), np.uint8),
        searched=np.zeros(300, bool),
        row=np.zeros(0, int),
        box=np.zeros((0, 4)),
        score=np.zeros(0),
        look=np.zeros((0, 1)),
    )
    read = make_analysis().result.athlete.model_copy(
        update={"first_read_frame": 100, "last_read_frame": 219}  # he comes at frame 40
    )
    timing = Timing(30.0, 240.0, 8.0, "written by the phone", False, rows)
    metadata = VideoMetadata(Path("a.mp4"), WIDTH_PX, 720, 0, "h264", 30.0, 10.0)
    clip = describe_clip(metadata, seen, timing, read, frames_damaged=0)
    assert clip.duration_s == pytest.approx(real_s)


def test_the_report_says_which_frames_were_read_and_since_when_he_is_there() -> None:
    result = make_analysis().result
    waits = {"first_read_frame": 30, "last_read_frame": 95}
    athlete = result.athlete.model_copy(update=waits)
    said = dict(reading(result.model_copy(update={"athlete": athlete})))["Followed"]
    assert said.startswith("100 % of frames 30 to 95 (there from frame 0 on)")
    assert dict(reading(result))["Followed"].startswith("100 % of frames 0 to 95, nowhere")
