"""Points and severity begin where a fault begins."""

from __future__ import annotations

import pytest

from kneedrive_cv.result import Value
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.score import score
from kneedrive_cv.technique.verdict import is_off_zero
from tests.test_technique_checks import checked, interval, strides_of
from tests.test_technique_score import check


def test_an_interval_that_was_cut_off_at_zero_makes_no_fault_surer():
    one = check("foot_not_parallel", "left", 4.0, 12.0, bound="above", borderline=3.0)
    cut = one.model_copy(update={"value": one.value.model_copy(update={"low": 0.0})})
    assert score([cut]).points == pytest.approx(score([one]).points)


def test_points_are_lost_from_where_the_fault_begins_and_not_from_the_target():
    short = check("thigh_below_parallel", "left", 84.0, 0.5, borderline=80.0)
    short = short.model_copy(update={"threshold": 90.0})
    assert score([short]).points == 100.0


def test_is_off_zero_only_with_the_whole_interval_on_either_side():
    assert is_off_zero(interval(1.0, 2.0))
    assert is_off_zero(interval(-2.0, -1.0))
    assert not is_off_zero(interval(-1.0, 2.0))
    assert not is_off_zero(Value(value=None))


def test_a_fault_is_severe_where_the_grade_takes_all_its_points():
    for thigh_deg, severity in ((72.0, "clear"), (64.0, "severe")):
        strides = strides_of({"thigh_deg": thigh_deg}, count=40)
        told = find_faults(checked(strides), strides)
        thighs = {f.severity for f in told if f.code == "thigh_below_parallel"}
        assert thighs == {severity}
