"""A window cut out of a frame around the athlete, at a stated scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.report.drawing import FloatArray, Image, middle
from kneedrive_cv.result import Gait
from kneedrive_cv.technique.not_a_sprint import is_drill

_BELOW_KNEES: Final = [
    INDEX[f"{side}_{part}"] for side in SIDES for part in ("ankle", "heel", "foot_index")
]
_ARMS: Final = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("elbow", "wrist")]
_SEEN: Final = 0.5
_OVER_LANDMARKS: Final = 1.1
"""The landmarks end at the eyes and the ankles or toes; hair and soles lie beyond."""


@dataclass(frozen=True)
class Window:
    """A rectangle of a frame, brought to a size.

    Attributes
    ----------
    origin_px : ndarray, shape (2,)
        Its upper left corner in the frame; may lie outside of it.
    scale : float
        Pixels of the window per pixel of the frame.
    width_px, height_px : int
        Size of the window.
    """

    origin_px: FloatArray
    scale: float
    width_px: int
    height_px: int

    @classmethod
    def about(
        cls, centre_px: FloatArray, *, seen_px: float, width_px: int, height_px: int
    ) -> Window:
        """The window whose middle is ``centre_px`` and whose height shows ``seen_px``."""
        scale = height_px / seen_px
        origin = np.asarray(centre_px) - np.array([width_px, height_px]) / 2 / scale
        return cls(origin_px=origin, scale=scale, width_px=width_px, height_px=height_px)

    def cut(self, image: Image) -> Image:
        """The window's picture; what lies beyond the frame repeats its edge."""
        matrix = np.array(
            [
                [self.scale, 0.0, -self.scale * self.origin_px[0]],
                [0.0, self.scale, -self.scale * self.origin_px[1]],
            ]
        )
        size = (self.width_px, self.height_px)
        cut = cv2.warpAffine(
            image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(cut, dtype=np.uint8)

    def points(self, points_px: FloatArray) -> FloatArray:
        """Points of the frame in pixels of the window, shape (..., 2)."""
        return np.asarray((points_px - self.origin_px) * self.scale)


def running_height_px(analysis: Analysis) -> float:
    """The athlete's extent while he runs, in pixels of the frame.

    His height, or his width where he leans far forward out of the blocks.
    """
    pose, strides = analysis.pose, analysis.result.strides
    inside = np.zeros(len(pose), dtype=bool)
    for stride in strides:
        inside |= (pose.frame >= stride.toe_off_frame) & (pose.frame <= stride.touchdown_frame)
    points = pose.xy_px[inside]
    points = points[np.isfinite(points[..., 1]).any(axis=1)]
    if not len(points):
        return analysis.result.athlete.height_px
    extent = np.nanmax(points, axis=1) - np.nanmin(points, axis=1)
    return float(np.percentile(extent.max(axis=1), 75)) * _OVER_LANDMARKS


def row_of(pose: PoseTrack, frame: int) -> int | None:
    """The row of a frame in the track; None outside of it."""
    row = int(np.searchsorted(pose.frame, frame))
    return row if row < len(pose) and int(pose.frame[row]) == frame else None


def held_row(pose: PoseTrack, frame: int, most: int) -> int | None:
    """The row of a frame, or of the one before it that it only repeats.

    Parameters
    ----------
    pose : PoseTrack
    frame : int
    most : int
        Frames between two rows up to which those between them are taken for repeated.
    """
    row = int(np.searchsorted(pose.frame, frame, side="right")) - 1
    if row < 0 or row + 1 >= len(pose):
        return row_of(pose, frame)
    apart = int(pose.frame[row + 1] - pose.frame[row])
    return row if apart <= most else row_of(pose, frame)


def body_centre(pose: PoseTrack, frame: int) -> FloatArray | None:
    """The middle of the body in a frame, or in the nearest frame that has one, shape (2,)."""
    missing = np.isnan(pose.xy_px)
    low = np.where(missing, np.inf, pose.xy_px).min(axis=1)
    high = np.where(missing, -np.inf, pose.xy_px).max(axis=1)
    with np.errstate(invalid="ignore"):  # a frame without any landmark gives inf - inf: NaN
        return _nearest(pose, frame, (low + high) / 2)


def hip_centre(pose: PoseTrack, frame: int) -> FloatArray | None:
    """The middle of the hips in a frame, or in the nearest frame that has one, shape (2,)."""
    return _nearest(pose, frame, middle(pose.xy_px, "left_hip"))


def _nearest(pose: PoseTrack, frame: int, centres_px: FloatArray) -> FloatArray | None:
    good = np.flatnonzero(np.isfinite(centres_px).all(axis=1))
    if not good.size:
        return None
    row = good[np.argmin(np.abs(pose.frame[good] - frame))]
    return np.asarray(centres_px[row])


def drawn_points(pose: PoseTrack, row: int, gait: Gait = "not told") -> FloatArray:
    """The landmarks of a row that are drawn, shape (K, 2); NaN for an arm that was not seen.

    In a drill shank and foot are read as a sprinter's, and would not lie on the athlete's.

    Legs are repaired where they were hidden; arms are measured nowhere and not repaired, so a
    guess of one would only cast doubt on what stands beside it.
    """
    points: FloatArray = np.array(pose.xy_px[row])
    unseen = [place for place in _ARMS if pose.visibility[row, place] < _SEEN]
    points[unseen] = np.nan
    if is_drill(gait):
        points[_BELOW_KNEES] = np.nan
    return points
