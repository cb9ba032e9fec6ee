"""Draw a clip by its number: who runs, how, filmed from where, by what.

Seeds below 1000 are for the bench (`validation.accuracy`), seeds from 1000 on for training. A
correction that was learned on drawn clips is then measured on clips that it has not seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from validation.sprinter.body import body_names, load_body
from validation.sprinter.gait import build_gait
from validation.sprinter.leg import Unreachable
from validation.sprinter.parameters import ClipParameters

TRAINING_SEEDS = 1000
"""The first seed of training; those below it are the bench's."""

FAULTS: dict[str, dict[str, tuple[float, float]]] = {
    "hip_flexion_low": {"peak_thigh_deg": (46, 60)},
    "thigh_below_parallel": {"peak_thigh_deg": (65, 72)},
    "pelvis_rotation": {"pelvis_rotation_deg": (26, 32)},
    "ankle_not_dorsiflexed": {"ankle_at_peak_deg": (-36, -24)},
    "foot_not_under_knee": {"foot_ahead_of_knee_share": (-0.72, -0.6)},
    "foot_not_parallel": {"foot_pitch_at_peak_deg": (-58, -48)},
    "late_knee_drive": {"knee_drive_delay_s": (0.085, 0.105)},
}
"""Code of a check -> what is dialled in, from and to; each lies clearly beyond its target."""

GOOD: dict[str, tuple[float, float]] = {
    "peak_thigh_deg": (92, 101),
    "ankle_at_peak_deg": (-2, 10),
    "foot_ahead_of_knee_share": (-0.3, 0.1),
    "knee_drive_delay_s": (0.002, 0.03),
    "pelvis_rotation_deg": (4, 10),
}
"""What clean technique is drawn from; each lies clearly within its target."""

USUAL: dict[str, tuple[float, float]] = {
    "peak_thigh_deg": (55, 100),
    "ankle_at_peak_deg": (-25, 12),
    "foot_ahead_of_knee_share": (-0.55, 0.35),
    "knee_drive_delay_s": (0.0, 0.07),
    "pelvis_rotation_deg": (2, 24),
}
"""The whole of what runners do, good and bad, where no faults are asked for."""

WIDE: dict[str, tuple[float, float]] = {
    "peak_thigh_deg": (40, 108),
    "ankle_at_peak_deg": (-42, 18),
    "foot_ahead_of_knee_share": (-0.78, 0.5),
    "knee_drive_delay_s": (0.0, 0.11),
    "pelvis_rotation_deg": (-4, 33),
    "swing_knee_deg": (100, 150),
    "touchdown_foot_pitch_deg": (-26, 12),
    "toe_off_foot_pitch_deg": (-78, -46),
}
"""Beyond it, each leg by itself: what a correction must have seen so as not to read it as usual."""
PITCH_DEG = (-65.0, 0.0)
PITCHED = 0.25
"""The share of legs, where drawn widely, whose foot is held at a pitch of its own."""

EITHER: dict[str, tuple[float, float]] = {
    "swing_knee_deg": (118, 145),
    "touchdown_foot_pitch_deg": (-14, 4),
    "toe_off_foot_pitch_deg": (-72, -58),
    "touchdown_ahead_share": (0.34, 0.45),
}
"""What no check reads, drawn all the same."""

STATURES_M = {"man": (1.70, 1.94), "woman": (1.56, 1.80)}
SPEEDS_MPS = {"man": (7.0, 10.2), "woman": (6.4, 9.2)}
FIXED_PX = (1920, 1080)
"""A camera that stands still needs a wide picture, or the athlete is through it in a second."""
PICTURES_PX = ((854, 480), (960, 540), (1280, 720))
MOST_OF_PICTURE = 0.62
"""The athlete's height in the picture's, at most."""
EDGE_M = 0.9
"""How far from the edge of a fixed picture an athlete is when the clip begins and ends."""
MAX_TRIES = 200
FASTEST_DEG_PER_S = 2000.0
"""Thighs that would have to swing faster are not drawn: a sprinter at 9.5 m/s reaches 1060 (the
motion capture of `validation.mocap`), so this is already twice what was seen of anybody. Training
draws them all the same: what it learns should not end where the bench does."""


