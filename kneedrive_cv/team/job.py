"""What is handed to a worker, and what comes back; both travel between processes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kneedrive_cv.config import Settings
from kneedrive_cv.version import __version__

Progress = Callable[[str, int, int], None]
Grade = Callable[["Job", Path, Path, Progress], str]
"""Grades a clip into an empty folder: ``grade(job, clip, folder, progress)``.

It gives back the day that the clip itself names, empty where it names none.
"""

Status = Literal["graded", "ungradable", "unreadable", "failed", "crashed", "timed_out"]
FINAL: Final[frozenset[str]] = frozenset({"graded", "ungradable", "unreadable"})
"""What would come out the same again."""


@dataclass(frozen=True)
class Job:
    """One clip to grade.

    Attributes
    ----------
    run : int
        Number of the run in the store.
    path : str
        The clip's path inside the team's folder.
    location : str
        Where it is read from.
    athlete, day : str
        Whose clip it is, and of which day; empty where that is not known.
    key : str
        Stands for the clip's content, the settings and the version.
    folder : Path
        Where its results go.
    work_dir : Path
        Where unfinished results may lie; on the same disk as ``folder``.
    settings : Settings
    grade : callable
    force : bool
        Grade even where finished results of the same key lie already.
    time_limit_s : float
    earlier : tuple of (str, Path)
        Days before this one and where the same athlete's results of them lie, as far as they are
        there already.
    named_anew : bool
        Whether the results are there and only bear another athlete's name or another day.
    version : str
        The version of the package that must do it.
    """

    run: int
    path: str
    location: str
    athlete: str
    day: str
    key: str
    folder: Path
    work_dir: Path
    settings: Settings
    grade: Grade
    force: bool
    time_limit_s: float
    earlier: tuple[tuple[str, Path], ...] = ()
    named_anew: bool = False
    version: str = __version__


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    run: int
    status: Status
    reason: str = ""
    fix: str = ""
    seconds: float = 0.0

    @property
    def lost_its_worker(self) -> bool:
        """Whether the clip may be innocent: the worker died."""
        return self.status == "crashed"


def settings_digest(settings: Settings) -> str:
    """Stands for all settings that have a part in the numbers.

    Examples
    --------
    >>> more = Settings.from_dict({"pose": {"workers": 2}})
    >>> settings_digest(Settings()) == settings_digest(more)
    True
    """
    data = settings.model_dump(mode="json")
    del data["pose"]["workers"]
    return _digest(json.dumps(data, sort_keys=True))


def job_key(fingerprint: str, settings: Settings) -> str:
    """Stands for everything that decides the results of a clip."""
    return _digest(f"{fingerprint} {settings_digest(settings)} {__version__}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
