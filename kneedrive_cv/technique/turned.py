"""How far the pelvis turns off square in a knee drive, and the frame that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.series import rows_between
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.result import Fault, Stride

FloatArray = NDArray[np.float64]

TURN: Final = "pelvis_rotation_deg"


def most_turned(
    turn_deg: FloatArray, time_s: FloatArray, side: Side, toe_off_s: float, touchdown_s: float
) -> tuple[float, float]:
    """How far the hip of the driving leg comes ahead, at most, and when.

    At the top of the thigh the pelvis may be square again, however far it turned before. The other
    way it turns as far in the drive of the other leg; of both ends of one wave either could be the
    greater by chance, and the sign of a mean would say nothing.

    Parameters
    ----------
    turn_deg, time_s : ndarray, shape (T,)
        The right hip ahead is positive.
    side : {"left", "right"}
    toe_off_s, touchdown_s : float
        The knee drive.

    Returns
    -------
    turned_deg, at_s : float
        NaN where it was not seen.

    Examples
    --------
    >>> t = np.linspace(0, 1, 101)
    >>> most_turned(20 * np.cos(2 * np.pi * t), t, "left", 0.2, 0.9)
    (-20.0, 0.5)
    """
    rows = rows_between(time_s, toe_off_s, touchdown_s)
    ahead_deg = (1.0 if side == "right" else -1.0) * turn_deg[rows]
    if not np.isfinite(ahead_deg).any():
        return float("nan"), float("nan")
    row = int(np.nanargmax(ahead_deg))
    return float(turn_deg[rows][row]), float(time_s[rows][row])


def shown_turned(
    faults: Sequence[Fault],
    strides: Sequence[Stride],
    angles: Mapping[str, FloatArray],
    time_s: FloatArray,
) -> list[Fault]:
    """The faults, that of a turning pelvis on the frame in which it turns most."""
    by_number = {stride.number: stride for stride in strides}
    turn_deg = angles.get(TURN, np.full(len(time_s), np.nan))
    return [
        fault.model_copy(update={"frame": _turned_frame(by_number[fault.stride], turn_deg, time_s)})
        if fault.code == "pelvis_rotation"
        else fault
        for fault in faults
    ]


def _turned_frame(stride: Stride, turn_deg: FloatArray, time_s: FloatArray) -> int:
    """The frame in which the pelvis turns most; that of the top where it was not seen."""
    ends_s = (stride.toe_off_time_s, stride.touchdown_time_s)
    _, at_s = most_turned(turn_deg, time_s, stride.side, *ends_s)
    if not np.isfinite(at_s):
        return stride.peak_frame
    times_s = (stride.toe_off_time_s, stride.peak_time_s, stride.touchdown_time_s)
    frames = (stride.toe_off_frame, stride.peak_frame, stride.touchdown_frame)
    return round(float(np.interp(at_s, times_s, frames)))
