"""A run that was graded earlier, read from its folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kneedrive_cv.analysis import Analysis, Angles
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.export.csv import read_angles
from kneedrive_cv.export.json import read_result
from kneedrive_cv.export.npz import load_pose
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.report.playback import ShownFrame, read_shown
from kneedrive_cv.result import AnalysisResult

_RESULT: Final = "result.json"
_FIX: Final = "Name the folder that kneedrive analyze has written for a clip."


@dataclass(frozen=True)
class Run:
    """What ``kneedrive analyze`` has written for a clip.

    Attributes
    ----------
    folder : Path
    result : AnalysisResult
    angles : Angles
    video : Path or None
        The overlay; None where it is no longer there.
    shown : list of ShownFrame
        The frames of the overlay.
    pose : PoseTrack
    """

    folder: Path
    result: AnalysisResult
    angles: Angles
    video: Path | None
    shown: list[ShownFrame]
    pose: PoseTrack

    @property
    def name(self) -> str:
        """The athlete, or the clip where no name was given; with the date where it is known."""
        who = self.result.athlete.name or self.result.clip.name
        return ", ".join(part for part in (who, self.result.clip.recorded) if part)

    @property
    def analysis(self) -> Analysis:
        """The same as when it was graded; the landmarks before the repair are not kept."""
        clip = clip_beside(self.result.clip.path, self.folder)
        return Analysis(clip, self.result, self.pose, self.pose, self.angles)


def clip_beside(path: str, folder: Path) -> Path:
    """The clip that a run names, also from another folder than the one that its path is of.

    Parameters
    ----------
    path : str
        As ``result.json`` has it.
    folder : Path
        That of the run.
    """
    clip = Path(path)
    if clip.is_absolute() or clip.is_file():
        return clip
    beside = (above / clip for above in folder.resolve().parents)
    return next((place for place in beside if place.is_file()), clip)


def find_runs(paths: Iterable[Path]) -> list[Path]:
    """The folders of runs among some folders, or in them.

    Raises
    ------
    ConfigError
        A folder is not there, or holds no run.
    """
    found: list[Path] = []
    for path in paths:
        folders = [path] if (path / _RESULT).is_file() else _in(path, f"*/{_RESULT}")
        if not folders:
            raise _no_run(path)
        found += folders
    return list(dict.fromkeys(found))


def _in(path: Path, pattern: str) -> list[Path]:
    """The folders of runs in a folder; a hidden one is what a killed command has left half."""
    found = (result.parent for result in path.glob(pattern))
    return sorted(
        folder
        for folder in found
        if not any(part.startswith(".") for part in folder.relative_to(path).parts)
    )


def _no_run(path: Path) -> ConfigError:
    """Why a folder is refused; that of a whole team holds runs of athletes that do not compare."""
    if not path.is_dir():
        return ConfigError("is no folder of a graded run", where=str(path), fix=_FIX)
    deeper = _in(path, f"*/*/{_RESULT}")
    if deeper:
        fix = f"Name a folder in it, as {deeper[0].parent}."
        return ConfigError("holds graded runs only in its folders", where=str(path), fix=fix)
    return ConfigError("holds no graded run", where=str(path), fix=_FIX)


def find_run(path: Path) -> Path:
    """The folder of the one run that a folder is, or holds.

    Raises
    ------
    ConfigError
        The folder is not there, or holds no run, or more than one.
    """
    found = find_runs([path])
    if found != [path]:  # all that lie in it, also in the folders of athletes
        found = list(dict.fromkeys([*found, *_in(path, f"*/*/{_RESULT}")]))
    if len(found) > 1:
        fix = f"Name one of them, as {found[0]}."
        raise ConfigError(f"holds {len(found)} graded runs", where=str(path), fix=fix)
    return found[0]


def load_run(folder: Path) -> Run:
    """Read a run.

    Raises
    ------
    ConfigError
        Something that is needed is missing or cannot be read.
    """
    result = read_result(folder / _RESULT)
    angles = read_angles(folder / "angles.csv")
    video = folder / "overlay.mp4"
    try:
        shown = read_shown(folder / "overlay.csv") if video.is_file() else []
    except (OSError, ValueError, KeyError):
        shown = []  # of an older version: the numbers are whole without the video
    pose = load_pose(folder / "pose.npz")
    if not np.array_equal(angles.frame, pose.frame):  # cut short by a copy, or of another run
        raise ConfigError(
            "has other frames than pose.npz",
            where=str(folder / "angles.csv"),
            fix="Grade the clip again.",
        )
    return Run(folder, result, angles, video if shown else None, shown, pose)
