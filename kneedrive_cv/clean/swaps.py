"""Undo left-right leg swaps over the whole clip.

An estimator that sees single frames names the legs anew in each one and errs where the thighs
cross. What a swap cannot change is the sum of both legs; what it changes is the sign of their
difference. Through time the difference is smooth: the legs pass each other, they do not bounce
off. So the repair is one sign per frame, chosen over the whole clip by dynamic programming.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import INDEX, LEFT_LEG, RIGHT_LEG
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_COMPARED = ("knee", "ankle", "heel", "foot_index")
"""The parts that tell the legs apart; the hips lie too close together."""

_MERGED = 0.3
"""Legs closer than this share of their usual distance are the same leg seen twice."""

_SIGNS = np.array([1.0, -1.0])


def leg_difference(track: PoseTrack) -> FloatArray:
    """Left leg minus right leg, in units of the clip's median leg length.

    Parameters
    ----------
    track : PoseTrack

    Returns
    -------
    ndarray, shape (T, 8)
        x and y of knee, ankle, heel and toe, left minus right.
    """
    left = track.xy_px[:, [INDEX[f"left_{part}"] for part in _COMPARED]]
    right = track.xy_px[:, [INDEX[f"right_{part}"] for part in _COMPARED]]
    difference = (left - right).reshape(len(track), -1)
    return np.asarray(difference / leg_length_px(track))


def leg_length_px(track: PoseTrack) -> float:
    """Median over the clip of thigh plus shank, both legs, in pixels."""
    lengths = [
        np.linalg.norm(track.point(f"{side}_{a}") - track.point(f"{side}_{b}"), axis=1)
        for side in ("left", "right")
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    ]
    total = np.nanmedian(np.sum(lengths, axis=0)) / 2
    return float(total) if np.isfinite(total) and total > 0 else 1.0


def find_swaps(difference: FloatArray, time_s: FloatArray, *, switch_cost: float) -> BoolArray:
    """Frames in which the legs are swapped against the rest of the clip.

    The signs s_t minimise the squared bend of s_t d_t through time, each bend taken by the
    frames' own times, plus a price for each change of sign. Frames without a pose are passed
    over. Which of the two solutions is meant is decided by the majority, weighted by how far
    apart the legs are and how fast they move: an athlete crouched in the blocks shows little.

    Parameters
    ----------
    difference : ndarray, shape (T, D)
        Left minus right leg; rows with NaN are missing.
    time_s : ndarray, shape (T,)
    switch_cost : float
        Price of one change of sign, in the unit of squared difference.

    Returns
    -------
    ndarray of bool, shape (T,)
        True where left and right have to be exchanged.
    """
    swapped = np.zeros(len(difference), dtype=bool)
    present = np.flatnonzero(~merged_legs(difference))
    if len(present) < 3:
        return swapped
    d = difference[present]
    signs = _best_signs(d, time_s[present], switch_cost)
    moving = np.linalg.norm(np.gradient(d * signs[:, None], axis=0), axis=1)
    weight = np.linalg.norm(d, axis=1) * moving
    if np.sum(weight * signs) < 0:
        signs = -signs
    swapped[present] = signs < 0
    return swapped


def merged_legs(difference: FloatArray) -> BoolArray:
    """Frames that say nothing of the sides: no pose, or both legs laid over the same one.

    Where real legs pass each other one is bent and the other straight, so that they stay apart
    by a third of the usual distance or more.
    """
    apart = np.linalg.norm(difference, axis=1)
    seen = np.isfinite(apart)
    usual = np.median(apart[seen]) if seen.any() else 0.0
    return np.asarray(~seen | (np.nan_to_num(apart) < _MERGED * usual))


def _best_signs(d: FloatArray, time_s: FloatArray, switch_cost: float) -> FloatArray:
    """The sign of each row of d that bends least through time (Viterbi over pairs of signs)."""
    n = len(d)
    steps = np.diff(time_s)
    cost = np.zeros((2, 2))  # [sign of row 0, sign of row 1]
    cost += np.sum((_SIGNS[None, :, None] * d[1] - _SIGNS[:, None, None] * d[0]) ** 2, axis=-1)
    came_from = np.zeros((n, 2, 2), dtype=np.int8)
    switch = switch_cost * (_SIGNS[:, None] != _SIGNS[None, :])
    for t in range(2, n):
        reach = min(steps[t - 1] / steps[t - 2], 2.0)
        ahead = (1 + reach) * _SIGNS[None, :, None] * d[t - 1] - (
            reach * _SIGNS[:, None, None] * d[t - 2]
        )
        bend = np.sum((_SIGNS[:, None] * d[t] - ahead[:, :, None]) ** 2, axis=-1)
        total = cost[:, :, None] + bend + switch[None]
        came_from[t] = total.argmin(axis=0)
        cost = total.min(axis=0)
    before, last = np.unravel_index(cost.argmin(), cost.shape)
    path = [int(last), int(before)]
    for t in range(n - 1, 1, -1):
        path.append(int(came_from[t, path[-1], path[-2]]))
    return _SIGNS[path[::-1]]


def swap_legs(track: PoseTrack, swapped: BoolArray) -> PoseTrack:
    """Exchange the left and right leg in the marked frames."""
    order = np.arange(track.xy_px.shape[1])
    order[list(LEFT_LEG)], order[list(RIGHT_LEG)] = RIGHT_LEG, LEFT_LEG
    rows = np.flatnonzero(swapped)[:, None]

    def exchanged(values: FloatArray) -> FloatArray:
        result = values.copy()
        result[rows[:, 0]] = values[rows, order]
        return result

    return track.replace(
        xy_px=exchanged(track.xy_px),
        world_m=exchanged(track.world_m),
        visibility=exchanged(track.visibility),
    )
