"""The turn of the pelvis through the stride, from what a network told of each frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from kneedrive_cv.kinematics.stride_phase import first_harmonic, stride_phase
from kneedrive_cv.pose.pelvis import PelvisTurn
from kneedrive_cv.technique.measure import Motion

COLUMN: Final = "pelvis_rotation_deg"

LINE: Final[dict[str, tuple[float, float]]] = {"front": (0.0, 1.0), "rear": (0.0, 1.0)}
"""From the amplitude that the network tells to the most likely one, by view: what it cannot see it
takes for no turn, and a sprinter's pelvis always turns. Set on half of the clips of
`validation.pelvis`, measured on the others."""


def with_turn(motion: Motion, told: PelvisTurn) -> Motion:
    """The motion with the pelvis's turn in every frame.

    A pelvis turns once to and fro a stride. That wave is fitted to the whole run, which takes out
    what a single frame errs, and the camera's own angle against the run.

    Parameters
    ----------
    motion : Motion
        Of a run seen from the front or the rear.
    told : PelvisTurn
        Of the same view.

    Returns
    -------
    Motion
        The same where less than a stride was seen.
    """
    higher = [motion.angles[f"{side}_knee_height_thigh"] for side in ("right", "left")]
    phase = stride_phase(higher[0] - higher[1], motion.track.time_s)
    if phase is None:
        return motion
    rows = np.searchsorted(told.frame, motion.track.frame).clip(max=len(told.frame) - 1)
    same = told.frame[rows] == motion.track.frame
    wave = first_harmonic(np.where(same, told.turn_deg[rows], np.nan), phase)
    if not np.isfinite(abs(wave)):
        return motion
    offset, slope = LINE[told.view]
    turn_deg = (offset + slope * abs(wave)) * np.cos(phase - np.angle(wave))
    return replace(motion, angles=motion.angles | {COLUMN: turn_deg})
