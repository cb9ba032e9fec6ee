"""TRC: marker positions as OpenSim reads them, and the kind that Kinovea reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.export.body import FloatArray, markers_of, points_of, usual_rate_hz

KINOVEA_POINTS: Final[dict[str, str]] = {
    "Hip": "Hip",
    "RHip": "RHip",
    "RKnee": "RKnee",
    "RAnkle": "RAnkle",
    "RBigToe": "RBigToe",
    "RSmallToe": "RBigToe",
    "RHeel": "RHeel",
    "LHip": "LHip",
    "LKnee": "LKnee",
    "LAnkle": "LAnkle",
    "LBigToe": "LBigToe",
    "LSmallToe": "LBigToe",
    "LHeel": "LHeel",
    "Neck": "Neck",
    "Head": "Nose",
    "Nose": "Nose",
    "RShoulder": "RShoulder",
    "RElbow": "RElbow",
    "RWrist": "RWrist",
    "LShoulder": "LShoulder",
    "LElbow": "LElbow",
    "LWrist": "LWrist",
}
"""The points of Kinovea's figure "BodyWithFeet" in its order, which it takes for granted, and what
stands there: it has no place for a missing one, so that the small toes lie on the big ones."""

KINOVEA_PX: Final = 1000.0
"""Kinovea multiplies by it what it reads, turns y round, and has pixels."""


def write_trc(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a TRC file for OpenSim: metres, x forward, y up, z to the right.

    A missing point is ``nan``, since OpenSim takes no empty cell at the end of a row. Times are
    those of the frames, which need not be even.
    """
    markers = markers_of(analysis, height_m=height_m)
    _write(path, markers.names, analysis.pose.frame + 1, markers.time_s, markers.xyz_m)


def write_kinovea(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a TRC file for Kinovea: a row for each frame of the clip, thousandths of a pixel.

    Kinovea (2024 and later) reads the TRC files of Sports2D alone, puts row 1 on the first frame
    of the clip and takes no gaps. So every frame has a row, a missing point stands where it was
    last, and one that was not yet seen where it will be first.

    Parameters
    ----------
    analysis : Analysis
    path : Path
    height_m : float, optional
        Not used: the picture is in pixels.
    """
    clip, pose = analysis.result.clip, analysis.pose
    last = max(clip.frames + clip.frames_damaged, int(pose.frame[-1]) + 1)
    rows = np.arange(last, dtype=np.int64)
    xy_px = points_of(pose.xy_px, tuple(KINOVEA_POINTS.values()))
    held = np.stack([_held(point, pose.frame, rows) for point in xy_px.transpose(1, 0, 2)], axis=1)
    flat = held * (1, -1) / KINOVEA_PX
    xyz = np.concatenate([flat, np.zeros((*flat.shape[:2], 1))], axis=-1)
    _write(path, tuple(KINOVEA_POINTS), rows + 1, rows / clip.playback_fps, xyz)


def _held(xy_px: FloatArray, frame: NDArray[np.int64], rows: NDArray[np.int64]) -> FloatArray:
    """A point in every frame of the clip: between frames in a straight line, else held."""
    known = np.isfinite(xy_px).all(axis=1)
    if not known.any():
        return np.zeros((len(rows), 2))
    return np.stack([np.interp(rows, frame[known], xy_px[known, i]) for i in (0, 1)], axis=1)


def _write(
    path: Path,
    names: tuple[str, ...],
    number: NDArray[np.int64],
    time_s: FloatArray,
    xyz_m: FloatArray,
) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_head(path.name, names, time_s))
        for row, at_s, points in zip(number, time_s, xyz_m.reshape(len(time_s), -1), strict=True):
            cells = (f"{x:.9f}" for x in points.tolist())
            file.write("\t".join((str(row), f"{at_s:.9f}", *cells)) + "\n")


def _head(file_name: str, names: tuple[str, ...], time_s: FloatArray) -> Iterator[str]:
    rate, frames, count = f"{usual_rate_hz(time_s):.6f}", len(time_s), len(names)
    yield f"PathFileType\t4\t(X/Y/Z)\t{file_name}\n"
    yield (
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
        "OrigNumFrames\n"
    )
    yield f"{rate}\t{rate}\t{frames}\t{count}\tm\t{rate}\t1\t{frames}\n"
    yield "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\n"
    yield "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, count + 1) for axis in "XYZ") + "\n"
