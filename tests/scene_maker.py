"""Painted scenes: coloured bars for people before a textured background."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.video.reader import Frame

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]
WIDTH_PX, HEIGHT_PX, FPS = 640, 360, 30.0


@dataclass(frozen=True)
class Bar:
    """A person: where his middle is in frame k, how large he is, and his colour's red part."""

    place: Callable[[int], tuple[float, float]]
    height_px: float = 100.0
    width_px: float = 40.0
    red: int = 255
    score: float = 0.8


def frames(
    bars: Sequence[Bar],
    count: int,
    pan_px: Callable[[int], float] = lambda k: 0.0,
    contrast: float = 1.0,
) -> Iterator[Frame]:
    """Frames of a scene; the background stands ``pan_px(k)`` to the left in frame k."""
    random = np.random.default_rng(7)
    levels = 90 + contrast * (random.integers(40, 140, (45, 500, 1)) - 90)
    wide = levels.astype(np.uint8).repeat(3, axis=2)
    background = cv2.resize(wide, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    for k in range(count):
        shift = np.array([[1.0, 0.0, -1000.0 - pan_px(k)], [0.0, 1.0, 0.0]])
        image = cv2.warpAffine(background, shift, (WIDTH_PX, HEIGHT_PX))
        for bar in bars:
            x, y = bar.place(k)
            half = np.array([bar.width_px, bar.height_px]) / 2
            x0, y0 = np.clip(np.round(np.array([x, y]) - half).astype(int), 0, None)
            x1, y1 = np.round(np.array([x, y]) + half).astype(int)
            if x1 > 0 and y1 > 0:
                image[y0:y1, x0:x1] = (255, 0, bar.red)
        yield Frame(k, k / FPS, np.asarray(image, dtype=np.uint8))


class BarDetector:
    """Finds the bars by their colour, as a detector of people would."""

    def __init__(self, bars: Sequence[Bar]) -> None:
        self._bars = bars

    def detect(self, image_bgr: Image) -> tuple[FloatArray, FloatArray]:
        """Boxes and scores, as `kneedrive_cv.athlete.Detector`."""
        boxes, scores = [], []
        for bar in self._bars:
            off = abs(image_bgr.astype(int) - (255, 0, bar.red)).max(axis=2)
            y, x = np.nonzero(off < 50)
            if len(x) > 20:
                boxes.append([x.min(), y.min(), x.max() + 1.0, y.max() + 1.0])
                scores.append(bar.score)
        return np.array(boxes, dtype=float).reshape(-1, 4), np.array(scores, dtype=float)
