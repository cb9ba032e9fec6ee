"""PoseTrack: the landmarks of one athlete through a whole clip."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class PoseTrack:
    """Landmarks of one athlete, time first. NaN means missing. Lists are taken as arrays.

    Attributes
    ----------
    time_s : ndarray, shape (T,)
        Time of each frame in real time: the clip's own timestamps divided by the slow-motion
        factor. Strictly increasing.
    frame : ndarray of int, shape (T,)
        0-based frame of the container as decoded.
    xy_px : ndarray, shape (T, K, 2)
        Picture coordinates, x to the right, y down.
    world_m : ndarray, shape (T, K, 3)
        The estimator's 3D landmarks about the middle of the hips: x right, y down, z away.
    visibility : ndarray, shape (T, K)
        The estimator's confidence, 0 to 1; 0 where the landmark is missing.
    """

    time_s: FloatArray
    frame: NDArray[np.int64]
    xy_px: FloatArray
    world_m: FloatArray
    visibility: FloatArray

    def __post_init__(self) -> None:
        for each in fields(self):
            values = _array(each.name, getattr(self, each.name))
            object.__setattr__(self, each.name, values)  # the dataclass is frozen
        t = self.time_s.size
        expected = {
            "time_s": (t,),
            "frame": (t,),
            "xy_px": (t, N_LANDMARKS, 2),
            "world_m": (t, N_LANDMARKS, 3),
            "visibility": (t, N_LANDMARKS),
        }
        for name, shape in expected.items():
            actual = np.shape(getattr(self, name))
            if actual != shape:
                raise ValueError(f"PoseTrack.{name} has shape {actual}, expected {shape}")
        if not np.isfinite(self.time_s).all():
            raise ValueError("PoseTrack.time_s must be known for every frame")
        if not np.all(np.diff(self.time_s) > 0):
            raise ValueError("PoseTrack.time_s must increase from frame to frame")

    def __len__(self) -> int:
        return len(self.time_s)

    def point(self, name: str) -> FloatArray:
        """Picture coordinates of one landmark, shape (T, 2)."""
        return self.xy_px[:, INDEX[name]]

    def only(self, rows: slice | NDArray[np.bool_]) -> PoseTrack:
        """Some of the rows."""
        return PoseTrack(*(getattr(self, field.name)[rows] for field in fields(self)))

    def replace(self, **changes: Any) -> PoseTrack:
        """A copy with some arrays exchanged."""
        return replace(self, **changes)


def _array(name: str, given: Any) -> FloatArray | NDArray[np.int64]:
    """A field as an array of its kind; not copied where it is one already."""
    try:
        if name != "frame":
            return np.asarray(given, dtype=np.float64)
        values = np.asarray(given)
        frames = values.astype(np.int64, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"PoseTrack.{name} is no array of numbers ({error})") from error
    if not np.array_equal(frames, values):
        raise ValueError("PoseTrack.frame must hold whole numbers")
    return frames
