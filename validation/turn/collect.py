r"""Render front or rear views of a stride each, with what can be seen of the pelvis's turn.

    KNEEDRIVE_SPRINTER_BODIES=bodies.npz python -m validation.turn.collect front \\
        --seeds 22000 22600 --out front.npz

Pelvis and shoulders turn with the stride or against it, however far, whatever the legs do: so their
turn can be told neither from the legs nor from each other. Eight frames are one stride exactly.
Each frame gives the landmarks that the estimator reads and the window around the hips; with
``--windows`` the window alone is rendered, in a third of the time. The bench's bodies and seeds are
not used. 2.1 s a seed, 0.7 s with ``--windows``.
"""

from __future__ import annotations

import argparse
import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.config import Settings
from kneedrive_cv.pose.estimate import PosePool, estimate_poses
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.pelvis import POINTS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.level import Level
from kneedrive_cv.weights import model_path
from validation.correction.collect import (
    HEIGHTS_PX,
    PICTURE_HEIGHTS,
    camera_at_random,
    crops_like_tracked,
    leg_at_random,
    worn,
)
from validation.sprinter.clip import Clip, make_clip
from validation.sprinter.draw import TRAINING_SEEDS, draw
from validation.sprinter.parameters import ClipParameters
from validation.turn.window import cut_windows, render_windows

FloatArray = NDArray[np.float64]

FRAMES = 8
MOST_OFF_DEG = 25.0
MOST_TURN_DEG = 34.0
MUCH_TURNED = 0.6
"""Great turns are drawn more often: told too small, they are what is told worst."""

WIDE_SHARE = 0.3
USUAL_PHASE = 0.63
"""Of the stride from the right touchdown: the right hip ahead (Dorn 2012)."""


@dataclass(frozen=True)
class Stride:
    """One seed: what can be seen, and the truth.

    Attributes
    ----------
    windows : ndarray of uint8, shape (T, WINDOW_PX, WINDOW_PX, 3)
    points : ndarray, shape (T, K, 2)
        Of the pelvis in the windows, as `kneedrive_cv.pose.pelvis` names them; NaN where the
        windows were cut by a pose.
    track : PoseTrack or None
        Level; None where no pose was read.
    turn_deg : ndarray, shape (T,)
        Of the pelvis, right hip ahead positive.
    phase : ndarray, shape (T,)
        Of the stride from the right touchdown, radians.
    asked : ClipParameters
    """

    windows: NDArray[np.uint8]
    points: FloatArray
    track: PoseTrack | None
    turn_deg: FloatArray
    phase: FloatArray
    asked: ClipParameters


def parameters(seed: int, view: str) -> ClipParameters:
    """The clip of a seed, seen from the front or the rear."""
    rng = np.random.default_rng((seed, 15))
    height_px = float(rng.uniform(*HEIGHTS_PX))
    size_px = math.ceil(height_px * PICTURE_HEIGHTS / 32) * 32
    step_rate_hz = round(float(rng.uniform(3.8, 4.8)), 3)
    fps_hz = FRAMES * step_rate_hz / 2
    far_deg = MOST_TURN_DEG * float(rng.random()) ** MUCH_TURNED
    sides = {
        side: leg_at_random(rng) | {"pelvis_rotation_deg": far_deg + float(rng.normal(0, 1.5))}
        for side in ("left", "right")
    }
    changes: dict[str, dict[str, Any]] = {
        "camera": camera_at_random(rng),
        "technique": {
            **turn_at_random(rng),
            **sides,
            "step_rate_hz": step_rate_hz,
            "shoulder_rotation_deg": float(rng.uniform(2, 26)),
            "pelvis_obliquity_deg": float(rng.uniform(0, 10)),
            "step_width_m": float(rng.uniform(0, 0.18)),
        },
        "look": {"second_runner": False, "bystander": False},
        "video": {
            "width_px": size_px,
            "height_px": size_px,
            "duration_s": (FRAMES - 0.5) / fps_hz,
            "grain": 0.004,
            "blur_samples": 1,
        },
    }
    return draw(
        seed,
        view=view,
        off_square_deg=float(rng.uniform(-MOST_OFF_DEG, MOST_OFF_DEG)),
        motion="along",
        fps_hz=fps_hz,
        athlete_height_px=height_px,
        wide=bool(rng.random() < WIDE_SHARE),
        changes=changes,
    )


