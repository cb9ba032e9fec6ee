"""Link detections into tracks of people, and fill in the frames between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.linking import (
    MAX_GAP_S,
    MAX_SIZE_RATIO,
    Chain,
    Trail,
    centre_of,
    height_of,
    link_sure,
)
from kneedrive_cv.athlete.motion import apply
from kneedrive_cv.athlete.starts import starts_anew
from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.athlete.watch import moved_levels
from kneedrive_cv.config import AthleteSettings

FloatArray = NDArray[np.float64]

FAINT_REACH_HEIGHTS = 0.6
MIN_LOOKS = 2
STILL_HEIGHTS_PER_S = 0.5
STILL_LEVELS = 4.0  # grey levels from frame to frame
MIN_VISIBLE_SHARE = 0.3
BORDER_SHARE = 0.04  # of the height: detections of a body that is cut end this far inside


@dataclass(frozen=True)
class Track:
    """One person through consecutive frames.

    Attributes
    ----------
    row : ndarray of int, shape (n,)
        Rows of the survey, consecutive.
    box : ndarray, shape (n, 4)
        Left, top, right, bottom in pixels; may reach past the picture.
    confidence : ndarray, shape (n,)
        The detector's score where he was detected, less between.
    seen : ndarray of bool, shape (n,)
        He was detected in this very frame.
    """

    row: NDArray[np.int64]
    box: FloatArray
    confidence: FloatArray
    seen: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.row)


def link(survey: Survey, settings: AthleteSettings) -> list[Track]:
    """Tracks of all people in a survey.

    Sure detections are linked forward through time by distance to where each person is
    expected, against the background; faint ones then only prolong what is there.

    Parameters
    ----------
    survey : Survey
    settings : AthleteSettings

    Returns
    -------
    list of Track
        In order of their first frame.
    """
    chain = Chain(survey.background_motion)
    people = starts_anew(link_sure(survey, chain, settings.min_score), survey, chain)
    faint = _Faint(survey, settings.min_score)
    for person in sorted(people, key=lambda p: -len(p.members)):
        _prolong(person, survey, chain, faint, step=-1)
        _prolong(person, survey, chain, faint, step=1)
    lasting = [person for person in people if len(person.members) >= MIN_LOOKS]
    return [_filled(person.members, survey, chain) for person in lasting]


def _prolong(person: Trail, survey: Survey, chain: Chain, faint: _Faint, step: int) -> None:
    """Add faint detections that stand where he stood, looking back or ahead."""
    added: list[int] = []
    while True:
        end = added[-1] if added else person.members[0 if step < 0 else -1]
        k = _nearest_faint(end, survey, chain, faint, step)
        if k is None:
            break
        faint.free[k] = False
        added.append(k)
    person.members = added[::-1] + person.members if step < 0 else person.members + added


class _Faint:
    """Faint detections in order of time, and which of them belong to nobody yet."""

    def __init__(self, survey: Survey, min_score: float) -> None:
        self.free = survey.score < min_score
        found = np.flatnonzero(self.free)
        time_s = survey.time_s[survey.row[found]]
        order = np.argsort(time_s, kind="stable")
        self._found, self._time_s = found[order], time_s[order]

    def near(self, time_s: float, step: int) -> list[int]:
        """Those within reach before or after a time, the nearest first."""
        ends_s = sorted((time_s, time_s + step * MAX_GAP_S))
        first = np.searchsorted(self._time_s, ends_s[0], "left" if step < 0 else "right")
        last = np.searchsorted(self._time_s, ends_s[1], "left" if step < 0 else "right")
        return [int(k) for k in self._found[first:last][::step] if self.free[k]]


def _nearest_faint(
    end: int, survey: Survey, chain: Chain, faint: _Faint, step: int
) -> int | None:
    """The faint detection that is nearest in time, of those of one frame the nearest in place."""
    row, box = int(survey.row[end]), survey.box[end]
    best: tuple[float, float] | None = None
    chosen = None
    for k in faint.near(float(survey.time_s[row]), step):
        ahead_s = step * float(survey.time_s[survey.row[k]] - survey.time_s[row])
        if best is not None and ahead_s > best[0]:
            break
        carried = apply(chain.between(row, int(survey.row[k])), centre_of(box))
        distance = float(np.hypot(*(centre_of(survey.box[k]) - carried))) / height_of(box)
        ratio = height_of(survey.box[k]) / height_of(box)
        if distance > FAINT_REACH_HEIGHTS or not 1 / MAX_SIZE_RATIO < ratio < MAX_SIZE_RATIO:
            continue
        if best is None or (ahead_s, distance) < best:
            best, chosen = (ahead_s, distance), k
    return chosen


def _filled(members: list[int], survey: Survey, chain: Chain) -> Track:
    """Boxes for every frame from the first detection to the last, and a little beyond."""
    rows = survey.row[members]
    boxes, scores = _uncut(survey.box[members], survey), survey.score[members]
    row = np.arange(rows[0], rows[-1] + 1)
    box = np.empty((len(row), 4))
    for a, b, box_a, box_b in zip(rows, rows[1:], boxes, boxes[1:], strict=False):
        box[a - rows[0] : b - rows[0] + 1] = _between(int(a), int(b), box_a, box_b, survey, chain)
    if len(rows) == 1:
        box[0] = boxes[0]
    confidence = np.interp(row, rows, scores) * _fade(row, rows, survey.time_s)
    track = Track(row, box, confidence, np.isin(row, rows))
    return _grown(_grown(track, survey, chain, -1), survey, chain, 1)


def _uncut(boxes: FloatArray, survey: Survey) -> FloatArray:
    """Boxes cut off by the left or right border, with the width he had inside the picture.

    Without this the middle of somebody who leaves would lag behind him.
    """
    result = boxes.copy()
    border_px = BORDER_SHARE * (boxes[:, 3] - boxes[:, 1])
    cut_left = boxes[:, 0] <= border_px
    cut_right = boxes[:, 2] >= survey.width_px - border_px
    whole = ~(cut_left | cut_right)
    if not whole.any():
        return result
    width = boxes[:, 2] - boxes[:, 0]
    known = np.flatnonzero(whole)
    nearest = known[np.argmin(abs(np.arange(len(boxes))[:, None] - known), axis=1)]
    wide = np.maximum(width, width[nearest])
    left_only, right_only = cut_left & ~cut_right, cut_right & ~cut_left
    result[left_only, 0] = (boxes[:, 2] - wide)[left_only]
    result[right_only, 2] = (boxes[:, 0] + wide)[right_only]
    return result


def _between(
    a: int, b: int, box_a: FloatArray, box_b: FloatArray, survey: Survey, chain: Chain
) -> FloatArray:
    """Boxes from row a to row b: straight through time, carried by the background."""
    rows = np.arange(a, b + 1)
    share = (survey.time_s[rows] - survey.time_s[a]) / (survey.time_s[b] - survey.time_s[a])
    carried = np.array([_carry(chain.between(a, int(row)), box_a) for row in rows])
    result: FloatArray = carried + share[:, None] * (box_b - carried[-1])
    return result


def _carry(motion: FloatArray, box: FloatArray) -> FloatArray:
    """A box moved with the background; it stays upright."""
    scale = float(np.sqrt(abs(np.linalg.det(motion[:, :2]))))
    centre = apply(motion, centre_of(box))
    half = (box[2:] - box[:2]) / 2 * scale
    return np.concatenate([centre - half, centre + half])


def _fade(row: NDArray[np.int64], rows: NDArray[np.int64], time_s: FloatArray) -> FloatArray:
    """1 at detections, falling with the time to the nearest one."""
    seen_s = time_s[rows]
    after = np.clip(np.searchsorted(rows, row), 0, len(rows) - 1)
    before = np.clip(after - 1, 0, None)
    away_s = np.minimum(abs(time_s[row] - seen_s[after]), abs(time_s[row] - seen_s[before]))
    result: FloatArray = np.exp(-away_s / MAX_GAP_S)
    return result


def _grown(track: Track, survey: Survey, chain: Chain, step: int) -> Track:
    """Go on past the end of a track until the next look, while he is in the picture.

    Somebody who stands still cannot go without a change: where nothing changes he is still
    there, though a look missed him, as it may while he crouches in the blocks.
    """
    end = 0 if step < 0 else -1
    row, box = int(track.row[end]), track.box[end]
    velocity = _end_velocity(track, survey, chain, step)
    grown: list[tuple[int, FloatArray]] = []
    nxt = row + step
    still = float(np.hypot(*velocity)) < STILL_HEIGHTS_PER_S * height_of(box)
    if not still and visible_share(box, survey) < 1:  # on his way out, or not yet in
        return track
    searched = False
    while 0 <= nxt < len(survey):
        searched = searched or bool(survey.searched[nxt])
        past_s = abs(float(survey.time_s[nxt] - survey.time_s[row]))
        if searched and not (still and past_s <= MAX_GAP_S and _unchanged(box, nxt, survey, step)):
            break
        box = _carry(chain.between(nxt - step, nxt), box)
        if not still:
            box = box + np.tile(velocity * (survey.time_s[nxt] - survey.time_s[nxt - step]), 2)
        if visible_share(box, survey) < MIN_VISIBLE_SHARE:
            break
        grown.append((nxt, box))
        nxt += step
    return _joined(track, grown, step)


def _unchanged(box: FloatArray, row: int, survey: Survey, step: int) -> bool:
    """Whether hardly anything in the box changes between a row and the one nearer the track."""
    later = row if step > 0 else row + 1
    cell_px = survey.width_px / survey.change.shape[2]
    levels = moved_levels(np.clip(box, 0, None)[None], survey.change[later], cell_px)
    return bool(levels[0] < STILL_LEVELS)


def _joined(track: Track, grown: list[tuple[int, FloatArray]], step: int) -> Track:
    if not grown:
        return track
    end = 0 if step < 0 else -1
    order = grown[::step]
    rows = np.array([row for row, _ in order], dtype=np.int64)
    boxes = np.array([box for _, box in order])
    faint = np.full(len(rows), track.confidence[end] / 2)
    parts = [(rows, boxes, faint, np.zeros(len(rows), dtype=bool))]
    own = (track.row, track.box, track.confidence, track.seen)
    parts.insert(0 if step > 0 else 1, own)
    row, box, confidence, seen = (np.concatenate(pair) for pair in zip(*parts, strict=True))
    return Track(row, box, confidence, seen)


def _end_velocity(track: Track, survey: Survey, chain: Chain, step: int) -> FloatArray:
    """Velocity against the background over the last detections at one end, in pixels a second."""
    seen = np.flatnonzero(track.seen)
    if len(seen) < 2:
        return np.zeros(2)
    a, b = (
        (seen[0], seen[min(2, len(seen) - 1)]) if step < 0 else (seen[-min(3, len(seen))], seen[-1])
    )
    rows = track.row[[a, b]]
    carried = apply(chain.between(int(rows[0]), int(rows[1])), centre_of(track.box[a]))
    dt_s = survey.time_s[rows[1]] - survey.time_s[rows[0]]
    velocity: FloatArray = (centre_of(track.box[b]) - carried) / dt_s
    return velocity


def visible_share(box: FloatArray, survey: Survey) -> float:
    """Share of a box that lies inside the picture."""
    size = np.array([survey.width_px, survey.height_px], dtype=float)
    inside = np.clip(box[2:], 0, size) - np.clip(box[:2], 0, size)
    return float(np.prod(inside)) / max(float(np.prod(box[2:] - box[:2])), 1e-9)
