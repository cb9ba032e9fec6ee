"""A run as a notebook shows it: the verdict, the checks, the faults."""

from __future__ import annotations

from kneedrive_cv.report.formats import with_margin
from kneedrive_cv.report.pages import page_environment
from kneedrive_cv.report.view import VERDICT_WORDS, check_name
from kneedrive_cv.result import AnalysisResult, Check


def run_html(result: AnalysisResult) -> str:
    """The verdict at a glance as a piece of HTML without scripts and without styles of a page."""
    template = page_environment().get_template("run.html.j2")
    rows = [
        (_name(check), VERDICT_WORDS[check.verdict], with_margin(check.value, check.unit),
         check.target)
        for check in result.checks
    ]  # fmt: skip
    return template.render(result=result, rows=rows)


def _name(check: Check) -> str:
    return check_name(check) if check.side is None else f"{check_name(check)}, {check.side}"
