"""How sure the front and the rear view are, and what cannot be read from where.

The errors are those of rendered sprints with known truth; ``python -m validation.pelvis`` prints
them for bodies and cameras that were not used to set anything.
"""

from __future__ import annotations

import math
from typing import Final

FRONTAL_METRICS: Final = (
    "pelvis_rotation_deg",
    "pelvis_obliquity_deg",
    "knee_height_thigh",
    "knee_across_middle_thigh",
)
"""What is read from the front and the rear alone."""

STEADY_ERROR: Final[dict[str, dict[str, float]]] = {
    "pelvis_rotation_deg": {"front": 4.0, "rear": 4.0},
    "pelvis_obliquity_deg": {"front": 1.5, "rear": 2.2},
    "knee_height_thigh": {"front": 0.07, "rear": 0.14},
    "knee_across_middle_thigh": {"front": 0.02, "rear": 0.04},
}
"""Standard error that does not shrink with more strides, by view."""

TAKEN_ALIKE_DEG: Final = 6.0
"""More of the turn's where both sides had to be taken to be alike: of 12 legs of seed 0 it was then
7.3 degrees off (root mean square), most where it turns to one side alone, of 8 others 1.7."""

LANDMARKS_TILT_DEG: Final = 3.0
"""Steady error of the tilt of landmarks alone, which follow the thighs: it comes out too large."""

STRIDE_ERROR: Final[dict[str, float]] = {
    "pelvis_rotation_deg": 2.0,
    "pelvis_obliquity_deg": 1.2,
    "knee_height_thigh": 0.03,
    "knee_across_middle_thigh": 0.03,
}
"""Standard error that differs from stride to stride."""

EVENT_ERROR_S: Final[dict[str, float]] = {"front": 0.009, "rear": 0.010}
"""Steady part of the error of a time between two events, at 60 frames a second and more; with fewer
by the root of how many fewer."""

STEP_RATE_HZ: Final = 0.15
STEP_RATE_TIMES: Final = 3.0
"""Steady error of the step frequency of a leg's steps, and how much more one step errs than from
the side."""

_FILM_TOO: Final = "Film from the front or the rear too, and add that clip by --also."
_ROTATION: Final = (
    "from the side one hip hides the other, and the landmark of the hidden one is a guess that "
    f"swings with the thighs, not with the pelvis. {_FILM_TOO}"
)
_ROTATION_GIVEN: Final = (
    "landmarks alone do not tell it: the hips' line hardly changes, and follows the thighs. "
    "Analyze the clip itself."
)
"""``python -m validation.pelvis`` prints how little landmarks tell, from every view."""

_TAUGHT: Final = (
    "a network tells it from the picture that learned on rendered runners, no real ones"
)
_ALIKE: Final = "; where the camera stood to the run was not seen: both sides are taken to be alike"

_FILM: Final = "Film from the front."
_FROM_THE_SIDE: Final[dict[str, str]] = {
    "pelvis_obliquity_deg": f"from the side one hip hides the other. {_FILM_TOO}",
    "knee_height_thigh": "from the side the angle of the thigh says it.",
    "knee_across_middle_thigh": "from the side it is not seen how far in a knee comes. "
    f"{_FILM_TOO}",
}


def unreadable(metric: str, view: str, *, given: bool = False) -> str:
    """Why a metric of the front view cannot be read from a view; empty if it can.

    Parameters
    ----------
    metric, view : str
    given : bool
        Another program has found the pose, and the picture was not looked at.
    """
    if metric == "pelvis_rotation_deg":
        if view not in ("front", "rear"):
            return _ROTATION
        return _ROTATION_GIVEN if given else ""
    if metric == "pelvis_obliquity_deg" and view == "rear" and given:
        return f"from the rear the hips' landmarks hardly tilt with the pelvis. {_FILM}"
    return "" if view in ("front", "rear") else _FROM_THE_SIDE[metric]


def doubt(metric: str, view: str, *, sides_told: bool = False) -> str:
    """Why a metric of the front view is of low confidence from a view; empty if it is not."""
    if metric == "knee_height_thigh" and view == "rear":
        return "from the rear the body hides the knee as it rises. Film from the front."
    if metric in ("pelvis_rotation_deg", "pelvis_obliquity_deg"):
        alike = metric == "pelvis_rotation_deg" and not sides_told
        return _TAUGHT + _ALIKE * alike
    return ""


def steady_error(
    metric: str, view: str, *, given: bool = False, sides_told: bool = False
) -> float:
    """Standard error of a metric of the front view that all strides share."""
    if metric == "pelvis_obliquity_deg" and given:
        return LANDMARKS_TILT_DEG
    by_view = STEADY_ERROR.get(metric, {})
    error = by_view.get(view, max(by_view.values(), default=0.0))
    alike = metric == "pelvis_rotation_deg" and not sides_told
    return math.hypot(error, TAKEN_ALIKE_DEG) if alike else error
