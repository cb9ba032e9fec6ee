"""All angles of a run from its joint positions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics import angles
from kneedrive_cv.kinematics.smoothing import smooth

FloatArray = NDArray[np.float64]


def compute_angles(
    points: Mapping[str, FloatArray],
    *,
    time_s: FloatArray,
    forward: float,
    trunk_cutoff_hz: float,
) -> dict[str, FloatArray]:
    """Angles of every frame under the names of ``angles.csv``.

    Parameters
    ----------
    points : mapping of str to ndarray, shape (T, 2)
        ``left_hip``, ``right_hip``, ... ``_knee``, ``_ankle``, ``_heel``, ``_foot_index`` and
        ``_shoulder``; x along the track, y down, NaN where missing.
    time_s : ndarray, shape (T,)
    forward : float
        +1 when running to the right, -1 to the left.
    trunk_cutoff_hz : float
        The trunk's lean changes slowly; the shoulders' twist, which looks like lean, does not.

    Returns
    -------
    dict of str to ndarray, shape (T,)
        Degrees.
    """
    hip = (points["left_hip"] + points["right_hip"]) / 2
    shoulder = (points["left_shoulder"] + points["right_shoulder"]) / 2
    trunk = angles.compute_trunk_lean(hip, shoulder, forward=forward)
    trunk = smooth(trunk, time_s, cutoff_hz=trunk_cutoff_hz)
    out: dict[str, FloatArray] = {}
    for side in ("left", "right"):
        out |= _leg_angles(points, side, forward, trunk)
    return out | {"trunk_lean_deg": trunk}


def _leg_angles(
    points: Mapping[str, FloatArray],
    side: str,
    forward: float,
    trunk_lean_deg: FloatArray,
) -> dict[str, FloatArray]:
    """Thigh, hip, knee, shank, ankle and foot of one leg."""
    hip, knee, ankle, heel, toe = (
        points[f"{side}_{part}"] for part in ("hip", "knee", "ankle", "heel", "foot_index")
    )
    thigh = angles.compute_hanging_angle(hip, knee, forward=forward)
    shank = angles.compute_hanging_angle(knee, ankle, forward=forward)
    pitch = angles.compute_foot_pitch(heel, toe, forward=forward)
    return {
        f"{side}_thigh_deg": thigh,
        f"{side}_hip_flexion_deg": angles.compute_hip_flexion(thigh, trunk_lean_deg),
        f"{side}_knee_flexion_deg": angles.compute_knee_flexion(thigh, shank),
        f"{side}_shank_deg": shank,
        f"{side}_ankle_dorsiflexion_deg": angles.compute_ankle_dorsiflexion(pitch, shank),
        f"{side}_foot_pitch_deg": pitch,
    }


def compute_foot_ahead_of_knee(shank_deg: FloatArray) -> FloatArray:
    """How far the ankle is ahead of the knee, in lengths of the shank.

    ``sin(shank angle)``: 0 with the foot under the knee, negative with the foot behind it.

    Parameters
    ----------
    shank_deg : ndarray
        The shank's angle from straight down, forward positive.
    """
    return np.asarray(np.sin(np.deg2rad(shank_deg)))
