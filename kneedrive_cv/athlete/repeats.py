"""Frames that only repeat the one before, as editors leave them when they convert rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def find_repeats(change: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.zeros(len(change), dtype=bool)
