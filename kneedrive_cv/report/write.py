"""Writes everything that one graded clip gives, as a whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event
from typing import Final

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.arguments import SLOWEST
from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.export.csv import write_angles, write_strides
from kneedrive_cv.export.json import write_result
from kneedrive_cv.export.npz import save_pose
from kneedrive_cv.interrupt import hold_interrupts, let_through
from kneedrive_cv.report.charts import stride_charts, time_charts
from kneedrive_cv.report.frames import Progress, clip_frames, run_frames, run_pass
from kneedrive_cv.report.history import History, find_earlier, history_of
from kneedrive_cv.report.html import Pictures, write_report
from kneedrive_cv.report.kinogram import KinogramCollector
from kneedrive_cv.report.overlay import OverlaySink
from kneedrive_cv.report.place import OTHER_FOLDER, output_error, put_in_place
from kneedrive_cv.report.playback import page_data, write_shown
from kneedrive_cv.report.printed import PrintedReport
from kneedrive_cv.report.run_folder import clip_beside
from kneedrive_cv.report.stills import StillCollector, fault_stills, to_jpeg, to_png
from kneedrive_cv.report.summary_card import draw_summary
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.video.reader import Frame
from kneedrive_cv.video.writer import OverlayWriter

LISTEN_EVERY_S: Final = 0.1


def output_dir(clip_path: Path, out_dir: Path) -> Path:
    """The folder that the results of a clip go to.

    It has the clip's name without the ending. Where the results of a clip with another ending
    lie there already, it has the whole name: ``run.mov`` does not replace ``run.mp4``. So it has
    where nothing but dots would be left: ``...mp4`` is not written to the folder above. Where
    those of a clip of the same name from another folder lie there, a number follows: ``run~2``.
    """
    if not clip_path.stem.strip("."):
        return _free_dir(clip_path, out_dir / clip_path.name)
    short = out_dir / clip_path.stem
    earlier = _earlier_clip(short)
    if earlier is None or earlier.name == clip_path.name:
        return _free_dir(clip_path, short)
    return _free_dir(clip_path, out_dir / clip_path.name)


def _free_dir(clip_path: Path, first: Path) -> Path:
    """The folder of this very clip, else of one that is gone, as it may be this one, else new."""
    gone: Path | None = None
    for number in count(1):
        folder = first if number == 1 else first.with_name(f"{first.name}~{number}")
        earlier = _earlier_clip(folder)
        if earlier is None and (number == 1 or not folder.exists()):
            return gone or folder
        if earlier is None or earlier.name != clip_path.name:
            continue
        if _is_same(earlier.path, clip_path):
            return folder
        if gone is None and _is_gone(earlier.path):
            gone = folder
    raise AssertionError("numbers do not end")


def _is_gone(clip: Path) -> bool:
    try:
        return not clip.is_file()
    except OSError:  # where one may not look it may well be
        return False


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def check_output(clip_path: Path, out_dir: Path) -> None:
    """Find out before the work begins that its results could not be written.

    Raises
    ------
    OutputError
        The folder cannot be made or written, or the clip's folder in it holds something else.
    """
    target = output_dir(clip_path, out_dir)
    _check_target(target)
    with _working_dir(_pointed_to(target).parent, clip_path):
        pass


def write_outputs(
    analysis: Analysis,
    out_dir: Path,
    frames: Iterable[Frame] | None = None,
    progress: Progress | None = None,
    *,
    slower: float = 1.0,
    earlier: Iterable[AnalysisResult] | None = None,
) -> Path:
    """Write report, overlay, kinogram, result, tables and pose of one clip.

    Everything goes to a temporary folder that takes its final name when it is whole. Files of
    others in an older folder of the clip are kept. Where that is a link to a folder, the results
    go into the folder that it points to.

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
    slower : float
        How many times slower than the clip the overlay plays, 1 to 32.
    earlier : iterable of AnalysisResult, optional
        Runs of the same athlete from earlier days; by default those of his name in ``out_dir``.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ConfigError
        ``slower`` is none of these.
    OutputError
        Something cannot be written, or the folder's name is taken by something else.
    """
    if not 1 <= slower <= SLOWEST:  # no number at all is not between them either
        raise ConfigError(f"{slower:g} is not between 1 and {SLOWEST:g}", where="slower")
    target = output_dir(analysis.clip_path, out_dir)
    _check_target(target)
    if earlier is None:
        earlier = find_earlier(analysis.result, out_dir)
    history = history_of(analysis.result, earlier)
    place = _pointed_to(target)
    with hold_interrupts(), _working_dir(place.parent, analysis.clip_path) as work:
        try:
            _write_tables(analysis, work)
            pictures = _pictures(analysis, work, frames, progress, slower, history)
            write_report(analysis.result, pictures, work / "report.html")
            let_through()
            put_in_place(work, place)
        except OSError as error:
            raise output_error(error, target) from error
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
    slower: float,
    history: History | None,
) -> Pictures:
    """Prepare curves and pages while the pass over the frames runs in a thread beside them."""
    stop = Event()
    with ThreadPoolExecutor(max_workers=1) as pool:
        passed = pool.submit(_pass, analysis, work, frames, progress, stop, slower)
        try:
            over_time, over_stride = time_charts(analysis), stride_charts(analysis)
            printed = PrintedReport(analysis, history)
            while not wait([passed], timeout=LISTEN_EVERY_S).done:
                let_through()
            seen = passed.result()
        except BaseException:
            stop.set()  # leaving the pool waits for the thread: it must end at the next frame
            raise
    charts = [("time", c) for c in over_time] + [("stride", c) for c in over_stride]
    write_shown(seen.overlay.shown, work / "overlay.csv")
    picture = seen.kinogram.render()
    if picture is not None:
        (work / "kinogram.png").write_bytes(to_png(picture))
    let_through()
    printed.write(work / "report.pdf", seen.stills.jpegs, picture)
    summary = draw_summary(analysis, seen.stills.jpegs, seen.kinogram.tops())
    (work / "summary.png").write_bytes(to_png(summary))
    return Pictures(
        stills=seen.stills.jpegs,
        kinogram=None if picture is None else to_jpeg(picture),
        kinogram_alt="" if picture is None else seen.kinogram.alt(),
        moments=seen.kinogram.moments,
        time_charts=over_time,
        stride_charts=over_stride,
        video=work / "overlay.mp4" if seen.overlay.shown else None,
        data=page_data(analysis, seen.overlay.shown, charts),
        history=history,
    )


@dataclass(frozen=True)
class _Seen:
    """What a pass over the frames has gathered."""

    stills: StillCollector
    kinogram: KinogramCollector
    overlay: OverlaySink


def _pass(
    analysis: Analysis,
    work: Path,
    frames: Iterable[Frame] | None,
    progress: Progress | None,
    stop: Event,
    slower: float,
) -> _Seen:
    total = len(run_frames(analysis))
    # Closed here: an error that is kept would keep the reading thread alive as well.
    clip = closing(clip_frames(analysis)) if frames is None else nullcontext(frames)
    with (
        clip as source,
        OverlayWriter(work / "overlay.mp4") as writer,
        ThreadPoolExecutor(1, thread_name_prefix="overlay") as thread,
    ):
        seen = _Seen(
            StillCollector(analysis, fault_stills(analysis)),
            KinogramCollector(analysis),
            OverlaySink(analysis, writer, thread, slower=slower),
        )
        sinks = (seen.stills, seen.kinogram, seen.overlay)
        run_pass(source, sinks, total=total, progress=progress, stop=stop)
        seen.overlay.finish()
    return seen


@dataclass(frozen=True)
class _Earlier:
    """The clip whose results lie in a folder."""

    name: str
    path: Path


def _earlier_clip(folder: Path) -> _Earlier | None:
    """The clip whose results lie in a folder; None if it holds none."""
    try:
        data = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        clip = data["clip"] if "schema_version" in data else None
        return clip and _Earlier(str(clip["name"]), clip_beside(clip.get("path", ""), folder))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _check_target(target: Path) -> None:
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir():
        what = "there is a file of this name already"
        raise OutputError(what, where=str(target), fix=OTHER_FOLDER)
    if any(target.iterdir()) and _earlier_clip(target) is None:
        raise OutputError(
            "this folder holds other things than the results of a clip",
            where=str(target),
            fix=OTHER_FOLDER,
        )


def _pointed_to(target: Path) -> Path:
    """The folder itself where its name is a link: a link cannot be replaced by a folder."""
    return target.resolve() if target.is_symlink() else target


@contextmanager
def _working_dir(out_dir: Path, clip_path: Path) -> Iterator[Path]:
    """A temporary folder beside the final one, gone afterwards whatever happens."""
    made = _first_missing(out_dir)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{clip_path.stem[:60]}.", dir=out_dir))
        work.chmod(0o755)
    except OSError as error:
        raise output_error(error, out_dir) from error
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
