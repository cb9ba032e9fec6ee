"""Analysis: what ``analyze()`` returns, the result together with the arrays behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import AnalysisResult

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Angles:
    """Angles of every frame, by the names of ``angles.csv``; NaN where missing.

    Attributes
    ----------
    frame : ndarray of int, shape (T,)
        0-based frame of the container.
    time_s : ndarray, shape (T,)
        Seconds in real time.
    columns : dict of str to ndarray, shape (T,)
        ``left_thigh_deg``, ``right_thigh_deg``, ``left_hip_flexion_deg``, ...,
        ``trunk_lean_deg``, ``pelvis_rotation_deg``.
    """

    frame: NDArray[np.int64]
    time_s: FloatArray
    columns: dict[str, FloatArray]


@dataclass(frozen=True)
class Analysis:
    """One graded clip.

    Attributes
    ----------
    clip_path : Path
        The clip that was read.
    result : AnalysisResult
        What is written to ``result.json``.
    pose : PoseTrack
        The repaired and smoothed landmarks, one row per frame of the athlete's track.
    raw_pose : PoseTrack
        The landmarks as the estimator gave them, for the same frames.
    angles : Angles
        The angles of every frame.
    frame_times_s : ndarray, shape (frames of the clip,), or None
        Playback times of all frames, where the clip was read whole and without damage.
    """

    clip_path: Path
    result: AnalysisResult
    pose: PoseTrack
    raw_pose: PoseTrack
    angles: Angles
    frame_times_s: FloatArray | None = None

    def labelled(self, *, name: str = "", recorded: str = "") -> Analysis:
        """The same with the athlete's name and the date of the recording, where given."""
        result = self.result
        athlete = result.athlete.model_copy(update={"name": name} if name else {})
        clip = result.clip.model_copy(update={"recorded": recorded} if recorded else {})
        return self.with_result(result.model_copy(update={"athlete": athlete, "clip": clip}))

    def with_result(self, result: AnalysisResult) -> Analysis:
        """The same arrays with another result."""
        return replace(self, result=result)
