"""What is level in the background, lanes, kerbs, walls and roofs: it tells the camera's roll.

Lines that are level and alike in the world meet in one point of the picture, on the horizon,
whichever way they go. The horizon goes through what is as high as the camera: on the athlete, a
little above the hips. So the way from there to where the lines meet is the horizon, and its slope
the roll. A run uphill has lanes that slope as he runs: that stays in, since angles are against the
track.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.scene.lines import middle_of, without_drawn

FloatArray = NDArray[np.float64]

MOST_SLOPE_DEG: Final = 25.0
LEAST_LENGTH: Final = 0.04
COUNTED_LENGTH: Final = 0.3
"""In shares of the picture's longer side, as all places are. A longer line counts no more."""

MOST_CONVERGING: Final = 1.2
"""Lines meet no nearer to the picture's middle than one over this."""

AGREE_DEG: Final = 0.5
VOTERS: Final = 300
"""The longest so many say roughly where lines meet."""

FITS: Final = (12.0, 6.0, 3.0, 3.0, 3.0)
"""Those that agree are sought again around what they told, so many times `AGREE_DEG` from it: the
votes count as if the picture were level."""

LEAST_SHARE: Final = 0.6
"""So much of all that is almost level has to agree."""

LEAST_LENGTHS: Final = 1.0
"""All that agrees together is at least so long in a look."""

LEAST_HEIGHT: Final = 0.1
"""Lines that lie closer together, as those of one wall, do not tell where they meet."""

LINE_ERROR_DEG: Final = 0.5
"""Standard error of one line's slope at the least."""

PER_SCATTER: Final = 3.0
"""What it is, of the median of how far all that is almost level lies off."""

DRAWN_DEG: Final = 0.15
"""What is so exactly level may be drawn into the picture. Lanes may be so too, seen by a level
camera that stands beside them: then the run tells."""

CONVERGING: Final = 0.5
"""How much the slope usually changes with height, in radians over the longer side: standard
deviation, that of a camera 25 degrees off the side."""

STEP: Final = 1e-4
ERROR_DEG: Final = 0.3
"""Standard error of any number of lines: lenses bend what is straight."""


@dataclass(frozen=True)
class Horizon:
    """What is level says of the camera.

    Attributes
    ----------
    deg : float
        Slope of the lines where the camera's height is: its roll, clockwise positive.
    error_deg : float
        Standard error of it for a known height.
    per_height_deg : float
        How much more it is for each body height that the camera is higher.
    """

    deg: float
    error_deg: float
    per_height_deg: float


def find_horizon(
    looks: Sequence[FloatArray], eye: FloatArray, tall: FloatArray
) -> Horizon | None:
    """Slope of what is level at the height of the camera; None where too few lines agree.

    Parameters
    ----------
    looks : sequence of ndarray, shape (N, 4)
        Lines of each frame, as from `kneedrive_cv.scene.lines.find_lines`.
    eye : ndarray, shape (looks, 2)
        What is about as high as the camera, on the athlete, in each: place as of the lines.
    tall : ndarray, shape (looks,)
        The athlete's height in shares of the longer side.
    """
    level = [
        each[(np.abs(each[:, 0]) < MOST_SLOPE_DEG) & (each[:, 3] > LEAST_LENGTH)] for each in looks
    ]
    seen = zip(without_drawn(level, DRAWN_DEG, across=1), eye, tall, strict=True)
    told = [each for look in seen if (each := _of_look(*look)) is not None]
    if not told or 2 * len(told) <= len(looks):
        return None
    deg, error_deg, per_height_deg = np.array(told).T
    drift2 = float(np.var(deg)) if len(told) > 1 else 0.0
    error2 = float(np.mean(error_deg**2)) + drift2 + ERROR_DEG**2
    return Horizon(float(np.mean(deg)), float(np.sqrt(error2)), float(np.mean(per_height_deg)))


def _of_look(level: FloatArray, eye: FloatArray, tall: float) -> tuple[float, float, float] | None:
    """Slope at the eye, its error and what it gains by a body height upwards."""
    if not len(level):
        return None
    slope_deg, place = level[:, 0], level[:, 1:3]
    weight = np.minimum(level[:, 3], COUNTED_LENGTH)
    fitted = _most_agree(slope_deg, place, weight)
    known = np.eye(2)
    for wider in FITS:
        off_deg = slope_deg - _slope_deg(fitted, place)
        agree = np.abs(off_deg) < wider * AGREE_DEG
        enough = weight[agree].sum() >= max(LEAST_SHARE * weight.sum(), LEAST_LENGTHS)
        if not enough or np.ptp(place[agree, 1]) < LEAST_HEIGHT:
            return None
        towards = _gradient(fitted, place[agree])
        # a line as long as those that count most is one observation
        counts = weight[agree] / COUNTED_LENGTH / LINE_ERROR_DEG**2
        prior = np.diag([0.0, CONVERGING**-2])
        known = (counts * towards) @ towards.T + prior
        pull = towards @ (counts * off_deg[agree]) - prior @ fitted
        fitted = fitted + np.linalg.solve(known, pull)
    above = eye - np.array([0.0, tall])
    at, higher = _slope_deg(fitted, np.array([eye, above]))
    toward = _gradient(fitted, eye[None])[:, 0]
    scatter = PER_SCATTER * middle_of(np.abs(off_deg), weight) / LINE_ERROR_DEG
    error_deg = max(1.0, scatter) * float(np.sqrt(toward @ np.linalg.inv(known) @ toward))
    return float(at), error_deg, float(higher - at)


def _gradient(fitted: FloatArray, place: FloatArray) -> FloatArray:
    """What the slopes at places gain with each of ``fitted``, shape (2, N)."""
    here_deg = _slope_deg(fitted, place)
    there_deg = np.array([_slope_deg(fitted + step, place) for step in STEP * np.eye(2)])
    return (there_deg - here_deg) / STEP


def _slope_deg(fitted: FloatArray, place: FloatArray) -> FloatArray:
    """Slope of the lines at places, shape (N, 2), that meet where ``fitted`` says.

    ``fitted`` is the slope at the picture's middle in degrees, and one over how far to the right
    along it they meet.
    """
    middle_deg, per_side = fitted
    turn = np.deg2rad(middle_deg)
    along = place @ np.array([np.cos(turn), np.sin(turn)])
    down = place @ np.array([-np.sin(turn), np.cos(turn)])
    further = np.maximum(1.0 - per_side * along, 0.1)
    slope_deg: FloatArray = middle_deg - np.rad2deg(np.arctan(per_side * down / further))
    return slope_deg


def _most_agree(slope_deg: FloatArray, place: FloatArray, weight: FloatArray) -> FloatArray:
    """The slope in the middle and the meeting point that most of the lines agree on."""
    best, fitted = -1.0, np.zeros(2)
    slopes_deg = np.arange(-MOST_SLOPE_DEG, MOST_SLOPE_DEG + 0.1, 0.5)
    voters = np.argsort(-weight, kind="stable")[:VOTERS]
    slope_deg, place, weight = slope_deg[voters], place[voters], weight[voters]
    for per_side in np.arange(-MOST_CONVERGING, MOST_CONVERGING + 0.01, 0.06):
        here_deg = slope_deg - _slope_deg(np.array([0.0, per_side]), place)
        votes = np.exp(-0.5 * ((slopes_deg[:, None] - here_deg) / AGREE_DEG) ** 2) @ weight
        row = int(np.argmax(votes))
        if votes[row] > best:
            best, fitted = float(votes[row]), np.array([slopes_deg[row], per_side])
    return fitted
