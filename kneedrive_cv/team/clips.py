"""The clips of a folder, on this machine or behind an fsspec URL."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from kneedrive_cv.errors import ConfigError, VideoError
from kneedrive_cv.team import remote
from kneedrive_cv.team.remote import is_url

VIDEO_ENDINGS: Final = frozenset(
    f".{name}"
    for name in "3gp avi m2ts m4v mkv mov mp4 mpeg mpg mts webm wmv".split()  # noqa: SIM905
)
RESULT_NAME: Final = "result.json"
"""A folder that holds it is the results of a clip: the overlay in it is no footage."""


@dataclass(frozen=True)
class TeamClip:
    """A clip of the team's folder.

    Attributes
    ----------
    path : str
        Inside the folder, with forward slashes.
    location : str
        Where it is read from: a path of this machine or a URL.
    """

    path: str
    location: str


def folder_name(folder: str | Path) -> str:
    """The folder as the store names it: absolute, so that two trainings stay apart."""
    return str(folder).rstrip("/") if is_url(folder) else str(Path(folder).resolve())


def find_clips(folder: str | Path, *, leave_out: Path | None = None) -> list[TeamClip]:
    """All clips under a folder, in order of their paths.

    Files and folders that begin with a dot, folders of results and those that may not be entered
    are passed over.

    Parameters
    ----------
    folder : str or Path
        A folder, or an fsspec URL of one.
    leave_out : Path, optional
        A folder that is not searched: where the results go.

    Raises
    ------
    ConfigError
        It is no folder, cannot be read, or holds no clip.
    """
    found = _far(str(folder)) if is_url(folder) else _local(Path(folder), leave_out)
    clips = sorted(found, key=lambda clip: clip.path)
    if not clips:
        raise ConfigError(
            "holds no clip", where=str(folder), fix="Name the folder with the team's footage."
        )
    return clips


def _is_clip(path: str) -> bool:
    parts = PurePosixPath(path)
    hidden = any(part.startswith(".") for part in parts.parts)
    return not hidden and parts.suffix.lower() in VIDEO_ENDINGS


def _local(folder: Path, leave_out: Path | None) -> Iterator[TeamClip]:
    _check_readable(folder)
    root = folder.resolve()
    for place, folders, files in os.walk(root):  # passes over what may not be entered
        here = Path(place)
        folders[:] = [name for name in folders if not _is_left_out(here / name, leave_out)]
        for name in files:
            path = (here / name).relative_to(root).as_posix()
            if _is_clip(path):
                yield TeamClip(_as_text(path), str(here / name))


def _check_readable(folder: Path) -> None:
    try:
        os.scandir(folder).close()
    except OSError as error:
        what = {
            FileNotFoundError: "does not exist",
            NotADirectoryError: "is not a folder",
        }.get(type(error), f"cannot be read ({error.strerror or error})")
        fix = "Name the folder with the team's footage."
        raise ConfigError(what, where=str(folder), fix=fix) from error


def _far(url: str) -> Iterator[TeamClip]:
    files = list(remote.list_files(url))
    results = {path.rpartition("/")[0] for path, _ in files if path.endswith(f"/{RESULT_NAME}")}
    for path, address in files:
        if _is_clip(path) and path.rpartition("/")[0] not in results:
            yield TeamClip(path, address)


def _as_text(path: str) -> str:
    """The path; where it is no valid text, spelt so that it can be shown and kept."""
    return path.encode(errors="backslashreplace").decode()


def _is_left_out(folder: Path, leave_out: Path | None) -> bool:
    if folder.name.startswith(".") or folder == leave_out:
        return True
    return os.access(folder / RESULT_NAME, os.F_OK)  # exists() raises where one may not enter


def fingerprint(clip: TeamClip) -> str:
    """What changes when the content of a clip does: its sha256, or what the remote store says.

    Raises
    ------
    VideoError
        It cannot be read.
    """
    if is_url(clip.location):
        return remote.fingerprint(clip.location)
    try:
        with Path(clip.location).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = error.strerror or str(error)
        raise VideoError(f"cannot be read ({reason})", where=clip.path) from error


def result_folders(paths: list[str]) -> dict[str, PurePosixPath]:
    """The folder of each clip's results: its path without the ending, where that is clear.

    It is clear where no other clip's results go to the same folder or into it.

    Examples
    --------
    >>> [str(p) for p in result_folders(["Ann/1.mov", "Bo/1.mov", "Bo/1.mp4"]).values()]
    ['Ann/1', 'Bo/1.mov', 'Bo/1.mp4']
    >>> [str(p) for p in result_folders(["Ann.mp4", "Ann/1.mp4"]).values()]
    ['Ann.mp4', 'Ann/1']
    """
    # Many disks do not tell upper from lower case.
    above = {str(one).casefold() for path in paths for one in PurePosixPath(path).parents}
    names = {path: str(PurePosixPath(path).with_suffix("")) for path in paths}
    while unclear := _unclear(names, above):
        # Where not even the whole names are clear they grow, so this ends.
        names |= {path: path for path in unclear if len(names[path]) < len(path)} or {
            path: f"{names[path]}~{number}" for number, path in enumerate(unclear, 2)
        }
    return {path: PurePosixPath(name) for path, name in names.items()}


def _unclear(names: dict[str, str], above: set[str]) -> list[str]:
    """The paths whose names for the results stand for more than one folder."""
    times = Counter(name.casefold() for name in names.values())
    return [
        path
        for path, name in names.items()
        if times[name.casefold()] > 1 or name.casefold() in above
    ]
