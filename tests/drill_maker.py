"""Drills, jogs and sprints of the renderer's body as if an estimator saw them exactly."""

from __future__ import annotations

from functools import cache

import numpy as np

from kneedrive_cv.config import Settings
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.level import Level
from kneedrive_cv.technique.as_seen import measure_as_seen
from kneedrive_cv.technique.measure import Motion
from validation.sprinter.body import load_body
from validation.sprinter.gait import build_gait
from validation.sprinter.parameters import Technique

FPS_HZ, DURATION_S, PX_PER_M = 30.0, 3.4, 160.0
SIZE = {"width_px": 8000, "height_px": 400}
BODIES = {"man": ("man_african", 1.8), "woman": ("woman_asian", 1.62)}


def pose_of(
    who: str,
    *,
    fps_hz: float = FPS_HZ,
    duration_s: float = DURATION_S,
    slowed: float = 1.0,
    **technique: object,
) -> PoseTrack:
    """Points seen square from the side by a camera far away, in playback time."""
    gait = build_gait(load_body(*BODIES[who]), Technique.model_validate(technique))
    times_s = np.arange(round(duration_s * fps_hz)) / fps_hz
    xy_px = np.full((len(times_s), N_LANDMARKS, 2), np.nan)
    for row, time_s in enumerate(times_s):
        for name, point in gait.body.points(gait.pose(time_s)).items():
            if name in INDEX:
                xy_px[row, INDEX[name]] = 100 + PX_PER_M * point[0], 380 - PX_PER_M * point[2]
    shape = xy_px.shape[:2]
    return PoseTrack(
        time_s=times_s * slowed,
        frame=np.arange(len(times_s)),
        xy_px=xy_px,
        world_m=np.zeros((*shape, 3)),
        visibility=np.where(np.isfinite(xy_px[..., 0]), 0.95, 0.0),
    )


@cache
def motion_of(who: str, words: tuple[tuple[str, object], ...]) -> Motion:
    """What is measured of it; the technique as pairs, so that it is made once."""
    pose = pose_of(who, **dict(words))
    _, motion, _ = measure_as_seen(
        [pose], forward=1.0, level=Level(), size=SIZE, settings=Settings(), correction=None
    )
    return motion


def moves(who: str, **technique: object) -> Motion:
    """What is measured of a technique."""
    return motion_of(who, tuple(technique.items()))
