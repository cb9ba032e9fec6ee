"""The grade of 0 to 100 points."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kneedrive_cv.result import Check, Score, Value
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.score import FAMILIES, LETTERS, WEIGHTS, letter_of, overlap, score
from kneedrive_cv.technique.verdict import SEVERE_BEYOND
from tests.test_technique_checks import BAD, checked, strides_of

_CODES = st.sampled_from(sorted(WEIGHTS))
_BOUNDS = st.sampled_from(["below", "above"])


def check(code, side, value, half, *, bound="below", borderline=75.0, unit="deg", confident=True):
    measured = Value(
        value=value,
        low=value - half,
        high=value + half,
        valid_fraction=1.0,
        status="measured" if confident else "low_confidence",
    )
    return Check(
        code=code,
        title=code,
        side=side,
        verdict="borderline",
        value=measured,
        unit=unit,
        threshold=borderline,
        borderline=borderline,
        fault_when=bound,
        target="",
        source="",
        strides=[1],
        strides_at_fault=[],
    )


@st.composite
def measured_checks(draw):
    unit = draw(st.sampled_from(sorted(SEVERE_BEYOND)))
    severe = SEVERE_BEYOND[unit][1]
    code = draw(_CODES)
    borderline = 0.0 if code == "asymmetry" else draw(st.floats(-2, 2)) * severe
    return check(
        code,
        draw(st.sampled_from(["left", "right"])),
        draw(st.floats(-3, 3)) * severe,
        draw(st.floats(0, 3)) * severe,
        bound="above" if code == "asymmetry" else draw(_BOUNDS),
        borderline=borderline,
        unit=unit,
        confident=draw(st.booleans()),
    )


def lists_of_checks(least=0):
    return st.lists(
        measured_checks(), min_size=least, max_size=8, unique_by=lambda c: (c.code, c.side)
    )


def open_check(code="pelvis_rotation", side="left"):
    one = check(code, side, 0.0, 1.0)
    nothing = Value(value=None, status="not_measurable", reason="hidden")
    return one.model_copy(update={"verdict": "not_measurable", "value": nothing})


@given(
    others=lists_of_checks(),
    one=measured_checks(),
    worse=st.floats(0, 2),
    surer=st.floats(0, 1),
)
def test_more_certain_and_worse_never_scores_higher(others, one, worse, surer):
    assume(all((c.code, c.side) != (one.code, one.side) for c in others))
    sign = 1.0 if one.fault_when == "above" else -1.0
    if one.code == "asymmetry" and (one.value.value or 0.0) < 0:
        sign = -1.0
    half = ((one.value.high or 0.0) - (one.value.low or 0.0)) / 2 * surer
    number = (one.value.value or 0.0) + sign * worse * SEVERE_BEYOND[one.unit][1]
    value = one.value.model_copy(
        update={"value": number, "low": number - half, "high": number + half, "status": "measured"}
    )
    changed = one.model_copy(update={"value": value})
    before, after = score([*others, one]), score([*others, changed])
    assert after.points <= before.points + 1e-9


@given(lists_of_checks(least=1))
def test_the_points_lie_in_their_interval_and_between_0_and_100(checks):
    found = score(checks)
    assert 0.0 <= found.low <= found.points <= found.high <= 100.0
    assert found.letter == letter_of(found.points)
    assert sum(part.points for part in found.lost) == pytest.approx(100.0 - found.points, abs=1e-6)


@given(lists_of_checks(least=1))
def test_a_check_that_was_not_measured_changes_nothing_but_the_count(checks):
    assume(all(c.code != "pelvis_rotation" for c in checks))
    alone, with_open = score(checks), score([*checks, open_check()])
    same = ("points", "low", "high", "letter", "measured", "lost")
    assert [getattr(alone, k) for k in same] == [getattr(with_open, k) for k in same]
    assert with_open.checks == alone.checks + 1


@given(lists_of_checks(least=1), st.randoms())
def test_neither_the_order_nor_a_repeat_of_the_checks_counts(checks, random):
    mixed = [*checks, *checks]
    random.shuffle(mixed)
    first, second = score(checks), score(mixed)
    assert second.points == pytest.approx(first.points)
    assert (second.low, second.high) == pytest.approx((first.low, first.high))


def test_an_uncertain_fault_counts_less():
    def points(half, confident=True):
        return score([check("hip_flexion_low", "left", 65.0, half, confident=confident)]).points

    assert points(1.0) < points(5.0) < points(20.0) < 100.0
    assert points(1.0, confident=False) == pytest.approx((points(1.0) + 100.0) / 2)


def test_a_severe_and_certain_fault_costs_its_whole_share():
    bad = check("thigh_below_parallel", "left", 50.0, 0.1)
    good = check("thigh_below_parallel", "right", 95.0, 0.1)
    assert score([bad]).points == pytest.approx(0.0)
    assert score([bad, good]).points == pytest.approx(50.0)


def test_wider_intervals_of_the_numbers_give_a_wider_interval_of_the_points():
    sure, unsure = (score([check("hip_flexion_low", "left", 74.0, h)]) for h in (1.0, 10.0))
    assert sure.high - sure.low < unsure.high - unsure.low


def test_nothing_measured_gives_no_points_and_says_so():
    found = score([open_check(), open_check(side="right")])
    assert (found.points, found.low, found.high, found.letter) == (None, None, None, None)
    assert (found.measured, found.checks) == (0, 2)
    assert "nothing could be measured" in found.explanation


def test_a_good_run_is_an_a_and_every_fault_costs_points():
    good = score(checked(strides_of()))
    assert good.letter == "A"
    for metric, number in BAD.values():
        assert score(checked(strides_of({metric: number}))).points < good.points - 3


def test_the_explanation_names_what_cost_most():
    found = score(checked(strides_of(left={"hip_flexion_deg": 55.0, "thigh_deg": 70.0})))
    assert found.lost[0].title in found.explanation
    assert f"{found.points:.0f} of 100" in found.explanation
    assert f"{found.measured} of {found.checks}" in found.explanation


def test_every_rule_has_a_weight_and_a_family_and_every_score_a_letter():
    codes = {rule.code for rule in RULES} | {"asymmetry"}
    assert set(WEIGHTS) == set(FAMILIES) == codes
    assert [letter for _, letter in LETTERS] == sorted(letter for _, letter in LETTERS)
    assert LETTERS[-1][0] == 0.0


def test_grades_are_told_apart_only_where_their_intervals_are():
    def grade(low, high):
        return Score(
            points=(low + high) / 2,
            low=low,
            high=high,
            letter="B",
            explanation="",
            measured=1,
            checks=1,
        )

    assert overlap(grade(60, 80), grade(75, 95))
    assert not overlap(grade(60, 70), grade(75, 95))
    assert overlap(grade(60, 70), score([]))



def test_an_interval_that_was_cut_off_at_zero_makes_no_fault_surer():
    one = check("foot_not_parallel", "left", 4.0, 12.0, bound="above", borderline=3.0)
    cut = one.model_copy(update={"value": one.value.model_copy(update={"low": 0.0})})
    assert score([cut]).points == pytest.approx(score([one]).points)


def test_points_are_lost_from_where_the_fault_begins_and_not_from_the_target():
    short = check("thigh_below_parallel", "left", 84.0, 0.5, borderline=80.0)
    short = short.model_copy(update={"threshold": 90.0})
    assert score([short]).points == 100.0


def test_a_fault_is_severe_where_the_grade_takes_all_its_points():
    for thigh_deg, severity in ((72.0, "clear"), (64.0, "severe")):
        strides = strides_of({"thigh_deg": thigh_deg}, count=40)
        told = find_faults(checked(strides), strides)
        thighs = {f.severity for f in told if f.code == "thigh_below_parallel"}
        assert thighs == {severity}
