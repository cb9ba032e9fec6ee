"""The calls of the package: everything that the command line does is one of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Settings, chosen_settings
from kneedrive_cv.errors import ConfigError, UngradableError
from kneedrive_cv.label import label_of
from kneedrive_cv.looks import Progress
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.run import Run

if TYPE_CHECKING:
    from kneedrive_cv.pose.estimate import PosePool
    from kneedrive_cv.pose.files.reading import GivenPose, Names


def analyze(
    clip: str | Path | None = None,
    settings: Settings | dict[str, Any] | str | Path | None = None,
    *,
    pose: GivenPose | PoseTrack | str | Path | None = None,
    also: str | Path | None = None,
    capture_fps: float | None = None,
    athlete: int | None = None,
    view: Literal["auto", "side", "front", "rear"] | None = None,
    height_m: float | None = None,
    known_distance: tuple[float, float, float, float, float] | None = None,
    model: Literal["lite", "full", "heavy"] | None = None,
    name: str = "",
    recorded: str | date = "",
    progress: Progress | None = None,
    pool: PosePool | None = None,
) -> Run:
    """Grade the knee drive in one clip, as ``kneedrive analyze`` does.

    Parameters
    ----------
    clip : str or Path, optional
        A video file; not needed where there is a pose.
    settings : Settings, dict, str or Path, optional
        Settings, or a TOML file with them, or a dict of what it would hold; what follows is put on
        top of them.
    pose : GivenPose, PoseTrack, str or Path, optional
        A pose file of another program, or what `read_pose` made of it, or a track of one's own:
        the pose is taken from it. The clip beside it says the time and gives the pictures.
    also : str or Path, optional
        A second clip of the same run from another view; not beside a pose.
    capture_fps : float, optional
        Frames a second the camera took, where a slow-motion clip does not say so.
    athlete : int, optional
        Which person, by the number that is listed for a wrong one.
    view : str, optional
        ``side``, ``front`` or ``rear``, where it is told wrongly.
    height_m : float, optional
        The athlete's height: gives speed and step length in metres.
    known_distance : tuple of float, optional
        A known distance on his lane in place of it: x1, y1, x2, y2 in pixels, then metres.
    model : str, optional
        ``lite``, ``full`` or ``heavy``.
    name : str
        The athlete's name, for the report.
    recorded : str, date or datetime
        The day of the run, for the report; text as ``2026-05-31``.
    progress : callable, optional
        Called as ``progress(stage, done, total)``; by default a line in a notebook, and nothing
        elsewhere.
    pool : PosePool, optional
        Estimators that were loaded before; see `kneedrive_cv.pipeline.open_pose_pool`.

    Returns
    -------
    Run

    Raises
    ------
    VideoError
        The clip cannot be read.
    UngradableError
        It can be read, but no sprint can be graded from it; the message says why.
    ConfigError
        A setting or an argument is wrong.
    """
    from kneedrive_cv import pipeline
    from kneedrive_cv.notebook import progress_line
    from kneedrive_cv.video.metadata import check_other

    label = label_of(name, recorded)
    chosen = chosen_settings(
        settings,
        capture_fps=capture_fps,
        pick_athlete=athlete,
        view=view,
        model=model,
        height_m=height_m,
        known_distance=known_distance,
    )
    if pose is not None and also is not None:
        raise ConfigError("pose and also do not go together", where="analyze")
    if pose is not None:
        run = Run(pipeline.analyze_pose(pose, clip, chosen))
    elif clip is None:
        raise ConfigError("name a clip or a pose", where="analyze")
    else:
        if also is not None:
            check_other(clip, also)
        with progress_line(progress) as show:
            run = Run(pipeline.analyze(clip, chosen, also=also, progress=show, pool=pool))
    return run.labelled(**label)


def list_people(
    clip: str | Path, settings: Settings | dict[str, Any] | str | Path | None = None
) -> dict[int, str]:
    """Say who is in a clip, as ``kneedrive analyze CLIP --athlete list`` does.

    Parameters
    ----------
    clip : str or Path
    settings : Settings, dict, str or Path, optional

    Returns
    -------
    dict of int to str
        Number, which ``analyze(clip, athlete=number)`` takes, and where and how he is seen; the
        one who sprints first.

    Raises
    ------
    VideoError
        The clip cannot be read.
    AthleteError
        Nobody is in it, or nobody who moves.
    """
    from kneedrive_cv.pipeline import find_in_clip

    return dict(enumerate(find_in_clip(clip, chosen_settings(settings))[0].athlete.people, 1))


def analyze_all(
    clip: str | Path, settings: Settings | dict[str, Any] | str | Path | None = None
) -> dict[int, Run]:
    """Grade everybody in a clip who runs, as ``kneedrive analyze CLIP --all-athletes`` does.

    Parameters
    ----------
    clip : str or Path
    settings : Settings, dict, str or Path, optional

    Returns
    -------
    dict of int to Run
        By the number of `list_people`; whoever cannot be graded is left out.

    Raises
    ------
    VideoError
        The clip cannot be read.
    AthleteError
        Nobody is in it, or nobody who moves.
    """
    from kneedrive_cv.pipeline import find_in_clip, open_pose_pool

    chosen = chosen_settings(settings)
    runs = {}
    with open_pose_pool(chosen) as pool:
        for number in find_in_clip(clip, chosen)[0].athlete.runners:
            with suppress(UngradableError):
                runs[number] = analyze(clip, chosen, athlete=number, pool=pool)
    return runs


def read_pose(
    path: str | Path, *, names: Names | None = None, person: int | None = None
) -> GivenPose:
    """Read the pose file of another program.

    Parameters
    ----------
    path : str or Path
        OpenPose JSON (the folder), RTMLib and MMPose JSON, DeepLabCut CSV or H5, SLEAP analysis
        H5, TRC, C3D, or netCDF of movement.
    names : mapping, optional
        Landmark -> the file's name of it, or names whose middle it is, for points that are not
        told from their names: ``{"left_hip": ["LASI", "LPSI"]}``.
    person : int, optional
        Which person, from 1; by default the one whose ankles pass each other most.

    Returns
    -------
    GivenPose
        For ``analyze(pose=...)``; ``track(fps=60)`` gives the pose by itself.

    Raises
    ------
    PoseFileError
        It cannot be read, or lacks what a knee drive is measured by.
    """
    from kneedrive_cv.pose.files.reading import read_pose as read

    return read(path, names=names, person=person)


def load(folder: str | Path) -> Run:
    """Read a run that was written by `write_outputs` or ``kneedrive analyze``.

    Angles and landmarks are those that were graded. The values of strides and checks are rounded as
    ``result.json`` has them, and the landmarks before the repair are not kept.

    Parameters
    ----------
    folder : str or Path
        The folder of the clip, as ``runs/clip``, or one in which it is the only one.

    Raises
    ------
    ConfigError
        It holds no run, more than one, or one of another version.
    """
    from kneedrive_cv.report.run_folder import find_run, load_run

    found = find_run(Path(folder))
    return Run(load_run(found).analysis, found)


def write_outputs(
    run: Run | Analysis,
    out: str | Path = "runs",
    *,
    slower: float = 1.0,
    progress: Progress | None = None,
) -> Path:
    """Write report, overlay, kinogram, result, tables and pose, as ``kneedrive analyze`` does.

    Parameters
    ----------
    run : Run or Analysis
    out : str or Path
        The results go to a folder in it that has the clip's name.
    slower : float
        How many times slower than the clip the overlay plays, 1 to 32.
    progress : callable, optional
        As for `analyze`.

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
    from kneedrive_cv.notebook import progress_line
    from kneedrive_cv.report import write

    _require_number(slower, "slower")
    with progress_line(progress) as show:
        return write.write_outputs(_analysis(run), Path(out), progress=show, slower=slower)


