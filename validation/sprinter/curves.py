"""Smooth curves through knots."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.interpolate import BPoly

Curve = Callable[[float], float]


class Knot(NamedTuple):
    """A value at a time, with its speed; None lets the neighbours set the speed."""

    time_s: float
    value: float
    speed: float | None


def curve(*knots: Knot) -> Curve:
    """A curve with continuous acceleration through knots, which keeps flat knots as extremes.

    Parameters
    ----------
    *knots : Knot
        In order of time, two or more.

    Returns
    -------
    callable
        The value at a time between the first and the last knot.
    """
    times = np.array([knot.time_s for knot in knots])
    values = np.array([knot.value for knot in knots])
    speeds = np.array([_speed(knots, i) for i in range(len(knots))])
    step, slope = np.diff(times), np.diff(values) / np.diff(times)
    # What plain cubics would have at the two ends of each piece. The smaller joins the pieces,
    # none where they disagree: so a curve stays flat between equal knots.
    start = (6 * slope - 4 * speeds[:-1] - 2 * speeds[1:]) / step
    end = (2 * speeds[:-1] + 4 * speeds[1:] - 6 * slope) / step
    after, before = np.append(start, end[-1]), np.append(start[0], end)
    bends = np.where(after * before > 0, np.sign(after) * np.minimum(abs(after), abs(before)), 0.0)
    return BPoly.from_derivatives(times, np.stack([values, speeds, bends], axis=1))  # type: ignore[no-any-return]


def _speed(knots: tuple[Knot, ...], i: int) -> float:
    """The knot's own speed, or one that does not overshoot the neighbours."""
    own = knots[i].speed
    if own is not None:
        return own
    slopes = [
        (b.value - a.value) / (b.time_s - a.time_s)
        for a, b in ((knots[i - 1], knots[i]), (knots[i], knots[i + 1]))
    ]
    if slopes[0] * slopes[1] <= 0:
        return 0.0
    return 2 / (1 / slopes[0] + 1 / slopes[1])
