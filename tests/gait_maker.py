"""True points of a rendered sprint as if an estimator saw them."""

from __future__ import annotations

import numpy as np

from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from validation.truth import Truth


def pose_of(truth: Truth, *, every: int = 1) -> PoseTrack:
    """The true points as a pose; landmarks that the truth does not have are missing."""
    rows = np.arange(0, len(truth), every)
    xy_px = np.full((len(rows), N_LANDMARKS, 2), np.nan)
    for name, points in truth.points_px.items():
        if name in INDEX:
            xy_px[:, INDEX[name]] = points[rows]
    return PoseTrack(
        time_s=rows / truth.fps_hz,
        frame=rows,
        xy_px=xy_px,
        world_m=np.zeros((len(rows), N_LANDMARKS, 3)),
        visibility=np.where(np.isfinite(xy_px[..., 0]), 0.95, 0.0),
    )
