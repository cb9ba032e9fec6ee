"""The pictures of the report: the frame behind each fault, with the skeleton and the angle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.report.annotate import ANNOTATIONS, COMPARED, Axes, Sketch
from kneedrive_cv.report.drawing import Image, draw_skeleton
from kneedrive_cv.report.formats import number
from kneedrive_cv.report.window import Window, body_centre, drawn_points, row_of, running_height_px
from kneedrive_cv.result import Fault, Value
from kneedrive_cv.technique.rules import RULES, compared_metric
from kneedrive_cv.video.reader import Frame

STILL_SIZE_PX: Final = (512, 600)
_ROOM: Final = 1.3
"""Height seen over the athlete's height: arms and the swinging foot must fit."""
_JPEG_QUALITY: Final = 84


@dataclass(frozen=True)
class Still:
    """A picture that is wanted.

    Attributes
    ----------
    key : str
        What it is found by afterwards.
    frame : int
        0-based frame of the container.
    side : {'left', 'right'}
        The leg it is about.
    draw : callable or None
        What is drawn besides the skeleton.
    text : str
        The number beside the drawn angle.
    """

    key: str
    frame: int
    side: Side
    draw: Callable[[Sketch, str], None] | None
    text: str


def fault_key(place: int) -> str:
    """The key of a fault's picture, by the fault's place in the result."""
    return f"fault-{place}"


def fault_stills(analysis: Analysis) -> list[Still]:
    """One picture for each fault, at the frame that shows it."""
    return [
        Still(fault_key(i), f.frame, f.side, _annotation(analysis, f), _drawn_number(analysis, f))
        for i, f in enumerate(analysis.result.faults)
    ]


def _annotation(analysis: Analysis, fault: Fault) -> Callable[[Sketch, str], None] | None:
    """What shows the fault; nothing where another clip does, whose view this picture has not."""
    metric = _metric(fault)
    own = _of_stride(analysis, fault, metric)
    if own is not None and own.source:
        return None
    return COMPARED.get(metric) if fault.code == "asymmetry" else ANNOTATIONS.get(fault.code)


def _metric(fault: Fault) -> str:
    """What the fault was found by; empty for a check that is not among those of this package."""
    if fault.code == "asymmetry":
        return compared_metric(fault.title)
    return next((rule.metric for rule in RULES if rule.code == fault.code), "")


def _of_stride(analysis: Analysis, fault: Fault, metric: str) -> Value | None:
    """The number of the stride that shows the fault."""
    strides = analysis.result.strides
    return next((s.metrics.get(metric) for s in strides if s.number == fault.stride), None)


def _drawn_number(analysis: Analysis, fault: Fault) -> str:
    if fault.code != "asymmetry":
        return number(fault.value, fault.unit)
    # Its value is a difference of two legs; the picture shows one leg's own number.
    own = _of_stride(analysis, fault, _metric(fault))
    return number(own.value if own else None, fault.unit)


def soften(image: Image) -> Image:
    """Take colour and contrast out of a picture, so that what is drawn on it stands out."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.addWeighted(image, 0.5, grey, 0.38, 8.0), dtype=np.uint8)


def picture(analysis: Analysis, image: Image, window: Window, still: Still) -> Image:
    """Cut a window out of a frame and draw the skeleton and a fault's angle on it."""
    cut = soften(window.cut(image))
    row = row_of(analysis.pose, still.frame)
    if row is None:
        return cut
    scene = analysis.result.scene
    height_px = running_height_px(analysis) * window.scale
    points = window.points(drawn_points(analysis.pose, row, scene.gait))
    draw_skeleton(cut, points, near_side=scene.near_side, width_px=max(round(height_px / 70), 3))
    if still.draw is not None:
        still.draw(Sketch(cut, points, still.side, Axes.at(analysis, row), height_px), still.text)
    return cut


class StillCollector:
    """Keeps the wanted pictures of a pass, finished and compressed, and nothing else.

    Parameters
    ----------
    analysis : Analysis
        Where the athlete is in each frame.
    stills : list of Still
        What is wanted.

    Attributes
    ----------
    jpegs : dict of str to bytes
        The pictures that the pass has come to, by key.
    """

    def __init__(self, analysis: Analysis, stills: list[Still]) -> None:
        self._analysis = analysis
        self._wanted: dict[int, list[Still]] = {}
        for still in stills:
            self._wanted.setdefault(still.frame, []).append(still)
        self.jpegs: dict[str, bytes] = {}

    def add(self, frame: Frame) -> None:
        """Take a frame of the pass."""
        for still in self._wanted.get(frame.index, ()):
            window = self._window(frame.index)
            if window is not None:
                drawn = picture(self._analysis, frame.image_bgr, window, still)
                self.jpegs[still.key] = to_jpeg(drawn)

    def _window(self, frame: int) -> Window | None:
        centre = body_centre(self._analysis.pose, frame)
        if centre is None:
            return None
        seen_px = running_height_px(self._analysis) * _ROOM
        width, height = STILL_SIZE_PX
        return Window.about(centre, seen_px=seen_px, width_px=width, height_px=height)


def to_jpeg(image: Image) -> bytes:
    """A picture as JPEG."""
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return data.tobytes()


def to_png(image: Image) -> bytes:
    """A picture as PNG."""
    return cv2.imencode(".png", image)[1].tobytes()
