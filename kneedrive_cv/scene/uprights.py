"""What stands upright behind the athlete, posts, masts, walls: in it the camera's roll shows.

Their lean in the picture is the roll at its middle, and changes evenly across it where the camera
looks up or down. Leaves, people and braces lean all ways; so a lean counts only where many lines
at different places agree on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.athlete.detector import shrink
from kneedrive_cv.video.reader import Frame

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

LOOKS: Final = 4
"""Frames of a clip in which lines are sought."""

LONGER_SIDE_PX: Final = 960
LEAST_LENGTH: Final = 0.02
COUNTED_LENGTH: Final = 0.08
"""Lengths are in shares of the picture's longer side. A longer line counts no more than this."""

DRAWN_LENGTH: Final = 0.15
DRAWN_DEG: Final = 0.2
DRAWN_WIDTH: Final = 0.01
"""What is so long and so exactly upright may be drawn into the picture, as a frame or a bar's edge
is. Lines that are as near to it as this are its other edge, or pieces of it."""

MOST_LEAN_DEG: Final = 15.0
AROUND_BOX: Final = 0.1
"""So much of the athlete's height around his box is left out."""

MOST_CONVERGING_DEG: Final = 20.0
"""How much the lean changes across the longer side. A phone that looks five degrees up or down
makes seven of it."""

CONVERGING_DEG: Final = 6.0
"""How much it usually does: standard deviation."""

AGREE_DEG: Final = 0.5
FITS: Final = 4
"""How often those that agree are sought again around what they told."""

LEAST_SHARE: Final = 0.4
"""Of all that is almost upright this much has to agree; of lines that lean all ways a seventh
does."""

LEAST_PLACES: Final = 4
"""Of posts in one frame, on average."""

POST_WIDTH: Final = 0.025
"""Lines no further apart are one post."""

POST_ERROR_DEG: Final = 0.8
ERROR_DEG: Final = 0.3
"""Standard error of one post's lean, and of that of any number."""


@dataclass(frozen=True)
class Plumb:
    """What stands upright says of the camera.

    Attributes
    ----------
    deg : float
        Its roll, clockwise positive: the lean at the picture's middle.
    error_deg : float
        Standard error of the roll.
    converging_deg : float
        How much the lean grows across the picture's longer side, to the right: that of a camera
        which looks up or down.
    """

    deg: float
    error_deg: float
    converging_deg: float = 0.0


class Uprights:
    """Lines that are almost upright, gathered from a few frames.

    Parameters
    ----------
    crops : Crops
        Where the athlete is: lines on him are left out.
    """

    def __init__(self, crops: Crops) -> None:
        rows = np.unique(np.linspace(0, len(crops) - 1, LOOKS).round().astype(int))
        self._wanted = {int(crops.frame[row]): crops.box[row] for row in rows}
        self._lines: list[FloatArray] = []

    def look(self, frame: Frame) -> None:
        """Gather the lines of a frame, if it is one of the few and was not looked at before."""
        box = self._wanted.pop(frame.index, None)
        if box is not None:
            self._lines.append(upright_lines(frame.image_bgr, box))

    def plumb(self) -> Plumb | None:
        """What they say; None where too few agree."""
        return find_plumb(self._lines)


