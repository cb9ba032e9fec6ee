"""A sheet to draw the pictures of the pages on: lines, arcs and words as SVG."""

from __future__ import annotations

import math
from html import escape

Point = tuple[float, float]

INK, FAINT, ACCENT, SECOND = "#24292f", "#b6bcc4", "#0a6ebd", "#c25e00"


class Sheet:
    """A picture of a given size in pixels; x to the right, y down.

    Parameters
    ----------
    width, height : float
    alt : str
        The same in words.
    """

    def __init__(self, width: float, height: float, alt: str) -> None:
        self._head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" aria-label="{escape(alt)}" '
            'style="background:#fff;border-radius:6px;max-width:100%;height:auto" '
            'font-family="sans-serif" font-size="13">'
        )
        self._parts: list[str] = []

    def line(
        self, *points: Point, colour: str = INK, width: float = 2.0, dashed: bool = False
    ) -> None:
        """A line through points."""
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
            f'stroke-linecap="round" stroke-linejoin="round"{dash}/>'
        )

    def disc(self, at: Point, radius: float, *, colour: str = INK, filled: bool = True) -> None:
        """A disc or a ring."""
        fill = colour if filled else "none"
        self._parts.append(
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" fill="{fill}" '
            f'stroke="{colour}" stroke-width="2"/>'
        )

    def box(self, left: float, top: float, width: float, height: float, *, colour: str) -> None:
        """A box with round corners."""
        self._parts.append(
            f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="5" '
            f'fill="{colour}" fill-opacity="0.12" stroke="{colour}"/>'
        )

    def words(
        self, at: Point, text: str, *, colour: str = INK, anchor: str = "start", bold: bool = False
    ) -> None:
        """One line of words."""
        weight = ' font-weight="bold"' if bold else ""
        self._parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" fill="{colour}" '
            f'text-anchor="{anchor}"{weight} stroke="#fff" stroke-width="4" '
            f'paint-order="stroke">{escape(text)}</text>'
        )

    def arrow(self, start: Point, end: Point, *, colour: str = INK, both: bool = False) -> None:
        """A line with a head at its end, or at both."""
        self.line(start, end, colour=colour)
        for tip, tail in ((end, start), (start, end))[: 2 if both else 1]:
            turn = math.atan2(tip[1] - tail[1], tip[0] - tail[0])
            barbs = [
                (tip[0] - 8 * math.cos(turn + off), tip[1] - 8 * math.sin(turn + off))
                for off in (-0.5, 0.5)
            ]
            self.line(barbs[0], tip, barbs[1], colour=colour)

    def arc(
        self, at: Point, start_deg: float, end_deg: float, radius: float, label: str,
        *, colour: str = ACCENT, aside: Point = (0, 0),
    ) -> None:  # fmt: skip
        """An angle between two directions (0 down, 90 to the right), named at its middle.

        ``aside`` moves the name away from what lies there.
        """
        steps = [start_deg + (end_deg - start_deg) * i / 24 for i in range(25)]
        self.line(*(step(at, angle, radius) for angle in steps), colour=colour, width=3)
        middle = step(at, (start_deg + end_deg) / 2, radius + 14)
        place = (middle[0] + aside[0], middle[1] + 5 + aside[1])
        anchor = "start" if place[0] >= at[0] else "end"
        self.words(place, label, colour=colour, anchor=anchor, bold=True)

    def svg(self) -> str:
        """The picture."""
        return self._head + "".join(self._parts) + "</svg>"


def step(start: Point, angle_deg: float, length: float) -> Point:
    """The end of a segment: 0 points straight down, 90 to the right."""
    angle = math.radians(angle_deg)
    return start[0] + length * math.sin(angle), start[1] + length * math.cos(angle)
