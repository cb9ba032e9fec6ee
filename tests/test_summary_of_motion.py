"""Strides, events and the summary of a whole motion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kneedrive_cv.config import Settings, Targets
from kneedrive_cv.result import METRICS, Value
from kneedrive_cv.scene.level import Level
from kneedrive_cv.technique.as_seen import measure_as_seen
from kneedrive_cv.technique.checks import mean_metrics, run_checks
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.measure import make_events, make_strides
from kneedrive_cv.technique.summary import headline, judged_from, summarise
from kneedrive_cv.technique.travel import with_travel
from kneedrive_cv.technique.values import STEEP, as_value, less_sure
from tests.test_partly_seen import at_60, measured
from tests.test_technique_checks import checked, half_width, strides_of


def test_the_tilt_of_the_camera_is_taken_out_of_the_angles():
    level = measured(at_60())[1]
    askew = Level(roll_deg=6.0, converging_deg=8.0, width_px=9000, height_px=9000)
    tilted = askew.as_filmed(at_60())
    _, motion, _ = measure_as_seen(
        [tilted],
        forward=1.0,
        level=askew,
        size={"width_px": 9000, "height_px": 9000},
        settings=Settings(),
        correction=None,
    )
    for name in ("left_thigh_deg", "right_thigh_deg", "trunk_lean_deg", "left_foot_pitch_deg"):
        np.testing.assert_allclose(motion.angles[name], level.angles[name], atol=0.5)


def test_an_event_is_shown_in_the_first_frame_that_has_it():
    _, motion, _ = measured(at_60())
    track = motion.track
    for event in make_events(motion.contacts, track):
        row = int(np.flatnonzero(track.frame == event.frame)[0])
        assert track.time_s[row - 1] < event.time_s <= track.time_s[row] + 1e-9


@pytest.mark.parametrize(("thigh_deg", "passes"), [(89.5, False), (90.5, True)])
def test_a_thigh_passes_parallel_from_90_degrees_on(thigh_deg, passes):
    clean, motion, asked = measured(at_60())
    drives = [replace(drive, peak_thigh_deg=thigh_deg) for drive in motion.drives]
    strides = make_strides(replace(motion, drives=drives), clean, asked)
    assert {stride.passes_parallel for stride in strides} == {passes}


def test_a_drive_at_whose_top_nothing_was_corrected_has_angles_of_low_confidence():
    clean, motion, asked = measured(at_60())
    none = replace(motion, corrected=np.zeros(len(motion.track)))
    for stride in make_strides(none, clean, asked):
        assert stride.metrics["thigh_deg"].reason == STEEP


def summary_of(clean, motion, asked, strides=None):
    strides = strides or with_travel(make_strides(motion, clean, asked), motion, asked, None)
    means = mean_metrics(strides, list(METRICS), asked)
    checks = run_checks(strides, means, Targets())
    return summarise(strides, means, checks, [], motion, asked), strides


def test_the_step_rate_of_a_run_is_surer_than_that_of_a_step_and_doubted_where_time_is():
    clean, motion, asked = measured(at_60())
    told, strides = summary_of(clean, motion, asked)
    one = strides[1].metrics["step_frequency_hz"]
    assert half_width(told.step_frequency_hz) < 0.9 * half_width(one)
    unsure, _ = summary_of(clean, motion, replace(asked, time_inferred=True))
    assert unsure.step_frequency_hz.status == "low_confidence"


def with_rate_doubted(stride, reason):
    rate = less_sure(stride.metrics["step_frequency_hz"], reason)
    return with_rate(stride, rate)


def with_rate(stride, rate):
    return stride.model_copy(update={"metrics": stride.metrics | {"step_frequency_hz": rate}})


def test_the_step_rate_of_a_run_tells_the_share_of_frames_of_its_steps():
    clean, motion, asked = measured(at_60())
    strides = summary_of(clean, motion, asked)[1]
    rates = [stride.metrics["step_frequency_hz"] for stride in strides]
    halved = [with_rate(stride, rate.model_copy(update={"valid_fraction": 0.5}))
              for stride, rate in zip(strides, rates, strict=True)]  # fmt: skip
    assert summary_of(clean, motion, asked, halved)[0].step_frequency_hz.valid_fraction == 0.5


def test_the_step_rate_of_a_run_is_doubted_where_that_of_each_step_is():
    clean, motion, asked = measured(at_60())
    strides = summary_of(clean, motion, asked)[1]
    every = [with_rate_doubted(stride, "out of step") for stride in strides]
    doubted = summary_of(clean, motion, asked, every)[0].step_frequency_hz
    assert (doubted.status, doubted.reason) == ("low_confidence", "out of step")
    all_but_one = [*every[:1], *strides[1:2], *every[2:]]
    assert summary_of(clean, motion, asked, all_but_one)[0].step_frequency_hz.status == "measured"


def test_the_summary_is_over_all_strides_of_both_legs():
    clean, motion, asked = measured(at_60())
    _, strides = summary_of(clean, motion, asked)
    uneven = strides[1:4]
    sides = [stride.side for stride in uneven]
    told, _ = summary_of(clean, motion, asked, uneven)
    assert told.knee_drives == {side: sides.count(side) for side in ("left", "right")}
    assert told.knee_drives["left"] != told.knee_drives["right"]
    long = as_value("contact_time_s", 0.16, "left", 1.0, asked)
    fast = Value(value=13.0, low=12.0, high=14.0, valid_fraction=1.0)
    last = uneven[2].model_copy(update={
        "side": "left" if sides[0] == "right" else "right",
        "metrics": uneven[2].metrics | {"contact_time_s": long},
        "travel": uneven[2].travel | {"speed_legps": fast},
    })  # fmt: skip
    told, every = summary_of(clean, motion, asked, [*uneven[:2], last])
    assert told.contact_time_s.value == pytest.approx(
        np.mean([s.metrics["contact_time_s"].value for s in every])
    )
    assert told.travel["speed_legps"].value == pytest.approx(
        np.mean([s.travel["speed_legps"].value for s in every])
    )


def test_the_lean_is_told_with_what_is_judged_against_upright_running_alone():
    strides = strides_of({"hip_flexion_deg": 50.0})
    checks = checked(strides)
    faults = find_faults(checks, strides)
    assert faults[0].code == "hip_flexion_low"
    assert headline(checks, faults, "side", 30.0) == headline(checks, faults, "side", 0.0)


def test_a_run_is_judged_from_the_side_where_any_metric_came_from_there():
    rear, side_view = (Value(value=1.0, source=f"{view} view, b.mp4") for view in ("rear", "side"))
    assert judged_from("front", {"a": {"left": rear}, "b": {"left": side_view}}) == "side"
    assert judged_from("front", {"a": {"left": rear}}) == "front"
