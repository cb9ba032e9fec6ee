"""The colours of the report: left blue, right orange, told apart by the colour-blind too.

Colour is never the only sign: on pictures the near leg is a full line and the far leg a hollow
one, on curves the left is a full line and the right a dashed one.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from kneedrive_cv.pose.landmarks import Side

Bgr = tuple[int, int, int]

SIDE_ON_PICTURE: Final[dict[Side, str]] = {"left": "#4db8f5", "right": "#ffa62b"}
"""Bright enough to stand out from grass, track and kit."""

INK: Final = "#10151c"
PAPER: Final = "#ffffff"
TARGET: Final = "#7ee0b5"
"""Where the angle should get to, on pictures."""


@cache
def bgr(hex_colour: str) -> Bgr:
    """A colour as OpenCV wants it.

    Examples
    --------
    >>> bgr("#4db8f5")
    (245, 184, 77)
    """
    red, green, blue = (int(hex_colour[i : i + 2], 16) for i in (1, 3, 5))
    return blue, green, red
