"""How the camera was tilted: the line of the hips over the background, and lines in it.

A sprinter runs level with the track, so what slopes in his way over the background is the camera's
roll. That holds for a camera that stands, pans or follows. Two things slope it as well:

- Off the side perspective does, the more the higher the camera stands above his hips. It shows in
  how much he grows over the background, in the picture or against a background that a camera which
  goes along comes nearer to. What a camera at the height of a hand does to it is taken out.
- Out of the blocks the hips rise as the trunk does. Until it has come up some way they say nothing.

How much of either is not known exactly, so what is left is told with its standard error. Where the
lanes and what else is level tell it better, they take its place. It is weighed against what stands
upright behind him and how level people hold a phone. On a treadmill there is no way over the
background; such lines are all that tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.lanes import Horizon
from kneedrive_cv.scene.uprights import Plumb

FloatArray = NDArray[np.float64]

LEAST_FRAMES: Final = 3
MIN_WAY_HEIGHTS: Final = 1.0
"""Over a shorter way his rise and fall with each step would be taken for a slope."""

STRAIGHT_SHARE: Final = 0.5
EACH_FRAMES: Final = (3, 8)
"""Of all that he goes, looked at each so many frames, this share is way: on a treadmill the ground
seems to go to and fro."""

MOST_TILT_DEG: Final = 20.0
"""More is no tilted phone, but a way that was misread."""

HELD: Final = ((0.9, 1.5), (0.1, 6.0))
"""How level phones are held: shares of them, each with the standard deviation of its roll in
degrees. Most are held almost level, some are not."""

HELD_DEG: Final = 2.4
"""Standard deviation of both together: how unsure a roll is that cannot be told."""

UPRIGHT_BELIEVED: Final = 0.9
LEVEL_BELIEVED: Final = 0.97
"""How often what seems to be upright is, and the track level; and how often what seems to be level
is: lanes slope as the track does."""

FAR_APART: Final = 2.5
"""In standard errors of their difference: run and lanes are misread, one or the other."""

INCLINE_DEG: Final = 1.0
"""How far a treadmill may be from level."""

ANY_DEG: Final = max(held_deg for _, held_deg in HELD)
ROLLS_DEG: Final = np.arange(-25.0, 25.0, 0.02)

RISES_BY_GROWING: Final = (0.30, 0.45)
"""How far the hips go down, in body heights, while he grows to e times his size: in the picture,
and against the background of a camera that goes along. That is what a phone does which is held
0.5 m above his hips; on rendered clips the latter comes out larger by so much."""

RISE_ERRORS: Final = ((0.9, 0.2), (0.1, 1.0))
"""Standard error of both, with shares as in `HELD`: most phones are held 0.9 to 1.8 m above the
track, some lie on the ground or look down from the stands."""

RISE_PER_LEAN_DEG: Final = (0.0020, 0.0025)
"""How much lower the hips are, in body heights, for each degree that the trunk leans forward, and
its standard error. By the slope of the lanes in eleven clips of real starts it is 0.0025 with a
spread as large; rendered sprinters' hips stay level."""

MOST_LEAN_DEG: Final = 50.0
FOLDED_SHARE: Final = 0.6
"""With more of a lean, or a trunk of less than this share of its usual length, the athlete is in
the blocks or leaves them."""

