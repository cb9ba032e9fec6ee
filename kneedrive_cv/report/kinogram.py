"""The kinogram: five moments of one good stride of each leg, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Final

import cv2
import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import INDEX, SIDES, Side
from kneedrive_cv.report.annotate import Axes, Sketch, knee, thigh, thigh_below_parallel
from kneedrive_cv.report.drawing import Image, draw_skeleton, put_text
from kneedrive_cv.report.formats import number
from kneedrive_cv.report.palette import INK, SIDE_ON_PICTURE, bgr
from kneedrive_cv.report.stills import soften
from kneedrive_cv.report.window import Window, drawn_points, hip_centre, row_of, running_height_px
from kneedrive_cv.result import AnalysisResult, Stride
from kneedrive_cv.technique.not_a_sprint import is_drill
from kneedrive_cv.video.reader import Frame

PHASES: Final[dict[str, str]] = {
    "toe_off": "Toe-off",
    "peak": "Highest point",
    "strike": "Strike",
    "touchdown": "Touchdown",
    "full_support": "Full support",
}
"""The moments of a leg, after the kinogram of McMillan and Pfaff (2018). The highest point is the
top of the knee drive; at the strike the thigh swings back fastest; at full support the ankle is
under the hip."""
LIFT_PHASES: Final[dict[str, str]] = {
    "toe_off": "Thigh lowest",
    "peak": "Highest point",
    "touchdown": "Lowest again",
}
"""Those of a drill, whose lifts go from the thigh's low to its next."""
_CELL_PX: Final = (288, 400)
_HEAD_PX: Final = 44
_GAP_PX: Final = 6
_ROOM: Final = 1.32
_TEXT: Final = "#e8edf3"


@dataclass(frozen=True)
class Moment:
    """One picture of the kinogram."""

    side: Side
    phase: str
    frame: int
    title: str


def phases_of(result: AnalysisResult) -> dict[str, str]:
    """The moments that are shown of a leg, with their titles."""
    return LIFT_PHASES if is_drill(result.scene.gait) else PHASES


def representative_stride(analysis: Analysis, side: Side) -> Stride | None:
    """The stride of a leg that is nearest to its median, among the best followed ones."""
    strides = [s for s in analysis.result.strides if s.side == side]
    heights = {s.number: s.metrics["thigh_deg"].value for s in strides}
    known = [v for v in heights.values() if v is not None]
    if not strides or not known:
        return strides[0] if strides else None
    best = max(s.valid_fraction for s in strides)
    good = [s for s in strides if s.valid_fraction >= 0.9 * best]
    middle_deg = median(known)

    def off(stride: Stride) -> float:
        """How far a stride is from the middle one."""
        height = heights[stride.number]
        return abs(height - middle_deg) if height is not None else np.inf

    return min(good, key=off)


def _strike(analysis: Analysis, stride: Stride) -> int | None:
    """The frame on the way down in which the thigh swings back fastest."""
    angle = analysis.angles.columns.get(f"{stride.side}_thigh_deg")
    frame = analysis.angles.frame
    down = (frame > stride.peak_frame) & (frame < stride.touchdown_frame)
    if angle is None or not down.any():
        return None
    speed = np.gradient(angle, analysis.angles.time_s)[down]
    return int(frame[down][np.nanargmin(speed)]) if np.isfinite(speed).any() else None


def _full_support(analysis: Analysis, stride: Stride) -> int | None:
    """The frame of the contact after the knee drive in which the ankle is nearest under the hip.

    At the clip's end, of the contact before it.
    """
    first, end = _contact(analysis, stride) or (0, 0)
    pose = analysis.pose
    hip, ankle = (pose.xy_px[:, INDEX[f"{stride.side}_{part}"], 0] for part in ("hip", "ankle"))
    off_px = np.abs(ankle - hip)
    inside = (pose.frame >= first) & (pose.frame < end) & np.isfinite(off_px)
    return int(pose.frame[inside][np.argmin(off_px[inside])]) if inside.any() else None


def _contact(analysis: Analysis, stride: Stride) -> tuple[int, int] | None:
    """Half-open range of frames of the contact after a knee drive, else of the one before."""
    events = [e for e in analysis.result.events if e.side == stride.side]
    after = [e.frame for e in events if e.type == "toe_off" and e.frame > stride.touchdown_frame]
    if after:
        return stride.touchdown_frame, min(after)
    before = [e.frame for e in events if e.type == "touchdown" and e.frame < stride.toe_off_frame]
    return (max(before), stride.toe_off_frame) if before else None


