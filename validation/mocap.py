"""The kinematics against motion capture of a real sprint, and against the sprinter's 3D truth.

Run it as ``python -m validation.mocap [--shared DIR]``.

Angles are worked out from markers by the product's functions, in the plane of the run, and compared
with those that OpenSim fitted to the same markers, which are three-dimensional, between the joint
centres of a skeleton. Where the definitions differ a steady part is to be expected; what counts is
that the rest follows. Contacts are compared with the events of the force plates, and with those of
the sprinter's mesh.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics import angles
from kneedrive_cv.kinematics.gait import compute_angles
from kneedrive_cv.pose.landmarks import SIDES, Side
from validation.common import ROOT, Requirements, match, parser, print_table
from validation.mocap_files import read_mot, read_trc
from validation.runs import Run, event_times, run_in_metres
from validation.sprinter.clip import make_clip
from validation.sprinter.parameters import read_parameters
from validation.truth import LEG_ANGLES, Truth, from_json

FloatArray = NDArray[np.float64]

MARKERS = ("mocap", "sprint_9.5mps.trc")
FITTED = ("mocap", "sprint_9.5mps_ik.mot")
RATE_HZ = 250.0
START_S = 3.328
"""Of the trial's clock, at the first frame."""
LETTERS: dict[Side, str] = {"left": "L", "right": "R"}

PLATES_S: dict[tuple[str, Side], tuple[float, ...]] = {
    ("touchdown", "right"): (3.680, 4.140, 4.600),
    ("touchdown", "left"): (3.908, 4.364),
    ("toe_off", "left"): (3.564, 4.032, 4.488),
    ("toe_off", "right"): (3.804, 4.264),
}
"""Foot strike and foot off by the force plates, as they stand in the C3D file of the trial."""
EVENT_BOUND_S = 0.010
"""The events of the file itself agree with the forces to about that."""
WITHIN_S = 0.03
EDGE_FRAMES = 3
"""What the last frames hold cannot be told from a contact that goes on."""


@dataclass(frozen=True)
class Bound:
    """How far an angle from markers may be from the fitted one, and why.

    Attributes
    ----------
    steady_deg, varying_deg : float
        Limit of the mean difference, and of the standard deviation around it.
    why : str
        Where the steady part comes from.
    """

    steady_deg: float
    varying_deg: float
    why: str


BOUNDS: dict[str, Bound] = {
    "thigh_deg": Bound(5.0, 3.0, "outer knee marker and regressed hip, no fitted joint centres"),
    "knee_flexion_deg": Bound(6.5, 4.5, "the sum of the thigh's and the shank's"),
    "ankle_dorsiflexion_deg": Bound(2.5, 4.0, "heel and toe markers on the shoe, not the sole"),
    "foot_pitch_deg": Bound(4.0, 3.0, "heel and toe markers on the shoe, not the sole"),
    "trunk_lean_deg": Bound(
        16.0, 3.0, "OpenSim's torso is an axis of its model's spine, not the line hips to shoulders"
    ),
    "hip_flexion_deg": Bound(20.0, 4.0, "the sum of the thigh's and the trunk's"),
}
SPRINTER_BOUND_DEG = 1.0
SPRINTER_RATES_HZ = (240.0, 60.0)
SAMPLES = ("side_good", "side_one_fault", "panning", "front_twist")


def read_markers(path: Path) -> dict[str, FloatArray]:
    """Markers as the product sees points, x forward and y down, shape (T, 2), with hip joints."""
    found = read_trc(path)
    flat = {name: points[:, :2] * [1.0, -1.0] for name, points in found.items()}
    width_m = float(np.linalg.norm(found["RASI"] - found["LASI"], axis=1).mean())
    return flat | {"hip": _hip_joint(flat, width_m)}


def _hip_joint(markers: dict[str, FloatArray], width_m: float) -> FloatArray:
    """Middle of the hip joints, 19 % behind and 30 % below the pelvis's width (Bell 1989)."""
    front = (markers["RASI"] + markers["LASI"]) / 2
    ahead = front - markers["SACR"]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    below = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    return np.asarray(front + width_m * (0.30 * below - 0.19 * ahead))


