"""View, running direction, tilt and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneedrive_cv.lazy import lazily

if TYPE_CHECKING:
    from kneedrive_cv.scene.level import Level
    from kneedrive_cv.scene.tilt import Tilt, find_tilt
    from kneedrive_cv.scene.timing import Timing, tell_timing
    from kneedrive_cv.scene.view import Sight, find_sight

__all__ = [
    "Level",
    "Sight",
    "Tilt",
    "Timing",
    "find_sight",
    "find_tilt",
    "tell_timing",
]

_HOMES = {
    "Level": "kneedrive_cv.scene.level",
    "Tilt": "kneedrive_cv.scene.tilt",
    "find_tilt": "kneedrive_cv.scene.tilt",
    "Timing": "kneedrive_cv.scene.timing",
    "tell_timing": "kneedrive_cv.scene.timing",
    "Sight": "kneedrive_cv.scene.view",
    "find_sight": "kneedrive_cv.scene.view",
}

__getattr__, __dir__ = lazily(__name__, _HOMES)
