"""A made-up but realistic Analysis, built from the known truth of a rendered sprint."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis, Angles, single_pose
from kneedrive_cv.config import Settings, Targets
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS, SIDES, Side
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import (
    METRICS,
    AnalysisResult,
    Athlete,
    Check,
    Clip,
    Event,
    Fault,
    Scene,
    Stride,
    Summary,
    Value,
)
from kneedrive_cv.technique.checks import run_checks
from kneedrive_cv.technique.drills import DRILLS_FOR_FAULT, drills_for
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.frontal_errors import FRONTAL_METRICS
from kneedrive_cv.technique.score import score
from validation.truth import LEG_ANGLES, Truth, load_truth

REPOSITORY = Path(__file__).parents[1]
SAMPLE_DIR = REPOSITORY / "sample_videos"
PELVIS_REASON = (
    "The turn of the pelvis cannot be seen from the side. Film a second clip from the front or "
    "from behind, in line with the lane."
)
FloatArray = NDArray[np.float64]

_HALF_WIDTH = {
    "hip_flexion_deg": 4.2,
    "thigh_deg": 3.1,
    "trunk_lean_deg": 2.5,
    "knee_flexion_deg": 5.0,
    "ankle_dorsiflexion_deg": 7.5,
    "foot_pitch_deg": 6.0,
    "foot_ahead_of_knee_shank": 0.08,
    "knee_drive_delay_s": 0.008,
    "contact_time_s": 0.009,
    "flight_time_s": 0.010,
    "step_frequency_hz": 0.12,
}


def make_pose(truth: Truth, missing: slice | None = None) -> PoseTrack:
    """The truth's points as landmarks."""
    t = len(truth)
    xy = np.full((t, N_LANDMARKS, 2), np.nan)
    world = np.full((t, N_LANDMARKS, 3), np.nan)
    for name in truth.points_px.keys() & INDEX.keys():
        xy[:, INDEX[name]] = truth.points_px[name]
        world[:, INDEX[name]] = truth.points_m[name]
    if missing is not None:
        xy[missing] = np.nan
        world[missing] = np.nan
    visibility = np.where(np.isnan(xy[..., 0]), 0.0, 0.95)
    return PoseTrack(np.arange(t) / truth.fps_hz, np.arange(t), xy, world, visibility)


def _angles(truth: Truth, pose: PoseTrack, missing: slice | None) -> Angles:
    names = [f"{side}_{angle}" for angle in LEG_ANGLES for side in SIDES]
    columns = {name: truth.angles_deg[name].copy() for name in (*names, "trunk_lean_deg")}
    if missing is not None:
        for column in columns.values():
            column[missing] = np.nan
    return Angles.of(pose, columns)


def _events(truth: Truth) -> list[Event]:
    return [
        Event(type=e.type, side=e.side, frame=math.ceil(e.frame), time_s=e.time_s)
        for e in truth.events
        if math.ceil(e.frame) < len(truth)
    ]


def not_measurable(reason: str) -> Value:
    """A value that could not be measured, with its reason."""
    return Value(value=None, status="not_measurable", reason=reason)


def _value(metric: str, value: float) -> Value:
    half = _HALF_WIDTH[metric]
    low_confidence = metric == "ankle_dorsiflexion_deg"
    return Value(
        value=value,
        low=value - half,
        high=value + half,
        valid_fraction=0.71 if low_confidence else 0.97,
        status="low_confidence" if low_confidence else "measured",
        reason="Few frames show the toes clearly." if low_confidence else "",
    )


def _metrics(angles: Angles, side: Side, peak: int) -> dict[str, Value]:
    at_peak = {
        name: float(angles.columns[f"{side}_{name}"][peak])
        for name in (
            "hip_flexion_deg",
            "thigh_deg",
            "knee_flexion_deg",
            "ankle_dorsiflexion_deg",
            "foot_pitch_deg",
        )
    }
    at_peak["trunk_lean_deg"] = float(angles.columns["trunk_lean_deg"][peak])
    at_peak |= {
        "foot_ahead_of_knee_shank": 0.12,
        "knee_drive_delay_s": 0.021,
        "contact_time_s": 0.096,
        "flight_time_s": 0.131,
        "step_frequency_hz": 4.4,
    }
    metrics = {name: _value(name, value) for name, value in at_peak.items()}
    metrics |= dict.fromkeys(FRONTAL_METRICS, not_measurable(PELVIS_REASON))
    return {name: metrics[name] for name in METRICS}


def _stride(angles: Angles, off: Event, down: Event) -> Stride:
    thigh = angles.columns[f"{off.side}_thigh_deg"][off.frame : down.frame]
    peak = off.frame + int(np.argmax(np.nan_to_num(thigh, nan=-180.0)))
    metrics = _metrics(angles, off.side, peak)
    return Stride(
        number=1,
        side=off.side,
        toe_off_frame=off.frame,
        peak_frame=peak,
        touchdown_frame=down.frame,
        toe_off_time_s=off.time_s,
        peak_time_s=float(angles.time_s[peak]),
        touchdown_time_s=down.time_s,
        passes_parallel=(metrics["thigh_deg"].value or 0) >= 90,
        valid_fraction=0.97,
        metrics=metrics,
    )


def _strides(angles: Angles, events: list[Event]) -> list[Stride]:
    strides = []
    for off in (e for e in events if e.type == "toe_off"):
        down = next(
            (
                e
                for e in events
                if e.type == "touchdown" and e.side == off.side and e.frame > off.frame
            ),
            None,
        )
        if down is not None:
            strides.append(_stride(angles, off, down))
    return [s.model_copy(update={"number": i + 1}) for i, s in enumerate(strides)]


