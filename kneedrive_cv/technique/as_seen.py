"""Repair and measure a pose as the view wants it, and as what he does wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kneedrive_cv.clean.correction import Correction
from kneedrive_cv.clean.repair import CleanPose, repair
from kneedrive_cv.config import Settings
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.level import Level
from kneedrive_cv.scene.view import Sight, find_sight
from kneedrive_cv.technique.frontal import measure_frontal
from kneedrive_cv.technique.gait_name import name_gait
from kneedrive_cv.technique.measure import Motion, measure_motion, running_part


def measure_as_seen(
    looks: Sequence[PoseTrack],
    *,
    forward: float,
    level: Level,
    size: Mapping[str, int],
    settings: Settings,
    correction: Correction | None,
) -> tuple[CleanPose, Motion, Sight]:
    """Repair the pose and measure the run.

    The view is told from the frames in which he runs, which a first measurement finds. A jog is
    measured without the correction: it was learned on sprints, and reads a rendered jog's thigh 3
    to 9 degrees too high, which is 2 to 3 too low without it.

    Parameters
    ----------
    looks : sequence of PoseTrack
        In real time.
    forward : float
        +1 when running to the right, -1 to the left.
    level : Level
    size : mapping
        ``width_px`` and ``height_px`` of the picture.
    settings : Settings
    correction : Correction or None

    Returns
    -------
    CleanPose
    Motion
    Sight
    """
    seen = find_sight(looks[0], forward=forward, choice=settings.view)
    clean, motion = _measure(looks, seen, level, size, settings, correction)
    running = running_part(clean.track, motion)
    told = find_sight(running, forward=forward, choice=settings.view)
    if told.view != seen.view:
        clean, motion = _measure(looks, told, level, size, settings, correction)
    if correction is not None and name_gait(motion) == "jog":
        square = told.view == "side"
        plain = _measure(looks, told, level, size, settings, None, square=square)
        if name_gait(plain[1]) == "jog":
            clean, motion = plain
    return clean, motion, told


def _measure(
    looks: Sequence[PoseTrack],
    sight: Sight,
    level: Level,
    size: Mapping[str, int],
    settings: Settings,
    correction: Correction | None,
    *,
    square: bool = False,
) -> tuple[CleanPose, Motion]:
    """The repaired pose and the motion, as seen."""
    clean = repair(list(looks), **size, settings=settings.clean, frontal=sight.frontal)
    if sight.frontal:
        return clean, measure_frontal(clean, sight=sight, settings=settings.clean)
    return clean, measure_motion(
        clean,
        forward=sight.forward,
        level=level,
        settings=settings.clean,
        correction=correction,
        square=square,
    )
