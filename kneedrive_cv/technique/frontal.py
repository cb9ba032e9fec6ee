"""Motion of a run that is seen from the front or the rear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.kinematics.frontal import (
    Size,
    compute_size,
    compute_tilt,
    find_frontal_contacts,
    find_frontal_drives,
)
from kneedrive_cv.kinematics.smoothing import smooth
from kneedrive_cv.pose.landmarks import LANDMARKS, SIDES
from kneedrive_cv.scene.timing import folded_knee_deg
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.measure import Motion

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class FrontalMotion(Motion):
    """What a pose from the front or the rear says of the run; see `Motion`.

    Attributes
    ----------
    swing_knee_deg : float
        How far the knees bend, told from the height of the ankles.
    """

    swing_knee_deg: float


def measure_frontal(clean: CleanPose, *, sight: Sight, settings: CleanSettings) -> FrontalMotion:
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
    drop = {
        side: smooth(
            (points[f"{side}_foot_index"][:, 1] - calm_y) / size.leg_px,
            time_s,
            cutoff_hz=settings.frontal_foot_cutoff_hz,
        )
        for side in SIDES
    }
    height = {
        side: (points[f"{side}_hip"] - points[f"{side}_knee"])[:, 1] / size.thigh_px
        for side in SIDES
    }
    contacts = find_frontal_contacts(drop, time_s)
    columns = {f"{side}_knee_height_thigh": height[side] for side in SIDES}
    columns |= _hips(points, size, sight, time_s, settings)
    columns |= _knees_across(points, size, sight)
    return FrontalMotion(
        track, columns, contacts, find_frontal_drives(contacts, height, time_s),
        folded_knee_deg(track),
    )


def _hips(
    points: dict[str, FloatArray],
    size: Size,
    sight: Sight,
    time_s: FloatArray,
    settings: CleanSettings,
) -> dict[str, FloatArray]:
    """Obliquity of the pelvis in each frame."""
    left, right = points["left_hip"], points["right_hip"]
    # the width is taken as it is when square: a hip that comes ahead does not tilt the line
    square = np.stack([sight.facing * size.hip_px, (left - right)[:, 1]], axis=1)
    tilt = compute_tilt(square, np.zeros_like(square), facing=sight.facing)
    return {"pelvis_obliquity_deg": smooth(tilt, time_s, cutoff_hz=settings.pelvis_cutoff_hz)}


def _knees_across(
    points: dict[str, FloatArray], size: Size, sight: Sight
) -> dict[str, FloatArray]:
    """How far each knee is past the middle of the hips towards the other side, in thighs."""
    middle = (points["left_hip"] + points["right_hip"])[:, 0] / 2
    return {
        f"{side}_knee_across_middle_thigh": (
            sign * sight.facing * (points[f"{side}_knee"][:, 0] - middle) / size.thigh_px
        )
        for side, sign in (("left", -1.0), ("right", 1.0))
    }
