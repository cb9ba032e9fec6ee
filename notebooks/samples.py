"""What the notebooks share: the sample clips, graded, with their truth, and small pictures."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
from IPython.display import Image

import kneedrive_cv as kd
from kneedrive_cv.report.picture import Picture
from validation.truth import Truth, load_truth

ROOT = Path(__file__).resolve().parent.parent
CLIPS = ROOT / "sample_videos"
RUNS = Path(os.environ.get("KNEEDRIVE_RUNS", ROOT / "runs"))
COLOURS = {"left": "#0a6ebd", "right": "#c25e00"}

plt.rcParams.update(
    {
        "figure.dpi": 72,
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.alpha": 0.25,
    }
)


def graded(name: str) -> kd.Run:
    """A sample clip, graded: from the folder of runs, or now if it is not there."""
    folder, clip = RUNS / name, CLIPS / f"{name}.mp4"
    if not folder.exists():
        return kd.analyze(clip)
    run = kd.load(folder)
    # the clip's path in the file is as it was typed, from wherever that was
    return kd.Run(replace(run.analysis, clip_path=clip), folder)


def truth_of(name: str) -> Truth:
    """What is known of a sample clip."""
    return load_truth(CLIPS / name)


def small(*pictures: Picture, height_px: int = 330) -> Image:
    """Pictures side by side as one small JPEG: a notebook keeps what it shows."""
    parts = []
    for picture in pictures:
        high, wide = picture.image_rgb.shape[:2]
        size = (round(wide * height_px / high), height_px)
        parts.append(cv2.resize(picture.image_rgb, size, interpolation=cv2.INTER_AREA))
    _, data = cv2.imencode(".jpg", cv2.hconcat(parts)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return Image(data=data.tobytes(), alt=", ".join(picture.alt for picture in pictures))
