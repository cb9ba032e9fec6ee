"""The turn of the pelvis in a picture from the front or the rear, told by a network.

A turn of 16 degrees shortens the line of the hips by 4 %, which nobody can measure; but the crotch
and the waistband's middle, which lie 10 cm before the hip joints, move 3 cm to the side, and the
seat as far the other way. A small network finds six points that turn with the pelvis, and the hip
joints, in a window around the hips. What it says of the window's mirror image is taken with it, so
that it cannot lean to a side. It also says how far it may be off: where a thigh hides the crotch
it sees next to nothing, and such frames are to count little. `validation/turn/` renders what it
learned from and teaches it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.weights import load_onnx

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

WINDOW_PX: Final = 64
WINDOW_TRUNKS: Final = 1.4
"""Side of the window in trunk lengths: from the lower ribs to the middle of the thighs."""

POINTS: Final = (
    "front_low",
    "front_high",
    "left",
    "right",
    "back_low",
    "back_high",
    "left_hip",
    "right_hip",
)
"""Points that are fixed to the pelvis, in the order of the network's maps."""

PLACES_STATURE_M: Final = 1.75
PLACES: Final = np.array(
    [(0.09, 0, -0.07), (0.11, 0, 0.10), (0, 0.16, 0.03), (0, -0.16, 0.03),
     (-0.12, 0, -0.04), (-0.10, 0, 0.10), (0, 0.085, 0), (0, -0.085, 0)]
)  # fmt: skip
"""Where they lie about the middle of the hips, forward, left and up, of a body so tall, metres,
shape (8, 3). The hips of the bodies that were learned lie where theirs are."""

MIRRORED: Final = (0, 1, 3, 2, 4, 5, 7, 6)
"""Each point as the mirror image names it."""

CELL_PX: Final = 4
EVEN: Final = 0.05
"""Added to the spread of a window's brightness before it is divided by it."""

RESIDUAL_DEG: Final = 10.0
USUAL_ERROR_DEG: Final = 5.0
SURE_TIMES: Final = 10.0
MOST_SURE: Final = (-6.0, 4.0)
"""What the network says of its error: the usual one, a factor on the mean of its last map, and what
the logarithm of a weight is kept within."""

_LEAST: Final = 1e-3


@dataclass(frozen=True)
class PelvisSeen:
    """What was told of the pelvis in some frames of a clip.

    Attributes
    ----------
    view : str
        ``front`` or ``rear``, as it was looked at.
    frame : ndarray of int, shape (T,)
    turn_deg : ndarray, shape (T,)
        Against the camera, right hip ahead positive, as the network tells it; NaN where there was
        nothing to look at.
    tilt_deg : ndarray, shape (T,)
        Against the trunk's mean direction, right hip higher positive.
    turn_weight : ndarray, shape (T,)
        How much a frame's turn counts: one over the square of its standard error in degrees.
    """

    view: str
    frame: NDArray[np.int64]
    turn_deg: FloatArray
    tilt_deg: FloatArray
    turn_weight: FloatArray


def window_mapping(at_px: FloatArray, side_px: float, roll_deg: float) -> FloatArray:
    """From the picture to a window, shape (2, 3); arguments as `cut_window`."""
    scale, turn = WINDOW_PX / side_px, np.deg2rad(-roll_deg)
    axes = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.column_stack([axes, WINDOW_PX / 2 - axes @ at_px])


def cut_window(image: Image, at_px: FloatArray, side_px: float, roll_deg: float) -> Image:
    """The window around a point of a picture, level.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    at_px : ndarray, shape (2,)
    side_px : float
        Its side in the picture.
    roll_deg : float
        How the camera was tilted.

    Returns
    -------
    ndarray of uint8, shape (WINDOW_PX, WINDOW_PX, 3)
    """
    mapping = window_mapping(at_px, side_px, roll_deg)
    how = cv2.INTER_AREA if side_px > WINDOW_PX else cv2.INTER_LINEAR
    size = (WINDOW_PX, WINDOW_PX)
    cut = cv2.warpAffine(image, mapping, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, dtype=np.uint8)


