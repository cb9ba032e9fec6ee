"""Write a run for another tool: one function for all formats."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol, cast

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.report.output_files import OUTPUT_FILES
from kneedrive_cv.report.place import OTHER_FOLDER, output_error

MOST_HEIGHT_M: Final = 2.6
LEAST_HEIGHT_M: Final = 0.8


class Writer(Protocol):
    """Writes one run to a path."""

    def __call__(self, analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
        """Write it; the folder of the path exists."""


@dataclass(frozen=True)
class Format:
    """A format that a run can be exported to.

    Attributes
    ----------
    name : str
        What ``--format`` takes.
    ending : str
        What the file's name ends with.
    reader : str
        Who reads it.
    place : str
        Module and function of the writer: it is imported when it is first used.
    """

    name: str
    ending: str
    reader: str
    place: str

    @property
    def is_file(self) -> bool:
        """Whether it is a file, and no folder."""
        return "." in self.ending

    def writer(self) -> Writer:
        """The function that writes it."""
        module, function = self.place.split(":")
        return cast(Writer, getattr(import_module(f"kneedrive_cv.export.{module}"), function))


FORMATS: Final[dict[str, Format]] = {
    each.name: each
    for each in (
        Format("trc", ".trc", "OpenSim, Mokka, Blender", "trc:write_trc"),
        Format("mot", ".mot", "OpenSim", "mot:write_mot"),
        Format("c3d", ".c3d", "Visual3D, Mokka, ezc3d", "c3d:write_c3d"),
        Format("netcdf", ".nc", "movement, xarray", "netcdf:write_netcdf"),
        Format("openpose", "_openpose", "what reads OpenPose's JSON", "openpose:write_openpose"),
        Format("csv", ".csv", "spreadsheets", "tables:write_csv"),
        Format("parquet", ".parquet", "DuckDB, pandas, Polars", "tables:write_parquet"),
        Format("kinovea", "_kinovea.trc", "Kinovea", "trc:write_kinovea"),
    )
}
"""The formats by name. A new one is a function in a module of this folder and a line here."""


def find_format(name: str) -> Format:
    """The format of a name.

    Raises
    ------
    ConfigError
        There is none of this name.
    """
    if name not in FORMATS:
        names = ", ".join(FORMATS)
        raise ConfigError(f"there is no format {name!r}", fix=f"There are {names}.")
    return FORMATS[name]


def file_name(analysis: Analysis, format: str) -> str:  # noqa: A002
    """The usual name of an export: the clip's, with the ending of the format.

    Where that is a file of the run itself, as for ``strides.mp4`` as CSV, it is
    ``strides_frames.csv``.
    """
    stem, ending = Path(analysis.result.clip.name).stem, find_format(format).ending
    # in small letters, since some file systems take Strides.csv and strides.csv for the same
    taken = f"{stem}{ending}".lower() in OUTPUT_FILES
    return f"{stem}_frames{ending}" if taken else f"{stem}{ending}"


def export_run(
    analysis: Analysis,
    format: str,  # noqa: A002 - the word of the command line
    path: Path,
    *,
    height_m: float | None = None,
) -> Path:
    """Write a run for another tool, whole or not at all.

    Parameters
    ----------
    analysis : Analysis
    format : str
        One of `FORMATS`.
    path : Path
        The file, or for ``openpose`` the folder. A file of this name is replaced, a folder only
        where it was written by this function.
    height_m : float, optional
        The athlete's height in metres, for the formats that hold metres.

    Returns
    -------
    Path
        As ``path``.

    Raises
    ------
    ConfigError
        There is no such format, its library is not installed, or the height is none.
    OutputError
        It cannot be written.
    """
    chosen = find_format(format)
    if height_m is not None and not LEAST_HEIGHT_M <= height_m <= MOST_HEIGHT_M:
        raise ConfigError(
            f"nobody is {height_m:g} m tall", where="height", fix="Give it in metres, as 1.82."
        )
    write = chosen.writer()
    if chosen.is_file and path.is_dir():
        usual = path / file_name(analysis, format)
        raise OutputError("is a folder", where=str(path), fix=f"Name a file, as {usual}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export.", dir=path.parent) as work:
            write(analysis, Path(work) / path.name, height_m=height_m)
            targets = {made: path.with_name(made.name) for made in Path(work).iterdir()}
            for made, target in targets.items():  # all of them, before the first is in place
                _require_room(made, target)
            for made, target in targets.items():
                _put(made, target)
    except OSError as error:
        raise output_error(error, path) from error
    return path


def _require_room(made: Path, target: Path) -> None:
    """Raise `OutputError` where what has the name already is no older export."""
    if target.exists() and target.is_dir() != made.is_dir():
        there, needed = ("folder", "file") if target.is_dir() else ("file", "folder")
        raise OutputError(
            f"is a {there}, and a {needed} of this name is to be written",
            where=str(target),
            fix="Give another name.",
        )
    if made.is_dir() and target.is_dir():
        others = [p for p in target.iterdir() if not p.name.endswith("_keypoints.json")]
        if others:
            what = "this folder holds other things"
            raise OutputError(what, where=str(target), fix=OTHER_FOLDER)


def _put(made: Path, target: Path) -> None:
    """Give what was made its name, in place of an older export."""
    if target.is_dir():
        shutil.rmtree(target)
    made.replace(target)
