"""Errors of speed, step length and where the foot lands, against rendered truth.

``python -m validation.scale [--seed N] [--only NAME ...]`` grades the clips of the accuracy bench
that are seen from the side: fixed, panning, following and tilted cameras. Each is put to metres by
the athlete's true height and by a true distance of five metres marked on his lane. What was
rendered and graded before is used again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.clean.swaps import leg_length_px
from kneedrive_cv.config import Settings
from kneedrive_cv.result import TRAVEL, Stride, Value
from kneedrive_cv.scene.scale import Scale, find_scale
from kneedrive_cv.technique.travel import IN_METRES, in_metres
from validation.accuracy import grade
from validation.accuracy.clips import clip_path
from validation.accuracy.matrix import SEEDS, cells, parameters_of
from validation.common import ROOT, print_table
from validation.sprinter.clip import Clip, make_clip
from validation.sprinter.parameters import ClipParameters

MARKED_M = 5.0


@dataclass(frozen=True)
class Reading:
    """One number against the truth."""

    metric: str
    camera: str
    scale: str
    of: str
    error: float
    share: float
    holds: bool
    sure: bool


def main(arguments: list[str] | None = None) -> int:
    """Render, grade, compare and print."""
    made = argparse.ArgumentParser(description="Errors of lengths and speeds.")
    made.add_argument("--seed", type=int, choices=range(SEEDS), default=0)
    made.add_argument("--only", nargs="+", metavar="NAME")
    made.add_argument("--clips", type=Path, default=ROOT / ".accuracy")
    made.add_argument("--only-done", action="store_true", help="table of what is graded already")
    asked = made.parse_args(arguments)
    works = []
    for cell in cells(only=asked.only):
        parameters = parameters_of(cell, asked.seed)
        if parameters.camera.view == "side":
            clip = clip_path(asked.clips, cell.name, parameters)
            kept = grade.kept_in(clip, grade.source_key())
            works.append(grade.Work(clip, parameters, kept))
    if not asked.only_done:
        grade.do_all(works)
    found = [r for work in works if work.kept.exists() for r in readings(work)]
    if not found:
        print("nothing is graded yet", file=sys.stderr)
        return 2
    print_tables(found)
    return 0


def readings(work: grade.Work) -> Iterator[Reading]:
    """Every number of one clip, by stride and as a mean, in both scales."""
    analysis = grade.load(work.clip, work.kept)
    if isinstance(analysis, grade.Refused) or analysis.result.scene.view in ("front", "rear"):
        return
    truth = json.loads(work.clip.with_suffix(".json").read_text("utf-8"))
    means = analysis.result.summary.travel
    for name, scale in _scales(analysis, work.parameters).items():
        for metric in IN_METRES:
            true = [true_of(metric, s, truth, work.parameters) for s in analysis.result.strides]
            values = [s.travel[IN_METRES[metric]] for s in analysis.result.strides]
            pairs = [(in_metres(v, scale), t, "stride") for v, t in zip(values, true, strict=True)]
            mean = float(np.nanmean(true)) if np.isfinite(true).any() else float("nan")
            pairs.append((in_metres(means[IN_METRES[metric]], scale), mean, "mean"))
            camera = _camera(work.parameters)
            yield from (r for p in pairs for r in _reading(metric, camera, name, *p))


def _reading(
    metric: str, camera: str, scale: str, value: Value, true: float, of: str
) -> Iterator[Reading]:
    if value.value is None or value.low is None or value.high is None or not np.isfinite(true):
        return
    error = value.value - true
    holds, sure = value.low <= true <= value.high, value.status == "measured"
    yield Reading(metric, camera, scale, of, error, error / true, holds, sure)


def true_of(
    metric: str, stride: Stride, truth: dict[str, Any], parameters: ClipParameters
) -> float:
    """The truth of a stride in metres; NaN where its touchdown was not found."""
    technique = parameters.technique
    if metric == "speed_mps":
        return technique.speed_mps
    if metric == "step_length_m":
        return technique.speed_mps / technique.step_rate_hz
    events = [e["time_s"] for e in truth["events"]
              if (e["type"], e["side"]) == ("touchdown", stride.side)]  # fmt: skip
    near = [t for t in events if abs(t - stride.touchdown_time_s) < 0.04]
    if not near:
        return float("nan")
    points = {name: np.array(at, dtype=float)[:, 0] for name, at in truth["points_m"].items()}
    hips = (points["left_hip"] + points["right_hip"]) / 2
    return float(np.interp(near[0], truth["time_s"], points[f"{stride.side}_ankle"] - hips))


def _scales(analysis: Analysis, parameters: ClipParameters) -> dict[str, Scale]:
    """By the true height, and by a distance on his lane as the camera saw it halfway."""
    first, second = marked_points(make_clip(parameters))
    marked = (*first, *second, MARKED_M)
    turned_deg = abs(parameters.camera.off_square_deg)
    moving = analysis.result.scene.camera == "moving"
    leg_px = leg_length_px(analysis.pose)
    chosen = {
        "height": Settings(height_m=parameters.body.stature_m),
        "distance": Settings(known_distance=marked),
    }
    found = {
        name: find_scale(settings, leg_px=leg_px, moving=moving, off_side_deg=turned_deg)
        for name, settings in chosen.items()
    }
    return {name: scale for name, scale in found.items() if scale is not None}


def marked_points(clip: Clip) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two points on the athlete's lane, `MARKED_M` apart, in the picture halfway through a clip."""
    middle_s = clip.start_s + clip.parameters.video.duration_s / 2
    at = clip.gait.pelvis.centre_m(middle_s)[0]
    ends = [np.array([at + x, 0.0, 0.0]) for x in (-MARKED_M / 2, MARKED_M / 2)]
    first, second = (clip.camera.at(middle_s).project(end) for end in ends)
    return (float(first[0]), float(first[1])), (float(second[0]), float(second[1]))


def _camera(parameters: ClipParameters) -> str:
    camera = parameters.camera
    if abs(camera.off_square_deg) > 12:
        return "off the side"
    return "tilted" if abs(camera.roll_deg) > 2.5 else camera.motion


def print_tables(found: list[Reading]) -> None:
    """Errors by scale and camera, and how often the interval holds the truth."""
    rows: list[list[object]] = []
    for metric in IN_METRES:
        for scale in ("height", "distance"):
            for camera in (*sorted({r.camera for r in found}), "all"):
                part = [r for r in found if (r.metric, r.scale) == (metric, scale)
                        and camera in (r.camera, "all")]  # fmt: skip
                rows += _rows(metric, scale, camera, part)
    print_table(
        ("metric", "scale", "camera", "of", "n", "error", "rms", "rms %", "holds %"), rows
    )


def _rows(metric: str, scale: str, camera: str, part: list[Reading]) -> list[list[object]]:
    rows: list[list[object]] = []
    for of in ("stride", "mean"):
        own = [r for r in part if r.of == of]
        if own:
            error, share = np.array([r.error for r in own]), np.array([r.share for r in own])
            rows.append([
                metric, scale, camera, of, len(own), f"{error.mean():+.3f} {TRAVEL[metric][1]}",
                f"{np.sqrt((error**2).mean()):.3f}", f"{100 * np.sqrt((share**2).mean()):.1f}",
                f"{100 * np.mean([r.holds for r in own]):.0f}",
            ])  # fmt: skip
    return rows


if __name__ == "__main__":
    sys.exit(main())