def draw(
    seed: int,
    *,
    view: str | None = None,
    off_square_deg: float | None = None,
    motion: str | None = None,
    fps_hz: float | None = None,
    athlete_height_px: float | None = None,
    body: str | None = None,
    running: str | None = None,
    faults: Mapping[str, str] | None = None,
    wide: bool = False,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
    duration_s: float = 1.5,
) -> ClipParameters:
    """A clip whose every parameter follows from a seed, save those that are given.

    Seeds below 1000 belong to the bench, 1000 and above to training.

    Parameters
    ----------
    seed : int
        Not negative. The same seed and arguments give the same clip.
    view : str, optional
        ``side``, ``front`` or ``rear``; by default the side in seven of ten clips.
    off_square_deg : float, optional
        By default within 20 degrees of the side, and within 6 of the front or rear.
    motion : str, optional
        ``along``, ``follow``, ``fixed`` or ``pan``.
    fps_hz, athlete_height_px : float, optional
    body : str, optional
        One of `body_names`.
    running : str, optional
        ``right`` or ``left``.
    faults : mapping of str to str, optional
        Code of a check -> ``left``, ``right`` or ``both``. An empty one asks for clean technique;
        None draws from all that runners do, each leg a little different.
    wide : bool
        Draw each leg by itself from `WIDE` in place of what runners do; for training.
    changes : mapping of str to mapping, optional
        Section -> parameter -> value, put over what was drawn.
    duration_s : float
        At most; a fixed camera films only as long as the athlete is in the picture.

    Returns
    -------
    ClipParameters
        They can be run: the stride is within reach of the legs.

    Raises
    ------
    ValueError
        Nothing that the legs can run was drawn in `MAX_TRIES` tries.
    """
    rng = np.random.default_rng((seed, 77))
    fastest = FASTEST_DEG_PER_S if seed < TRAINING_SEEDS else np.inf
    who = body or str(rng.choice(body_names()))
    shape = {"name": who, "stature_m": _between(rng, STATURES_M[who.split("_")[0]], 2)}
    seen = _camera(rng, view, off_square_deg, motion, athlete_height_px)
    look = {"seed": int(rng.integers(1, 2**31))}
    film = _film(rng, seen, fps_hz, running, duration_s)
    for _ in range(MAX_TRIES):
        asked: dict[str, dict[str, Any]] = {
            "body": shape,
            "technique": _technique(rng, who, faults) | (_wide(rng) if wide else {}),
            "camera": dict(seen),
            "look": dict(look),
            "video": dict(film),
        }
        for section, values in (changes or {}).items():
            asked[section] = _merged(asked[section], values)
        if seen["motion"] == "fixed" and seen["view"] == "side":
            _stay_in_picture(asked)
        if (clip := _runnable(asked, fastest)) is not None:
            return clip
    raise ValueError(f"seed {seed}: no stride that the legs can run in {MAX_TRIES} tries")


