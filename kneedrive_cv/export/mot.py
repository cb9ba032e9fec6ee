"""MOT: the angles as motion of an OpenSim model."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import ConfigError

COORDINATES: Final[dict[str, tuple[str, float]]] = {
    "pelvis_tilt": ("trunk_lean_deg", -1.0),
    "hip_flexion_r": ("right_hip_flexion_deg", 1.0),
    "knee_angle_r": ("right_knee_flexion_deg", 1.0),
    "ankle_angle_r": ("right_ankle_dorsiflexion_deg", 1.0),
    "hip_flexion_l": ("left_hip_flexion_deg", 1.0),
    "knee_angle_l": ("left_knee_flexion_deg", 1.0),
    "ankle_angle_l": ("left_ankle_dorsiflexion_deg", 1.0),
}
"""Coordinates of OpenSim's full-body models (Rajagopal 2016: the knee bends in the positive
direction), the angle that each is taken from, and its sign. The pelvis is taken to lean as the
trunk does, so that hip flexion is that against the trunk and the lumbar joint stays straight."""


def write_mot(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a MOT file in degrees; ``nan`` where an angle is missing.

    Parameters
    ----------
    analysis : Analysis
    path : Path
    height_m : float, optional
        Not used: angles have no size.

    Raises
    ------
    ConfigError
        The run was seen from the front or the rear, where no such angle shows.
    """
    angles = analysis.angles
    # A run that was loaded has columns, without a number, for what was never seen as well.
    unseen = np.full(len(angles.time_s), np.nan)
    columns = [sign * angles.columns.get(name, unseen) for name, sign in COORDINATES.values()]
    if not np.isfinite(columns).any():
        raise ConfigError(
            f"shows no joint angles from the {analysis.result.scene.view}",
            where=analysis.result.clip.name,
            fix="Export the run as trc, c3d, netcdf, openpose, csv or parquet.",
        )
    table = np.column_stack([angles.time_s, *columns])
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_head(path.stem, *table.shape))
        file.writelines("\t".join(f"{x:.9f}" for x in row) + "\n" for row in table.tolist())


def _head(name: str, rows: int, columns: int) -> str:
    return (
        f"{name}\nversion=1\nnRows={rows}\nnColumns={columns}\ninDegrees=yes\nendheader\n"
        + "\t".join(("time", *COORDINATES))
        + "\n"
    )
