"""Reads every export back with the tools it is for, and compares the values.

    python -m validation.exports [RUN] [--height CM]

writes a run (by default the truth of the sample clip) in every format to a temporary folder and
prints a table: format, reader, version, values compared, greatest difference, unit. A reader that
is not installed is named as such. movement and OpenSim bring a second OpenCV or a large model
library, so they are no part of the test environment; with them in an environment of their own the
same command checks them as well.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.export.body import POINTS, evened, markers_of, points_of
from kneedrive_cv.export.mot import COORDINATES
from kneedrive_cv.export.openpose import BODY_25
from kneedrive_cv.export.run import FORMATS, export_run, file_name
from kneedrive_cv.export.tables import frame_columns, stride_columns, strides_path
from kneedrive_cv.export.trc import KINOVEA_POINTS

FloatArray = NDArray[np.float64]
CLOSE = 1e-6


@dataclass(frozen=True)
class Checked:
    """What one reader found in one file."""

    reader: str
    what: str
    values: int = 0
    worst: float = float("nan")
    allowed: float = CLOSE
    missing: bool = False


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


def _compare(reader: str, what: str, read: Any, wanted: Any, allowed: float = CLOSE) -> Checked:
    """Greatest difference; infinite where one has a number and the other none."""
    a, b = np.asarray(read, dtype=float), np.asarray(wanted, dtype=float)
    if a.shape != b.shape or (np.isnan(a) != np.isnan(b)).any():
        return Checked(reader, what, a.size, float("inf"), allowed)
    known = np.isfinite(b)
    worst = float(np.abs(a - b)[known].max(initial=0.0))
    return Checked(reader, what, int(known.sum()), worst, allowed)


def _absent(module: str, what: str) -> Checked | None:
    try:
        import_module(module)
    except ImportError:
        return Checked(module, what, missing=True)
    return None


def _cells(path: Path, skip: int) -> FloatArray:
    lines = path.read_text(encoding="utf-8").splitlines()[skip:]
    return np.array([[float(x or "nan") for x in line.split("\t")] for line in lines])


def read_trc(path: Path, run: Analysis) -> list[Checked]:
    """By OpenSim, and by the rules of the format."""
    markers = markers_of(run)
    plain = _compare("text", "m", _cells(path, 5)[:, 2:], markers.xyz_m.reshape(len(run.pose), -1))
    if missing := _absent("opensim", "m"):
        return [plain, missing]
    import opensim

    read = opensim.TimeSeriesTableVec3(str(path))
    columns = [read.getDependentColumn(name) for name in markers.names]
    rows = range(len(markers.time_s))
    xyz = np.array([[[c[i][axis] for axis in range(3)] for c in columns] for i in rows])
    return [
        plain,
        _compare(_version("opensim"), "m", xyz, markers.xyz_m),
        _compare(_version("opensim"), "s", read.getIndependentColumn(), markers.time_s),
    ]


def read_mot(path: Path, run: Analysis) -> list[Checked]:
    """By OpenSim, and by the rules of the format."""
    wanted = np.column_stack([s * run.angles.columns[name] for name, s in COORDINATES.values()])
    plain = _compare("text", "deg", _cells(path, 7)[:, 1:], wanted)
    if missing := _absent("opensim", "deg"):
        return [plain, missing]
    import opensim

    read = opensim.TimeSeriesTable(str(path))
    columns = [read.getDependentColumn(name).to_numpy() for name in COORDINATES]
    reader = _version("opensim")
    assert read.getTableMetaDataString("inDegrees") == "yes"
    return [
        plain,
        _compare(reader, "deg", np.column_stack(columns), wanted),
        _compare(reader, "s", read.getIndependentColumn(), run.angles.time_s),
    ]


def read_c3d(path: Path, run: Analysis) -> list[Checked]:
    """By ezc3d: markers, angles, events."""
    if missing := _absent("ezc3d", "m"):
        return [missing]
    import ezc3d

    file, markers, reader = ezc3d.c3d(str(path)), markers_of(run), _version("ezc3d")
    labels = file["parameters"]["POINT"]["LABELS"]["value"]
    points = dict(zip(labels, file["data"]["points"][:3].transpose(1, 2, 0), strict=True))
    xyz = np.stack([points[name] for name in markers.names], axis=1)
    names = file["parameters"]["POINT"]["ANGLES"]["value"]
    angles = np.column_stack([points[name][:, 0] for name in names])
    wanted = np.column_stack([evened(run.angles.columns[n], run.angles.time_s) for n in names])
    events = file["parameters"]["EVENT"]
    start_s = sum(file["parameters"]["KNEEDRIVE"]["START_S"]["value"])
    times_s = start_s + np.array([60.0, 1.0]) @ events["TIMES"]["value"]
    kinds = {"Foot Strike": "touchdown", "Foot Off": "toe_off"}
    who = list(zip(events["CONTEXTS"]["value"], events["LABELS"]["value"], strict=True))
    told = [(event.side, event.type) for event in run.result.events]
    assert [(side.lower(), kinds[kind]) for side, kind in who] == told
    return [
        _compare(reader, "m", xyz, evened(markers.xyz_m, markers.time_s)),
        _compare(reader, "deg", angles, wanted),
        _compare(reader, "s (events)", times_s, [event.time_s for event in run.result.events]),
    ]


def read_netcdf(path: Path, run: Analysis) -> list[Checked]:
    """By xarray, and by movement, which checks the layout and computes on it."""
    if missing := _absent("xarray", "px"):
        return [missing]
    import xarray

    with xarray.open_dataset(path, engine="h5netcdf") as file:
        data = file.load()
    xy_px = data["position"].transpose("time", "keypoints", "space", "individuals").to_numpy()
    angles = np.column_stack([data[name].to_numpy() for name in run.angles.columns])
    wanted = np.column_stack(list(run.angles.columns.values()))
    checks = [
        _compare(_version("xarray"), "px", xy_px[..., 0], run.pose.xy_px),
        _compare(_version("xarray"), "deg", angles, wanted),
        _compare(_version("xarray"), "s", data["time"], run.pose.time_s),
    ]
    return [*checks, *_by_movement(path, data, run)]


def _by_movement(path: Path, data: Any, run: Analysis) -> list[Checked]:
    if missing := _absent("movement", "px/s"):
        return [missing]
    from movement.kinematics import compute_velocity
    from movement.validators.datasets import ValidPosesInputs

    ValidPosesInputs.validate(data)
    speed = compute_velocity(data["position"]).isel(individuals=0)
    read = speed.transpose("time", "keypoints", "space").to_numpy()
    wanted = np.gradient(run.pose.xy_px, run.pose.time_s, axis=0)
    return [_compare(_version("movement"), "px/s", read, wanted)]


def read_openpose(path: Path, run: Analysis) -> list[Checked]:
    """By the rules of the format, and by this package's own reader of OpenPose files."""
    known = tuple(name for name in BODY_25 if not name.endswith("SmallToe"))
    wanted = points_of(run.pose.xy_px, known)
    read = np.full((len(run.pose), len(BODY_25), 3), np.nan)
    for row, file in enumerate(sorted(path.iterdir())):
        for person in json.loads(file.read_text(encoding="utf-8"))["people"]:
            read[row] = np.reshape(person["pose_keypoints_2d"], (-1, 3))
    read[read[..., 2] == 0] = np.nan
    xy_px = read[:, [BODY_25.index(name) for name in known], :2]
    return [_compare("json", "px", xy_px, wanted)]


