"""Find the model files and make sure that they are whole."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kneedrive_cv.errors import ModelError

if TYPE_CHECKING:
    import cv2

FOLDER_VARIABLE = "KNEEDRIVE_MODELS"
SUMS_NAME = "SHA256SUMS"
POSE = "pose_landmarker_"
LFS_HEADER = b"version https://git-lfs"

INSTALLED = Path(__file__).resolve().parent / "models"
IN_REPOSITORY = Path(__file__).resolve().parent.parent / "models"


def models_folder() -> Path:
    """The folder of the model files.

    The environment variable ``KNEEDRIVE_MODELS`` names another one. Without it, it is the folder
    inside the installed package or, when the package runs from its repository, the one beside it.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    return INSTALLED if INSTALLED.is_dir() else IN_REPOSITORY


def model_path(name: str, *, folder: Path | None = None) -> Path:
    """The path of a model file, after its sha256 was found right.

    A file is hashed once per process, and again only if it was changed.

    Parameters
    ----------
    name : str
        File name, for example ``pose_landmarker_heavy.task``.
    folder : Path, optional
        Where the file and its ``SHA256SUMS`` lie; by default `models_folder`.

    Returns
    -------
    Path
        An existing file with the listed content.

    Raises
    ------
    ModelError
        The file or the list is missing, the name is not in the list, or the file is damaged.
    """
    folder = models_folder() if folder is None else folder
    expected = expected_sha256(folder).get(name)
    if expected is None:
        raise ModelError(f"has no model {name}", where=str(folder / SUMS_NAME), fix=_fix())
    path = folder / name
    try:
        status = path.stat()
        actual = _sha256(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        what = f"the model file cannot be read ({error.strerror})"
        raise ModelError(what, where=str(path), fix=_fix()) from error
    if actual != expected:
        raise ModelError(_damage(path), where=str(path), fix=_fix())
    return path


def require_models(pose_model: str) -> None:
    """Raise `ModelError` if a file that grading by one of the pose models needs is not whole."""
    for name in expected_sha256(models_folder()):
        if not name.startswith(POSE) or name == f"{POSE}{pose_model}.task":
            model_path(name)


def load_onnx(path: str | Path, what: str) -> cv2.dnn.Net:
    """A network as OpenCV runs it.

    Parameters
    ----------
    path : str or Path
        The ONNX file.
    what : str
        What it is, for the error.

    Raises
    ------
    ModelError
        The file is missing or is no network.
    """
    import cv2

    try:
        if not Path(path).is_file():  # OpenCV would also write about it to stderr
            raise FileNotFoundError(path)
        return cv2.dnn.readNetFromONNX(str(path))
    except (cv2.error, OSError) as error:
        raise ModelError(f"{what} cannot be loaded", where=str(path), fix=_fix()) from error


def expected_sha256(folder: Path) -> dict[str, str]:
    """The sha256 of each model file, as ``SHA256SUMS`` lists them.

    Raises
    ------
    ModelError
        The list cannot be read or is not in the format of sha256sum.
    """
    path = folder / SUMS_NAME
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError as error:
        what = f"the list of model files cannot be read ({error.strerror})"
        raise ModelError(what, where=str(path), fix=_fix()) from error
    except UnicodeDecodeError as error:
        what = "the list of model files is damaged"
        raise ModelError(what, where=str(path), fix=_fix()) from error
    pairs = [line.split(maxsplit=1) for line in lines if line.strip()]
    if not all(len(pair) == 2 and len(pair[0]) == 64 for pair in pairs):
        raise ModelError("the list of model files is damaged", where=str(path), fix=_fix())
    return {name.lstrip("*"): digest.lower() for digest, name in pairs}


@cache
def _sha256(path: Path, size: int, mtime_ns: int) -> str:
    # Size and time of change are in the key only, so that a file put right is hashed anew.
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damage(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(len(LFS_HEADER))
    if not start:
        return "the model file is empty"
    if start == LFS_HEADER:
        return "the model file is a git-lfs pointer, its content was not fetched"
    return "the model file is damaged (its sha256 is not the one listed)"


def _fix() -> str:
    if os.environ.get(FOLDER_VARIABLE):
        return f"Check the folder that {FOLDER_VARIABLE} names, or unset it."
    return "Install kneedrive again, or restore the folder models/ of the repository."
