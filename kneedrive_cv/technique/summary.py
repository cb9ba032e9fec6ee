"""The verdict at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import METRICS, Check, Fault, Gait, Score, Stride, Summary, Value, View
from kneedrive_cv.scene.scale import Scale
from kneedrive_cv.technique import not_a_sprint
from kneedrive_cv.technique.checks import Means
from kneedrive_cv.technique.measure import Motion
from kneedrive_cv.technique.not_a_sprint import is_judged, no_points
from kneedrive_cv.technique.rule import Rule
from kneedrive_cv.technique.score import score
from kneedrive_cv.technique.travel import mean_travel
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import interval, mean_value, not_measurable
from kneedrive_cv.technique.verdict import JUDGED_UPRIGHT, STRONG_LEAN_DEG


def summarise(
    strides: Sequence[Stride],
    means: Means,
    checks: Sequence[Check],
    faults: Sequence[Fault],
    motion: Motion,
    quality: Quality,
    scale: Scale | None = None,
) -> Summary:
    """Put the verdict together.

    Parameters
    ----------
    strides : sequence of Stride
    means : mapping of metric to side to Value
    checks, faults : sequences
    motion : Motion
    quality : Quality
    scale : Scale, optional
        For lengths in metres.
    """

    def over_both(metric: str) -> Value:
        """The mean over the strides of both legs."""
        return mean_value(metric, [s.metrics[metric] for s in strides], None, quality)

    rate, gait = _step_frequency(strides, motion, quality), quality.gait
    judged = headline(checks, faults, quality.sight.view, quality.lean_deg)
    return Summary(
        headline=judged if is_judged(gait) else not_a_sprint.headline(gait, means, rate),
        grade=grade(checks, quality.sight.view, gait),
        knee_drives={side: sum(s.side == side for s in strides) for side in SIDES},
        metrics={metric: dict(by_side) for metric, by_side in means.items()},
        step_frequency_hz=rate,
        contact_time_s=over_both("contact_time_s"),
        flight_time_s=over_both("flight_time_s"),
        travel=mean_travel(strides, quality, scale),
        not_measured={m: reason for m in METRICS if (reason := quality.unreadable(m))},
    )


def grade(
    checks: Sequence[Check], view: View, gait: Gait = "sprint", rules: Sequence[Rule] = ()
) -> Score:
    """The points; none from the front and the rear, with hardly a check, and none of a drill."""
    if not is_judged(gait):
        return no_points(gait)
    points = score(checks, rules)
    if view not in ("front", "rear"):
        return points
    return Score(
        points=None,
        letter=None,
        explanation=f"No points: from the {view} the checks of the knee drive are "
        "hidden. Film from the side.",
        measured=points.measured,
        checks=points.checks,
    )


def judged_from(view: View, means: Mapping[str, Mapping[Side, Value]]) -> View:
    """The view that the checks were made from: the side's, where one of two clips shows it.

    Parameters
    ----------
    view : str
        Of the first clip.
    means : mapping of str to mapping of side to Value
        Those filled in from a second clip name its view first in their source.
    """
    sources = {value.source for sides in means.values() for value in sides.values()} - {""}
    told = all(source.startswith(("front", "rear")) for source in sources)
    return view if told else "side"


def _step_frequency(strides: Sequence[Stride], motion: Motion, quality: Quality) -> Value:
    """Step frequency of the whole run, surer than that of its single steps."""
    metric = "step_frequency_hz"
    number = motion.step_frequency_hz()
    if not np.isfinite(number):
        return not_measurable("fewer than three steps were seen")
    steps = len(motion.contacts) or len(motion.drives)
    error = np.hypot(quality.steady_error(metric, None), quality.stride_error(metric) / steps)
    told = [value for s in strides if (value := s.metrics[metric]).value is not None]
    seen = float(np.mean([value.valid_fraction for value in told])) if told else 1.0
    doubt = quality.doubt(metric) or _doubt_of_all(told)
    return interval(metric, number, float(error), seen, doubt)


def _doubt_of_all(values: Sequence[Value]) -> str:
    """Why each of some numbers is of low confidence; empty where one is sure."""
    if any(value.status == "measured" for value in values):
        return ""
    return next((value.reason for value in values), "")


def headline(
    checks: Sequence[Check], faults: Sequence[Fault], view: View = "side", lean_deg: float = 0.0
) -> str:
    """One sentence: what to change first, or that nothing measured is at fault.

    Parameters
    ----------
    checks, faults : sequences
    view : str
    lean_deg : float
        How far the trunk leans forward, on average. A fault that is judged against upright running
        is told with it.
    """
    if faults:
        first = faults[0]
        more = len({fault.title for fault in faults} - {first.title})
        others = f" {more} other thing{'s' if more > 1 else ''} to change." if more else ""
        if lean_deg > STRONG_LEAN_DEG and first.code in JUDGED_UPRIGHT:
            said = f"{first.sentence[:1].lower()}{first.sentence[1:]}"
            return f"Leaning {lean_deg:.0f} degrees forward, as when accelerating: {said}{others}"
        return f"{first.sentence}{others}"
    failed = [check for check in checks if check.verdict == "fault"]
    if failed:
        leg = f" on the {failed[0].side}" if failed[0].side else ""
        return f"{failed[0].title}{leg}; no knee drive of this clip can show it."
    if view in ("front", "rear"):
        return (
            f"Seen from the {view}: pelvis, knee heights and times are measured; film from the "
            "side to have the knee drive judged."
        )
    open_checks = sum(check.verdict == "borderline" for check in checks)
    if open_checks == 1:
        return "No clear fault; 1 check is too close to its target to tell."
    if open_checks:
        return f"No clear fault; {open_checks} checks are too close to their target to tell."
    if any(check.verdict == "pass" for check in checks):
        return "No fault in what could be measured."
    return "Nothing could be judged in this clip."
