"""Lines, arcs and labels on a picture: the skeleton and the angle that is talked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import INDEX, Side, mirror
from kneedrive_cv.report.palette import INK, PAPER, SIDE_ON_PICTURE, Bgr, bgr

Image = NDArray[np.uint8]
FloatArray = NDArray[np.float64]

_SHIFT: Final = 4
"""Fraction bits that OpenCV takes for points between pixels: without them lines tremble."""

_ARM: Final = (("shoulder", "elbow"), ("elbow", "wrist"))
_LEG: Final = (
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "foot_index"),
    ("ankle", "foot_index"),
)
_JOINTS: Final = ("hip", "knee", "ankle")


def fixed(point: FloatArray) -> tuple[int, int]:
    """A point as OpenCV takes it with ``shift=_SHIFT``."""
    x, y = (np.asarray(point) * (1 << _SHIFT)).round().astype(int)
    return int(x), int(y)


def line(image: Image, a: FloatArray, b: FloatArray, colour: Bgr, width_px: int) -> None:
    """Draw a smooth line in place; nothing where an end is missing."""
    if np.isfinite(a).all() and np.isfinite(b).all():
        cv2.line(image, fixed(a), fixed(b), colour, max(width_px, 1), cv2.LINE_AA, _SHIFT)


def dashed(
    image: Image, a: FloatArray, b: FloatArray, colour: Bgr, width_px: int, *, dash_px: float = 9.0
) -> None:
    """Draw a dashed line in place, with a dark edge so that it shows on any ground."""
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return
    n = max(int(np.hypot(*(b - a)) / (2 * dash_px)), 1)
    at = np.linspace(0.0, 1.0, 2 * n + 1)[:, None]
    points = a + at * (b - a)
    for colour_, width in ((bgr(INK), width_px + 2), (colour, width_px)):
        for start, end in zip(points[:-1:2], points[1::2], strict=True):
            line(image, start, end, colour_, width)


def _fixed_points(points_px: FloatArray) -> list[tuple[int, int] | None]:
    """All points as OpenCV takes them, in one go: None where missing."""
    good: list[bool] = np.asarray(np.isfinite(points_px).all(axis=-1)).tolist()
    rounded = (np.nan_to_num(points_px) * (1 << _SHIFT)).round().astype(int).tolist()
    return [(x, y) if ok else None for (x, y), ok in zip(rounded, good, strict=True)]


@dataclass(frozen=True)
class _Canvas:
    """A picture with the landmarks in OpenCV's numbers; every frame of a clip needs one."""

    image: Image
    points: list[tuple[int, int] | None]

    def segments(self, pairs: Iterable[tuple[int, int]], colour: Bgr, width_px: int) -> None:
        """Lines between the points that are there."""
        for a, b in pairs:
            start, end = self.points[a], self.points[b]
            if start is not None and end is not None:
                cv2.line(self.image, start, end, colour, width_px, cv2.LINE_AA, _SHIFT)

    def limb(self, pairs: list[tuple[int, int]], side: Side, width_px: int, hollow: bool) -> None:
        """A limb in its side's colour with a dark rim, hollow where it is the far one."""
        self.segments(pairs, bgr(INK), width_px + 3)
        self.segments(pairs, bgr(SIDE_ON_PICTURE[side]), width_px)
        if hollow:
            self.segments(pairs, bgr(INK), max(round(width_px * 0.25), 1))

    def joints(self, side: Side, width_px: int) -> None:
        """A dot on each joint of a side."""
        radius = max(width_px - 1, 2)
        for part in _JOINTS:
            point = self.points[INDEX[f"{side}_{part}"]]
            if point is not None:
                centre = (point[0] >> _SHIFT, point[1] >> _SHIFT)
                cv2.circle(self.image, centre, radius + 1, bgr(INK), -1, cv2.LINE_AA)
                cv2.circle(self.image, centre, radius - 1, bgr(PAPER), -1, cv2.LINE_AA)


@cache
def _pairs(side: Side, limb: str) -> list[tuple[int, int]]:
    parts = _ARM if limb == "arm" else _LEG
    return [(INDEX[f"{side}_{a}"], INDEX[f"{side}_{b}"]) for a, b in parts]


