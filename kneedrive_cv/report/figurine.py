"""A line figure of a person seen from the side, posed by joint angles."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

Point = tuple[float, float]

_TRUNK, _NECK, _HEAD = 0.29, 0.105, 0.058
_UPPER_ARM, _FOREARM = 0.165, 0.15
_THIGH, _SHANK, _FOOT, _HEEL = 0.245, 0.245, 0.115, 0.035
"""Lengths over the body's height (Winter 2009, table 4.1, rounded)."""


@dataclass(frozen=True)
class Stroke:
    """A line through points, or a disc: in heights of the body, y downwards, the ground at 0.

    ``kind`` says how it is drawn: near, far, trunk, ghost, prop, ground or arrow; a head has a
    radius.
    """

    points: tuple[Point, ...]
    kind: str
    radius: float = 0.0


@dataclass(frozen=True)
class Pose:
    """Angles of the joints in degrees, with the signs of the report; the figure looks right.

    Attributes
    ----------
    lean : float
        Of the trunk, forward; -90 lies on the back.
    near, far : tuple of float
        Each leg: thigh from straight down, knee flexion, ankle dorsiflexion.
    near_arm, far_arm : tuple of float
        Upper arm from straight down, elbow flexion.
    lift : float
        How far the lowest point is above the ground, in heights of the body.
    at : float
        Where the hip stands, in heights of the body.
    """

    lean: float = 0.0
    near: tuple[float, float, float] = (0.0, 0.0, 0.0)
    far: tuple[float, float, float] = (0.0, 0.0, 0.0)
    near_arm: tuple[float, float] = (-10.0, 20.0)
    far_arm: tuple[float, float] = (10.0, 20.0)
    lift: float = 0.0
    at: float = 0.5

    def strokes(self, *, ghost: bool = False) -> list[Stroke]:
        """The figure, the far limbs first."""
        hip: Point = (0.0, 0.0)
        shoulder = _step(hip, 180.0 - self.lean, _TRUNK)
        head = _step(shoulder, 180.0 - self.lean, _NECK)
        parts = [
            Stroke(_arm(shoulder, self.far_arm), "far"),
            Stroke(_leg(hip, self.far), "far"),
            Stroke((hip, shoulder), "trunk"),
            Stroke((head,), "trunk", _HEAD),
            Stroke(_leg(hip, self.near), "near"),
            Stroke(_arm(shoulder, self.near_arm), "near"),
        ]
        lowest = max(y for part in parts for _, y in part.points)
        moved = [_moved(part, self.at, -lowest - self.lift) for part in parts]
        return [Stroke(p.points, "ghost", p.radius) for p in moved] if ghost else moved


def _step(start: Point, angle_deg: float, length: float) -> Point:
    """The end of a segment: 0 points straight down, 90 forward."""
    angle = math.radians(angle_deg)
    return start[0] + length * math.sin(angle), start[1] + length * math.cos(angle)


def _leg(hip: Point, angles: tuple[float, float, float]) -> tuple[Point, ...]:
    thigh, knee_flexion, dorsiflexion = angles
    shank = thigh - knee_flexion
    sole = shank + 90.0 + dorsiflexion
    knee = _step(hip, thigh, _THIGH)
    ankle = _step(knee, shank, _SHANK)
    heel = _step(ankle, sole + 180.0, _HEEL)
    return hip, knee, ankle, heel, _step(heel, sole, _FOOT + _HEEL)


def _arm(shoulder: Point, angles: tuple[float, float]) -> tuple[Point, ...]:
    upper, elbow = angles
    joint = _step(shoulder, upper, _UPPER_ARM)
    return shoulder, joint, _step(joint, upper + elbow, _FOREARM)


def _moved(stroke: Stroke, dx: float, dy: float) -> Stroke:
    points = tuple((x + dx, y + dy) for x, y in stroke.points)
    return Stroke(points, stroke.kind, stroke.radius)


@dataclass(frozen=True)
class Figurine:
    """A drawing: its strokes, its width in heights of the body, and the same in words."""

    alt: str
    poses: tuple[Pose, ...]
    ghost: Pose | None = None
    extras: tuple[Stroke, ...] = field(default_factory=tuple)
    width: float = 1.0

    def strokes(self) -> list[Stroke]:
        """Everything, in the order in which it is drawn."""
        ground = Stroke(((0.02, 0.0), (self.width - 0.02, 0.0)), "ground")
        figures = [stroke for pose in self.poses for stroke in pose.strokes()]
        ghost = self.ghost.strokes(ghost=True) if self.ghost is not None else []
        return [ground, *ghost, *figures, *self.extras]


def arrow(*points: Point) -> Stroke:
    """A line that ends in an arrowhead."""
    return Stroke(points, "arrow")


def box(left: float, right: float, height: float) -> Stroke:
    """Something to stand on or to put the heel on."""
    corners = ((left, 0.0), (left, -height), (right, -height), (right, 0.0))
    return Stroke(corners, "prop")


def bounds(strokes: Iterable[Stroke]) -> tuple[float, float]:
    """The highest and the lowest point of a drawing, y downwards."""
    edges = [(y - s.radius, y + s.radius) for s in strokes for _, y in s.points]
    return min(low for low, _ in edges), max(high for _, high in edges)
