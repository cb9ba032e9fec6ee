"""The one angle or distance that a picture is about, drawn with its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import INDEX, Side
from kneedrive_cv.report.drawing import (
    FloatArray,
    Image,
    Plate,
    arc,
    dashed,
    label,
    line,
    middle,
)
from kneedrive_cv.report.palette import PAPER, TARGET, bgr
from kneedrive_cv.result import Scene

_MARK: Final = bgr(PAPER)
_GOAL: Final = bgr(TARGET)


@dataclass(frozen=True)
class Axes:
    """Directions of the runner in the picture, as unit vectors, shape (2,)."""

    down: FloatArray
    forward: FloatArray

    @classmethod
    def at(cls, analysis: Analysis, row: int) -> Axes:
        """Where the hips are in a row of the pose: what is upright there need not be elsewhere."""
        pose = analysis.pose
        hips_px = (pose.point("left_hip")[row] + pose.point("right_hip")[row]) / 2
        seen = bool(np.isfinite(hips_px).all())
        upright_deg = analysis.level.lean_deg(float(hips_px[0])) if seen else None
        return cls.of(analysis.result.scene, upright_deg)

    @classmethod
    def of(cls, scene: Scene, upright_deg: float | None = None) -> Axes:
        """Square to the track rather than to the picture: the camera's roll is taken out.

        Parameters
        ----------
        scene : Scene
        upright_deg : float, optional
            How far what stands upright leans where he is; by default the roll.
        """
        tilt = np.radians(scene.tilt_deg)
        upright = tilt if upright_deg is None else np.radians(upright_deg)
        down = np.array([-np.sin(upright), np.cos(upright)])
        right = np.array([np.cos(tilt), np.sin(tilt)])
        return cls(down=down, forward=-right if scene.running_direction == "left" else right)


@dataclass(frozen=True)
class Sketch:
    """A picture with the athlete's landmarks in its pixels, ready to be annotated."""

    image: Image
    points_px: FloatArray
    side: Side
    axes: Axes
    height_px: float
    """The athlete's height in this picture: every size is a share of it."""
    taken: list[Plate] = field(default_factory=list)
    """Where numbers stand already."""

    def leg(self, part: str) -> FloatArray:
        """A landmark of the leg that the picture is about, shape (2,)."""
        return np.asarray(self.points_px[INDEX[f"{self.side}_{part}"]])

    @property
    def text_px(self) -> int:
        """Height of the numbers."""
        return max(round(self.height_px * 0.075), 15)

    @property
    def line_px(self) -> int:
        """Width of the lines."""
        return max(round(self.height_px * 0.007), 2)


def _number(s: Sketch, text: str, vertex: FloatArray, direction: FloatArray, at_px: float) -> None:
    # A number inside the arc would cover the leg; it stands beyond the arc.
    at = vertex + direction * (at_px + 0.9 * s.text_px)
    label(s.image, text, at, _MARK, s.text_px, s.taken)


def _angle(
    s: Sketch, vertex: FloatArray, start: FloatArray, end: FloatArray, share: float, text: str
) -> None:
    if not np.isfinite([*vertex, *start, *end]).all():
        return
    radius = s.height_px * share
    direction = arc(s.image, vertex, start, end, radius, _MARK, s.line_px)
    _number(s, text, vertex, direction, radius)


def parallel(s: Sketch) -> None:
    """The line from the hip that is parallel to the track."""
    hip = s.leg("hip")
    dashed(s.image, hip, hip + s.axes.forward * 0.33 * s.height_px, _GOAL, s.line_px)


def thigh_below_parallel(s: Sketch, text: str) -> None:
    """The thigh against straight down, with the line that it should pass."""
    parallel(s)
    thigh(s, text)


def late_knee_drive(s: Sketch, text: str) -> None:
    """The thigh that still hangs back, with the time since toe-off."""
    hip, knee = s.leg("hip"), s.leg("knee")
    dashed(s.image, hip, hip + s.axes.down * 0.26 * s.height_px, _MARK, s.line_px)
    if np.isfinite([*hip, *knee]).all():
        _number(s, text, (hip + knee) / 2, s.axes.forward, 0.06 * s.height_px)


def thigh(s: Sketch, text: str) -> None:
    """The thigh against straight down."""
    hip, knee = s.leg("hip"), s.leg("knee")
    dashed(s.image, hip, hip + s.axes.down * 0.26 * s.height_px, _MARK, s.line_px)
    _angle(s, hip, s.axes.down, knee - hip, 0.15, text)


