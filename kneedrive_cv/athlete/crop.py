"""A steady square around the athlete for every frame, and cutting it out."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from kneedrive_cv.athlete.motion import apply
from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.athlete.track import Track
from kneedrive_cv.config import AthleteSettings

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

UPRIGHT_SHARE = 0.8  # boxes above this share of the tallest near them show a body upright
HEIGHT_WINDOW_S = 1.5
RISES_BY = 1.7  # out of the blocks a body grows by less
HEIGHT_SMOOTHING_S = 0.5
CENTRE_SMOOTHING_S = 0.1
MIN_SIDE_PER_BOX = 1.15  # the square holds the whole box, whatever the height says


@dataclass(frozen=True)
class Crops:
    """A square around the athlete in each frame of his track.

    Attributes
    ----------
    frame : ndarray of int, shape (T,)
        0-based frame of the container.
    time_s : ndarray, shape (T,)
        Seconds of playback.
    center_px : ndarray, shape (T, 2)
        Middle of the square in the picture.
    side_px : ndarray, shape (T,)
        Side of the square.
    box : ndarray, shape (T, 4)
        Left, top, right, bottom of the athlete, in pixels.
    confidence : ndarray, shape (T,)
        How sure it is that he is there, 0 to 1.
    turn_deg : ndarray, shape (T,)
        How far the square is turned, clockwise in the picture.
    """

    frame: NDArray[np.int64]
    time_s: FloatArray
    center_px: FloatArray
    side_px: FloatArray
    box: FloatArray
    confidence: FloatArray
    turn_deg: FloatArray

    def __len__(self) -> int:
        return len(self.frame)

    def only(self, rows: slice | NDArray[np.bool_]) -> Crops:
        """Some of the rows."""
        return Crops(*(getattr(self, field.name)[rows] for field in fields(self)))


def steady_crops(track: Track, survey: Survey, settings: AthleteSettings) -> Crops:
    """The squares of a track: the middle smooth in time, the side by the standing height.

    A man crouched in the blocks is lower than the same man running, so the side follows the
    upright boxes nearest in time. His box still fits in where it is larger.

    Parameters
    ----------
    track : Track
    survey : Survey
    settings : AthleteSettings
    """
    time_s = survey.time_s[track.row]
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
    height_px = standing_height_px(track.box, time_s)
    centre = (track.box[:, :2] + track.box[:, 2:]) / 2
    centre = _smooth(centre, CENTRE_SMOOTHING_S / step_s)
    longest = (track.box[:, 2:] - track.box[:, :2]).max(axis=1)
    side = np.maximum(settings.crop_scale * height_px, MIN_SIDE_PER_BOX * longest)
    return Crops(
        frame=survey.frame[track.row],
        time_s=time_s,
        center_px=centre,
        side_px=_smooth(side, HEIGHT_SMOOTHING_S / step_s),
        box=track.box,
        confidence=track.confidence,
        turn_deg=np.zeros(len(time_s)),
    )


def standing_height_px(box: FloatArray, time_s: FloatArray) -> FloatArray:
    """Height of the body when upright, for every frame, shape (T,).

    Parameters
    ----------
    box : ndarray, shape (T, 4)
    time_s : ndarray, shape (T,)
    """
    height = box[:, 3] - box[:, 1]
    upright = height >= UPRIGHT_SHARE * np.percentile(height, 90)
    known = np.flatnonzero(upright)
    every = np.interp(time_s, time_s[known], _upper_quartile_near(height[known], time_s[known]))
    # What is far lower than later for seconds on end is no crouch: he comes nearer.
    every = np.minimum(every, RISES_BY * _upper_quartile_near(height, time_s))
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
    return _smooth(every, HEIGHT_SMOOTHING_S / step_s)


def _upper_quartile_near(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Upper quartile of what lies within half a window of each time, shape (T,)."""
    start = np.searchsorted(time_s, time_s - HEIGHT_WINDOW_S / 2, side="left")
    stop = np.searchsorted(time_s, time_s + HEIGHT_WINDOW_S / 2, side="right")
    return np.array([np.percentile(values[a:b], 75) for a, b in zip(start, stop, strict=True)])


def _smooth(values: FloatArray, sigma_frames: float) -> FloatArray:
    smooth: FloatArray = gaussian_filter1d(values, sigma_frames, axis=0, mode="nearest")
    return smooth


def cut(
    image_bgr: Image,
    center_px: FloatArray,
    side_px: float,
    size_px: int,
    turn_deg: float = 0.0,
) -> tuple[Image, FloatArray]:
    """Cut a square out of the picture and bring it to a size.

    Parameters
    ----------
    image_bgr : ndarray of uint8, shape (height, width, 3)
    center_px : ndarray, shape (2,)
        Middle of the square.
    side_px : float
        Side of the square in the picture.
    size_px : int
        Side of the result.
    turn_deg : float
        How far the square is turned about its middle, clockwise in the picture.

    Returns
    -------
    crop : ndarray of uint8, shape (size_px, size_px, 3)
        Black where the square reaches past the picture.
    to_picture : ndarray, shape (2, 3)
        Takes a point of the crop to the picture: ``points @ m[:, :2].T + m[:, 2]``.
        Coordinates are those of pixel edges: (0, 0) is the crop's upper left corner.
    """
    turn = np.deg2rad(turn_deg)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    corner = np.asarray(center_px, dtype=float) - axes @ np.full(2, side_px / 2)
    # Linear interpolation skips pixels below half size: cut larger and average down.
    finer = max(1, int(side_px / size_px))
    step = side_px / (size_px * finer)
    # warpAffine counts from the middle of pixels, the mapping from their edges.
    first = corner + axes @ np.full(2, step / 2) - 0.5
    crop = cv2.warpAffine(
        image_bgr,
        np.column_stack([step * axes, first]),
        (size_px * finer, size_px * finer),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )
    if finer > 1:
        crop = cv2.resize(crop, (size_px, size_px), interpolation=cv2.INTER_AREA)
    mapping = np.column_stack([side_px / size_px * axes, corner])
    return np.asarray(crop, dtype=np.uint8), mapping


def to_picture(points: FloatArray, mapping: FloatArray) -> FloatArray:
    """Points (..., 2) of a crop in the picture's coordinates."""
    return apply(mapping, points)
