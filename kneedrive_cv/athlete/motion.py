"""How the background moves from frame to frame, and what moves against it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
FIELDS = (5, 8)  # rows and columns
FIELD_CORNERS = 3
FIELD_QUALITY = 0.1
FLAT_LEVELS = 0.8  # grey levels; a field that varies less is sky, or noise
MIN_CORNERS = 50
CORNER_SPACING_PX = 12
CORNER_LIFE_FRAMES = 5
FLOW_WINDOW_PX = (9, 9)
FLOW_LEVELS = 3
FLOW_CRITERIA = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)
INLIER_PX = 0.7
MIN_INLIERS = 12
MIN_INLIER_SHARE = 0.2
MAX_ZOOM = 1.1  # from one frame to the next
STILL_PX = 0.06  # a smaller motion is not undone: interpolation would add more than it takes
CELL_PX = 8
CHANGE_STEP = 0.25  # grey levels per unit of the stored change
# Somebody who runs changes at least this many cells by this much, leaves in the wind do not.
BUSY_CELLS = 4
BUSY_LEVELS = 12.0  # grey levels


class BackgroundFollower:
    """Follows corners of the picture from frame to frame.

    New corners are sought every few frames only; between, the ones that still agree with the
    background go on.
    """

    def __init__(self) -> None:
        self._before: Image | None = None
        self._corners = np.empty((0, 1, 2), dtype=np.float32)
        self._age = 0

    def step(self, grey: Image) -> FloatArray:
        """Similarity that takes a point of the background from the last frame to this one.

        The similarity that most corners agree on is the background's, as long as the athletes
        do not fill the picture. Identity where too few agree, and for the first frame.

        Parameters
        ----------
        grey : ndarray of uint8, shape (height, width)

        Returns
        -------
        ndarray, shape (2, 3)
        """
        before, self._before = self._before, grey
        if before is None:
            return IDENTITY.copy()
        if self._age >= CORNER_LIFE_FRAMES or len(self._corners) < MIN_CORNERS:
            self._corners = _corners(before)
            self._age = 0
        self._age += 1
        motion, self._corners = _follow(before, grey, self._corners)
        return motion


def _corners(grey: Image) -> NDArray[np.float32]:
    """The best corners of each field of the picture.

    The best of the whole picture would be the runners' own where the background is plain, and a
    camera that goes with them would seem to stand.
    """
    rows, columns = (
        np.linspace(0, size, fields + 1, dtype=int)
        for size, fields in zip(grey.shape, FIELDS, strict=True)
    )
    found = [
        _field_corners(grey, (left, top, right, bottom))
        for top, bottom in pairwise(rows.tolist())
        for left, right in pairwise(columns.tolist())
    ]
    return np.concatenate(found)


def _field_corners(grey: Image, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
    left, top, right, bottom = box
    field = grey[top:bottom, left:right]
    found: Any = None  # also where there are no corners, though OpenCV's types do not say so
    if field.std() > FLAT_LEVELS:
        found = cv2.goodFeaturesToTrack(field, FIELD_CORNERS, FIELD_QUALITY, CORNER_SPACING_PX)
    corners = np.asarray([] if found is None else found, dtype=np.float32).reshape(-1, 1, 2)
    return corners + np.array([left, top], dtype=np.float32)


def _follow(
    before: Image, now: Image, corners: NDArray[np.float32]
) -> tuple[FloatArray, NDArray[np.float32]]:
    """The background's motion, and where the corners that agree with it are now."""
    lost = IDENTITY.copy(), np.empty((0, 1, 2), dtype=np.float32)
    if len(corners) < MIN_INLIERS:
        return lost
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before,
        now,
        corners,
        np.empty_like(corners),
        winSize=FLOW_WINDOW_PX,
        maxLevel=FLOW_LEVELS,
        criteria=FLOW_CRITERIA,
    )
    ok = found.reshape(-1) == 1
    if ok.sum() < MIN_INLIERS:
        return lost
    matrix, inlier = cv2.estimateAffinePartial2D(
        corners[ok], moved[ok], ransacReprojThreshold=INLIER_PX
    )
    if matrix is None or inlier.sum() < max(MIN_INLIERS, MIN_INLIER_SHARE * ok.sum()):
        return lost
    zoom = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if not 1 / MAX_ZOOM < zoom < MAX_ZOOM:
        return lost
    return np.asarray(matrix, dtype=float), moved[ok][inlier.reshape(-1) == 1]


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


def coarser(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The greatest of each two by two cells: a quarter of the memory for a long clip."""
    rows, columns = max(1, cells.shape[0] // 2), max(1, cells.shape[1] // 2)
    even = cells[: 2 * rows, : 2 * columns]
    if even.shape[0] < 2 or even.shape[1] < 2:
        return even
    result: NDArray[np.uint8] = even.reshape(rows, 2, columns, 2).max(axis=(1, 3))
    return result


def is_busy(cells: NDArray[np.uint8]) -> bool:
    """Whether a body moves in a picture that changed as much as `change` says."""
    flat = cells.reshape(-1)
    busiest = np.partition(flat, max(0, flat.size - BUSY_CELLS))[-BUSY_CELLS:]
    return float(busiest.min()) * CHANGE_STEP >= BUSY_LEVELS


def _moves(motion: FloatArray, width: int, height: int) -> bool:
    corners = np.array([[0.0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]])
    shift = corners @ motion.T - corners[:, :2]
    return bool(np.abs(shift).max() > STILL_PX)


def scaled(motion: FloatArray, scale: float) -> FloatArray:
    """The same similarity in a picture ``scale`` times as large."""
    result = motion.copy()
    result[:, 2] *= scale
    return result


def apply(motion: FloatArray, points: FloatArray) -> FloatArray:
    """Move points (..., 2) by a similarity (2, 3)."""
    result: FloatArray = points @ motion[:, :2].T + motion[:, 2]
    return result
