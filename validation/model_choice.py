"""The three pose models on the rendered clips: errors, swaps, time. It decides the default.

Run it as ``python -m validation.model_choice [--shared DIR]``.

Thigh, hip flexion, knee and ankle: mean absolute error of the near leg over all frames with the
steady part taken out, and the same of the far leg behind the stroke. The time is that of the whole
analysis for each frame of the clip. Then how many of the 95 % intervals of every knee drive hold
the truth on the own samples.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from kneedrive_cv.config import ModelName, PoseSettings, Settings
from kneedrive_cv.pipeline import analyze
from kneedrive_cv.pose.landmarks import Side
from validation.common import (
    RENDERED,
    ROOT,
    angle_errors,
    count_swaps,
    parser,
    print_table,
    stride_of,
)
from validation.truth import load_truth

MODELS: tuple[ModelName, ...] = ("lite", "full", "heavy")
SAMPLES = ("side_good", "side_one_fault", "panning")
SHOWN = ("thigh_deg", "hip_flexion_deg", "knee_flexion_deg", "ankle_dorsiflexion_deg")


def main() -> int:
    """Print a row for each model and clip, and the mean over the clips."""
    arguments = parser(__doc__ or "").parse_args()
    rows: list[list[object]] = []
    for model in MODELS:
        own = [measure(model, arguments.shared / "synth" / f"{name}.mp4") for name in RENDERED]
        for name, numbers in zip(RENDERED, own, strict=True):
            rows.append([model, name, *cells(numbers)])
        rows.append([model, "mean", *cells(np.mean(own, axis=0))])
    head = ("thigh", "hip flexion", "knee", "ankle", "swapped frames", "ms a frame")
    print_table(("model", "clip", *head), rows)
    print()
    print_table(("model", "intervals", "hold the truth, %"), [held(model) for model in MODELS])
    return 0


def held(model: ModelName) -> list[object]:
    """How many intervals of a model hold the truth: model, how many there are, per cent."""
    holds: list[bool] = []
    for name in SAMPLES:
        clip = ROOT / "sample_videos" / f"{name}.mp4"
        print(f"{model} on {name} ...", file=sys.stderr, flush=True)
        result = analyze(clip, Settings(pose=PoseSettings(model=model))).result
        for drive in load_truth(clip.with_suffix(".json")).drives:
            stride = stride_of(drive, result.strides)
            for metric, true in drive.metrics.items() if stride else ():
                read = stride.metrics.get(metric) if stride else None
                if read and read.low is not None and read.high is not None:
                    holds.append(read.low <= true <= read.high)
    return [model, len(holds), 100.0 * float(np.mean(holds))]


def measure(model: ModelName, clip: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Errors of the near and of the far leg, swapped frames, milliseconds a frame."""
    print(f"{model} on {clip.stem} ...", file=sys.stderr, flush=True)
    began_s = perf_counter()
    analysis = analyze(clip, Settings(pose=PoseSettings(model=model)))
    took_ms = 1000.0 * (perf_counter() - began_s) / analysis.result.clip.frames
    truth = load_truth(clip)
    near = truth.near_side
    assert near is not None
    far: Side = "left" if near == "right" else "right"
    errors = [
        angle_errors(analysis, truth, side)[angle].varying
        for side in (near, far)
        for angle in SHOWN
    ]
    return np.array([*errors, count_swaps(analysis, truth), took_ms])


def cells(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[object]:
    """The numbers as they are shown, near / far."""
    count = len(SHOWN)
    pairs = [f"{numbers[i]:.1f} / {numbers[i + count]:.1f}" for i in range(count)]
    return [*pairs, float(numbers[-2]), f"{numbers[-1]:.0f}"]


if __name__ == "__main__":
    sys.exit(main())
