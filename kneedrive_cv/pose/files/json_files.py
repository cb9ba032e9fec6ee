"""OpenPose JSON (a folder with a file a frame), and MMPose JSON (one file for all frames)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from kneedrive_cv.pose.files.found import FloatArray, Found, unreadable
from kneedrive_cv.pose.files.names import SKELETONS

_FRAME: Final = re.compile(r"(\d+)(?:_keypoints)?$")


def read_folder(path: Path) -> Found:
    """A folder of OpenPose's files; also as Pose2Sim and Sports2D write them for RTMLib's points.

    The frame is the last number in a file's name.
    """
    files = sorted(path.glob("*.json"))
    if not files:
        raise unreadable(path, "holds no pose file (*.json)")
    people = [_openpose_people(file, _load(file)) for file in files]
    numbers = [_FRAME.search(file.stem) for file in files]
    frame = [int(m[1]) if m else i for i, m in enumerate(numbers)]
    return _found(path, "OpenPose JSON", people, frame)


def read_file(path: Path) -> Found:
    """One file: MMPose's predictions of a video, or a single frame of OpenPose."""
    data = _load(path)
    if isinstance(data, dict) and "people" in data:
        return _found(path, "OpenPose JSON", [_openpose_people(path, data)], [0])
    frames = data.get("instance_info") if isinstance(data, dict) else data
    if not isinstance(frames, list) or not frames:
        raise unreadable(path, "is no pose file of OpenPose or MMPose")
    try:
        people = [[_mmpose(one) for one in each["instances"]] for each in frames]
        numbers = [int(each.get("frame_id", i)) for i, each in enumerate(frames)]
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(path, "is no pose file of MMPose", error) from error
    first = 1 if min(numbers) == 1 else 0  # some releases of MMPose count from 1
    names = _own_names(data)
    return _found(path, "MMPose JSON", people, [n - first for n in numbers], names)


def _own_names(data: Any) -> tuple[str, ...]:
    """The names that MMPose writes beside its points, where it does."""
    meta = data.get("meta_info", {}) if isinstance(data, dict) else {}
    named = meta.get("keypoint_id2name", {}) if isinstance(meta, dict) else {}
    return tuple(str(named[key]) for key in sorted(named, key=int))


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unreadable(path, "cannot be read", error) from error
    except ValueError as error:
        raise unreadable(path, "is no JSON", error) from error


def _openpose_people(path: Path, data: Any) -> list[FloatArray]:
    """Points (K, 3) of each person of a frame: x, y, confidence."""
    try:
        return [
            np.array(person["pose_keypoints_2d"], dtype=float).reshape(-1, 3)
            for person in data["people"]
            if person["pose_keypoints_2d"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise unreadable(path, "is no pose file of OpenPose", error) from error


def _mmpose(instance: dict[str, Any]) -> FloatArray:
    xy = np.array(instance["keypoints"], dtype=float)[:, :2]
    scores = np.array(instance["keypoint_scores"], dtype=float)
    return np.column_stack([xy, scores])


def _found(
    path: Path,
    program: str,
    people: Sequence[list[FloatArray]],
    frame: Sequence[int],
    names: tuple[str, ...] = (),
) -> Found:
    sizes = {len(person) for each in people for person in each}
    if len(sizes) != 1:
        raise unreadable(path, "shows nobody" if not sizes else "mixes skeletons")
    count = sizes.pop()
    if count not in SKELETONS and len(names) != count:
        raise unreadable(path, f"has a skeleton of {count} points, which is not known")
    skeleton, usual = SKELETONS.get(count, ("its own names", names))
    most = max(len(each) for each in people)
    xyc = np.full((len(people), most, count, 3), np.nan)
    for row, each in enumerate(people):
        for column, person in enumerate(each):
            xyc[row, column] = person
    xyc[xyc[..., 2] <= 0] = np.nan  # OpenPose's way to say that a point is missing
    return Found(
        source=f"{program}, {skeleton}",
        names=names if len(names) == count else usual,
        points=xyc[..., :2],
        confidence=xyc[..., 2],
        frame=np.array(frame, dtype=np.int64),
        joined=False,
    )
