"""Who of several people runs, where a pose file does not follow them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from kneedrive_cv.pose.files.found import FloatArray

FARTHEST_HEIGHTS: Final = 0.6
"""Nobody's middle moves further than this from one frame to the next, in heights of his body."""

LOST_AFTER: Final = 15
"""Frames after which somebody who was not seen is somebody new."""


@dataclass
class _Person:
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    centre: FloatArray = field(default_factory=lambda: np.full(2, np.nan))
    height: float = 0.0


def join_people(points: FloatArray) -> FloatArray:
    """The same people in the same place of the second axis throughout.

    Parameters
    ----------
    points : ndarray, shape (T, N, K, 2)
        N people of each frame in any order; NaN where there is none.

    Returns
    -------
    ndarray of int, shape (T, P)
        For each of P people and each frame the index in N; -1 where he was not seen.
    """
    people: list[_Person] = []
    for row, each in enumerate(points):
        seen = [i for i, one in enumerate(each) if np.isfinite(one).any()]
        middles, heights = _places(each[seen])
        active = [p for p in people if row - p.rows[-1] <= LOST_AFTER]
        taken = _match(active, middles, heights)
        for k, column in enumerate(seen):
            person = taken.get(k) or _Person()
            if k not in taken:
                people.append(person)
            person.rows.append(row)
            person.columns.append(column)
            person.centre, person.height = middles[k], float(heights[k])
    index = np.full((len(points), len(people)), -1)
    for place, person in enumerate(people):
        index[person.rows, place] = person.columns
    return index


def _places(people: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Middle (N, 2) and height (N,) of each person."""
    if not len(people):
        return np.empty((0, 2)), np.empty(0)
    low, high = np.nanmin(people, axis=1), np.nanmax(people, axis=1)
    return (low + high) / 2, np.maximum((high - low).max(axis=1), 1.0)


def _match(
    active: list[_Person], middles: FloatArray, heights: FloatArray
) -> dict[int, _Person]:
    """Which of those followed so far each one in this frame is."""
    if not active or not len(middles):
        return {}
    centres = np.stack([person.centre for person in active])
    known = np.array([person.height for person in active])
    apart = np.linalg.norm(centres[:, None] - middles[None], axis=-1)
    apart = apart / np.maximum(known[:, None], heights[None])
    pairs = zip(*linear_sum_assignment(np.minimum(apart, 9.0)), strict=True)
    return {int(k): active[i] for i, k in pairs if apart[i, k] <= FARTHEST_HEIGHTS}


def rank_people(points: FloatArray, ankles: tuple[int, int]) -> list[int]:
    """People in order, the one who runs first: whose ankles pass each other most, for longest.

    Parameters
    ----------
    points : ndarray, shape (T, P, K, 2)
        P people, each in his place throughout.
    ankles : tuple of int
        Index of the left and the right ankle in K.
    """
    left, right = points[:, :, ankles[0]], points[:, :, ankles[1]]
    scores = []
    for person in range(points.shape[1]):
        apart = (left - right)[:, person]
        apart = apart[np.isfinite(apart).all(axis=1)]
        own = points[:, person]
        own = own[np.isfinite(own).any(axis=(1, 2))]
        if len(apart) < 2 or not len(own):
            scores.append(0.0)
            continue
        _, heights = _places(own)
        swing = float(np.linalg.norm(apart.std(axis=0))) / float(np.median(heights))
        scores.append(len(apart) * swing)
    return sorted(range(len(scores)), key=lambda i: -scores[i])
