"""A printed page: text, lines and pictures placed in millimetres from the upper left corner."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kneedrive_cv.report.drawing import Image
from kneedrive_cv.report.lettering import FONT, drawable, face, families, from_left, weight_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

A4_MM: Final = (210.0, 297.0)
MARGIN_MM: Final = 13.0
_MM_PER_INCH: Final = 25.4
_MM_PER_POINT: Final = 25.4 / 72
_LINE: Final = 1.32
"""Height of a line of text over its size."""
_MEASURE: Final = 100.0

SETTINGS: Final[dict[Any, Any]] = {"font.family": [FONT], "pdf.fonttype": 3}

INK, MUTED, LINE, SOFT = "#17212b", "#566270", "#dbe1e8", "#eef2f6"
LEFT, RIGHT, TARGET = "#0a6cb5", "#c4560b", "#1d9a72"
VERDICTS: Final = {
    "pass": "#0b7a5c", "borderline": "#946200", "fault": "#b3311b", "not_measurable": MUTED,
}  # fmt: skip


class Sheet:
    """One page of A4.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    """

    def __init__(self) -> None:
        from matplotlib.figure import Figure

        width, height = (edge / _MM_PER_INCH for edge in A4_MM)
        self.figure: Figure = Figure(figsize=(width, height))

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        width: float | None = None,
        colour: str = INK,
        bold: bool = False,
        align: str = "left",
        most: int | None = None,
    ) -> float:
        """Write text, broken into lines where a width is given.

        Parameters
        ----------
        x, y : float
            Upper left corner, or upper right one or the middle by ``align``, in mm.
        text : str
            Shown as it is, whatever it holds.
        size : float
            In points.
        width : float, optional
            In mm.
        colour, bold, align
        most : int, optional
            Lines; the last ends in an ellipsis where there would be more.

        Returns
        -------
        float
            Where the next line begins, in mm.
        """
        lines = wrap(text, size, width, bold=bold, most=most) if width else [drawable(text)]
        step = size * _LINE * _MM_PER_POINT
        for i, line in enumerate(lines):
            self.figure.text(
                x / A4_MM[0], 1 - (y + (i + 0.78) * step) / A4_MM[1], from_left(line),
                fontsize=size, fontfamily=families(line), color=colour,
                fontweight=weight_of(families(line), bold=bold), ha=align, va="baseline",
                parse_math=False,
            )  # fmt: skip
        return y + len(lines) * step

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, *, edge: str = "none"
    ) -> None:
        """Fill a rectangle."""
        from matplotlib.patches import Rectangle

        self.figure.add_artist(
            Rectangle(
                (x / A4_MM[0], 1 - (y + height) / A4_MM[1]), width / A4_MM[0], height / A4_MM[1],
                facecolor=colour, edgecolor=edge, linewidth=0.6, zorder=-1,
            )
        )  # fmt: skip

    def rule(self, y: float, x: float = MARGIN_MM, end: float = A4_MM[0] - MARGIN_MM) -> None:
        """Draw a thin line across."""
        from matplotlib.lines import Line2D

        at = 1 - y / A4_MM[1]
        line = Line2D([x / A4_MM[0], end / A4_MM[0]], [at, at], color=LINE, linewidth=0.6)
        self.figure.add_artist(line)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """An empty chart."""
        return self.figure.add_axes(
            (x / A4_MM[0], 1 - (y + height) / A4_MM[1], width / A4_MM[0], height / A4_MM[1])
        )

    def picture(self, image_bgr: Image, x: float, y: float, width: float) -> float:
        """Place a picture; returns where it ends below, in mm."""
        rows, columns = image_bgr.shape[:2]
        height = float(width * rows / columns)
        axes = self.axes(x, y, width, height)
        axes.imshow(np.ascontiguousarray(image_bgr[..., ::-1]), aspect="auto")
        axes.set_axis_off()
        return y + height


def width_mm(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is printed."""
    return _width_px(text, bold) * size / _MEASURE * _MM_PER_POINT


@lru_cache(maxsize=4096)  # a page says the same words again and again
def _width_px(text: str, bold: bool) -> float:
    from matplotlib.ft2font import LoadFlags

    own = face(text, bold=bold)
    # Large and without hinting: at the size of print whole pixels would add up to a wrong width.
    own.set_size(_MEASURE, 72)
    own.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(own.get_width_height()[0]) / 64


def wrap(
    text: str, size: float, width: float, *, bold: bool = False, most: int | None = None
) -> list[str]:
    """Break a text into lines of at most a width in mm."""
    space = width_mm("a a", size, bold=bold) - 2 * width_mm("a", size, bold=bold)
    lines: list[list[str]] = [[]]
    end = 0.0
    for word in drawable(text).split():
        own = width_mm(word, size, bold=bold)
        if lines[-1] and end + space + own > width:
            lines.append([word])
            end = own
        else:
            end += own + (space if lines[-1] else 0.0)
            lines[-1].append(word)
    whole = [
        " ".join(line) if len(line) > 1 else _shortened("".join(line), size, width, bold)
        for line in lines
    ]
    if most is not None and len(whole) > most:
        whole = whole[:most]
        whole[-1] = _shortened(f"{whole[-1]} …", size, width, bold)
    return whole


def _shortened(line: str, size: float, width: float, bold: bool) -> str:
    """A line without its middle where it is a single word too long for the width."""
    while len(line) > 4 and width_mm(line, size, bold=bold) > width:
        half = len(line) // 2
        line = f"{line[: half - 1].rstrip('…')}…{line[half + 1 :].lstrip('…')}"
    return line
