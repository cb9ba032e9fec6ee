"""How fast the whole command is against a bare pose loop on the same crops.

    python benchmarks/speed.py CLIP [CLIP ...] [--model heavy] [--repeats 3]

Both are whole processes, started anew and timed by the wall clock, one after the other:

- the command: ``kneedrive analyze CLIP``, with finding the athlete, pose, repair, grading, report
  and overlay;
- the bare loop: read the clip with OpenCV, cut out the same crops, run one estimator of the same
  model on each. It is told where the athlete is, draws nothing and writes nothing.

The bare loop is given the crops of every frame of the athlete's track ("track"), and in a second
run only those that the command reads a pose on ("run"), since the command passes over the frames
before and after the run and those that repeat the one before.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def main() -> None:
    """Measure each clip and print a line for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--bare-loop", metavar="CROPS", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.bare_loop:
        bare_loop(args.clips[0], args.model, args.bare_loop)
        return
    print(f"model {args.model}, {os.cpu_count()} cores, median of {args.repeats}")
    print(f"{'clip':24} {'frames':>6} {'command':>12} {'bare, track':>12} {'ratio':>6} "
          f"{'bare, run':>12} {'ratio':>6}")
    for clip in args.clips:
        measure(clip, args.model, args.repeats)


def measure(clip: Path, model: str, repeats: int) -> None:
    """Time the command and the bare loop in turns, so that both see the same machine."""
    with tempfile.TemporaryDirectory() as folder:
        frames = save_crops(clip, Path(folder))
        command = [sys.executable, "-m", "kneedrive_cv.cli", "analyze", str(clip)]
        command += ["--out", f"{folder}/runs", "--model", model]
        bare = [sys.executable, __file__, str(clip), "--model", model, "--bare-loop"]
        times: dict[str, list[float]] = {"command": [], "track": [], "run": []}
        for _ in range(repeats):
            times["command"].append(timed(command))
            times["track"].append(timed([*bare, f"{folder}/track.npz"]))
            times["run"].append(timed([*bare, f"{folder}/run.npz"]))
    fps = {name: frames[name] / statistics.median(seconds) for name, seconds in times.items()}
    own = statistics.median(times["command"])
    print(
        f"{clip.name:24} {frames['command']:6d} {fps['command']:8.1f} fps {fps['track']:8.1f} fps "
        f"{statistics.median(times['track']) / own:6.2f} {fps['run']:8.1f} fps "
        f"{statistics.median(times['run']) / own:6.2f}"
    )


def timed(command: list[str]) -> float:
    """Seconds that a process takes."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def save_crops(clip: Path, folder: Path) -> dict[str, int]:
    """Find the athlete as the command does, and keep his crops; the frames behind each number."""
    from kneedrive_cv import pipeline
    from kneedrive_cv.config import Settings

    footage, _ = pipeline.find_in_clip(clip, Settings())
    crops = {"track": footage.athlete.crops, "run": pipeline.crops_to_read(footage)}
    for name, part in crops.items():
        np.savez(
            folder / f"{name}.npz", frame=part.frame, center=part.center_px, side=part.side_px
        )
    return {"command": len(footage.seen)} | {name: len(part) for name, part in crops.items()}


def bare_loop(clip: Path, model: str, crops_file: str) -> None:
    """What most tools do: one frame after the other through one estimator."""
    import cv2

    from kneedrive_cv.athlete.crop import cut
    from kneedrive_cv.config import Settings
    from kneedrive_cv.pose.estimator import PoseEstimator
    from kneedrive_cv.weights import model_path

    crops = np.load(crops_file)
    rows = {int(frame): row for row, frame in enumerate(crops["frame"])}
    size_px = Settings().athlete.crop_px
    estimator = PoseEstimator(model_path(f"pose_landmarker_{model}.task"))
    capture = cv2.VideoCapture(str(clip))
    frame = 0
    while True:
        ok, image = capture.read()
        if not ok:
            break
        row = rows.get(frame)
        frame += 1
        if row is not None:
            crop, _ = cut(image, crops["center"][row], float(crops["side"][row]), size_px)
            estimator.find(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB))
    estimator.close()


if __name__ == "__main__":
    main()
