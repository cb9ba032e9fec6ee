"""Frames whose pose is doubtful, so that a second look at them pays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.outliers import find_collapsed_legs
from kneedrive_cv.clean.swaps import (
    choose_looks,
    leg_length_px,
    legs_from_hip,
    merged_legs,
    take,
    usual_distance,
)
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_BEND_SPREADS = 2.0
_BEND_LEAST_LEG = 0.18
"""A frame is doubtful when its legs lie this many usual bends, and this share of the leg's
length, off the middle between the frames before and after."""

_OWN_BEND = 0.45
"""A frame that bends less than this share of a neighbour's bend does so because of it."""

_STRIDING = 0.4
"""Legs that come no further apart than this share of a stride do not run."""


def find_doubtful(
    looks: Sequence[PoseTrack], *, swap_cost: float, most_share: float, frontal: bool = False
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
    frontal : bool
        Seen from the front or the rear, where a thigh that points at the camera is short.

    Returns
    -------
    ndarray of bool, shape (T,)
    """
    leg_px, time_s = leg_length_px(looks[0]), looks[0].time_s
    choice = choose_looks(
        [legs_from_hip(look, leg_px) for look in looks], time_s, switch_cost=swap_cost
    )
    named = take(looks, choice)
    legs = legs_from_hip(named, leg_px)
    bend = _bend(legs)
    worst = bend >= _OWN_BEND * np.maximum(np.r_[bend[1:], 0.0], np.r_[0.0, bend[:-1]])
    usual = np.median(bend[bend > 0]) if (bend > 0).any() else 0.0
    score = np.where(worst, bend / max(_BEND_SPREADS * usual, _BEND_LEAST_LEG), 0.0)
    lost = merged_legs(legs, time_s)
    if not frontal:
        lost = lost | find_collapsed_legs(named).any(axis=1)
    score = np.where(lost, np.maximum(score, 2.0), score)
    # an athlete who waits in the blocks hides his legs too, and nothing is read there
    usual_apart = usual_distance(legs, time_s)
    score[usual_apart < _STRIDING * np.percentile(usual_apart, 90)] = 0.0
    most = int(most_share * len(score))
    limit = max(1.0, float(np.sort(score)[-most - 1])) if most < len(score) else 1.0
    return np.asarray(score > limit) if limit > 1.0 else np.asarray(score >= 1.0)


def _bend(legs: FloatArray) -> FloatArray:
    """Greatest distance of a part from the middle between the frames around it, in leg lengths."""
    bend = np.zeros(len(legs))
    parts = legs.reshape(len(legs), -1, 2)
    off = parts[1:-1] - (parts[:-2] + parts[2:]) / 2
    bend[1:-1] = np.nan_to_num(np.linalg.norm(off, axis=-1)).max(axis=1)
    return bend