def marker_angles(markers: dict[str, FloatArray], side: Side) -> dict[str, FloatArray]:
    """Angles of a leg and the trunk by the product's functions, each shape (T,)."""
    knee, ankle, heel, toe = (
        markers[f"{LETTERS[side]}{name}"] for name in ("LEPI", "LMAL", "HEEL", "TOE")
    )
    hip, shoulder = markers["hip"], (markers["RSH"] + markers["LSH"]) / 2
    thigh = angles.compute_hanging_angle(hip, knee, forward=1.0)
    shank = angles.compute_hanging_angle(knee, ankle, forward=1.0)
    pitch = angles.compute_foot_pitch(heel, toe, forward=1.0)
    trunk = angles.compute_trunk_lean(hip, shoulder, forward=1.0)
    return {
        "thigh_deg": thigh,
        "knee_flexion_deg": angles.compute_knee_flexion(thigh, shank),
        "ankle_dorsiflexion_deg": angles.compute_ankle_dorsiflexion(pitch, shank),
        "foot_pitch_deg": pitch,
        "trunk_lean_deg": trunk,
        "hip_flexion_deg": angles.compute_hip_flexion(thigh, trunk),
    }


def fitted_angles(fitted: dict[str, FloatArray], side: Side) -> dict[str, FloatArray]:
    """The same angles from OpenSim's coordinates, each shape (T,)."""
    letter = side[0]
    thigh = fitted[f"hip_flexion_{letter}"] + fitted["pelvis_tilt"]
    knee, ankle = fitted[f"knee_angle_{letter}"], fitted[f"ankle_angle_{letter}"]
    trunk = -(fitted["pelvis_tilt"] + fitted["lumbar_extension"])
    return {
        "thigh_deg": thigh,
        "knee_flexion_deg": knee,
        "ankle_dorsiflexion_deg": ankle,
        "foot_pitch_deg": thigh - knee + ankle,
        "trunk_lean_deg": trunk,
        "hip_flexion_deg": thigh + trunk,
    }


def angle_difference(
    markers: dict[str, FloatArray], fitted: dict[str, FloatArray], side: Side, name: str
) -> FloatArray:
    """From the markers minus fitted, in every frame, degrees."""
    off = marker_angles(markers, side)[name] - fitted_angles(fitted, side)[name]
    return np.asarray((off + 180.0) % 360.0 - 180.0)


def marker_run(markers: dict[str, FloatArray]) -> Run:
    """What the search for contacts needs, from the markers."""
    leg = np.linalg.norm(markers["RTHAP"] - markers["RLMAL"], axis=1)
    return Run(
        forefoot={side: markers[f"{s}TOE"] for side, s in LETTERS.items()},
        ankle={side: markers[f"{s}LMAL"] for side, s in LETTERS.items()},
        hip=np.mean([markers[m] for m in ("RASI", "LASI", "SACR")], axis=0),
        time_s=START_S + np.arange(len(leg)) / RATE_HZ,
        forward=1.0,
        leg_length=float(np.round(np.median(leg), 1)),
    )


@dataclass(frozen=True)
class EventErrors:
    """One kind of event: errors in milliseconds, and how many were not found."""

    kind: str
    errors_ms: FloatArray
    missed: int


def event_errors(run: Run, expected_s: dict[tuple[str, Side], Any]) -> list[EventErrors]:
    """Found minus true, by kind of event, of all that the frames hold."""
    contacts = run.contacts()
    first_s, last_s = run.time_s[0], run.time_s[-EDGE_FRAMES]
    found: list[EventErrors] = []
    for kind in ("touchdown", "toe_off"):
        errors: list[float] = []
        missed = 0
        for side in SIDES:
            true = np.array([t for t in expected_s[kind, side] if first_s < t < last_s])
            mine = event_times(contacts, kind, side)
            pairs = match(true, mine, within=WITHIN_S)
            errors += [1000.0 * float(mine[j] - true[i]) for i, j in pairs]
            missed += len(true) - len(pairs)
        found.append(EventErrors(kind, np.array(errors), missed))
    return found


def sprinter_truth(root: Path, name: str, fps_hz: float) -> Truth:
    """Truth of a sample's gait at a frame rate, without drawing it."""
    settings = root / "validation" / "sprinter" / "samples" / f"{name}.toml"
    asked = ["video.duration_s=1.2", f"video.fps_hz={fps_hz}"]
    return from_json(make_clip(read_parameters(settings, asked)).truth())


