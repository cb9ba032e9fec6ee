"""How much a pose trembles as it was read: what the picture's coarseness leaves of it.

From a picture that was compressed hard, or is grainy, the estimator reads a joint now here, now
there. The trunk shows it best, since it hardly changes from frame to frame.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

FRAMES = 6
"""So many frames on end are laid on a curve of the fourth degree: what the trunk does in a stride
lies on it, at 24 frames a second and more."""

USUAL_STEP_S = 1 / 60
"""Noise hangs on from frame to frame: the same clip at 30 and 120 frames a second trembles by 1.4
and 0.7 times what it does at 60, by the root of the time between the frames."""

LONGEST_STEP_S = 0.0425
LEAST_WINDOWS = 8
RAYLEIGH_MEDIAN = float(np.sqrt(2 * np.log(2)))
"""Median length of a vector whose two parts have a standard deviation of 1."""


def tremble_px(track: PoseTrack) -> float:
    """Standard deviation, in pixels, of a landmark of the trunk about its way, in either axis.

    Neither the way of the athlete nor a camera that shakes counts: it is told from where each
    shoulder lies over the hip of its side. As much as it would be at 60 frames a second.

    Parameters
    ----------
    track : PoseTrack
        As read, not smoothed, in real time.

    Returns
    -------
    float
        NaN with too few frames, or fewer than 24 a second.
    """
    if len(track) < FRAMES:
        return float("nan")
    times = sliding_window_view(track.time_s, FRAMES)
    weights = _off_curve(times)
    close = np.diff(times, axis=1).max(axis=1) <= LONGEST_STEP_S
    lengths = []
    for side in SIDES:
        trunk = track.point(f"{side}_shoulder") - track.point(f"{side}_hip")
        windows = sliding_window_view(trunk, FRAMES, axis=0)
        off = np.linalg.norm(np.einsum("wdf,wf->wd", windows, weights), axis=1)
        lengths.append(off[close & np.isfinite(off)])
    every = np.concatenate(lengths)
    if len(every) < LEAST_WINDOWS * len(SIDES):
        return float("nan")
    # two landmarks tremble in each of these vectors
    one_px = float(np.median(every) / RAYLEIGH_MEDIAN / np.sqrt(2))
    return one_px * float(np.sqrt(USUAL_STEP_S / np.median(np.diff(track.time_s))))


def _off_curve(times: FloatArray) -> FloatArray:
    """Weights, (N, F) for times (N, F): 0 for a curve of degree F - 2, and noise as it is."""
    apart = times[:, :, None] - times[:, None, :]
    scale = np.ptp(times, axis=1)[:, None, None]
    apart = apart / np.where(scale > 0, scale, 1.0)
    index = np.arange(times.shape[1])
    apart[:, index, index] = 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = 1.0 / apart.prod(axis=2)
        return np.asarray(weights / np.linalg.norm(weights, axis=1, keepdims=True))
