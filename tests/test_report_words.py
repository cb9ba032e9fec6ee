"""What the page says beside its pictures and numbers."""

from __future__ import annotations

import pytest

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.asymmetry import pairs
from kneedrive_cv.report.stills import fault_key, fault_stills
from kneedrive_cv.report.trust import reading
from kneedrive_cv.report.view import check_rows, doubted, fault_cards
from kneedrive_cv.result import METRICS, Stride, Value
from kneedrive_cv.technique.checks import mean_metrics, run_checks
from kneedrive_cv.technique.rules import ASYMMETRY_METRICS
from kneedrive_cv.technique.score import score
from tests.sample_analysis import make_analysis
from tests.squad_maker import result_with
from tests.test_technique_checks import quality


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis(every_fault=True)


def test_beside_the_frame_of_a_fault_stands_the_time_of_that_frame(analysis: Analysis) -> None:
    result = analysis.result
    cards = fault_cards(result, {i: fault_key(i) for i in range(len(result.faults))})
    assert "late_knee_drive" in {card.code for card in cards}
    for card in cards:
        for side in card.sides:
            # an event lies between two frames
            assert side.time_s == pytest.approx(analysis.angles.time_s[side.frame], abs=1 / 60)


def test_a_comparison_of_the_legs_says_how_many_knee_drives_were_compared_and_none_at_fault() -> (
    None
):
    result = result_with({}, {"thigh_deg": 70.0, "hip_flexion_deg": 60.0}, strides=6)
    stride = result.strides[0]
    blind = stride.metrics | {"thigh_deg": Value(value=None, status="not_measurable")}
    strides = [stride.model_copy(update={"metrics": blind}), *result.strides[1:]]
    rows = check_rows(result.model_copy(update={"strides": strides}))
    said = {row.title: row.cells["both"] for row in rows if "both" in row.cells}
    assert {cell.verdict for cell in said.values()} == {"fault"}
    assert [cell.strides for cell in said.values()] == [
        "6 knee drives compared",
        "5 knee drives compared",
    ]


@pytest.mark.parametrize("greater", SIDES)
def test_the_interval_of_a_difference_of_the_legs_has_no_sign_either(
    analysis: Analysis, greater: Side
) -> None:
    legs = {side: Value(value=70.0, low=67.0, high=73.0) for side in SIDES}
    legs[greater] = Value(value=84.0, low=81.0, high=87.0)
    summary = analysis.result.summary
    metrics = summary.metrics | {"thigh_deg": legs}
    result = analysis.result.model_copy(
        update={"summary": summary.model_copy(update={"metrics": metrics})}
    )
    (pair,) = [pair for pair in pairs(result) if pair.metric == "thigh_deg"]
    assert (pair.difference, pair.interval) == ("14°", "11 to 17°")
    assert pair.words == f"{greater} is greater"


def test_what_another_clip_has_shown_is_not_drawn_on_the_pictures_of_this_one(
    analysis: Analysis,
) -> None:
    def from_elsewhere(stride: Stride) -> Stride:
        value = stride.metrics["thigh_deg"].model_copy(update={"source": "side view, b.mp4"})
        return stride.model_copy(update={"metrics": stride.metrics | {"thigh_deg": value}})

    result = analysis.result
    strides = [from_elsewhere(stride) for stride in result.strides]
    both = analysis.with_result(result.model_copy(update={"strides": strides}))
    of_thigh = {f"Left and right differ: {ASYMMETRY_METRICS['thigh_deg']}"}
    of_thigh |= {fault.title for fault in result.faults if fault.code == "thigh_below_parallel"}
    here, there = fault_stills(analysis), fault_stills(both)
    for fault, own, still in zip(result.faults, here, there, strict=True):
        assert own.draw is not None
        assert still.draw is (None if fault.title in of_thigh else own.draw)
    assert any(still.draw is None for still in there)


def test_a_difference_of_the_legs_is_not_told_as_a_number_of_one_knee_drive() -> None:
    result = result_with({}, {"thigh_deg": 70.0, "hip_flexion_deg": 60.0}, strides=6)
    cards = fault_cards(result, {i: fault_key(i) for i in range(len(result.faults))})
    said = {card.title: (side.brief, side.where) for card in cards for side in card.sides}
    brief, where = said["Left and right differ: thigh"]
    assert brief.endswith("° less")
    assert where in ("less than the right leg", "less than the left leg")
    assert said["Hip bends too little"][1].startswith("in knee drive")


def test_each_reason_of_a_star_says_which_numbers_it_is_about() -> None:
    result = result_with({})
    unsure = {"status": "low_confidence", "reason": "the leg was lost"}
    first = result.checks[0]
    lost = first.model_copy(update={"value": first.value.model_copy(update=unsure)})
    coarse = {"status": "low_confidence", "reason": "33 ms between frames"}
    contact = result.summary.contact_time_s.model_copy(update=coarse)
    one = result.model_copy(update={"checks": [lost, *result.checks[1:]]})
    summary = one.summary.model_copy(update={"contact_time_s": contact})
    two = one.model_copy(update={"summary": summary})
    about = doubted(two)
    assert about["33 ms between frames"] == "ground contact"
    assert about["the leg was lost"] == f"hip flexion at the top {first.side}"
    assert doubted(result_with({})) == {}


def test_a_leg_that_was_not_seen_says_so_beside_its_checks_and_in_the_grade() -> None:
    both = result_with({})
    right = [stride for stride in both.strides if stride.side == "right"]
    checks = run_checks(right, mean_metrics(right, list(METRICS), quality()), Targets())
    result = both.model_copy(update={"strides": right, "checks": checks})
    row = check_rows(result)[0]
    assert row.cells["left"].why == "no whole knee drive of this leg was seen"
    assert row.cells["right"].why == ""
    assert "all of the right leg" in score(checks).explanation
    assert "all of the" not in score(both.checks).explanation
    # what holds for the whole clip is told once, below
    hidden = next(row for row in check_rows(result) if row.title == "Hips stay square")
    assert hidden.cells["left"].why == ""


def test_a_step_rate_that_differs_by_what_one_foots_touchdown_is_off_is_no_difference(
    analysis: Analysis,
) -> None:
    legs = {"left": Value(value=4.28, low=4.14, high=4.42)}
    legs["right"] = Value(value=4.52, low=4.38, high=4.66)
    summary = analysis.result.summary
    metrics = summary.metrics | {"step_frequency_hz": legs}
    result = analysis.result.model_copy(
        update={"summary": summary.model_copy(update={"metrics": metrics})}
    )
    (pair,) = [pair for pair in pairs(result) if pair.metric == "step_frequency_hz"]
    assert not pair.real


def test_where_the_rate_comes_from_is_told_in_good_grammar(analysis: Analysis) -> None:
    clip = analysis.result.clip.model_copy(update={"capture_fps_source": "given by the user"})
    lines = dict(reading(analysis.result.model_copy(update={"clip": clip})))
    assert lines["Frame rate"].endswith("frames a second – given by the user")
