"""Segment and joint angles in the sagittal plane, all frames at once.

Directions follow the picture: x to the right, y down. `forward` is +1 for an athlete who runs to
the right and -1 to the left, so that the signs are the same for either running direction. All
angles are in degrees; the definitions are those of the table in docs and README.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def compute_hanging_angle(top: FloatArray, bottom: FloatArray, *, forward: float) -> FloatArray:
    """Angle of a hanging segment from straight down, forward positive.

    ``atan2(forward * dx, dy)`` of the vector from top to bottom: the thigh's angle for hip and
    knee, the shank's for knee and ankle. 90 is parallel to the track.

    Parameters
    ----------
    top, bottom : ndarray, shape (..., 2)
        Picture coordinates of the segment's ends.
    forward : float
        +1 when running to the right, -1 to the left.

    Returns
    -------
    ndarray, shape (...)
        Degrees, -180 to 180.

    Examples
    --------
    >>> hip, knee = np.array([0.0, 0.0]), np.array([1.0, 0.0])
    >>> float(compute_hanging_angle(hip, knee, forward=1.0))
    90.0
    """
    d = bottom - top
    return np.asarray(np.rad2deg(np.arctan2(forward * d[..., 0], d[..., 1])))


def compute_trunk_lean(hip: FloatArray, shoulder: FloatArray, *, forward: float) -> FloatArray:
    """Lean of the trunk from upright, forward positive; shapes as `compute_hanging_angle`.

    Examples
    --------
    >>> round(float(compute_trunk_lean(np.zeros(2), np.array([1.0, -1.0]), forward=1.0)), 1)
    45.0
    """
    d = shoulder - hip
    return np.asarray(np.rad2deg(np.arctan2(forward * d[..., 0], -d[..., 1])))


def compute_foot_pitch(heel: FloatArray, toe: FloatArray, *, forward: float) -> FloatArray:
    """Pitch of the foot against the track, toes up positive, -270 to 90 degrees.

    Examples
    --------
    >>> heel, toe = np.array([0.0, 0.0]), np.array([-1.0, 1.0])
    >>> round(float(compute_foot_pitch(heel, toe, forward=-1.0)), 1)
    -45.0
    """
    d = toe - heel
    pitch = np.rad2deg(np.arctan2(-d[..., 1], forward * d[..., 0]))
    # a foot behind the body points down and back: no jump of a full turn there
    return np.asarray(np.mod(pitch + 270.0, 360.0) - 270.0)


def compute_knee_flexion(thigh_deg: FloatArray, shank_deg: FloatArray) -> FloatArray:
    """Knee flexion, 0 with the leg straight: thigh angle minus shank angle, -90 to 270."""
    return np.asarray(np.mod(thigh_deg - shank_deg + 90.0, 360.0) - 90.0)


def compute_ankle_dorsiflexion(foot_pitch_deg: FloatArray, shank_deg: FloatArray) -> FloatArray:
    """Dorsiflexion, 0 with the sole square to the shank: foot pitch minus shank angle, +-180."""
    return wrap(foot_pitch_deg - shank_deg)


def compute_hip_flexion(thigh_deg: FloatArray, trunk_lean_deg: FloatArray) -> FloatArray:
    """Hip flexion, 0 with the thigh in line with the trunk: thigh angle plus trunk lean."""
    return np.asarray(thigh_deg + trunk_lean_deg)


def wrap(angle_deg: FloatArray) -> FloatArray:
    """The same angles between -180 (included) and 180.

    Examples
    --------
    >>> wrap(np.array([190.0, -190.0, 10.0])).tolist()
    [-170.0, 170.0, 10.0]
    """
    return np.asarray(np.mod(angle_deg + 180.0, 360.0) - 180.0)

