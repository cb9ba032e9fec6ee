"""C3D: markers, angles and events, without analog channels, by ezc3d."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.export.body import FloatArray, evened, markers_of
from kneedrive_cv.extras import need
from kneedrive_cv.result import Event

_EVENT_NAMES: Final = {"touchdown": "Foot Strike", "toe_off": "Foot Off"}
_MOST_IN_A_ROW: Final = 255
"""The format counts a parameter's values in a byte; what is more goes to TIMES2, LABELS2 ..."""
_ICONS: Final = {"touchdown": 1, "toe_off": 2}


def write_c3d(analysis: Analysis, path: Path, *, height_m: float | None = None) -> None:
    """Write a C3D file: markers in metres, angles as the x of a point, and the events.

    Angles are in degrees; shares of a length, as the height of a knee from the front, are scalars.

    The format knows even frames only: uneven ones are brought to the usual rate. It holds single
    precision, as the run itself does. Its time counts from the first row; when that was in the
    clip is the sum of the parameter ``KNEEDRIVE:START_S``: whole seconds and the rest, since one
    number of single precision would be off by 30 microseconds ten minutes into a clip.

    Parameters
    ----------
    analysis : Analysis
    path : Path
    height_m : float, optional
        The athlete's height, which the metres are taken from.

    Raises
    ------
    ConfigError
        ezc3d is not installed.
    """
    ezc3d = need("ezc3d", extra="export", what="A C3D file")
    markers = markers_of(analysis, height_m=height_m)
    angles = {k: v for k, v in analysis.angles.columns.items() if np.isfinite(v).any()}
    turned = np.zeros((len(markers.time_s), len(angles), 3))
    turned[..., 0] = np.column_stack(list(angles.values())) if angles else 0.0
    rows = evened(np.concatenate([markers.xyz_m, turned], axis=1), markers.time_s)
    file = ezc3d.c3d()
    _put_points(file, rows, [*markers.names, *angles])
    point = file["parameters"]["POINT"]
    point["RATE"]["value"], point["UNITS"]["value"] = [markers.rate_hz], ["m"]
    _put_kinds(file, list(angles))
    _put_events(file, analysis, float(markers.time_s[0]))
    file.add_parameter("KNEEDRIVE", "START_S", list(divmod(float(markers.time_s[0]), 1.0)))
    file.add_parameter("KNEEDRIVE", "SCALE", [markers.scale_source])
    file.write(str(path))


def _put_kinds(file: Any, columns: list[str]) -> None:
    """Say which points are none, and what they are measured in."""
    degrees = [name for name in columns if name.endswith("_deg")]
    file.add_parameter("POINT", "ANGLES", degrees)
    file.add_parameter("POINT", "ANGLE_UNITS", ["deg"])
    shares = [name for name in columns if name not in degrees]
    if shares:
        file.add_parameter("POINT", "SCALARS", shares)
        file.add_parameter("POINT", "SCALAR_UNITS", ["1"])


def _put_points(file: Any, rows: FloatArray, names: list[str]) -> None:
    """Points (T, K, 3); a missing one is 0 with a residual of -1."""
    missing = np.asarray(np.isnan(rows).any(axis=-1))
    points = np.ones((4, rows.shape[1], rows.shape[0]))
    points[:3] = np.where(missing[..., None], 0.0, rows).transpose(2, 1, 0)
    file["parameters"]["POINT"]["LABELS"]["value"] = names
    file["data"]["points"] = points
    file["data"]["meta_points"] = {
        "residuals": np.where(missing, -1.0, 0.0).T[None],
        "camera_masks": np.zeros((7, rows.shape[1], rows.shape[0]), dtype=bool),
    }


def _put_events(file: Any, analysis: Analysis, start_s: float) -> None:
    events = analysis.result.events
    file.add_parameter("EVENT", "USED", [len(events)])
    if not events:
        return
    for part, start in enumerate(range(0, len(events), _MOST_IN_A_ROW), 1):
        some = events[start : start + _MOST_IN_A_ROW]
        for name, value in _event_values(some, start_s, analysis.result.athlete.name).items():
            file.add_parameter("EVENT", name if part == 1 else f"{name}{part}", value)


def _event_values(events: Sequence[Event], start_s: float, subject: str) -> dict[str, Any]:
    since_s = np.array([event.time_s - start_s for event in events])
    return {
        "CONTEXTS": [event.side.capitalize() for event in events],
        "LABELS": [_EVENT_NAMES[event.type] for event in events],
        "DESCRIPTIONS": [event.type for event in events],
        "SUBJECTS": [subject] * len(events),
        "TIMES": np.array(np.divmod(since_s, 60.0)),  # minutes, seconds
        "ICON_IDS": [_ICONS[event.type] for event in events],
        "GENERIC_FLAGS": [0] * len(events),
    }
