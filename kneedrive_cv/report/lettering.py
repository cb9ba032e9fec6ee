"""Names as they can be drawn on paper and in pictures, on every machine.

The font that comes with matplotlib has the letters of Europe, Hebrew and Arabic, and matplotlib
sets them from right to left and joined as they should be. What it lacks is not left to chance:

- emoji are told in words, as their name in Unicode, for no font of them is everywhere;
- other scripts are drawn with a font of the machine that has them, if there is one;
- a letter that no font has becomes a box.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

FONT: Final = "DejaVu Sans"
"""Comes with matplotlib, so that a page looks the same on every machine."""
BOX: Final = "□"
_JOINERS: Final = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_LOOKS: Final = re.compile(f"[{_JOINERS}][\N{FEMALE SIGN}\N{MALE SIGN}]|[\ufe00-\ufe0f]")
"""What only chooses between the looks of an emoji."""
_REGIONAL_A: Final = 0x1F1E6


def face(text: str = "", *, bold: bool = False) -> FT2Font:
    """The font of a text, with those that help it out, for measuring and drawing."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    names = families(text)
    weight = weight_of(names, bold=bold)
    return get_font([findfont(FontProperties(family=name, weight=weight)) for name in names])


def weight_of(names: list[str], *, bold: bool) -> str:
    """Bold only where it is sure to be there: a font of the machine may come without."""
    return "bold" if bold and len(names) == 1 else "normal"


def from_left(line: str) -> str:
    """A line whose parts stand from left to right, even where it begins with a Hebrew name."""
    ways = {unicodedata.bidirectional(character) for character in line}
    mixed = "L" in ways and not ways.isdisjoint({"R", "AL"})
    return f"\N{LEFT-TO-RIGHT MARK}{line}" if mixed else line


@cache
def _known() -> frozenset[int]:
    return frozenset(face().get_charmap()) & frozenset(face(bold=True).get_charmap())


def drawable(text: str) -> str:
    r"""A text on one line, with words for emoji and a box for what no font has.

    Marks that would turn the direction of the text are taken out.

    Examples
    --------
    >>> drawable("Ann \N{RUNNER}\N{ZERO WIDTH JOINER}\N{FEMALE SIGN} Lee")
    'Ann (runner) Lee'
    """
    text = _LOOKS.sub("", text)
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    shown = " ".join("".join(_pieces(text)).split())
    return (
        shown if _goes_together(shown) else "".join(c if ord(c) in _known() else BOX for c in shown)
    )


def _goes_together(text: str) -> bool:
    """Whether the fonts of a text can set it: a mark of one may not fit a letter of another."""
    if len(families(text)) == 1:
        return True
    with warnings.catch_warnings(action="error"):
        try:
            face(text).set_text(text, 0.0)
        except UserWarning:
            return False
    return True


def _pieces(text: str) -> Iterator[str]:
    for kind, run in groupby(text, _kind):
        characters = "".join(run)
        if kind == "emoji":
            yield f" ({', '.join(_emoji_words(characters))}) "
        elif kind == "missing":
            yield BOX * len(characters)
        elif kind == "drawn":
            yield characters


def _kind(character: str) -> str:
    """How a character is treated: drawn, told in words, left out, or shown as missing."""
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return "drawn" if character in _JOINERS else "unseen"
    if ord(character) in _known():
        return "drawn"
    if category == "So":
        return "emoji"
    if category == "Sk" and ord(character) > 0xFFFF:  # the skin of an emoji
        return "unseen"
    return "drawn" if _fallback(character) else "missing"


def _emoji_words(characters: str) -> Iterator[str]:
    flags = ""
    for character in characters:
        place = ord(character) - _REGIONAL_A
        if 0 <= place < 26:
            flags += chr(ord("A") + place)
        else:
            yield unicodedata.name(character, BOX).lower()
    if flags:
        yield flags


def families(text: str) -> list[str]:
    """The fonts that a text needs, as matplotlib wants them: its own first."""
    more = {name for c in text if ord(c) not in _known() and (name := _fallback(c))}
    return [FONT, *sorted(more)]


@cache
def _fallback(character: str) -> str | None:
    """The name of a font of this machine that has a character; matplotlib knows it afterwards."""
    from matplotlib.font_manager import fontManager, get_font

    for path in _machines_fonts():
        if ord(character) in _charmap(path):
            # Its list may be older than the font.
            fontManager.addfont(path)
            return str(get_font(path).family_name)
    return None


@cache
def _machines_fonts() -> list[str]:
    """Plain fonts, those without serifs first."""
    from matplotlib.font_manager import findSystemFonts

    slanted = ("bold", "italic", "oblique", "light", "thin", "black", "serif", "mono")
    paths = [p for p in findSystemFonts() if not any(w in Path(p).stem.lower() for w in slanted)]
    return sorted(paths, key=lambda path: ("sans" not in Path(path).stem.lower(), path))


@cache
def _charmap(path: str) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    try:
        own = get_font(path)
        # Fonts of coloured pictures cannot be drawn, and their letters are none.
        return frozenset(own.get_charmap()) if own.scalable else frozenset()
    except (OSError, RuntimeError):  # damaged, or of a kind that FreeType does not read
        return frozenset()


def text_mask(text: str, size_px: int, *, bold: bool = True) -> tuple[NDArray[np.uint8], int]:
    """A drawable text as a picture of how far each pixel is covered.

    Returns
    -------
    ndarray, shape (H, W)
        0 to 255.
    int
        Pixels of it below the line that the letters stand on.
    """
    drawn = face(text, bold=bold)
    drawn.set_size(size_px, 72)
    drawn.set_text(text, 0.0)
    drawn.draw_glyphs_to_bitmap()
    return np.asarray(drawn.get_image(), dtype=np.uint8), round(drawn.get_descent() / 64)
