"""What is true of a runner at a time, and when the feet are on the ground."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.body import Pose
from validation.sprinter.gait import SIDES, Gait

FloatArray = NDArray[np.float64]
Points = dict[str, FloatArray]

TOUCHING_M = 0.003
STILL_MPS = 0.5
"""A sole's vertex that is lower and slower than these two stands on the ground."""
EVENT_STEP_S = 2e-4


@dataclass(frozen=True)
class TruthEvent:
    """A touchdown or toe-off of the mesh's sole."""

    type: Literal["touchdown", "toe_off"]
    side: Literal["left", "right"]
    time_s: float


def angles(points: Points) -> dict[str, float]:
    """Angles by DESIGN.md's names and signs, degrees, from points in metres.

    Parameters
    ----------
    points : dict of ndarray, shape (3,)
        x forward, y to the athlete's left, z up.

    Returns
    -------
    dict of float
    """
    hips = points["right_hip"] - points["left_hip"]
    trunk = points["left_shoulder"] + points["right_shoulder"]
    trunk = trunk - points["left_hip"] - points["right_hip"]
    lean = _degrees(trunk[0], trunk[2])
    found = {
        "trunk_lean_deg": lean,
        "pelvis_rotation_deg": _degrees(hips[0], -hips[1]),
        "pelvis_obliquity_deg": _degrees(hips[2], float(np.hypot(hips[0], hips[1]))),
    }
    for side in SIDES:
        found |= {f"{side}_{name}": value for name, value in _leg(points, side, lean).items()}
    return found


