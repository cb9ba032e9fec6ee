"""The table in the terminal says what the report says, in lines that fit."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from kneedrive_cv.report.formats import number, with_margin
from kneedrive_cv.report.html import Pictures, report_pieces
from kneedrive_cv.report.terminal import print_verdict
from kneedrive_cv.report.view import VERDICT_WORDS, check_rows, doubts, fault_cards
from kneedrive_cv.result import AnalysisResult, Status, Value
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def result() -> AnalysisResult:
    return make_analysis().result


@pytest.fixture
def printed(result, capsys) -> str:
    print_verdict(result, Path("runs/a b/report.html"))
    return capsys.readouterr().out


def test_the_headline_is_first_and_the_report_last_and_there_are_no_colours(result, printed):
    lines = printed.splitlines()
    assert lines[0] == result.summary.headline
    assert lines[-1] == "Report: runs/a b/report.html"
    assert "\x1b" not in printed


def test_every_check_has_its_line_with_the_words_and_numbers_of_the_report(result, printed):
    lines = printed.splitlines()
    for row in check_rows(result):
        (line,) = (line for line in lines if line.startswith(row.title))
        for cell in row.cells.values():
            assert cell.word in line
            if cell.verdict != "not_measurable":
                assert f"{cell.value} ±" in line


def test_a_difference_between_the_legs_keeps_its_margin_and_loses_its_sign(result, capsys):
    check = next(c for c in result.checks if c.code == "asymmetry")
    value = Value(value=-1.0, low=-6.0, high=4.0)
    checks = [check.model_copy(update={"value": value, "verdict": "pass", "unit": "deg"})]
    print_verdict(result.model_copy(update={"checks": checks}), Path("report.html"))
    assert f"{number(1.0, 'deg')} ±5 {VERDICT_WORDS['pass']}" in capsys.readouterr().out


def test_the_margin_of_a_number_whose_interval_was_cut_off_at_zero_is_not_halved():
    assert with_margin(Value(value=0.02, low=0.0, high=0.22), "shank") == "0.02 ±0.20"
    assert with_margin(Value(value=92.6, low=78.8, high=97.1), "points") == "93 ±14"


def test_warnings_are_whole_lines(result, capsys):
    warning = "The clip breaks off before its end; [it] was graded as far as it goes. " * 3
    print_verdict(result.model_copy(update={"warnings": [warning]}), Path("report.html"))
    assert f"Note: {warning}\n" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits_a_terminal(result, monkeypatch, columns):
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    print_verdict(result, Path("report.html"))
    assert max(map(len, screen.getvalue().splitlines())) <= columns


def test_a_terminal_without_a_degree_sign_is_no_error(result, monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    print_verdict(result, Path("report.html"))
    sys.stdout.flush()
    assert b"? +-" in raw.getvalue()


def test_no_star_is_explained_where_none_is_shown(capsys):
    result = make_analysis().result
    contact = result.summary.contact_time_s
    doubted = contact.model_copy(update={"status": "low_confidence", "reason": "Too slow."})
    summary = result.summary.model_copy(update={"contact_time_s": doubted})
    sure = [c for c in result.checks if c.value.status != "low_confidence"]
    result = result.model_copy(update={"summary": summary, "checks": sure})
    print_verdict(result, Path("report.html"))
    assert "Too slow" not in capsys.readouterr().out
    page = "".join(report_pieces(result, Pictures()))
    assert "* Low confidence: Too slow." in page
    assert "*: low confidence" not in page


def test_numbers_of_low_confidence_have_a_star_and_its_reason_in_every_place(capsys):
    result = make_analysis().result
    first = result.checks[0]
    value = first.value.model_copy(update={"status": "low_confidence", "reason": "Film nearer."})
    checks = [first.model_copy(update={"value": value}), *result.checks[1:]]
    doubted = result.model_copy(update={"checks": checks})
    assert doubts(doubted) == ["Film nearer", *doubts(result)]
    assert next(iter(check_rows(doubted)[0].cells.values())).value.endswith("*")
    print_verdict(doubted, Path("report.html"))
    assert "* Low confidence: Film nearer." in capsys.readouterr().out
    page = "".join(report_pieces(doubted, Pictures()))
    assert "* Low confidence: Film nearer." in page


def test_a_fault_told_by_a_number_of_low_confidence_has_a_star_at_each_leg_that_is_unsure():
    result = make_analysis(every_fault=True).result
    fault = result.faults[0]
    keys = {i: str(i) for i in range(len(result.faults))}

    def starred(status: Status) -> list[bool]:
        checks = [
            check.model_copy(update={"value": check.value.model_copy(update={"status": status})})
            if (check.code, check.side) == (fault.code, fault.side)
            else check
            for check in result.checks
        ]
        card = fault_cards(result.model_copy(update={"checks": checks}), keys)[0]
        return [leg.value.endswith("*") for leg in card.sides if leg.side == fault.side]

    assert starred("low_confidence") == [True]
    assert starred("measured") == [False]
