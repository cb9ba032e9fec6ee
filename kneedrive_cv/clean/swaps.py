"""Undo left-right leg swaps over the whole clip, and choose between several looks at a frame.

An estimator that sees single frames names the legs anew in each one and errs where the thighs
cross; another crop of the same frame errs elsewhere. Through time the legs move smoothly: they
pass each other, they do not bounce off. So for each frame one look and one naming of its legs is
chosen, such that over the whole clip both legs bend least through time (dynamic programming). Where
they were hidden for so long that this does not tell, the rhythm of the steps does
(`kneedrive_cv.clean.passing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import percentile_filter

from kneedrive_cv.clean.bends import REACH, WORST_BEND, are_far, carried_on, unseen_between
from kneedrive_cv.clean.leaps import find_leaps
from kneedrive_cv.clean.passing import find_bounces
from kneedrive_cv.pose.landmarks import INDEX, LEFT_LEG, RIGHT_LEG
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

_COMPARED = ("knee", "ankle", "heel", "foot_index")
"""The parts that tell the legs apart; the hips lie too close together."""

_MERGED = 0.2
"""Legs closer than this share of their usual distance are the same leg seen twice."""

_USUAL_OVER_S = 0.8

_CONTRARY = 0.06
"""Price of each frame that is named against the estimator while the legs are apart, in leg lengths
squared, at `_CONTRARY_HZ`. Where legs were hidden, their way does not tell which is which; what it
says for long does."""

_ACROSS = 2.0
"""The same of each frame from the front or the rear in which the left hip would lie to the right of
the right one. From there the estimator hardly ever errs, while legs that hang side by side and pass
each other in height bend little if they are exchanged: in 32 rendered runs of 2,695 frames 59 were
named wrongly by the bend, 5 with this."""

_CONTRARY_HZ = 60.0
"""With more frames a second the legs move less from one to the next, and bend less: by its
square."""

_MISSING = 1e6
"""Price of a look that is not there: any other is taken before it."""


@dataclass(frozen=True)
class Choice:
    """Which look at each frame is taken, and whether its legs are exchanged.

    Attributes
    ----------
    look : ndarray of int, shape (T,)
    swapped : ndarray of bool, shape (T,)
    """

    look: IntArray
    swapped: BoolArray


def leg_length_px(track: PoseTrack) -> float:
    """Median over the clip of thigh plus shank, both legs, in pixels.

    Where both legs are never whole in the same frame, of each bone as far as it was seen.
    """
    lengths = [
        np.linalg.norm(track.point(f"{side}_{a}") - track.point(f"{side}_{b}"), axis=1)
        for side in ("left", "right")
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    ]
    whole = np.sum(lengths, axis=0)
    total = np.nanmedian(whole) / 2 if np.isfinite(whole).any() else np.nan
    if not np.isfinite(total) and all(np.isfinite(lengths[k::2]).any() for k in (0, 1)):
        total = np.nanmedian(lengths[0::2]) + np.nanmedian(lengths[1::2])
    return float(total) if np.isfinite(total) and total > 0 else 1.0


def legs_from_hip(track: PoseTrack, leg_px: float) -> FloatArray:
    """Both legs against the middle of the hips, in leg lengths.

    Parameters
    ----------
    track : PoseTrack
    leg_px : float

    Returns
    -------
    ndarray, shape (T, 2, 8)
        Left and right leg; x and y of knee, ankle, heel and toe.
    """
    hip = (track.point("left_hip") + track.point("right_hip")) / 2
    sides = [
        track.xy_px[:, [INDEX[f"{side}_{part}"] for part in _COMPARED]] - hip[:, None]
        for side in ("left", "right")
    ]
    return np.asarray(np.stack(sides, axis=1).reshape(len(track), 2, -1) / leg_px)


def usual_distance(legs: FloatArray, time_s: FloatArray) -> FloatArray:
    """How far apart the legs come around each frame: the 90th percentile over 0.8 s.

    Read around each frame and not over the clip: an athlete may crouch in the blocks through
    most of it.

    Parameters
    ----------
    legs : ndarray, shape (T, ..., 2, 8)
    time_s : ndarray, shape (T,)

    Returns
    -------
    ndarray, shape (T,)
        Leg lengths; 0 where no pose was found in the whole clip.
    """
    apart = np.linalg.norm(legs[..., 0, :] - legs[..., 1, :], axis=-1).reshape(len(legs), -1)
    apart = np.max(apart, axis=1, initial=-1.0, where=np.isfinite(apart))
    seen = np.flatnonzero(apart >= 0)
    if not len(seen):
        return np.zeros(len(legs))
    known = np.interp(np.arange(len(apart)), seen, apart[seen])
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
    size = int(np.clip(round(_USUAL_OVER_S / step_s), 5, max(len(known), 5)))
    return np.asarray(percentile_filter(known, 90, size=size, mode="nearest"))


def merged_legs(legs: FloatArray, time_s: FloatArray) -> BoolArray:
    """Looks that say nothing of the sides: no pose, or both legs laid over the same one.

    Where real legs pass each other one is bent and the other straight, so that they stay apart
    by a fifth of their usual greatest distance or more.

    Parameters
    ----------
    legs : ndarray, shape (T, ..., 2, 8)
    time_s : ndarray, shape (T,)

    Returns
    -------
    ndarray of bool, shape (T, ...)
    """
    apart = np.linalg.norm(legs[..., 0, :] - legs[..., 1, :], axis=-1)
    least = _MERGED * usual_distance(legs, time_s).reshape(-1, *[1] * (apart.ndim - 1))
    return np.asarray(~np.isfinite(apart) | (np.nan_to_num(apart) < least))


def choose_looks(
    looks: Sequence[FloatArray],
    time_s: FloatArray,
    *,
    switch_cost: float,
    hip_order: FloatArray | None = None,
) -> Choice:
    """Choose one look and one naming of the legs for every frame.

    The choice minimises the squared bend of both legs through time, by the frames' own times,
    plus a price for each change of naming. Which of the two namings of the whole clip is meant
    is decided by the estimator's majority, weighted by how far apart the legs are and how fast
    they move: an athlete crouched in the blocks shows little.

    Parameters
    ----------
    looks : sequence of ndarray, shape (T, 2, 8)
        `legs_from_hip` of each look; NaN where there is none.
    time_s : ndarray, shape (T,)
    switch_cost : float
        Price of one change of naming, in leg lengths squared.
    hip_order : ndarray, shape (T, looks), optional
        Of a run from the front or the rear, `hip_orders`: it tells the legs apart before all else.

    Returns
    -------
    Choice
    """
    stack = np.stack(looks, axis=1)
    n_looks = stack.shape[1]
    choice = Choice(np.zeros(len(time_s), dtype=np.int64), np.zeros(len(time_s), dtype=bool))
    unfit = merged_legs(stack, time_s)
    rows = np.flatnonzero(~unfit.all(axis=1))
    if len(rows) < 3:
        return choice
    # states of a frame: its looks as they are, then its looks with the legs exchanged
    states = np.concatenate([stack, stack[:, :, ::-1]], axis=1)[rows].reshape(
        len(rows), 2 * n_looks, -1
    )
    states[np.tile(unfit[rows], 2)] = np.nan
    price = _naming_price(stack, time_s, rows, hip_order)
    posed = np.asarray(np.asarray(np.isfinite(stack).all(axis=(2, 3))).any(axis=1))
    unseen = unseen_between(posed, time_s, rows)
    path = _least_bend(states, time_s[rows], switch_cost, price, unseen)
    swapped = path >= n_looks
    chosen = states[np.arange(len(rows)), path].reshape(len(rows), 2, -1)
    every = np.full((len(time_s), *chosen.shape[1:]), np.nan)
    every[rows] = chosen
    for find in (find_leaps, partial(find_bounces, posed=posed)) if hip_order is None else ():
        for row in find(every, time_s):
            after = rows >= row
            swapped[after] = ~swapped[after]
            every[row:] = every[row:, ::-1]
    chosen = every[rows]
    if hip_order is None and _mostly_exchanged(chosen, swapped):
        swapped = ~swapped
    choice.look[rows] = path % n_looks
    choice.swapped[rows] = swapped
    return choice


def _naming_price(
    stack: FloatArray, time_s: FloatArray, rows: IntArray, hip_order: FloatArray | None
) -> FloatArray:
    """What each state of each row costs by itself: its looks as they are, then exchanged."""
    step = min(1.0, float(np.median(np.diff(time_s))) * _CONTRARY_HZ) ** 2
    if hip_order is not None:
        order = np.nan_to_num(hip_order[rows])
        return _ACROSS * step * np.concatenate([-order, order], axis=1).clip(min=0.0)
    apart = np.linalg.norm(stack[rows, :, 0] - stack[rows, :, 1], axis=-1)
    usual = np.maximum(usual_distance(stack, time_s)[rows], 1e-9)
    contrary = _CONTRARY * step * np.nan_to_num(np.minimum(apart / usual[:, None], 1.0))
    return np.concatenate([np.zeros_like(contrary), contrary], axis=1)


def hip_orders(looks: Sequence[PoseTrack]) -> FloatArray:
    """Whether the hips lie beside each other as the shoulders do, seen from the front or the rear.

    Returns
    -------
    ndarray, shape (T, looks)
        1 where they do as clearly as usual, -1 where they are exchanged, between them where they
        lie close together.
    """
    shoulders, hips = (
        np.stack([look.point(f"left_{part}") - look.point(f"right_{part}") for look in looks])
        for part in ("shoulder", "hip")
    )
    shoulders, hips = shoulders[..., 0], hips[..., 0]
    usual = max(float(np.nanmedian(np.abs(hips))), 1e-9) if np.isfinite(hips).any() else 1.0
    told = shoulders if np.isfinite(shoulders).any() else hips
    facing = np.sign(np.nanmedian(told)) if np.isfinite(told).any() else 1.0
    return np.asarray((facing * hips / usual).clip(-1.0, 1.0).T)


def choose_tracks(
    looks: Sequence[PoseTrack], *, switch_cost: float, frontal: bool = False
) -> Choice:
    """As `choose_looks`, of whole poses; ``frontal`` where they are seen from front or rear."""
    leg_px = leg_length_px(looks[0])
    legs = [legs_from_hip(look, leg_px) for look in looks]
    order = hip_orders(looks) if frontal else None
    return choose_looks(legs, looks[0].time_s, switch_cost=switch_cost, hip_order=order)


def best_look(
    looks: Sequence[PoseTrack], *, switch_cost: float, frontal: bool = False
) -> PoseTrack:
    """The looks as one track, its legs named alike throughout; arguments as `choose_tracks`."""
    return take(looks, choose_tracks(looks, switch_cost=switch_cost, frontal=frontal))


def _mostly_exchanged(legs: FloatArray, swapped: BoolArray) -> bool:
    """Whether the estimator's majority names the legs the other way round."""
    apart = legs[:, 0] - legs[:, 1]
    moving = np.linalg.norm(np.gradient(apart, axis=0), axis=1)
    weight = np.linalg.norm(apart, axis=1) * moving
    return bool(np.sum(weight * np.where(swapped, -1.0, 1.0)) < 0)


