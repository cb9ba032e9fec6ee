"""Hip joint centres where anatomy has them, by the regression of Harrington et al. 2007.

The rig of MakeHuman turns the thighs about points that animate well. Harrington et al.
(J Biomech 40:595-602, from magnetic resonance images of 32 people) give the centre of the femoral
head from the pelvis's width and depth, millimetres, from the middle between the front spines
(ASIS): forward -0.24 depth - 9.9, upward -0.30 width - 10.9, outward 0.33 width + 7.3.

A mesh has no bones to feel for, so the spines are placed by usual adult proportions: 0.086 of
stature above the crotch (hip centres lie 0.038 above it: trochanter 0.520 and crotch 0.482 of
stature in the ANSUR survey of the US Army; the spines about 84 mm above the centres), 0.137 of
stature apart; the rear spines 0.05 of stature apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

SPINES_ABOVE_CROTCH = 0.086
WIDTH = 0.137
REAR_WIDTH = 0.05
PELVIS_TILT_DEG = 10.0
"""How much lower the front spines lie than the rear ones when standing, as an angle."""


def hip_centres(skin_m: FloatArray, stature_m: float) -> dict[str, FloatArray]:
    """Hip joint centres of a standing body.

    Parameters
    ----------
    skin_m : ndarray, shape (V, 3)
        Vertices of the naked skin, x forward, y left, z up.
    stature_m : float
        Height of the body.

    Returns
    -------
    dict of ndarray, shape (3,)
        ``left`` and ``right``, metres.
    """
    middle = np.abs(skin_m[:, 1]) < 0.007 * stature_m
    crotch = skin_m[middle, 2].min()
    height = crotch + SPINES_ABOVE_CROTCH * stature_m
    width = WIDTH * stature_m
    front = _surface_x(skin_m, width / 2, height, 1)
    rear = _surface_x(skin_m, REAR_WIDTH / 2 * stature_m, height + 0.03, -1)
    cosine, sine = np.cos(np.deg2rad(PELVIS_TILT_DEG)), np.sin(np.deg2rad(PELVIS_TILT_DEG))
    depth = (front - rear) / cosine
    forward = -0.24 * depth - 0.0099
    up = -0.30 * width - 0.0109
    out = 0.33 * width + 0.0073
    x = front + forward * cosine + up * sine
    z = height - forward * sine + up * cosine
    return {"left": np.array([x, out, z]), "right": np.array([x, -out, z])}


def _surface_x(skin_m: FloatArray, y: float, z: float, sign: int) -> float:
    """Where the front (sign 1) or the back (-1) of the body is, from the vertices around."""
    off = np.hypot(np.abs(skin_m[:, 1]) - y, skin_m[:, 2] - z)
    near = (off < 0.05) & (skin_m[:, 0] * sign > 0.02)
    return float(np.average(skin_m[near, 0], weights=1 / (off[near] + 0.005) ** 2))