def export_run(
    run: Run | Analysis,
    format: str,  # noqa: A002
    path: str | Path | None = None,
    *,
    height_m: float | None = None,
) -> Path:
    """Write a run for another tool, as ``kneedrive export`` does.

    Parameters
    ----------
    run : Run or Analysis
    format : str
        ``trc``, ``mot``, ``c3d``, ``netcdf``, ``openpose``, ``csv``, ``parquet`` or ``kinovea``.
    path : str or Path, optional
        The file; by default the clip's name with the format's ending, in the run's folder where
        it was loaded from one, else in the current one.
    height_m : float, optional
        The athlete's height in metres, for the formats that hold metres; by default the height or
        the distance that the run was graded with.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ConfigError
        There is no such format, its library is not installed, or the height is none.
    OutputError
        It cannot be written.
    """
    from kneedrive_cv.export.run import export_run as write
    from kneedrive_cv.export.run import file_name

    if height_m is not None:
        _require_number(height_m, "height_m")
    analysis = _analysis(run)
    folder = getattr(run, "folder", None) or Path()
    target = folder / file_name(analysis, format) if path is None else Path(path)
    return write(analysis, format, target, height_m=height_m)


def compare(
    runs: str | Path | Run | Iterable[str | Path | Run], out: str | Path = "comparison.html"
) -> Path:
    """Set graded runs side by side, as ``kneedrive compare`` does.

    Parameters
    ----------
    runs : iterable of str, Path or Run, or one
        Folders of runs, or folders of such folders, or runs that were loaded from one; they are
        compared as they lie there.
    out : str or Path
        The page.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    ConfigError
        A folder holds no run, there is only one, or a run was not loaded from a folder.
    """
    from kneedrive_cv.report.compare import load_runs, write_comparison

    several = [runs] if isinstance(runs, str | Path | Run) else runs
    write_comparison(load_runs([_folder(run) for run in several]), Path(out))
    return Path(out)


def _folder(run: str | Path | Run) -> Path:
    """Where a run lies."""
    if not isinstance(run, Run):
        return Path(run)
    if run.folder is None:
        raise ConfigError(
            "this run lies in no folder",
            where=run.result.clip.name,
            fix="Write it, and name the folder that run.write() gives.",
        )
    return run.folder


def _require_number(given: object, name: str) -> None:
    if not isinstance(given, Real):
        raise ConfigError(f"{given!r} is no number", where=name, fix="Give it without quotes.")


def _analysis(run: Run | Analysis) -> Analysis:
    return run.analysis if isinstance(run, Run) else run
