"""``team.csv`` and ``team.xlsx``: the leaderboard for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.team.squad import CODES, FAULT_NAMES, Squad, Standing

Cell = str | float | int | None

BOARD_COLUMNS: Final = (
    "group",
    "athlete",
    "day",
    "place_from",
    "place_to",
    "letter",
    "points",
    "points_low",
    "points_high",
    "checks_measured",
    "clips",
    "train_first",
    *CODES,
    "notes",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_WIDEST: Final = 60


def board_rows(squad: Squad) -> list[list[Cell]]:
    """The leaderboard, a row an athlete."""
    return [_board_row(s) for s in squad.standings]


def _board_row(standing: Standing) -> list[Cell]:
    grade = standing.grade
    ends = [None if end is None else round(end, 1) for end in (grade.points, grade.low, grade.high)]
    return [
        standing.athlete.squad,
        standing.name,
        standing.day,
        *(standing.ranks or (None, None)),
        grade.letter or "",
        *ends,
        grade.measured,
        len(standing.clips),
        FAULT_NAMES.get(standing.main_fault, ""),
        *(standing.marks[code].verdict for code in CODES),
        standing.athlete.notes,
    ]


def write_csv(squad: Squad, path: Path) -> None:
    """Write ``team.csv``; a name that a spreadsheet would run as a formula gets an apostrophe."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(BOARD_COLUMNS)
        writer.writerows([_harmless(cell) for cell in row] for row in board_rows(squad))


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_xlsx(squad: Squad, path: Path) -> None:
    """Write ``team.xlsx``: leaderboard, clips, checks, changes and what could not be graded."""
    try:
        import xlsxwriter
    except ImportError as error:
        fix = "Install it: pip install 'kneedrive[team]'."
        raise ConfigError("xlsxwriter is missing", where=str(path), fix=fix) from error
    with xlsxwriter.Workbook(path) as book:
        bold = book.add_format({"bold": True})
        for name, columns, rows in _sheets(squad):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, columns, bold)
            for i, row in enumerate(rows, start=1):
                _write_row(sheet, i, row)
            sheet.autofit(max_width=_WIDEST * 7)
            if rows:
                sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _write_row(sheet: object, number: int, row: Sequence[Cell]) -> None:
    """Text stays text: nothing in it is a formula or a link."""
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(number, column, cell)  # type: ignore[attr-defined]
        elif cell is not None:
            sheet.write_number(number, column, cell)  # type: ignore[attr-defined]


_Sheet = tuple[str, Sequence[str], list[list[Cell]]]


def _sheets(squad: Squad) -> Iterable[_Sheet]:
    yield "Leaderboard", BOARD_COLUMNS, board_rows(squad)
    clips = ("athlete", "day", "clip", "letter", "points", "points_low", "points_high", "headline")
    yield "Clips", clips, [row for s in squad.standings for row in _clip_rows(s)]
    checks = ("athlete", "day", "check", "side", "verdict", "value", "low", "high", "unit")
    yield "Checks", checks, [row for s in squad.standings for row in _check_rows(s)]
    changes = ("athlete", "since", "what", "side", "before", "now", "margin", "unit", "better")
    yield "Changes", changes, [row for s in squad.standings for row in _change_rows(s)]
    failed = ("clip", "athlete", "status", "reason", "what_to_do")
    yield (
        "Not graded",
        failed,
        [[f.path, f.athlete, f.status, f.reason, f.fix] for f in squad.failed],
    )


def _clip_rows(s: Standing) -> list[list[Cell]]:
    return [
        [s.name, day, c.path, c.letter or "", *_rounded(c.points, c.low, c.high), c.headline]
        for day, clips in ((s.day, s.clips), *([(s.since.day, s.since.clips)] if s.since else []))
        for c in clips
    ]


def _check_rows(s: Standing) -> list[list[Cell]]:
    return [
        [
            s.name,
            s.day,
            c.title,
            c.side or "",
            c.verdict,
            *_rounded(c.value.value, c.value.low, c.value.high),
            c.unit,
        ]
        for c in s.checks
    ]


def _change_rows(s: Standing) -> list[list[Cell]]:
    return [
        [
            s.name,
            s.compared,
            c.title,
            c.side,
            *_rounded(c.before, c.now, c.margin),
            c.unit,
            "still good" if c.kept else "better" if c.better else "worse",
        ]
        for c in s.changes
    ]


def _rounded(*numbers: float | None) -> list[float | None]:
    return [None if number is None else round(number, 3) for number in numbers]
