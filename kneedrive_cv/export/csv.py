"""``strides.csv`` and ``angles.csv``."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from kneedrive_cv.analysis import ANGLE_COLUMNS, Analysis, Angles, single
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.export.rounding import decimals_of
from kneedrive_cv.result import METRICS, TRAVEL, Stride, Value

_WITHOUT_INTERVAL: Final = ("contact_time_s", "flight_time_s", "step_frequency_hz")
_WITH_INTERVAL: Final = tuple(name for name in METRICS if name not in _WITHOUT_INTERVAL)
_UNITS: Final = ("deg", "shank", "thigh", "s", "hz", "mps", "m", "legps", "leg")


def interval_columns(metric: str) -> tuple[str, str, str]:
    """The names of a metric, and of the lower and upper end of its 95 % interval.

    Examples
    --------
    >>> interval_columns("hip_flexion_deg")
    ('hip_flexion_deg', 'hip_flexion_low_deg', 'hip_flexion_high_deg')
    """
    stem, _, unit = metric.rpartition("_")
    assert unit in _UNITS, metric
    return metric, f"{stem}_low_{unit}", f"{stem}_high_{unit}"


STRIDE_COLUMNS: Final = (
    "side",
    "toe_off_frame",
    "peak_frame",
    "touchdown_frame",
    *(column for metric in _WITH_INTERVAL for column in interval_columns(metric)),
    *(column for metric in TRAVEL for column in interval_columns(metric)),
    "valid_fraction",
    *_WITHOUT_INTERVAL,
)
"""The columns of ``strides.csv``, in order; those of `own_metrics` come behind them."""


def own_metrics(strides: Sequence[Stride]) -> list[str]:
    """The metrics that checks of one's own have brought with them, in the order of the checks."""
    found = dict.fromkeys(name for stride in strides for name in stride.metrics)
    return [name for name in found if name not in METRICS]


def _cell(value: float | None, name: str) -> str:
    if value is None or not math.isfinite(value):
        return ""
    text = f"{value:.{decimals_of(name)}f}"
    return text if text.strip("-0.") else text.lstrip("-")


def _interval_cells(value: Value | None, metric: str) -> list[str]:
    if value is None or value.value is None:
        return ["", "", ""]
    return [_cell(x, metric) for x in (value.value, value.low, value.high)]


def _stride_row(stride: Stride, own: Sequence[str]) -> list[str]:
    frames = (stride.toe_off_frame, stride.peak_frame, stride.touchdown_frame)
    row = [stride.side, *map(str, frames)]
    for metric in _WITH_INTERVAL:
        row += _interval_cells(stride.metrics.get(metric), metric)
    for metric in TRAVEL:
        row += _interval_cells(stride.travel.get(metric), metric)
    row.append(_cell(stride.valid_fraction, "valid_fraction"))
    row += [_interval_cells(stride.metrics.get(m), m)[0] for m in _WITHOUT_INTERVAL]
    for metric in own:
        row += _interval_cells(stride.metrics.get(metric), metric)
    return row


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_strides(analysis: Analysis, path: Path) -> None:
    """Write ``strides.csv``: a row a knee drive; cells are empty where nothing was measured."""
    strides = analysis.result.strides
    own = own_metrics(strides)
    behind = (column for metric in own for column in interval_columns(metric))
    _write(path, (*STRIDE_COLUMNS, *behind), (_stride_row(stride, own) for stride in strides))


def _same_again(number: float) -> str:
    """Nine digits, from which the same number of single precision is read; empty for NaN."""
    return f"{number + 0.0:.9g}" if math.isfinite(number) else ""


def write_angles(analysis: Analysis, path: Path) -> None:
    """Write ``angles.csv``: a row a frame of the track; cells are empty where missing.

    `read_angles` reads exactly the same numbers from it, another reader the same within 1e-6.
    """
    angles = analysis.angles
    missing = np.full(len(angles.frame), np.nan)
    columns = [angles.columns.get(name, missing).tolist() for name in ANGLE_COLUMNS]
    rows = (
        [str(frame), repr(time_s), *map(_same_again, cells)]
        for frame, time_s, *cells in zip(
            angles.frame.tolist(), angles.time_s.tolist(), *columns, strict=True
        )
    )
    _write(path, ("frame", "time_s", *ANGLE_COLUMNS), rows)


def read_angles(path: Path) -> Angles:
    """Read an ``angles.csv``; empty cells become NaN, a mark that Excel puts first is left out.

    Raises
    ------
    ConfigError
        It cannot be read, or is no such table.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        names = [name for name in (rows[0] if rows else {}) if name not in ("frame", "time_s")]
        return Angles(
            frame=np.array([int(row["frame"]) for row in rows], dtype=np.int64),
            time_s=np.array([float(row["time_s"]) for row in rows]),
            columns={
                n: single(np.array([float(row[n] or "nan") for row in rows])) for n in names
            },
        )
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=str(path)) from error
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise ConfigError("is no table of angles", where=str(path)) from error