def _leg(points: Points, side: str, lean_deg: float) -> dict[str, float]:
    hip, knee, ankle = (points[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    foot = points[f"{side}_foot_index"] - points[f"{side}_heel"]
    thigh = _degrees((knee - hip)[0], -(knee - hip)[2])
    shank = _degrees((ankle - knee)[0], -(ankle - knee)[2])
    sole = _degrees(foot[2], foot[0])
    shank_m = float(np.linalg.norm(ankle - knee))
    return {
        "thigh_deg": thigh,
        "hip_flexion_deg": thigh + lean_deg,
        "knee_flexion_deg": _wrapped(thigh - shank),
        "ankle_dorsiflexion_deg": _wrapped(sole - shank),
        "foot_pitch_deg": sole,
        "foot_ahead_of_knee_shank": float((ankle - knee)[0]) / shank_m,
    }


def _degrees(rise: float, run: float) -> float:
    return float(np.rad2deg(np.arctan2(rise, run)))


def _wrapped(angle_deg: float) -> float:
    return (angle_deg + 180) % 360 - 180


def sole_m(gait: Gait, side: str, time_s: float) -> FloatArray:
    """Vertices of a sole, shape (V, 3), metres."""
    pose: Pose = dict.fromkeys(gait.body.bones, (np.eye(3), np.zeros(3)))
    return gait.body.skin(pose | gait.legs_pose(time_s), gait.body.soles[side])


def in_contact(gait: Gait, side: str, time_s: float) -> bool:
    """Whether any vertex of the sole is within 3 mm of the ground and not moving."""
    here, there = (sole_m(gait, side, time_s + d) for d in (-EVENT_STEP_S / 2, EVENT_STEP_S / 2))
    slow = np.linalg.norm(there - here, axis=1) < STILL_MPS * EVENT_STEP_S
    low = np.minimum(here, there)[:, 2] < TOUCHING_M
    return bool((slow & low).any())


@lru_cache(maxsize=4)  # both sides of a runner, asked for again and again
def contacts(gait: Gait, side: str) -> tuple[tuple[float, float], ...]:
    """Touchdowns and toe-offs of the mesh in the first stride, seconds, to under 1 ms.

    One of each, or two where a hop parts the contact.
    """
    leg, found = gait.legs[side], []
    for start, end in leg.hop.stands_s():
        middle = leg.touchdown_s + (start + end) / 2
        reach = (end - start) / 2 + 0.03
        found.append((_edge(gait, side, middle, -reach), _edge(gait, side, middle, reach)))
    return tuple(found)


def _edge(gait: Gait, side: str, inside_s: float, reach_s: float) -> float:
    """Where contact ends between a time in it and one out of it, by halving."""
    outside_s = inside_s + reach_s
    while abs(outside_s - inside_s) > 1e-4:
        middle = (inside_s + outside_s) / 2
        if in_contact(gait, side, middle):
            inside_s = middle
        else:
            outside_s = middle
    return (inside_s + outside_s) / 2


def events(gait: Gait, start_s: float, end_s: float) -> list[TruthEvent]:
    """Touchdowns and toe-offs within a time, in order; half-open."""
    found = []
    for side in SIDES:
        for down, up in contacts(gait, side):
            first = int(np.floor((start_s - up) / gait.pelvis.stride_s))
            last = int(np.ceil((end_s - down) / gait.pelvis.stride_s))
            for stride in range(first, last + 1):
                shift = stride * gait.pelvis.stride_s
                found += [
                    TruthEvent("touchdown", side, down + shift),
                    TruthEvent("toe_off", side, up + shift),
                ]
    inside = (event for event in found if start_s <= event.time_s < end_s)
    return sorted(inside, key=lambda event: event.time_s)


@dataclass(frozen=True)
class KneeDrive:
    """A knee drive: its peak, and what is true there; angles in degrees.

    The pelvis's rotation is the greatest between toe-off and touchdown, the own hip ahead.
    """

    side: str
    toe_off_s: float
    time_s: float
    touchdown_s: float
    thigh_deg: float
    hip_flexion_deg: float
    knee_flexion_deg: float
    ankle_dorsiflexion_deg: float
    foot_pitch_deg: float
    foot_ahead_of_knee_shank: float
    trunk_lean_deg: float
    pelvis_rotation_deg: float
    knee_drive_delay_s: float
    contact_time_s: float


class DriveTimes(NamedTuple):
    """Touchdown, toe-off, lowest and highest thigh of a side's first stride, seconds."""

    touchdown: float
    toe_off: float
    lowest: float
    peak: float


def drive_times(gait: Gait, side: str) -> DriveTimes:
    """When a side's first contact begins and ends (after a hop, if any), and its thigh turns."""
    stands = contacts(gait, side)
    down, up = stands[0][0], stands[-1][1]
    times = np.arange(up, down + gait.pelvis.stride_s, 5e-4)
    thighs = np.array([gait.legs[side].at(t).thigh for t in times])
    top = int(np.argmax(thighs))
    low = int(np.argmin(thighs[: top + 1]))
    return DriveTimes(down, up, float(times[low]), float(times[top]))


def knee_drive(
    gait: Gait, side: str, stride: int = 0, times: DriveTimes | None = None
) -> KneeDrive:
    """What is true of the knee drive that follows a contact of a side.

    Parameters
    ----------
    gait : Gait
        The runner.
    side : str
        ``left`` or ``right``.
    stride : int
        0 for the first contact's knee drive.
    times : DriveTimes, optional
        Where they are known already.

    Returns
    -------
    KneeDrive
        ``contact_time_s`` is that of the contact before.
    """
    known = times or drive_times(gait, side)
    shift = stride * gait.pelvis.stride_s
    peak_s = known.peak + shift
    truth = angles(gait.body.points(gait.pose(peak_s)))
    own = {k.removeprefix(f"{side}_"): v for k, v in truth.items()}
    own["pelvis_rotation_deg"] = _turned_deg(gait, side, known, shift)
    names = KneeDrive.__dataclass_fields__
    return KneeDrive(
        side=side,
        toe_off_s=known.toe_off + shift,
        time_s=peak_s,
        touchdown_s=known.touchdown + shift + gait.pelvis.stride_s,
        knee_drive_delay_s=known.lowest - known.toe_off,
        contact_time_s=known.toe_off - known.touchdown,
        **{name: own[name] for name in names if name in own},
    )


def _turned_deg(gait: Gait, side: str, known: DriveTimes, shift_s: float) -> float:
    """How far the own hip comes ahead within a swing, at most; the right one's turn is positive."""
    touchdown_s = known.touchdown + gait.pelvis.stride_s
    turns_deg = [
        gait.pelvis.rotation_deg(t + shift_s) for t in np.arange(known.toe_off, touchdown_s, 1e-3)
    ]
    return max(turns_deg) if side == "right" else min(turns_deg)


def knee_drives(gait: Gait, start_s: float, end_s: float) -> list[dict[str, Any]]:
    """The knee drives whose peak lies within a time, as plain values, in order."""
    found = []
    for side in SIDES:
        times = drive_times(gait, side)
        first = int(np.ceil((start_s - times.peak) / gait.pelvis.stride_s))
        end = int(np.ceil((end_s - times.peak) / gait.pelvis.stride_s))
        found += [asdict(knee_drive(gait, side, n, times)) for n in range(first, end)]
    return sorted(found, key=lambda drive: float(drive["time_s"]))
