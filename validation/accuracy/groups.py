"""Which clips belong together, and the errors of a group in numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.result import METRICS
from kneedrive_cv.technique.verdict import Z_95
from validation.accuracy.compare import (
    ClipErrors,
    FoundDrive,
    FoundEvent,
    Judged,
    Leg,
    Reading,
)
from validation.common import ErrorSummary, summarise_errors

FloatArray = NDArray[np.float64]
Group = Sequence[ClipErrors]

LEGS: tuple[Leg, ...] = ("near", "far", "both")
TARGET_PX, TARGET_OFF_DEG, TARGET_FPS = 200.0, 20.0, 60.0


def _camera(clip: ClipErrors) -> tuple[str, float, float, float]:
    """View, degrees off it, frames a second, height of the athlete in pixels."""
    camera, video = clip.parameters["camera"], clip.parameters["video"]
    return (
        str(camera["view"]),
        abs(float(camera["off_square_deg"])),
        float(video["fps_hz"]),
        float(camera["athlete_height_px"]),
    )


def _leaning(clip: ClipErrors) -> bool:
    return float(clip.parameters["technique"].get("block_start_lean_deg", 0.0)) > 0


def _side(clip: ClipErrors, fps: float, least_px: float, most_px: float = 1e4) -> bool:
    view, off, rate, tall = _camera(clip)
    near_side = view == "side" and off <= TARGET_OFF_DEG and not _leaning(clip)
    return near_side and rate == fps and least_px <= tall < most_px


def _off(clip: ClipErrors, least: float, most: float) -> bool:
    view, off, rate, tall = _camera(clip)
    return view == "side" and least < off <= most and rate == TARGET_FPS and tall >= TARGET_PX


def _seen_from(clip: ClipErrors, *views: str) -> bool:
    view, _, rate, tall = _camera(clip)
    return view in views and rate == TARGET_FPS and tall >= TARGET_PX


GROUPS: dict[str, tuple[str, Callable[[ClipErrors], bool]]] = {
    "target": (
        "side, within 20 degrees, 60 frames a second, 200 px and more",
        lambda c: _side(c, TARGET_FPS, TARGET_PX),
    ),
    "small": (
        "side, 60 frames a second, under 200 px",
        lambda c: _side(c, TARGET_FPS, 0, TARGET_PX),
    ),
    "fps_30": ("side, 30 frames a second, 200 px and more", lambda c: _side(c, 30, TARGET_PX)),
    "fps_120": ("side, 120 frames a second", lambda c: _side(c, 120, TARGET_PX)),
    "fps_240": ("side, 240 frames a second", lambda c: _side(c, 240, TARGET_PX)),
    "off_30": ("30 degrees off the side, 60 frames a second", lambda c: _off(c, 20, 35)),
    "off_40": ("40 degrees off the side, 60 frames a second", lambda c: _off(c, 35, 60)),
    "start": (
        "out of the blocks, leaning 40 degrees and less, 60 frames a second",
        lambda c: _leaning(c) and _camera(c)[2] == TARGET_FPS,
    ),
    "start_30": (
        "out of the blocks, leaning 40 degrees and less, 30 frames a second",
        lambda c: _leaning(c) and _camera(c)[2] == 30,
    ),
    "front": ("front, 60 frames a second", lambda c: _seen_from(c, "front")),
    "rear": ("rear, 60 frames a second", lambda c: _seen_from(c, "rear")),
}
"""Name -> what it is, and whether a clip belongs to it."""

SCALES = {"deg": (1.0, "degrees"), "s": (1000.0, "ms"), "shank": (100.0, "% of the shank"),
          "thigh": (100.0, "% of the thigh"), "hz": (1.0, "Hz")}  # fmt: skip
"""Unit of a metric -> what it is multiplied by for the tables, and the unit there."""


def group_of(clips: Iterable[ClipErrors], name: str) -> Group:
    """The clips of a group."""
    return [clip for clip in clips if GROUPS[name][1](clip)]


def unit_of(metric: str) -> tuple[float, str]:
    """What a metric is multiplied by in the tables, and its unit there."""
    return SCALES[METRICS[metric][1]]


def summary(errors: FloatArray, scale: float = 1.0) -> ErrorSummary:
    """Errors in numbers."""
    return summarise_errors(scale * errors, np.zeros_like(errors), turn=float("inf"))


def angle_errors(clips: Group, name: str, *legs: Leg) -> FloatArray:
    """Errors of one angle in all frames, of some legs or of all."""
    found = [
        errors
        for clip in clips
        for (angle, leg), errors in clip.angles.items()
        if angle == name and (leg in legs or not legs)
    ]
    return np.concatenate(found) if found else np.zeros(0)


def readings(clips: Group, metric: str, of: str = "stride", *legs: Leg) -> list[Reading]:
    """Numbers of one metric that the view can show and whose truth is known."""
    return [
        reading
        for clip in clips
        for reading in clip.readings
        if reading.shown
        and np.isfinite(reading.true)
        and (reading.metric, reading.of) == (metric, of)
        and (reading.leg in legs or not legs)
    ]


def claimed_errors(found: Iterable[Reading]) -> FloatArray:
    """Errors of those that were given."""
    return np.array([reading.error for reading in found if reading.claimed])


def held(found: Iterable[Reading]) -> tuple[int, int]:
    """How many intervals hold the truth, and how many were given."""
    given = [reading for reading in found if reading.claimed]
    return sum(reading.holds for reading in given), len(given)


def amiss(clips: Group) -> list[Reading]:
    """Means of a leg that are wrong with confidence."""
    return [r for c in clips for r in c.readings if r.claimed and r.of == "mean" and r.amiss]


def drives(clips: Group) -> list[FoundDrive]:
    """All knee drives: true ones, and those told where there is none."""
    return [drive for clip in clips for drive in clip.drives]


def wrong_claims(clips: Group) -> list[Reading]:
    """Numbers that the view cannot show and that were given all the same."""
    return [r for clip in clips for r in clip.readings if r.claimed and not r.shown]


def events(clips: Group, kind: str) -> list[FoundEvent]:
    """Events of a kind."""
    return [event for clip in clips for event in clip.events if event.type == kind]


def event_errors_ms(found: Iterable[FoundEvent | FoundDrive]) -> FloatArray:
    """Errors of the true events that were found."""
    off = np.array([1000.0 * (event.found_s - event.true_s) for event in found])
    return np.asarray(off[np.isfinite(off)])


def missed(found: Iterable[FoundEvent | FoundDrive]) -> int:
    """True events that were not found."""
    return sum(bool(np.isnan(event.found_s)) for event in found)


def false(found: Iterable[FoundEvent | FoundDrive]) -> int:
    """Found events that are none."""
    return sum(bool(np.isnan(event.true_s)) for event in found)


def contact_errors_ms(clips: Group) -> FloatArray:
    """Errors of the mean contact time, one a clip."""
    off = np.array([1000.0 * (clip.contact_s - clip.true_contact_s) for clip in clips])
    return np.asarray(off[np.isfinite(off)])


def pelvis_errors_deg(clips: Group) -> FloatArray:
    """Errors of the amplitude of the pelvis's turn, one a clip that shows it."""
    seen = [clip for clip in clips if is_frontal(clip)]
    off = np.array([clip.pelvis_deg - clip.true_pelvis_deg for clip in seen])
    return np.asarray(off[np.isfinite(off)])


