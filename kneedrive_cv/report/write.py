"""Writes everything that one graded clip gives, as a whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from threading import Event
from typing import Final

import cv2

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.errors import OutputError
from kneedrive_cv.export.csv import write_angles, write_strides
from kneedrive_cv.export.json import write_result
from kneedrive_cv.export.npz import save_pose
from kneedrive_cv.report.figures import Figure, angle_figures
from kneedrive_cv.report.frames import Progress, clip_frames, run_frames, run_pass
from kneedrive_cv.report.html import Pictures, render_report
from kneedrive_cv.report.kinogram import KinogramCollector
from kneedrive_cv.report.overlay import OverlaySink
from kneedrive_cv.report.stills import StillCollector, fault_stills, to_jpeg
from kneedrive_cv.video.reader import Frame
from kneedrive_cv.video.writer import OverlayWriter

OUTPUT_FILES: Final = (
    "report.html",
    "overlay.mp4",
    "kinogram.png",
    "result.json",
    "strides.csv",
    "angles.csv",
    "pose.npz",
)
_FIX: Final = "Choose another folder with --out."


def output_dir(clip_path: Path, out_dir: Path) -> Path:
    """The folder that the results of a clip go to.

    It has the clip's name without the ending. Where the results of a clip with another ending
    lie there already, it has the whole name: ``run.mov`` does not replace ``run.mp4``.
    """
    short = out_dir / clip_path.stem
    earlier = _earlier_clip(short)
    return short if earlier in (None, clip_path.name) else out_dir / clip_path.name


def check_output(clip_path: Path, out_dir: Path) -> None:
    """Find out before the work begins that its results could not be written.

    Raises
    ------
    OutputError
        The folder cannot be made or written, or the clip's folder in it holds something else.
    """
    _check_target(output_dir(clip_path, out_dir))
    with _working_dir(out_dir, clip_path):
        pass


def write_outputs(
    analysis: Analysis,
    out_dir: Path,
    frames: Iterable[Frame] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write report, overlay, kinogram, result, tables and pose of one clip.

    Everything goes to a temporary folder that takes its final name when it is whole. Files of
    others in an older folder of the clip are kept.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    out_dir : Path
        The results go to ``out_dir/<name of the clip without its ending>``.
    frames : iterable of Frame, optional
        All frames of the clip in order; by default the clip is read again.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OutputError
        Something cannot be written, or the folder's name is taken by something else.
    """
    target = output_dir(analysis.clip_path, out_dir)
    _check_target(target)
    with _working_dir(out_dir, analysis.clip_path) as work:
        try:
            _write_tables(analysis, work)
            pictures = _pictures(analysis, work, frames, progress)
            page = render_report(analysis.result, pictures)
            (work / "report.html").write_text(page, encoding="utf-8")
            _publish(work, target)
        except OSError as error:
            raise _output_error(error, target) from error
    return target


def _write_tables(analysis: Analysis, work: Path) -> None:
    write_result(analysis.result, work / "result.json")
    write_strides(analysis, work / "strides.csv")
    write_angles(analysis, work / "angles.csv")
    save_pose(analysis.pose, work / "pose.npz")


def _pictures(
    analysis: Analysis,
    work: Path,
    frames: Iterable[Frame] | None,
    progress: Progress | None,
) -> Pictures:
    """Draw the curves while the pass over the frames runs in a thread beside them."""
    stop = Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        passed = pool.submit(_pass, analysis, work, frames, progress, stop)
        try:
            figures = _figures(analysis)
            stills, kinogram = passed.result()
        except BaseException:
            stop.set()  # leaving the pool waits for the thread: it must end at the next frame
            raise
    picture = kinogram.render()
    if picture is None:
        return Pictures(stills=stills.jpegs, figures=figures)
    (work / "kinogram.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return Pictures(
        stills=stills.jpegs,
        figures=figures,
        kinogram=to_jpeg(picture),
        kinogram_alt=kinogram.alt(),
    )


def _pass(
    analysis: Analysis,
    work: Path,
    frames: Iterable[Frame] | None,
    progress: Progress | None,
    stop: Event,
) -> tuple[StillCollector, KinogramCollector]:
    stills = StillCollector(analysis, fault_stills(analysis))
    kinogram = KinogramCollector(analysis)
    total = len(run_frames(analysis))
    # Closed here: an error that is kept would keep the reading thread alive as well.
    clip = closing(clip_frames(analysis)) if frames is None else nullcontext(frames)
    with clip as source, OverlayWriter(work / "overlay.mp4") as writer:
        sinks = (stills, kinogram, OverlaySink(analysis, writer))
        run_pass(source, sinks, total=total, progress=progress, stop=stop)
    return stills, kinogram


def _figures(analysis: Analysis) -> list[Figure]:
    targets = analysis.result.settings.get("targets")
    return angle_figures(
        analysis, Targets.model_validate(targets) if isinstance(targets, dict) else Targets()
    )


def _earlier_clip(folder: Path) -> str | None:
    """The name of the clip whose results lie in a folder; None if it holds none."""
    try:
        data = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        return str(data["clip"]["name"]) if "schema_version" in data else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _check_target(target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir():
        raise OutputError("there is a file of this name already", where=str(target), fix=_FIX)
    if any(target.iterdir()) and _earlier_clip(target) is None:
        raise OutputError(
            "this folder holds other things than the results of a clip",
            where=str(target),
            fix=_FIX,
        )


@contextmanager
def _working_dir(out_dir: Path, clip_path: Path) -> Iterator[Path]:
    """A temporary folder beside the final one, gone afterwards whatever happens."""
    made = _first_missing(out_dir)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{clip_path.stem[:60]}.", dir=out_dir))
        work.chmod(0o755)
    except OSError as error:
        raise _output_error(error, out_dir) from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        _remove_empty(made, out_dir)


def _first_missing(out_dir: Path) -> Path | None:
    missing = [p for p in (out_dir, *out_dir.parents) if not p.exists()]
    return missing[-1] if missing else None


def _remove_empty(made: Path | None, out_dir: Path) -> None:
    """Take back the folders that were made for nothing."""
    if made is None:
        return
    for folder in (out_dir, *out_dir.parents):
        try:
            folder.rmdir()  # refuses a folder that holds something
        except OSError:
            return
        if folder == made:
            return


def _publish(work: Path, target: Path) -> None:
    """Give the finished folder its name, in place of an older one of the same clip."""
    if not target.exists():
        work.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=".old.", dir=target.parent))
    old.rmdir()
    target.rename(old)
    try:
        work.rename(target)
    except BaseException:
        old.rename(target)
        raise
    for entry in old.iterdir():
        if entry.name not in OUTPUT_FILES:
            entry.rename(target / entry.name)
    shutil.rmtree(old)


def _output_error(error: OSError, where: Path) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"cannot be written ({reason})", where=str(where), fix=_FIX)
