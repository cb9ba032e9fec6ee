"""The frames and the strides of a run as columns, and as CSV and Parquet files of them."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np

from kneedrive_cv.analysis import Analysis, Angles
from kneedrive_cv.export.csv import interval_columns
from kneedrive_cv.extras import need
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.result import METRICS, TRAVEL, Stride, Value

Columns = dict[str, list[Any]]


def angle_columns(angles: Angles) -> Columns:
    """``frame``, ``time_s`` and each angle, a row a frame; NaN where missing."""
    return {"frame": angles.frame.tolist(), "time_s": angles.time_s.tolist()} | {
        name: column.tolist() for name, column in angles.columns.items()
    }


def frame_columns(analysis: Analysis) -> Columns:
    """All that is known of each frame: the angles, then each landmark's place and confidence.

    Landmarks are columns like ``left_knee_x_px``, ``left_knee_y_px`` and
    ``left_knee_visibility``.
    """
    pose = analysis.pose
    columns = angle_columns(analysis.angles)
    for i, name in enumerate(LANDMARKS):
        columns[f"{name}_x_px"] = pose.xy_px[:, i, 0].tolist()
        columns[f"{name}_y_px"] = pose.xy_px[:, i, 1].tolist()
        columns[f"{name}_visibility"] = pose.visibility[:, i].tolist()
    return columns


def stride_columns(strides: list[Stride]) -> Columns:
    """A row a knee drive: side, frames, times, and each metric with its interval.

    A metric has the columns of ``strides.csv``, as ``hip_flexion_deg``, ``hip_flexion_low_deg``
    and ``hip_flexion_high_deg``, and beside them ``hip_flexion_status``. NaN where it was not
    measured. What is in two units has a status for each, as ``speed_mps_status``.
    """
    columns: Columns = {"stride": [stride.number for stride in strides]}
    for field in ("side", "toe_off_frame", "peak_frame", "touchdown_frame", "toe_off_time_s",
                  "peak_time_s", "touchdown_time_s", "passes_parallel"):  # fmt: skip
        columns[field] = [getattr(stride, field) for stride in strides]
    for metric in dict.fromkeys(name for stride in strides for name in stride.metrics) or METRICS:
        status = f"{metric.rpartition('_')[0]}_status"
        columns |= _value_columns(metric, status, [s.metrics.get(metric) for s in strides])
    for metric in TRAVEL:  # some differ in nothing but their unit
        status = f"{metric}_status"
        columns |= _value_columns(metric, status, [s.travel.get(metric) for s in strides])
    columns["valid_fraction"] = [stride.valid_fraction for stride in strides]
    return columns


def _value_columns(metric: str, status: str, values: list[Value | None]) -> Columns:
    parts = zip(interval_columns(metric), ("value", "low", "high"), strict=True)
    return {
        name: [math.nan if v is None else _number(getattr(v, part)) for v in values]
        for name, part in parts
    } | {status: ["not_measurable" if v is None else v.status for v in values]}


def strides_path(path: Path) -> Path:
    """The file of the strides beside that of the frames.

    Examples
    --------
    >>> strides_path(Path("run.parquet")).name
    'run_strides.parquet'
    """
    return path.with_stem(f"{path.stem}_strides")


def write_csv(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write all frames as CSV with full precision, and the strides beside them.

    Parameters
    ----------
    analysis : Analysis
    path : Path
        Of the frames; the strides go to ``<stem>_strides.csv``.
    height_m : float, optional
        Not used.
    """
    for target, columns in _tables(analysis, path):
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*(map(_cell, c) for c in columns.values()), strict=True))


def write_parquet(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write the same two tables as Parquet.

    Parameters
    ----------
    analysis : Analysis
    path : Path
        Of the frames; the strides go to ``<stem>_strides.parquet``.
    height_m : float, optional
        Not used.

    Raises
    ------
    ConfigError
        pyarrow is not installed.
    """
    arrow = need("pyarrow", extra="export", what="A Parquet file")
    parquet = need("pyarrow.parquet", extra="export", what="A Parquet file")
    for target, columns in _tables(analysis, path):
        table = {name: _typed(arrow, column) for name, column in columns.items()}
        parquet.write_table(arrow.table(table), target)


def _tables(analysis: Analysis, path: Path) -> list[tuple[Path, Columns]]:
    return [
        (path, frame_columns(analysis)),
        (strides_path(path), stride_columns(analysis.result.strides)),
    ]


def _typed(arrow: Any, column: list[Any]) -> Any:
    """A column of Parquet: null where missing, which sums leave out.

    Its type is the same whether anything was measured or not, so that the files of many runs are
    read as one table; only whether the thigh passes parallel may be None and nothing else.
    """
    first = next((value for value in column if value is not None), True)
    kinds = {bool: arrow.bool_(), int: arrow.int64(), float: arrow.float64(), str: arrow.string()}
    return arrow.array(column, type=kinds[type(first)], from_pandas=True)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _cell(value: Any) -> str:
    """Full precision; empty where missing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return repr(value) if isinstance(value, float) else str(value)