WAY_ERROR_DEG: Final = (0.12, 0.5)
"""Standard error of the slope itself, over any way, and what comes to it over one of a body height;
it falls with the square of the way. Like `RISE_ERRORS` it was set on how far the slopes of 137
rendered clips were off."""


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
        Whether he runs over the background, or enough lines in it are level or upright.
    converging_deg : float
        As in `kneedrive_cv.scene.uprights.Plumb`; 0 where it is not told.
    """

    deg: float = 0.0
    error_deg: float = HELD_DEG
    seen: bool = False
    converging_deg: float = 0.0


def find_tilt(
    crops: Crops,
    background_motion: FloatArray,
    track: PoseTrack,
    *,
    plumb: Plumb | None = None,
    horizon: Horizon | None = None,
) -> Tilt:
    """Tell the roll of the camera.

    Parameters
    ----------
    crops : Crops
        Where the athlete is, in the frames in which he runs.
    background_motion : ndarray, shape (T, 2, 3)
        From the frame before to each frame of ``crops``.
    track : PoseTrack
        The pose as it was read; frames may be missing in it. The hips tell the way: his box is
        drawn around his legs as well, and its middle goes up and down four times as far.
    plumb : Plumb, optional
        The roll by what stands upright in the background, where there is enough of it.
    horizon : Horizon, optional
        The roll by what is level in it.

    Returns
    -------
    Tilt
        Of 0 degrees where it cannot be told.
    """
    way = _run_of(crops, background_motion, track)
    run = way.slope() if way else None
    belt_deg = 0.0 if way else INCLINE_DEG
    if run and not abs(run.deg) <= MOST_TILT_DEG:
        run = None
        if not (plumb or horizon):
            return Tilt(error_deg=ANY_DEG)
    level = _by(horizon, belt_deg) if horizon else None
    least_deg = 0.0
    if run and level:  # not both: in both the camera's height is guessed alike
        run, least_deg = _surer(run, level)
    run = run or level
    told = [each for each in (run, _by(plumb, belt_deg) if plumb else None) if each]
    if not told:
        return Tilt()
    tilt = _weighed(told)
    error_deg = max(tilt.error_deg, least_deg)
    return replace(tilt, error_deg=error_deg, converging_deg=plumb.converging_deg if plumb else 0.0)


@dataclass(frozen=True)
class _Told:
    """What something says of the roll, and its errors: shares with their standard deviations."""

    deg: float
    errors: tuple[tuple[float, float], ...]


def _surer(one: _Told, other: _Told) -> tuple[_Told, float]:
    """The surer of two, and how unsure the roll is at the least: where one must be misread."""
    surer = min(one, other, key=lambda told: told.errors[0][1])
    apart_deg = abs(one.deg - other.deg)
    allowed_deg = FAR_APART * np.hypot(one.errors[0][1], other.errors[0][1])
    return surer, apart_deg / 2 if apart_deg > allowed_deg else 0.0


def _by(lines: Plumb | Horizon, belt_deg: float) -> _Told:
    """What lines say; ``belt_deg`` is how far what he runs on may be from level."""
    per_deg, believed = 0.0, UPRIGHT_BELIEVED
    if isinstance(lines, Horizon):
        per_deg, believed = lines.per_height_deg, LEVEL_BELIEVED
    own_deg = np.hypot(lines.error_deg, belt_deg)
    errors = [
        (believed * share, float(np.hypot(own_deg, per_deg * height)))
        for share, height in RISE_ERRORS
    ]
    return _Told(lines.deg, (*errors, (1.0 - believed, ANY_DEG)))


def _run_of(crops: Crops, background_motion: FloatArray, track: PoseTrack) -> _Way | None:
    """Where he runs over the background; None where he does not, or too little of it is seen."""
    height_px = float(np.median(crops.box[:, 3] - crops.box[:, 1])) if len(crops) else 0.0
    hips_px = _middle_px(track, crops, "hip")
    trunk_px = _middle_px(track, crops, "shoulder") - hips_px
    trunk = np.linalg.norm(trunk_px, axis=1)
    known = np.flatnonzero(trunk > 0)
    if len(known) < LEAST_FRAMES or not height_px > 0:
        return None
    place = _way(hips_px, background_motion) / height_px
    forward = np.sign(place[known[-1], 0])
    lean_deg = forward * np.rad2deg(np.arctan2(trunk_px[:, 0], -trunk_px[:, 1]))
    folded = trunk < FOLDED_SHARE * np.median(trunk[known])
    up = known[(np.abs(lean_deg) <= MOST_LEAN_DEG)[known] & ~folded[known]]
    if len(up) < LEAST_FRAMES:
        return None
    scale = np.sqrt(np.abs(np.linalg.det(background_motion[:, :, :2])))
    zoom = np.cumsum(np.log(np.maximum(scale, 1e-9)))
    along, down = place[up].T
    way = _Way(along, down, np.log(trunk[up]), zoom[up], lean_deg[up])
    runs = way.run() >= max(MIN_WAY_HEIGHTS, STRAIGHT_SHARE * way.gone())
    return way if runs else None


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
        return float(abs(self.along[-1] - self.along[0]))

    def gone(self) -> float:
        """How far he goes, to and fro."""
        return max(float(np.abs(np.diff(self.along[::each])).sum()) for each in EACH_FRAMES)

    def slope(self) -> _Told:
        """Slope of the run that the camera's roll makes, with an error for each `RISE_ERRORS`."""
        grows, zooms, leans_deg = map(self._rate, (self.growth, self.zoom, self.lean_deg))
        if grows * zooms > 0:  # what both grow is the lens
            lens = np.sign(grows) * min(abs(grows), abs(zooms))
            grows, zooms = grows - lens, zooms - lens
        in_picture, against_background = RISES_BY_GROWING
        per_deg, per_deg_error = RISE_PER_LEAN_DEG
        perspective = in_picture * grows - against_background * zooms
        slope = np.arctan(self._rate(self.down)) - perspective - per_deg * leans_deg
        always_deg, short_deg = WAY_ERROR_DEG
        way_deg = always_deg + short_deg / self.run() ** 2
        errors = []
        for share, error in RISE_ERRORS:
            unknown = np.hypot(error * (grows - zooms), per_deg_error * leans_deg)
            errors.append((share, float(np.hypot(np.rad2deg(unknown), way_deg))))
        return _Told(float(np.rad2deg(slope)), tuple(errors))

    def _rate(self, value: FloatArray) -> float:
        """How fast a value changes along the way."""
        return float(np.polyfit(self.along, value, 1)[0])


