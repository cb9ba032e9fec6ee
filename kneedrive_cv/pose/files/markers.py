"""Markers in space: TRC and C3D."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from kneedrive_cv.extras import need
from kneedrive_cv.pose.files.found import FloatArray, Found, unreadable

METRES: Final = {"m": 1.0, "cm": 0.01, "mm": 0.001}


def read_trc(path: Path) -> Found:
    """A TRC file; an empty cell is a missing marker."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        head = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
        scale = METRES[head["Units"].strip().lower()]
        names = tuple(name.strip() for name in lines[3].split("\t")[2:] if name.strip())
        width = 2 + 3 * len(names)
        rows = [_numbers(line, width) for line in lines[5:] if line.strip()]
        table = np.array(rows).reshape(-1, width)
    except OSError as error:
        raise unreadable(path, "cannot be read", error) from error
    except (KeyError, ValueError, IndexError) as error:
        raise unreadable(path, "is no TRC file", error) from error
    if not len(table):
        raise unreadable(path, "holds no frame")
    points = scale * table[:, 2:].reshape(len(table), len(names), 3)
    return _found("TRC", names, points, table[:, 1])


def _numbers(line: str, width: int) -> list[float]:
    cells = line.split("\t")[:width]
    return [float(x) if x.strip() else np.nan for x in cells + [""] * (width - len(cells))]


def read_c3d(path: Path) -> Found:
    """A C3D file: the points that are no angles, forces and the like."""
    ezc3d = need("ezc3d", extra="poses", what="A C3D file")
    try:
        file: Any = ezc3d.c3d(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise unreadable(path, "is no C3D file", error) from error
    point = file["parameters"]["POINT"]
    others = {
        str(name)
        for kind in ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")
        if kind in point
        for name in point[kind]["value"]
    }
    labels = [str(name) for name in point["LABELS"]["value"]]
    keep = [i for i, name in enumerate(labels) if name not in others]
    xyz = file["data"]["points"][:3].transpose(2, 1, 0)[:, keep]
    unit = str((point["UNITS"]["value"] or ["mm"])[0]).lower() if "UNITS" in point else "mm"
    xyz = np.where((xyz == 0).all(axis=-1, keepdims=True), np.nan, xyz)
    rate_hz = float(point["RATE"]["value"][0])
    if not rate_hz > 0 or not len(xyz):
        raise unreadable(path, "holds no frame")
    time_s = np.arange(len(xyz)) / rate_hz
    names = tuple(labels[i].split(":")[-1] for i in keep)  # the subject stands before a colon
    return _found("C3D", names, METRES.get(unit, 0.001) * xyz, time_s)


def _found(kind: str, names: tuple[str, ...], points_m: FloatArray, time_s: FloatArray) -> Found:
    return Found(
        source=f"{kind} markers",
        names=names,
        points=points_m[:, None],
        confidence=np.full((len(points_m), 1, len(names)), np.nan),
        frame=np.arange(len(points_m), dtype=np.int64),
        time_s=time_s,
        unit="m",
    )
