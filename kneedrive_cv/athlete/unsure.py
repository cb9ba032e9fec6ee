"""Where a track may have lost its person or taken another for him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing

from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.athlete.track import Track, visible_share

BoolArray = NDArray[np.bool_]

COVERED_SHARE = 0.35
"""Of the smaller of two boxes: more of it shared, and a landmark may be the other's."""

LIKE_HEIGHT = 1.6
"""A person this much taller or smaller stands at another depth: his limbs are no athlete's."""

MISSED_LOOKS = 2
"""Looks in a row that did not find him, within the picture."""

JOINS_FRAMES = 8
"""Spans with less than this between them are one."""

CROSSED = "another person was in front of the athlete or behind"
MISSED = "the athlete was not found, as behind a post"


@dataclass(frozen=True)
class Unsure:
    """Frames in which it is not sure that the one who is followed is the athlete.

    Attributes
    ----------
    first_frame, last_frame : int
        0-based frames of the container, both inside.
    reason : str
    """

    first_frame: int
    last_frame: int
    reason: str


def find_unsure(track: Track, others: Sequence[Track], survey: Survey) -> list[Unsure]:
    """Where a track was unsure, in order of time.

    Parameters
    ----------
    track : Track
    others : sequence of Track
        Other people, each a person of his own.
    survey : Survey
    """
    crossed = np.zeros(len(track), dtype=bool)
    for other in others:
        crossed |= _covered(track, other)
    spans = _spans(crossed, track, survey, CROSSED) + _spans(
        _missed(track, survey) & ~crossed, track, survey, MISSED
    )
    return sorted(spans, key=lambda span: span.first_frame)


def _covered(track: Track, other: Track) -> BoolArray:
    """Frames of a track in which another person shares much of the box."""
    covered = np.zeros(len(track), dtype=bool)
    _, own, theirs = np.intersect1d(track.row, other.row, return_indices=True)
    if not len(own):
        return covered
    a, b = track.box[own], other.box[theirs]
    common = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None)
    size_a, size_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    smaller = np.maximum(np.minimum(size_a.prod(axis=1), size_b.prod(axis=1)), 1e-9)
    ratio = np.maximum(size_a[:, 1], 1.0) / np.maximum(size_b[:, 1], 1.0)
    alike = (ratio < LIKE_HEIGHT) & (ratio > 1 / LIKE_HEIGHT)
    covered[own] = (common.prod(axis=1) / smaller > COVERED_SHARE) & alike
    return covered


def _missed(track: Track, survey: Survey) -> BoolArray:
    """Frames between looks that did not find him, though he should have been in the picture."""
    missed = np.zeros(len(track), dtype=bool)
    looks = np.flatnonzero(survey.searched[track.row] | track.seen)
    inside = [visible_share(track.box[k], survey) > 0.9 for k in looks]
    start = 0
    for i, k in enumerate(looks):
        if track.seen[k] or not inside[i]:
            if i - start >= MISSED_LOOKS:
                missed[looks[start] : k] = True
            start = i + 1
    return missed


def _spans(flags: BoolArray, track: Track, survey: Survey, reason: str) -> list[Unsure]:
    if not flags.any():
        return []
    padded = np.pad(flags, JOINS_FRAMES)
    joined = binary_closing(padded, np.ones(JOINS_FRAMES))[JOINS_FRAMES:-JOINS_FRAMES]
    edges = np.flatnonzero(np.diff(np.r_[False, joined, False].astype(int))).reshape(-1, 2)
    frame = survey.frame[track.row]
    return [Unsure(int(frame[a]), int(frame[b - 1]), reason) for a, b in edges]
