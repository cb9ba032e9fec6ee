"""The verdict as a short table in the terminal, in the words of the report."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.report.changes import find_changes, unlike
from kneedrive_cv.report.formats import change_interval, number, signed, with_margin
from kneedrive_cv.report.travel import travel_words
from kneedrive_cv.report.view import VERDICT_WORDS, check_doubts, check_name, doubts
from kneedrive_cv.report.words import short_title, unit_of
from kneedrive_cv.result import AnalysisResult, Check, Value
from kneedrive_cv.stdout import use_plain_letters

_STYLES: Final = {
    "pass": "green",
    "borderline": "yellow",
    "fault": "bold red",
    "not_measurable": "dim",
}
_PIPE_COLUMNS: Final = 120


def open_console() -> tuple[Console, bool]:
    """A console, and whether lines stay whole: in a pipe, for programs that search it."""
    use_plain_letters()
    out: TextIO | None = sys.stdout  # None where it was closed before the start
    whole = out is None or not out.isatty()
    return Console(width=_PIPE_COLUMNS if whole else None), whole


def print_verdict(result: AnalysisResult, report: Path) -> None:
    """Print the headline, a line for each check, the warnings and where the report lies."""
    console, whole = open_console()
    console.print(Text(result.summary.headline, style="bold"), soft_wrap=whole)
    console.print()
    console.print(_table(result.checks) if result.checks else _heights(result))
    for reason in check_doubts(result) if result.checks else doubts(result):
        console.print(Text(f"* Low confidence: {reason}.", style="dim"), soft_wrap=whole)
    console.print()
    if words := travel_words(result):
        console.print(words, soft_wrap=whole, highlight=False, markup=False)
        console.print()
    for warning in result.warnings:
        note = Text.assemble(("Note: ", "yellow"), warning)
        console.print(note, soft_wrap=whole)
    console.print(Text(f"Report: {report}"), soft_wrap=True)


def print_changes(names: Sequence[str], results: Sequence[AnalysisResult], page: Path) -> None:
    """Print what differs between runs, each against the first, and where the page lies."""
    console, whole = open_console()
    letters = "ABCDEFGH"
    for letter, name in zip(letters, names, strict=False):
        console.print(Text(f"{letter}: {name}"), soft_wrap=whole)
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for column in ("", "", "A", *(f"{x} against A" for x in letters[1 : len(names)])):
        table.add_column(column)
    changes = find_changes(results)
    for change in changes:
        unit = unit_of(change.metric)
        cells = [_change(value, unit) for value in change.changes]
        first = with_margin(change.values[0], unit)
        table.add_row(short_title(change.metric), change.side or "", first, *cells)
    console.print(table)
    console.print()
    if any(change.values[0].status == "low_confidence" for change in changes):
        console.print(Text("*: low confidence.", style="dim"))
    for note in unlike(results):
        console.print(Text.assemble(("Note: ", "yellow"), note), soft_wrap=whole)
    console.print(Text(f"Page: {page}"), soft_wrap=True)


def _change(value: Value, unit: str) -> Text:
    if value.value is None or value.low is None or value.high is None:
        return Text("not measured in both", style="dim")
    real = value.low > 0 or value.high < 0
    text = f"{signed(value.value, unit)} ({change_interval(value, unit)})"
    return Text(f"{text} {'real' if real else 'not sure'}", style="bold" if real else "dim")


def _heights(result: AnalysisResult) -> Table:
    """How high the knees come, where no check was made of it: in a drill."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for column in ("", *SIDES):
        table.add_column(column)
    for metric in ("hip_flexion_deg", "thigh_deg"):
        by_side, unit = result.summary.metrics.get(metric, {}), unit_of(metric)
        cells = [with_margin(by_side[side], unit) if side in by_side else "" for side in SIDES]
        table.add_row(short_title(metric), *cells)
    return table


def _table(checks: list[Check]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for column in ("", "target", "left", "right"):
        table.add_column(column)
    rows: dict[str, list[Check]] = {}
    for check in checks:
        rows.setdefault(check_name(check), []).append(check)
    width = max((len(_measured(check)) for check in checks), default=0)
    for name, both in rows.items():
        # What compares the legs stands once, in the first of their columns.
        cells = {check.side or "left": _cell(check, width) for check in both}
        table.add_row(name, _target(both[0]), cells.get("left", ""), cells.get("right", ""))
    return table


def _target(check: Check) -> str:
    sign = "≥" if check.fault_when == "below" else "≤"
    return f"{sign} {number(check.threshold, check.unit)}"


def _cell(check: Check, width: int) -> Text:
    word = Text(VERDICT_WORDS[check.verdict], style=_STYLES[check.verdict])
    if check.verdict == "not_measurable":
        return word
    return Text(f"{_measured(check):<{width}} ").append_text(word)


def _measured(check: Check) -> str:
    value = check.value
    if check.code == "asymmetry" and value.value is not None and value.value < 0:
        low, high = (None if end is None else -end for end in (value.high, value.low))
        value = value.model_copy(update={"value": -value.value, "low": low, "high": high})
    return with_margin(value, check.unit)