def _least_bend(
    states: FloatArray,
    time_s: FloatArray,
    switch_cost: float,
    price: FloatArray,
    unseen: BoolArray,
) -> IntArray:
    """State of each row with the least bend through time (Viterbi over pairs of states).

    ``price`` (n, states) is what each state costs by itself, ``unseen`` (n - 1) says whether
    frames without a pose lie between a row and the next.
    """
    n, k, _ = states.shape
    exchanged = np.arange(k) >= k // 2
    switch = switch_cost * (exchanged[:, None] != exchanged[None, :])
    # a clip begins with legs at full speed: how far they go into its second frame says nothing
    seen = np.asarray(np.isfinite(states[:2]).all(axis=-1))
    missing = np.where(seen[0][:, None] & seen[1], 0.0, _MISSING)
    cost = switch + missing + price[0][:, None] + price[1]
    came_from = np.zeros((n, k, k), dtype=np.int16)
    steps = np.diff(time_s)
    far = unseen & are_far(steps)
    for t in range(2, n):
        reach = min(steps[t - 1] / steps[t - 2], REACH)
        ahead = carried_on(states[t - 2][:, None], states[t - 1][None, :], reach)
        bend = _bend(states[t] - ahead[:, :, None])
        if far[t - 1] or far[t - 2]:
            bend = np.where(bend < _MISSING, 0.0, bend)
        total = cost[:, :, None] + bend + switch[None] + price[t]
        came_from[t] = total.argmin(axis=0)
        cost = total.min(axis=0)
    before, last = np.unravel_index(cost.argmin(), cost.shape)
    path = [int(last), int(before)]
    for t in range(n - 1, 1, -1):
        path.append(int(came_from[t, path[-1], path[-2]]))
    return np.array(path[::-1], dtype=np.int64)


