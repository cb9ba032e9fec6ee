"""Small pieces of rotation: x forward, y left, z up, right-handed, degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def unit(vector: FloatArray) -> FloatArray:
    """The vector with length 1."""
    return vector / np.linalg.norm(vector)


def cross(a: FloatArray, b: FloatArray) -> FloatArray:
    """Cross product of two vectors, shape (3,), as `numpy.cross` gives it, in a tenth of the time.

    A pose takes a hundred of them.
    """
    (x, y, z), (u, v, w) = a.tolist(), b.tolist()
    return np.array([y * w - z * v, z * u - x * w, x * v - y * u])


def about_axis(axis: FloatArray, angle_deg: float) -> FloatArray:
    """Rotation matrix, shape (3, 3), about any axis (formula of Rodrigues)."""
    x, y, z = unit(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.deg2rad(angle_deg)
    turn: FloatArray = np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)
    return turn


def roll(angle_deg: float) -> FloatArray:
    """About x: positive tips the left side up."""
    c, s = _cos_sin(angle_deg)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def pitch(angle_deg: float) -> FloatArray:
    """About y: positive tips the front down."""
    c, s = _cos_sin(angle_deg)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def yaw(angle_deg: float) -> FloatArray:
    """About z: positive turns to the left, so the right side comes ahead."""
    c, s = _cos_sin(angle_deg)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _cos_sin(angle_deg: float) -> tuple[float, float]:
    angle = np.deg2rad(angle_deg)
    return float(np.cos(angle)), float(np.sin(angle))


def frame(along: FloatArray, hinge: FloatArray) -> FloatArray:
    """Right-handed axes as columns: along a bone, its hinge squared to it, and the third."""
    a = unit(along)
    h = unit(hinge - a * (hinge @ a))
    return np.array([a, h, cross(a, h)]).T


def between(
    along: FloatArray, hinge: FloatArray, new_along: FloatArray, new_hinge: FloatArray
) -> FloatArray:
    """Rotation that brings a bone and its hinge to a new direction and hinge."""
    turn: FloatArray = frame(new_along, new_hinge) @ frame(along, hinge).T
    return turn


def halfway(a: FloatArray, b: FloatArray, share: float) -> FloatArray:
    """Rotation at ``share`` of the way from ``a`` to ``b``."""
    step = b @ a.T
    vector = np.array([step[2, 1] - step[1, 2], step[0, 2] - step[2, 0], step[1, 0] - step[0, 1]])
    sine = np.linalg.norm(vector) / 2
    if sine < 1e-9:
        return a
    angle = np.arctan2(sine, (np.trace(step) - 1) / 2)
    turned: FloatArray = about_axis(vector, share * float(np.rad2deg(angle))) @ a
    return turned