def knee(s: Sketch, text: str) -> None:
    """The knee's flexion as a number beyond the knee, away from that of the thigh."""
    hip, joint = s.leg("hip"), s.leg("knee")
    if np.isfinite([*hip, *joint]).all():
        away = np.sign(float((joint - hip) @ s.axes.forward)) or 1.0
        ahead = away * s.axes.forward - 0.4 * s.axes.down
        at = joint + ahead * 0.11 * s.height_px
        label(s.image, text, at, _MARK, round(0.8 * s.text_px), s.taken)


def hip_flexion(s: Sketch, text: str) -> None:
    """The thigh against the trunk, drawn on beyond the hip."""
    hip, knee = s.leg("hip"), s.leg("knee")
    trunk = middle(s.points_px, "left_hip") - middle(s.points_px, "left_shoulder")
    along = trunk / np.hypot(*trunk)
    dashed(s.image, hip, hip + along * 0.28 * s.height_px, _MARK, s.line_px)
    dashed(s.image, hip, hip - along * 0.28 * s.height_px, _MARK, s.line_px)
    _angle(s, hip, along, knee - hip, 0.15, text)


def ankle(s: Sketch, text: str) -> None:
    """The sole against a sole square to the shank."""
    knee, joint, toe = s.leg("knee"), s.leg("ankle"), s.leg("foot_index")
    shank = joint - knee
    square = np.array([shank[1], -shank[0]]) / np.hypot(*shank)
    square *= np.sign(square @ (toe - joint)) or 1.0
    dashed(s.image, joint, joint + square * 0.16 * s.height_px, _GOAL, s.line_px)
    _angle(s, joint, square, toe - s.leg("heel"), 0.11, text)


def foot_pitch(s: Sketch, text: str) -> None:
    """The sole against the track."""
    heel, toe = s.leg("heel"), s.leg("foot_index")
    dashed(s.image, heel, heel + s.axes.forward * 0.2 * s.height_px, _GOAL, s.line_px)
    _angle(s, heel, s.axes.forward, toe - heel, 0.13, text)


def foot_under_knee(s: Sketch, text: str) -> None:
    """The ankle's distance from the line straight down from the knee."""
    knee, joint = s.leg("knee"), s.leg("ankle")
    below = knee + s.axes.down * float((joint - knee) @ s.axes.down)
    dashed(s.image, knee, below, _GOAL, s.line_px)
    line(s.image, below, joint, _MARK, s.line_px + 1)
    if np.isfinite(below).all():
        _number(s, text, (below + joint) / 2, s.axes.down, 0.02 * s.height_px)


def knee_height(s: Sketch, text: str) -> None:
    """The knee's height above or below a line through the hip that is parallel to the track."""
    hip, joint = s.leg("hip"), s.leg("knee")
    level = joint + s.axes.down * float((hip - joint) @ s.axes.down)
    reach = s.axes.forward * 0.2 * s.height_px
    dashed(s.image, hip - reach, hip + reach, _GOAL, s.line_px)
    line(s.image, level, joint, _MARK, s.line_px + 1)
    if np.isfinite(level).all():
        outwards = np.sign(float((joint - hip) @ s.axes.forward)) or 1.0
        _number(s, text, (level + joint) / 2, outwards * s.axes.forward, 0.05 * s.height_px)


def hip_line(s: Sketch, text: str) -> None:
    """The line through both hips, drawn on to either side."""
    left, right = s.points_px[INDEX["left_hip"]], s.points_px[INDEX["right_hip"]]
    reach = (right - left) * 0.8
    dashed(s.image, left - reach, right + reach, _GOAL, s.line_px)
    if np.isfinite(reach).all():
        _number(s, text, (left + right) / 2, -s.axes.down, 0.05 * s.height_px)


ANNOTATIONS: Final[dict[str, Callable[[Sketch, str], None]]] = {
    "hip_flexion_low": hip_flexion,
    "thigh_below_parallel": thigh_below_parallel,
    "pelvis_rotation": hip_line,
    "ankle_not_dorsiflexed": ankle,
    "foot_not_under_knee": foot_under_knee,
    "foot_not_parallel": foot_pitch,
    "late_knee_drive": late_knee_drive,
}
"""Fault code -> what is drawn on its picture."""

COMPARED: Final[dict[str, Callable[[Sketch, str], None]]] = {
    "hip_flexion_deg": hip_flexion,
    "thigh_deg": thigh,
    "knee_height_thigh": knee_height,
}
"""What is drawn of the metric in which the legs differ."""