def moments(analysis: Analysis) -> list[Moment]:
    """The frames that the kinogram needs; a leg without a full stride has none."""
    wanted = []
    for side in SIDES:
        stride = representative_stride(analysis, side)
        if stride is not None:
            frames = {
                "toe_off": stride.toe_off_frame,
                "peak": stride.peak_frame,
                "strike": _strike(analysis, stride),
                "touchdown": stride.touchdown_frame,
                "full_support": _full_support(analysis, stride),
            }
            wanted += [
                Moment(side, phase, frame, title.lower())
                for phase, title in phases_of(analysis.result).items()
                if (frame := frames[phase]) is not None
            ]
    return wanted


class KinogramCollector:
    """Gathers the pictures of the kinogram during a pass.

    Parameters
    ----------
    analysis : Analysis
        Where the athlete is in each frame.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self.moments = moments(analysis)
        self._cells: dict[tuple[Side, str], Image] = {}

    def add(self, frame: Frame) -> None:
        """Take a frame of the pass."""
        for moment in self.moments:
            if moment.frame == frame.index:
                cell = _cell(self._analysis, frame.image_bgr, moment)
                if cell is not None:
                    self._cells[moment.side, moment.phase] = cell

    def render(self) -> Image | None:
        """The whole kinogram, shape (H, W, 3), BGR; None when the pass met none of it."""
        sides = [s for s in SIDES if any(side == s for side, _ in self._cells)]
        if not sides:
            return None
        phases = self._met()
        return np.vstack([_row(self._cells, side, phases) for side in sides])

    def _met(self) -> dict[str, str]:
        """The moments that at least one leg has, with their titles."""
        told = {phase for _, phase in self._cells}
        return {k: title for k, title in phases_of(self._analysis.result).items() if k in told}

    def tops(self) -> dict[Side, Image]:
        """The picture of the highest point of each leg, where the pass met it."""
        return {side: self._cells[side, "peak"] for side in SIDES if (side, "peak") in self._cells}

    def alt(self) -> str:
        """The kinogram in words."""
        sides = " and ".join(s for s in SIDES if any(side == s for side, _ in self._cells))
        told = ", the thigh's angle from vertical and the knee's flexion"
        return (
            f"Kinogram of one stride of the {sides} leg: "
            + ", ".join(self._met().values()).lower()
            + f", with the skeleton{told if self._analysis.result.scene.shows_legs else ''}."
        )


def _cell(analysis: Analysis, image: Image, moment: Moment) -> Image | None:
    hip = hip_centre(analysis.pose, moment.frame)
    if hip is None:
        return None
    width, height = _CELL_PX
    tall_px = running_height_px(analysis)
    # The hips stand a little above the middle of a runner's picture, the same in every cell.
    centre = hip + np.array([0.0, 0.03 * tall_px])
    window = Window.about(centre, seen_px=_ROOM * tall_px, width_px=width, height_px=height)
    cut = soften(window.cut(image))
    row = row_of(analysis.pose, moment.frame)
    if row is not None:
        _draw(analysis, cut, window, moment, row)
    return cut


def _draw(analysis: Analysis, cut: Image, window: Window, moment: Moment, row: int) -> None:
    scene = analysis.result.scene
    points = window.points(drawn_points(analysis.pose, row, scene.gait))
    height_px = running_height_px(analysis) * window.scale
    draw_skeleton(cut, points, near_side=scene.near_side, width_px=max(round(height_px / 75), 3))
    if not scene.shows_legs:
        return
    sketch = Sketch(cut, points, moment.side, Axes.at(analysis, row), height_px)
    marks = {"thigh_deg": thigh_below_parallel if moment.phase == "peak" else thigh}
    if not is_drill(scene.gait):  # whose knee is not told
        marks |= {"knee_flexion_deg": knee}  # gives way to the thigh's number
    for name, mark in marks.items():
        angle = analysis.angles.columns.get(f"{moment.side}_{name}")
        if angle is not None and np.isfinite([angle[row], *sketch.leg("knee")]).all():
            mark(sketch, number(float(angle[row]), "deg"))


def _row(cells: dict[tuple[Side, str], Image], side: Side, phases: dict[str, str]) -> Image:
    width, height = _CELL_PX
    total = len(phases) * (width + _GAP_PX) - _GAP_PX
    row = np.full((height + _HEAD_PX, total, 3), bgr(INK), np.uint8)
    for i, (phase, title) in enumerate(phases.items()):
        x = i * (width + _GAP_PX)
        cell = cells.get((side, phase))
        if cell is not None:
            row[_HEAD_PX:, x : x + width] = cell
        heading = f"{side.capitalize()} leg · {title}"
        cv2.rectangle(row, (x, 12), (x + 5, _HEAD_PX - 12), bgr(SIDE_ON_PICTURE[side]), -1)
        put_text(row, heading, (x + 14, _HEAD_PX - 16), bgr(_TEXT), 19, 500)
    return row
