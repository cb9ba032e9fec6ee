"""A check of one's own that cannot work is refused by its code, with what there is instead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import kneedrive_cv as kd
from kneedrive_cv.analysis import ANGLE_COLUMNS
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.technique.rule import ANGLES, DriveView, Rule
from kneedrive_cv.technique.rules import RULES
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def run() -> kd.Run:
    return kd.Run(make_analysis())


def own_rule(**changes: Any) -> Rule:
    """A check of one's own at which every leg fails."""
    rule: dict[str, Any] = {
        "code": "own",
        "title": "Knee bends too little",
        "metric": "knee_flexion_deg",
        "unit": "deg",
        "read": "as it is",
        "fault_when": "below",
        "threshold": lambda targets: 175.0,
        "borderline": lambda targets: 175.0,
        "target": "{threshold:.0f} degrees",
        "sentence": "The {side} knee bends by {value:.0f} degrees.",
    }
    return Rule(**rule | changes)


def measuring(measure: Any) -> Rule:
    return own_rule(metric="own_deg", measure=measure, errors=(1.0, 1.0))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fault_when": "under"}, "fault_when is 'under', and must be one of: below, above"),
        ({"read": "abs"}, "read is 'abs', and must be one of: as it is, distance from zero"),
        ({"weight": 0.0}, "its weight is 0.0, and must be above 0"),
        ({"setting": "hip_low"}, "its setting 'hip_low' is no field of Targets"),
        ({"target": "{foo}"}, r"its target cannot be made \('foo'\). {threshold} and {targets}"),
        ({"target": "{targets.foo}"}, "its target cannot be made .*'foo'"),
        ({"sentence": "{foo}"}, r"its sentence cannot be made \('foo'\). {side}, {value}, {ahead}"),
        ({"sentence": "{value:q}"}, "its sentence cannot be made .*'q'"),
        ({"parts": ("hip", "shin")}, "its part 'shin' is no landmark of a side"),
        ({"threshold": 10.0}, "its threshold cannot be made .* Give a function of the targets"),
        ({"borderline": lambda t: t.foo}, "its borderline cannot be made .*'foo'"),
    ],
)
def test_a_check_that_cannot_work_is_refused_where_it_is_made(changes, told):
    with pytest.raises(ConfigError, match=f"^Rule own: {told}"):
        own_rule(**changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"metric": "foo_deg"}, "there is no metric foo_deg.*take one of: .*thigh_deg"),
        ({"drills": ("skiping",)}, "there is no drill 'skiping'.*skipping"),
        ({"code": "hip_flexion_low"}, "another check has this code"),
        ({"code": "asymmetry"}, "another check has this code"),
    ],
)
def test_a_check_that_names_what_there_is_not_is_refused_before_a_run_is_judged(
    run, changes, told
):
    rule = own_rule(**changes)
    with pytest.raises(ConfigError, match=f"^Rule {rule.code}: {told}"):
        run.regraded(rules=[*RULES, rule])


@pytest.mark.parametrize("given", [None, "much", [1.0, 2.0]])
def test_a_measure_that_gives_no_number_is_told_by_the_type_that_it_gives(run, given):
    told = f"^Rule own: measure gives {type(given).__name__}, no number. Give nan"
    with pytest.raises(ConfigError, match=told):
        run.regraded(rules=[measuring(lambda drive: given)])


def test_a_misspelt_angle_is_told_with_those_that_there_are(run):
    rule = measuring(lambda drive: drive.at("knee_deg", drive.peak_s))
    with pytest.raises(ConfigError, match=r"there is no angle 'knee_deg'.*knee_flexion_deg"):
        run.regraded(rules=[rule])


@pytest.mark.parametrize("angle", ["knee_flexion_deg", "left_thigh_deg", "trunk_lean_deg"])
def test_an_angle_that_this_view_does_not_show_is_missing(angle):
    seen = DriveView("left", 0.0, 0.1, 0.2, angles={}, time_s=make_analysis().angles.time_s)
    assert seen.at(angle, 0.1) != seen.at(angle, 0.1)  # NaN