def read_csv(path: Path, run: Analysis) -> list[Checked]:
    """By pandas."""
    return _by_pandas("read_csv", path, run)


def read_parquet(path: Path, run: Analysis) -> list[Checked]:
    """By pandas and by DuckDB."""
    checks = _by_pandas("read_parquet", path, run)
    if missing := _absent("duckdb", "all"):
        return [*checks, missing]
    import duckdb

    columns = frame_columns(run)
    read = duckdb.sql(f"select * from '{path}'").fetchnumpy()
    table = np.column_stack([np.ma.filled(read[n].astype(float), np.nan) for n in columns])
    wanted = np.column_stack([*columns.values()])
    return [*checks, _compare(_version("duckdb"), "all", table, wanted)]


def _by_pandas(function: str, path: Path, run: Analysis) -> list[Checked]:
    if missing := _absent("pandas", "all"):
        return [missing]
    import pandas

    reader = getattr(pandas, function)
    frames, columns = reader(path), frame_columns(run)
    strides, wanted = reader(strides_path(path)), stride_columns(run.result.strides)
    numbers = [name for name in wanted if name not in ("side",) and not name.endswith("_status")]
    every = np.column_stack([*columns.values()])
    return [
        _compare(_version("pandas"), "frames", frames[list(columns)], every),
        _compare(
            _version("pandas"),
            "strides",
            strides[numbers].astype(float),
            np.column_stack([np.array(wanted[name], dtype=float) for name in numbers]),
        ),
    ]