def _weighed(told: Sequence[_Told]) -> Tilt:
    """The roll by Bayes' rule, from how phones are held and from all that is told."""
    weight = _spread(ROLLS_DEG, HELD)
    for each in told:
        weight *= _spread(ROLLS_DEG - each.deg, each.errors)
    weight /= weight.sum()
    mean_deg = float(weight @ ROLLS_DEG)
    return Tilt(mean_deg, float(np.sqrt(weight @ (ROLLS_DEG - mean_deg) ** 2)), True)


def _spread(off_deg: FloatArray, errors: Iterable[tuple[float, float]]) -> FloatArray:
    """Density of normal distributions with these shares and standard deviations in degrees."""
    parts = [share / deg * np.exp(-0.5 * (off_deg / deg) ** 2) for share, deg in errors]
    density: FloatArray = np.sum(parts, axis=0)
    return density


def _way(hips_px: FloatArray, background_motion: FloatArray) -> FloatArray:
    """Where the hips are over the background, px, NaN where they are not known, shape (T, 2).

    Between two frames in which they are known the place of the first is carried by the background.
    """
    way = np.full_like(hips_px, np.nan)
    place = np.zeros(2)
    before: FloatArray | None = None
    for row, (motion, hips) in enumerate(zip(background_motion, hips_px, strict=True)):
        if before is not None:
            before = motion[:, :2] @ before + motion[:, 2]
        if np.isfinite(hips).all():
            place = place if before is None else place + hips - before
            way[row], before = place, hips
    return way


def _middle_px(track: PoseTrack, crops: Crops, part: str) -> FloatArray:
    """Middle of both hips or shoulders, NaN where no pose was read, shape (T, 2)."""
    middle_px = np.full((len(crops), 2), np.nan)
    if len(track) and len(crops):
        row = np.clip(np.searchsorted(track.frame, crops.frame), 0, len(track) - 1)
        read = track.frame[row] == crops.frame
        both = track.point(f"left_{part}") + track.point(f"right_{part}")
        middle_px[read] = both[row[read]] / 2
    return middle_px
