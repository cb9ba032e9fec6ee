"""Results of a clip that are taken for whole: a folder with a seal, put in place in one step."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kneedrive_cv.errors import OutputError
from kneedrive_cv.report.output_files import OUTPUT_FILES
from kneedrive_cv.report.place import OTHER_FOLDER, put_in_place
from kneedrive_cv.team.clips import RESULT_NAME
from kneedrive_cv.team.history import TOLD_NAME

SEAL_NAME: Final = "graded.json"
"""Written last: it names the job and the sha256 of the results that it was written for."""


def seal(folder: Path, key: str, path: str, own_day: str = "") -> None:
    """Mark finished results.

    Parameters
    ----------
    folder : Path
    key : str
        Of the job.
    path : str
        The clip's, inside the team's folder.
    own_day : str
        The day that the clip itself names: the results bear that of the roster.
    """
    content = {
        "key": key,
        "clip": path,
        "own_day": own_day,
        "result_sha256": _sha256(folder / RESULT_NAME),
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / SEAL_NAME).write_text(text, encoding="utf-8")


def is_whole(folder: Path, key: str) -> bool:
    """Whether finished results of this very job lie in a folder."""
    content = _read_seal(folder)
    try:
        whole = content.get("result_sha256") == _sha256(folder / RESULT_NAME)
    except OSError:
        return False
    return whole and content.get("key") == key


def own_day(folder: Path) -> str | None:
    """The day that the clip itself names; None in results of a version that did not keep it."""
    day = _read_seal(folder).get("own_day")
    return day if isinstance(day, str) else None


def bears(folder: Path, athlete: str, day: str) -> bool:
    """Whether finished results are headed by this athlete and this day.

    Parameters
    ----------
    folder : Path
    athlete : str
        Empty where it is not known.
    day : str
        Empty where it is that which the clip itself names.
    """
    try:
        result = json.loads((folder / RESULT_NAME).read_text(encoding="utf-8"))
        name, headed = result["athlete"]["name"], result["clip"]["recorded"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    wanted = day or own_day(folder)
    return name == athlete and wanted in (None, headed)


def _read_seal(folder: Path) -> dict[str, object]:
    try:
        content = json.loads((folder / SEAL_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """A folder of one job's own, gone afterwards."""
    parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def publish(done: Path, folder: Path) -> None:
    """Give finished results their final name, in place of older ones.

    Files of others among the older ones are kept.

    Parameters
    ----------
    done : Path
        The finished results, on the same disk.
    folder : Path
        Where they go.

    Raises
    ------
    OutputError
        Something else than results lies there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    done.chmod(0o755)  # mkdtemp's folders are closed to others
    if folder.exists() and not (folder / RESULT_NAME).exists():
        raise OutputError(
            "this name is taken by something that is no result of a clip",
            where=str(folder),
            fix=OTHER_FOLDER,
        )
    put_in_place(done, folder, own=(*OUTPUT_FILES, SEAL_NAME, TOLD_NAME))
