"""How well a pose from elsewhere is graded: uncorrected landmarks against the rendered truth.

    python -m validation.given_pose [CLIP ...] [--model heavy]

reads the landmarks of rendered clips with this package's own estimator, writes them as OpenPose
JSON, and grades that file as a pose of another program: without the learned correction. Printed
are the errors at the top of the knee drive and the share of intervals that hold the truth. It says
what uncorrected landmarks cost, and whether the stated intervals are honest for one estimator; it
says nothing of others.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Settings, chosen_settings
from kneedrive_cv.export.run import export_run
from kneedrive_cv.pipeline import analyze, analyze_pose
from kneedrive_cv.technique.uncertainty import GIVEN_ERROR
from validation.common import print_table, stride_of
from validation.truth import load_truth

SAMPLES = Path(__file__).parents[1] / "sample_videos"
CLIPS = tuple(SAMPLES / f"{name}.mp4" for name in ("side_good", "side_one_fault", "panning"))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", nargs="*", type=Path, default=CLIPS)
    parser.add_argument("--model", choices=("lite", "full", "heavy"), default="heavy")
    arguments = parser.parse_args()
    settings = chosen_settings(model=arguments.model)
    errors: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    drives = found = 0
    for clip in arguments.clips:
        graded = given_again(analyze(clip, settings), settings)
        truth = load_truth(clip)
        for drive in truth.drives:
            stride = stride_of(drive, graded.result.strides)
            drives += 1
            found += stride is not None
            for metric in GIVEN_ERROR if stride is not None else ():
                assert stride is not None
                value, true = stride.metrics[metric], drive.metrics[metric]
                if value.value is not None and np.isfinite(true):
                    held = (value.low or 0.0) <= true <= (value.high or 0.0)
                    errors[metric].append((value.value - true, held))
    print(f"{found} of {drives} knee drives found\n")
    print_table(("metric", "drives", "mean error", "RMS", "held by the interval, %"), _rows(errors))
    return 0


def given_again(analysis: Analysis, settings: Settings) -> Analysis:
    """The landmarks as the estimator gave them, graded as a pose of another program."""
    raw = replace(analysis, pose=analysis.raw_pose)
    with tempfile.TemporaryDirectory() as folder:
        path = export_run(raw, "openpose", Path(folder) / "pose")
        return analyze_pose(path, analysis.clip_path, settings)


def _rows(errors: dict[str, list[tuple[float, bool]]]) -> list[list[object]]:
    rows: list[list[object]] = []
    for metric, each in errors.items():
        off = np.array([error for error, _ in each])
        held = 100.0 * float(np.mean([held for _, held in each]))
        rows.append([metric, len(off), float(off.mean()), float(np.sqrt((off**2).mean())), held])
    return rows


if __name__ == "__main__":
    raise SystemExit(main())
