"""What the page must know to move its curves with the video: the time of every frame."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kneedrive_cv.analysis import Analysis, FloatArray
from kneedrive_cv.report.catalogue import angles_of, series
from kneedrive_cv.report.charts import Chart, shown_time
from kneedrive_cv.report.cycles import find_cycles
from kneedrive_cv.result import AnalysisResult


@dataclass(frozen=True)
class ShownFrame:
    """A frame of the overlay video.

    Attributes
    ----------
    frame : int
        0-based frame of the clip.
    at_s : float
        When the overlay shows it.
    """

    frame: int
    at_s: float


def write_shown(shown: Sequence[ShownFrame], path: Path) -> None:
    """Write ``overlay.csv``: a row for each frame of the overlay, which it is and when it shows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("frame", "video_time_s"))
        writer.writerows((s.frame, f"{s.at_s:.6f}") for s in shown)


def read_shown(path: Path) -> list[ShownFrame]:
    """Read an ``overlay.csv``.

    Raises
    ------
    OSError, ValueError, KeyError
        It cannot be read, or is something else.
    """
    with path.open(newline="", encoding="utf-8") as file:
        return [
            ShownFrame(int(r["frame"]), float(r["video_time_s"])) for r in csv.DictReader(file)
        ]


def real_times(analysis: Analysis, shown: Sequence[ShownFrame]) -> FloatArray:
    """Seconds in real time of each shown frame, on the clock of the angles, shape (N,).

    Between frames with a pose by straight lines; before and after them at the clip's rate.
    """
    angles, clip = analysis.angles, analysis.result.clip
    frames = np.array([s.frame for s in shown], dtype=float)
    known, time_s = angles.frame.astype(float), angles.time_s
    times_s = np.interp(frames, known, time_s)
    step_s = 1.0 / clip.capture_fps
    early, late = frames < known[0], frames > known[-1]
    times_s[early] = time_s[0] + (frames[early] - known[0]) * step_s
    times_s[late] = time_s[-1] + (frames[late] - known[-1]) * step_s
    return times_s


def page_data(
    analysis: Analysis, shown: Sequence[ShownFrame], charts: Sequence[tuple[str, Chart]]
) -> dict[str, Any]:
    """The frames, strides and angles for the page's script.

    Parameters
    ----------
    analysis : Analysis
    shown : sequence of ShownFrame
        The frames of the overlay, in order; may be empty.
    charts : sequence of (str, Chart)
        Those of the page with their kind, ``time`` or ``stride``: they say how high an angle
        stands on its chart.
    """
    frames = [s.frame for s in shown]
    times_s = real_times(analysis, shown)
    span = shown_time(analysis.angles, analysis.result)
    return {
        "frames": frames,
        "shown_s": [round(s.at_s, 6) for s in shown],
        "real_s": _rounded(times_s, 4),
        "window_s": [span.low, span.high] if span else [0.0, 1.0],
        "strides": _strides(analysis.result),
        "notes": _notes(analysis.result, frames),
        "angles": _angles(analysis, frames),
        "scales": {f"{kind}:{c.key}": [c.y.low, c.y.high] for kind, c in charts},
    }


def _strides(result: AnalysisResult) -> list[dict[str, Any]]:
    ends = {cycle.stride.number: cycle.end_s for cycle in find_cycles(result)}
    return [
        {
            "number": s.number,
            "side": s.side,
            "start_s": round(s.toe_off_time_s, 4),
            "end_s": round(ends.get(s.number, s.touchdown_time_s), 4),
            "first": s.toe_off_frame,
            "top": s.peak_frame,
            "last": s.touchdown_frame,
        }
        for s in result.strides
    ]


def _notes(result: AnalysisResult, frames: Sequence[int]) -> dict[int, str]:
    """What happens on a frame, in words."""
    notes = {s.peak_frame: f"{s.side} top of knee drive {s.number}" for s in result.strides}
    for event in result.events:
        words = f"{event.side} {event.type.replace('_', '-')}"
        notes[event.frame] = " · ".join(filter(None, (notes.get(event.frame), words)))
    return {frame: notes[frame] for frame in frames if frame in notes}


def _angles(analysis: Analysis, frames: Sequence[int]) -> dict[str, dict[str, list[float | None]]]:
    angles = analysis.angles
    rows = np.searchsorted(angles.frame, frames)
    rows = np.clip(rows, 0, max(len(angles.frame) - 1, 0))
    here = np.isin(frames, angles.frame)
    return {
        angle.key: {
            side or "both": _rounded(np.where(here, values[rows], np.nan), 1)
            for side, values in series(angles, angle).items()
        }
        for angle in angles_of(angles)
    }


def _rounded(values: FloatArray, decimals: int) -> list[float | None]:
    return [round(v, decimals) if np.isfinite(v) else None for v in values.tolist()]
