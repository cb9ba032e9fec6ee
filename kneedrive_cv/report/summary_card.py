"""``summary.png``: the verdict as one picture for a chat group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.report import view
from kneedrive_cv.report.drawing import Image, put_text, text_size
from kneedrive_cv.report.lettering import drawable, text_mask
from kneedrive_cv.report.palette import bgr
from kneedrive_cv.report.stills import fault_key
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.technique.not_a_sprint import is_drill

SIZE_PX: Final = (1080, 1350)
"""Four to five, as phones show pictures upright."""
_MARGIN: Final = 56
_BACK, _INK, _MUTED, _CARD = "#0e1319", "#e6ecf2", "#9daab8", "#1a222c"
_SIDES: Final = {"left": "#5cb9f6", "right": "#ffa04a"}
_LAST_LATIN: Final = 0x17F
"""The letters up to here are in the font of OpenCV."""
_PICTURES: Final = 2
_GAP: Final = 24
_PICTURE_PX: Final = ((SIZE_PX[0] - 2 * _MARGIN - _GAP) // _PICTURES, 520)


def draw_summary(
    analysis: Analysis, stills: Mapping[str, bytes], tops: Mapping[Side, Image]
) -> Image:
    """Draw the grade, the main numbers, and the first faults with their pictures.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    stills : mapping of str to bytes
        JPEG of each fault, by `stills.fault_key`.
    tops : mapping of side to ndarray, shape (H, W, 3)
        The top of each leg's knee drive: shown where there is no fault to show.

    Returns
    -------
    ndarray, shape (1350, 1080, 3)
        BGR.
    """
    result = analysis.result
    card = np.full((SIZE_PX[1], SIZE_PX[0], 3), bgr(_BACK), np.uint8)
    y = _head(card, result)
    y = _glance(card, result, y)
    if result.faults:
        _faults(card, result, stills, y)
    else:
        _tops(card, result, tops, y)
    _foot(card, result)
    return card


def _head(card: Image, result: AnalysisResult) -> int:
    grade, right = result.summary.grade, SIZE_PX[0] - _MARGIN
    if grade.points is not None and grade.letter is not None:
        cv2.rectangle(card, (right - 210, 48), (right, 262), bgr(_CARD), -1)
        width = text_size(grade.letter, 120, 700)[0]
        put_text(card, grade.letter, (right - 105 - width // 2, 178), bgr(_INK), 120, 700)
        points = f"{grade.points:.0f} of 100"
        width = text_size(points, 30, 600)[0]
        put_text(card, points, (right - 105 - width // 2, 232), bgr(_MUTED), 30, 600)
        right -= 240
    room = right - _MARGIN
    put_text(card, "KNEE DRIVE", (_MARGIN, 76), bgr(_MUTED), 24, 600)
    title = result.athlete.name or result.clip.name
    _name(card, title, (_MARGIN, 134), room)
    y = 180
    size = 32 if len(broken(result.summary.headline, 32, room)) <= 3 else 27
    for line in broken(result.summary.headline, size, room)[:3]:
        put_text(card, line, (_MARGIN, y), bgr(_INK), size, 500)
        y += 42
    return max(y, 290)


def _name(card: Image, title: str, at: tuple[int, int], room: int) -> None:
    """Write the name in the letters that it needs: the font of OpenCV has few scripts."""
    text = drawable(title)
    if max(map(ord, text), default=0) <= _LAST_LATIN:
        put_text(card, fit(text, 50, room), at, bgr(_INK), 50, 700)
        return
    mask, below = text_mask(text, 46)
    while mask.shape[1] > room and len(text) > 1:
        text = text[:-1]
        mask, below = text_mask(f"{text.rstrip()}…", 46)
    bottom = at[1] + below
    top = max(bottom - mask.shape[0], 0)
    place = card[top:bottom, at[0] : at[0] + min(mask.shape[1], room)]
    share = mask[mask.shape[0] - (bottom - top) :, : place.shape[1], None] / 255.0
    place[:] = (place * (1 - share) + np.array(bgr(_INK)) * share).round().astype(np.uint8)


def _blocks(result: AnalysisResult) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return view.glance(result)[:3]


def _glance(card: Image, result: AnalysisResult, y: int) -> int:
    blocks = _blocks(result)
    gap = 18
    width = (SIZE_PX[0] - 2 * _MARGIN - gap * (len(blocks) - 1)) // len(blocks)
    for i, (title, entries) in enumerate(blocks):
        x = _MARGIN + i * (width + gap)
        cv2.rectangle(card, (x, y), (x + width, y + 168), bgr(_CARD), -1)
        put_text(card, title, (x + 20, y + 40), bgr(_MUTED), 25, 500)
        for row, (whose, value, _) in enumerate(entries):
            at = y + 92 + 54 * row
            if whose:
                put_text(card, whose, (x + 20, at), bgr(_SIDES[whose]), 28, 600)
            put_text(card, value, (x + (120 if whose else 20), at), bgr(_INK), 46, 700)
    return y + 168 + 66


def _faults(card: Image, result: AnalysisResult, stills: Mapping[str, bytes], y: int) -> None:
    cards = view.fault_cards(result, {i: fault_key(i) for i in range(len(result.faults))})
    head = "What to change first" if len(cards) > 1 else "What to change"
    put_text(card, head, (_MARGIN, y), bgr(_INK), 36, 700)
    shown = [(c, s) for c in cards for s in c.sides[:1]]
    if len(cards) == 1:
        shown = [(cards[0], s) for s in cards[0].sides]
    for i, (fault, side) in enumerate(shown[:_PICTURES]):
        _fault(card, fault, side, stills.get(side.key), _left(i), y + 28)


def _fault(
    card: Image,
    fault: view.FaultCard,
    side: view.SideFault,
    jpeg: bytes | None,
    x: int,
    y: int,
) -> None:
    picture = None
    if jpeg is not None:
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    _place(card, None if picture is None else np.asarray(picture, dtype=np.uint8), x, y)
    width, at = _PICTURE_PX[0], y + _PICTURE_PX[1] + 46
    size = next((s for s in (30, 27) if text_size(fault.title, s, 700)[0] <= width), 24)
    put_text(card, fit(fault.title, size, width), (x, at), bgr(_INK), size, 700)
    words = f"{side.side} {side.brief}"
    put_text(card, words, (x, at + 44), bgr(_SIDES[side.side]), 30, 700)
    left = x + text_size(words, 30, 700)[0] + 14
    for i, line in enumerate(broken(f"wanted {side.limit}", 24, x + width - left)[:2]):
        put_text(card, line, (left, at + 42 + 30 * i), bgr(_MUTED), 24, 500)


def _tops(card: Image, result: AnalysisResult, tops: Mapping[Side, Image], y: int) -> None:
    put_text(card, "The top of the knee drive", (_MARGIN, y), bgr(_INK), 36, 700)
    for i, (side, picture) in enumerate(tops.items()):
        _place(card, picture, _left(i), y + 28)
        at = (_left(i), y + 28 + _PICTURE_PX[1] + 46)
        put_text(card, f"{side} leg", at, bgr(_SIDES[side]), 30, 700)
    if tops and result.scene.shows_legs:
        also = "" if is_drill(result.scene.gait) else ", small: the bend of the knee"
        words = f"{'Large: the' if also else 'The'} thigh's angle from straight down{also}"
        at = (_MARGIN, y + 28 + _PICTURE_PX[1] + 96)
        put_text(card, fit(f"{words}.", 22, SIZE_PX[0] - 2 * _MARGIN), at, bgr(_MUTED), 22, 400)


def _left(i: int) -> int:
    """Where the i-th picture begins."""
    return _MARGIN + i * (_PICTURE_PX[0] + _GAP)


def _place(card: Image, picture: Image | None, x: int, y: int) -> None:
    """Put a picture in its frame; an empty frame where there is none."""
    width, height = _PICTURE_PX
    cv2.rectangle(card, (x, y), (x + width, y + height), bgr(_CARD), -1)
    if picture is not None:
        card[y : y + height, x : x + width] = _filled(picture, width, height)


def _filled(picture: Image, width: int, height: int) -> Image:
    """A picture that fills a rectangle; what reaches over is cut off evenly."""
    rows, columns = picture.shape[:2]
    scale = max(width / columns, height / rows)
    size = (max(round(columns * scale), width), max(round(rows * scale), height))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.asarray(large[top : top + height, left : left + width], dtype=np.uint8)


def _foot(card: Image, result: AnalysisResult) -> None:
    room = SIZE_PX[0] - 2 * _MARGIN
    drills = ", ".join(drill.title.lower() for drill in result.drills[:4])
    if drills:
        words = fit(f"Train: {drills}", 27, room)
        put_text(card, words, (_MARGIN, SIZE_PX[1] - 82), bgr(_INK), 27, 600)
    text = "Measured with kneedrive. 95 % intervals and everything else: report.html"
    cards = view.fault_cards(result, {i: fault_key(i) for i in range(len(result.faults))})
    told = [value for _, block in _blocks(result) for _, value, _ in block]
    told += [side.value for fault in cards for side in fault.sides]
    if any(value.endswith("*") for value in told):
        text = "*: low confidence. Why, 95 % intervals and everything else: report.html"
    put_text(card, text, (_MARGIN, SIZE_PX[1] - 34), bgr(_MUTED), 22, 400)


def broken(text: str, size_px: int, width_px: int) -> list[str]:
    """A text in lines of at most a width."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_size(longer, size_px, 500)[0] > width_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fit(text: str, size_px: int, width_px: int) -> str:
    """A text cut off with an ellipsis where it is wider than there is room."""
    if text_size(text, size_px, 700)[0] <= width_px:
        return text
    while len(text) > 1 and text_size(f"{text}…", size_px, 700)[0] > width_px:
        text = text[:-1]
    return f"{text.rstrip()}…"
