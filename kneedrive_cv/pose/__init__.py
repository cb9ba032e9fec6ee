"""The pose: landmarks, the estimator, the track, and pose files of other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneedrive_cv.lazy import lazily

if TYPE_CHECKING:
    from kneedrive_cv.pose.estimate import PosePool, estimate_poses
    from kneedrive_cv.pose.files.reading import GivenPose, read_pose
    from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS, SIDES
    from kneedrive_cv.pose.track import PoseTrack

__all__ = [
    "INDEX",
    "LANDMARKS",
    "SIDES",
    "GivenPose",
    "PosePool",
    "PoseTrack",
    "estimate_poses",
    "read_pose",
]

_HOMES = {
    "GivenPose": "kneedrive_cv.pose.files.reading",
    "INDEX": "kneedrive_cv.pose.landmarks",
    "LANDMARKS": "kneedrive_cv.pose.landmarks",
    "PosePool": "kneedrive_cv.pose.estimate",
    "PoseTrack": "kneedrive_cv.pose.track",
    "SIDES": "kneedrive_cv.pose.landmarks",
    "estimate_poses": "kneedrive_cv.pose.estimate",
    "read_pose": "kneedrive_cv.pose.files.reading",
}

__getattr__, __dir__ = lazily(__name__, _HOMES)