def as_kinovea_reads(path: Path) -> dict[str, FloatArray]:
    """The points of Kinovea's figure in each frame of the clip, step by step as Kinovea reads them.

    Kinovea itself runs on Windows alone. Its steps are those of ``MetadataImporterSports2D.cs``:
    lines by their number, columns by tabs, the names from line 4 without empty cells, as many as
    line 3 says; then the lines from 6 up to the number of frames, the head's lines counted with
    them; each group of three numbers as a point in thousandths, y upwards. Numbers are read by the
    language of Windows: here by one in which neither point nor comma means anything.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    rate, _, frames, markers = lines[2].split("\t")[:4]
    names = [cell for cell in lines[3].split("\t") if cell]
    assert len(names) == int(markers) + 2
    _in_any_language(rate)
    drawn = []
    for line in lines[5 : int(frames)]:
        values = line.split("\t")[2:]
        assert len(values) == 3 * int(markers)
        drawn.append([_in_any_language(value) for value in values])
    points = np.reshape(drawn, (len(drawn), -1, 3))[..., :2] * (1000, -1000)
    return dict(zip(names[2:], points.swapaxes(0, 1), strict=True))


def _in_any_language(number: str) -> float:
    assert not set(number) & {".", ","}, f"{number} is another number in another language"
    return float(number)


def read_kinovea(path: Path, run: Analysis) -> list[Checked]:
    """By the steps of Kinovea's reader."""
    read = np.stack(list(as_kinovea_reads(path).values()), axis=1)[run.pose.frame]
    wanted = points_of(run.pose.xy_px, tuple(KINOVEA_POINTS.values()))
    held = np.isnan(wanted)
    return [_compare("Kinovea's steps", "px", np.where(held, np.nan, read), wanted)]


READERS: dict[str, Callable[[Path, Analysis], list[Checked]]] = {
    "trc": read_trc,
    "mot": read_mot,
    "c3d": read_c3d,
    "netcdf": read_netcdf,
    "openpose": read_openpose,
    "csv": read_csv,
    "parquet": read_parquet,
    "kinovea": read_kinovea,
}


def main() -> int:
    """Write, read back, print the table; 1 where a value differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("run", nargs="?", type=Path, help="folder of a graded run")
    run = _run(parser.parse_args().run)
    assert set(READERS) == set(FORMATS)
    assert set(POINTS) >= {"RHip", "LHip"}
    failed = False
    print(f"{'format':9} {'read by':22} {'unit':11} {'values':>8} {'worst':>9} {'allowed':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, read in READERS.items():
            path = export_run(run, name, Path(folder) / file_name(run, name))
            for check in read(path, run):
                failed |= not check.missing and not check.worst <= check.allowed
                print(f"{name:9} {check.reader:22} {check.what:11} {_result(check)}")
    return int(failed)


def _result(check: Checked) -> str:
    if check.missing:
        return "not installed here"
    return f"{check.values:8} {check.worst:9.1e} {check.allowed:8.0e}"


def _run(folder: Path | None) -> Analysis:
    if folder is None:
        from tests.sample_analysis import make_analysis

        return make_analysis(missing=slice(30, 34))
    from kneedrive_cv.report.run_folder import load_run

    return load_run(folder).analysis


if __name__ == "__main__":
    raise SystemExit(main())