def test_every_angle_of_a_run_and_of_its_table_is_known_to_a_check(run):
    names = {*ANGLE_COLUMNS, *run.analysis.angles.columns}
    assert {n.removeprefix("left_").removeprefix("right_") for n in names} <= set(ANGLES)


def test_the_weight_of_a_check_counts_in_the_grade(run):
    light, usual, heavy = (
        run.regraded(rules=[*RULES, own_rule(weight=weight)]).summary.grade
        for weight in (0.1, 1.0, 10.0)
    )
    assert heavy.points < usual.points < light.points < run.summary.grade.points
    assert run.regraded(rules=RULES).summary.grade == run.regraded().summary.grade


def test_a_check_of_the_package_may_be_given_another_weight(run):
    strict = kd.Targets(hip_flexion_low_deg=120.0)
    heavier = [replace(r, weight=30.0) if r.code == "hip_flexion_low" else r for r in RULES]
    usual = run.regraded(strict).summary.grade.points
    assert run.regraded(strict, heavier).summary.grade.points < usual


def test_checks_may_come_from_a_generator(run):
    assert run.regraded(rules=(rule for rule in RULES)).checks == run.regraded().checks


def test_a_check_of_ones_own_is_less_sure_of_a_coarse_picture(run):
    def width(tremble_px):
        athlete = run.analysis.result.athlete.model_copy(update={"tremble_px": tremble_px})
        seen = run.analysis.with_result(run.analysis.result.model_copy(update={"athlete": athlete}))
        rules = [measuring(lambda drive: 20.0)]
        own = kd.Run(seen).regraded(rules=rules).analysis.result.strides[0].metrics["own_deg"]
        return own.high - own.low

    assert width(0.004 * 410.0) > 1.3 * width(0.002 * 410.0) == pytest.approx(1.3 * width(None))


def own_values_of(run, **changes):
    """What the foot's pitch is read as by a check of one's own, over the strides."""
    parts = ("heel", "foot_index")
    rule = replace(measuring(lambda drive: drive.at("foot_pitch_deg", drive.peak_s)), parts=parts)
    judged = run.regraded(rules=[replace(rule, **changes)])
    return [stride.metrics["own_deg"] for stride in judged.result.strides]


def test_a_metric_of_ones_own_is_not_read_where_its_own_landmarks_were_lost(run):
    visibility = run.pose.visibility.copy()
    visibility[np.arange(len(run.pose)) % 4 > 0, INDEX["left_heel"]] = 0.0
    pose = run.pose.replace(visibility=visibility)
    lost = kd.Run(replace(run.analysis, pose=pose))
    by_side = {
        side: [v for v, s in zip(own_values_of(lost), lost.result.strides, strict=True)
               if s.side == side]
        for side in ("left", "right")
    }  # fmt: skip
    assert {value.status for value in by_side["left"]} == {"not_measurable"}
    assert all(0.1 < value.valid_fraction < 0.4 for value in by_side["left"])
    assert {value.status for value in by_side["right"]} == {"measured"}
    by_thigh = own_values_of(lost, parts=("hip", "knee"))
    assert {value.status for value in by_thigh} == {"measured"}


def test_a_metric_of_ones_own_has_the_limits_of_what_is_read_from_the_same_landmarks(run):
    def filmed(fps, view):
        result = run.analysis.result
        clip = result.clip.model_copy(update={"capture_fps": fps})
        scene = result.scene.model_copy(update={"view": view})
        changed = result.model_copy(update={"clip": clip, "scene": scene})
        return kd.Run(run.analysis.with_result(changed))

    assert {v.status for v in own_values_of(filmed(30.0, "side"))} == {"not_measurable"}
    thigh = own_values_of(filmed(30.0, "side"), parts=("hip", "knee"))
    assert {v.status for v in thigh} == {"measured"}
    assert {v.status for v in own_values_of(filmed(60.0, "oblique"))} == {"low_confidence"}
