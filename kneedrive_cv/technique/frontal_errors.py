"""How sure the front and the rear view are, and what they cannot show.

The errors are those of rendered sprints with known truth, bodies and cameras that were not used
to set anything: ``python -m validation.pelvis`` prints them.
"""

from __future__ import annotations

from typing import Final, Literal

FRONTAL_METRICS: Final = (
    "pelvis_rotation_deg",
    "pelvis_obliquity_deg",
    "knee_height_thigh",
    "knee_across_middle_thigh",
)
"""What is read from the front and the rear alone."""

STEADY_ERROR: Final[dict[str, dict[str, float]]] = {
    "front": {
        "pelvis_rotation_deg": 6.0,
        "pelvis_obliquity_deg": 1.5,
        "knee_height_thigh": 0.06,
        "knee_across_middle_thigh": 0.08,
    },
    "rear": {
        "pelvis_rotation_deg": 6.0,
        "pelvis_obliquity_deg": 3.5,
        "knee_height_thigh": 0.08,
        "knee_across_middle_thigh": 0.08,
    },
}
"""Standard error that does not shrink with more strides, by view."""

STRIDE_ERROR: Final[dict[str, float]] = {
    "pelvis_rotation_deg": 1.0,
    "pelvis_obliquity_deg": 1.2,
    "knee_height_thigh": 0.03,
    "knee_across_middle_thigh": 0.03,
}
"""Standard error that differs from stride to stride."""

EVENT_ERROR_S: Final[dict[str, float]] = {"front": 0.009, "rear": 0.016}
"""Of a time between two events."""

FILM_FRONTAL: Final = "Film from the front or the rear, at hip height."
_WHY_NOT_FROM_THE_SIDE: Final[dict[str, str]] = {
    "pelvis_rotation_deg": "from the side one hip hides the other",
    "pelvis_obliquity_deg": "from the side one hip hides the other",
    "knee_height_thigh": "from the side the angle of the thigh says it",
    "knee_across_middle_thigh": "from the side it cannot be seen how far in a knee is driven",
}


def unreadable_from_the_side(metric: str) -> str:
    """Why a metric of the front view cannot be read from the side."""
    why = _WHY_NOT_FROM_THE_SIDE[metric]
    return f"{why}." if metric == "knee_height_thigh" else f"{why}. {FILM_FRONTAL}"


def steady_error(metric: str, view: Literal["front", "rear"]) -> float:
    """Standard error of a metric of the front view that all strides share."""
    return STEADY_ERROR[view][metric]
