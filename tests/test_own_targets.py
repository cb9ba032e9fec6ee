"""Checks by targets of one's own: verdicts and words."""

from __future__ import annotations

from kneedrive_cv.config import Targets
from kneedrive_cv.report.catalogue import target_band
from kneedrive_cv.report.html import Pictures, report_pieces
from kneedrive_cv.technique.faults import find_faults
from tests.sample_analysis import make_analysis
from tests.test_technique_checks import checked, strides_of


def test_targets_move_the_verdicts():
    strides = strides_of({"thigh_deg": 70.0})
    strict = [c.verdict for c in checked(strides) if c.code == "thigh_below_parallel"]
    mild = Targets(thigh_parallel_deg=55.0, thigh_borderline_deg=50.0)
    loose = [c.verdict for c in checked(strides, targets=mild) if c.code == "thigh_below_parallel"]
    assert (strict, loose) == (["fault"] * 2, ["pass"] * 2)


def test_a_thigh_that_meets_a_target_below_the_borderline_is_no_fault():
    low = Targets(thigh_parallel_deg=50.0)
    found = checked(strides_of({"thigh_deg": 65.0}), targets=low)
    assert {c.verdict for c in found if c.code == "thigh_below_parallel"} == {"pass"}


def test_a_hip_asked_to_bend_further_than_the_upper_end_is_told_without_that_end():
    strict = Targets(hip_flexion_low_deg=100.0)
    found = next(c for c in checked(strides_of(), targets=strict) if c.code == "hip_flexion_low")
    assert found.source.startswith("set by the user in place of 75. Coach's article")
    assert found.target == "100 or more degrees at the top of the knee drive"
    assert target_band("hip_flexion", strict) == (100.0, 100.0)


def test_a_thigh_past_parallel_is_not_called_short_of_it_by_a_target_of_ones_own():
    far = Targets(thigh_parallel_deg=115.0, thigh_borderline_deg=110.0)
    strides = strides_of({"thigh_deg": 94.0})
    fault = next(
        f for f in find_faults(checked(strides, targets=far), strides)
        if f.code == "thigh_below_parallel"
    )  # fmt: skip
    assert "short of the target of 115 degrees" in fault.sentence
    (wanted,) = {
        c.target for c in checked(strides, targets=far) if c.code == "thigh_below_parallel"
    }
    assert wanted == "the thigh rises to 115 degrees or more"


def test_a_target_is_told_as_it_was_set_and_not_rounded():
    asked = Targets(foot_pitch_max_deg=12.5, ankle_dorsiflexion_min_deg=-7.5, asymmetry_max_deg=2.5)
    told = " ".join(check.target for check in checked(strides_of(), targets=asked))
    for number in ("12.5 degrees", "-7.5 degrees", "2.5 degrees"):
        assert number in told


def test_where_a_target_of_the_user_comes_from_is_told_in_a_sentence():
    strides = strides_of({"thigh_deg": 94.0})
    result = make_analysis().result.model_copy(
        update={"checks": checked(strides, targets=Targets(hip_flexion_low_deg=80.0))}
    )
    page = "".join(report_pieces(result, Pictures()))
    assert '<span class="source">Set by the user in place of 75.' in page