def _bend(off: FloatArray) -> FloatArray:
    """Squared length of a deviation, capped; a missing look costs more than any."""
    squared = np.sum(off**2, axis=-1)
    return np.asarray(np.where(np.isfinite(squared), np.minimum(squared, WORST_BEND), _MISSING))


def take(tracks: Sequence[PoseTrack], choice: Choice) -> PoseTrack:
    """The chosen look of each frame, its legs exchanged where they are swapped.

    Parameters
    ----------
    tracks : sequence of PoseTrack
        The looks, all with the same frames.
    choice : Choice
    """
    rows = np.arange(len(tracks[0]))
    order = np.tile(np.arange(tracks[0].xy_px.shape[1]), (len(rows), 1))
    exchanged = order[0].copy()
    exchanged[list(LEFT_LEG)], exchanged[list(RIGHT_LEG)] = RIGHT_LEG, LEFT_LEG
    order[choice.swapped] = exchanged

    def chosen(name: str) -> FloatArray:
        """One array of the tracks, each row from the look and with the legs that were chosen."""
        looks = np.stack([getattr(track, name) for track in tracks])
        return np.asarray(looks[choice.look[:, None], rows[:, None], order])

    return tracks[0].replace(
        xy_px=chosen("xy_px"), world_m=chosen("world_m"), visibility=chosen("visibility")
    )
