"""Straight lines of the background, sought in a few frames of a clip.

What is upright among them tells the camera's roll (`kneedrive_cv.scene.uprights`), what is level as
well (`kneedrive_cv.scene.lanes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.athlete.detector import shrink
from kneedrive_cv.video.reader import Frame

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

LOOKS: Final = 5
"""Frames of a clip in which lines are sought."""

LONGER_SIDE_PX: Final = 960
LEAST_LENGTH: Final = 0.02
"""In shares of the picture's longer side."""

LEAST_LENGTH_PX: Final = 16
"""Shorter lines are the edges of coarse compression's blocks as well."""

MOST_LINES: Final = 3000
"""Of more, as in a grandstand filmed in 4K, the longest are taken."""

DRAWN_WIDTH: Final = 0.004
"""What is drawn into the picture stays so near to its place."""

AROUND_BOX: Final = 0.1
"""So much of the athlete's height around his box is left out."""


class Lines:
    """Lines of the background, gathered from a few frames.

    Parameters
    ----------
    crops : Crops
        Where the athlete is: lines on him are left out.
    """

    def __init__(self, crops: Crops) -> None:
        rows = np.unique(np.linspace(0, len(crops) - 1, LOOKS).round().astype(int))[: len(crops)]
        self._wanted = {int(crops.frame[row]): crops.box[row] for row in rows}
        self._found: dict[int, FloatArray] = {}

    def look(self, frame: Frame) -> None:
        """Gather the lines of a frame, if it is one of the few and was not looked at before."""
        box = self._wanted.pop(frame.index, None)
        if box is not None:
            self._found[frame.index] = find_lines(frame.image_bgr, box)

    def within(self, first_frame: int, last_frame: int) -> dict[int, FloatArray]:
        """Lines by frame, of these frames alone, both included.

        A clip may be cut: then its parts were filmed by cameras that were held otherwise.
        """
        return {
            frame: lines
            for frame, lines in sorted(self._found.items())
            if first_frame <= frame <= last_frame
        }


def find_lines(image_bgr: Image, box: FloatArray) -> FloatArray:
    """Straight lines of a picture that are not on the athlete.

    Parameters
    ----------
    image_bgr : ndarray of uint8, shape (height, width, 3)
    box : ndarray, shape (4,)
        Left, top, right and bottom of the athlete in pixels.

    Returns
    -------
    ndarray, shape (N, 4)
        Slope in degrees, down to the right positive, from -90 to 90; place right of and below the
        picture's middle and length, in shares of the longer side.
    """
    small = shrink(image_bgr, min(LONGER_SIDE_PX, max(image_bgr.shape[:2])))
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    found: Any = cv2.createLineSegmentDetector().detect(grey)[0]  # None where there is no line
    ends = np.asarray([] if found is None else found, dtype=np.float64).reshape(-1, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    along *= np.where(along[:, :1] < 0, -1.0, 1.0)  # to the right
    middle = ends.mean(axis=1)
    length_px = np.hypot(*along.T)
    around = AROUND_BOX * (box[3] - box[1]) * np.array([-1, -1, 1, 1])
    left, top, right, bottom = (box + around) * (small.shape[1] / image_bgr.shape[1])
    on_him = (middle > [left, top]).all(axis=1) & (middle < [right, bottom]).all(axis=1)
    side_px = max(grey.shape)
    kept = np.flatnonzero((length_px > max(LEAST_LENGTH * side_px, LEAST_LENGTH_PX)) & ~on_him)
    kept = kept[np.argsort(-length_px[kept], kind="stable")[:MOST_LINES]]
    place = (middle - np.array(grey.shape[::-1]) / 2) / side_px
    slope_deg = np.rad2deg(np.arctan2(along[:, 1], along[:, 0]))
    lines: FloatArray = np.column_stack([slope_deg, place, length_px / side_px])[kept]
    return lines


def without_drawn(
    looks: Sequence[FloatArray], within_deg: float, *, across: int
) -> list[FloatArray]:
    """The lines of each look without those that may be drawn into the picture.

    A caption, a grid and a black bar's edge are exactly upright or level, and stay where they are
    in every look.

    Parameters
    ----------
    looks : sequence of ndarray, shape (N, 4)
        As from `find_lines`, the slope counted from upright or level.
    within_deg : float
        What slopes less is exactly so.
    across : int
        0 for upright lines, which stay where they are to the side, 1 for level ones.
    """
    exact = [each[np.abs(each[:, 0]) < within_deg] for each in looks]
    kept = []
    for lines in looks:
        drawn = np.abs(lines[:, 0]) < within_deg
        for theirs in exact:
            mine = lines[drawn]
            off = np.abs(mine[:, None, 1:3] - theirs[:, 1:3])
            # pieces of a long line may end elsewhere
            reach = (mine[:, None, 3] + theirs[:, 3]) / 2
            stays = (off[..., across] < DRAWN_WIDTH) & (off[..., 1 - across] < reach)
            drawn[drawn] = stays.any(axis=1)
        kept.append(lines[~drawn])
    return kept


def middle_of(values: FloatArray, weight: FloatArray) -> float:
    """Weighted median."""
    order = np.argsort(values)
    sums = np.cumsum(weight[order])
    return float(values[order[np.searchsorted(sums, sums[-1] / 2)]])
