"""Turn and tilt of the pelvis through the stride, from what a network told of each frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.kinematics.frontal import compute_size
from kneedrive_cv.kinematics.stride_phase import first_harmonic, mean_beside_waves, stride_phase
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.pose.pelvis import PelvisSeen
from kneedrive_cv.scene.heading import find_heading_deg
from kneedrive_cv.technique.measure import Motion
from kneedrive_cv.technique.turned import TURN

TILT: Final = "pelvis_obliquity_deg"

LINES: Final[dict[str, tuple[float, float]]] = {TURN: (-0.8, 1.19), TILT: (0.0, 1.2)}
"""From the amplitude that the network tells to the most likely one: degrees to add, and a factor
before that. What it cannot see it takes for none. The line of the turn keeps its spread (reduced
major axis): a regression would take great turns, which are to be found, to the mean of the clips
that it was set on, those of `validation.pelvis` with seeds up to 2200, of both views. On clips of
another renderer turns of 18 degrees are told as 14 to 25 with it, of 8 as 6 to 12."""

MORE_TO_ONE_SIDE: Final = 0.75
"""Of how much more it seems to turn to one side than to the other, the most likely: most turn alike
to both, and what is told is 2 to 2.5 degrees off. Set on 27 rendered runs that pass a camera which
stands, half of which turn by 3 to 10 degrees more to one side: there it is 2.0 to 2.2 degrees off,
4 to 5 without it."""


def with_pelvis(
    motion: Motion, seen: PelvisSeen | None, view: str, survey: Survey | None = None
) -> Motion:
    """The motion with the pelvis's turn and tilt in every frame.

    A pelvis turns and tilts once to and fro a stride. Waves of that length are fitted to the whole
    run, which takes out what a single frame errs. What is left over of the turn is the camera's own
    angle against the run, and that he turns more to one side; where the one is told from how he
    passes the camera, so is the other.

    Parameters
    ----------
    motion : Motion
        Of a run seen from the front or the rear.
    seen : PelvisSeen or None
    view : str
        From where he is seen.
    survey : Survey, optional
        How the background moves; without it both sides are taken to be alike.

    Returns
    -------
    Motion
        With both missing where he was looked at from elsewhere, or less than a stride was seen.
    """
    missing = np.full(len(motion.track), np.nan)
    motion = replace(motion, angles=motion.angles | {TURN: missing, TILT: missing})
    if seen is None or seen.view != view:
        return motion
    right, left = (motion.angles[f"{side}_knee_height_thigh"] for side in ("right", "left"))
    phase = stride_phase(right - left, motion.track.time_s)
    if phase is None:
        return motion
    rows = np.searchsorted(seen.frame, motion.track.frame).clip(max=len(seen.frame) - 1)
    same = seen.frame[rows] == motion.track.frame
    waves, alike, sides_told = {}, np.ones(len(seen.frame)), False
    for name, told_deg, weight in (
        (TURN, seen.turn_deg, seen.turn_weight),
        (TILT, seen.tilt_deg, alike),
    ):
        wave = first_harmonic(np.where(same, told_deg[rows], np.nan), phase, weight[rows])
        if np.isfinite(abs(wave)):
            offset_deg, slope = LINES[name]
            size_deg = max(0.0, offset_deg + slope * abs(wave))
            waves[name] = size_deg * np.cos(phase - np.angle(wave))
    if survey is not None and TURN in waves:
        turn_deg, weight = np.where(same, seen.turn_deg[rows], np.nan), seen.turn_weight[rows]
        more_deg = mean_beside_waves(turn_deg, phase, weight) - _heading_deg(motion, survey, view)
        sides_told = bool(np.isfinite(more_deg))
        waves[TURN] = waves[TURN] + MORE_TO_ONE_SIDE * np.nan_to_num(more_deg)
    return replace(motion, angles=motion.angles | waves, sides_told=sides_told)


def _heading_deg(motion: Motion, survey: Survey, view: str) -> float:
    points = {name: motion.track.point(name) for name in LANDMARKS}
    leg_px = compute_size(points, motion.track.time_s).leg_px
    return find_heading_deg(motion.track, leg_px, survey, view)
