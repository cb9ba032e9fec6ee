"""Exact runs seen from the front or the rear: the sprinter's true points, without any picture."""

from __future__ import annotations

from functools import cache

import numpy as np

from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.view import find_sight
from kneedrive_cv.technique.frontal import measure_frontal
from kneedrive_cv.technique.measure import Motion
from tests.gait_maker import pose_of
from validation.sprinter.clip import make_clip
from validation.sprinter.parameters import read_parameters
from validation.truth import from_json

DISTANCE = "camera.distance_m=25"


@cache
def truth_of(*changes: str) -> dict:
    """The truth of a clip of 1.2 s; ``changes`` are words as ``camera.view=front``."""
    return make_clip(read_parameters(None, [DISTANCE, "video.duration_s=1.2", *changes])).truth()


def seen(truth: dict) -> PoseTrack:
    """The true points as a pose."""
    return pose_of(from_json(truth))


def motion_of(truth: dict) -> Motion:
    """The true points as they are measured."""
    return measured(seen(truth))


def measured(track: PoseTrack) -> Motion:
    """A pose as it is measured."""
    never = np.zeros(len(track), dtype=bool)
    clean = CleanPose(track, track, never, np.isfinite(track.xy_px[..., 0]))
    return measure_frontal(clean, sight=find_sight(track, forward=1.0), settings=CleanSettings())
