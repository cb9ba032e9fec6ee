"""What is known of a rendered clip, by the names and signs of the product.

The sprinter writes ``.json`` beside its clips. The older clips of ``../shared/synth`` have ``.npz``
with names of their own, which are brought to the same here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.series import extreme_between, value_at
from kneedrive_cv.pose.landmarks import SIDES, Side

FloatArray = NDArray[np.float64]

LEG_ANGLES = (
    "thigh_deg",
    "hip_flexion_deg",
    "knee_flexion_deg",
    "ankle_dorsiflexion_deg",
    "foot_pitch_deg",
)
"""Angles that exist for each leg, as in ``left_thigh_deg``."""

KNEES = ("knee_height_thigh", "knee_across_middle_thigh")
TURN = "pelvis_rotation_deg"
PELVIS_TILT = "pelvis_obliquity_deg"

OLD_ANGLES = {
    "thigh": "thigh_deg",
    "hipflex": "hip_flexion_deg",
    "knee": "knee_flexion_deg",
    "ankle": "ankle_dorsiflexion_deg",
    "footpitch": "foot_pitch_deg",
    "shank": "shank_deg",
    "trunk": "trunk_lean_deg",
    "pelvis_rot": "pelvis_rotation_deg",
    "pelvis_obl": "pelvis_obliquity_deg",
}
OLD_EVENTS: dict[str, Literal["touchdown", "toe_off"]] = {"TD": "touchdown", "TO": "toe_off"}


@dataclass(frozen=True)
class TruthEvent:
    """A touchdown or toe-off; ``frame`` is the time in frames, not rounded."""

    type: Literal["touchdown", "toe_off"]
    side: Side
    time_s: float
    frame: float


@dataclass(frozen=True)
class TrueDrive:
    """A knee drive that lies wholly in a rendered clip.

    Attributes
    ----------
    side : str
    toe_off_s, peak_s, touchdown_s : float
    metrics : dict of str to float
        By the names of a stride's metrics; all of them, NaN where the truth does not say it.
    """

    side: Side
    toe_off_s: float
    peak_s: float
    touchdown_s: float
    metrics: dict[str, float]


@dataclass(frozen=True)
class Truth:
    """Truth of a rendered clip.

    Attributes
    ----------
    points_m : dict of str to ndarray, shape (T, 3)
        Points in metres, x forward, y to the athlete's left, z up; names as in ``left_hip``.
    points_px : dict of str to ndarray, shape (T, 2)
        The same points in the picture; NaN behind the camera.
    angles_deg : dict of str to ndarray, shape (T,)
        By the names of ``angles.csv``, with ``left_shank_deg`` and ``right_shank_deg``.
    fps_hz : float
        Frames a second.
    near_side : str or None
        The leg nearer to the camera; None from the front and the rear.
    events : tuple of TruthEvent
        Touchdowns and toe-offs in order of time.
    drives : tuple of TrueDrive
        Those that lie wholly in the clip, in order of time.
    parameters : dict
        What was asked of the clip, as the file says it.
    """

    points_m: dict[str, FloatArray]
    points_px: dict[str, FloatArray]
    angles_deg: dict[str, FloatArray]
    fps_hz: float
    near_side: Side | None
    events: tuple[TruthEvent, ...]
    drives: tuple[TrueDrive, ...]
    parameters: dict[str, Any]

    def __len__(self) -> int:
        return len(self.angles_deg["trunk_lean_deg"])

    @property
    def last_s(self) -> float:
        """Time of the last frame."""
        return (len(self) - 1) / self.fps_hz

    def times_s(self, kind: str, side: Side) -> FloatArray:
        """Times of one kind of event of one foot between the first frame and the last."""
        times = [e.time_s for e in self.events if (e.type, e.side) == (kind, side)]
        return np.array([t for t in times if 0.0 < t < self.last_s])


def load_truth(path: Path) -> Truth:
    """Read the truth beside a rendered clip; the path of the clip will do."""
    if path.with_suffix(".json").exists():
        return from_json(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    return _from_npz(path.with_suffix(".npz"))


def from_json(data: dict[str, Any]) -> Truth:
    """Truth from what the sprinter writes."""
    angles = {name: np.array(values, dtype=float) for name, values in data["angles"].items()}
    for side in SIDES:
        shank = angles[f"{side}_thigh_deg"] - angles[f"{side}_knee_flexion_deg"]
        angles[f"{side}_shank_deg"] = shank
    events = tuple(TruthEvent(**event) for event in data["events"])
    last_s = (data["frames"] - 1) / data["fps_hz"]
    points_m = {name: np.array(xyz) for name, xyz in data["points_m"].items()}
    video, view = data["parameters"]["video"], data["parameters"]["camera"]["view"]
    return Truth(
        points_m=points_m,
        points_px={name: np.array(xy, dtype=float) for name, xy in data["points_px"].items()},
        angles_deg=angles,
        fps_hz=data["fps_hz"],
        near_side=video["running"] if view == "side" else None,
        events=events,
        drives=tuple(
            _known_drive(drive, events, angles | _knees(points_m), data["fps_hz"])
            for drive in data["knee_drives"]
            if drive["toe_off_s"] >= 0 and drive["touchdown_s"] <= last_s
        ),
        parameters=data["parameters"],
    )


def _knees(points_m: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Where the knees are, seen from the front, in lengths of the thigh; each shape (T,)."""
    middle_y = (points_m["left_hip"] + points_m["right_hip"])[:, 1] / 2
    columns = {}
    for side, inward in (("left", -1.0), ("right", 1.0)):
        hip, knee = points_m[f"{side}_hip"], points_m[f"{side}_knee"]
        thigh_m = float(np.median(np.linalg.norm(knee - hip, axis=1)))
        columns[f"{side}_knee_height_thigh"] = (knee - hip)[:, 2] / thigh_m
        columns[f"{side}_knee_across_middle_thigh"] = inward * (knee[:, 1] - middle_y) / thigh_m
    return columns


