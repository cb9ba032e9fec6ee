"""Judge a graded run anew, by other targets or by other checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.config import Targets
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import AnalysisResult, Stride, given_by, pose_model_of
from kneedrive_cv.scene.view import SIDE_BELOW, Sight
from kneedrive_cv.technique.checks import mean_metrics, mean_of, run_checks
from kneedrive_cv.technique.doubted import doubted
from kneedrive_cv.technique.drills import DRILLS, drills_named
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.not_a_sprint import is_judged
from kneedrive_cv.technique.rule import DriveView, Rule
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.summary import grade, headline, judged_from
from kneedrive_cv.technique.turned import shown_turned
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import own_values

FloatArray = NDArray[np.float64]


def regrade(
    result: AnalysisResult,
    angles: Mapping[str, FloatArray],
    pose: PoseTrack,
    targets: Targets | None = None,
    rules: Sequence[Rule] | None = None,
) -> AnalysisResult:
    """The result with its checks, faults, drills and grade made anew from what was measured.

    Parameters
    ----------
    result : AnalysisResult
    angles : mapping of str to ndarray, shape (T,)
        The angles of every frame: checks may bring metrics with them that are read from these.
    pose : PoseTrack
        That of the run, T frames: a landmark that was filled in has no visibility.
    targets : Targets, optional
        By default those that the run was graded by.
    rules : sequence of Rule, optional
        By default `RULES`.

    Raises
    ------
    ConfigError
        A rule reads a metric that there is not, names an unknown drill, or has the code of another.
    """
    rules = RULES if rules is None else list(rules)
    _require_known(rules, result.summary.metrics)
    targets = targets or Targets.model_validate(result.settings["targets"])
    quality = quality_of(result, rules)
    own = [rule for rule in rules if rule.measure is not None]
    strides = doubted(
        [_with_own(stride, angles, pose, own, quality) for stride in result.strides],
        result.athlete.unsure,
        result.summary.step_frequency_hz.value or float("nan"),
        result.scene.gait,
    )
    fresh = mean_metrics(strides, [rule.metric for rule in own], quality)
    means = result.summary.metrics | fresh
    gait, view = result.scene.gait, judged_from(result.scene.view, means)
    checks = run_checks(strides, means, targets, rules, gait=gait)
    faults = shown_turned(find_faults(checks, strides, rules), strides, angles, pose.time_s)
    summary = result.summary.model_copy(
        update={
            "headline": headline(checks, faults, view, quality.lean_deg)
            if is_judged(gait)
            else result.summary.headline,
            "grade": grade(checks, view, gait, rules),
            "metrics": means,
        }
    )
    return result.model_copy(
        update={
            "strides": strides,
            "checks": checks,
            "faults": faults,
            "drills": drills_named(code for fault in faults for code in fault.drills),
            "summary": summary,
            "settings": result.settings | {"targets": targets.model_dump(mode="json")},
        }
    )


def _require_known(rules: Sequence[Rule], measured: Iterable[str]) -> None:
    """Raise `ConfigError` for what a rule says of other things than itself, and there is not."""
    metrics = {*measured, *(rule.metric for rule in rules if rule.measure is not None)}
    taken = {"asymmetry"}  # the code of the comparison of the legs
    for rule in rules:
        where, unknown = f"Rule {rule.code}", set(rule.drills) - DRILLS.keys()
        if rule.code in taken:
            fix = "Give each a code of its own."
            raise ConfigError("another check has this code", where=where, fix=fix)
        if rule.metric not in metrics:
            fix = f"Say how to measure it, or take one of: {', '.join(sorted(metrics))}."
            raise ConfigError(f"there is no metric {rule.metric}", where=where, fix=fix)
        if unknown:
            fix = f"There are: {', '.join(DRILLS)}."
            raise ConfigError(f"there is no drill {min(unknown)!r}", where=where, fix=fix)
        taken.add(rule.code)


def quality_of(result: AnalysisResult, rules: Sequence[Rule] = RULES) -> Quality:
    """How sure the numbers of a run are, from what its result says of the clip."""
    scene, clip = result.scene, result.clip
    sight = Sight(
        view=scene.view,
        forward=-1.0 if scene.running_direction == "left" else 1.0,
        near_side=scene.near_side,
        shoulder_width_trunk=SIDE_BELOW,
    )
    return Quality(
        sight,
        clip.capture_fps,
        result.athlete.height_px,
        clip.capture_fps_source.startswith("inferred"),
        {rule.metric: rule.errors for rule in rules if rule.measure is not None},
        given_by(result),
        scene.gait,
        float(np.nan_to_num(mean_of(result.strides, "trunk_lean_deg"))),
        model=pose_model_of(result),
        tremble_px=result.athlete.tremble_px,
    )


def _with_own(
    stride: Stride,
    angles: Mapping[str, FloatArray],
    pose: PoseTrack,
    rules: Sequence[Rule],
    quality: Quality,
) -> Stride:
    """A stride with the metrics that some checks bring with them."""
    view = DriveView(
        stride.side,
        stride.toe_off_time_s,
        stride.peak_time_s,
        stride.touchdown_time_s,
        angles,
        pose.time_s,
    )
    measured = {name: pose.visibility[:, i] > 0.0 for name, i in INDEX.items()}
    own = own_values(view, measured, quality, rules)
    return stride.model_copy(update={"metrics": stride.metrics | own})
