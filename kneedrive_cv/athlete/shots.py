"""Shots of a clip that was cut together: people are followed within one of them only."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.motion import CHANGE_STEP
from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.athlete.track import Track, link
from kneedrive_cv.config import AthleteSettings

FloatArray = NDArray[np.float64]

CUT_LEVELS = 8.0
"""Grey levels: at a cut half of the picture changes by more, the background's motion undone."""

CUT_FACTOR = 3.0
"""A cut changes so many times more than any frame near it; a camera jerks for a while."""

NEAR_FRAMES = 8


def find_shots(survey: Survey) -> list[slice]:
    """Rows of each shot, in order; one slice of all rows where nothing is cut.

    Parameters
    ----------
    survey : Survey
    """
    level = np.median(survey.change, axis=(1, 2)) * CHANGE_STEP
    level[:1] = 0.0
    cuts = np.flatnonzero((level >= CUT_LEVELS) & (level >= CUT_FACTOR * _most_near(level)))
    ends = [0, *(int(row) for row in cuts), len(survey)]
    return [slice(a, b) for a, b in pairwise(ends)]


def _most_near(level: FloatArray) -> FloatArray:
    """The greatest of the values near each one, itself left out."""
    padded = np.pad(level, NEAR_FRAMES)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEAR_FRAMES + 1)
    return np.asarray(np.delete(windows, NEAR_FRAMES, axis=1).max(axis=1))


def link_shots(survey: Survey, settings: AthleteSettings) -> list[Track]:
    """Tracks of all people, as `link`, none of them across a cut."""
    tracks = []
    for rows in find_shots(survey):
        part = _part(survey, rows)
        tracks += [replace(t, row=t.row + rows.start) for t in link(part, settings)]
    return tracks


def shot_of(survey: Survey, frame: int) -> tuple[int, int]:
    """The number of the shot with a frame, from 1, and how many there are."""
    shots = find_shots(survey)
    row = int(np.searchsorted(survey.frame, frame))
    return 1 + next(k for k, rows in enumerate(shots) if row < rows.stop), len(shots)


def _part(survey: Survey, rows: slice) -> Survey:
    """A survey of some of the rows."""
    seen = (survey.row >= rows.start) & (survey.row < rows.stop)
    return replace(
        survey,
        frame=survey.frame[rows],
        time_s=survey.time_s[rows],
        background_motion=survey.background_motion[rows],
        repeated=survey.repeated[rows],
        change=survey.change[rows],
        searched=survey.searched[rows],
        row=survey.row[seen] - rows.start,
        box=survey.box[seen],
        score=survey.score[seen],
        look=survey.look[seen],
    )
