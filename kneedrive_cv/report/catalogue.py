"""The angles of a result in the words of a coach, those that this version does not name too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kneedrive_cv.analysis import Angles, FloatArray
from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import METRICS, AnalysisResult


@dataclass(frozen=True)
class Angle:
    """An angle over time.

    Attributes
    ----------
    key : str
        Name of its column without side and unit.
    title : str
    zero : str
        What zero and the signs mean.
    columns : dict of side to str
        Its columns; the key is None where the angle belongs to no leg.
    """

    key: str
    title: str
    zero: str
    columns: dict[Side | None, str]

    @property
    def both_sides(self) -> bool:
        """Whether each leg has its own."""
        return None not in self.columns


_WORDS: Final[dict[str, tuple[str, str]]] = {
    "hip_flexion": ("Hip flexion", "0° = thigh in line with the trunk"),
    "thigh": ("Thigh", "0° = straight down, 90° = parallel to the track"),
    "knee_flexion": ("Knee flexion", "0° = leg straight"),
    "ankle_dorsiflexion": ("Ankle", "0° = sole square to the shank, + = toes up"),
    "foot_pitch": ("Foot", "0° = sole parallel to the track, + = toes up"),
    "pelvis_rotation": ("Pelvis turn", "0° = square to the run, + = right hip ahead"),
    "pelvis_obliquity": ("Pelvis tilt", "0° = level on average, + = right hip higher"),
    "trunk_lean": ("Trunk lean", "0° = upright, + = leaning forward"),
}
"""Key -> title and meaning, in the order in which they are shown."""


def angles_of(angles: Angles) -> list[Angle]:
    """The angles that have at least one value, the known ones first.

    What this module has no words for is shown where it is a metric too, and else is only a step
    on the way to one, like the angle of the shank.
    """
    found: dict[str, dict[Side | None, str]] = {}
    for column, values in angles.columns.items():
        side, key = _split(column)
        if (key in _WORDS or f"{key}_deg" in METRICS) and np.isfinite(values).any():
            found.setdefault(key, {})[side] = column
    order = [*(k for k in _WORDS if k in found), *(k for k in found if k not in _WORDS)]
    return [Angle(key, *_words(key), found[key]) for key in order]


def readable_angles(angles: Angles, result: AnalysisResult) -> list[Angle]:
    """Those of them that the page claims: what could not be measured is drawn nowhere."""
    refused = result.summary.not_measured
    return [angle for angle in angles_of(angles) if f"{angle.key}_deg" not in refused]


def _split(column: str) -> tuple[Side | None, str]:
    name = column.removesuffix("_deg")
    for side in SIDES:
        if name.startswith(f"{side}_"):
            return side, name.removeprefix(f"{side}_")
    return None, name


def _words(key: str) -> tuple[str, str]:
    return _WORDS.get(key, (key.replace("_", " ").capitalize(), "in degrees"))


def series(angles: Angles, angle: Angle) -> dict[Side | None, FloatArray]:
    """The values of an angle, by leg."""
    return {side: angles.columns[column] for side, column in angle.columns.items()}


def targets_of(result: AnalysisResult) -> Targets:
    """The targets that a result was graded by."""
    stored = result.settings.get("targets")
    return Targets.model_validate(stored) if isinstance(stored, dict) else Targets()


def target_band(key: str, targets: Targets) -> tuple[float, float] | None:
    """Where an angle should get to at the top of the knee drive, in degrees: from, to.

    Both are the same where the target is a line. None where there is none.
    """
    bands = {
        "hip_flexion": targets.hip_flexion_range_deg,
        "thigh": (targets.thigh_parallel_deg, targets.thigh_parallel_deg),
    }
    return bands.get(key)


def target_words(key: str, targets: Targets) -> str:
    """The target in words; empty where there is none.

    Examples
    --------
    >>> target_words("hip_flexion", Targets())
    'target at the top 75 to 90°'
    """
    band = target_band(key, targets)
    if band is None:
        return ""
    low, high = band
    return f"target at the top {low:.0f}" + (f" to {high:.0f}°" if high > low else "°")
