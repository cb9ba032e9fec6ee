"""Points in space as a picture from the side shows them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import INDEX

FloatArray = NDArray[np.float64]

PX_PER_M: Final = 200.0
MARGIN_PX: Final = 40.0


def to_sagittal(points: FloatArray, scale: float) -> FloatArray:
    """Points as they are where they lie in a picture; those in space seen from the side.

    Up is the axis along which the shoulders are above the ankles, forward the one along which the
    ankles pass each other.

    Parameters
    ----------
    points : ndarray, shape (T, 33, D)
        D of 2 (x right, y down) or 3 (any axes).
    scale : float
        Pixels a unit.

    Returns
    -------
    ndarray, shape (T, 33, 2)
    """
    if points.shape[-1] == 2:
        return points * scale if scale == 1.0 else _placed(points * (scale, -scale))
    up = _middle(points, "shoulder") - _middle(points, "ankle")
    height = np.nanmean(up, axis=0)
    vertical = int(np.argmax(np.abs(height)))
    apart = points[:, INDEX["left_ankle"]] - points[:, INDEX["right_ankle"]]
    swing = np.nanstd(apart, axis=0)
    swing[vertical] = -1.0
    forward = int(np.argmax(swing))
    flat = points[..., [forward, vertical]]
    return _placed(flat * (scale, -scale * np.sign(height[vertical])))


def _middle(points: FloatArray, part: str) -> FloatArray:
    return (points[:, INDEX[f"left_{part}"]] + points[:, INDEX[f"right_{part}"]]) / 2


def _placed(xy_px: FloatArray) -> FloatArray:
    """Moved so that all of it lies right of and below the picture's corner."""
    return np.asarray(xy_px - np.nanmin(xy_px, axis=(0, 1)) + MARGIN_PX)