def turn_at_random(rng: np.random.Generator) -> dict[str, float]:
    """Hips and shoulders that turn about when a sprinter's do, or the other way round."""
    phases = {
        name: float(USUAL_PHASE + rng.normal(0, spread) + rng.choice([0.0, 0.5])) % 1.0
        for name, spread in (("pelvis_ahead_phase", 0.06), ("shoulder_back_phase", 0.1))
    }
    return phases | {"pelvis_up_phase": float(rng.random())}


def stride(seed: int, view: str, pool: PosePool | None, settings: Settings) -> Stride:
    """Render the clip of a seed and, with estimators, read its pose.

    Raises
    ------
    ValueError
        No stride is within reach of the legs, the clip is not one stride, or the pose was not
        found in every frame.
    """
    rng = np.random.default_rng((seed, 16))
    asked = parameters(seed, view)
    clip = make_clip(asked)
    if len(clip.times_s()) != FRAMES:
        raise ValueError(f"seed {seed}: the clip is not one stride")
    track, points = None, np.full((FRAMES, len(POINTS), 2), np.nan)
    if pool is None:
        windows, points = render_windows(clip, rng)
    else:
        frames = worn(clip.pictures(), rng, fps_hz=asked.video.fps_hz)
        crops = crops_like_tracked(clip.truth(), settings, 0.0, rng)
        track = estimate_poses(frames, crops, pool, crop_px=settings.athlete.crop_px)
        if not np.isfinite(track.xy_px).all():
            raise ValueError(f"seed {seed}: no pose in some frame")
        windows = cut_windows([f.image_bgr for f in frames], track, asked.camera.roll_deg)
        track = Level(asked.camera.roll_deg).straightened(track)
    return Stride(windows, points, track, *_truth(clip), asked)


def _truth(clip: Clip) -> tuple[FloatArray, FloatArray]:
    """Turn of the pelvis in degrees and phase of the stride in radians, by frame."""
    times_s, pelvis = clip.times_s(), clip.gait.pelvis
    turn_deg = np.array([pelvis.rotation_deg(t) for t in times_s])
    return turn_deg, np.asarray(2 * np.pi * times_s / pelvis.stride_s)


def save(strides: list[Stride], path: Path) -> None:
    """All strides in one file, as `validation.turn.fit` reads it."""
    missing = np.full((FRAMES, N_LANDMARKS, 2), np.nan)
    np.savez_compressed(
        path,
        windows=np.array([each.windows for each in strides]),
        points=np.array([each.points for each in strides]),
        xy_px=np.array([missing if s.track is None else s.track.xy_px for s in strides]),
        turn_deg=np.array([each.turn_deg for each in strides]),
        phase=np.array([each.phase for each in strides]),
        view=np.array([each.asked.camera.view for each in strides]),
        body=np.array([each.asked.body.name for each in strides]),
    )


def main() -> None:
    """Write the training set of a range of seeds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("view", choices=("front", "rear"))
    parser.add_argument("--seeds", nargs=2, type=int, default=(22000, 22600))
    parser.add_argument("--windows", action="store_true", help="the window alone, no pose")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    if arguments.seeds[0] < TRAINING_SEEDS:
        parser.error(f"seeds below {TRAINING_SEEDS} are the bench's")
    settings, strides = Settings(), []
    model = model_path("pose_landmarker_heavy.task")
    with PosePool(model, model_path("whole_picture.tflite"), 1) as pool:
        for seed in range(*arguments.seeds):
            with suppress(ValueError):
                used = None if arguments.windows else pool
                strides.append(stride(seed, arguments.view, used, settings))
            if seed % 50 == 49:
                print(f"seed {seed}: {len(strides)} strides", flush=True)
    save(strides, arguments.out)


if __name__ == "__main__":
    main()
