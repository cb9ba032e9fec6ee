"""The overlay video: skeleton, thigh gauge and the current moment on every frame."""

from __future__ import annotations

import math
from collections import deque
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.catalogue import readable_angles
from kneedrive_cv.report.drawing import (
    FloatArray,
    Image,
    draw_skeleton,
    fixed,
    line,
    put_text,
    shade,
)
from kneedrive_cv.report.formats import number
from kneedrive_cv.report.joint_angles import JointAngles
from kneedrive_cv.report.palette import PAPER, SIDE_ON_PICTURE, TARGET, bgr
from kneedrive_cv.report.playback import ShownFrame
from kneedrive_cv.report.window import drawn_points, held_row, running_height_px
from kneedrive_cv.video.reader import Frame
from kneedrive_cv.video.writer import OverlayWriter

MAX_LONG_EDGE_PX: Final = 1280
_MOST_REPEATED: Final = 6
"""Times that a picture is shown: films of 24 pictures a second at 120 frames show each 5 times."""
_MOST_WAITING: Final = 3
_EVENT_SHOWN_S: Final = 0.1
"""Real time for which an event's name stays in the caption: long enough to be read in slow
motion, short enough to be over before the next event."""


def overlay_size(width_px: int, height_px: int) -> tuple[int, int]:
    """The size of the overlay: even, with the long edge limited.

    Examples
    --------
    >>> overlay_size(1920, 1080), overlay_size(721, 405)
    ((1280, 720), (720, 404))
    """
    scale = min(1.0, MAX_LONG_EDGE_PX / max(width_px, height_px))
    width, height = (max(round(edge * scale) // 2 * 2, 2) for edge in (width_px, height_px))
    return width, height


@dataclass(frozen=True)
class _Gauge:
    """A quarter of a clock face: down is a hanging thigh, level is parallel to the track."""

    centre: FloatArray
    radius_px: float
    forward: float
    text_px: int

    def direction(self, thigh_deg: float) -> FloatArray:
        """Where a thigh of this angle points in the picture, of length 1."""
        angle = math.radians(thigh_deg)
        return np.array([self.forward * math.sin(angle), math.cos(angle)])

    def draw(self, image: Image, thigh_deg: dict[Side, float]) -> None:
        """The dial with a hand for each thigh that is known, and the numbers."""
        self._face(image)
        for side, angle in thigh_deg.items():
            if math.isfinite(angle):
                tip = self.centre + self.direction(angle) * self.radius_px
                line(image, self.centre, tip, bgr(SIDE_ON_PICTURE[side]), self.text_px // 4)
        self._numbers(image, thigh_deg)

    def _face(self, image: Image) -> None:
        r = self.radius_px
        x, y = self.centre
        shade(image, int(x - 1.4 * r), int(y - 0.6 * r), int(2.8 * r), int(2.3 * r))
        cv2.circle(image, fixed(self.centre), round(r * 16), (120, 120, 120), 1, cv2.LINE_AA, 4)
        tip = self.direction(90.0) * r
        line(image, self.centre, self.centre + tip * 1.1, bgr(TARGET), 2)
        at = (int(x - 1.3 * r), int(y - 0.25 * r))
        put_text(image, "thigh", at, bgr(PAPER), self.text_px, 400)

    def _numbers(self, image: Image, thigh_deg: dict[Side, float]) -> None:
        x, y = self.centre
        for i, (side, angle) in enumerate(thigh_deg.items()):
            text = f"{side[0].upper()} {number(angle, 'deg')}"
            at = (int(x + (i * 1.35 - 1.3) * self.radius_px), int(y + 1.5 * self.radius_px))
            put_text(image, text, at, bgr(SIDE_ON_PICTURE[side]), self.text_px, 700)


class OverlayPainter:
    """Draws one frame of the overlay.

    Parameters
    ----------
    analysis : Analysis
        What is drawn.
    """

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        clip = analysis.result.clip
        self.size = overlay_size(clip.width_px, clip.height_px)
        self._scale = np.array(self.size) / (clip.width_px, clip.height_px)
        self._text_px = max(round(min(self.size) / 36), 12)
        height_px = running_height_px(analysis) * float(self._scale[1])
        self._line_px = int(np.clip(round(height_px / 75), 2, 8))
        self._gauge = self._make_gauge()
        self._joints = self._make_joints(height_px)
        self._captions = self._make_captions()

    def _make_gauge(self) -> _Gauge | None:
        scene = self._analysis.result.scene
        if not scene.shows_legs:
            return None
        radius = min(self.size) * 0.085
        # On the side the athlete leaves, so that he does not run into it.
        forward = -1.0 if scene.running_direction == "left" else 1.0
        x = 1.6 * radius if forward > 0 else self.size[0] - 1.6 * radius
        return _Gauge(np.array([x, 0.85 * radius]), radius, forward, self._text_px)

    def _make_joints(self, height_px: float) -> JointAngles | None:
        scene = self._analysis.result.scene
        if not scene.shows_legs:
            return None
        forward = -1.0 if scene.running_direction == "left" else 1.0
        angles, result = self._analysis.angles, self._analysis.result
        claimed = [c for a in readable_angles(angles, result) for c in a.columns.values()]
        columns = {name: angles.columns[name] for name in claimed}
        return JointAngles(columns, scene.near_side, forward, height_px)

    def _make_captions(self) -> dict[int, str]:
        """What is said on which frame: the knee drive it lies in, and an event just past."""
        result, pose = self._analysis.result, self._analysis.pose
        captions: dict[int, str] = {}
        for stride in result.strides:
            text = f"Knee drive {stride.number} · {stride.side}"
            for frame in range(stride.toe_off_frame, stride.touchdown_frame):
                captions[frame] = text
            captions[stride.peak_frame] = f"{text} · top"
        for event in result.events:
            name = event.type.replace("_", "-")
            shown = (pose.time_s >= event.time_s) & (pose.time_s < event.time_s + _EVENT_SHOWN_S)
            for frame in pose.frame[shown | (pose.frame == event.frame)].tolist():
                before = captions.get(frame, "")
                captions[frame] = " · ".join(filter(None, (before, f"{event.side} {name}")))
        return captions

    def paint(self, frame: Frame) -> Image:
        """A drawn copy of a frame at the overlay's size, shape (H, W, 3), BGR."""
        drawn = self._resized(frame.image_bgr)
        # A doubled frame was not read; without its drawing the skeleton would flicker.
        most = _MOST_REPEATED if self._analysis.result.clip.frames_repeated else 1
        row = held_row(self._analysis.pose, frame.index, most)
        if row is not None:
            self._pose(drawn, row)
        self._caption(drawn, frame)
        return drawn

    def _resized(self, image: Image) -> Image:
        if (image.shape[1], image.shape[0]) == self.size:
            return image.copy()
        resized = cv2.resize(image, self.size, interpolation=cv2.INTER_AREA)
        return np.asarray(resized, dtype=np.uint8)

    def _pose(self, drawn: Image, row: int) -> None:
        scene = self._analysis.result.scene
        points = drawn_points(self._analysis.pose, row, scene.gait) * self._scale
        draw_skeleton(drawn, points, near_side=scene.near_side, width_px=self._line_px)
        if self._joints is not None:
            self._joints.draw(drawn, points, row)
        columns = self._analysis.angles.columns
        if self._gauge is not None:
            names: dict[Side, str] = {side: f"{side}_thigh_deg" for side in SIDES}
            self._gauge.draw(
                drawn, {s: float(columns[n][row]) for s, n in names.items() if n in columns}
            )

    def _caption(self, drawn: Image, frame: Frame) -> None:
        width, height = self.size
        bar = round(self._text_px * 1.9)
        base = height - round(self._text_px * 0.6)
        shade(drawn, 0, height - bar, width, bar)
        time_s = frame.time_s / self._analysis.result.clip.slow_motion
        put_text(
            drawn, f"{time_s:.3f} s · frame {frame.index}", (self._text_px, base), bgr(PAPER),
            self._text_px, 400,
        )  # fmt: skip
        caption = self._captions.get(frame.index)
        if caption:
            put_text(drawn, caption, (width // 3, base), bgr(PAPER), self._text_px, 600)


class OverlaySink:
    """Paints each frame of a pass and hands it to the writer, which works in a thread beside it.

    Parameters
    ----------
    analysis : Analysis
        What is drawn.
    writer : OverlayWriter
    thread : Executor
        One thread, that alone uses the writer.
    slower : float
        How many times slower than the clip the overlay plays.

    Attributes
    ----------
    shown : list of ShownFrame
        Which frame the overlay shows when; complete after `finish`.
    """

    def __init__(
        self, analysis: Analysis, writer: OverlayWriter, thread: Executor, *, slower: float = 1.0
    ) -> None:
        self._painter = OverlayPainter(analysis)
        self._writer = writer
        self._thread = thread
        self._slower = slower
        self._waiting: deque[tuple[int, Future[float]]] = deque()
        self.shown: list[ShownFrame] = []

    def add(self, frame: Frame) -> None:
        """Take a frame of the pass."""
        painted = self._painter.paint(frame)
        written = self._thread.submit(self._writer.write, painted, frame.time_s * self._slower)
        self._waiting.append((frame.index, written))
        self._take(_MOST_WAITING)

    def finish(self) -> None:
        """Wait until all is written."""
        self._take(0)

    def _take(self, left: int) -> None:
        """Wait until no more than so many frames wait for the writer."""
        while len(self._waiting) > left:
            number, written = self._waiting.popleft()
            self.shown.append(ShownFrame(number, written.result()))
