"""Where the body leans so far in the picture that it has to be looked at upright."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, median_filter

from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

LEAST_LEAN_DEG = 12.0
"""The estimator reads a body that leans less than this about as well as an upright one. One that
leans 30 degrees, as in the first steps out of the blocks, it reads as 15 in an upright crop."""

_AROUND_S = 0.3
"""Lean is the median over this time: a trunk does not tip from frame to frame."""


def find_lean(track: PoseTrack) -> FloatArray:
    """Lean of the trunk in the picture, 0 where it is slight.

    Parameters
    ----------
    track : PoseTrack
        A first look at each frame.

    Returns
    -------
    ndarray, shape (T,)
        Degrees from upright, clockwise positive; 0 where less than `LEAST_LEAN_DEG`.
    """
    shoulder = track.point("left_shoulder") + track.point("right_shoulder")
    trunk = (shoulder - track.point("left_hip") - track.point("right_hip")) / 2
    lean_deg = np.rad2deg(np.arctan2(trunk[:, 0], -trunk[:, 1]))
    known = np.flatnonzero(np.isfinite(lean_deg))
    if len(known) < 3:
        return np.zeros(len(track))
    lean_deg = np.interp(np.arange(len(track)), known, np.unwrap(lean_deg[known], period=360.0))
    step_s = float(np.median(np.diff(track.time_s)))
    frames = max(3, round(_AROUND_S / step_s))
    lean_deg = gaussian_filter1d(median_filter(lean_deg, frames, mode="nearest"), frames / 4)
    return np.where(np.abs(lean_deg) < LEAST_LEAN_DEG, 0.0, lean_deg)
