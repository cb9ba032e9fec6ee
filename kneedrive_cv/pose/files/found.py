"""What a reader finds in a pose file, before it is brought to the landmarks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.errors import PoseFileError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """The points of a pose file.

    Attributes
    ----------
    source : str
        Program and skeleton, in words.
    names : tuple of str
        K names, as the file has them.
    points : ndarray, shape (T, N, K, D)
        N people or individuals, D of 2 or 3; NaN where missing.
    confidence : ndarray, shape (T, N, K)
        0 to 1; NaN where the file says nothing.
    frame : ndarray of int, shape (T,)
        0-based frame of the clip.
    time_s : ndarray, shape (T,), or None
        Where the file says the time.
    unit : {'px', 'm'}
    joined : bool
        Whether one index of N is the same person throughout.
    """

    source: str
    names: tuple[str, ...]
    points: FloatArray
    confidence: FloatArray
    frame: NDArray[np.int64]
    time_s: FloatArray | None = None
    unit: Literal["px", "m"] = "px"
    joined: bool = True


def unreadable(path: Path, what: str, error: Exception | None = None) -> PoseFileError:
    """The error for a file that is not what it should be."""
    why = f" ({error})" if error is not None and str(error) else ""
    return PoseFileError(
        f"{what}{why}", where=str(path), fix="kneedrive reads " + FORMAT_WORDS + "."
    )


FORMAT_WORDS = (
    "OpenPose, RTMLib and MMPose JSON, DeepLabCut CSV and H5, SLEAP analysis H5, TRC, C3D and "
    "movement netCDF"
)
