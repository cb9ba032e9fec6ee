"""``pose.npz``: the landmarks of every frame, for a notebook or another program."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

import numpy as np

from kneedrive_cv.analysis import SINGLE
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.pose.track import PoseTrack

_ARRAYS: Final = ("time_s", "frame", *SINGLE)


def save_pose(pose: PoseTrack, path: Path) -> None:
    """Write a track's arrays under their own names, and ``landmarks``, the names of axis 1."""
    arrays = {
        name: np.asarray(getattr(pose, name), dtype=np.float32 if name in SINGLE else None)
        for name in _ARRAYS
    }
    np.savez_compressed(path, landmarks=np.array(LANDMARKS), **arrays)  # type: ignore[arg-type]


def load_pose(path: Path) -> PoseTrack:
    """Read a track written by `save_pose`.

    Raises
    ------
    ConfigError
        The file cannot be read, or holds no pose track.
    """
    try:
        # Opened here: numpy leaves the file open when it holds no archive.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
            if tuple(data["landmarks"].tolist()) != LANDMARKS:
                raise ValueError("other landmarks")
            kinds = {name: np.int64 if name == "frame" else np.float64 for name in _ARRAYS}
            return PoseTrack(**{name: data[name].astype(kinds[name]) for name in _ARRAYS})
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=str(path)) from error
    except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ConfigError(
            "is no pose file", where=str(path), fix="Give the pose.npz of a graded clip."
        ) from error
