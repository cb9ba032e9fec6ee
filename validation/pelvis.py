"""Front, rear and side view against truth: how far pelvic rotation can be read, and the rest.

Run it as ``python -m validation.pelvis --clips DIR [--count N] [--seed N]``. Clips that are not in
the folder yet are rendered into it (0.3 to 2 s a frame); the table is over all that lie there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.repair import CleanPose, repair
from kneedrive_cv.config import Settings
from kneedrive_cv.footage import crops_to_read
from kneedrive_cv.kinematics.series import value_at
from kneedrive_cv.kinematics.strides import KneeDrive
from kneedrive_cv.looks import look_at_pelvis
from kneedrive_cv.pipeline import PELVIS, find_in_clip, open_pose_pool
from kneedrive_cv.pose.estimate import PosePool, estimate_poses
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.pose.pelvis import PelvisNetwork, PelvisSeen
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.view import Sight, find_sight
from kneedrive_cv.technique.frontal import measure_frontal
from kneedrive_cv.technique.measure import Motion
from kneedrive_cv.technique.pelvis import TURN, with_pelvis
from kneedrive_cv.weights import model_path
from validation.common import print_table
from validation.sprinter.clip import write_clip
from validation.sprinter.leg import Unreachable
from validation.sprinter.parameters import ClipParameters
from validation.truth import Truth, load_truth

FloatArray = NDArray[np.float64]

VIEWS = ("front", "rear", "side")
USUAL_DEG = 16.0
"""What a guess without looking would say: the usual amplitude at speed (Nagahara 2018)."""

RIGHT_AHEAD = 2 * np.pi * 0.63
"""When in the stride the sprinter's right hip is ahead, from his right touchdown."""

HIPS_TRUNK = 0.39
"""Distance of the hip landmarks in trunk lengths, as they are seen from the front."""

BODIES = ("man_african", "man_caucasian", "woman_african", "woman_asian")


@dataclass(frozen=True)
class Read:
    """One clip as it was read, with its truth."""

    path: Path
    view: str
    truth: Truth
    clean: CleanPose
    sight: Sight
    seen: PelvisSeen | None

    @property
    def told_deg(self) -> float:
        """Amplitude as the program tells it; NaN where it does not."""
        if not self.sight.frontal:
            return float("nan")
        motion = measure_frontal(self.clean, sight=self.sight, settings=Settings().clean)
        return float(np.ptp(with_pelvis(motion, self.seen, self.sight.view).angles[TURN])) / 2

    @property
    def phase(self) -> FloatArray:
        """Phase of the stride in each frame, 0 at the right touchdown; it is the true one."""
        asked = self.truth.parameters
        stride_s = 2 / asked["technique"]["step_rate_hz"]
        share = self.clean.track.time_s / stride_s + asked["video"]["start_phase"]
        return np.asarray(2 * np.pi * share)

    @property
    def mirror(self) -> float:
        """-1 where the picture shows the run the other way round."""
        left = self.truth.parameters["video"]["running"] == "left"
        return -1.0 if self.view == "rear" or (self.view == "side" and left) else 1.0

    @property
    def amplitude_deg(self) -> float:
        """True amplitude of the pelvis's rotation."""
        technique = self.truth.parameters["technique"]
        sides = [technique[side]["pelvis_rotation_deg"] for side in SIDES]
        return float(np.mean(sides))


