"""Knee lifts of a drill, as in high knees, marching and skipping: found by the legs alone.

What a drill has and no run: at the top of a lift the other foot stands under the body. A
sprinter's other foot is then at its toe-off, far behind him, at any speed and out of the blocks
too. So neither the speed nor the ground contacts are needed, which the fall of a lifted foot would
be taken for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from kneedrive_cv.kinematics.contact import Side
from kneedrive_cv.kinematics.series import Extreme, extreme_between
from kneedrive_cv.kinematics.strides import KneeDrive

FloatArray = NDArray[np.float64]

LIFT_DEG = 55.0
"""A drill lifts the knees to this and more; a jogger's thigh peaks near 40, a walker's at 30."""

LOW_LIFT_DEG = 42.0
"""A drill done badly lifts them to this, which a slow run does too: then the other foot must be
further under the body."""

LEAST_LIFT_DEG = 35.0
"""In a drill the weaker leg lifts its knee to this, or did not take part."""

UNDER_LEG = -0.36
"""At the top of a lift the other ankle is ahead of the hips by more than this, in leg lengths. In
rendered drills it is -0.05 to -0.25, in 80 rendered sprints -0.50 to -0.72, in eight real ones,
block starts among them, -0.55 to -0.81, in a jog -0.42 to -0.59."""

LOW_UNDER_LEG = -0.26

_PROMINENCE_DEG = 35.0
_LEAST_LIFTS = 3


def find_lifts(
    thigh_deg: dict[Side, FloatArray], ahead_leg: dict[Side, FloatArray], time_s: FloatArray
) -> list[KneeDrive]:
    """Knee lifts of a drill: from the thigh's low before the top to the low after it.

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
    if not _lifts_over_a_standing_foot(thigh_deg, ahead_leg):
        return []
    lifts = [lift for side, thigh in thigh_deg.items() for lift in _lifts(side, thigh, time_s)]
    lifts.sort(key=lambda lift: lift.peak_s)
    lifts = [*map(_timed, lifts, lifts[1:]), *lifts[-1:]]
    both = {lift.side for lift in lifts} == set(thigh_deg)
    return lifts if both and len(lifts) >= _LEAST_LIFTS else []


def _lifts_over_a_standing_foot(
    thigh_deg: dict[Side, FloatArray], ahead_leg: dict[Side, FloatArray]
) -> bool:
    """Whether the thighs rise high, each while the other foot is under the body."""
    sides = list(thigh_deg)
    tops_deg, others_leg = [], []
    for side, other in zip(sides, reversed(sides), strict=True):
        thigh = _filled(thigh_deg[side])
        tops = find_peaks(thigh, prominence=_PROMINENCE_DEG)[0]
        tops_deg += thigh[tops].tolist()
        at_tops = ahead_leg[other][tops]
        others_leg += at_tops[np.isfinite(at_tops)].tolist()  # an unseen foot stands nowhere
    if not others_leg:
        return False
    top_deg, other_leg = np.median(tops_deg), np.median(others_leg)
    high = top_deg >= LIFT_DEG and other_leg > UNDER_LEG
    return bool(high or (top_deg >= LOW_LIFT_DEG and other_leg > LOW_UNDER_LEG))


def _lifts(side: Side, thigh_deg: FloatArray, time_s: FloatArray) -> list[KneeDrive]:
    seen = _filled(thigh_deg)
    tops = find_peaks(seen, prominence=_PROMINENCE_DEG)[0]
    edges = [0, *tops, len(seen) - 1]
    found = []
    for before, top, after in zip(edges, tops, edges[2:], strict=False):
        low = before + int(np.argmin(seen[before:top]))
        end = top + int(np.argmin(seen[top : after + 1]))
        if seen[top] >= LEAST_LIFT_DEG:
            found.append(
                _lift(side, (float(time_s[low]), float(time_s[end])), _top(seen, time_s, top))
            )
    return found


def _top(seen_deg: FloatArray, time_s: FloatArray, top: int) -> Extreme:
    """The top of a lift, between frames."""
    near = (float(time_s[max(top - 2, 0)]), float(time_s[min(top + 2, len(time_s) - 1)]))
    found = extreme_between(seen_deg, time_s, *near)
    return found or Extreme(float(time_s[top]), float(seen_deg[top]))


def _timed(lift: KneeDrive, after: KneeDrive) -> KneeDrive:
    """A lift with how often a second they come, by the next one; of one leg, one was missed."""
    if after.side == lift.side:
        return lift
    return replace(lift, step_frequency_hz=1.0 / max(after.peak_s - lift.peak_s, 1e-3))


def _lift(side: Side, ends_s: tuple[float, float], top: Extreme) -> KneeDrive:
    missing = float("nan")
    return KneeDrive(
        side=side,
        toe_off_s=ends_s[0],
        peak_s=top.time_s,
        touchdown_s=ends_s[1],
        peak_thigh_deg=top.value,
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
