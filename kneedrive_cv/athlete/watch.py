"""Where to look for people: the whole picture now and then, else near the one who moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.detector import INPUT_PX, Detector, same_person, shrink
from kneedrive_cv.athlete.motion import CHANGE_STEP, is_busy
from kneedrive_cv.config import AthleteSettings

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

# A window of this size costs half of the whole picture, and shows a small athlete larger.
WINDOW_INPUT_PX = 192
MIN_WINDOW_PX = 48
WINDOW_PER_BOX = 2.4
FINER = 0.8  # a window is worth it when its pixels are at most this large against the whole's
EDGE_SHARE = 0.02  # boxes nearer to a window's edge are cut off by it
KEPT_HEIGHTS = 0.9  # further from where he is expected it may be somebody else
RIVAL_CHANGE = 8.0  # grey levels
RIVAL_SHARE = 0.5


class Watch:
    """Looks for people, and remembers the one most worth a closer look.

    Parameters
    ----------
    detector : Detector
    settings : AthleteSettings
    """

    def __init__(self, detector: Detector, settings: AthleteSettings) -> None:
        self._detector = detector
        self._settings = settings
        self._whole_s = -np.inf
        self._target: FloatArray | None = None
        self._target_s = 0.0
        self._velocity_px_s = np.zeros(2)
        self._rivals = False
        self._sure = False

    def look(
        self, image_bgr: Image, small: Image, time_s: float, change: NDArray[np.uint8]
    ) -> tuple[FloatArray, FloatArray]:
        """Find people in one frame.

        Parameters
        ----------
        image_bgr : ndarray of uint8, shape (height, width, 3)
            The frame.
        small : ndarray of uint8
            The same, shrunk to the detector's size.
        time_s : float
            Seconds of playback.
        change : ndarray of uint8, shape (rows, columns)
            Greatest change per cell since the last look.

        Returns
        -------
        boxes : ndarray, shape (N, 4)
            In pixels of the frame.
        scores : ndarray, shape (N,)
        """
        if self._may_stay_close(time_s) and not self._changes_elsewhere(image_bgr, time_s, change):
            boxes, scores = self._closer(image_bgr, time_s)
            found = self._find_target(boxes, scores, time_s)
            if found is not None:
                self._remember(boxes[found], time_s)
                return boxes, scores
        return self._look_whole(image_bgr, small, time_s, change)

    def _may_stay_close(self, time_s: float) -> bool:
        whole_due = time_s - self._whole_s >= self._settings.whole_every_s - 1e-6
        return self._sure and not self._rivals and not whole_due

    def _changes_elsewhere(
        self, image_bgr: Image, time_s: float, change: NDArray[np.uint8]
    ) -> bool:
        """Whether somebody else may have come: as much changes outside the window as of a body."""
        if self._target is None:
            return True
        cell_px = image_bgr.shape[1] / change.shape[1]
        x0, y0, x1, y1 = np.array(_window(self._expected(time_s), image_bgr)) / cell_px
        beyond = change.copy()
        beyond[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] = 0
        return is_busy(beyond)

    def _look_whole(
        self, image_bgr: Image, small: Image, time_s: float, change: NDArray[np.uint8]
    ) -> tuple[FloatArray, FloatArray]:
        first, self._whole_s = np.isinf(self._whole_s), time_s
        scale = image_bgr.shape[1] / small.shape[1]
        boxes, scores = self._detector.detect(small)
        boxes = boxes * scale
        if not len(boxes):
            self._target = None
            self._rivals = self._sure = False
            return boxes, scores
        moved = moved_levels(boxes, change, image_bgr.shape[1] / change.shape[1])
        size = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))
        weight = scores * size * (1 + moved)
        best = int(np.argmax(weight))
        sure = scores >= self._settings.min_score
        # at the first look nobody knows yet who moves
        rival = sure & (first | (moved > max(RIVAL_CHANGE, RIVAL_SHARE * moved[best])))
        self._rivals = bool(np.any(rival & ~same_person(boxes[best], boxes)))
        self._remember(boxes[best], time_s)
        return self._with_closer(boxes, scores, image_bgr, time_s)

    def _with_closer(
        self, boxes: FloatArray, scores: FloatArray, image_bgr: Image, time_s: float
    ) -> tuple[FloatArray, FloatArray]:
        """The boxes of the whole picture; those of the closer look instead where it has some."""
        near, near_scores = self._closer(image_bgr, time_s)
        sure = near_scores >= self._settings.min_score
        stays = np.array([not np.any(same_person(box, near[sure])) for box in boxes], dtype=bool)
        found = self._find_target(near, near_scores, time_s)
        self._sure = found is not None
        if found is not None:
            self._remember(near[found], time_s)
        near, near_scores = near[sure], near_scores[sure]
        return np.concatenate([near, boxes[stays]]), np.concatenate([near_scores, scores[stays]])

    def _closer(self, image_bgr: Image, time_s: float) -> tuple[FloatArray, FloatArray]:
        """Detect in a window around the target."""
        nothing = np.empty((0, 4)), np.empty(0)
        if self._target is None:
            return nothing
        x0, y0, x1, y1 = _window(self._expected(time_s), image_bgr)
        finest = FINER * max(image_bgr.shape) / INPUT_PX
        if (
            min(x1 - x0, y1 - y0) < MIN_WINDOW_PX
            or max(x1 - x0, y1 - y0) > finest * WINDOW_INPUT_PX
        ):
            return nothing
        part = image_bgr[y0:y1, x0:x1]
        part = shrink(part, min(WINDOW_INPUT_PX, max(part.shape[:2])))
        boxes, scores = self._detector.detect(part)
        boxes = boxes * ((x1 - x0) / part.shape[1]) + np.array([x0, y0, x0, y0])
        whole = _uncut(boxes, (x0, y0, x1, y1), image_bgr)
        return boxes[whole], scores[whole]

    def _expected(self, time_s: float) -> FloatArray:
        assert self._target is not None
        shift = self._velocity_px_s * (time_s - self._target_s)
        return self._target + np.tile(shift, 2)

    def _find_target(self, boxes: FloatArray, scores: FloatArray, time_s: float) -> int | None:
        """The sure box nearest to where the target is expected, if it is near enough."""
        sure = np.flatnonzero(scores >= self._settings.min_score)
        if self._target is None or not len(sure):
            return None
        expected = self._expected(time_s)
        size = max(expected[2:] - expected[:2])
        away = (boxes[sure, :2] + boxes[sure, 2:] - expected[:2] - expected[2:]) / 2
        distance = np.hypot(*away.T) / size
        k = int(np.argmin(distance))
        return int(sure[k]) if distance[k] < KEPT_HEIGHTS else None

    def _remember(self, box: FloatArray, time_s: float) -> None:
        velocity = np.zeros(2)
        dt_s = time_s - self._target_s
        if self._target is not None and dt_s <= 2 * self._settings.detect_every_s:
            if dt_s <= 0:  # the same look, closer: the velocity stands
                self._target = box
                return
            shift = (box[:2] + box[2:] - self._target[:2] - self._target[2:]) / 2
            if np.hypot(*shift) < 3 * max(box[2:] - box[:2]):
                velocity = shift / dt_s
        self._target, self._target_s, self._velocity_px_s = box, time_s, velocity


def moved_levels(boxes: FloatArray, change: NDArray[np.uint8], cell_px: float) -> FloatArray:
    """Upper quartile of the change in each box beyond the picture's median, in grey levels."""
    result = np.zeros(len(boxes))
    for k, (x0, y0, x1, y1) in enumerate(np.round(boxes / cell_px).astype(int)):
        patch = change[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
        if patch.size:
            result[k] = np.percentile(patch, 75) - np.median(change)
    return np.clip(result, 0.0, None) * CHANGE_STEP


def _window(box: FloatArray, image_bgr: Image) -> tuple[int, int, int, int]:
    """A square around a box, clipped to the picture."""
    half = WINDOW_PER_BOX * max(box[2:] - box[:2]) / 2
    centre = (box[:2] + box[2:]) / 2
    height, width = image_bgr.shape[:2]
    x0, y0 = np.clip(centre - half, 0, [width, height]).astype(int)
    x1, y1 = np.clip(centre + half, 0, [width, height]).astype(int)
    return int(x0), int(y0), int(x1), int(y1)


def _uncut(
    boxes: FloatArray, window: tuple[int, int, int, int], image_bgr: Image
) -> NDArray[np.bool_]:
    """Which boxes do not touch an edge of the window that lies inside the picture."""
    x0, y0, x1, y1 = window
    margin = EDGE_SHARE * max(x1 - x0, y1 - y0)
    height, width = image_bgr.shape[:2]
    low = np.array([x0 + margin if x0 > 0 else -1.0, y0 + margin if y0 > 0 else -1.0])
    high = np.array(
        [x1 - margin if x1 < width else width + 1.0, y1 - margin if y1 < height else height + 1.0]
    )
    inside: NDArray[np.bool_] = np.all((boxes[:, :2] > low) & (boxes[:, 2:] < high), axis=1)
    return inside