def main() -> int:
    """Print the tables."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--clips", type=Path, required=True, help="folder of the clips")
    made.add_argument("--count", type=int, default=0, help="clips to render, over the three views")
    made.add_argument("--seed", type=int, default=2000, help="of the first of them")
    asked = made.parse_args()
    for seed in range(asked.seed, asked.seed + asked.count):
        render(asked.clips, seed)
    found = list(read_all(asked.clips))
    if not found:
        print(f"no clips in {asked.clips}: give --count", file=sys.stderr)
        return 2
    print_rotation(found)
    print_frontal([clip for clip in found if clip.sight.frontal])
    return 0


def render(folder: Path, seed: int) -> None:
    """Render the clip of a seed unless it is there."""
    view = VIEWS[seed % 3]
    path = folder / f"{view}_{seed}.mp4"
    attempt = seed
    while not path.with_suffix(".json").exists():
        try:
            write_clip(draw(attempt, view), path)
        except Unreachable:
            attempt += 100_000  # another runner: these legs are too short for the speed


def draw(seed: int, view: str) -> ClipParameters:
    """Another body, technique and camera for each seed; the rotation from 3 to 26 degrees."""
    rng = np.random.default_rng(seed)

    def some(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    off = 18.0 if view == "side" else 12.0
    return ClipParameters.model_validate(
        {
            "body": {"name": str(rng.choice(BODIES)), "stature_m": some(1.58, 1.95)},
            "technique": {
                "speed_mps": some(6.5, 9.5),
                "step_rate_hz": some(3.8, 4.6),
                "trunk_lean_deg": some(0, 16),
                "pelvis_obliquity_deg": some(0, 10),
                "shoulder_rotation_deg": some(3, 25),
                "step_width_m": some(0, 0.18),
                "contact_time_s": some(0.09, 0.13),
                "pelvis_rotation_deg": some(3, 26),
                "left": {"peak_thigh_deg": some(60, 95)},
                "right": {"peak_thigh_deg": some(60, 95)},
            },
            "camera": {
                "view": view,
                "off_square_deg": some(-off, off),
                "distance_m": some(8, 16) if view == "side" else some(16, 40),
                "height_m": some(0.8, 2.2),
                "athlete_height_px": some(200, 400),
            },
            "look": {"seed": seed},
            "video": {"width_px": 640, "height_px": 640, "start_phase": some(0, 0.99)},
        }
    )


def read_all(folder: Path, view: str = "") -> Iterator[Read]:
    """Read every clip in a folder, or those of one view, that has its truth beside it."""
    with open_pose_pool(Settings()) as pool:
        for clip in sorted(folder.glob(f"{view}*.mp4")):
            if clip.with_suffix(".json").exists():
                yield read(clip, pool)


def read(clip: Path, pool: PosePool) -> Read:
    """Read one clip up to the repaired pose."""
    settings, truth = Settings(), load_truth(clip)
    view = str(truth.parameters["camera"]["view"])
    footage, reader = find_in_clip(clip, settings)
    crops = crops_to_read(footage)
    raw = estimate_poses(iter(reader), crops, pool, crop_px=settings.athlete.crop_px)
    size = {"width_px": footage.seen.width_px, "height_px": footage.seen.height_px}
    clean = repair([raw], **size, settings=settings.clean, frontal=view != "side")
    seen = None
    if view != "side":
        network = PelvisNetwork(model_path(PELVIS.format(view=view)), view)
        seen = look_at_pelvis(reader, raw, network, view, lambda *_: None)
    return Read(clip, view, truth, clean, find_sight(clean.track, forward=1.0), seen)


def first_harmonic(signal: FloatArray, phase: FloatArray) -> complex:
    """What of a signal goes with the stride: real with the right hip ahead, imaginary later."""
    ok = np.isfinite(signal)
    parts = [f(k * phase[ok]) for k in (1, 2) for f in (np.cos, np.sin)]
    fit = np.linalg.lstsq(np.column_stack([np.ones(ok.sum()), *parts]), signal[ok], rcond=None)[0]
    return complex((fit[1] + 1j * fit[2]) * np.exp(-1j * RIGHT_AHEAD))


def signals(clip: Read) -> dict[str, FloatArray]:
    """What might show the pelvis turn, all in trunk lengths or degrees."""
    track, out = clip.clean.track, {}
    hip = middle(track, "hip")
    trunk = np.nanmedian(np.linalg.norm(middle(track, "shoulder") - hip, axis=1))
    hips = (track.point("right_hip") - track.point("left_hip")) / trunk
    world = track.world_m[:, INDEX["right_hip"]] - track.world_m[:, INDEX["left_hip"]]
    out["hips along the picture"] = clip.mirror * hips[:, 0]
    out["3D hips"] = np.rad2deg(np.arctan2(world[:, 2], np.abs(world[:, 0])))
    for part in ("ear", "shoulder", "elbow", "knee"):
        out[f"{part}s against hips"] = clip.mirror * (middle(track, part) - hip)[:, 0] / trunk
    return out


def middle(track: PoseTrack, part: str) -> FloatArray:
    """Middle of the left and right landmark, shape (T, 2)."""
    return np.asarray((track.point(f"left_{part}") + track.point(f"right_{part}")) / 2)


def shortened_deg(clip: Read) -> float:
    """Amplitude by how much shorter the hips' line is when turned than when square."""
    width, phase = np.abs(signals(clip)["hips along the picture"]), clip.phase - RIGHT_AHEAD
    ok = np.isfinite(width)
    fit = np.polyfit(np.cos(2 * phase[ok]), width[ok], 1)
    return float(np.rad2deg(np.arccos(np.clip((fit[1] + fit[0]) / (fit[1] - fit[0]), -1, 1))))