def _known_drive(
    drive: dict[str, Any],
    events: Sequence[TruthEvent],
    columns: dict[str, FloatArray],
    fps_hz: float,
) -> TrueDrive:
    """A knee drive as the file has it, with what follows from events and points."""
    times = {"side", "toe_off_s", "time_s", "touchdown_s", "frame"}
    metrics = {name: value for name, value in drive.items() if name not in times}
    before_s = drive["toe_off_s"] - drive["contact_time_s"]
    metrics |= _step(events, drive["side"], before_s, drive["toe_off_s"])
    time_s = np.arange(len(columns["trunk_lean_deg"])) / fps_hz
    others = {name: f"{drive['side']}_{name}" for name in KNEES} | {PELVIS_TILT: PELVIS_TILT}
    metrics |= {n: value_at(columns[c], time_s, drive["time_s"]) for n, c in others.items()}
    metrics[TURN] = _turned(
        columns[TURN], time_s, drive["side"], drive["toe_off_s"], drive["touchdown_s"]
    )
    # of a knee drive it is the driving leg's hip that counts as up, in a column the right one
    metrics[PELVIS_TILT] *= 1.0 if drive["side"] == "right" else -1.0
    return TrueDrive(
        drive["side"], drive["toe_off_s"], drive["time_s"], drive["touchdown_s"], metrics
    )


def _turned(
    turn_deg: FloatArray, time_s: FloatArray, side: Side, toe_off_s: float, touchdown_s: float
) -> float:
    """How far the driving leg's hip comes ahead in a knee drive, at most; the right is positive."""
    sign = 1.0 if side == "right" else -1.0
    most = extreme_between(turn_deg, time_s, toe_off_s, touchdown_s, sign=sign)
    return float("nan") if most is None else most.value


def _step(
    events: Sequence[TruthEvent], side: Side, touchdown_s: float, toe_off_s: float
) -> dict[str, float]:
    """Flight and steps a second from a contact on; NaN where the next one is not in the clip."""
    down = [e.time_s for e in events if e.type == "touchdown" and e.side != side]
    # not after the toe-off: in a march the other foot comes down before it
    after_s = min((t for t in down if t > touchdown_s), default=float("nan"))
    return {
        "flight_time_s": after_s - toe_off_s,
        "step_frequency_hz": 1 / (after_s - touchdown_s),
    }


