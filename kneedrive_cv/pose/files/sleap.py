"""SLEAP: the analysis file (H5)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kneedrive_cv.extras import need
from kneedrive_cv.pose.files.found import Found, unreadable


def is_sleap(path: Path) -> bool:
    """Whether an H5 file is an analysis file of SLEAP.

    Raises
    ------
    ConfigError
        h5py is not installed.
    PoseFileError
        It is no H5 file.
    """
    h5py = need("h5py", extra="poses", what="An H5 file")
    try:
        with h5py.File(path, "r") as file:
            return "tracks" in file and "node_names" in file
    except OSError as error:
        raise unreadable(path, "is no H5 file", error) from error


def read_h5(path: Path) -> Found:
    """An analysis file, with its axes as SLEAP writes them or in the order of time first."""
    h5py = need("h5py", extra="poses", what="A SLEAP file")
    try:
        with h5py.File(path, "r") as file:
            names = tuple(_text(name) for name in file["node_names"][()])
            tracks = np.asarray(file["tracks"][()], dtype=float)
            scores = (
                np.asarray(file["point_scores"][()], dtype=float)
                if "point_scores" in file
                else None
            )
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise unreadable(path, "is no analysis file of SLEAP", error) from error
    if tracks.ndim != 4 or not names:
        raise unreadable(path, "is no analysis file of SLEAP")
    if tracks.shape[1:3] == (2, len(names)):  # (N, 2, K, T), the usual order
        tracks = tracks.transpose(3, 0, 2, 1)
        scores = None if scores is None else scores.transpose(2, 0, 1)
    if tracks.shape[2:] != (len(names), 2):
        raise unreadable(path, f"holds tracks of an unknown shape {tracks.shape}")
    return Found(
        source="SLEAP",
        names=names,
        points=tracks,
        confidence=np.full(tracks.shape[:3], np.nan) if scores is None else scores,
        frame=np.arange(len(tracks), dtype=np.int64),
    )


def _text(name: object) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
