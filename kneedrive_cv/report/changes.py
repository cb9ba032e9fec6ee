"""What differs between runs, how sure that is, and whether it is real."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.spread import Spread, find_spread
from kneedrive_cv.result import METRICS, AnalysisResult, Check, Value

GRADE: Final = "grade_points"
LEANS_APART_DEG: Final = 15.0
"""Who leans so much more accelerates: then thigh and hip differ for that reason alone."""
LEAST_IN_COMMON: Final = 0.75
"""Grades are compared where this share of the checks was measured in all of the runs."""
_TURN: Final = "pelvis_rotation_deg"
_WHOLE_RUN: Final = ("step_frequency_hz", "contact_time_s", "flight_time_s")


@dataclass(frozen=True)
class Change:
    """A metric of one leg, or of the whole run, over several runs.

    Attributes
    ----------
    metric : str
    side : {'left', 'right'} or None
        None: of the whole run.
    values : list of Value
        Of each run; of the pelvis's turn how far the hip of this leg comes ahead.
    strides : list of float
        Of each run: how many strides its mean stands on. Of a day, how many of one run would make
        a mean as sure.
    spread : Spread
        How much the strides vary.
    """

    metric: str
    side: Side | None
    values: list[Value]
    strides: list[float]
    spread: Spread

    @property
    def changes(self) -> list[Value]:
        """Of each run after the first, against it; not measurable where one has no value."""
        return [self.between(0, later) for later in range(1, len(self.values))]

    def between(self, before: int, after: int) -> Value:
        """The change from one run to another."""
        varies = self.spread.reach(self.strides[before], self.strides[after])
        return difference(self.values[before], self.values[after], varies)


def find_changes(results: Sequence[AnalysisResult]) -> list[Change]:
    """Every metric that at least two runs have.

    Parameters
    ----------
    results : sequence of AnalysisResult
        The first is what the others are set against.
    """
    return find_changes_of_days([[result] for result in results])


def find_changes_of_days(days: Sequence[Sequence[AnalysisResult]]) -> list[Change]:
    """Every metric that at least two days have, each day taken as the mean of its runs.

    The grade is left out where the runs were not graded by the same targets.

    Parameters
    ----------
    days : sequence of sequence of AnalysisResult
        The runs of each day.
    """
    by_others = unlike_grades([run for day in days for run in day])
    places: list[tuple[str, Side | None]] = [] if by_others else [(GRADE, None)]
    places += [(metric, side) for metric in METRICS if metric not in _WHOLE_RUN for side in SIDES]
    places += [(metric, None) for metric in _WHOLE_RUN]
    found = [_change(days, metric, side) for metric, side in places]
    return [c for c in found if sum(value.value is not None for value in c.values) >= 2]


def _change(days: Sequence[Sequence[AnalysisResult]], metric: str, side: Side | None) -> Change:
    """A metric of one leg, or of the whole run, over the days."""
    runs = [run for day in days for run in day]
    others = [s for s in SIDES if side is not None and s != side]
    return Change(
        metric,
        side,
        values=[mean_value([_value(run, metric, side) for run in day]) for day in days],
        strides=[_strides(day, metric, side) for day in days],
        spread=find_spread(
            metric,
            [_numbers(run, metric, side) for run in runs],
            [_numbers(run, metric, s) for run in runs for s in others],
        ),
    )


def mean_value(values: Sequence[Value]) -> Value:
    """The mean of several runs; its interval is no narrower, since they are read alike."""
    known = [v for v in values if _is_known(v)]
    if len(known) < 2:
        return known[0] if known else values[0]
    doubted = [v for v in known if v.status == "low_confidence"]
    means = {k: float(np.mean([getattr(v, k) for v in known])) for k in ("value", "low", "high")}
    return (doubted or known)[0].model_copy(update=means)


def _is_known(value: Value) -> bool:
    """Whether there is a number with its interval."""
    return None not in (value.value, value.low, value.high)


def _strides(day: Sequence[AnalysisResult], metric: str, side: Side | None) -> float:
    """The strides of one run whose mean is as sure as that of a day's runs that have the metric.

    A mean that no stride of its own clip shows, as from a second view, stands on one at least.
    """
    return alike_strides(
        [len(_numbers(r, metric, side)) for r in day if _is_known(_value(r, metric, side))]
    )


def alike_strides(counts: Sequence[int]) -> float:
    """The strides of one run whose mean is as sure as that of runs of so many; 1 without any.

    Examples
    --------
    >>> alike_strides([4, 4]), alike_strides([])
    (8.0, 1.0)
    """
    return len(counts) ** 2 / sum(1.0 / max(count, 1) for count in counts) if counts else 1.0


def _value(result: AnalysisResult, metric: str, side: Side | None) -> Value:
    summary = result.summary
    missing = Value(value=None, status="not_measurable", reason="not part of this result")
    if metric == GRADE:
        grade = summary.grade
        return Value(value=grade.points, low=grade.low, high=grade.high)
    if side is not None:
        value = summary.metrics.get(metric, {}).get(side, missing)
        return _turned_round(value) if metric == _TURN and side == "left" else value
    whole: Value = getattr(summary, metric)
    return whole


def _turned_round(value: Value) -> Value:
    """The value with the other sign: of the pelvis's turn, the left hip ahead is positive.

    A turn is told with the right hip ahead as positive, so that of the left leg more of it is a
    smaller number. What is compared is how far the hip of the driving leg comes ahead.
    """
    if value.value is None or value.low is None or value.high is None:
        return value
    update = {"value": -value.value, "low": -value.high, "high": -value.low}
    return value.model_copy(update=update)


def _numbers(result: AnalysisResult, metric: str, side: Side | None) -> list[float]:
    """The numbers of the strides, of one leg or of both."""
    values = [
        stride.metrics[metric].value
        for stride in result.strides
        if metric in stride.metrics and side in (None, stride.side)
    ]
    return [value for value in values if value is not None]


def difference(before: Value, after: Value, varies: float = 0.0) -> Value:
    """A change with its 95 % interval.

    The errors of two clips are taken as apart from each other, though filmed alike they share a
    part: the interval is rather too wide. To the error of each measurement comes what the
    athlete varies from stride to stride.

    Parameters
    ----------
    before, after : Value
    varies : float
        How far the interval would reach for what the strides vary, alone.

    Examples
    --------
    >>> a, b = Value(value=70.0, low=67.0, high=73.0), Value(value=78.0, low=74.0, high=82.0)
    >>> change = difference(a, b)
    >>> change.value, change.low, change.high
    (8.0, 3.0, 13.0)
    """
    if before.value is None or after.value is None or not (_is_known(before) and _is_known(after)):
        return Value(value=None, status="not_measurable", reason="not measured in both runs")
    change = after.value - before.value
    (a_down, a_up), (b_down, b_up) = _halves(before), _halves(after)
    doubts = [v.reason for v in (before, after) if v.status == "low_confidence"]
    return Value(
        value=change,
        low=change - float(np.linalg.norm([a_up, b_down, varies])),
        high=change + float(np.linalg.norm([a_down, b_up, varies])),
        valid_fraction=min(before.valid_fraction, after.valid_fraction),
        status="low_confidence" if doubts else "measured",
        reason=doubts[0] if doubts else "",
    )


def _halves(value: Value) -> tuple[float, float]:
    """How far the interval reaches down and up; down as up where it was cut off at zero."""
    assert value.value is not None
    assert value.low is not None
    assert value.high is not None
    down, up = value.value - value.low, value.high - value.value
    return (max(down, up) if value.low == 0.0 else down), up


def unlike_grades(results: Sequence[AnalysisResult]) -> list[str]:
    """Why the grades of the runs cannot be compared."""
    return [*_unlike_targets(results), *_unlike_checks(results)]


def _unlike_targets(results: Sequence[AnalysisResult]) -> list[str]:
    """That the runs were graded by different targets, where they were.

    A target that a version did not have yet is none that somebody changed.
    """
    targets = [known for r in results if isinstance(known := r.settings.get("targets"), dict)]
    common = set(targets[0]).intersection(*targets) if targets else set[str]()
    if all(known[name] == targets[0][name] for known in targets for name in common):
        return []
    return ["The runs were graded by different targets, so their grades are not compared."]


def _unlike_checks(results: Sequence[AnalysisResult]) -> list[str]:
    """That the grades stand on other checks, where they do: one of a single leg says less."""
    graded = [r.checks for r in results if r.summary.grade.points is not None]
    if share_in_common(graded) >= LEAST_IN_COMMON:
        return []
    counts = sorted({sum(c.verdict != "not_measurable" for c in own) for own in graded})
    told = " and ".join(map(str, (counts[0], counts[-1]))) if len(counts) > 1 else f"{counts[0]}"
    return [f"The grades stand on different checks ({told}), so they are not compared."]


def share_in_common(runs: Iterable[Sequence[Check]]) -> float:
    """How many of the checks that were measured in any of the runs were measured in all."""
    measured = [
        {(c.code, c.title, c.side) for c in checks if c.verdict != "not_measurable"}
        for checks in runs
    ]
    every = set.union(*measured) if measured else set()
    return len(set.intersection(*measured)) / len(every) if every else 1.0


def unlike(results: Sequence[AnalysisResult]) -> list[str]:
    """Why the runs cannot be compared as they are, or only with care."""
    notes = []
    views = {r.scene.view for r in results}
    if len(views) > 1:
        notes.append(f"The runs are seen from different views ({', '.join(sorted(views))}).")
    gaits = {r.scene.gait for r in results} - {"not told"}
    if len(gaits) > 1:
        notes.append(
            f"The runs do not show the same ({', '.join(sorted(gaits))}): how high the knee comes "
            "differs for that reason alone."
        )
    if len({r.scene.near_side for r in results} - {None}) > 1:  # from the front neither is
        notes.append(
            "Not the same leg is nearer to the camera: the far leg's numbers are less sure."
        )
    rates = sorted({round(r.clip.capture_fps) for r in results})
    if len(rates) > 1 and rates[-1] > 1.2 * rates[0]:
        notes.append(
            f"The clips have different frame rates ({', '.join(map(str, rates))} a second): "
            "contact times and ankles suffer most."
        )
    if len({r.versions.get("pose_model") for r in results}) > 1:
        notes.append("The runs were read by different pose models: grade them again with one.")
    if len({r.versions.get("kneedrive") for r in results}) > 1:
        notes.append("The runs were graded by different versions of kneedrive.")
    notes += unlike_grades(results)
    leans = [lean for r in results if (lean := _lean(r)) is not None]
    if leans and max(leans) - min(leans) > LEANS_APART_DEG:
        notes.append(
            "The trunk leans much more in one run than in another, as when accelerating: thigh and "
            "hip flexion then differ for that reason alone."
        )
    return notes


def _lean(result: AnalysisResult) -> float | None:
    """How far the trunk leans, of both legs' knee drives; None where the view does not show it."""
    values = [v.value for v in result.summary.metrics.get("trunk_lean_deg", {}).values()]
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