def _trunk(image: Image, points: FloatArray, width_px: int) -> None:
    shoulder, hip = middle(points, "left_shoulder"), middle(points, "left_hip")
    line(image, shoulder, hip, bgr(INK), width_px + 3)
    line(image, shoulder, hip, bgr(PAPER), width_px)
    for part in ("shoulder", "hip"):
        a, b = points[INDEX[f"left_{part}"]], points[INDEX[f"right_{part}"]]
        line(image, a, b, bgr(PAPER), max(width_px // 2, 1))


def draw_skeleton(
    image: Image, points_px: FloatArray, *, near_side: Side | None, width_px: int
) -> None:
    """Draw one athlete in place; limbs with missing ends are left out.

    Parameters
    ----------
    image : ndarray, shape (H, W, 3)
        BGR picture, changed in place.
    points_px : ndarray, shape (K, 2)
        Landmarks in this picture's pixels; NaN where missing.
    near_side : {'left', 'right'} or None
        The far leg is drawn first and hollow. None (a view from the front or the rear): both
        legs full.
    width_px : int
        Width of the legs' lines.
    """
    order: tuple[Side, ...] = ("right", "left") if near_side == "left" else ("left", "right")
    canvas = _Canvas(image, _fixed_points(points_px))
    arm_px = max(round(width_px * 0.45), 1)
    for i, side in enumerate(order):
        if i:
            _trunk(image, points_px, arm_px)
        canvas.limb(_pairs(side, "arm"), side, arm_px, False)
        canvas.limb(_pairs(side, "leg"), side, width_px, near_side is not None and not i)
        canvas.joints(side, width_px)


def middle(points_px: FloatArray, name: str) -> FloatArray:
    """The middle between a landmark and its mirror, over any leading axes, shape (..., 2)."""
    a, b = points_px[..., INDEX[name], :], points_px[..., INDEX[mirror(name)], :]
    return np.asarray((a + b) / 2)


@cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


def text_size(text: str, size_px: int, weight: int = 600) -> tuple[int, int]:
    """Width and height of a text in pixels."""
    box = cv2.getTextSize((4096, 4096), text, (0, 0), _font(), size_px, weight)
    return int(box[2]), int(box[3])


def put_text(
    image: Image, text: str, origin: tuple[int, int], colour: Bgr, size_px: int, weight: int = 600
) -> None:
    """Write text in place, its baseline starting at ``origin``."""
    cv2.putText(image, text, origin, colour, _font(), size_px, weight)


def shade(image: Image, x: int, y: int, width: int, height: int, strength: float = 0.72) -> None:
    """Darken a rectangle in place, so that text on it can be read."""
    h, w = image.shape[:2]
    area = image[max(y, 0) : min(y + height, h), max(x, 0) : min(x + width, w)]
    if area.size:
        cv2.convertScaleAbs(area, dst=area, alpha=1.0 - strength, beta=255 * 0.04)


Plate = tuple[int, int, int, int]
"""Left, top, right, bottom of what a number stands on."""


def label(
    image: Image,
    text: str,
    centre: FloatArray,
    colour: Bgr,
    size_px: int,
    taken: list[Plate] | None = None,
) -> None:
    """Write text on a dark plate about a point, moved as needed to stay within the picture.

    Where it would cover one of the plates in ``taken`` it goes up or down; it is put among them.
    """
    width, height = text_size(text, size_px, 700)
    pad = size_px // 4
    h, w = image.shape[:2]
    x = int(np.clip(centre[0] - width / 2, pad + 2, max(w - width - pad - 2, pad + 2)))
    y = int(np.clip(centre[1] + height / 2, height + pad + 2, max(h - pad - 2, height + pad + 2)))
    plate = (x - pad, y - height - pad, x + width + pad, y + pad)
    if taken is not None:
        plate = _free(plate, taken, h)
        taken.append(plate)
    left, top, right, bottom = plate
    shade(image, left, top, right - left, bottom - top, 0.8)
    put_text(image, text, (x, bottom - pad), colour, size_px, 700)


def _free(plate: Plate, taken: Sequence[Plate], height: int) -> Plate:
    """The nearest place above or below that covers no other plate, else the same."""
    left, top, right, bottom = plate
    tops = [top, *(t for p in taken for t in (p[1] - (bottom - top), p[3]))]

    def covers(at: int) -> bool:
        """Whether a plate with this top lies on another."""
        low = at + bottom - top
        return any(p[0] < right and left < p[2] and p[1] < low and at < p[3] for p in taken)

    free = [t for t in tops if t >= 0 and t + bottom - top <= height and not covers(t)]
    best = min(free, key=lambda t: abs(t - top), default=top)
    return left, best, right, best + bottom - top


def arc(
    image: Image,
    vertex: FloatArray,
    start: FloatArray,
    end: FloatArray,
    radius_px: float,
    colour: Bgr,
    width_px: int,
) -> FloatArray:
    """Draw the smaller arc from one direction to another in place.

    Returns
    -------
    ndarray, shape (2,)
        The unit direction to the arc's middle, where a number may stand.
    """
    first = float(np.degrees(np.arctan2(start[1], start[0])))
    turn = float(np.degrees(np.arctan2(end[1], end[0]))) - first
    turn = (turn + 180.0) % 360.0 - 180.0
    radius = round(radius_px * (1 << _SHIFT))
    for colour_, width in ((bgr(INK), width_px + 3), (colour, width_px)):
        cv2.ellipse(
            image, fixed(vertex), (radius, radius), 0.0, first, first + turn, colour_, width,
            cv2.LINE_AA, _SHIFT,
        )  # fmt: skip
    half = np.radians(first + turn / 2)
    return np.array([np.cos(half), np.sin(half)])
