"""Knee lifts of somebody who hardly moves on, as in high knees: found by the thigh alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from kneedrive_cv.kinematics.events import Side
from kneedrive_cv.kinematics.strides import KneeDrive

FloatArray = NDArray[np.float64]

LIFT_DEG = 60.0
"""A drill lifts the knee to this and more; a jogger's thigh peaks near 40, a walker's at 30."""

STANDS_DEG = -12.0
"""Between lifts the thigh hangs straight or nearly so; a sprinter's pushes off far behind the body.
Of 35 rendered and 17 real sprints one alone, rendered, hung straighter (-8), at 7.6 leg lengths a
second: so the speed, or how far the feet go to and fro, must say the same."""

_PROMINENCE_DEG = 35.0
_LEAST_LIFTS = 3
_MOST_TRAVEL_LEG = 0.75
"""How far the ankle goes to and fro under the hips in a drill; in a sprint more than a leg."""


def hanging_deg(thigh_deg: dict[Side, FloatArray]) -> float:
    """How far back the thigh goes between lifts: the median, of the leg that goes further.

    Parameters
    ----------
    thigh_deg : dict of side to ndarray, shape (T,)

    Returns
    -------
    float
        NaN where a leg shows no low between two highs.
    """
    lows = [
        float(np.median(seen[found])) if len(found) else float("nan")
        for seen in map(_filled, thigh_deg.values())
        for found in [find_peaks(-seen, prominence=_PROMINENCE_DEG)[0]]
    ]
    return float(np.min(lows)) if lows else float("nan")


def find_lifts(
    thigh_deg: dict[Side, FloatArray], ahead_leg: dict[Side, FloatArray], time_s: FloatArray
) -> list[KneeDrive]:
    """Knee lifts without a step: from the thigh's low before the top to the low after it.

    Parameters
    ----------
    thigh_deg : dict of side to ndarray, shape (T,)
    ahead_leg : dict of side to ndarray, shape (T,)
        Ankle ahead of the hips, in leg lengths.
    time_s : ndarray, shape (T,)

    Returns
    -------
    list of KneeDrive
        In order of time, with what hangs on ground contacts missing; empty where the legs do not
        go as in a drill.
    """
    travel = max(float(np.ptp(np.nanpercentile(_filled(x), [5, 95]))) for x in ahead_leg.values())
    if travel > _MOST_TRAVEL_LEG or not hanging_deg(thigh_deg) > STANDS_DEG:
        return []
    lifts = [lift for side, thigh in thigh_deg.items() for lift in _lifts(side, thigh, time_s)]
    lifts.sort(key=lambda lift: lift.peak_s)
    both = {lift.side for lift in lifts} == set(thigh_deg)
    return lifts if both and len(lifts) >= _LEAST_LIFTS else []


def _lifts(side: Side, thigh_deg: FloatArray, time_s: FloatArray) -> list[KneeDrive]:
    seen = _filled(thigh_deg)
    tops = find_peaks(seen, prominence=_PROMINENCE_DEG, height=LIFT_DEG)[0]
    lows = find_peaks(-seen, prominence=_PROMINENCE_DEG)[0]
    found = []
    for top in tops:
        before, after = lows[lows < top], lows[lows > top]
        if len(before) and len(after):
            ends = (float(time_s[before[-1]]), float(time_s[after[0]]))
            found.append(_lift(side, ends, float(time_s[top]), float(seen[top])))
    return found


def _lift(side: Side, ends_s: tuple[float, float], peak_s: float, peak_deg: float) -> KneeDrive:
    missing = float("nan")
    return KneeDrive(
        side=side,
        toe_off_s=ends_s[0],
        peak_s=peak_s,
        touchdown_s=ends_s[1],
        peak_thigh_deg=peak_deg,
        contact_time_s=missing,
        flight_time_s=missing,
        step_frequency_hz=missing,
        delay_s=missing,
    )


def _filled(values: FloatArray) -> FloatArray:
    """The values with gaps bridged; zeros where nothing was seen."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.zeros(len(values))
    return np.asarray(np.interp(np.arange(len(values)), known, values[known]))