def upright_lines(image_bgr: Image, box: FloatArray) -> FloatArray:
    """Lines of a picture that are almost upright and not on the athlete.

    Parameters
    ----------
    image_bgr : ndarray of uint8, shape (height, width, 3)
    box : ndarray, shape (4,)
        Left, top, right and bottom of the athlete in pixels.

    Returns
    -------
    ndarray, shape (N, 3)
        Lean in degrees, clockwise positive; place right of the picture's middle and length, both in
        shares of the longer side.
    """
    small = shrink(image_bgr, LONGER_SIDE_PX)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    found: Any = cv2.createLineSegmentDetector().detect(grey)[0]  # None where there is no line
    ends = np.asarray([] if found is None else found, dtype=np.float64).reshape(-1, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    along *= np.where(along[:, 1:] > 0, -1.0, 1.0)  # upwards
    side = max(grey.shape)
    middle = ends.mean(axis=1)
    lean_deg = np.rad2deg(np.arctan2(along[:, 0], -along[:, 1]))
    length = np.hypot(*along.T) / side
    around = AROUND_BOX * (box[3] - box[1]) * np.array([-1, -1, 1, 1])
    left, top, right, bottom = (box + around) * (small.shape[1] / image_bgr.shape[1])
    on_him = (middle > [left, top]).all(axis=1) & (middle < [right, bottom]).all(axis=1)
    place = (middle[:, 0] - grey.shape[1] / 2) / side
    drawn = place[(np.abs(lean_deg) < DRAWN_DEG) & (length > DRAWN_LENGTH)]
    beside = (np.abs(place[:, None] - drawn) < DRAWN_WIDTH).any(axis=1)
    kept = (np.abs(lean_deg) < MOST_LEAN_DEG) & (length > LEAST_LENGTH) & ~on_him & ~beside
    lines: FloatArray = np.stack([lean_deg, place, length], axis=1)[kept]
    return lines


def find_plumb(lines: list[FloatArray]) -> Plumb | None:
    """Roll of the camera by the lines of some frames; None where too few agree.

    Parameters
    ----------
    lines : list of ndarray, shape (N, 3)
        Of each frame, as from `upright_lines`.
    """
    if not lines or not sum(map(len, lines)):
        return None
    lean_deg, place, length = np.concatenate(lines).T
    weight = np.minimum(length, COUNTED_LENGTH)
    fitted = np.array(_most_agree(lean_deg, place, weight))
    frame = np.repeat(np.arange(len(lines)), [len(each) for each in lines])
    known = np.eye(2)
    for _ in range(FITS):
        agree = np.abs(lean_deg - fitted[0] - fitted[1] * place) < 3 * AGREE_DEG
        if weight[agree].sum() < LEAST_SHARE * weight.sum():
            return None
        post = _posts(frame[agree], place[agree])
        if post.max() + 1 < LEAST_PLACES * len(lines):
            return None
        share = weight[agree]
        post_deg, at = (
            np.bincount(post, share * each[agree]) / np.bincount(post, share)
            for each in (lean_deg, place)
        )
        # a post that is seen in every frame counts once
        counts = 1 / (len(lines) * POST_ERROR_DEG**2)
        both = np.stack([np.ones_like(at), at])
        known = counts * both @ both.T + np.diag([0.0, CONVERGING_DEG**-2])
        fitted = np.linalg.solve(known, counts * both @ post_deg)
    error_deg = float(np.sqrt(np.linalg.inv(known)[0, 0]))
    return Plumb(float(fitted[0]), float(np.hypot(error_deg, ERROR_DEG)), float(fitted[1]))


def _posts(frame: NDArray[np.int64], place: FloatArray) -> NDArray[np.int64]:
    """Which post of its frame each line belongs to, counted through all frames."""
    post = np.empty(len(place), dtype=np.int64)
    number, first = -1, (-1, 0.0)
    for row in np.lexsort((place, frame)).tolist():
        if frame[row] != first[0] or place[row] - first[1] > POST_WIDTH:
            number, first = number + 1, (int(frame[row]), float(place[row]))
        post[row] = number
    return post


def _most_agree(lean_deg: FloatArray, place: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """The roll that most lines agree on, and how much the lean changes across the picture."""
    best = (0.0, 0.0, 0.0)
    rolls_deg = np.arange(-MOST_LEAN_DEG, MOST_LEAN_DEG + 0.1, 0.25)
    for converging_deg in np.arange(-MOST_CONVERGING_DEG, MOST_CONVERGING_DEG + 0.1, 1.0):
        off_deg = rolls_deg[:, None] - (lean_deg - converging_deg * place)
        votes = np.exp(-0.5 * (off_deg / AGREE_DEG) ** 2) @ weight
        votes *= np.exp(-0.5 * (converging_deg / CONVERGING_DEG / 2) ** 2)
        row = int(np.argmax(votes))
        best = max(best, (float(votes[row]), float(rolls_deg[row]), float(converging_deg)))
    return best[1:]
