"""netCDF in the layout of movement: time, space, keypoints, individuals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.export.body import usual_rate_hz
from kneedrive_cv.extras import need
from kneedrive_cv.pose.landmarks import LANDMARKS


def to_dataset(analysis: Analysis) -> Any:
    """The run as a dataset of movement (an ``xarray.Dataset``).

    ``position`` (time, space, keypoints, individuals) in pixels, ``confidence`` (time, keypoints,
    individuals), and beside them each angle by its own name (time), in degrees.

    Raises
    ------
    ConfigError
        xarray is not installed.
    """
    xarray = need("xarray", extra="export", what="The layout of movement")
    pose, result = analysis.pose, analysis.result
    spot = ("time", "space", "keypoints", "individuals")
    position = pose.xy_px.transpose(0, 2, 1)[..., None]
    confidence = np.where(np.isfinite(pose.xy_px[..., 0]), pose.visibility, np.nan)[..., None]
    angles = {name: ("time", column) for name, column in analysis.angles.columns.items()}
    data = xarray.Dataset(
        {"position": (spot, position), "confidence": (("time", *spot[2:]), confidence), **angles},
        coords={
            "time": pose.time_s,
            "space": ["x", "y"],
            "keypoints": list(LANDMARKS),
            "individuals": [result.athlete.name or f"athlete_{result.athlete.number}"],
            "frame": ("time", pose.frame),
        },
        attrs={
            "source_software": "kneedrive",
            "ds_type": "poses",
            "fps": usual_rate_hz(pose.time_s),
            "time_unit": "seconds",
            "source_file": result.clip.name,
        },
    )
    data["position"].attrs["units"] = "px"
    for name in angles:
        data[name].attrs["units"] = "degree" if name.endswith("_deg") else "1"
    return data


def write_netcdf(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a netCDF-4 file that ``xarray.open_dataset`` gives to movement as it is.

    Parameters
    ----------
    analysis : Analysis
    path : Path
    height_m : float, optional
        Not used: positions are in pixels.

    Raises
    ------
    ConfigError
        xarray or h5netcdf is not installed.
    """
    need("h5netcdf", extra="export", what="A netCDF file")
    to_dataset(analysis).to_netcdf(path, engine="h5netcdf")
