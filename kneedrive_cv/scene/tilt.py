"""How the camera was tilted: the line of the hips over the background, against the picture's edge.

A sprinter runs level with the track, so what slopes in his way over the background is the camera's
roll. That holds for a camera that stands, pans or follows. Two things slope it as well:

- Off the side perspective does, the more the higher the camera stands above his hips. It shows in
  how much he grows over the background, in the picture or against a background that a camera which
  goes along comes nearer to. What a camera at the height of a hand does to it is taken out.
- Out of the blocks the hips rise as the trunk does. Until it has come up some way they say nothing.

How much of either is not known exactly, so what is left is told with its standard error, and
weighed against how level people hold a phone. On a treadmill there is no way to tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.active import ground_step_px, step_over_ground_px
from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

MIN_WAY_HEIGHTS: Final = 1.0
"""Over a shorter way his rise and fall with each step would be taken for a slope."""

STRAIGHT_SHARE: Final = 0.5
"""Of all that he goes so much is way: on a treadmill the ground seems to go to and fro."""

MOST_TILT_DEG: Final = 20.0
"""More is no tilted phone, but a way that was misread."""

EACH_FRAMES: Final = 8
"""The way is looked at each so many frames for going to and fro."""

HELD: Final = ((0.9, 1.5), (0.1, 6.0))
"""How level phones are held: shares of them, each with the standard deviation of its roll in
degrees. Most are held almost level, some are not."""

HELD_DEG: Final = 2.0
"""Standard error of a roll that cannot be told."""

RISES_BY_GROWING: Final = (0.30, 0.45)
"""How far the hips go down, in body heights, while he grows to e times his size: in the picture,
and against the background of a camera that goes along."""

RISE_ERROR: Final = 0.20
"""Standard error of both: a phone is held 0.9 to 1.8 m above the track."""

RISE_PER_LEAN_DEG: Final = (0.0020, 0.0025)
"""How much lower the hips are, in body heights, for each degree that the trunk leans forward, and
its standard error. By the slope of the lanes in eleven clips of real starts it is 0.0025 with a
spread as large; rendered sprinters' hips stay level."""

MOST_LEAN_DEG: Final = 50.0
FOLDED_SHARE: Final = 0.6
"""With more of a lean, or a trunk of less than this share of its usual length, the athlete is in
the blocks or leaves them."""

WAY_ERROR_DEG: Final = (0.1, 0.5)
"""Standard error of the slope itself: over any way, and over one of a body height. Made of how far
the slopes of 90 rendered clips are off, as the others are."""


@dataclass(frozen=True)
class Tilt:
    """Roll of the camera.

    Attributes
    ----------
    deg : float
        How far the line of the run slopes down to the picture's right: clockwise positive.
    error_deg : float
        Its standard error.
    seen : bool
        Whether he runs over the background, so that it can be told.
    """

    deg: float = 0.0
    error_deg: float = HELD_DEG
    seen: bool = False


def find_tilt(crops: Crops, background_motion: FloatArray, track: PoseTrack) -> Tilt:
    """Tell the roll of the camera.

    Parameters
    ----------
    crops : Crops
        Where the athlete is, in the frames in which he runs.
    background_motion : ndarray, shape (T, 2, 3)
        From the frame before to each frame of ``crops``.
    track : PoseTrack
        The pose as it was read. His box is drawn around his legs as well, and its middle goes up
        and down with them four times as far as his hips do: over a short way that is a slope.

    Returns
    -------
    Tilt
        Of 0 degrees where it cannot be told.
    """
    if len(crops) < 3:
        return Tilt()
    height_px = float(np.median(crops.box[:, 3] - crops.box[:, 1]))
    way = _way(crops, background_motion, track) / height_px
    trunk_px = _trunk_px(track, crops)
    forward = np.sign(way[-1, 0] - way[0, 0])
    lean_deg = forward * np.rad2deg(np.arctan2(trunk_px[:, 0], -trunk_px[:, 1]))
    scale = np.sqrt(np.abs(np.linalg.det(background_motion[:, :, :2])))
    trunk = np.linalg.norm(trunk_px, axis=1)
    up = lean_deg <= MOST_LEAN_DEG  # not where no pose was read either
    up &= trunk >= FOLDED_SHARE * np.nanmedian(np.append(trunk, 0.0))
    seen = _Way(
        along=way[up, 0],
        down=way[up, 1],
        growth=np.log(trunk[up]),
        zoom=np.cumsum(np.log(scale))[up],
        lean_deg=lean_deg[up],
    )
    if seen.run() < MIN_WAY_HEIGHTS or seen.run() < STRAIGHT_SHARE * seen.gone():
        return Tilt()
    slope_deg, error_deg = seen.slope_deg()
    return Tilt() if abs(slope_deg) > MOST_TILT_DEG else _as_phones_are_held(slope_deg, error_deg)


