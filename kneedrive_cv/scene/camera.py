"""Whether the camera stands: told from the background's motion while he runs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

MOVES_HEIGHTS: Final = 0.3
"""A camera turned by a hand that holds it still wanders by up to 0.18 body heights while he runs,
one that pans or goes along by more than one."""

TREMBLES_PX_PER_FRAME: Final = 0.5


def camera_moves(background_motion: FloatArray, height_px: float, where_px: FloatArray) -> bool:
    """Whether the camera pans or goes along, while the tremble of a hand is no motion.

    Parameters
    ----------
    background_motion : ndarray, shape (T, 2, 3)
        Into each frame in which he runs: what it does while he waits says nothing of his run.
    height_px : float
        Of the athlete.
    where_px : ndarray, shape (2,)
        Where he is in the picture: far from there a hand that rolls moves more.
    """
    moved_px = background_motion[:, :, :2] @ where_px + background_motion[:, :, 2] - where_px
    wanders_px = np.ptp(np.cumsum(moved_px, axis=0), axis=0)
    return bool(wanders_px.max() > MOVES_HEIGHTS * height_px)


def camera_trembles(background_motion: FloatArray, repeated: NDArray[np.bool_]) -> bool:
    """Whether the background does not stand still to the pixel from frame to frame.

    Parameters
    ----------
    background_motion : ndarray, shape (T, 2, 3)
    repeated : ndarray of bool, shape (T,)
        Frames that only repeat the one before, in which nothing moves.
    """
    own_px = np.linalg.norm(background_motion[~repeated, :, 2], axis=1)
    return bool(len(own_px) and np.median(own_px) > TREMBLES_PX_PER_FRAME)
