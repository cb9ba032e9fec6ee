"""The first pass over a clip: where people are, how the background moves, what repeats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.blends import find_blends, unmixed_share
from kneedrive_cv.athlete.detector import INPUT_PX, Detector, shrink
from kneedrive_cv.athlete.motion import (
    CHANGE_STEP,
    BackgroundFollower,
    change,
    coarser,
    is_busy,
    scaled,
)
from kneedrive_cv.athlete.repeats import change_level, find_repeats
from kneedrive_cv.athlete.watch import Watch, moved_levels
from kneedrive_cv.config import AthleteSettings
from kneedrive_cv.video.reader import Frame

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]
Progress = Callable[[int], None]

# Nobody sprints further than this between two detections, in body heights per second.
REACH_HEIGHTS_PER_S = 8.0
MOVED_LEVELS = 6.0  # grey levels; somebody who passes the border of the picture changes more
QUIET_FACTOR = 2
SPARE_LOOKS = 8  # looks between the regular ones, beyond one for each of those
LOOK_ROWS = 3


@dataclass(frozen=True)
class Survey:
    """What the first pass saw. T frames, N detections of people.

    Attributes
    ----------
    frame : ndarray of int, shape (T,)
        0-based frame of the container.
    time_s : ndarray, shape (T,)
        Seconds of playback.
    width_px, height_px : int
        Size of the picture.
    background_motion : ndarray, shape (T, 2, 3)
        Similarity that takes a point of the background from the frame before to this one.
    repeated : ndarray of bool, shape (T,)
        The frame only repeats the one before, or is mixed of those beside it.
    change : ndarray of uint8, shape (T, rows, columns)
        Difference to the frame before per cell of the picture, in quarters of a grey level,
        once the background's motion is undone.
    searched : ndarray of bool, shape (T,)
        People were looked for in this frame.
    row : ndarray of int, shape (N,)
        Row in the arrays above that a detection belongs to, not decreasing.
    box : ndarray, shape (N, 4)
        Left, top, right, bottom in pixels.
    score : ndarray, shape (N,)
        The detector's confidence.
    look : ndarray, shape (N, L)
        Mean colours down the middle of the box, to tell people apart.
    """

    frame: NDArray[np.int64]
    time_s: FloatArray
    width_px: int
    height_px: int
    background_motion: FloatArray
    repeated: NDArray[np.bool_]
    change: NDArray[np.uint8]
    searched: NDArray[np.bool_]
    row: NDArray[np.int64]
    box: FloatArray
    score: FloatArray
    look: FloatArray

    def __len__(self) -> int:
        return len(self.time_s)


def survey(
    frames: Iterable[Frame],
    detector: Detector,
    settings: AthleteSettings,
    progress: Progress | None = None,
) -> Survey:
    """Go over a clip once.

    People are looked for every ``settings.detect_every_s`` seconds of playback, and on the
    frames between where somebody enters or leaves the picture. No more than the frames
    between two such looks are held, shrunk.

    Parameters
    ----------
    frames : iterable of Frame
        The clip, for instance a `VideoReader`.
    detector : Detector
        Finds people in a picture.
    settings : AthleteSettings
    progress : callable, optional
        Called with the number of frames done, after each.
    """
    scan = _Scan(detector, settings)
    for frame in frames:
        scan.add(frame)
        if progress is not None:
            progress(len(scan.time_s))
    return scan.finish()


class _Scan:
    """The pass in the making."""

    def __init__(self, detector: Detector, settings: AthleteSettings) -> None:
        self._detector = detector
        self._settings = settings
        self._size = (0, 0)
        self._scale = 1.0
        self._watch = Watch(detector, settings)
        self._follower = BackgroundFollower()
        self._grey: Image | None = None
        self._grey_before: Image | None = None
        self._unmixed: list[float] = []
        self._image: Image | None = None  # the newest frame
        self._recent: NDArray[np.uint8] | None = None  # greatest change since the last look
        self._held: list[Image] = []  # shrunk frames since the last look, that one first
        self._looks = 0
        self._extra_looks = 0
        self.frame: list[int] = []
        self.time_s: list[float] = []
        self._motion: list[FloatArray] = []
        self._change: list[NDArray[np.uint8]] = []
        self._level: list[float] = []
        self._seen: dict[int, tuple[FloatArray, FloatArray, FloatArray]] = {}

    def add(self, frame: Frame) -> None:
        """Take the next frame, and look for people in it where that is due."""
        small = shrink(frame.image_bgr, INPUT_PX)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        if self._grey_before is not None and self._grey is not None:
            self._unmixed.append(unmixed_share(self._grey_before, self._grey, grey))
        self._grey_before = self._grey
        if self._grey is None:
            self._size = (frame.image_bgr.shape[1], frame.image_bgr.shape[0])
            self._scale = self._size[0] / small.shape[1]
            self._grey = grey
        motion = self._follower.step(grey)
        cells = change(self._grey, grey, motion)
        self._recent = cells if self._recent is None else np.maximum(self._recent, cells)
        self._change.append(coarser(cells))
        self._level.append(change_level(cells, CHANGE_STEP))
        self._motion.append(scaled(motion, self._scale))
        self.frame.append(frame.index)
        self.time_s.append(frame.time_s)
        self._grey, self._image = grey, frame.image_bgr
        self._held.append(small)
        if self._is_due():
            self._look_now()

    def _is_due(self) -> bool:
        if not self._seen:
            return True
        waited_s = self.time_s[-1] - self.time_s[max(self._seen)] + 1e-6
        every_s = self._settings.detect_every_s
        return waited_s >= (every_s if self._is_busy() else QUIET_FACTOR * every_s)

    def _is_busy(self) -> bool:
        """Whether a body moves: in the blocks, or with nobody there, looks may be rarer."""
        return self._recent is not None and is_busy(self._recent)

    def _look_now(self) -> None:
        """Look for people in the newest frame, and between if somebody came or went."""
        row = len(self.time_s) - 1
        before = max(self._seen) if self._seen else None
        assert self._image is not None
        assert self._recent is not None
        small = self._held[-1]
        boxes, scores = self._watch.look(self._image, small, self.time_s[row], self._recent)
        self._seen[row] = (boxes, scores, _looks(small, boxes / self._scale))
        self._looks += 1
        if before is not None:
            self._refine(before, row)
        self._recent = None
        self._held = self._held[-1:]

    def _detect(self, row: int) -> None:
        small = self._held[row - len(self.time_s)]
        boxes, scores = self._detector.detect(small)
        self._seen[row] = (boxes * self._scale, scores, _looks(small, boxes))

    def _refine(self, start: int, stop: int) -> None:
        """Halve the stretch in which somebody enters or leaves until it is one frame."""
        if stop - start < 2 or self._extra_looks >= self._looks + SPARE_LOOKS:
            return
        if not self._someone_passes_border(start, stop):
            return
        middle = (start + stop) // 2
        self._detect(middle)
        self._extra_looks += 1
        self._refine(start, middle)
        self._refine(middle, stop)

    def _someone_passes_border(self, start: int, stop: int) -> bool:
        a, b = self._movers(start), self._movers(stop)
        reach = REACH_HEIGHTS_PER_S * (self.time_s[stop] - self.time_s[start])
        return _unmatched_at_border(a, b, reach, self._size) or _unmatched_at_border(
            b, a, reach, self._size
        )

    def _movers(self, row: int) -> FloatArray:
        """Boxes of people who are there for sure and moved since the last look."""
        assert self._recent is not None
        boxes, scores, _ = self._seen[row]
        cell_px = self._size[0] / self._recent.shape[1]
        moved = moved_levels(boxes, self._recent, cell_px) > MOVED_LEVELS
        sure: FloatArray = boxes[moved & (scores >= self._settings.min_score)]
        return sure

    def finish(self) -> Survey:
        """What was seen, with a last look at the last frame."""
        if self._held and len(self.time_s) - 1 not in self._seen:
            self._look_now()
        rows = sorted(self._seen)
        searched = np.zeros(len(self.time_s), dtype=bool)
        searched[rows] = True
        parts = [self._seen[row] for row in rows]
        return Survey(
            frame=np.array(self.frame, dtype=np.int64),
            time_s=np.array(self.time_s, dtype=float),
            width_px=self._size[0],
            height_px=self._size[1],
            background_motion=np.array(self._motion, dtype=float).reshape(-1, 2, 3),
            repeated=find_repeats(np.array(self._level)) | self._blends(),
            change=np.array(self._change, dtype=np.uint8),
            searched=searched,
            row=np.repeat(rows, [len(part[1]) for part in parts]).astype(np.int64),
            box=np.concatenate([part[0] for part in parts] or [np.empty((0, 4))]),
            score=np.concatenate([part[1] for part in parts] or [np.empty(0)]),
            look=np.concatenate([part[2] for part in parts] or [np.empty((0, 3 * LOOK_ROWS))]),
        )

    def _blends(self) -> NDArray[np.bool_]:
        """Frames that are mixed of those beside them; the first and the last are not."""
        ends = len(self.time_s) - len(self._unmixed)
        first = min(1, ends)
        edges = (first, ends - first)
        return find_blends(np.pad(self._unmixed, edges, constant_values=np.nan))


def _unmatched_at_border(
    these: FloatArray, others: FloatArray, reach: float, size: tuple[int, int]
) -> bool:
    """Whether a box within reach of the left or right border has nobody near in the others."""
    for box in these:
        height = box[3] - box[1]
        near_px = reach * height
        if min(box[0], size[0] - box[2]) > near_px:
            continue
        centre = (box[:2] + box[2:]) / 2
        distance = np.hypot(*(((others[:, :2] + others[:, 2:]) / 2 - centre).T))
        if not np.any(distance < near_px):
            return True
    return False


def _looks(small: Image, boxes: FloatArray) -> FloatArray:
    """Mean colours down the middle half of each box, (N, 3 * LOOK_ROWS)."""
    result = np.zeros((len(boxes), 3 * LOOK_ROWS))
    for k, (left, top, right, bottom) in enumerate(boxes):
        quarter = (right - left) / 4
        x0, x1 = int(left + quarter), int(np.ceil(right - quarter))
        patch = small[int(top) : max(int(top) + 1, int(bottom)), x0 : max(x0 + 1, x1)]
        if patch.size:
            strips = cv2.resize(patch, (1, LOOK_ROWS), interpolation=cv2.INTER_AREA)
            result[k] = strips.reshape(-1)
    return result
