"""Find people in a picture: NanoDet by OpenCV's dnn."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.config import AthleteSettings
from kneedrive_cv.weights import load_onnx

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

INPUT_PX = 416  # the long side that the weights were trained at
STRIDES_PX = (8, 16, 32)
N_CLASSES = 80
N_BINS = 11  # each side of a box is a distribution over 11 distances
PERSON = 0
MEAN_BGR = np.array([103.53, 116.28, 123.675], dtype=np.float32)
STD_BGR = np.array([57.375, 57.12, 58.395], dtype=np.float32)
# Boxes that overlap by more than the first share of both, or by more than the second of the
# smaller one (a trunk within its body), are the same person.
SAME_OF_BOTH = 0.4
SAME_OF_SMALLER = 0.6


class Detector(Protocol):
    """Anything that finds people in a picture."""

    def detect(self, image_bgr: Image) -> tuple[FloatArray, FloatArray]:
        """Boxes (N, 4) as left, top, right, bottom in pixels, and their scores (N,)."""
        ...


class PersonDetector:
    """People by NanoDet, 80 COCO classes.

    The network is convolutional, so a wide picture is not padded to a square: only the part
    it fills, rounded up to whole strides, is looked at. That takes two thirds of the time.

    Parameters
    ----------
    model_path : str or Path
        The ONNX file.
    settings : AthleteSettings, optional
        ``faint_score`` is the least score that is returned.

    Raises
    ------
    ModelError
        The file is missing or is no such network.
    """

    def __init__(self, model_path: str | Path, settings: AthleteSettings | None = None) -> None:
        self._min_score = (settings or AthleteSettings()).faint_score
        self._net = load_onnx(model_path, "the person detector")
        self._names = self._net.getUnconnectedOutLayersNames()

    def detect(self, image_bgr: Image) -> tuple[FloatArray, FloatArray]:
        """Find the people in one picture.

        Parameters
        ----------
        image_bgr : ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        boxes : ndarray, shape (N, 4)
            Left, top, right, bottom in pixels, inside the picture, surest first.
        scores : ndarray, shape (N,)
            0 to 1.
        """
        small = shrink(image_bgr, min(INPUT_PX, max(image_bgr.shape[:2])))
        blob = _blob(small)
        self._net.setInput(blob)
        outputs = self._net.forward(self._names)
        arrays = tuple(np.asarray(output, dtype=np.float32) for output in outputs)
        boxes, scores = _decode(arrays, blob.shape[2:4], self._min_score)
        kept = distinct(boxes, scores)
        height, width = image_bgr.shape[:2]
        scale = np.array([width / small.shape[1], height / small.shape[0]] * 2)
        limit = np.array([width, height, width, height], dtype=float)
        return np.clip(boxes[kept] * scale, 0.0, limit), scores[kept]


def shrink(image_bgr: Image, long_px: int) -> Image:
    """The picture brought down to a long side; halved by area first, against aliasing."""
    height, width = image_bgr.shape[:2]
    ratio = long_px / max(height, width)
    target = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    while image_bgr.shape[1] >= 2 * target[0] and image_bgr.shape[0] >= 2 * target[1]:
        half = (image_bgr.shape[1] // 2, image_bgr.shape[0] // 2)
        image_bgr = np.asarray(cv2.resize(image_bgr, half, interpolation=cv2.INTER_AREA), np.uint8)
    if (image_bgr.shape[1], image_bgr.shape[0]) == target:
        return image_bgr
    return np.asarray(cv2.resize(image_bgr, target, interpolation=cv2.INTER_LINEAR), np.uint8)


def _blob(small: Image) -> NDArray[np.float32]:
    """The network's input (1, 3, H, W), filled up with black to whole strides."""
    height, width = (-(-side // STRIDES_PX[-1]) * STRIDES_PX[-1] for side in small.shape[:2])
    blob = np.empty((1, 3, height, width), dtype=np.float32)
    blob[0] = (-MEAN_BGR / STD_BGR)[:, None, None]
    filled = (small.astype(np.float32) - MEAN_BGR) / STD_BGR
    blob[0, :, : small.shape[0], : small.shape[1]] = filled.transpose(2, 0, 1)
    return blob


def _decode(
    outputs: tuple[NDArray[np.float32], ...], input_hw: tuple[int, ...], min_score: float
) -> tuple[FloatArray, FloatArray]:
    """Boxes and scores of all anchors that are sure enough, in pixels of the input."""
    by_shape = {output.shape[1:]: output[0] for output in outputs}
    boxes, scores = [], []
    for stride in STRIDES_PX:
        columns = input_hw[1] // stride
        n = columns * (input_hw[0] // stride)
        score = by_shape[(n, N_CLASSES)][:, PERSON].astype(float)
        kept = np.flatnonzero(score > min_score)
        sides = _distances(by_shape[(n, 4 * N_BINS)][kept]) * stride
        centre = (np.stack([kept % columns, kept // columns], axis=1) + 0.5) * stride
        boxes.append(np.hstack([centre - sides[:, :2], centre + sides[:, 2:]]))
        scores.append(score[kept])
    return np.concatenate(boxes), np.concatenate(scores)


def _distances(logits: NDArray[np.float32]) -> FloatArray:
    """Mean distance of each side, in strides, from its distribution: (N, 4 * bins) to (N, 4)."""
    bins = logits.reshape(-1, 4, N_BINS).astype(float)
    weight = np.exp(bins - bins.max(axis=2, keepdims=True))
    mean: FloatArray = (weight @ np.arange(N_BINS)) / weight.sum(axis=2)
    return mean


def distinct(boxes: FloatArray, scores: FloatArray) -> NDArray[np.int64]:
    """Indices of boxes that show different people, surest first.

    Parameters
    ----------
    boxes : ndarray, shape (N, 4)
    scores : ndarray, shape (N,)
    """
    kept: list[int] = []
    for k in np.argsort(-scores, kind="stable"):
        if not kept or not np.any(same_person(boxes[k], boxes[kept])):
            kept.append(int(k))
    return np.array(kept, dtype=np.int64)


def same_person(box: FloatArray, others: FloatArray) -> NDArray[np.bool_]:
    """Which of the other boxes (N, 4) show the same person as ``box`` (4,)."""
    corner_a, corner_b = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    common = np.prod(np.clip(corner_b - corner_a, 0.0, None), axis=1)
    area, areas = np.prod(box[2:] - box[:2]), np.prod(others[:, 2:] - others[:, :2], axis=1)
    of_both = common / np.maximum(area + areas - common, 1e-9)
    of_smaller = common / np.maximum(np.minimum(area, areas), 1e-9)
    same: NDArray[np.bool_] = (of_both > SAME_OF_BOTH) | (of_smaller > SAME_OF_SMALLER)
    return same