@dataclass(frozen=True)
class _Way:
    """Where he is over the background in each frame, in body heights, each of shape (T,).

    ``growth`` and ``zoom`` are logs of his size and of the background's.
    """

    along: FloatArray
    down: FloatArray
    growth: FloatArray
    zoom: FloatArray
    lean_deg: FloatArray

    def run(self) -> float:
        """How far he gets."""
        return float(abs(self.along[-1] - self.along[0])) if len(self.along) > 2 else 0.0

    def gone(self) -> float:
        """How far he goes, to and fro."""
        return float(np.abs(np.diff(self.along[::EACH_FRAMES])).sum())

    def slope_deg(self) -> tuple[float, float]:
        """Slope of the run that the camera's roll makes, and its standard error."""
        grows, zooms, leans_deg = map(self._rate, (self.growth, self.zoom, self.lean_deg))
        in_picture, against_background = RISES_BY_GROWING
        per_deg, per_deg_error = RISE_PER_LEAN_DEG
        perspective = in_picture * grows - against_background * zooms
        slope = np.arctan(self._rate(self.down)) - perspective - per_deg * leans_deg
        unknown = np.hypot(RISE_ERROR * (grows - zooms), per_deg_error * leans_deg)
        always_deg, short_deg = WAY_ERROR_DEG
        error_deg = np.hypot(np.rad2deg(unknown), always_deg + short_deg / self.run())
        return float(np.rad2deg(slope)), float(error_deg)

    def _rate(self, value: FloatArray) -> float:
        """How fast a value changes along the way."""
        return float(np.polyfit(self.along, value, 1)[0])


def _as_phones_are_held(slope_deg: float, error_deg: float) -> Tilt:
    """What a slope says of the roll: its mean and its standard deviation, by Bayes' rule."""
    share, held_deg = np.transpose(HELD)
    seen2 = held_deg**2 + error_deg**2
    share = share * np.exp(-(slope_deg**2) / (2 * seen2)) / np.sqrt(seen2)
    share /= share.sum()
    mean = slope_deg * held_deg**2 / seen2
    spread2 = held_deg**2 * error_deg**2 / seen2
    told_deg = float(share @ mean)
    error2 = float(share @ (spread2 + mean**2)) - told_deg**2
    return Tilt(told_deg, float(np.sqrt(error2)), True)


def _way(crops: Crops, background_motion: FloatArray, track: PoseTrack) -> FloatArray:
    """Where he is over the background in each frame, px, shape (T, 2)."""
    step_px = ground_step_px(crops, background_motion)
    hips_px = step_over_ground_px(_middle_px(track, crops, "hip"), background_motion)
    return np.asarray(np.cumsum(np.where(np.isfinite(hips_px), hips_px, step_px), axis=0))


def _trunk_px(track: PoseTrack, crops: Crops) -> FloatArray:
    """From the hips to the shoulders in each frame of the crops, shape (T, 2)."""
    return _middle_px(track, crops, "shoulder") - _middle_px(track, crops, "hip")


def _middle_px(track: PoseTrack, crops: Crops, part: str) -> FloatArray:
    """Middle of both hips or shoulders, NaN where no pose was read, shape (T, 2)."""
    row = np.clip(np.searchsorted(track.frame, crops.frame), 0, len(track) - 1)
    middle_px = (track.point(f"left_{part}") + track.point(f"right_{part}"))[row] / 2
    return np.where((track.frame[row] == crops.frame)[:, None], middle_px, np.nan)


def turned(track: PoseTrack, turn_deg: float) -> PoseTrack:
    """The track turned about the picture's corner, clockwise; its 3D landmarks as well."""
    turn = np.deg2rad(turn_deg)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    world_m = np.concatenate([track.world_m[..., :2] @ axes.T, track.world_m[..., 2:]], axis=-1)
    return track.replace(xy_px=track.xy_px @ axes.T, world_m=world_m)