class PelvisNetwork:
    """Tells the turn of the pelvis in windows of one view.

    Parameters
    ----------
    model_path : str or Path
        The ONNX file.
    view : str
        ``front`` or ``rear``, which it was taught on.

    Raises
    ------
    ModelError
        The file is missing or is no such network.
    """

    def __init__(self, model_path: str | Path, view: str) -> None:
        self._sign = 1.0 if view == "front" else -1.0
        self._net = load_onnx(model_path, "the network for the pelvis")

    def __call__(self, windows: Iterable[Image]) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Turn and tilt of the pelvis, and how much the turn counts.

        Parameters
        ----------
        windows : iterable of ndarray of uint8, shape (WINDOW_PX, WINDOW_PX, 3)
            As `cut_window` cuts them, BGR.

        Returns
        -------
        turn_deg, tilt_deg : ndarray, shape (T,)
            Right hip ahead, and right hip higher, positive. The camera's own angle against the
            run is in them.
        weight : ndarray, shape (T,)
            One over the square of the turn's standard error in degrees.
        """
        seen = np.array([self._seen(window) for window in windows]).reshape(-1, 3)
        return self._sign * seen[:, 0], self._sign * seen[:, 1], seen[:, 2]

    def _seen(self, window: Image) -> tuple[float, float, float]:
        """Turn to the right and clockwise tilt in one window, as the picture shows them; weight."""
        blob = np.ascontiguousarray(np.stack([window, window[:, ::-1]]).transpose(0, 3, 1, 2))
        pictures = blob.astype(np.float32) / 255
        mean = pictures.mean(axis=(1, 2, 3), keepdims=True)
        spread = pictures.std(axis=(1, 2, 3), keepdims=True, ddof=1)
        self._net.setInput((pictures - mean) / (spread + EVEN))
        points, rest_deg, weight = read_maps(np.asarray(self._net.forward(), dtype=float))
        points[1] = points[1][list(MIRRORED)] * (-1, 1) + (WINDOW_PX, 0)
        turn_deg = np.average(turn_of(points) + rest_deg * (1, -1), weights=weight)
        return float(turn_deg), float(tilt_of(points.mean(axis=0))), float(weight.mean())


def read_maps(maps: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points, a rest and a weight from the network's maps.

    Of each point a map says where it is, and two how far beside the middle of each cell; one more
    says where to look for what the points leave over, and one what that is; the last one says how
    sure all of it is.

    Parameters
    ----------
    maps : ndarray, shape (N, 3 K + 3, H, W)

    Returns
    -------
    points : ndarray, shape (N, K, 2)
        Window pixels.
    rest_deg : ndarray, shape (N,)
        To be added to the turn that the points tell.
    weight : ndarray, shape (N,)
        One over the square of that turn's standard error in degrees.
    """
    count, (rows, columns) = len(POINTS), maps.shape[2:]
    flat = maps.reshape(len(maps), -1, rows * columns)
    where = np.exp(flat[:, : count + 1] - flat[:, : count + 1].max(axis=2, keepdims=True))
    where = where / where.sum(axis=2, keepdims=True)
    down, along = np.divmod(np.arange(rows * columns), columns)
    cells = CELL_PX * (np.stack([along, down]) + 0.5)
    beside = CELL_PX * flat[:, count + 1 : -2].reshape(len(maps), count, 2, -1)
    points = (where[:, :count, None] * (cells + beside)).sum(axis=3)
    rest_deg = RESIDUAL_DEG * (where[:, count] * flat[:, -2]).sum(axis=1)
    sure = (SURE_TIMES * flat[:, -1].mean(axis=1)).clip(*MOST_SURE)
    return points, rest_deg, np.exp(sure) / USUAL_ERROR_DEG**2


def turn_of(points: FloatArray) -> FloatArray:
    """Turn to the right of the picture that points (..., K, 2) tell, degrees, shape (...)."""
    low = _apart(points, "front_low", "back_low", 0)
    high = _apart(points, "front_high", "back_high", 0)
    across = _across(points)[..., 0]
    forward = (low + high)[..., 0] / 2
    return np.asarray(np.rad2deg(np.arctan2(forward, np.maximum(np.abs(across), _LEAST))))


def tilt_of(points: FloatArray) -> FloatArray:
    """How much lower the right end of the hips' line is in the picture, degrees, shape (...)."""
    across = _across(points)
    along = np.maximum(np.abs(across[..., 0]), _LEAST)
    return np.asarray(np.rad2deg(np.arctan2(np.sign(across[..., 0]) * across[..., 1], along)))


def _across(points: FloatArray) -> FloatArray:
    """From right to left of the body as it is seen, window pixels a metre, shape (..., 2)."""
    outer, inner = _apart(points, "left", "right", 1), _apart(points, "left_hip", "right_hip", 1)
    return (outer + inner) / 2


def _apart(points: FloatArray, one: str, other: str, axis: int) -> FloatArray:
    """How far apart two points are seen, over how far apart they are along an axis."""
    a, b = POINTS.index(one), POINTS.index(other)
    return np.asarray((points[..., a, :] - points[..., b, :]) / (PLACES[a, axis] - PLACES[b, axis]))