def separated_deg(clip: Read) -> float:
    """Amplitude by how far one hip is ahead of the other, seen from the side."""
    ahead = abs(first_harmonic(signals(clip)["hips along the picture"], clip.phase))
    return float(np.rad2deg(np.arcsin(min(ahead / HIPS_TRUNK, 1.0))))


def print_rotation(clips: list[Read]) -> None:
    """Mean absolute error of the rotation's amplitude by each way of reading it."""
    print("## Amplitude of pelvic rotation, mean absolute error in degrees\n")
    rows: list[list[object]] = []
    for view in VIEWS:
        own = [clip for clip in clips if clip.view == view]
        if len(own) < 3:
            continue
        true = np.array([clip.amplitude_deg for clip in own])
        ways = [
            np.full(len(own), USUAL_DEG),
            (true.sum() - true) / (len(true) - 1),
            np.array([(separated_deg if view == "side" else shortened_deg)(c) for c in own]),
            np.array([abs(first_harmonic(signals(c)["3D hips"], c.phase)) for c in own]),
            calibrated(own, ("hips along the picture", "3D hips")),
            calibrated(own, ("ears against hips", "shoulders against hips")),
            calibrated(own, tuple(signals(own[0]))),
            np.array([clip.told_deg for clip in own]),
        ]
        errors = [_mean_error_deg(way, true) for way in ways]
        rows.append([view, len(own), *errors])
    head = ("view", "clips", f"always {USUAL_DEG:.0f}", "mean of the others", "hips' line",
            "3D hips", "both, fitted", "upper body, fitted", "all, fitted",
            "the picture")  # fmt: skip
    print_table(head, rows)
    print("Fitted: a line through the other clips' amplitudes; the clip itself is left out.\n")


def _mean_error_deg(told: FloatArray, true: FloatArray) -> float:
    """Mean absolute error over the clips of which something is told; NaN without any."""
    off = np.abs(told - true)[np.isfinite(told)]
    return float(off.mean()) if len(off) else float("nan")


def calibrated(clips: list[Read], names: tuple[str, ...]) -> FloatArray:
    """Each clip's amplitude from signals, by a ridge regression over the other clips."""
    parts = [[first_harmonic(signals(clip)[name], clip.phase) for name in names] for clip in clips]
    x = np.column_stack([np.real(parts), np.imag(parts)])
    y = np.array([clip.amplitude_deg for clip in clips])
    told = np.empty(len(clips))
    for i in range(len(clips)):
        rest = np.arange(len(clips)) != i
        mean, spread = x[rest].mean(axis=0), x[rest].std(axis=0) + 1e-9
        z = (x[rest] - mean) / spread
        slope = np.linalg.solve(z.T @ z + np.eye(z.shape[1]), z.T @ (y[rest] - y[rest].mean()))
        told[i] = y[rest].mean() + ((x[i] - mean) / spread) @ slope
    return told


