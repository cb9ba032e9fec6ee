"""What the page must know to move its curves with the video: the time of every frame."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from kneedrive_cv.analysis import Analysis, Angles, FloatArray
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.report.catalogue import angles_of, series
from kneedrive_cv.report.charts import Chart, shown_time
from kneedrive_cv.report.cycles import find_cycles
from kneedrive_cv.report.window import running_height_px
from kneedrive_cv.result import AnalysisResult, Clip

NEAR_FROM: Final = 1.5
"""An athlete who could be this many times larger is shown near at once."""
_NEAR_SHARE: Final = 0.75
_MOST_ZOOM: Final = 5.0


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


def clip_times(angles: Angles, clip: Clip, shown: Sequence[ShownFrame]) -> FloatArray:
    """Seconds in real time of each shown frame, on the clock of the angles, shape (N,).

    Between frames with a pose by straight lines; before and after them at the rate of the file's
    frames. The camera's own is lower where frames were doubled, and those are counted here too.
    """
    frames = np.array([s.frame for s in shown], dtype=float)
    known, time_s = angles.frame.astype(float), angles.time_s
    step_s = 1.0 / (clip.playback_fps * clip.slow_motion)
    if not len(known):
        return frames * step_s
    times_s = np.interp(frames, known, time_s)
    early, late = frames < known[0], frames > known[-1]
    times_s[early] = time_s[0] + (frames[early] - known[0]) * step_s
    times_s[late] = time_s[-1] + (frames[late] - known[-1]) * step_s
    return np.asarray(times_s)


def athlete_places(
    pose: PoseTrack, clip: Clip, shown: Sequence[ShownFrame], height_px: float
) -> dict[str, Any]:
    """Where the athlete is in each shown frame, and how much the picture can be enlarged.

    Returns
    -------
    dict
        ``at``: shares of the picture's width and height, frame by frame; ``zoom``.
    """
    seen = np.isfinite(pose.xy_px).all(axis=-1, keepdims=True)
    count = seen.sum(axis=1)
    centres = np.where(seen, pose.xy_px, 0.0).sum(axis=1) / np.maximum(count, 1)
    good = count[:, 0] > 0
    if not good.any():
        return {"at": [], "zoom": 1.0}
    frames = np.array([s.frame for s in shown])
    size_px = (clip.width_px, clip.height_px)
    places = [
        np.interp(frames, pose.frame[good], centres[good, axis]) / size_px[axis] for axis in (0, 1)
    ]
    zoom = np.clip(_NEAR_SHARE * clip.height_px / height_px, 1.0, _MOST_ZOOM)
    return {"at": np.stack(places, axis=1).round(4).tolist(), "zoom": round(float(zoom), 2)}


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
    times_s = clip_times(analysis.angles, analysis.result.clip, shown)
    span = shown_time(analysis.angles, analysis.result)
    return {
        "frames": frames,
        "shown_s": [round(s.at_s, 6) for s in shown],
        "real_s": _rounded(times_s, 4),
        "window_s": [span.low, span.high] if span else [0.0, 1.0],
        "strides": _strides(analysis.result),
        "athlete": athlete_places(
            analysis.pose, analysis.result.clip, shown, running_height_px(analysis)
        ),
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