def _mean(strides: list[Stride], side: Side, metric: str) -> Value:
    values = [s.metrics[metric] for s in strides if s.side == side]
    numbers = [v.value for v in values if v.value is not None and math.isfinite(v.value)]
    if not numbers:
        return not_measurable(values[0].reason if values else "No full stride.")
    mean = float(np.mean(numbers))
    return _value(metric, mean)


def _made_up_fault(check: Check, strides: list[Stride]) -> Fault:
    """A fault a tenth beyond the threshold, whatever was measured."""
    side = check.side or "left"
    stride = next(s for s in strides if s.side == side)
    beyond = 0.1 * abs(check.threshold) or 1.0
    value = check.threshold + (-beyond if check.fault_when == "below" else beyond)
    return Fault(
        code=check.code,
        title=check.title,
        side=side,
        stride=stride.number,
        value=value,
        low=value - beyond / 2,
        high=value + beyond / 2,
        unit=check.unit,
        threshold=check.threshold,
        severity="clear",
        frame=stride.toe_off_frame if check.code == "late_knee_drive" else stride.peak_frame,
        sentence=f"Made up for the tests: {check.title.lower()}, {side}.",
        strides_at_fault=f"{len(check.strides)} of {len(check.strides)}",
        drills=list(DRILLS_FOR_FAULT[check.code]),
        source=check.source,
    )


def _faults(checks: list[Check], strides: list[Stride], every_fault: bool) -> list[Fault]:
    faults = find_faults(checks, strides)
    if every_fault:
        shown = {f.code for f in faults}
        faults += [_made_up_fault(c, strides) for c in checks if c.code not in shown]
    return faults


def _clip(truth: Truth, path: Path, name: str) -> Clip:
    frames = len(truth)
    return Clip(
        name=name,
        path=str(path),
        width_px=1280,
        height_px=720,
        codec="h264",
        rotation_deg=0,
        frames=frames,
        frames_damaged=0,
        frames_repeated=0,
        duration_s=frames / 60,
        playback_fps=60.0,
        capture_fps=60.0,
        slow_motion=1.0,
        capture_fps_source="the frames' own timestamps; the step rate fits real time",
    )


def _summary(strides: list[Stride], checks: list[Check], faults: list[Fault]) -> Summary:
    headline = (
        f"{len({f.code for f in faults})} things to work on in the knee drive."
        if faults
        else "A good knee drive: nothing to correct in this clip."
    )
    return Summary(
        headline=headline,
        grade=score(checks),
        knee_drives={s: sum(x.side == s for x in strides) for s in SIDES},
        metrics={m: {s: _mean(strides, s, m) for s in SIDES} for m in METRICS},
        step_frequency_hz=_value("step_frequency_hz", 4.4),
        contact_time_s=_value("contact_time_s", 0.096),
        flight_time_s=_value("flight_time_s", 0.131),
        not_measured={"pelvis_rotation_deg": PELVIS_REASON},
    )


def make_analysis(
    name: str = "side_good",
    *,
    directory: Path = SAMPLE_DIR,
    clip_name: str | None = None,
    every_fault: bool = False,
    missing: slice | None = None,
) -> Analysis:
    """Fabricate an Analysis from the truth of a rendered clip.

    Parameters
    ----------
    name : str
        Stem of the clip and its truth in ``directory``.
    directory : Path
        Where both lie.
    clip_name : str, optional
        The name of the clip in the result; the file's own by default.
    every_fault : bool
        Add a fault for each check that did not fail.
    missing : slice, optional
        Frames whose pose and angles are lost (NaN).
    """
    truth = load_truth(directory / name)
    path = directory / f"{name}.mp4"
    pose = single_pose(make_pose(truth, missing))
    angles = _angles(truth, pose, missing)
    events = _events(truth)
    strides = _strides(angles, events)
    means = {m: {s: _mean(strides, s, m) for s in SIDES} for m in METRICS}
    checks = run_checks(strides, means, Targets())
    faults = _faults(checks, strides, every_fault)
    result = AnalysisResult(
        clip=_clip(truth, path, clip_name or path.name),
        athlete=Athlete(
            number=1,
            people_found=1,
            height_px=410.0,
            first_frame=0,
            last_frame=len(pose) - 1,
            followed_fraction=1.0,
        ),
        scene=Scene(
            view="side", running_direction="right", near_side="right", tilt_deg=0.3, camera="moving"
        ),
        events=events,
        strides=strides,
        checks=checks,
        faults=faults,
        drills=drills_for(f.code for f in faults),
        summary=_summary(strides, checks, faults),
        warnings=["At 60 frames a second contact times are good to about 10 ms only."],
        settings=Settings().model_dump(),
        versions={"kneedrive": "0.1.0", "mediapipe": "1.2.2", "pose model": "heavy"},
    )
    return Analysis(clip_path=path, result=result, pose=pose, raw_pose=pose, angles=angles)


def moved(result: AnalysisResult, metric: str, by: float) -> AnalysisResult:
    """The same result with the mean of a metric moved on both legs."""
    means = {
        side: v.model_copy(update={k: getattr(v, k) + by for k in ("value", "low", "high")})
        for side, v in result.summary.metrics[metric].items()
    }
    summary = result.summary.model_copy(
        update={"metrics": result.summary.metrics | {metric: means}}
    )
    return result.model_copy(update={"summary": summary})