def sprinter_angle_errors(truth: Truth) -> Iterator[tuple[str, float]]:
    """Angle and greatest difference, from the sprinter's 3D points by the product's functions."""
    flat = {name: xyz[:, [0, 2]] * [1.0, -1.0] for name, xyz in truth.points_m.items()}
    time_s = np.arange(len(truth)) / truth.fps_hz
    found = compute_angles(flat, time_s=time_s, forward=1.0, trunk_cutoff_hz=1.5)
    for name in (*(f"{s}_{a}" for s in SIDES for a in LEG_ANGLES), "trunk_lean_deg"):
        off = (found[name] - truth.angles_deg[name] + 180.0) % 360.0 - 180.0
        yield name, float(np.abs(off).max())


def main() -> int:
    """Print the tables; 1 when a bound does not hold."""
    arguments = parser(__doc__ or "").parse_args()
    verdict = Requirements()
    trc, mot = (arguments.shared.joinpath(*parts) for parts in (MARKERS, FITTED))
    if trc.exists() and mot.exists():
        markers, fitted = read_markers(trc), read_mot(mot)
        print_angles(markers, fitted, verdict)
        run = marker_run(markers)
        steps = [(1, 0), *((4, first) for first in range(4))]
        runs = [(f"motion capture, {RATE_HZ / n:.0f} Hz", run.thinned(n, k)) for n, k in steps]
        print_events([(name, event_errors(each, PLATES_S)) for name, each in runs], verdict)
    else:
        print(f"{'/'.join(MARKERS)} is not in {arguments.shared}: motion capture is left out\n")
    print_sprinter(verdict)
    return verdict.exit_code


def print_angles(
    markers: dict[str, FloatArray], fitted: dict[str, FloatArray], verdict: Requirements
) -> None:
    """Each angle of each leg: what is steady, what varies, the bounds, and why."""
    rows: list[list[object]] = []
    for name, bound in BOUNDS.items():
        for side in SIDES:
            off = angle_difference(markers, fitted, side, name)
            steady, varying = float(off.mean()), float(off.std())
            limits = (f"{bound.steady_deg:.1f}", f"{bound.varying_deg:.1f}")
            rows.append([name, side, steady, limits[0], varying, limits[1], bound.why])
            within = abs(steady) <= bound.steady_deg and varying <= bound.varying_deg
            verdict.check(within, f"{side} {name} follows OpenSim's within its bounds")
    head = ("angle", "side", "steady part", "bound", "SD around it", "bound", "why it is steady")
    print_table(head, rows)


def print_events(found: list[tuple[str, list[EventErrors]]], verdict: Requirements) -> None:
    """Errors of the events of each run."""
    rows: list[list[object]] = []
    for name, kinds in found:
        for each in kinds:
            errors = each.errors_ms
            worst = float(np.abs(errors).max()) if len(errors) else float("nan")
            rows.append([name, each.kind, len(errors), each.missed, float(errors.mean()), worst])
            within = each.missed == 0 and worst <= 1000.0 * EVENT_BOUND_S
            verdict.check(within, f"{name}: every {each.kind} within {1000 * EVENT_BOUND_S:.0f} ms")
    print_table(("run", "event", "n", "missed", "bias ms", "worst ms"), rows)


def print_sprinter(verdict: Requirements) -> None:
    """The product's functions on the sprinter's 3D points."""
    found = []
    for name in SAMPLES:
        for fps_hz in SPRINTER_RATES_HZ:
            truth = sprinter_truth(ROOT, name, fps_hz)
            times = {
                (kind, side): truth.times_s(kind, side)
                for kind in ("touchdown", "toe_off")
                for side in SIDES
            }
            label = f"sprinter, {name}, {fps_hz:.0f} Hz"
            found.append((label, event_errors(run_in_metres(truth), times)))
        worst_name, worst = max(sprinter_angle_errors(truth), key=lambda pair: pair[1])
        verdict.check(
            worst <= SPRINTER_BOUND_DEG,
            f"sprinter, {name}: angles from its 3D points within {SPRINTER_BOUND_DEG:.0f} degree "
            f"of its truth (worst {worst:.2f}, {worst_name})",
        )
    print_events(found, verdict)


if __name__ == "__main__":
    sys.exit(main())