def print_frontal(clips: list[Read]) -> None:
    """Errors of what the front and the rear view do show."""
    print("## Read from the front and the rear\n")
    errors: dict[tuple[str, str], list[float]] = {}
    for clip in clips:
        motion = measure_frontal(clip.clean, sight=clip.sight, settings=Settings().clean)
        motion = with_pelvis(motion, clip.seen, clip.sight.view)
        for name, error in [*event_errors(clip, motion), *peak_errors(clip, motion)]:
            errors.setdefault((clip.view, name), []).append(error)
    rows: list[list[object]] = []
    for (view, name), values in sorted(errors.items()):
        known = np.array(values)[np.isfinite(values)]
        if len(known):
            mean, spread = float(known.mean()), float(known.std())
            rows.append([view, name, len(known), *(
                f"{number:.3g}" for number in (mean, float(np.abs(known).mean()), spread)
            )])  # fmt: skip
    print_table(("view", "what", "number", "bias", "mean absolute error", "spread"), rows)


def event_errors(clip: Read, motion: Motion) -> Iterator[tuple[str, float]]:
    """Errors of touchdowns, toe-offs, contact times and the step rate."""
    for kind in ("touchdown", "toe_off"):
        for contact in motion.contacts:
            at_s = getattr(contact, f"{kind}_s")
            true = clip.truth.times_s(kind, contact.side)
            off = true - at_s if np.isfinite(at_s) and len(true) else np.array([np.nan])
            nearest = -float(off[np.argmin(np.abs(off))])
            yield f"{kind}, ms", 1000 * nearest if abs(nearest) < 0.06 else float("nan")
    rate_hz = clip.truth.parameters["technique"]["step_rate_hz"]
    yield "step rate of a clip, /s", motion.step_frequency_hz() - rate_hz


def peak_errors(clip: Read, motion: Motion) -> Iterator[tuple[str, float]]:
    """Errors of what is read at the top of each knee drive."""
    track, points = motion.track, clip.truth.points_m
    time_s = np.arange(len(clip.truth)) / clip.truth.fps_hz
    hips = points["right_hip"] - points["left_hip"]
    tilt = np.rad2deg(np.arctan2(hips[:, 2], np.hypot(hips[:, 0], hips[:, 1])))
    for drive in motion.drives:
        side, sign = drive.side, 1.0 if drive.side == "right" else -1.0
        thigh = points[f"{side}_knee"] - points[f"{side}_hip"]
        inner = (points[f"{side}_knee"] - (points["left_hip"] + points["right_hip"]) / 2)[:, 1]
        length = np.linalg.norm(thigh, axis=1)
        true = {
            "pelvis_obliquity_deg": tilt,
            f"{side}_knee_height_thigh": thigh[:, 2] / length,
            f"{side}_knee_across_middle_thigh": sign * inner / length,
        }
        for name, values in true.items():
            measured = value_at(motion.angles[name], track.time_s, drive.peak_s)
            shown = name.removeprefix(f"{side}_")
            yield shown, measured - float(np.interp(true_peak_s(clip, drive), time_s, values))
        yield "contact, ms", 1000 * (drive.contact_time_s - contact_s(clip, drive.side))


def true_peak_s(clip: Read, drive: KneeDrive) -> float:
    """When the thigh is highest in truth, in the drive that was found."""
    near = [d.peak_s for d in clip.truth.drives if d.side == drive.side]
    return min(near, key=lambda peak_s: abs(peak_s - drive.peak_s), default=drive.peak_s)


def contact_s(clip: Read, side: str) -> float:
    """The true contact time of a leg, as it was dialled in."""
    return float(clip.truth.parameters["technique"][side]["contact_time_s"])


if __name__ == "__main__":
    sys.exit(main())
