"""How long the kinematics of a million frames take, against a plain loop and against movement.

``python benchmarks/kinematics.py [--frames 1000000] [--runs 3]``

A million frames at 120 a second are more than two hours of running: one stride of a rendered
sprint again and again, each landmark moved by a millimetre at random. Prints seconds for each part
of the kinematics on them: all angles of 33 landmarks a frame, ground contacts, knee drives, and the
metrics of each with their intervals. What is found must be what was put in: two contacts and two
knee drives a stride, contact times within 10 ms.

Then, on landmarks at random, the angles that movement has too (thighs, shanks, knees and trunk):
the ratio to a plain Python loop over frames (run over fewer frames and scaled: it takes as long for
each), and to movement where it is installed. All three must agree.

Processor time, so that a busy machine does not count.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from time import process_time
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.angles import (
    compute_hanging_angle,
    compute_knee_flexion,
    compute_trunk_lean,
)
from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.kinematics.events import find_contacts
from kneedrive_cv.kinematics.gait import compute_angles
from kneedrive_cv.kinematics.smoothing import smooth
from kneedrive_cv.kinematics.strides import find_knee_drives, fit_step_frequency
from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS, SIDES
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import drive_values
from validation.sprinter.clip import make_clip
from validation.sprinter.parameters import read_parameters
from validation.truth import from_json

FloatArray = NDArray[np.float64]
Result = TypeVar("Result")

RATE_HZ = 120.0
TRUNK_CUTOFF_HZ = 3.0
HIP_CUTOFF_HZ = 6.0
LOOP_FRAMES = 20_000
LOOKED_AT = ("shoulder", "hip", "knee", "ankle")
CLOSE_DEG = 1e-6

STEP_HZ = 4.0
STRIDE_FRAMES = round(2 * RATE_HZ / STEP_HZ)
PX_PER_M = 200.0
LEG_M = 0.85
CLOSE_S = 0.010
MISSED_STRIDES = 2
"""At both ends of the signal steps are not seen whole."""

STANDING = {
    "shoulder": (0.0, -0.5),
    "hip": (0.0, 0.0),
    "knee": (0.0, 0.42),
    "ankle": (0.0, 0.84),
    "heel": (-0.05, 0.9),
    "foot_index": (0.18, 0.9),
}


def make_landmarks(frames: int) -> FloatArray:
    """Landmarks of somebody whose every point moves at random about a standing body, (T, 33, 2)."""
    draw = np.random.default_rng(0)
    xy_px = draw.normal(0.0, 0.1, (frames, len(LANDMARKS), 2))
    for part, place in STANDING.items():
        for side in SIDES:
            xy_px[:, INDEX[f"{side}_{part}"]] += place
    return 300.0 * xy_px


def make_run(frames: int) -> tuple[dict[str, FloatArray], float]:
    """Landmarks of somebody who runs to the right without end, in pixels, and his contact time.

    Points that the renderer does not know (fingers) stand at the hips.
    """
    asked = [f"video.fps_hz={RATE_HZ:g}", f"technique.step_rate_hz={STEP_HZ:g}"]
    truth = from_json(make_clip(read_parameters(None, [*asked, "video.duration_s=1.5"])).truth())
    down, up = (
        next(e.time_s for e in truth.events if e.type == kind) for kind in ("touchdown", "toe_off")
    )
    strides = -(-frames // STRIDE_FRAMES)
    draw = np.random.default_rng(1)
    points = {}
    for name in LANDMARKS:
        path = truth.points_m.get(name, truth.points_m["left_hip"])[:, [0, 2]] * (1, -1)
        stride = path[:STRIDE_FRAMES]
        onward = (path[STRIDE_FRAMES] - path[0]) * (1, 0)
        moved = (stride[None] + np.arange(strides)[:, None, None] * onward).reshape(-1, 2)[:frames]
        points[name] = PX_PER_M * (moved + draw.normal(0.0, 0.001, moved.shape))
    return points, up - down


def time_whole(points: dict[str, FloatArray], contact_s: float) -> bool:
    """Print what each part of the kinematics takes; whether they found what was put in."""
    frames = len(points["left_hip"])
    time_s = np.arange(frames) / RATE_HZ
    hip = (points["left_hip"] + points["right_hip"]) / 2
    angles = timed("all angles, the trunk smoothed", lambda: compute_angles(
        points, time_s=time_s, forward=1.0, trunk_cutoff_hz=TRUNK_CUTOFF_HZ))  # fmt: skip
    contacts: list[Contact] = timed("ground contacts, the hip smoothed", lambda: find_contacts(
        {side: points[f"{side}_foot_index"] for side in SIDES},
        {side: points[f"{side}_ankle"] for side in SIDES},
        smooth(hip, time_s, cutoff_hz=HIP_CUTOFF_HZ),
        time_s=time_s, forward=1.0, leg_length=PX_PER_M * LEG_M))  # fmt: skip
    thigh = {side: angles[f"{side}_thigh_deg"] for side in SIDES}
    drives = timed("knee drives", lambda: find_knee_drives(contacts, thigh, time_s))
    valid = dict.fromkeys(LANDMARKS, np.ones(frames, dtype=bool))
    quality = Quality(Sight("side", 1.0, "right", 0.1), RATE_HZ, 400.0, time_inferred=False)
    metrics = timed("metrics of each, with intervals", lambda: [
        drive_values(drive, angles, time_s, valid, quality) for drive in drives])  # fmt: skip
    step_hz = timed("step frequency", lambda: fit_step_frequency(contacts))
    put_in = 2 * frames // STRIDE_FRAMES
    found_s = float(np.nanmedian([c.toe_off_s - c.touchdown_s for c in contacts]))
    print(
        f"  {len(contacts)} contacts, {len(drives)} knee drives of {put_in}, {step_hz:.3f} steps/s"
    )
    print(f"  contacts of {1000 * found_s:.0f} ms, true {1000 * contact_s:.0f}")
    whole = all(put_in - 2 * MISSED_STRIDES <= len(each) <= put_in for each in (drives, metrics))
    return whole and abs(found_s - contact_s) < CLOSE_S and abs(step_hz - STEP_HZ) < 0.01


def timed(words: str, work: Callable[[], Result]) -> Result:
    """Do it once, and print how long it took the processor."""
    start_s = process_time()
    result = work()
    print(f"{words:33} {process_time() - start_s:7.2f} s")
    return result


def shared_angles(xy_px: FloatArray) -> dict[str, FloatArray]:
    """The angles that movement has too, by this package."""
    point = {name: xy_px[:, i] for name, i in INDEX.items()}
    hip = (point["left_hip"] + point["right_hip"]) / 2
    shoulder = (point["left_shoulder"] + point["right_shoulder"]) / 2
    out = {"trunk": compute_trunk_lean(hip, shoulder, forward=1.0)}
    for side in SIDES:
        thigh = compute_hanging_angle(point[f"{side}_hip"], point[f"{side}_knee"], forward=1.0)
        shank = compute_hanging_angle(point[f"{side}_knee"], point[f"{side}_ankle"], forward=1.0)
        knee = compute_knee_flexion(thigh, shank)
        out |= {f"{side}_thigh": thigh, f"{side}_shank": shank, f"{side}_knee": knee}
    return out


def loop_angles(xy_px: FloatArray) -> dict[str, FloatArray]:
    """The same, a frame at a time in plain Python, of the eight points that they are made of."""
    trunk: list[float] = []
    legs: list[tuple[list[float], list[float], list[float]]] = [([], [], []) for _ in SIDES]
    parts = [INDEX[f"{side}_{part}"] for part in LOOKED_AT for side in SIDES]
    degrees, atan2 = math.degrees, math.atan2
    for points in xy_px[:, parts].tolist():
        (lx, ly), (rx, ry) = points[2:4]
        (ax, ay), (bx, by) = points[:2]
        trunk.append(degrees(atan2((ax + bx - lx - rx) / 2, (ly + ry - ay - by) / 2)))
        for i, (thighs, shanks, knees) in enumerate(legs):
            (hx, hy), (kx, ky), (fx, fy) = points[2 + i :: 2]
            thigh, shank = degrees(atan2(kx - hx, ky - hy)), degrees(atan2(fx - kx, fy - ky))
            thighs.append(thigh)
            shanks.append(shank)
            knees.append((thigh - shank + 90.0) % 360.0 - 90.0)
    columns = {
        f"{side}_{name}": np.array(column)
        for side, own in zip(SIDES, legs, strict=True)
        for name, column in zip(("thigh", "shank", "knee"), own, strict=True)
    }
    return {"trunk": np.array(trunk)} | columns


def movement_angles() -> Callable[[FloatArray], dict[str, FloatArray]] | None:
    """The same by movement's vector tools; None where it is not installed."""
    try:
        import xarray
        from movement.utils.vector import compute_signed_angle_2d
    except ImportError:
        return None
    down, up = np.array([0.0, 1.0]), np.array([0.0, -1.0])

    def angles(xy_px: FloatArray) -> dict[str, FloatArray]:
        position = xarray.DataArray(
            xy_px,
            dims=("time", "keypoints", "space"),
            coords={"keypoints": list(LANDMARKS), "space": ["x", "y"]},
        )
        point = {n: position.sel(keypoints=n, drop=True) for n in LANDMARKS}
        hip = (point["left_hip"] + point["right_hip"]) / 2
        shoulder = (point["left_shoulder"] + point["right_shoulder"]) / 2
        out = {"trunk": -compute_signed_angle_2d(shoulder - hip, up)}
        for side in SIDES:
            thigh = point[f"{side}_knee"] - point[f"{side}_hip"]
            shank = point[f"{side}_ankle"] - point[f"{side}_knee"]
            out[f"{side}_thigh"] = compute_signed_angle_2d(thigh, down)
            out[f"{side}_shank"] = compute_signed_angle_2d(shank, down)
            out[f"{side}_knee"] = compute_signed_angle_2d(thigh, shank)
        return {name: np.rad2deg(angle.to_numpy()) for name, angle in out.items()}

    return angles


