"""Angles, contacts and knee drives from joint positions: arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneedrive_cv.lazy import lazily

if TYPE_CHECKING:
    from kneedrive_cv.kinematics.angles import (
        compute_ankle_dorsiflexion,
        compute_foot_pitch,
        compute_hanging_angle,
        compute_hip_flexion,
        compute_knee_flexion,
        compute_trunk_lean,
    )
    from kneedrive_cv.kinematics.contact import Contact
    from kneedrive_cv.kinematics.events import find_contacts
    from kneedrive_cv.kinematics.gait import compute_angles
    from kneedrive_cv.kinematics.series import extreme_between, value_at
    from kneedrive_cv.kinematics.smoothing import derivative, fill_gaps, smooth
    from kneedrive_cv.kinematics.strides import KneeDrive, find_knee_drives, fit_step_frequency

__all__ = [
    "Contact",
    "KneeDrive",
    "compute_angles",
    "compute_ankle_dorsiflexion",
    "compute_foot_pitch",
    "compute_hanging_angle",
    "compute_hip_flexion",
    "compute_knee_flexion",
    "compute_trunk_lean",
    "derivative",
    "extreme_between",
    "fill_gaps",
    "find_contacts",
    "find_knee_drives",
    "fit_step_frequency",
    "smooth",
    "value_at",
]

_HOMES = {
    "compute_ankle_dorsiflexion": "kneedrive_cv.kinematics.angles",
    "compute_foot_pitch": "kneedrive_cv.kinematics.angles",
    "compute_hanging_angle": "kneedrive_cv.kinematics.angles",
    "compute_hip_flexion": "kneedrive_cv.kinematics.angles",
    "compute_knee_flexion": "kneedrive_cv.kinematics.angles",
    "compute_trunk_lean": "kneedrive_cv.kinematics.angles",
    "Contact": "kneedrive_cv.kinematics.contact",
    "find_contacts": "kneedrive_cv.kinematics.events",
    "compute_angles": "kneedrive_cv.kinematics.gait",
    "extreme_between": "kneedrive_cv.kinematics.series",
    "value_at": "kneedrive_cv.kinematics.series",
    "derivative": "kneedrive_cv.kinematics.smoothing",
    "fill_gaps": "kneedrive_cv.kinematics.smoothing",
    "smooth": "kneedrive_cv.kinematics.smoothing",
    "KneeDrive": "kneedrive_cv.kinematics.strides",
    "find_knee_drives": "kneedrive_cv.kinematics.strides",
    "fit_step_frequency": "kneedrive_cv.kinematics.strides",
}

__getattr__, __dir__ = lazily(__name__, _HOMES)
