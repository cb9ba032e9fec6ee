"""What differs between two runs, and how sure that is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.report.changes import (
    Change,
    difference,
    find_changes,
    find_changes_of_days,
    unlike,
)
from kneedrive_cv.report.words import meaning, meaning_by_leg
from kneedrive_cv.result import AnalysisResult, Value
from kneedrive_cv.technique.verdict import Z_95, is_off_zero
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis()


@given(
    a=st.floats(-90, 90), b=st.floats(-90, 90), a_half=st.floats(0.1, 20), b_half=st.floats(0.1, 20)
)
def test_a_difference_holds_the_errors_of_both_and_turns_round_with_them(
    a: float, b: float, a_half: float, b_half: float
) -> None:
    before = Value(value=a, low=a - a_half, high=a + a_half)
    after = Value(value=b, low=b - b_half, high=b + b_half)
    there, back = difference(before, after), difference(after, before)
    assert there.low is not None
    assert there.high is not None
    assert back.value == pytest.approx(-(there.value or 0.0))
    assert there.high - there.low == pytest.approx(2 * np.hypot(a_half, b_half))
    spread = difference(before, after, 3.0)
    assert spread.high is not None
    assert spread.high > there.high


def test_of_uneven_intervals_the_halves_that_face_each_other_make_the_change() -> None:
    good = Value(value=92.6, low=78.8, high=97.1)
    worse = Value(value=83.3, low=75.2, high=91.3)
    down, up = difference(good, worse), difference(worse, good)
    assert down.high == pytest.approx(-9.3 + np.hypot(13.8, 8.0))
    assert down.low == pytest.approx(-9.3 - np.hypot(4.5, 8.1))
    assert up.low == pytest.approx(-(down.high or 0.0))
    assert not is_off_zero(down)


def test_a_time_whose_interval_was_cut_off_at_zero_is_no_surer_for_it() -> None:
    short = Value(value=0.01, low=0.0, high=0.03)
    long = Value(value=0.04, low=0.02, high=0.06)
    assert difference(short, long).high == pytest.approx(0.03 + np.hypot(0.02, 0.02))


def test_a_run_against_itself_shows_no_real_difference(analysis: Analysis) -> None:
    changes = find_changes([analysis.result, analysis.result])
    assert changes
    for change in changes:
        (value,) = change.changes
        assert value.value == pytest.approx(0.0)
        assert value.low is not None
        assert value.low <= 0 <= (value.high or 0.0)


def _with_thighs(result: AnalysisResult, sides: dict[Side, list[float]]) -> AnalysisResult:
    """A result whose legs have these thighs, a stride each; means 1.2 and strides 1 degree off."""
    strides = [
        result.strides[0].model_copy(
            update={"side": side, "metrics": {"thigh_deg": Value(value=number)}}
        )
        for side, numbers in sides.items()
        for number in numbers
    ]
    means = {}
    for side, numbers in sides.items():
        mean, half = float(np.mean(numbers)), Z_95 * float(np.hypot(1.2, len(numbers) ** -0.5))
        means[side] = Value(value=mean, low=mean - half, high=mean + half)
    summary = result.summary.model_copy(update={"metrics": {"thigh_deg": means}})
    return result.model_copy(update={"strides": strides, "summary": summary})


def _thigh(results: list[AnalysisResult], side: Side = "left") -> Change:
    return next(c for c in find_changes(results) if (c.metric, c.side) == ("thigh_deg", side))


@pytest.mark.parametrize("strides", [1, 2, 3, 5])
def test_an_athlete_who_only_varies_is_seldom_said_to_have_changed(
    analysis: Analysis, strides: int
) -> None:
    rng = np.random.default_rng(0)

    def run() -> AnalysisResult:
        legs = rng.normal(80.0, np.hypot(3.0, 1.0), (2, strides)) + rng.normal(0, 1.2, (2, 1))
        return _with_thighs(analysis.result, {"left": [*legs[0]], "right": [*legs[1]]})

    pairs = [[run(), run()] for _ in range(500)]
    real = [
        is_off_zero(_thigh(pair, side).changes[0]) for pair in pairs for side in ("left", "right")
    ]
    assert np.mean(real) <= 0.06


def test_where_a_leg_has_one_stride_a_run_the_other_leg_tells_how_much_strides_vary(
    analysis: Analysis,
) -> None:
    calm: dict[Side, list[float]] = {"left": [80.0], "right": [79.0, 80.0, 81.0]}
    wild: dict[Side, list[float]] = {"left": [80.0], "right": [60.0, 80.0, 100.0]}
    spans = []
    for sides in (calm, wild):
        change = _thigh([_with_thighs(analysis.result, sides)] * 2).changes[0]
        spans.append((change.high or 0.0) - (change.low or 0.0))
    assert spans[0] < 24.0
    assert spans[1] > 50.0


def test_a_days_runs_without_the_metric_make_it_no_surer(analysis: Analysis) -> None:
    days = [
        [_with_thighs(analysis.result, {"left": [mean - 5.0, mean, mean + 5.0]})]
        for mean in (80.0, 90.0)
    ]
    blind = _with_thighs(analysis.result, {"right": [85.0, 86.0]})

    def change(days: list[list[AnalysisResult]]) -> Value:
        found = find_changes_of_days(days)
        own = next(c for c in found if (c.metric, c.side) == ("thigh_deg", "left"))
        return own.changes[0]

    assert change([[*day, blind, blind] for day in days]) == change(days)
    assert (change([day * 2 for day in days]).low or 0.0) > (change(days).low or 0.0)


def test_hips_that_turn_more_have_more_turn_on_both_legs(analysis: Analysis) -> None:
    def turning(by_deg: float) -> AnalysisResult:
        ahead = {"left": -by_deg, "right": by_deg}  # the right hip ahead is positive
        turns = {s: Value(value=v, low=v - 4.0, high=v + 4.0) for s, v in ahead.items()}
        metrics = analysis.result.summary.metrics | {"pelvis_rotation_deg": turns}
        summary = analysis.result.summary.model_copy(update={"metrics": metrics})
        return analysis.result.model_copy(update={"summary": summary})

    results = [turning(8.0), turning(30.0)]
    found = [c for c in find_changes(results) if c.metric == "pelvis_rotation_deg"]
    assert [change.changes[0].value for change in found] == [22.0, 22.0]
    assert "the right hip is ahead" in meaning("pelvis_rotation_deg")
    assert "the right hip is ahead" not in meaning_by_leg("pelvis_rotation_deg")


def test_a_grade_from_few_of_the_checks_is_not_compared_with_one_from_all(
    analysis: Analysis,
) -> None:
    result = analysis.result
    one_leg = [
        c if c.side == "right" else c.model_copy(update={"verdict": "not_measurable"})
        for c in result.checks
    ]
    few = result.model_copy(update={"checks": one_leg})
    assert "grade_points" in {c.metric for c in find_changes([result, result])}
    assert "grade_points" not in {c.metric for c in find_changes([result, few])}
    assert any("stand on different checks" in note for note in unlike([result, few]))
    assert not any("stand on different checks" in note for note in unlike([result, result]))


def test_a_run_without_a_grade_hides_the_grades_of_no_others(analysis: Analysis) -> None:
    result = analysis.result
    none = {"points": None, "low": None, "high": None, "letter": None}
    grade = result.summary.grade.model_copy(update=none)
    summary = result.summary.model_copy(update={"grade": grade})
    front = result.model_copy(update={"checks": result.checks[:2], "summary": summary})
    assert "grade_points" in {c.metric for c in find_changes([result, front, result])}
