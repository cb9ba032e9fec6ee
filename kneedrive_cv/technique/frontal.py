"""Motion of a run that is seen from the front or the rear."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.kinematics.frontal import (
    Size,
    compute_size,
    compute_tilt,
    find_frontal_drives,
    mean_over_strides,
)
from kneedrive_cv.kinematics.frontal_contacts import find_frontal_contacts
from kneedrive_cv.kinematics.series import value_at
from kneedrive_cv.kinematics.smoothing import smooth
from kneedrive_cv.kinematics.strides import KneeDrive
from kneedrive_cv.pose.landmarks import LANDMARKS, SIDES, Side
from kneedrive_cv.scene.steps import folded_knee_deg
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.measure import Motion

FloatArray = NDArray[np.float64]

KNEE_LOW_THIGH = {"front": 0.06, "rear": 0.25}
"""How much too low the estimator has the knee at the top of its drive, in thigh lengths: from the
rear the body hides it. Measured on rendered sprints (`validation/pelvis.py`)."""

KNEE_OUT_THIGH = {"front": 0.01, "rear": 0.07}
"""The same for how far out the estimator has it, in thigh lengths."""

LANDING = ("foot_index", "ankle")
"""What tells a landing, together: from the rear the forefoot alone is a quarter further off."""

_INWARD: dict[Side, float] = {"left": -1.0, "right": 1.0}
"""Which way in the picture is inward for a leg, seen from the front."""


def measure_frontal(clean: CleanPose, *, sight: Sight, settings: CleanSettings) -> Motion:
    """Heights, the hips' line, ground contacts and knee drives.

    Parameters
    ----------
    clean : CleanPose
    sight : Sight
        From the front or the rear.
    settings : CleanSettings
    """
    track, time_s = clean.track, clean.track.time_s
    points = {name: track.point(name) for name in LANDMARKS}
    size = compute_size(points, time_s)
    hip = (points["left_hip"] + points["right_hip"]) / 2
    calm_y = smooth(hip[:, 1], time_s, cutoff_hz=settings.hip_cutoff_hz)

    def drop_of(side: Side, *parts: str) -> FloatArray:
        """How far some parts of a foot are under the hips, in leg lengths."""
        y_px = np.mean([points[f"{side}_{part}"][:, 1] for part in parts], axis=0)
        below = (y_px - calm_y) / size.leg_px
        return smooth(below, time_s, cutoff_hz=settings.frontal_foot_cutoff_hz)

    drop = {side: drop_of(side, "foot_index") for side in SIDES}
    landing = {side: drop_of(side, *LANDING) for side in SIDES}
    height = {
        side: (points[f"{side}_hip"] - points[f"{side}_knee"])[:, 1] / size.thigh_px
        for side in SIDES
    }
    contacts = find_frontal_contacts(drop, time_s, landing_drop=landing)
    drives = find_frontal_drives(contacts, height, time_s)
    low = KNEE_LOW_THIGH[sight.view]
    columns = {f"{side}_knee_height_thigh": height[side] + low for side in SIDES}
    columns["pelvis_obliquity_deg"] = _obliquity(points, size, sight, contacts, time_s, settings)
    columns |= _knees_across(points, size, sight, drives, time_s)
    return Motion(track, columns, contacts, drives, folded_knee_deg(track), frontal=True)


def _obliquity(
    points: dict[str, FloatArray],
    size: Size,
    sight: Sight,
    contacts: list[Contact],
    time_s: FloatArray,
    settings: CleanSettings,
) -> FloatArray:
    """Tilt of the hips' line against its mean over whole strides: the camera may be tilted."""
    left, right = points["left_hip"], points["right_hip"]
    # the width is taken as it is when square: a hip that comes ahead does not tilt the line
    square = np.stack([sight.facing * size.hip_px, (left - right)[:, 1]], axis=1)
    tilt = compute_tilt(square, np.zeros_like(square), facing=sight.facing)
    tilt = smooth(tilt, time_s, cutoff_hz=settings.pelvis_cutoff_hz)
    return tilt - mean_over_strides(tilt, contacts, time_s)


def _knees_across(
    points: dict[str, FloatArray],
    size: Size,
    sight: Sight,
    drives: list[KneeDrive],
    time_s: FloatArray,
) -> dict[str, FloatArray]:
    """How far each knee is past the middle of the hips towards the other side, in thighs.

    A camera a few degrees beside the runner's line shifts both knees the same way as they come
    forward. That is taken out, so that both legs are alike on average; missing where the knee
    drive of one leg alone was seen.
    """
    middle = (points["left_hip"] + points["right_hip"])[:, 0] / 2
    across = {
        side: sign * sight.facing * (points[f"{side}_knee"][:, 0] - middle) / size.thigh_px
        + KNEE_OUT_THIGH[sight.view]
        for side, sign in _INWARD.items()
    }
    mean = {
        side: np.mean([value_at(y, time_s, d.peak_s) for d in drives if d.side == side] or [np.nan])
        for side, y in across.items()
    }
    apart = (mean["left"] - mean["right"]) / 2
    return {
        "left_knee_across_middle_thigh": across["left"] - apart,
        "right_knee_across_middle_thigh": across["right"] + apart,
    }
