"""What stands upright behind the athlete, posts, masts, walls: in it the camera's roll shows.

Their lean in the picture is the roll at its middle, and changes evenly across it where the camera
looks up or down. Leaves, people and braces lean all ways; so a lean counts only where many lines
at different places agree on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.scene.lines import middle_of, without_drawn

FloatArray = NDArray[np.float64]

COUNTED_LENGTH: Final = 0.08
"""In shares of the picture's longer side. A longer line counts no more than this."""

MOST_LEAN_DEG: Final = 15.0
DRAWN_DEG: Final = 0.5
"""What is so exactly upright may be drawn into the picture."""

MOST_CONVERGING_DEG: Final = 20.0
"""How much the lean changes across the longer side. A phone that looks five degrees up or down
makes seven of it."""

CONVERGING_DEG: Final = 6.0
"""How much it usually does: standard deviation."""

AGREE_DEG: Final = 0.5
VOTERS: Final = 1000
"""The longest so many say roughly how they lean."""

FITS: Final = 4
"""How often those that agree are sought again around what they told."""

LEAST_SHARE: Final = 0.55
"""Of all that is almost upright this much has to agree; of lines that lean all ways a seventh does,
of a net's wires half."""

LEAST_PLACES: Final = 4
"""Of posts in one frame, on average."""

POST_WIDTH: Final = 0.025
"""Lines no further apart are one post."""

POST_ERROR_DEG: Final = 0.8
"""Standard error of one post's lean at the least."""

PER_SCATTER: Final = 3.0
"""What it is, of the median of how far all that is almost upright lies off: trees lean, and of
those that lean all ways some always agree."""

ERROR_DEG: Final = 0.4
"""Standard error of any number of posts: lenses bend what is straight, masts are out of plumb."""

ERROR_PER_CONVERGING: Final = 0.08
"""More of it for each degree of converging: the lens may not look at the picture's middle."""

READOUT_S: Final = 0.010
"""Most phones take a picture row by row, in up to twice this time. What goes sideways meanwhile, as
the background of a camera that follows the athlete, leans by it."""


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


def find_plumb(looks: Sequence[FloatArray]) -> Plumb | None:
    """Roll of the camera by the lines of some frames; None where too few agree.

    Parameters
    ----------
    looks : sequence of ndarray, shape (N, 4)
        Lines of each frame, as from `kneedrive_cv.scene.lines.find_lines`.
    """
    looks = without_drawn([upright(each) for each in looks], DRAWN_DEG, across=0)
    if not sum(map(len, looks)):
        return None
    lean_deg, place, _, length = np.concatenate(looks).T
    look = np.repeat(np.arange(len(looks)), [len(each) for each in looks])
    weight = np.minimum(length, COUNTED_LENGTH)
    fitted = np.array(_most_agree(lean_deg, place, weight))
    for _ in range(FITS):
        off_deg = lean_deg - fitted[0] - fitted[1] * place
        agree = np.abs(off_deg) < 3 * AGREE_DEG
        if weight[agree].sum() < LEAST_SHARE * weight.sum():
            return None
        post = _posts(look[agree], place[agree])
        if post.max() + 1 < LEAST_PLACES * len(looks):
            return None
        # a post that is seen in every look counts once
        counts = 1 / (len(looks) * POST_ERROR_DEG**2)
        share = weight[agree]
        post_deg, at = (
            np.bincount(post, share * each[agree]) / np.bincount(post, share)
            for each in (lean_deg, place)
        )
        both = np.stack([np.ones_like(at), at])
        known = counts * both @ both.T + np.diag([0.0, CONVERGING_DEG**-2])
        fitted = np.linalg.solve(known, counts * both @ post_deg)
    scatter = PER_SCATTER * middle_of(np.abs(off_deg), weight) / POST_ERROR_DEG
    error2 = max(1.0, scatter**2) * float(np.linalg.inv(known)[0, 0]) + ERROR_DEG**2
    error2 += (ERROR_PER_CONVERGING * fitted[1]) ** 2
    error2 += _drift_deg(off_deg[agree], look[agree], weight[agree]) ** 2
    return Plumb(float(fitted[0]), float(np.sqrt(error2)), float(fitted[1]))


def upright(lines: FloatArray) -> FloatArray:
    """Those that are almost upright, with their lean in place of their slope, shape (N, 4)."""
    lean_deg = (lines[:, 0] + 180.0) % 180.0 - 90.0
    kept = np.abs(lean_deg) < MOST_LEAN_DEG
    return np.column_stack([lean_deg, lines[:, 1:]])[kept]


def skewed_deg(speed_px_s: float, height_px: int, fps: float) -> float:
    """How far uprights may lean because the picture is taken row by row.

    Parameters
    ----------
    speed_px_s : float
        How fast the background goes sideways, in real time.
    height_px : int
        Of the picture.
    fps : float
        Frames a second in real time: a picture takes no longer than until the next one.
    """
    return float(np.rad2deg(np.arctan(speed_px_s * min(READOUT_S, 1.0 / fps) / height_px)))


def _drift_deg(off_deg: FloatArray, look: NDArray[np.int64], weight: FloatArray) -> float:
    """How much the looks differ: a hand turns the camera while it films."""
    total = np.bincount(look, weight)
    seen = total > 0
    return float(np.std(np.bincount(look, weight * off_deg)[seen] / total[seen]))


def _posts(look: NDArray[np.int64], place: FloatArray) -> NDArray[np.int64]:
    """Which post of its look each line belongs to, counted through all looks."""
    post = np.empty(len(place), dtype=np.int64)
    number, first = -1, (-1, 0.0)
    for row in np.lexsort((place, look)).tolist():
        if look[row] != first[0] or place[row] - first[1] > POST_WIDTH:
            number, first = number + 1, (int(look[row]), float(place[row]))
        post[row] = number
    return post


def _most_agree(lean_deg: FloatArray, place: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """The roll that most lines agree on, and how much the lean changes across the picture."""
    best = (0.0, 0.0, 0.0)
    voters = np.argsort(-weight, kind="stable")[:VOTERS]
    lean_deg, place, weight = lean_deg[voters], place[voters], weight[voters]
    rolls_deg = np.arange(-MOST_LEAN_DEG, MOST_LEAN_DEG + 0.1, 0.25)
    for converging_deg in np.arange(-MOST_CONVERGING_DEG, MOST_CONVERGING_DEG + 0.1, 1.0):
        off_deg = rolls_deg[:, None] - (lean_deg - converging_deg * place)
        votes = np.exp(-0.5 * (off_deg / AGREE_DEG) ** 2) @ weight
        votes *= np.exp(-0.5 * (converging_deg / CONVERGING_DEG / 2) ** 2)
        row = int(np.argmax(votes))
        best = max(best, (float(votes[row]), float(rolls_deg[row]), float(converging_deg)))
    return best[1:]
