"""How the background moves from frame to frame, and what moves against it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
MAX_CORNERS = 150
CORNER_QUALITY = 0.01
CORNER_SPACING_PX = 10
FLOW_WINDOW_PX = 13
FLOW_LEVELS = 3
INLIER_PX = 0.7
MIN_INLIERS = 12
MIN_INLIER_SHARE = 0.35
STILL_PX = 0.06  # a smaller motion is not undone: interpolation would add more than it takes
CELL_PX = 8
CHANGE_STEP = 0.25  # grey levels per unit of the stored change


def background_motion(before: Image, now: Image) -> FloatArray:
    """Similarity that takes a point of the background from the last frame to this one.

    Corners are followed by optical flow; the similarity that most of them agree on is the
    background's, as long as the athlete does not fill the picture. Identity where too few
    agree.

    Parameters
    ----------
    before, now : ndarray of uint8, shape (height, width)
        Grey pictures.

    Returns
    -------
    ndarray, shape (2, 3)
    """
    corners = cv2.goodFeaturesToTrack(before, MAX_CORNERS, CORNER_QUALITY, CORNER_SPACING_PX)
    if corners is None or len(corners) < MIN_INLIERS:
        return IDENTITY.copy()
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, corners, np.empty_like(corners),
        winSize=(FLOW_WINDOW_PX, FLOW_WINDOW_PX), maxLevel=FLOW_LEVELS,
    )
    ok = found.reshape(-1) == 1
    if ok.sum() < MIN_INLIERS:
        return IDENTITY.copy()
    matrix, inlier = cv2.estimateAffinePartial2D(
        corners[ok], moved[ok], ransacReprojThreshold=INLIER_PX
    )
    if matrix is None or inlier.sum() < max(MIN_INLIERS, MIN_INLIER_SHARE * ok.sum()):
        return IDENTITY.copy()
    return np.asarray(matrix, dtype=float)


def change(before: Image, now: Image, motion: FloatArray) -> NDArray[np.uint8]:
    """Mean difference per cell once the background's motion is undone.

    Returns
    -------
    ndarray of uint8, shape (rows, columns)
        In units of ``CHANGE_STEP`` grey levels, cells of ``CELL_PX``.
    """
    height, width = now.shape
    if _moves(motion, width, height):
        size = (width, height)
        before = np.asarray(
            cv2.warpAffine(before, motion, size, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
    cells = (max(1, width // CELL_PX), max(1, height // CELL_PX))
    mean = cv2.resize(
        cv2.absdiff(before, now).astype(np.float32), cells, interpolation=cv2.INTER_AREA
    )
    return np.clip(np.round(mean / CHANGE_STEP), 0, 255).astype(np.uint8)


def _moves(motion: FloatArray, width: int, height: int) -> bool:
    corners = np.array([[0.0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]])
    shift = corners @ motion.T - corners[:, :2]
    return bool(np.abs(shift).max() > STILL_PX)


def scaled(motion: FloatArray, scale: float) -> FloatArray:
    """The same similarity in a picture ``scale`` times as large."""
    result = motion.copy()
    result[:, 2] *= scale
    return result


def compose(first: FloatArray, then: FloatArray) -> FloatArray:
    """One similarity that does ``first``, then ``then``."""
    result: FloatArray = then[:, :2] @ first
    result[:, 2] += then[:, 2]
    return result


def apply(motion: FloatArray, points: FloatArray) -> FloatArray:
    """Move points (..., 2) by a similarity (2, 3)."""
    result: FloatArray = points @ motion[:, :2].T + motion[:, 2]
    return result
