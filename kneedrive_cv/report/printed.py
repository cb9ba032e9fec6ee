"""``report.pdf``: the report on two pages of A4."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.report import view
from kneedrive_cv.report.drawing import Image
from kneedrive_cv.report.history import History
from kneedrive_cv.report.printed_details import draw_details
from kneedrive_cv.report.sheet import (
    A4_MM,
    LEFT,
    MARGIN_MM,
    MUTED,
    RIGHT,
    SETTINGS,
    SOFT,
    VERDICTS,
    Sheet,
)
from kneedrive_cv.report.stills import fault_key
from kneedrive_cv.report.travel import travel_words
from kneedrive_cv.report.trust import GOING, direction_words
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.technique.not_a_sprint import is_drill

_WIDTH: Final = A4_MM[0] - 2 * MARGIN_MM
_FAULTS: Final = 3
_KINOGRAM_PX: Final = 1100
"""Enough for its width on paper; more would only make the file larger."""


class PrintedReport:
    """Both pages; the pictures are put in when the frames have been seen.

    Parameters
    ----------
    analysis : Analysis
        What was found.
    history : History, optional
        How the athlete has changed.
    """

    def __init__(self, analysis: Analysis, history: History | None = None) -> None:
        import matplotlib
        import matplotlib.backends.backend_pdf  # loaded here, while the frames are read

        self._result = analysis.result
        # The context holds the settings for this call alone; nothing global stays changed.
        with matplotlib.rc_context(SETTINGS):
            self._first, self._second = Sheet(), Sheet()
            self._below = _draw_verdict(self._first, self._result)
            draw_details(self._second, analysis, history)

    def write(self, path: Path, stills: Mapping[str, bytes], kinogram: Image | None) -> None:
        """Put the pictures in and write the file."""
        import matplotlib
        from matplotlib.backends.backend_pdf import PdfPages

        about = {"Title": f"Knee drive: {_title(self._result)}", "CreationDate": None}
        with matplotlib.rc_context(SETTINGS):
            y = _draw_faults(self._first, self._result, stills, self._below)
            if self._result.checks:
                y = _draw_checks(self._first, self._result, y)
            _draw_kinogram(self._first, kinogram, y)
            with PdfPages(path, metadata=about) as pdf:
                for sheet in (self._first, self._second):
                    pdf.savefig(sheet.figure)


def _title(result: AnalysisResult) -> str:
    return result.athlete.name or result.clip.name


def _draw_verdict(sheet: Sheet, result: AnalysisResult) -> float:
    """Head, grade, headline and the numbers at a glance; returns where they end."""
    y = sheet.text(MARGIN_MM, MARGIN_MM - 2, "KNEE DRIVE REPORT", 7, colour=MUTED)
    y = sheet.text(MARGIN_MM, y, _title(result), 17, bold=True, width=_WIDTH, most=1)
    y = sheet.text(MARGIN_MM, y, _facts(result), 8, colour=MUTED, width=_WIDTH, most=2) + 2.5
    grade, left = result.summary.grade, MARGIN_MM
    if grade.points is not None:
        sheet.box(left, y, 30, 22, SOFT)
        sheet.text(left + 15, y + 0.5, str(grade.letter), 30, bold=True, align="center")
        sheet.text(left + 15, y + 13.4, f"{grade.points:.0f} of 100", 9, bold=True, align="center")
        if grade.low is not None and grade.high is not None:
            interval = f"95 % interval {grade.low:.0f} to {grade.high:.0f}"
            sheet.text(left + 15, y + 18, interval, 5.8, colour=MUTED, align="center")
        left += 34
    width = MARGIN_MM + _WIDTH - left
    end = sheet.text(left, y, result.summary.headline, 13, bold=True, width=width, most=3)
    end = sheet.text(left, end + 0.6, grade.explanation, 7.6, colour=MUTED, width=width, most=3)
    return _draw_glance(sheet, result, max(y + 25, end + 1.5))


def _facts(result: AnalysisResult) -> str:
    drives = result.summary.knee_drives
    going = GOING.get(result.scene.gait, "running")
    lifts = "lifts" if is_drill(result.scene.gait) else "drives"
    parts = [
        result.clip.name if result.athlete.name else "",
        result.clip.recorded,
        f"{result.scene.view} view, {going} {direction_words(result)}",
        f"{drives.get('left', 0)} left and {drives.get('right', 0)} right knee {lifts}",
        f"{result.clip.capture_fps:.4g} frames a second",
    ]
    return " · ".join(part for part in parts if part)


def _draw_glance(sheet: Sheet, result: AnalysisResult, y: float) -> float:
    blocks = view.glance(result)
    width = (_WIDTH - 3 * (len(blocks) - 1)) / len(blocks)
    for i, (title, entries) in enumerate(blocks):
        x = MARGIN_MM + i * (width + 3)
        sheet.box(x, y, width, 15, SOFT)
        sheet.text(x + 2, y + 1, title, 7, colour=MUTED)
        for row, (whose, value, interval) in enumerate(entries):
            at = y + 4.9 + 4.6 * row
            if whose:
                sheet.text(x + 2, at + 0.5, whose, 7, colour=_side_colour(whose), bold=True)
            sheet.text(x + (11 if whose else 2), at, value, 10, bold=True)
            sheet.text(x + width - 2, at + 0.8, interval, 6, colour=MUTED, align="right")
    words = travel_words(result)
    if words:
        sheet.text(MARGIN_MM, y + 15.6, words, 6.4, colour=MUTED, width=_WIDTH, most=2)
    return y + (22.5 if words else 18)


def _side_colour(side: str) -> str:
    return LEFT if side == "left" else RIGHT


def _draw_faults(
    sheet: Sheet, result: AnalysisResult, stills: Mapping[str, bytes], y: float
) -> float:
    """The first faults, a column each, with the picture of the clearest leg."""
    cards = view.fault_cards(result, {i: fault_key(i) for i in range(len(result.faults))})
    if not cards:
        return y
    more = len(cards) - _FAULTS
    head = "What to change first" if len(cards) > 1 else "What to change"
    y = sheet.text(MARGIN_MM, y, head, 11, bold=True) + 1
    count = max(min(len(cards), _FAULTS), 2)
    column = (_WIDTH - 4 * (count - 1)) / count
    ends = [
        _draw_fault(sheet, card, stills, MARGIN_MM + i * (column + 4), y, column)
        for i, card in enumerate(cards[:_FAULTS])
    ]
    y = max(ends)
    if more > 0:
        names = ", ".join(card.title.lower() for card in cards[_FAULTS:])
        y = sheet.text(MARGIN_MM, y, f"After that: {names}.", 7.6, width=_WIDTH, most=2)
    return y + 2.5


def _draw_fault(
    sheet: Sheet,
    card: view.FaultCard,
    stills: Mapping[str, bytes],
    x: float,
    y: float,
    width: float,
) -> float:
    leg = next((s for s in card.sides if s.key in stills), card.sides[0])
    picture = _decoded(stills.get(leg.key))
    end, text_x = y, x
    if picture is not None:
        end = sheet.picture(picture, x, y, 26)
        text_x = x + 28
    room = x + width - text_x
    at = sheet.text(text_x, y, card.title, 8.4, bold=True, width=room, most=3) + 0.6
    for side in card.sides:
        colour = _side_colour(side.side)
        at = sheet.text(text_x, at, f"{side.side} {side.brief}", 8, bold=True, colour=colour)
        at = sheet.text(text_x, at, side.interval, 6, colour=MUTED)
    at = sheet.text(text_x, at + 0.3, f"wanted {leg.limit}", 6.6, width=room, most=3)
    return max(end, at) + 1.5


def _decoded(jpeg: bytes | None) -> Image | None:
    if jpeg is None:
        return None
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)


def _draw_checks(sheet: Sheet, result: AnalysisResult, y: float) -> float:
    """A line for each check."""
    left, right = MARGIN_MM + 72, MARGIN_MM + 130
    sheet.text(MARGIN_MM, y, "Every check, each leg", 11, bold=True)
    for x, side in ((left, "left"), (right, "right")):
        sheet.text(x, y + 0.8, side.capitalize(), 8, bold=True, colour=_side_colour(side))
    y += 6
    for row in view.check_rows(result):
        sheet.rule(y)
        sheet.text(MARGIN_MM, y + 0.7, row.title, 7.6, bold=True)
        sheet.text(left - 3, y + 0.95, row.limit, 5.8, colour=MUTED, align="right")
        for where, x in (("left", left), ("both", left), ("right", right)):
            if where in row.cells:
                _draw_cell(sheet, row.cells[where], x, y + 0.7)
        y += 4.7
    return y + 3


def _draw_cell(sheet: Sheet, cell: view.Cell, x: float, y: float) -> None:
    # The verdict stands in words: a print in grey must say the same.
    sheet.text(x, y, cell.word, 7.6, bold=True, colour=VERDICTS[cell.verdict])
    if cell.verdict != "not_measurable":
        sheet.text(x + 21, y, cell.value, 7.6, bold=True)
        sheet.text(x + 32, y + 0.25, cell.interval, 6, colour=MUTED)


def _draw_kinogram(sheet: Sheet, kinogram: Image | None, y: float) -> None:
    if kinogram is None:
        return
    rows, columns = kinogram.shape[:2]
    scale = _KINOGRAM_PX / columns
    size = (_KINOGRAM_PX, round(rows * scale))
    small = np.asarray(cv2.resize(kinogram, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    y = sheet.text(MARGIN_MM, y, "Kinogram: one stride of each leg", 11, bold=True) + 1
    room = A4_MM[1] - MARGIN_MM - y
    width = min(_WIDTH, room * columns / rows)
    sheet.picture(small, MARGIN_MM + (_WIDTH - width) / 2, y, width)