def seconds(work: Callable[[FloatArray], object], xy_px: FloatArray, runs: int) -> float:
    """Least processor time of some runs."""
    taken = []
    for _ in range(runs):
        start_s = process_time()
        work(xy_px)
        taken.append(process_time() - start_s)
    return min(taken)


def worst_deg(a: dict[str, FloatArray], b: dict[str, FloatArray]) -> float:
    """Greatest difference between two ways; a full turn is none."""
    return max(float(np.abs((a[k] - b[k] + 180.0) % 360.0 - 180.0).max()) for k in a)


def main() -> int:
    """Print the table; 1 where the ways do not agree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{arguments.frames} frames of {len(LANDMARKS)} landmarks, processor time")
    found = time_whole(*make_run(arguments.frames))
    xy_px = make_landmarks(arguments.frames)
    few = xy_px[:LOOP_FRAMES]
    own_s = seconds(shared_angles, xy_px, arguments.runs)
    loop_s = seconds(loop_angles, few, arguments.runs) * len(xy_px) / len(few)
    print(f"thighs, shanks, knees, trunk      {own_s:7.2f} s")
    worst = worst_deg(shared_angles(few), loop_angles(few))
    print(f"  in a plain loop                 {loop_s:7.2f} s  {loop_s / own_s:5.1f} times, "
          f"{worst:.0e} degrees apart")  # fmt: skip
    theirs = movement_angles()
    if theirs is None:
        print("  by movement                     not installed here")
        return int(not found or worst > CLOSE_DEG)
    theirs_s = seconds(theirs, xy_px, arguments.runs)
    apart = worst_deg(shared_angles(few), theirs(few))
    print(f"  by movement                     {theirs_s:7.2f} s  {theirs_s / own_s:5.1f} times, "
          f"{apart:.0e} degrees apart")  # fmt: skip
    return int(not found or max(worst, apart) > CLOSE_DEG)


if __name__ == "__main__":
    raise SystemExit(main())
