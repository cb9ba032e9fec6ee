"""The part of a track in which the athlete runs: no pose is read while he waits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from kneedrive_cv.athlete.crop import Crops

FloatArray = NDArray[np.float64]

SLOW_SHARE = 0.15
"""Slower than this share of the greatest speed he waits, walks up, or has stopped."""

MIN_TRAVEL_HEIGHTS = 1.5
"""With less way than this in all, as on a treadmill, the whole track counts."""

WINDOW_SHARE = 0.05
LEAD_SHARE = 0.08
"""Speed is averaged over, and the part led in by, this share of the track, in frames; at least
``LEAST_FRAMES``. Playback time says nothing here: the clip may be slowed."""

LEAST_FRAMES = 8
MOST_WINDOW_FRAMES = 60
MOST_LEAD_FRAMES = 90

LONG_FRAMES = 1800
FAST_SHARE = 0.5
MOST_PAUSE_FRAMES = 60
"""Of a track that moves for longer than this, only the stretch around the fastest frame is read in
which he is at least half as fast, pauses of some frames aside: he also warms up and walks back."""

TURN_HEIGHTS = 1.5
"""Who goes back by so many body heights has turned round, or the clip plays on in reverse."""

AS_FAST = 0.8
"""Of the ways between two turns the first is read that is at least as fast against the fastest."""

STRAIGHT = 0.5
"""Who runs makes way: 0.7 and more of what he goes in all, waits in the blocks among it. On a
treadmill the ground seems to go to and fro, and over minutes far: there nobody turns round."""

GROWS_BY = 1.35
"""Somebody whose size changes by more than this comes nearer or goes away: from the front the
picture shows little else of a run, while he is far."""


def ground_step_px(crops: Crops, background_motion: FloatArray) -> FloatArray:
    """How far the athlete moved over the background into each frame, shape (T, 2); 0 in the first.

    Parameters
    ----------
    crops : Crops
    background_motion : ndarray, shape (T, 2, 3)
        From the frame before to each frame of ``crops``.
    """
    return step_over_ground_px(crops.center_px, background_motion)


def step_over_ground_px(point_px: FloatArray, background_motion: FloatArray) -> FloatArray:
    """How far a point moved over the background into each frame, as `ground_step_px`.

    Parameters
    ----------
    point_px : ndarray, shape (T, 2)
        NaN where it is not known.
    background_motion : ndarray, shape (T, 2, 3)
    """
    step = np.zeros_like(point_px)
    carried = np.einsum("tij,tj->ti", background_motion[1:, :, :2], point_px[:-1])
    step[1:] = point_px[1:] - carried - background_motion[1:, :, 2]
    return step


def active_part(crops: Crops, background_motion: FloatArray) -> slice:
    """Rows from a little before the run to a little after it.

    Who turns round runs more than once: the first of his fast ways is read.

    Parameters
    ----------
    crops : Crops
    background_motion : ndarray, shape (T, 2, 3)
        From the frame before to each frame of ``crops``.

    Returns
    -------
    slice
        All rows where the athlete makes no way.
    """
    way = one_way(crops, background_motion)
    within = _active(crops.only(way), background_motion[way])
    return slice(way.start + within.start, way.start + within.stop)


def one_way(crops: Crops, background_motion: FloatArray) -> slice:
    """Rows in which he runs one way along the picture; all rows of who does not turn round.

    Parameters
    ----------
    crops : Crops
    background_motion : ndarray, shape (T, 2, 3)
        From the frame before to each frame of ``crops``.
    """
    height = np.maximum(crops.box[:, 3] - crops.box[:, 1], 1.0)
    step = ground_step_px(crops, background_motion)[:, 0] / height
    ends = [0, *(row + 1 for row in _turns(np.cumsum(step))), len(crops)]
    ways = [slice(a, b) for a, b in pairwise(ends)]
    averaged = [uniform_filter1d(step[way], LEAST_FRAMES, mode="nearest") for way in ways]
    speed = [float(np.percentile(np.abs(each), 90)) for each in averaged]
    first = next(k for k, each in enumerate(speed) if each >= AS_FAST * max(speed))
    straight = abs(averaged[first].sum()) >= STRAIGHT * np.abs(averaged[first]).sum()
    return ways[first] if straight else slice(0, len(crops))


def _turns(place: FloatArray) -> list[int]:
    """The last rows before a place along a line goes back by `TURN_HEIGHTS` and more."""
    turns: list[int] = []
    low = high = 0
    for row in range(1, len(place)):
        low = row if place[row] < place[low] else low
        high = row if place[row] > place[high] else high
        if place[high] - place[row] >= TURN_HEIGHTS and high > low:
            turns.append(high)
            low = high = row
        elif place[row] - place[low] >= TURN_HEIGHTS and low > high:
            turns.append(low)
            low = high = row
    return turns


def _active(crops: Crops, background_motion: FloatArray) -> slice:
    """Rows from a little before the run to a little after it, of who runs one way."""
    everything = slice(0, len(crops))
    step = ground_step_px(crops, background_motion)
    height_px = float(np.median(crops.box[:, 3] - crops.box[:, 1]))
    if np.linalg.norm(step.sum(axis=0)) < MIN_TRAVEL_HEIGHTS * height_px:
        return everything
    window = int(np.clip(round(WINDOW_SHARE * len(crops)), LEAST_FRAMES, MOST_WINDOW_FRAMES))
    height = np.maximum(crops.box[:, 3] - crops.box[:, 1], 1.0)
    speed = np.linalg.norm(uniform_filter1d(step / height[:, None], window, axis=0), axis=1)
    moving = speed >= SLOW_SHARE * speed.max()
    moving |= _growing(height, window)
    rows = np.flatnonzero(moving)
    if np.ptp(rows) > LONG_FRAMES:
        rows = _around(int(np.argmax(speed)), np.flatnonzero(speed >= FAST_SHARE * speed.max()))
    lead = int(np.clip(round(LEAD_SHARE * len(crops)), LEAST_FRAMES, MOST_LEAD_FRAMES))
    return slice(max(0, int(rows[0]) - lead), min(len(crops), int(rows[-1]) + lead + 1))


def _around(row: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the rows that hang together with one of them, short pauses aside."""
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > MOST_PAUSE_FRAMES) + 1)
    return next(part for part in parts if part[0] <= row <= part[-1])


def _growing(height: FloatArray, window: int) -> NDArray[np.bool_]:
    """Frames in which he comes nearer or goes away, by his box; none where it stays alike."""
    size = uniform_filter1d(np.log(height), 2 * window, mode="nearest")
    if np.ptp(size) < np.log(GROWS_BY):
        return np.zeros(len(height), dtype=bool)
    rate = np.abs(uniform_filter1d(np.gradient(size), window, mode="nearest"))
    return np.asarray(rate >= SLOW_SHARE * rate.max())
