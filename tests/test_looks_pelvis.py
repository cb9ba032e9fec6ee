"""The look at the pelvis: which frames are looked at, and how the window is laid."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kneedrive_cv.looks import LEAST_PELVIS_FRAMES, look_at_pelvis
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from kneedrive_cv.pose.pelvis import WINDOW_PX
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.video.metadata import VideoMetadata
from kneedrive_cv.video.reader import Frame

SIZE_PX = 320
HIP, TRUNK_PX = np.array([160.0, 170.0]), 60.0


class Reader:
    """A clip of the same picture over and over."""

    metadata = VideoMetadata(Path("clip.mp4"), SIZE_PX, SIZE_PX, 0, "h264", 60.0, 1.0)

    def __init__(self, image):
        self.image, self.given = image, []

    def frames(self, wanted):
        for index in sorted(wanted):
            self.given.append(index)
            yield Frame(index, index / 60, self.image)


class Network:
    """It tells how bright the window is above and below, and keeps the window; each counts 0.04."""

    def __call__(self, windows):
        (self.window,) = windows
        bright = [np.array([part.mean()]) for part in (self.window[:20], self.window[-20:])]
        return *bright, np.array([0.04])


def track_of(frames, tilt_deg=0.0, missing=()):
    """A body that stands still; the camera is tilted."""
    up = np.array([np.sin(np.deg2rad(tilt_deg)), -np.cos(np.deg2rad(tilt_deg))])
    xy_px = np.tile(HIP, (frames, N_LANDMARKS, 1))
    for side in ("left", "right"):
        xy_px[:, INDEX[f"{side}_shoulder"]] = HIP + TRUNK_PX * up
    xy_px[list(missing)] = np.nan
    frame = np.arange(frames) + 3
    shape = (frames, N_LANDMARKS)
    return PoseTrack(frame / 60, frame, xy_px, np.zeros((*shape, 3)), np.ones(shape))


def silent(stage, done, total):
    """Progress that nobody looks at."""


def test_frames_without_hips_are_not_looked_at_and_stay_missing():
    reader = Reader(np.full((SIZE_PX, SIZE_PX, 3), 50, dtype=np.uint8))
    seen = look_at_pelvis(reader, track_of(20, missing=(4, 5)), Network(), "rear", silent)
    assert reader.given == [f for f in range(3, 23) if f not in (7, 8)]
    assert (seen.view, list(seen.frame)) == ("rear", list(range(3, 23)))
    assert np.flatnonzero(np.isnan(seen.turn_deg)).tolist() == [4, 5]
    assert seen.tilt_deg[0] == pytest.approx(50)
    assert seen.turn_weight[0] == pytest.approx(0.04)


def test_too_few_frames_are_not_read_at_all():
    reader = Reader(np.zeros((SIZE_PX, SIZE_PX, 3), dtype=np.uint8))
    seen = look_at_pelvis(reader, track_of(LEAST_PELVIS_FRAMES - 1), Network(), "front", silent)
    assert reader.given == []
    assert np.isnan(seen.turn_deg).all()


@pytest.mark.parametrize("tilt_deg", [-12.0, 0.0, 12.0])
def test_the_window_is_level_with_the_trunk_whatever_the_camera_s_tilt(tilt_deg):
    flat = np.zeros((SIZE_PX, SIZE_PX, 3), dtype=np.uint8)
    flat[: int(HIP[1])] = 200
    turn = cv2.getRotationMatrix2D(tuple(HIP), -tilt_deg, 1.0)
    image = cv2.warpAffine(flat, turn, (SIZE_PX, SIZE_PX), borderMode=cv2.BORDER_REPLICATE)
    network = Network()
    look_at_pelvis(Reader(image), track_of(12, tilt_deg), network, "front", silent)
    edge = [int(np.argmin(network.window[:, x, 0] > 100)) for x in range(2, WINDOW_PX - 2)]
    assert np.ptp(edge) <= 2
    assert np.mean(edge) == pytest.approx(WINDOW_PX / 2, abs=1.5)