def _from_npz(path: Path) -> Truth:
    """Truth of an older clip, brought to the product's names and signs."""
    with np.load(path) as data:
        points = [_named(str(name)) for name in data["points"]]
        angles = {str(name): data["angles"][:, i] for i, name in enumerate(data["angle_names"])}
        meta = json.loads(str(data["meta"]))
        points_m = {name: data["xyz"][:, i] for i, name in enumerate(points)}
        points_px = {name: data["px"][:, i] for i, name in enumerate(points)}
        fps_hz = float(data["fps"])
    renamed = {_angle_named(name): values for name, values in angles.items()}
    for side in SIDES:
        # the files count the pitch of the foot with the toes down positive
        renamed[f"{side}_foot_pitch_deg"] = -renamed[f"{side}_foot_pitch_deg"]
    events = tuple(sorted(map(_old_event, meta.pop("events")), key=lambda event: event.time_s))
    ahead = points_px["right_foot_index"][:, 0] - points_px["right_heel"][:, 0]
    return Truth(
        points_m=points_m,
        points_px=points_px,
        angles_deg=renamed,
        fps_hz=fps_hz,
        # the right leg of an athlete who runs to the right
        near_side="right" if np.median(ahead) > 0 else "left",
        events=events,
        drives=_drives_between(events, renamed, fps_hz),
        parameters=meta,
    )


def _named(name: str) -> str:
    """``toe_l`` -> ``left_foot_index``."""
    part, _, letter = name.rpartition("_")
    if letter not in ("l", "r") or not part:
        return name
    return f"{'left' if letter == 'l' else 'right'}_{'foot_index' if part == 'toe' else part}"


def _angle_named(name: str) -> str:
    """``hipflex_r`` -> ``right_hip_flexion_deg``; what has no other name keeps it."""
    if name in OLD_ANGLES:
        return OLD_ANGLES[name]
    part, _, letter = name.rpartition("_")
    side = {"l": "left", "r": "right"}.get(letter)
    return f"{side}_{OLD_ANGLES.get(part, part)}" if side and part else name


def _old_event(entry: dict[str, Any]) -> TruthEvent:
    side: Side = "left" if entry["side"] == "l" else "right"
    return TruthEvent(OLD_EVENTS[entry["type"]], side, entry["t"], entry["frame"])


def _drives_between(
    events: Sequence[TruthEvent], angles: dict[str, FloatArray], fps_hz: float
) -> tuple[TrueDrive, ...]:
    """Every knee drive from a planned toe-off to the same foot's next planned touchdown."""
    last_s = (len(angles["trunk_lean_deg"]) - 1) / fps_hz
    drives = []
    for side in SIDES:
        own = [event for event in events if event.side == side]
        for before, off, down in zip([None, *own[:-2]], own, own[1:], strict=False):
            if off.type == "toe_off" and off.time_s >= 0 and down.time_s <= last_s:
                before_s = before.time_s if before else float("nan")
                step = _step(events, side, before_s, off.time_s)
                step["contact_time_s"] = off.time_s - before_s
                drives.append(_read_drive(angles, fps_hz, side, off.time_s, down.time_s, step))
    return tuple(sorted(drives, key=lambda drive: drive.toe_off_s))


def _read_drive(
    angles: dict[str, FloatArray],
    fps_hz: float,
    side: Side,
    toe_off_s: float,
    touchdown_s: float,
    step: dict[str, float],
) -> TrueDrive:
    """Truth at the top of one knee drive, between frames as it is measured."""
    thigh = angles[f"{side}_thigh_deg"]
    time_s = np.arange(len(thigh)) / fps_hz
    top = extreme_between(thigh, time_s, toe_off_s, touchdown_s)
    assert top is not None
    names = {name: f"{side}_{name}" for name in LEG_ANGLES}
    names |= {"trunk_lean_deg": "trunk_lean_deg"}
    metrics = {name: value_at(angles[column], time_s, top.time_s) for name, column in names.items()}
    metrics[TURN] = _turned(angles[TURN], time_s, side, toe_off_s, touchdown_s)
    shank_deg = value_at(angles[f"{side}_shank_deg"], time_s, top.time_s)
    earliest_s = max(0.0, toe_off_s - 0.08)
    rearmost = extreme_between(thigh, time_s, earliest_s, top.time_s, sign=-1.0)
    assert rearmost is not None
    # the older clips are all filmed from the side, where these are not seen
    metrics |= dict.fromkeys((*KNEES, PELVIS_TILT), float("nan"))
    metrics |= step | {
        "foot_ahead_of_knee_shank": float(np.sin(np.deg2rad(shank_deg))),
        "knee_drive_delay_s": rearmost.time_s - toe_off_s,
    }
    return TrueDrive(side, toe_off_s, top.time_s, touchdown_s, metrics)
