"""Two clips of one run: lined up by their steps, each metric from the view that can see it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.config import Targets
from kneedrive_cv.errors import UngradableError
from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.result import Event, Value
from kneedrive_cv.technique.combine import combine, line_up
from kneedrive_cv.technique.regrade import regrade
from tests.sample_analysis import make_analysis
from tests.test_technique_checks import half_width

FRONTAL = ("knee_height_thigh", "pelvis_obliquity_deg")


def steps(start_s=0.0, count=8, step_s=0.22, contact_s=0.1):
    """Touchdowns and toe-offs of a run that speeds up a little."""
    events, at_s = [], start_s
    for k in range(count):
        side = "left" if k % 2 else "right"
        for kind, time_s in (("touchdown", at_s), ("toe_off", at_s + contact_s)):
            events.append(Event(type=kind, side=side, frame=round(60 * time_s), time_s=time_s))
        at_s += step_s + 0.012 * (count - k)
    return events


@given(st.floats(-3, 3), st.integers(0, 4), st.integers(10, 16))
def test_a_part_of_the_run_filmed_later_or_earlier_is_lined_up(shift_s, first, last):
    whole = steps()
    part = [e.model_copy(update={"time_s": e.time_s - shift_s}) for e in whole[first:last]]
    aligned = line_up(whole, part)
    assert aligned.shift_s == pytest.approx(shift_s, abs=1e-3)
    assert aligned.matches == len(part)


def test_clips_without_events_do_not_line_up():
    assert line_up(steps(), []).matches == 0


@pytest.fixture(scope="module")
def side():
    return make_analysis().result


@pytest.fixture(scope="module")
def front(side):
    """The same run from the front: what the side shows is missing, the heights are there."""

    def seen(metrics):
        hidden = {m: Value(value=None, status="not_measurable", reason="hidden") for m in metrics}
        return hidden | {m: Value(value=-0.1, low=-0.2, high=0.0) for m in FRONTAL}

    clip = side.clip.model_copy(update={"name": "front.mp4"})
    means = {
        m: dict.fromkeys(SIDES, value) for m, value in seen(side.summary.metrics).items()
    }
    later = [e.model_copy(update={"time_s": e.time_s + 1.5}) for e in side.events]
    strides = [
        s.model_copy(update={"metrics": seen(s.metrics),
                             "toe_off_time_s": s.toe_off_time_s + 1.5})
        for s in side.strides
    ]  # fmt: skip
    return side.model_copy(update={
        "clip": clip, "events": later, "strides": strides,
        "scene": side.scene.model_copy(update={"view": "front"}),
        "summary": side.summary.model_copy(update={"metrics": means}),
    })  # fmt: skip


def test_each_metric_comes_from_the_view_that_can_see_it_and_says_which(side, front):
    both = combine(side, front, Targets())
    height = both.summary.metrics["knee_height_thigh"]["left"]
    assert (height.value, height.source) == (-0.1, "front view, front.mp4")
    assert both.summary.metrics["thigh_deg"] == side.summary.metrics["thigh_deg"]
    assert all(s.metrics["knee_height_thigh"].source for s in both.strides)
    assert not set(FRONTAL) & set(both.summary.not_measured)
    assert "From the front view, front.mp4" in both.warnings[0]
    assert any(c.title.endswith("knee height") and c.verdict != "not_measurable"
               for c in both.checks)  # fmt: skip


def test_a_front_clip_with_the_side_as_the_second_is_judged_on_the_knee_drive(side, front):
    both = combine(front, side, Targets())
    assert both.summary.metrics["thigh_deg"]["left"].value is not None
    assert both.summary.grade.points is not None


def test_speed_and_steps_come_from_the_side_view_too_where_it_is_the_second(side, front):
    speed, hidden = Value(value=9.9, low=9.0, high=10.8), Value(value=None, reason="hidden")

    def going(result, value):
        travel = {"speed_legps": value}
        strides = [s.model_copy(update={"travel": travel}) for s in result.strides]
        summary = {"travel": travel, "flight_time_s": value}
        return result.model_copy(
            update={"strides": strides, "summary": result.summary.model_copy(update=summary)}
        )

    measured = going(side, speed)
    scene = side.scene.model_copy(update={"leg_length_m": 0.88, "scale_source": "a height"})
    measured = measured.model_copy(update={"scene": scene})
    both = combine(going(front, hidden), measured, Targets())
    found = [both.summary.travel["speed_legps"], both.summary.flight_time_s]
    found += [stride.travel["speed_legps"] for stride in both.strides]
    assert {value.value for value in found} == {9.9}
    assert all(value.source.startswith("side view") for value in found)
    assert (both.scene.leg_length_m, both.scene.scale_source) == (0.88, "a height")
    assert "speed of the run" in both.warnings[0]


def test_clips_of_two_runs_are_refused(side, front):
    other = front.model_copy(update={"events": steps(step_s=0.4)})
    with pytest.raises(UngradableError, match="does not show the same run"):
        combine(side, other, Targets())


def test_a_jog_that_the_front_could_not_tell_is_judged_as_a_jog(side, front):
    scene = front.scene.model_copy(update={"gait": "not told"})
    unknown = front.model_copy(update={"scene": scene})
    headline = "A jog: no faults."
    jog = side.model_copy(
        update={
            "scene": side.scene.model_copy(update={"gait": "jog"}),
            "summary": side.summary.model_copy(update={"headline": headline}),
        }
    )
    both = combine(unknown, jog, Targets())
    assert (both.checks, both.faults, both.summary.grade.points) == ([], [], None)
    assert (both.scene.gait, both.summary.headline) == ("jog", headline)


def low_left_leg(result):
    """The run with a left thigh that stays 30 degrees lower, in each drive and on average."""

    def lowered(values):
        low = Value(value=55.0, low=51.0, high=59.0)
        return values | dict.fromkeys(("thigh_deg", "hip_flexion_deg"), low)

    strides = [
        s.model_copy(update={"metrics": lowered(s.metrics)}) if s.side == "left" else s
        for s in result.strides
    ]
    means = {m: dict(v) for m, v in result.summary.metrics.items()}
    for metric in ("thigh_deg", "hip_flexion_deg"):
        means[metric]["left"] = lowered({})[metric]
    summary = result.summary.model_copy(update={"metrics": means})
    return result.model_copy(update={"strides": strides, "summary": summary})


def test_a_fault_that_no_stride_of_the_first_clip_shows_is_named_and_is_no_crash(side, front):
    low = low_left_leg(side)
    first_left = min(s.number for s in low.strides if s.side == "left")
    elsewhere = low.model_copy(
        update={"strides": [s for s in low.strides if s.number != first_left]}
    )
    only_first = front.model_copy(
        update={
            "strides": [s for s in front.strides if s.side == "right" or s.number == first_left]
        }
    )
    both = combine(only_first, elsewhere, Targets())
    failed = [check for check in both.checks if check.verdict == "fault"]
    assert {check.side for check in failed} == {"left", None}
    assert both.faults == []
    assert both.summary.headline.startswith(failed[0].title)


def test_a_run_of_two_clips_regraded_keeps_its_points_and_headline(side, front):
    analysis = make_analysis()
    both = combine(front, side, Targets())
    again = regrade(both, analysis.angles.columns, analysis.pose)
    assert again.summary.grade == both.summary.grade
    assert again.summary.headline == both.summary.headline


def test_what_the_second_clip_warns_of_is_told_with_its_name(side, front):
    warned = front.model_copy(update={"warnings": ["Frames 10 to 60: lost."]})
    assert "front.mp4: Frames 10 to 60: lost." in combine(side, warned, Targets()).warnings


def test_two_clips_from_front_and_rear_give_no_points_for_the_knee_drive(front):
    rear = front.model_copy(
        update={
            "clip": front.clip.model_copy(update={"name": "rear.mp4"}),
            "scene": front.scene.model_copy(update={"view": "rear"}),
        }
    )
    alone = {m: dict(v) for m, v in front.summary.metrics.items()}
    alone["knee_height_thigh"] = dict.fromkeys(SIDES, Value(value=None, status="not_measurable"))
    summary = front.summary.model_copy(update={"metrics": alone})
    both = combine(front.model_copy(update={"summary": summary}), rear, Targets())
    assert both.summary.metrics["knee_height_thigh"]["left"].source.startswith("rear view")
    assert both.summary.grade.points is None
    assert "Film from the side" in both.summary.grade.explanation
    analysis = make_analysis()
    again = regrade(both, analysis.angles.columns, analysis.pose)
    assert again.summary.grade == both.summary.grade


def test_clips_whose_step_rates_differ_by_more_than_their_errors_are_of_two_runs(side, front):
    def at(hz):
        rate = Value(value=hz, low=hz - 0.1, high=hz + 0.1)
        return front.model_copy(
            update={"summary": front.summary.model_copy(update={"step_frequency_hz": rate})}
        )

    own_hz = side.summary.step_frequency_hz.value
    combine(side, at(1.02 * own_hz), Targets())
    with pytest.raises(UngradableError, match="does not show the same run"):
        combine(side, at(1.07 * own_hz), Targets())


def test_the_pelvis_fault_of_the_first_clip_is_shown_where_it_turns_most(front):
    twist = {"pelvis_rotation_deg": Value(value=24.0, low=20.0, high=28.0)}
    strides = [s.model_copy(update={"metrics": s.metrics | twist}) for s in front.strides]
    means = front.summary.metrics | {
        "pelvis_rotation_deg": dict.fromkeys(SIDES, twist["pelvis_rotation_deg"])
    }
    first = front.model_copy(
        update={
            "strides": strides,
            "summary": front.summary.model_copy(update={"metrics": means}),
        }
    )
    at_the_top = [f for f in combine(first, front, Targets()).faults if f.code == "pelvis_rotation"]
    assert at_the_top
    told = [f.model_copy(update={"frame": f.frame - 5}) for f in at_the_top]
    both = combine(first.model_copy(update={"faults": told}), front, Targets())
    shown = [f.frame for f in both.faults if f.code == "pelvis_rotation"]
    assert shown == [fault.frame for fault in told]


def test_what_the_first_clip_measured_is_kept_where_the_second_measured_it_too(side):
    other = low_left_leg(side)
    both = combine(side, other, Targets())
    assert both.summary.metrics == side.summary.metrics
    assert both.strides == side.strides


def test_a_stride_is_filled_in_from_the_same_leg_alone(side, front):
    named = [s.model_copy(update={"side": "left" if s.side == "right" else "right"})
             for s in front.strides]  # fmt: skip
    both = combine(side, front.model_copy(update={"strides": named}), Targets())
    assert not any(s.metrics["knee_height_thigh"].source for s in both.strides)
    unknown = [s.model_copy(update={"passes_parallel": None}) for s in front.strides]
    told = combine(front.model_copy(update={"strides": unknown}), side, Targets())
    assert {s.passes_parallel for s in told.strides} == {s.passes_parallel for s in side.strides}


def test_clips_of_which_two_events_alone_fall_together_are_refused(side, front):
    few = front.model_copy(update={"events": front.events[:3]})
    with pytest.raises(UngradableError, match="does not show the same run"):
        combine(side, few, Targets())


def test_legs_that_two_cameras_measured_differ_by_both_their_errors(side):
    def only(result, leg):
        unseen = Value(value=None, status="not_measurable", reason="hidden")
        other = "right" if leg == "left" else "left"
        metrics = {m: dict(v) | {other: unseen} for m, v in result.summary.metrics.items()}
        return result.model_copy(
            update={"summary": result.summary.model_copy(update={"metrics": metrics})}
        )

    both = combine(only(side, "left"), only(side, "right"), Targets())
    (thigh,) = [c for c in both.checks if c.title == "Left and right differ: thigh"]
    left, right = (both.summary.metrics["thigh_deg"][leg] for leg in ("left", "right"))
    joint = np.hypot(half_width(left), half_width(right))
    assert half_width(thigh.value) == pytest.approx(joint)
