"""Check the installation: libraries, models, a single OpenCV."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from kneedrive_cv.errors import KneedriveError
from kneedrive_cv.system import missing_libraries
from kneedrive_cv.weights import expected_sha256, model_path, models_folder

OPENCV_WHEELS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
"""All of them write the same folder ``cv2``: with two installed, either may be broken."""
_OPENCV_FIX = (
    "exactly one may be installed: pip uninstall them all, then pip install opencv-contrib-python"
)


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool


def examine() -> list[Finding]:
    """Look at everything that grading needs."""
    return [_system(), _opencv(), *_packages(), _encoder(), *_models()]


def _system() -> Finding:
    missing = missing_libraries()
    what = f"missing: {', '.join(missing)}" if missing else "all found"
    return Finding(f"system libraries: {what}", not missing)


def _opencv() -> Finding:
    present = [name for name in OPENCV_WHEELS if _version(name)]
    if len(present) != 1:
        return Finding(f"OpenCV: {', '.join(present) or 'none'} ({_OPENCV_FIX})", ok=False)
    broken = _broken("cv2")
    return Finding(f"OpenCV: {present[0]}{broken}", not broken)


def _packages() -> list[Finding]:
    names = ("mediapipe", "av", "numpy", "scipy", "matplotlib")
    return [_package(name) for name in names]


def _package(name: str) -> Finding:
    present = _version(name)
    broken = _broken(name) if present else ""
    return Finding(f"{name} {present or 'is missing'}{broken}", bool(present) and not broken)


def _broken(module: str) -> str:
    """That a package is there and cannot be loaded all the same; empty if it can."""
    try:
        import_module(module)
    except (ImportError, OSError) as error:  # as where a library of the system is missing
        return f" cannot be loaded ({error})"
    return ""


def _encoder() -> Finding:
    try:
        from kneedrive_cv.video.writer import can_write

        if can_write():
            return Finding("H.264 encoder of PyAV", True)
    except ImportError as error:
        return Finding(f"the writer of clips cannot be loaded ({error})", False)
    return Finding("PyAV has no H.264 encoder (libx264): install its wheel, pip install av", False)


def _models() -> list[Finding]:
    try:
        names = expected_sha256(models_folder())
    except KneedriveError as error:
        return [Finding(str(error), False)]
    return [_model(name) for name in names]


def _model(name: str) -> Finding:
    try:
        model_path(name)
    except KneedriveError as error:
        return Finding(str(error), False)
    return Finding(f"model {name}", True)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