def _merged(drawn: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """What was drawn with changes put over it; of a leg only what is named changes."""
    return dict(drawn) | {
        key: _merged(drawn[key], value) if isinstance(drawn.get(key), Mapping) else value
        for key, value in changes.items()
    }


def _between(rng: np.random.Generator, limits: tuple[float, float], digits: int = 1) -> float:
    return round(float(rng.uniform(*limits)), digits)


def _camera(
    rng: np.random.Generator,
    view: str | None,
    off_square_deg: float | None,
    motion: str | None,
    athlete_height_px: float | None,
) -> dict[str, Any]:
    view = view or str(rng.choice(["side", "front", "rear"], p=[0.7, 0.15, 0.15]))
    usual = ["along", "follow", "fixed", "pan"] if view == "side" else ["along", "fixed"]
    motion = motion or str(rng.choice(usual))
    off = _between(rng, (-20, 20) if view == "side" else (-6, 6))
    tall = round(float(rng.uniform(120, 440)))
    near, far = (20, 34) if view != "side" else (9, 22)
    return {
        "view": view,
        "motion": motion,
        "off_square_deg": off if off_square_deg is None else off_square_deg,
        "athlete_height_px": tall if athlete_height_px is None else athlete_height_px,
        "distance_m": _between(rng, (near, far)),
        "height_m": _between(rng, (0.9, 1.8), 2),
        "roll_deg": float(rng.choice([0.0, _between(rng, (-5, 5))])),
        "shake_px": 0.0 if motion == "along" else _between(rng, (0, 4)),
    }


def _film(
    rng: np.random.Generator,
    seen: Mapping[str, Any],
    fps_hz: float | None,
    running: str | None,
    duration_s: float,
) -> dict[str, Any]:
    wide_enough = [
        size for size in PICTURES_PX if seen["athlete_height_px"] <= MOST_OF_PICTURE * size[1]
    ]
    width, height = wide_enough[rng.integers(min(2, len(wide_enough)))] if wide_enough else FIXED_PX
    if seen["motion"] == "fixed" and seen["view"] == "side":
        width, height = FIXED_PX
    drawn_fps = float(rng.choice([30.0, 60.0, 60.0, 60.0, 120.0, 240.0]))
    return {
        "fps_hz": drawn_fps if fps_hz is None else fps_hz,
        "running": running or str(rng.choice(["right", "left"])),
        "start_phase": _between(rng, (0, 0.999), 3),
        "duration_s": duration_s,
        "width_px": width,
        "height_px": height,
        "crf": int(rng.integers(18, 28)),
        "grain": _between(rng, (0.004, 0.02), 4),
        "shutter_share": _between(rng, (0.1, 0.5), 2),
        # Three pictures a frame cost three times as much, so not every clip is blurred.
        "blur_samples": int(rng.choice([1, 1, 3])),
    }


def _technique(
    rng: np.random.Generator, who: str, faults: Mapping[str, str] | None
) -> dict[str, Any]:
    speed = _between(rng, SPEEDS_MPS[who.split("_")[0]], 2)
    both = {name: _between(rng, limits, 3) for name, limits in EITHER.items()}
    drawn = {
        name: _between(rng, limits, 3)
        for name, limits in (USUAL if faults is None else GOOD).items()
    }
    sides: dict[str, dict[str, float]] = {"left": {}, "right": {}}
    if faults is None:
        for name, limits in USUAL.items():
            apart = 0.08 * (limits[1] - limits[0])
            value = drawn[name] + float(rng.normal(0, apart))
            sides["left"][name] = round(float(np.clip(value, *limits)), 3)
    for code, side in (faults or {}).items():
        wrong = {name: _between(rng, limits, 3) for name, limits in FAULTS[code].items()}
        for each in ("left", "right") if side == "both" else (side,):
            sides[each] |= wrong
    return {
        "speed_mps": speed,
        "step_rate_hz": _between(rng, (4.0, 4.8), 2),
        "contact_time_s": round(0.93 / speed * float(rng.uniform(0.92, 1.1)), 4),
        "trunk_lean_deg": _between(rng, (1, 13)),
        "shoulder_rotation_deg": _between(rng, (6, 22)),
        "pelvis_obliquity_deg": _between(rng, (2, 8)),
        "step_width_m": _between(rng, (0.04, 0.14), 3),
        **both,
        **drawn,
        **{side: values for side, values in sides.items() if values},
    }


def _wide(rng: np.random.Generator) -> dict[str, dict[str, float]]:
    """Legs that run as nobody does."""
    legs = {}
    for side in ("left", "right"):
        legs[side] = {name: _between(rng, limits, 3) for name, limits in WIDE.items()}
        if rng.random() < PITCHED:
            legs[side]["foot_pitch_at_peak_deg"] = _between(rng, PITCH_DEG)
    return legs


def _stay_in_picture(asked: dict[str, dict[str, Any]]) -> None:
    """Let a fixed camera film only as long as the athlete is wholly in the picture."""
    metre_px = asked["camera"]["athlete_height_px"] / asked["body"]["stature_m"]
    wide_m = asked["video"]["width_px"] / metre_px - 2 * EDGE_M
    longest_s = wide_m / asked["technique"]["speed_mps"]
    asked["video"]["duration_s"] = round(min(asked["video"]["duration_s"], longest_s), 3)


def _runnable(
    asked: dict[str, dict[str, Any]], fastest_deg_per_s: float
) -> ClipParameters | None:
    """The parameters, or None where the stride is out of the legs' reach, or too fast for them."""
    clip = ClipParameters.model_validate(asked)
    try:
        gait = build_gait(load_body(clip.body.name, clip.body.stature_m), clip.technique)
    except Unreachable:
        return None
    if max(leg.fastest_deg_per_s for leg in gait.legs.values()) > fastest_deg_per_s:
        return None
    return clip
