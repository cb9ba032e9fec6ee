"""How faults are told: the headline, the sentences, and in which order they are shown."""

from __future__ import annotations

from kneedrive_cv.report.stills import fault_key
from kneedrive_cv.report.view import check_rows, fault_cards
from kneedrive_cv.result import METRICS, AnalysisResult, Value
from kneedrive_cv.technique.checks import mean_metrics
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.regrade import regrade
from kneedrive_cv.technique.summary import headline
from tests.sample_analysis import make_analysis
from tests.squad_maker import result_with
from tests.test_technique_checks import checked, quality, strides_of


def _start() -> AnalysisResult:
    start = result_with({"thigh_deg": 65.0, "hip_flexion_deg": 103.0, "trunk_lean_deg": 38.0})
    means = mean_metrics(start.strides, list(METRICS), quality())
    summary = start.summary.model_copy(update={"metrics": means})
    return start.model_copy(update={"summary": summary})


def test_the_headline_counts_the_other_faults_as_the_page_shows_them() -> None:
    strides = strides_of(left={"hip_flexion_deg": 60.0, "thigh_deg": 55.0})
    faults = find_faults(checked(strides), strides)
    assert len({fault.title for fault in faults}) == 4
    assert headline(checked(strides), faults).endswith("3 other things to change.")


def test_of_a_single_knee_drive_no_average_is_told() -> None:
    both = strides_of({"thigh_deg": 60.0, "foot_ahead_of_knee_shank": -0.95})
    one = [next(stride for stride in both if stride.side == "left")]
    said = [fault.sentence for fault in find_faults(checked(one), one)]
    assert "The left thigh rises to 60 degrees, short of parallel." in said
    assert not any("average" in sentence for sentence in said)
    assert any("average" in fault.sentence for fault in find_faults(checked(both), both))


def test_a_count_of_strides_under_a_check_says_that_it_counts_those_beyond_its_edge() -> None:
    result = result_with({})
    (check,) = (c for c in result.checks if (c.code, c.side) == ("ankle_not_dorsiflexed", "left"))
    assert check.verdict == "pass"
    for borderline, edge in ((check.threshold, "limit"), (check.threshold - 5.0, "borderline")):
        update = {"strides_at_fault": check.strides[:1], "borderline": borderline}
        told = result.model_copy(update={"checks": [check.model_copy(update=update)]})
        (row,) = check_rows(told)
        assert row.cells["left"].strides == f"1 of 3 strides beyond the {edge}"


def test_a_low_leg_is_told_before_the_difference_that_it_makes() -> None:
    result = result_with({}, {"thigh_deg": 56.0, "hip_flexion_deg": 63.0})
    severities = {fault.code: fault.severity for fault in result.faults}
    assert (severities["asymmetry"], severities["hip_flexion_low"]) == ("severe", "clear")
    cards = fault_cards(result, {i: fault_key(i) for i in range(len(result.faults))})
    assert [card.code for card in cards[:2]] == ["thigh_below_parallel", "hip_flexion_low"]
    assert result.summary.headline.startswith(cards[0].sides[0].sentence)


def test_what_is_judged_against_upright_running_is_told_with_the_lean_of_a_start() -> None:
    start = _start()
    said = headline(start.checks, start.faults, lean_deg=38.0)
    assert said.startswith("Leaning 38 degrees forward, as when accelerating: the left thigh rises")
    (card,) = fault_cards(start, {i: fault_key(i) for i in range(len(start.faults))})
    assert "leans forward by 38°" in card.note
    upright = result_with({"thigh_deg": 65.0})
    assert headline(upright.checks, upright.faults).startswith("The left thigh rises")
    assert [c.note for c in fault_cards(upright, dict.fromkeys(range(9), "x"))] == [""]


def test_a_run_that_is_judged_anew_keeps_the_lean_in_its_headline() -> None:
    start, analysis = _start(), make_analysis()
    again = regrade(start, analysis.angles.columns, analysis.pose)
    assert again.summary.headline.startswith("Leaning 38 degrees forward")


def test_of_a_foot_that_is_off_the_knee_or_pitched_is_told_which_way() -> None:
    feet = {"foot_ahead_of_knee_shank": -0.95, "foot_pitch_deg": -60.0}
    for sign, ways in ((1.0, ("behind the knee", "down on")), (-1.0, ("ahead of the", "up on"))):
        strides = strides_of({name: sign * number for name, number in feet.items()})
        said = {f.code: f.sentence for f in find_faults(checked(strides), strides)}
        assert ways[0] in said["foot_not_under_knee"]
        assert ways[1] in said["foot_not_parallel"]


def test_drives_in_which_a_metric_was_not_read_are_not_counted_as_good():
    unread = Value(value=None, status="not_measurable", reason="lost")
    strides = [
        each.model_copy(update={"metrics": each.metrics | {"foot_pitch_deg": unread}})
        if each.side == "left" and each.number > 2
        else each
        for each in strides_of({"foot_pitch_deg": -60.0}, count=8)
    ]
    checks = checked(strides)
    left = next(c for c in checks if c.code == "foot_not_parallel" and c.side == "left")
    assert (left.strides, left.strides_at_fault) == ([1], [1])
    (fault,) = [
        each
        for each in find_faults(checks, strides)
        if (each.code, each.side) == ("foot_not_parallel", "left")
    ]
    assert "on average" not in fault.sentence


def test_of_two_legs_with_the_same_fault_the_worse_is_told_first() -> None:
    for left, right in ((70.0, 65.0), (65.0, 70.0)):
        strides = strides_of({"thigh_deg": right}, left={"thigh_deg": left})
        told = [f for f in find_faults(checked(strides), strides) if f.code != "asymmetry"]
        thighs = [fault.side for fault in told if fault.code == "thigh_below_parallel"]
        assert thighs[0] == ("left" if left < right else "right")
        assert f"the {thighs[0]} thigh" in headline(checked(strides), told).lower()
