"""TRC: marker positions as OpenSim reads them, and the kind that Kinovea reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
stands there: it has no place for a missing one, so that the small toes lie on the big ones
(``Tools/DrawingTools/Custom/body_with_feet.xml`` of Kinovea)."""

KINOVEA_PX: Final = 1000.0
"""Kinovea multiplies by it what it reads, turns y round, and has pixels."""

KINOVEA_UNREAD: Final = 5
"""Kinovea reads up to the line of the number of frames, and counts the head's lines with them
(``MetadataImporterSports2D.cs``): so many rows at the end are not read."""


def write_trc(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a TRC file for OpenSim: metres, x forward, y up, z to the right.

    A missing point is ``nan``, since OpenSim takes no empty cell at the end of a row. Times are
    those of the frames, which need not be even.
    """
    markers = markers_of(analysis, height_m=height_m)
    _write(path, markers.names, analysis.pose.frame + 1, markers.time_s, markers.xyz_m)


def write_kinovea(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a TRC file for Kinovea: a row for each frame of the clip, thousandths of a pixel.

    Kinovea reads the TRC files of Sports2D alone, puts row 1 on the first frame of the clip and
    takes no gaps. So every frame has a row, a missing point stands where it was last, and one that
    was not yet seen where it will be first. The last row stands there `KINOVEA_UNREAD` times more,
    since so many are not read. Numbers are written without a decimal point, as 640125E-6: Kinovea
    reads them by the language of Windows, where a point may mean thousands.

    Parameters
    ----------
    analysis : Analysis
    path : Path
    height_m : float, optional
        Not used: the picture is in pixels.
    """
    clip, pose = analysis.result.clip, analysis.pose
    frames = max(clip.frames + clip.frames_damaged, int(pose.frame[-1]) + 1)
    rows = np.arange(frames + KINOVEA_UNREAD, dtype=np.int64)
    xy_px = points_of(pose.xy_px, tuple(KINOVEA_POINTS.values()))
    held = np.stack([_held(point, pose.frame, rows) for point in xy_px.transpose(1, 0, 2)], axis=1)
    flat = held * (1, -1) / KINOVEA_PX
    xyz = np.concatenate([flat, np.zeros((*flat.shape[:2], 1))], axis=-1)
    _write(path, tuple(KINOVEA_POINTS), rows + 1, rows / clip.playback_fps, xyz, _without_point)


def _held(xy_px: FloatArray, frame: NDArray[np.int64], rows: NDArray[np.int64]) -> FloatArray:
    """A point in every frame of the clip: between frames in a straight line, else held."""
    known = np.isfinite(xy_px).all(axis=1)
    if not known.any():
        return np.zeros((len(rows), 2))
    return np.stack([np.interp(rows, frame[known], xy_px[known, i]) for i in (0, 1)], axis=1)


def _decimal(number: float) -> str:
    """Nine places behind the point."""
    return f"{number:.9f}"


def _without_point(number: float) -> str:
    """The same as whole billionths.

    Examples
    --------
    >>> _without_point(0.640125), _without_point(0.0)
    ('640125000E-9', '0')
    """
    billionths = round(number * 1e9)
    return f"{billionths}E-9" if billionths else "0"


def _write(
    path: Path,
    names: tuple[str, ...],
    number: NDArray[np.int64],
    time_s: FloatArray,
    xyz_m: FloatArray,
    form: Callable[[float], str] = _decimal,
) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_head(path.name, names, time_s, form))
        for row, at_s, points in zip(number, time_s, xyz_m.reshape(len(time_s), -1), strict=True):
            file.write("\t".join((str(row), *map(form, (at_s, *points.tolist())))) + "\n")


def _head(
    file_name: str, names: tuple[str, ...], time_s: FloatArray, form: Callable[[float], str]
) -> Iterator[str]:
    rate, frames, count = form(usual_rate_hz(time_s)), len(time_s), len(names)
    yield f"PathFileType\t4\t(X/Y/Z)\t{file_name}\n"
    yield (
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
        "OrigNumFrames\n"
    )
    yield f"{rate}\t{rate}\t{frames}\t{count}\tm\t{rate}\t1\t{frames}\n"
    yield "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\n"
    yield "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, count + 1) for axis in "XYZ") + "\n"