def is_frontal(clip: ClipErrors) -> bool:
    """Whether the pelvis's turn can be seen."""
    return clip.view in ("front", "rear")


def checks(clips: Group, code: str | None = None) -> list[Judged]:
    """What was judged, where the view can show it and the truth is known."""
    return [
        judged
        for clip in clips
        for judged in clip.checks
        if judged.shown and judged.true != "not_measurable" and code in (None, judged.code)
    ]


def verdicts(found: Iterable[Judged]) -> dict[str, dict[str, int]]:
    """How clear faults, faults near the target, borderline and clean ones were judged."""
    names = ("fault", "borderline", "pass", "not_measurable")
    counts = {
        kind: dict.fromkeys(names, 0) for kind in ("clear fault", "near", "borderline", "clean")
    }
    for judged in found:
        kinds = {"fault": "clear fault" if judged.clear else "near", "pass": "clean"}
        counts[kinds.get(judged.true, judged.true)][judged.verdict] += 1
    return counts


def percent(part: int, whole: int) -> float:
    """A share in percent; NaN of nothing."""
    return 100.0 * part / whole if whole else float("nan")


def swapped_percent(clips: Group) -> float:
    """Frames with swapped legs, of those with a pose, in percent."""
    return percent(
        sum(clip.swapped for clip in clips), sum(clip.frames - clip.lost for clip in clips)
    )


