"""Repair of the pose: leg swaps, outliers, gaps, smoothing, joint centres.

`kneedrive_cv.clean.repair` is the module whose function of the same name does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneedrive_cv.lazy import lazily

if TYPE_CHECKING:
    from kneedrive_cv.clean.correction import Correction, correct, load_correction
    from kneedrive_cv.clean.repair import CleanPose, smooth_landmarks

__all__ = [
    "CleanPose",
    "Correction",
    "correct",
    "load_correction",
    "smooth_landmarks",
]

_HOMES = {
    "Correction": "kneedrive_cv.clean.correction",
    "correct": "kneedrive_cv.clean.correction",
    "load_correction": "kneedrive_cv.clean.correction",
    "CleanPose": "kneedrive_cv.clean.repair",
    "smooth_landmarks": "kneedrive_cv.clean.repair",
}

__getattr__, __dir__ = lazily(__name__, _HOMES)
