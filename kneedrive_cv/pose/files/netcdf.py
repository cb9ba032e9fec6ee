"""netCDF in the layout of movement, with the older and the newer names of its dimensions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kneedrive_cv.extras import need
from kneedrive_cv.pose.files.found import Found, unreadable


def read_netcdf(path: Path) -> Found:
    """A dataset of poses of movement; its time counts where it is in seconds."""
    xarray = need("xarray", extra="poses", what="A netCDF file")
    need("h5netcdf", extra="poses", what="A netCDF file")
    try:
        with xarray.open_dataset(path, engine="h5netcdf") as file:
            data = file.load()
        data = data.rename(
            {
                old: new
                for old, new in (("keypoints", "keypoint"), ("individuals", "individual"))
                if old in data.dims
            }
        )
        position = data["position"].transpose("time", "individual", "keypoint", "space")
        confidence = (
            data["confidence"].transpose("time", "individual", "keypoint").to_numpy()
            if "confidence" in data
            else np.full(position.shape[:3], np.nan)
        )
        names = tuple(str(name) for name in data["keypoint"].to_numpy())
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise unreadable(path, "is no netCDF file of movement's poses", error) from error
    rows = np.arange(position.shape[0], dtype=np.int64)
    seconds = data.attrs.get("time_unit") == "seconds" or "fps" in data.attrs
    frame = data["frame"].to_numpy().astype(np.int64) if "frame" in data.coords else rows
    return Found(
        source=f"movement netCDF ({data.attrs.get('source_software', 'unknown program')})",
        names=names,
        points=position.to_numpy().astype(float),
        confidence=np.asarray(confidence, dtype=float),
        frame=frame,
        time_s=data["time"].to_numpy().astype(float) if seconds else None,
        unit="m" if position.attrs.get("units") == "m" else "px",
    )
