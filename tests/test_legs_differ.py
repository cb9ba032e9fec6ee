"""The difference of the legs: how sure, how severe, and on which stride it is shown."""

from __future__ import annotations

import pytest

from kneedrive_cv.result import Value
from kneedrive_cv.technique.checks import difference
from kneedrive_cv.technique.faults import find_faults
from tests.test_technique_checks import checked, half_width, strides_of


def test_a_difference_is_as_unsure_as_its_less_sure_leg_whichever_that_is():
    sure = Value(value=80.0, low=79.0, high=81.0, valid_fraction=1.0)
    unsure = Value(value=80.0, low=70.0, high=90.0, valid_fraction=0.6,
                   status="low_confidence", reason="lost")  # fmt: skip
    for left, right in ((sure, unsure), (unsure, sure)):
        found = difference(left, right, 0.6)
        assert half_width(found) == pytest.approx(half_width(difference(unsure, sure, 0.6)))
        assert half_width(found) > half_width(difference(sure, sure, 0.6))
        assert (found.status, found.reason, found.valid_fraction) == ("low_confidence", "lost", 0.6)


def test_what_one_leg_is_far_less_sure_than_the_other_by_is_not_shared_by_both():
    sure = Value(value=80.0, low=78.0, high=82.0)
    lost_at_its_top = Value(value=60.0, low=47.0, high=73.0)
    reach = half_width(difference(lost_at_its_top, sure, 0.6))
    assert reach > 0.95 * half_width(lost_at_its_top)
    assert half_width(difference(sure, sure, 0.6)) == pytest.approx(0.6 * 2.0 * 2**0.5)


def test_legs_that_do_not_surely_differ_have_no_stride_at_fault():
    strides = strides_of(left={"hip_flexion_deg": 84.0, "thigh_deg": 96.0})
    for each in checked(strides):
        if each.code == "asymmetry":
            assert each.verdict != "fault"
            assert each.strides_at_fault == []


@pytest.mark.parametrize("weaker", ["left", "right"])
def test_a_difference_is_as_severe_whichever_leg_is_the_weaker(weaker):
    low, high = {"hip_flexion_deg": 66.0, "thigh_deg": 78.0}, {"hip_flexion_deg": 88.0,
                                                              "thigh_deg": 100.0}  # fmt: skip
    left, right = (low, high) if weaker == "left" else (high, low)
    strides = strides_of(right, left=left)
    told = [f for f in find_faults(checked(strides), strides) if f.code == "asymmetry"]
    assert {(f.side, f.severity) for f in told} == {(weaker, "clear")}


def test_a_difference_of_the_legs_is_shown_on_the_stride_in_which_the_weaker_is_weakest():
    low = {"hip_flexion_deg": 60.0, "thigh_deg": 72.0}
    strides = strides_of(left=low)
    weakest = strides_of(left={"hip_flexion_deg": 50.0, "thigh_deg": 62.0})[2]
    strides[2] = weakest
    told = [f for f in find_faults(checked(strides), strides) if f.code == "asymmetry"]
    assert {f.stride for f in told} == {weakest.number}


def test_a_late_knee_drive_is_shown_at_its_toe_off_and_a_low_thigh_at_its_top():
    strides = strides_of({"knee_drive_delay_s": 0.15, "thigh_deg": 50.0})
    by_number = {s.number: s for s in strides}
    told = {f.code: f for f in find_faults(checked(strides), strides)}
    late, low = told["late_knee_drive"], told["thigh_below_parallel"]
    assert late.frame == by_number[late.stride].toe_off_frame
    assert low.frame == by_number[low.stride].peak_frame
