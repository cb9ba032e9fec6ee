"""Where the tests find their clips."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from kneedrive_cv.analysis import Analysis
from validation.sprinter.renderer import why_not
from validation.truth import Truth, load_truth

Graded = tuple[Analysis, Truth]

# the same examples each time: what passed once passes elsewhere too; and a busy machine is slow
settings.register_profile("kneedrive", deadline=None, derandomize=True)
# new ones and many of them: pytest --hypothesis-profile=search
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("kneedrive")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KNEEDRIVE_SHARED") or ROOT.parent / "shared")
"""Footage and motion capture that may not be part of the repository."""


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_path() -> Callable[..., Path]:
    """``shared_path("clips", "hato72", "a1.mp4")``; skips the test where that is missing."""

    def find(*parts: str) -> Path:
        path = SHARED.joinpath(*parts)
        if not path.exists():
            pytest.skip(f"{'/'.join(parts)} is not in ../shared (or where KNEEDRIVE_SHARED points)")
        return path

    return find


@pytest.fixture(scope="session")
def sample_clip() -> Path:
    """The rendered clip with good technique."""
    return ROOT / "sample_videos" / "side_good.mp4"


@pytest.fixture(scope="session")
def truth(shared_path: Callable[..., Path]) -> Callable[[str | Path], Truth]:
    """``truth("side_good")`` or ``truth(path of a rendered clip)``: what is known of it."""

    def load(clip: str | Path) -> Truth:
        if isinstance(clip, Path):
            return load_truth(clip)
        own = ROOT / "sample_videos" / f"{clip}.json"
        return load_truth(own if own.exists() else shared_path("synth", f"{clip}.npz"))

    return load


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``made_once("name", make)``: what ``make(path)`` made, by one process of tests for all."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def of_all(name: str, make: Callable[[Path], object]) -> Path:
        path, whole = folder / name, folder / f"{name}.whole"
        with FileLock(folder / f"{name}.lock"):
            if not whole.exists():
                make(path)
                whole.touch()
        return path

    return of_all


@pytest.fixture(scope="session")
def graded(
    shared_path: Callable[..., Path],
    sample_clip: Path,
    truth: Callable[[str | Path], Truth],
    made_once: Callable[..., Path],
) -> Callable[[str], Graded]:
    """``graded("side_good")``: the analysis of a rendered clip, made once, and its truth."""
    kept: dict[str, Graded] = {}

    def grade(name: str) -> Graded:
        if name not in kept:
            from kneedrive_cv.pipeline import analyze

            own = sample_clip.with_stem(name)
            clip = own if own.exists() else shared_path("synth", f"{name}.mp4")
            path = made_once(
                f"{name}.graded", lambda path: path.write_bytes(pickle.dumps(analyze(clip)))
            )
            kept[name] = pickle.loads(path.read_bytes()), truth(name)
        return kept[name]

    return grade


@pytest.fixture(scope="session")
def examples(made_once: Callable[..., Path]) -> Path:
    """The folder that the examples of the pages and the README begin with; copy it, then use it."""
    from tests.examples import make_folder

    return made_once("examples", make_folder)


@pytest.fixture(scope="session")
def opengl() -> None:
    """Skips where pictures cannot be drawn."""
    if missing := why_not():
        pytest.skip(missing)
