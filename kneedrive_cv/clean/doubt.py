"""Frames whose pose is doubtful, so that a second look at them pays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import grey_closing

from kneedrive_cv.clean.outliers import find_collapsed_legs
from kneedrive_cv.clean.swaps import (
    best_look,
    leg_length_px,
    legs_from_hip,
    merged_legs,
    usual_distance,
)
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_BEND_SPREADS = 2.0
_BEND_LEAST_LEG = 0.18
"""A frame is doubtful when its legs lie this many usual bends, and this share of the leg's
length, off the middle between the frames before and after."""

_OWN_BEND, _OWN_BEND_WIDE = 0.45, 0.6
"""A frame that bends less than this share of a neighbour's bend does so because of it; the second
against frames that are not the next ones."""

_WIDEST_STEP = 8
"""Frames on end that a leg may be lost for at 240 frames a second."""

_HOLE_S = 0.02
"""Doubtful frames that so little time lies between: what lies between them is doubtful as well."""

_STRIDING = 0.4
"""Legs that come no further apart than this share of a stride do not run."""


def find_doubtful(
    looks: Sequence[PoseTrack],
    *,
    swap_cost: float,
    most_share: float,
    least: int = 0,
    frontal: bool = False,
) -> BoolArray:
    """Frames in which the estimator may have lost a leg.

    Parameters
    ----------
    looks : sequence of PoseTrack
        One or more looks at each frame; the best choice of them is judged.
    swap_cost : float
        As for `choose_looks`.
    most_share : float
        At most this share of the frames is marked, the worst ones.
    least : int
        So many may be marked whatever share of the frames they are.
    frontal : bool
        Seen from the front or the rear, where a thigh that points at the camera is short.

    Returns
    -------
    ndarray of bool, shape (T,)
    """
    named = best_look(looks, switch_cost=swap_cost, frontal=frontal)
    time_s = looks[0].time_s
    legs = legs_from_hip(named, leg_length_px(looks[0]))
    bend = _bend_score(legs)
    lost = merged_legs(legs, time_s)
    if not frontal:
        lost = lost | find_collapsed_legs(named).any(axis=1)
    score = _without_holes(np.where(lost, np.maximum(bend, 2.0), bend), time_s)
    # an athlete who waits in the blocks hides his legs too, and nothing is read there
    usual_apart = usual_distance(legs, time_s)
    score[usual_apart < _STRIDING * np.percentile(usual_apart, 90)] = 0.0
    most = max(int(most_share * len(score)), least)
    # all lost frames have the same score; of those the one that bends more goes first
    order = np.lexsort((bend, score))[::-1]
    worst = np.zeros(len(score), dtype=bool)
    worst[order[:most]] = True
    return np.asarray(worst & (score >= 1.0))


def _without_holes(score: FloatArray, time_s: FloatArray) -> FloatArray:
    """The scores, of the few frames between two doubtful ones as high as the lower of those.

    Of two lost frames side by side one may lie in the middle between its neighbours.
    """
    if len(time_s) < 3:
        return score
    most = max(1, round(_HOLE_S / float(np.median(np.diff(time_s)))))
    return np.asarray(np.maximum(score, grey_closing(score, size=most + 1)))


def _bend_score(legs: FloatArray) -> FloatArray:
    """How far each frame's legs bend off the frames around it, over what counts as doubtful.

    A leg that is lost for some frames on end, as at 120 frames a second, bends only against the
    frames outside of them. So wider neighbours are compared too, as long as the legs usually move
    little between them.
    """
    score = np.zeros(len(legs))
    for step in range(1, _WIDEST_STEP + 1):
        bend = _bend(legs, step)
        usual = float(np.median(bend[bend > 0])) if (bend > 0).any() else 0.0
        if step > 1 and _BEND_SPREADS * usual > _BEND_LEAST_LEG:
            break
        beside = np.maximum(_moved(bend, step), _moved(bend, -step))
        worst = bend >= (_OWN_BEND if step == 1 else _OWN_BEND_WIDE) * beside
        limit = max(_BEND_SPREADS * usual, _BEND_LEAST_LEG)
        score = np.maximum(score, np.where(worst, bend / limit, 0.0))
    return score


def _bend(legs: FloatArray, step: int) -> FloatArray:
    """Greatest distance of a part from the middle between two frames around it, in leg lengths."""
    bend = np.zeros(len(legs))
    if len(legs) <= 2 * step:
        return bend
    parts = legs.reshape(len(legs), -1, 2)
    off = parts[step:-step] - (parts[: -2 * step] + parts[2 * step :]) / 2
    bend[step:-step] = np.nan_to_num(np.linalg.norm(off, axis=-1)).max(axis=1)
    return bend


def _moved(values: FloatArray, step: int) -> FloatArray:
    """The values of the frames so many later, 0 beyond the ends."""
    moved = np.zeros(len(values))
    if step > 0:
        moved[:-step] = values[step:]
    else:
        moved[-step:] = values[:step]
    return moved
