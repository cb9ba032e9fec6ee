"""Grade a clip of the bench, or read what was graded before.

What `kneedrive_cv.analyze` returned is kept under the clip's name and a hash of the sources it
came from, so tables are made anew at once and a long run can be broken off and taken up again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from kneedrive_cv.analysis import Analysis, Angles
from kneedrive_cv.errors import UngradableError
from kneedrive_cv.export.json import read_result, write_result
from kneedrive_cv.export.npz import load_pose, save_pose
from validation.accuracy.clips import KEY_LENGTH, render
from validation.common import ROOT
from validation.sprinter.parameters import ClipParameters

PACKAGE = ROOT / "kneedrive_cv"
NO_MEASUREMENT = (
    *("report", "export", "team"),
    *("cli.py", "doctor.py", "lasting.py", "system.py", "version.py"),
)
"""Parts of the package that do not change what is measured."""


@dataclass(frozen=True)
class Refused:
    """A clip that was not graded, and why."""

    reason: str


def source_key() -> str:
    """A hash of everything in the package that a measurement comes from."""
    sources = [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in NO_MEASUREMENT
    ]
    found = hashlib.sha256()
    for path in [*sources, ROOT / "models" / "SHA256SUMS"]:
        found.update(path.relative_to(ROOT).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:KEY_LENGTH]


def kept_in(clip: Path, sources: str) -> Path:
    """The folder of what was measured in a clip by these sources."""
    return clip.parent / "results" / sources / clip.stem


def grade(clip: Path, kept: Path) -> None:
    """Run a clip through the product and keep what it returns; whole or not at all."""
    from kneedrive_cv.pipeline import analyze

    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".grading-") as folder:
        made = Path(folder) / "made"
        made.mkdir()
        try:
            _keep(analyze(clip), made)
        except UngradableError as error:
            (made / "refused.json").write_text(json.dumps({"reason": error.what}), "utf-8")
        shutil.move(made, kept)


def _keep(analysis: Analysis, folder: Path) -> None:
    write_result(analysis.result, folder / "result.json")
    save_pose(analysis.pose, folder / "pose.npz")
    save_pose(analysis.raw_pose, folder / "raw_pose.npz")
    angles = analysis.angles
    with (folder / "angles.npz").open("wb") as file:
        arrays: dict[str, Any] = {"frame": angles.frame, "time_s": angles.time_s}
        np.savez_compressed(file, **arrays, **angles.columns)  # type: ignore[arg-type]


def load(clip: Path, kept: Path) -> Analysis | Refused:
    """What `grade` kept of a clip."""
    if (kept / "refused.json").exists():
        return Refused(json.loads((kept / "refused.json").read_text("utf-8"))["reason"])
    with np.load(kept / "angles.npz") as data:
        columns = {name: data[name] for name in data.files if name not in ("frame", "time_s")}
        angles = Angles(data["frame"], data["time_s"], columns)
    return Analysis(
        clip_path=clip,
        result=read_result(kept / "result.json"),
        pose=load_pose(kept / "pose.npz"),
        raw_pose=load_pose(kept / "raw_pose.npz"),
        angles=angles,
    )


@dataclass(frozen=True)
class Work:
    """One clip that is to be there and to be graded."""

    clip: Path
    parameters: ClipParameters
    kept: Path


def _do(work: Work) -> float:
    """Render and grade; seconds that it took."""
    began_s = perf_counter()
    render(work.clip, work.parameters)
    if not work.kept.exists():
        grade(work.clip, work.kept)
    return perf_counter() - began_s


def do_all(works: list[Work], *, workers: int = 1) -> None:
    """Do what is not done yet, each clip in a process of its own, and say how far it is.

    Parameters
    ----------
    works : list of Work
    workers : int
        Processes side by side; each takes about 0.7 GB.
    """
    left = [work for work in works if not work.kept.exists()]
    if not left:
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, max_tasks_per_child=1) as pool:
        waiting = {pool.submit(_do, work): work for work in left}
        try:
            for count, each in enumerate(as_completed(waiting), start=1):
                name = waiting[each].clip.stem
                print(f"{count} of {len(left)}: {name}, {each.result():.0f} s", flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
