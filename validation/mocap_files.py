"""Readers of motion capture files, as far as they are needed here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def read_trc(path: Path) -> dict[str, FloatArray]:
    """Markers of a TRC file, each (T, 3) in metres: forward, up, to the right."""
    lines = path.read_text(encoding="utf-8").splitlines()
    names = [name for name in lines[3].split("\t")[2:] if name.strip()]
    columns = 2 + 3 * len(names)
    rows = [_numbers(line, columns) for line in lines[5:] if line.strip()]
    points_m = np.array(rows)[:, 2:].reshape(len(rows), -1, 3) / 1000.0
    return {name: points_m[:, i] for i, name in enumerate(names)}


def _numbers(line: str, count: int) -> list[float]:
    cells = line.split("\t")[:count]
    cells += [""] * (count - len(cells))
    return [float(cell) if cell.strip() else float("nan") for cell in cells]


def read_mot(path: Path) -> dict[str, FloatArray]:
    """Columns of an OpenSim motion file, each (T,)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = next(i for i, line in enumerate(lines) if line.startswith("time"))
    data = np.array(
        [[float(v) for v in line.split()] for line in lines[head + 1 :] if line.strip()]
    )
    return dict(zip(lines[head].split(), data.T, strict=True))
