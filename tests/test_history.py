"""The page of a clip tells how the athlete has changed since his earlier days."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.report.history import MOST_DAYS, find_earlier, history_of
from kneedrive_cv.report.renew import renew_change
from kneedrive_cv.report.write import write_outputs
from kneedrive_cv.result import AnalysisResult, Value
from kneedrive_cv.team.history import DAYS_BEFORE, TOLD_NAME
from kneedrive_cv.technique.regrade import regrade
from tests import fake_grader
from tests.browser import numbered_frames
from tests.sample_analysis import make_analysis, moved
from tests.team_folder import grade, inline_crew, make_folder

HIP = "hip_flexion_deg"


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis()


def dated(result: AnalysisResult, day: str, name: str = "Ann", by: float = 0.0) -> AnalysisResult:
    clip = result.clip.model_copy(update={"recorded": day})
    athlete = result.athlete.model_copy(update={"name": name})
    return moved(result, HIP, by).model_copy(update={"clip": clip, "athlete": athlete})


def lay(result: AnalysisResult, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(result.model_dump_json(), encoding="utf-8")


def test_without_an_earlier_day_there_is_nothing_to_tell(analysis: Analysis) -> None:
    assert history_of(dated(analysis.result, "2026-05-08"), []) is None


def test_what_stayed_is_not_called_changed(analysis: Analysis) -> None:
    now, before = (dated(analysis.result, f"2026-05-0{day}") for day in (8, 1))
    history = history_of(now, [before])
    assert history is not None
    assert history.headline.startswith("Nothing has changed since 2026-05-01")
    assert not any(line.real for trend in history.trends for line in trend.lines)


@pytest.mark.parametrize(("by", "sign"), [(30.0, "+30"), (-30.0, "\N{MINUS SIGN}30")])
def test_a_large_change_is_told_first_with_its_sign(
    analysis: Analysis, by: float, sign: str
) -> None:
    now = dated(analysis.result, "2026-05-08", by=by)
    history = history_of(now, [dated(analysis.result, "2026-05-01")])
    assert history is not None
    assert f"hip flexion left {sign}°" in history.headline
    (chart,) = [trend for trend in history.trends if trend.metric == HIP]
    assert all(line.real and "since 2026-05-01" in line.words for line in chart.lines)


def test_the_change_is_against_the_last_day_before_not_the_first(analysis: Analysis) -> None:
    days = [dated(analysis.result, "2026-04-01", by=-40.0), dated(analysis.result, "2026-05-01")]
    history = history_of(dated(analysis.result, "2026-05-08"), days)
    assert history is not None
    assert history.headline.startswith("Nothing has changed since 2026-05-01")
    assert history.days == ["2026-04-01", "2026-05-01", "2026-05-08"]
    assert history.stops == ["1 Apr", "1 May", "8 May"]


def test_a_run_graded_by_stricter_targets_is_not_told_as_a_change(analysis: Analysis) -> None:
    before = dated(analysis.result, "2026-05-01")
    strict = Targets(hip_flexion_low_deg=100.0, thigh_parallel_deg=115.0)
    again = regrade(before, analysis.angles.columns, analysis.pose, strict)
    for days in ([before], [before, dated(again, "2026-05-02")]):
        history = history_of(dated(again, "2026-05-08"), days)
        assert history is not None
        assert history.headline.startswith("Nothing has changed")
        assert any("different targets" in note for note in history.notes)


def without(result: AnalysisResult, *metrics: str) -> AnalysisResult:
    """A result that does not show some metrics."""
    hidden = Value(value=None, status="not_measurable")
    means = {metric: {"left": hidden, "right": hidden} for metric in metrics}
    summary = result.summary.model_copy(update={"metrics": result.summary.metrics | means})
    return result.model_copy(update={"summary": summary})


def test_the_headline_names_the_day_on_which_what_has_changed_was_measured(
    analysis: Analysis,
) -> None:
    side = dated(analysis.result, "2026-05-01")
    front = without(dated(analysis.result, "2026-05-05"), HIP, "thigh_deg")
    history = history_of(dated(analysis.result, "2026-05-08", by=30.0), [side, front])
    assert history is not None
    assert history.headline == (
        "Really changed since 2026-05-01: hip flexion left +30° and right +30°."
    )
    front = moved(front, "knee_flexion_deg", -60.0)
    history = history_of(dated(analysis.result, "2026-05-08", by=30.0), [side, front])
    assert history is not None
    assert history.headline == (
        "Really changed since 2026-05-05: knee flexion left +60° and right +60°; "
        "since 2026-05-01: hip flexion left +30° and right +30°."
    )


def test_where_nothing_has_changed_the_headline_names_each_day_that_was_compared_with(
    analysis: Analysis,
) -> None:
    side = dated(analysis.result, "2026-05-01")
    front = without(dated(analysis.result, "2026-05-05"), HIP)
    history = history_of(dated(analysis.result, "2026-05-08"), [side, front])
    assert history is not None
    assert history.headline == (
        "Nothing has changed since 2026-05-05 or 2026-05-01 by more than its uncertainty."
    )


def test_what_this_run_does_not_show_is_not_called_unchanged(analysis: Analysis) -> None:
    days = [dated(analysis.result, f"2026-05-0{day}") for day in (1, 5, 8)]
    whole = history_of(days[2], days[:2])
    blind = history_of(without(days[2], "ankle_dorsiflexion_deg"), days[:2])
    assert whole is not None
    assert blind is not None
    assert "ankle" in whole.steady
    assert blind.steady == [word for word in whole.steady if word != "ankle"]


@given(order=st.permutations(range(8)), by=st.floats(-20.0, 20.0))
def test_a_day_of_several_runs_counts_as_their_mean_in_any_order(
    order: list[int], by: float
) -> None:
    result = make_analysis().result
    runs = [dated(result, f"2026-0{1 + i // 2}-01", by=by if i % 2 else -by) for i in range(8)]
    history = history_of(dated(result, "2026-06-01"), [runs[i] for i in order])
    assert history is not None
    assert history.headline.startswith("Nothing has changed since 2026-04-01")
    assert len(history.days) == 5


def test_no_more_days_are_shown_than_a_phone_has_room_for(analysis: Analysis) -> None:
    days = [dated(analysis.result, f"2025-{month:02d}-01") for month in range(1, 13)]
    history = history_of(dated(analysis.result, "2026-05-08"), days)
    assert history is not None
    assert len(history.days) == MOST_DAYS == DAYS_BEFORE + 1
    assert history.stops[-2:] == ["1 Dec 25", "8 May 26"]


def test_earlier_runs_are_those_of_the_same_name_and_an_earlier_day(
    analysis: Analysis, tmp_path: Path
) -> None:
    now = dated(analysis.result, "2026-05-08", "Zoë  LEE")
    for folder, day, name in (
        ("same", "2026-05-01", "zoe\N{COMBINING DIAERESIS} lee"),
        ("other", "2026-05-01", "Ann"),
        ("later", "2026-05-09", "Zoë Lee"),
        ("today", "2026-05-08", "Zoë Lee"),
        ("undated", "", "Zoë Lee"),
        (".half", "2026-05-02", "Zoë Lee"),
    ):
        lay(dated(analysis.result, day, name), tmp_path / folder)
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "result.json").write_text("{}", encoding="utf-8")
    assert [run.clip.recorded for run in find_earlier(now, tmp_path)] == ["2026-05-01"]
    assert not find_earlier(dated(analysis.result, "2026-05-08", ""), tmp_path)
    assert not find_earlier(dated(analysis.result, "", "Zoë Lee"), tmp_path)


def test_the_page_and_the_print_tell_it_when_earlier_runs_lie_beside_them(
    analysis: Analysis, tmp_path: Path
) -> None:
    lay(dated(analysis.result, "2026-05-01", by=-30.0), tmp_path / "before")
    named = analysis.labelled(name="Ann", recorded="2026-05-08")
    folder = write_outputs(named, tmp_path, numbered_frames(12))
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Really changed since 2026-05-01: " in page
    assert page.count('class="chart trend"') >= 3
    assert (folder / "report.pdf").read_bytes().count(b"/Type /Page\n") in (0, 2)


@pytest.mark.parametrize(
    ("name", "day", "words"),
    [("", "", "--name"), ("Ann", "", "--recorded"), ("Ann", "2026-05-08", "no earlier day")],
)
def test_without_earlier_runs_the_page_says_what_is_missing(
    analysis: Analysis, tmp_path: Path, name: str, day: str, words: str
) -> None:
    named = analysis.labelled(name=name, recorded=day)
    folder = write_outputs(named, tmp_path, numbered_frames(12), earlier=[])
    assert words in (folder / "report.html").read_text(encoding="utf-8")


def test_a_page_is_renewed_in_this_part_alone(analysis: Analysis, tmp_path: Path) -> None:
    named = analysis.labelled(name="<!-- change --> Ann <!-- /change -->", recorded="2026-05-08")
    report = write_outputs(named, tmp_path, numbered_frames(12)) / "report.html"
    old = report.read_text(encoding="utf-8")
    history = history_of(named.result, [dated(named.result, "2026-05-01", by=-30.0)])
    assert renew_change(report, named.result, history)
    new = report.read_text(encoding="utf-8")
    assert "Really changed since 2026-05-01" in new
    assert old.partition("<!-- change -->")[0] == new.partition("<!-- change -->")[0]
    assert old.rpartition("<!-- /change -->")[2] == new.rpartition("<!-- /change -->")[2]
    assert not renew_change(report, named.result, history)
    assert renew_change(report, named.result, None)
    assert report.read_text(encoding="utf-8") == old


def test_a_team_run_tells_it_on_each_page_whatever_was_graded_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kneedrive_cv.team.batch.open_crew", inline_crew)
    monkeypatch.setattr(
        fake_grader, "PAGE", "<!-- change --><p>nothing</p><!-- /change -->", raising=True
    )
    folder = make_folder(tmp_path / "in", {"Ann/2026-05-08_1.mp4": "ok 80"})
    out = tmp_path / "out"
    grade(folder, out)
    page = out / "Ann" / "2026-05-08_1" / "report.html"
    assert "since 2026-05-01" not in page.read_text(encoding="utf-8")
    make_folder(folder, {"Ann/2026-05-01_1.mp4": "ok 60"})
    run = grade(folder, out)
    assert list(run.outcomes) == ["Ann/2026-05-01_1.mp4"]
    assert "Really changed since 2026-05-01: grade +20" in page.read_text(encoding="utf-8")
    assert json.loads((page.parent / TOLD_NAME).read_text(encoding="utf-8")) == [[2, "2026-05-01"]]
    before = page.stat().st_mtime_ns
    grade(folder, out)
    assert page.stat().st_mtime_ns == before
