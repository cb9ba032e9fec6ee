"""Analysis: what ``analyze()`` returns, the result together with the arrays behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.scene.level import Level

FloatArray = NDArray[np.float64]

SINGLE: Final = ("xy_px", "world_m", "visibility")
"""The arrays of a pose that a run holds in single precision, as ``pose.npz`` does."""


def single(values: FloatArray) -> FloatArray:
    """Numbers as a run holds them: those of single precision, in an array of double.

    C3D, the least precise format that a run is written to, has single precision. A run is rounded
    to it once, where it is made, so that every file and every table holds exactly the same
    numbers. That costs at most 4e-6 degrees (8e-6 past 128) and 3e-5 pixels, far below what is
    measured.

    Examples
    --------
    >>> float(single(np.array([87.1]))[0])
    87.0999984741211
    """
    return values.astype(np.float32).astype(np.float64)


def single_pose(track: PoseTrack) -> PoseTrack:
    """A pose as a run holds it; times and frames stay as they are."""
    return track.replace(**{name: single(getattr(track, name)) for name in SINGLE})


_LEG_ANGLES: Final = (
    "thigh_deg",
    "hip_flexion_deg",
    "knee_flexion_deg",
    "ankle_dorsiflexion_deg",
    "foot_pitch_deg",
)

ANGLE_COLUMNS: Final = (
    *(f"{side}_{angle}" for angle in _LEG_ANGLES for side in SIDES),
    "trunk_lean_deg",
    "pelvis_rotation_deg",
    "pelvis_obliquity_deg",
    *(f"{side}_knee_height_thigh" for side in SIDES),
    *(f"{side}_knee_across_middle_thigh" for side in SIDES),
    *(f"{side}_shank_deg" for side in SIDES),
    *(f"{side}_foot_ahead_leg" for side in SIDES),
)
"""What a run has of every frame, in the order of ``angles.csv``."""


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
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
        ``trunk_lean_deg``, ``pelvis_rotation_deg``; those of a run are in `single` precision.
    """

    frame: NDArray[np.int64]
    time_s: FloatArray
    columns: dict[str, FloatArray]

    @classmethod
    def of(cls, track: PoseTrack, angles: dict[str, FloatArray]) -> Angles:
        """Those of a track: all of `ANGLE_COLUMNS`, also those that the view does not show."""
        missing = np.full(len(track), np.nan)
        held = {name: single(angles.get(name, missing)) for name in ANGLE_COLUMNS}
        return cls(track.frame, track.time_s, held)


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
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

    @property
    def level(self) -> Level:
        """How the camera was held: what takes a pose in the picture to the angles."""
        clip, scene = self.result.clip, self.result.scene
        return Level(scene.tilt_deg, scene.converging_deg, clip.width_px, clip.height_px)

    def labelled(self, *, name: str = "", recorded: str = "") -> Analysis:
        """The same with the athlete's name and the date of the recording, where given."""
        result = self.result
        athlete = result.athlete.model_copy(update={"name": name} if name else {})
        clip = result.clip.model_copy(update={"recorded": recorded} if recorded else {})
        return self.with_result(result.model_copy(update={"athlete": athlete, "clip": clip}))

    def with_result(self, result: AnalysisResult) -> Analysis:
        """The same arrays with another result."""
        return replace(self, result=result)
