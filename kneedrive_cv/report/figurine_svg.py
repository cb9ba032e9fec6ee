"""A line figure as the shapes of an SVG picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kneedrive_cv.report.figurine import Figurine, Point, Stroke, bounds

_UNITS: Final = 200
"""Units of the picture for the height of the body."""
_MARGIN: Final = 0.04
_SHOWN: Final = 0.62
"""Pixels of the page for a unit: all figures are of one size."""


@dataclass(frozen=True)
class Shape:
    """A path, or a disc where it has a radius."""

    kind: str
    d: str
    x: int = 0
    y: int = 0
    radius: int = 0


@dataclass(frozen=True)
class Drawing:
    """A figure for the page."""

    alt: str
    view_box: str
    width_px: int
    height_px: int
    strokes: list[Shape]


def draw(figurine: Figurine) -> Drawing:
    """The figure as shapes, the ground at zero."""
    strokes = figurine.strokes()
    low, high = bounds(strokes)
    top, height = _units(low - _MARGIN), _units(high - low + 2 * _MARGIN)
    width = _units(figurine.width)
    size = round(_SHOWN * width), round(_SHOWN * height)
    shapes = [_shape(stroke) for stroke in strokes]
    return Drawing(figurine.alt, f"0 {top} {width} {height}", *size, shapes)


def _units(value: float) -> int:
    return round(_UNITS * value)


def _shape(stroke: Stroke) -> Shape:
    x, y = (_units(c) for c in stroke.points[0])
    if stroke.radius:
        return Shape(stroke.kind, "", x, y, _units(stroke.radius))
    d = "M" + "L".join(f"{_units(a)} {_units(b)}" for a, b in stroke.points)
    if stroke.kind == "arrow":
        d += "M" + "L".join(f"{_units(a)} {_units(b)}" for a, b in arrow_head(stroke.points))
    return Shape(stroke.kind, d)


def arrow_head(points: tuple[Point, ...], size: float = 0.055) -> tuple[Point, ...]:
    """The two barbs at the end of a line, as one stroke."""
    (x0, y0), (x1, y1) = points[-2:]
    length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-9)
    ux, uy = (x1 - x0) / length * size, (y1 - y0) / length * size
    left = x1 - ux - 0.6 * uy, y1 - uy + 0.6 * ux
    right = x1 - ux + 0.6 * uy, y1 - uy - 0.6 * ux
    return left, (x1, y1), right
