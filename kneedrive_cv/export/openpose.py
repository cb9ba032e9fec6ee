"""OpenPose-like JSON: a file for each frame, 25 points of the body with their confidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.export.body import points_of

BODY_25: Final = (
    "Nose",
    "Neck",
    *(f"R{part}" for part in ("Shoulder", "Elbow", "Wrist")),
    *(f"L{part}" for part in ("Shoulder", "Elbow", "Wrist")),
    "Hip",
    *(f"R{part}" for part in ("Hip", "Knee", "Ankle")),
    *(f"L{part}" for part in ("Hip", "Knee", "Ankle")),
    "REye",
    "LEye",
    "REar",
    "LEar",
    "LBigToe",
    "LSmallToe",
    "LHeel",
    "RBigToe",
    "RSmallToe",
    "RHeel",
)
"""The points of BODY_25 in their order; the small toes are never known."""

_PARTS: Final = tuple(
    f"{part}_keypoints_{axes}"
    for axes in ("2d", "3d")
    for part in ("pose", "face", "hand_left", "hand_right")
)


def write_openpose(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a folder of JSON files, one for each frame of the track, numbered as the clip's.

    A point that is missing is 0, 0 with a confidence of 0, as OpenPose has it. Numbers are in
    pixels.

    Parameters
    ----------
    analysis : Analysis
    path : Path
        The folder; it is made.
    height_m : float, optional
        Not used: positions are in pixels.
    """
    pose = analysis.pose
    known = tuple(name for name in BODY_25 if not name.endswith("SmallToe"))
    xyc = points_of(np.concatenate([pose.xy_px, pose.visibility[..., None]], axis=-1), known)
    every = np.zeros((len(pose), len(BODY_25), 3))
    every[:, [BODY_25.index(name) for name in known]] = xyc
    every[np.isnan(every).any(axis=-1)] = 0.0
    path.mkdir()
    stem = Path(analysis.result.clip.name).stem
    for frame, points in zip(pose.frame.tolist(), every, strict=True):
        name = path / f"{stem}_{frame:012d}_keypoints.json"
        name.write_text(_json(points.ravel().tolist()), encoding="utf-8")


def _json(points: list[float]) -> str:
    parts: dict[str, list[float]] = {name: [] for name in _PARTS} | {"pose_keypoints_2d": points}
    people = [{"person_id": [-1], **parts}] if any(points) else []
    return json.dumps({"version": 1.3, "people": people})
