"""Two clips of the same run: each metric from the view that can see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kneedrive_cv.config import Targets
from kneedrive_cv.errors import UngradableError
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import METRICS, TRAVEL, AnalysisResult, Event, Fault, Stride, Value
from kneedrive_cv.technique.checks import difference, mean_of, run_checks
from kneedrive_cv.technique.drills import drills_for
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.not_a_sprint import is_drill, is_judged
from kneedrive_cv.technique.summary import grade, headline, judged_from

MATCH_S = 0.035
"""Events of two views lie this near when lined up: the front's are good to 10 ms, the rear's to
20."""

LEAST_MATCHES = 4
LEAST_SHARE = 0.6
RATE_SHARE = 0.04
"""Step rates of the same run differ by less than this share, or by less than they are sure."""

OVER_BOTH = ("step_frequency_hz", "contact_time_s", "flight_time_s")
"""Of the summary, over the strides of both legs."""


@dataclass(frozen=True)
class Alignment:
    """How a second clip's time becomes the first one's: add ``shift_s``.

    Attributes
    ----------
    shift_s : float
    matches : int
        Touchdowns and toe-offs that fall together.
    share : float
        Of the second clip's events in the time that both show.
    """

    shift_s: float
    matches: int
    share: float


def line_up(first: Sequence[Event], second: Sequence[Event]) -> Alignment:
    """Line two clips of a run up by their touchdowns and toe-offs.

    Of a steady run each stride is like the next, so several shifts may fit: the one with most
    events together is taken, of equal ones that which fits best, then the least.

    Examples
    --------
    >>> a = [Event(type="touchdown", side="left", frame=0, time_s=t) for t in (0.0, 0.5, 1.1)]
    >>> b = [Event(type="touchdown", side="left", frame=0, time_s=t - 0.2) for t in (0.5, 1.1)]
    >>> line_up(a, b)
    Alignment(shift_s=0.2, matches=2, share=1.0)
    """
    shifts = [
        a.time_s - b.time_s for a in first for b in second if (a.type, a.side) == (b.type, b.side)
    ]
    tried = [_matched(first, second, shift_s) for shift_s in shifts]
    if not tried:
        return Alignment(0.0, 0, 0.0)
    off, shift_s = min(
        ((-len(offs), round(float(np.std(offs)), 3), abs(s)), s + float(np.median(offs)))
        for offs, s in zip(tried, shifts, strict=True)
    )
    begin_s, end_s = (f(a.time_s for a in first) for f in (min, max))
    common = [b for b in second if begin_s - MATCH_S <= b.time_s + shift_s <= end_s + MATCH_S]
    return Alignment(round(shift_s, 4), -off[0], -off[0] / max(len(common), 1))


def _matched(first: Sequence[Event], second: Sequence[Event], shift_s: float) -> list[float]:
    """How far each event of the second clip is from its like in the first, where that is near."""
    offs = []
    for event in second:
        own = [
            a.time_s - event.time_s - shift_s
            for a in first
            if (a.type, a.side) == (event.type, event.side)
        ]
        nearest = min(own, key=abs, default=np.inf)
        if abs(nearest) <= MATCH_S:
            offs.append(nearest)
    return offs


def combine(first: AnalysisResult, second: AnalysisResult, targets: Targets) -> AnalysisResult:
    """The first clip's result, with what it cannot show filled in from the second.

    Raises
    ------
    UngradableError
        The clips do not show the same run: their steps do not fall together.
    """
    drills = [result for result in (first, second) if is_drill(result.scene.gait)]
    if drills:
        raise UngradableError(
            f"{drills[0].clip.name} shows a drill ({drills[0].scene.gait}); two clips are lined up "
            "by the steps of a run",
            fix="Give each clip by itself.",
        )
    aligned = line_up(first.events, second.events)
    alike = _alike(first.summary.step_frequency_hz, second.summary.step_frequency_hz)
    if aligned.matches < LEAST_MATCHES or aligned.share < LEAST_SHARE or not alike:
        raise UngradableError(
            f"{second.clip.name} does not show the same run: its steps do not fall together with "
            f"those of {first.clip.name}",
            fix="Give two clips of one run, each with two strides or more of it.",
        )
    source = f"{second.scene.view} view, {second.clip.name}"
    means = {
        metric: {side: _filled(first, second, metric, side, source) for side in SIDES}
        for metric in first.summary.metrics
    }
    strides = [_stride(stride, second, aligned.shift_s, source) for stride in first.strides]
    # from the front and the rear a jog is not told from a sprint
    told = second if first.scene.gait == "not told" else first
    gait = told.scene.gait
    checks = run_checks(strides, means, targets, gait=gait)
    lean_deg = float(np.nan_to_num(mean_of(strides, "trunk_lean_deg")))
    faults = _shown_as_before(find_faults(checks, strides), first.faults)
    view = judged_from(first.scene.view, means)
    seen = {m for m in METRICS if any(means[m][side].source for side in SIDES)}
    summary = first.summary.model_copy(
        update=_over_both(first, second, source)
        | {
            "headline": headline(checks, faults, view, lean_deg)
            if is_judged(gait)
            else told.summary.headline,
            "grade": grade(checks, view, gait),
            "metrics": means,
            "not_measured": {m: w for m, w in first.summary.not_measured.items() if m not in seen},
        }
    )
    note = f"From the {source}, lined up by {aligned.matches} touchdowns and toe-offs: "
    note += f"{_names(seen, summary.travel) or 'nothing more'}."
    others = [f"{second.clip.name}: {warning}" for warning in second.warnings]
    return first.model_copy(
        update={
            "strides": strides,
            "checks": checks,
            "faults": faults,
            "drills": drills_for([fault.code for fault in faults]),
            "summary": summary,
            "scene": first.scene.model_copy(update={"gait": gait} | _scale(first, second)),
            "warnings": [note, *first.warnings, *others],
        }
    )


def _alike(first_hz: Value, second_hz: Value) -> bool:
    """Whether two step rates may be those of one run."""
    if first_hz.value is None or second_hz.value is None:
        return True
    apart_hz = abs(first_hz.value - second_hz.value)
    unsure_hz = difference(first_hz, second_hz, apart=1.0)
    assert unsure_hz.low is not None
    assert unsure_hz.high is not None
    return apart_hz < max(RATE_SHARE * first_hz.value, (unsure_hz.high - unsure_hz.low) / 2)


def _shown_as_before(faults: Sequence[Fault], before: Sequence[Fault]) -> list[Fault]:
    """The faults, each on the frame that showed it in the first clip alone.

    The turn of the pelvis is greatest elsewhere than at the top of the knee drive.
    """
    frames = {(fault.code, fault.side, fault.stride): fault.frame for fault in before}
    return [
        fault.model_copy(
            update={"frame": frames.get((fault.code, fault.side, fault.stride), fault.frame)}
        )
        for fault in faults
    ]


def _names(metrics: set[str], travel: Mapping[str, Value]) -> str:
    """What the second clip gave, without the sign of each, which follows the first comma."""
    titles = [METRICS[m][0] for m in METRICS if m in metrics]
    titles += [TRAVEL[m][0] for m, value in travel.items() if value.source]
    return ", ".join(title.partition(",")[0].lower() for title in titles)


def _over_both(
    first: AnalysisResult, second: AnalysisResult, source: str
) -> dict[str, Value | dict[str, Value]]:
    """What the summary says of both legs together."""
    own, other = first.summary, second.summary
    return {"travel": _filled_each(own.travel, other.travel, source)} | {
        name: _better(getattr(own, name), getattr(other, name), source) for name in OVER_BOTH
    }


def _scale(first: AnalysisResult, second: AnalysisResult) -> dict[str, float | str | None]:
    """What metres stand on, where the second clip alone says it: those of the front have none."""
    scene = second.scene if first.scene.leg_length_m is None else first.scene
    return {"leg_length_m": scene.leg_length_m, "scale_source": scene.scale_source}


def _filled(
    first: AnalysisResult, second: AnalysisResult, metric: str, side: Side, source: str
) -> Value:
    """A mean from the view that can see it, the first clip's where both can."""
    own, other = (result.summary.metrics[metric][side] for result in (first, second))
    return _better(own, other, source)


def _better(own: Value, other: Value | None, source: str) -> Value:
    if own.value is not None or other is None or other.value is None:
        return own
    return other.model_copy(update={"source": source})


def _filled_each(
    own: Mapping[str, Value], other: Mapping[str, Value], source: str
) -> dict[str, Value]:
    return {name: _better(value, other.get(name), source) for name, value in own.items()}


def _stride(stride: Stride, second: AnalysisResult, shift_s: float, source: str) -> Stride:
    """A stride with what the same stride of the other clip shows, where it was seen."""
    same = [
        other
        for other in second.strides
        if other.side == stride.side
        and abs(other.toe_off_time_s + shift_s - stride.toe_off_time_s) <= 2 * MATCH_S
    ]
    if not same:
        return stride
    parallel = stride.passes_parallel
    return stride.model_copy(
        update={
            "metrics": _filled_each(stride.metrics, same[0].metrics, source),
            "travel": _filled_each(stride.travel, same[0].travel, source),
            "passes_parallel": same[0].passes_parallel if parallel is None else parallel,
        }
    )
