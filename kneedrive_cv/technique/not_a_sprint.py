"""What a clip is told that shows a drill or a jog: named and measured, not judged as a sprint.

The checks and the grade are for sprinting: a drill has no push-off behind the body and no flight to
speak of, a jog a low knee by its nature. So neither of them gets faults or points. A drill is there
to lift the knee, so how high it comes is told against parallel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kneedrive_cv.config import PARALLEL_DEG
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import Gait, Score, Value

DRILLS: Final[tuple[Gait, ...]] = ("high knees", "A-skip", "A-march")


def is_drill(gait: Gait) -> bool:
    """Whether it is one of the drills that are told apart."""
    return gait in DRILLS


def is_judged(gait: Gait) -> bool:
    """Whether the checks of a sprint, and its grade, belong to it.

    Examples
    --------
    >>> is_judged("sprint"), is_judged("jog"), is_judged("high knees")
    (True, False, False)
    """
    return gait in ("sprint", "not told")


NO_CONTACTS: Final = "the feet's contacts are told for running alone, not in a drill"

SLOWED: Final = "the slow-motion factor was told from the steps; give --capture-fps"
"""Why times are unsure; marching, skipping and high knees are told apart by their rate."""

NO_LOWER_LEG: Final = (
    "in a drill the shank and the foot are read as a sprinter's, whose knee is more bent, so they "
    "are not told"
)
"""On rendered drills thigh and hip are within 3 and 4 degrees, the knee up to 25 too bent."""

_CALLED: Final[dict[Gait, str]] = {
    "high knees": "a high-knees drill",
    "A-march": "an A-march",
    "A-skip": "an A-skip",
    "jog": "a jog",
}


def headline(gait: Gait, means: Mapping[str, Mapping[Side, Value]], rate_hz: Value) -> str:
    """What he does, how high his knees come, and how fast.

    Parameters
    ----------
    gait : str
        A drill or a jog.
    means : mapping of metric to side to Value
    rate_hz : Value
        Steps a second, of a drill its lifts.
    """
    heights = [
        f"{side} {_height(value)}"
        for side in SIDES
        if (value := means["thigh_deg"][side]).value is not None
    ]
    told = f"thigh at the top {', '.join(heights)}" if heights else "knee heights not read"
    often = f"; {rate_hz.value:.1f} steps a second" if rate_hz.value is not None else ""
    wanted = " (90 is parallel to the ground)" if heights and is_drill(gait) else ""
    seems = "seems to be" if is_drill(gait) and rate_hz.reason == SLOWED else "is"
    return f"This {seems} {_CALLED[gait]}, not a sprint: {told}{wanted}{often}."


def _height(thigh: Value) -> str:
    return f"{thigh.value:.0f} degrees"


def note(gait: Gait, means: Mapping[str, Mapping[Side, Value]]) -> str:
    """What of a sprint's report is missing here, and what the knee height says; empty for a sprint.

    Parameters
    ----------
    gait : str
    means : mapping of metric to side to Value
    """
    if is_judged(gait):
        return ""
    unjudged = "Checks and grade are for sprinting, so no faults are told and no points given."
    if gait == "jog":
        return f"The athlete jogs. {unjudged}"
    heights = "; ".join(
        f"{side} leg {against_parallel(value)}"
        for side in SIDES
        if (value := means["thigh_deg"][side]).value is not None
    )
    asked = " The drill asks for the thigh parallel to the ground."
    asked += f" {heights.capitalize()}." if heights else ""
    return f"This shows a drill ({gait}).{asked} {unjudged}"


def against_parallel(thigh: Value) -> str:
    """How a thigh at the top stands to parallel, as sure as its interval allows.

    Examples
    --------
    >>> against_parallel(Value(value=76.0, low=72.0, high=80.0))
    '14 degrees short of it'
    >>> against_parallel(Value(value=88.0, low=84.0, high=92.0))
    'at it, as far as can be told'
    """
    if thigh.value is None or thigh.low is None or thigh.high is None:
        return "not read"
    if thigh.high < PARALLEL_DEG:
        return f"{PARALLEL_DEG - thigh.value:.0f} degrees short of it"
    return "past it" if thigh.low >= PARALLEL_DEG else "at it, as far as can be told"


def no_points(gait: Gait) -> Score:
    """The grade of what is not judged."""
    return Score(
        points=None,
        letter=None,
        explanation=f"No points: this is {_CALLED[gait]}, and the grade is for sprinting.",
        measured=0,
        checks=0,
    )