def lost_percent(clips: Group) -> float:
    """Frames without the athlete's pose, in percent, in the clips that were graded."""
    graded = [clip for clip in clips if not clip.refused]
    return percent(sum(clip.lost for clip in graded), sum(clip.frames for clip in graded))


def tilts(clips: Group) -> tuple[FloatArray, FloatArray]:
    """Roll of the camera where it was told: told minus true, and its standard errors, degrees."""
    told = [clip for clip in clips if np.isfinite(clip.tilt_error_deg)]
    off_deg = np.array([clip.tilt_off_deg for clip in told])
    return off_deg, np.array([clip.tilt_error_deg for clip in told])


def tilts_held(clips: Group) -> tuple[int, int]:
    """How many 95 % intervals of the roll hold the truth, and how many were told."""
    off_deg, error_deg = tilts(clips)
    return int((np.abs(off_deg) <= Z_95 * error_deg).sum()), len(off_deg)


def plain(clips: Group) -> dict[str, Any]:
    """All numbers of a group, for the JSON."""
    angles = sorted({name for clip in clips for name, _ in clip.angles})
    codes = list(dict.fromkeys(judged.code for clip in clips for judged in clip.checks))
    return {
        "clips": [clip.name for clip in clips],
        "refused": {clip.name: clip.refused for clip in clips if clip.refused},
        "lost_percent": lost_percent(clips),
        "swapped_percent": swapped_percent(clips),
        "angles": {
            name: {leg: asdict(s) for leg in LEGS if (s := _of_leg(clips, name, leg)).n}
            for name in angles
        },
        "metrics": {metric: _metric(clips, metric) for metric in METRICS},
        "wrong_claims": len(wrong_claims(clips)),
        "wrong_with_confidence": len(amiss(clips)),
        "events": {kind: _counted(events(clips, kind)) for kind in ("touchdown", "toe_off")},
        "knee_drives": _counted(drives(clips)),
        "contact_time_ms": asdict(summary(contact_errors_ms(clips))),
        "pelvis_amplitude_deg": asdict(summary(pelvis_errors_deg(clips))),
        "tilt_deg": asdict(summary(tilts(clips)[0])) | {"intervals_hold": tilts_held(clips)[0]},
        "checks": {code: verdicts(checks(clips, code)) for code in codes},
    }


def _of_leg(clips: Group, name: str, leg: Leg) -> ErrorSummary:
    return summary(angle_errors(clips, name, leg))


def _metric(clips: Group, metric: str) -> dict[str, Any]:
    """Errors of a metric by leg, and how often its intervals hold."""
    scale, unit = unit_of(metric)
    out: dict[str, Any] = {"unit": unit}
    for leg in LEGS:
        found = readings(clips, metric, "stride", leg)
        if found:
            numbers = asdict(summary(claimed_errors(found), scale))
            out[leg] = numbers | {"not_claimed": sum(not r.claimed for r in found)}
    for of in ("stride", "mean"):
        hold, given = held(readings(clips, metric, of))
        out[f"{of}_intervals"] = {"given": given, "hold": hold, "percent": percent(hold, given)}
    return out


def _counted(found: Sequence[FoundEvent | FoundDrive]) -> dict[str, Any]:
    numbers = asdict(summary(event_errors_ms(found)))
    return numbers | {"missed": missed(found), "false": false(found)}
