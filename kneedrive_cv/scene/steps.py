"""Steps a second and the bend of the knees, from a raw pose in playback time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from kneedrive_cv.clean.swaps import best_look, leg_length_px
from kneedrive_cv.kinematics.angles import compute_hanging_angle, compute_knee_flexion, wrap
from kneedrive_cv.kinematics.lifts import find_lifts
from kneedrive_cv.kinematics.series import lower_median
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

REFINE_BETWEEN = (0.7, 1.4)
REFINE_STEPS = 71

SLOWEST_LIFTS_HZ = 0.8
"""Fewer knee lifts a second than this are no march, but a drill in slow motion."""


def steps_of(track: PoseTrack, swap_cost: float, *, frontal: bool) -> tuple[float, float]:
    """Steps a second of playback, and how far the knees bend; NaN where nobody's pose was read.

    Parameters
    ----------
    track : PoseTrack
    swap_cost : float
        As for `choose_looks`.
    frontal : bool
        Seen from the front or the rear, where the feet pass each other up and down.
    """
    if not np.isfinite(track.point("left_ankle") + track.point("right_ankle")).any():
        return float("nan"), float("nan")
    named = best_look([track], switch_cost=swap_cost, frontal=frontal)
    ankles = named.point("left_ankle") - named.point("right_ankle")
    knees = [
        compute_knee_flexion(
            compute_hanging_angle(track.point(f"{s}_hip"), track.point(f"{s}_knee"), forward=f),
            compute_hanging_angle(track.point(f"{s}_knee"), track.point(f"{s}_ankle"), forward=f),
        )
        for s in ("left", "right")
        for f in (1.0, -1.0)
    ]
    step_hz = count_step_hz(ankles[:, int(frontal)] / leg_length_px(track), track.time_s)
    if not frontal and step_hz > SLOWEST_LIFTS_HZ and _drills(named):
        step_hz = float("nan")  # marching and skipping are slow in real time
    return step_hz, folded_knee_deg(named) if frontal else _most_bent_deg(np.array(knees))


def _drills(track: PoseTrack) -> bool:
    """Whether the knees are lifted as in a drill, whichever way it goes."""
    hip, leg_px = (track.point("left_hip") + track.point("right_hip")) / 2, leg_length_px(track)
    sides: tuple[Side, Side] = ("left", "right")
    for forward in (1.0, -1.0):
        thigh = {
            s: compute_hanging_angle(
                track.point(f"{s}_hip"), track.point(f"{s}_knee"), forward=forward
            )
            for s in sides
        }
        ahead = {s: forward * (track.point(f"{s}_ankle") - hip)[:, 0] / leg_px for s in sides}
        if find_lifts(thigh, ahead, track.time_s):
            return True
    return False


def _most_bent_deg(knees_deg: FloatArray) -> float:
    """How far knees bend, whichever way the run goes: 90 of 100 bend less; NaN if never seen."""
    bent_deg = np.abs(wrap(knees_deg))
    return float(np.nanpercentile(bent_deg, 90)) if np.isfinite(bent_deg).any() else float("nan")


def folded_knee_deg(track: PoseTrack) -> float:
    """How far the knees bend, as far as the front or the rear view can tell.

    The ankle of a bent leg comes near the hip's height: of thigh and shank alike in length, the
    bend is twice the arc cosine of how much of the leg's length is left.
    """
    hip = (track.point("left_hip") + track.point("right_hip"))[:, 1] / 2
    drops = [track.point(f"{side}_ankle")[:, 1] - hip for side in ("left", "right")]
    left = np.fmin(*drops) / np.fmax(*drops)
    if not np.isfinite(left).any():
        return float("nan")
    return float(np.nanpercentile(2 * np.rad2deg(np.arccos(np.clip(left, -1.0, 1.0))), 90))


def count_step_hz(leg_difference: FloatArray, time_s: FloatArray) -> float:
    """Steps a second from the swing of the ankles past each other; NaN with under three swings.

    Parameters
    ----------
    leg_difference : ndarray, shape (T,)
        Distance of the ankles, left minus right, in leg lengths: along the picture from the
        side, up and down from the front and the rear.
    time_s : ndarray, shape (T,)
    """
    ok = np.isfinite(leg_difference)
    x, t = leg_difference[ok], time_s[ok]
    turns = np.sort(
        np.concatenate([find_peaks(sign * x, prominence=0.5)[0] for sign in (1.0, -1.0)])
    )
    if len(turns) < 3:
        return float("nan")
    return _refined_hz(1.0 / lower_median(np.diff(t[turns])), x, t)


def _refined_hz(step_hz: float, x: FloatArray, t: FloatArray) -> float:
    """The rate near a first guess whose wave fits best: all frames tell, not the turns alone."""
    rates_hz = step_hz * np.linspace(*REFINE_BETWEEN, REFINE_STEPS)
    phase = np.pi * rates_hz[:, None] * (t - t.mean())
    waves = np.stack([np.cos(phase), np.sin(phase), np.ones_like(phase)], axis=2)
    fits = [np.linalg.lstsq(wave, x, rcond=None)[0] for wave in waves]
    errors = [np.sum((x - wave @ fit) ** 2) for wave, fit in zip(waves, fits, strict=True)]
    return float(rates_hz[int(np.argmin(errors))])
