"""From landmarks to joint centres: the steady offsets of the estimator taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]


def centre_hips(track: PoseTrack, *, forward: float, share_of_trunk: float) -> PoseTrack:
    """Move both hip landmarks back to the joint centres.

    MediaPipe's hips stand steadily ahead of the joints, square to the trunk. The share was
    measured on rendered bodies, where about half of it is the body's own definition.

    Parameters
    ----------
    track : PoseTrack
    forward : float
        +1 when running to the right, -1 to the left.
    share_of_trunk : float
        Distance to move by, in lengths of the trunk.

    Returns
    -------
    PoseTrack
    """
    trunk = _middle(track, "shoulder") - _middle(track, "hip")
    length = np.linalg.norm(trunk, axis=1, keepdims=True)
    usual = np.nanmedian(length) if np.isfinite(length).any() else 0.0
    ahead = forward * np.stack([-trunk[:, 1], trunk[:, 0]], axis=1) / length
    xy_px = track.xy_px.copy()
    for name in ("left_hip", "right_hip"):
        xy_px[:, INDEX[name]] -= share_of_trunk * usual * ahead
    return track.replace(xy_px=xy_px)


def _middle(track: PoseTrack, part: str) -> FloatArray:
    """Middle of the left and right landmark, shape (T, 2)."""
    return np.asarray((track.point(f"left_{part}") + track.point(f"right_{part}")) / 2)
