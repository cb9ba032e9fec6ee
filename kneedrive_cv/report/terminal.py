"""The verdict as a short table in the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kneedrive_cv.result import AnalysisResult, Check, Value

MARKS = {
    "pass": "[green]pass[/]",
    "borderline": "[yellow]borderline[/]",
    "fault": "[red]FAULT[/]",
    "not_measurable": "[dim]not measured[/]",
}


def print_verdict(result: AnalysisResult, report: Path) -> None:
    """Print the headline, a line for each check, the warnings and where the report lies."""
    console = Console()
    console.print(f"[bold]{escape(result.summary.headline)}[/]", highlight=False)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("check", "target", "left", "right"):
        table.add_column(column)
    for code, checks in _by_code(result).items():
        table.add_row(*_row(code, checks))
    console.print(table)
    for warning in result.warnings:
        console.print(f"[yellow]note:[/] {escape(warning)}", highlight=False)
    console.print(f"Report: {escape(str(report))}", highlight=False, soft_wrap=True)


def _by_code(result: AnalysisResult) -> dict[str, list[Check]]:
    groups: dict[str, list[Check]] = {}
    for check in result.checks:
        groups.setdefault(check.title, []).append(check)
    return groups


def _row(title: str, checks: list[Check]) -> tuple[str, str, str, str]:
    cells = {check.side: _cell(check) for check in checks}
    both = cells.get(None)
    if both is not None:
        return title, checks[0].target, both, ""
    return title, checks[0].target, cells.get("left", ""), cells.get("right", "")


def _cell(check: Check) -> str:
    return f"{_number(check.value, check.unit)} {MARKS[check.verdict]}".strip()


def _number(value: Value, unit: str) -> str:
    if value.value is None or value.high is None:
        return ""
    digits = 0 if unit == "deg" else 2
    margin = value.high - value.value
    return f"{value.value:.{digits}f} ±{margin:.{digits}f}"
