"""Checks, faults and advice from values with intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.result import METRICS, Stride, Value
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.checks import difference, mean_metrics, run_checks, sides_apart
from kneedrive_cv.technique.drills import DRILLS, DRILLS_FOR_FAULT
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.rule import UNITS
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.summary import headline
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import as_value, mean_value
from kneedrive_cv.technique.verdict import SEVERE_BEYOND, judge, off_zero

GOOD = {
    "hip_flexion_deg": 88.0,
    "thigh_deg": 100.0,
    "trunk_lean_deg": 8.0,
    "knee_flexion_deg": 100.0,
    "ankle_dorsiflexion_deg": 5.0,
    "foot_pitch_deg": 0.0,
    "foot_ahead_of_knee_shank": 0.0,
    "pelvis_rotation_deg": 2.0,
    "pelvis_obliquity_deg": 3.0,
    "knee_height_thigh": 0.0,
    "knee_across_middle_thigh": -0.2,
    "knee_drive_delay_s": 0.0,
    "contact_time_s": 0.1,
    "flight_time_s": 0.13,
    "step_frequency_hz": 4.4,
}
BAD = {
    "hip_flexion_low": ("hip_flexion_deg", 50.0),
    "thigh_below_parallel": ("thigh_deg", 50.0),
    "ankle_not_dorsiflexed": ("ankle_dorsiflexion_deg", -45.0),
    "foot_not_under_knee": ("foot_ahead_of_knee_shank", -0.8),
    "foot_not_parallel": ("foot_pitch_deg", -65.0),
    "late_knee_drive": ("knee_drive_delay_s", 0.15),
}
"""Each fault that a side view can show, with a metric that has it."""


def quality(view="side", fps=120.0, height_px=300.0, inferred=False, tremble_percent=np.nan):
    near = "right" if view in ("side", "oblique") else None
    tremble_px = tremble_percent * height_px / 100
    return Quality(Sight(view, 1.0, near, 0.2), fps, height_px, inferred, tremble_px=tremble_px)


def strides_of(numbers=None, count=6, sight=None, left=None):
    """Strides of both legs with the same numbers; ``left`` changes those of the left leg."""
    sight = sight or quality()
    made = []
    for i in range(count):
        side = SIDES[i % 2]
        own = GOOD | (numbers or {}) | ((left or {}) if side == "left" else {})
        made.append(
            Stride(
                number=i + 1,
                side=side,
                toe_off_frame=20 * i,
                peak_frame=20 * i + 9,
                touchdown_frame=20 * i + 18,
                toe_off_time_s=i / 3,
                peak_time_s=i / 3 + 0.15,
                touchdown_time_s=i / 3 + 0.3,
                passes_parallel=own["thigh_deg"] >= 90,
                valid_fraction=1.0,
                metrics={m: as_value(m, own.get(m, 0.0), side, 1.0, sight) for m in METRICS},
            )
        )
    return made


def checked(strides, sight=None, targets=None):
    means = mean_metrics(strides, list(METRICS), sight or quality())
    return run_checks(strides, means, targets or Targets())


def interval(low, high):
    return Value(value=(low + high) / 2, low=low, high=high)


@given(low=st.floats(-200, 200), width=st.floats(0, 50), threshold=st.floats(-100, 100))
def test_the_verdict_goes_by_the_whole_interval(low, width, threshold):
    value = interval(low, low + width)
    below = judge(value, threshold=threshold, borderline=threshold, fault_when="below")
    above = judge(value, threshold=threshold, borderline=threshold, fault_when="above")
    if low + width < threshold:
        assert (below, above) == ("fault", "pass")
    elif low > threshold:
        assert (below, above) == ("pass", "fault")
    elif low < threshold < low + width:
        assert (below, above) == ("borderline", "borderline")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (70, 79, "fault"),
        (72, 81, "borderline"),
        (82, 88, "borderline"),
        (85, 95, "borderline"),
        (90, 95, "pass"),
    ],
)
def test_between_the_borderline_and_the_threshold_is_no_clear_fault(low, high, verdict):
    found = judge(interval(low, high), threshold=90.0, borderline=80.0, fault_when="below")
    assert found == verdict


def test_what_has_no_value_is_not_judged():
    nothing = Value(value=None, status="not_measurable", reason="hidden")
    assert judge(nothing, threshold=1, borderline=1, fault_when="below") == "not_measurable"


@given(value=st.floats(-90, 90), half=st.floats(0, 60))
def test_the_distance_from_zero_keeps_the_interval_around_its_value(value, half):
    found = off_zero(interval(value - half, value + half))
    assert found.value == pytest.approx(abs(value))
    assert 0.0 <= found.low <= found.value + 1e-9
    assert found.high == pytest.approx(abs(value) + half)
    if half > abs(value):
        assert found.low == 0.0


def half_width(value):
    return value.high - value.value


def test_the_mean_of_more_strides_is_surer_but_only_down_to_the_steady_error():
    sight = quality()
    one = as_value("thigh_deg", 70.0, "right", 1.0, sight)
    widths = [half_width(mean_value("thigh_deg", [one] * n, "right", sight)) for n in (1, 2, 4, 99)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == pytest.approx(half_width(one))
    steady = 1.96 * sight.steady_error("thigh_deg", "right")
    assert steady < widths[-1] < 1.01 * steady


def test_harder_clips_have_wider_intervals():
    easy = half_width(as_value("thigh_deg", 70.0, "right", 1.0, quality()))
    for harder in (quality(fps=30.0), quality(height_px=100.0), quality(view="oblique")):
        assert half_width(as_value("thigh_deg", 70.0, "right", 1.0, harder)) > easy
    assert half_width(as_value("thigh_deg", 70.0, "left", 1.0, quality())) > easy


def test_a_good_run_has_no_fault():
    checks = checked(strides_of())
    assert find_faults(checks, strides_of()) == []
    assert {c.code for c in checks} == {rule.code for rule in RULES} | {"asymmetry"}
    assert headline(checks, []).startswith("No ")


@pytest.mark.parametrize("code", BAD)
def test_each_fault_is_found_on_both_legs_with_all_that_it_must_say(code):
    metric, number = BAD[code]
    strides = strides_of({metric: number})
    faults = [f for f in find_faults(checked(strides), strides) if f.code == code]
    assert {f.side for f in faults} == set(SIDES)
    by_number = {s.number: s for s in strides}
    for fault in faults:
        stride = by_number[fault.stride]
        assert stride.side == fault.side
        assert stride.toe_off_frame <= fault.frame <= stride.touchdown_frame
        assert fault.low <= fault.value <= fault.high
        assert fault.side in fault.sentence
        assert fault.sentence.endswith(".")
        assert fault.drills
        assert set(fault.drills) <= set(DRILLS)
        assert fault.source
        assert fault.strides_at_fault == "3 of 3"


@pytest.mark.parametrize("code", BAD)
def test_a_fault_of_one_leg_is_told_of_that_leg_alone(code):
    metric, number = BAD[code]
    strides = strides_of(left={metric: number})
    faults = [f for f in find_faults(checked(strides), strides) if f.code == code]
    assert [f.side for f in faults] == ["left"]


def test_the_fault_is_shown_on_the_stride_that_shows_it_most_clearly():
    strides = strides_of({"thigh_deg": 60.0})
    worst = strides[3].metrics | {"thigh_deg": as_value("thigh_deg", 50.0, "right", 1.0, quality())}
    strides[3] = strides[3].model_copy(update={"metrics": worst})
    shown = {
        f.side: f
        for f in find_faults(checked(strides), strides)
        if f.code == "thigh_below_parallel"
    }
    assert (shown["right"].stride, shown["right"].value) == (4, 50.0)
    assert shown["right"].frame == strides[3].peak_frame


@pytest.mark.parametrize(
    "unsure", [{"status": "low_confidence", "reason": "lost"}, {"low": 20.0, "high": 80.0}]
)
def test_a_fault_is_not_shown_on_a_stride_that_is_less_sure_than_others(unsure):
    strides = strides_of(left={"hip_flexion_deg": 60.0, "thigh_deg": 60.0})
    for row, metric in ((2, "thigh_deg"), (4, "hip_flexion_deg")):
        lost = as_value(metric, 50.0, "left", 1.0, quality()).model_copy(update=unsure)
        metrics = strides[row].metrics | {metric: lost}
        strides[row] = strides[row].model_copy(update={"metrics": metrics})
    faults = find_faults(checked(strides), strides)
    shown = {f.title: f.stride for f in faults if f.side == "left"}
    for title in ("Thigh stays below parallel", "Left and right differ: thigh"):
        assert shown[title] != strides[2].number
    for title in ("Hip bends too little", "Left and right differ: hip flexion"):
        assert shown[title] != strides[4].number


def test_a_fault_that_only_unsure_strides_have_is_shown_on_one_of_them():
    strides = strides_of(left={"hip_flexion_deg": 50.0})
    fine = as_value("hip_flexion_deg", 78.0, "left", 1.0, quality())
    unsure = {"status": "low_confidence", "reason": "lost", "low": 40.0, "high": 60.0}
    for row, value in ((0, fine), (2, None), (4, None)):
        own = value or strides[row].metrics["hip_flexion_deg"].model_copy(update=unsure)
        metrics = strides[row].metrics | {"hip_flexion_deg": own}
        strides[row] = strides[row].model_copy(update={"metrics": metrics})
    check = next(
        c for c in checked(strides) if (c.code, c.side) == ("hip_flexion_low", "left")
    ).model_copy(update={"verdict": "fault"})
    (fault,) = find_faults([check], strides)
    assert fault.stride in check.strides_at_fault
    assert fault.value < check.threshold


def test_the_worst_fault_comes_first_and_makes_the_headline():
    strides = strides_of({"thigh_deg": 74.0, "foot_ahead_of_knee_shank": -0.95})
    faults = find_faults(checked(strides), strides)
    order = ["severe", "clear", "minor"]
    assert [order.index(f.severity) for f in faults] == sorted(
        order.index(f.severity) for f in faults
    )
    assert headline(checked(strides), faults).startswith(faults[0].sentence)


def test_legs_that_differ_by_more_than_their_uncertainty_are_asymmetric():
    strides = strides_of(left={"hip_flexion_deg": 68.0, "thigh_deg": 80.0})
    faults = [f for f in find_faults(checked(strides), strides) if f.code == "asymmetry"]
    assert len(faults) == 2
    for fault in faults:
        assert fault.side == "left"
        assert "left" in fault.sentence
        assert "20 degrees behind the right" in fault.sentence
    alike = strides_of(left={"hip_flexion_deg": 84.0, "thigh_deg": 96.0})
    assert not [f for f in find_faults(checked(alike), alike) if f.code == "asymmetry"]


def test_a_difference_needs_both_legs_and_knows_their_joint_error():
    a, b = interval(60, 70), interval(80, 90)
    found = difference(a, b, sides_apart("thigh_deg"))
    assert found.value == pytest.approx(-20.0)
    assert 0 < half_width(found) < half_width(a) + half_width(b)
    assert difference(a, Value(value=None), 0.6).status == "not_measurable"


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 check is too close to its target"), (2, "2 checks are too close to their target")],
)
def test_open_checks_are_counted_in_good_grammar(count, said):
    passed = next(c for c in checked(strides_of()) if c.verdict == "pass")
    unsure = [passed.model_copy(update={"verdict": "borderline"})] * count
    assert said in headline([passed, *unsure], [])


def test_pelvic_rotation_is_not_told_from_the_side_and_says_how_to_film_it():
    value = strides_of()[0].metrics["pelvis_rotation_deg"]
    assert value.value is None
    assert value.status == "not_measurable"
    assert "front or the rear" in value.reason


@pytest.mark.parametrize("metric", ["ankle_dorsiflexion_deg", "foot_pitch_deg"])
def test_the_foot_is_not_told_from_30_frames_a_second(metric):
    slow, fast = quality(fps=30.0), quality(fps=60.0)
    assert as_value(metric, 3.0, "right", 1.0, slow).status == "not_measurable"
    assert "30 frames" in as_value(metric, 3.0, "right", 1.0, slow).reason
    assert as_value(metric, 3.0, "right", 1.0, fast).value == 3.0


@pytest.mark.parametrize("view", ["front", "rear"])
def test_the_bend_of_the_leg_is_not_told_from_the_front(view):
    sight = quality(view)
    open_checks = {c.title for c in checked(strides_of(sight=sight), sight) if c.unit != "thigh"}
    judged = {c.title for c in checked(strides_of(sight=sight), sight) if c.verdict == "pass"}
    assert "Thigh stays below parallel" in open_checks - judged
    assert judged <= {"Left and right differ: knee height", "Pelvis turns off square"}


def test_knees_driven_to_different_heights_are_a_fault_from_the_front():
    sight = quality("front")
    strides = strides_of({"knee_height_thigh": 0.05}, left={"knee_height_thigh": -0.5}, sight=sight)
    fault = next(f for f in find_faults(checked(strides, sight), strides) if f.unit == "thigh")
    assert (fault.code, fault.side) == ("asymmetry", "left")
    assert "0.55 thigh lengths behind the right in knee height" in fault.sentence


def test_what_the_front_shows_is_not_claimed_from_the_side():
    side, front, rear = (strides_of(sight=quality(view))[0].metrics for view in
                         ("side", "front", "rear"))  # fmt: skip
    for metric in ("pelvis_obliquity_deg", "knee_height_thigh", "knee_across_middle_thigh"):
        assert side[metric].value is None
        tilt = metric == "pelvis_obliquity_deg"
        assert front[metric].status == ("low_confidence" if tilt else "measured")
    assert rear["pelvis_obliquity_deg"].status == "low_confidence"
    assert rear["knee_height_thigh"].status == "low_confidence"


def test_a_pose_from_elsewhere_tells_no_turn_of_the_pelvis_and_a_tilt_from_the_front_alone():
    front, rear = (replace(quality(view), given="another program") for view in ("front", "rear"))
    for sight in (front, rear):
        value = as_value("pelvis_rotation_deg", 12.0, "right", 1.0, sight)
        assert value.value is None
        assert "the clip itself" in value.reason
    assert as_value("pelvis_obliquity_deg", 3.0, "right", 1.0, rear).value is None
    tilt = as_value("pelvis_obliquity_deg", 3.0, "right", 1.0, front)
    read = as_value("pelvis_obliquity_deg", 3.0, "right", 1.0, quality("front"))
    assert tilt.high - tilt.low > 1.5 * (read.high - read.low)


def test_a_leg_that_was_hardly_seen_is_not_measured_and_one_seen_in_part_is_doubted():
    sight = quality()
    assert as_value("thigh_deg", 70.0, "left", 0.4, sight).status == "not_measurable"
    assert as_value("thigh_deg", 70.0, "left", 0.7, sight).status == "low_confidence"
    assert as_value("thigh_deg", float("nan"), "left", 1.0, sight).value is None


def test_times_of_a_clip_whose_slow_motion_was_inferred_are_doubted():
    value = as_value("contact_time_s", 0.1, "left", 1.0, quality(inferred=True))
    assert value.status == "low_confidence"
    assert "--capture-fps" in value.reason


def test_every_metric_without_a_number_says_why():
    for view in ("side", "oblique", "front", "rear"):
        for stride in strides_of(sight=quality(view, fps=25.0)):
            for metric, value in stride.metrics.items():
                assert (value.value is None) == (value.status == "not_measurable"), metric
                assert value.status == "measured" or value.reason, metric


def test_every_rule_has_drills_and_a_source():
    for rule in RULES:
        assert DRILLS_FOR_FAULT[rule.code]
        assert Targets.model_fields[rule.setting].description


def test_no_strides_of_a_leg_leave_its_checks_open():
    only_right = [s for s in strides_of() if s.side == "right"]
    verdicts = {(c.code, c.side): c.verdict for c in checked(only_right)}
    assert verdicts["thigh_below_parallel", "left"] == "not_measurable"
    assert verdicts["thigh_below_parallel", "right"] == "pass"
    assert {v for (code, _), v in verdicts.items() if code == "asymmetry"} == {"not_measurable"}


def test_in_every_unit_that_a_metric_may_have_a_fault_can_be_clear_and_severe():
    assert set(UNITS) == set(SEVERE_BEYOND)
    assert all(0 < clear < severe for clear, severe in SEVERE_BEYOND.values())
