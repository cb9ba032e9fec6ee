"""The report and the comparison in a real browser; frames are told by their own pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.report.compare import load_runs, write_comparison
from kneedrive_cv.report.write import write_outputs
from tests.browser import PATIENCE_MS, READ_NUMBER, Watched, numbered_frames, open_browser
from tests.sample_analysis import make_analysis, moved

HOSTILE = """<img src=x onerror="alert(1)"></script><script>alert('x')</script> "q" & 🏃 שלום"""
A4_INSIDE_PX = 688
"""Width of A4 without its margins of 14 mm, at 96 pixels an inch."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    made = make_analysis(every_fault=True, clip_name=HOSTILE)
    return made.labelled(name=HOSTILE, recorded="2026-05-01")


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    days = [analysis.labelled(recorded=f"2025-1{i}-01").result for i in range(3)]
    earlier = [moved(result, "hip_flexion_deg", -12.0 * i) for i, result in enumerate(days)]
    return write_outputs(analysis, out, numbered_frames(len(analysis.pose)), earlier=earlier)


@pytest.fixture(scope="module")
def comparison(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    later = make_analysis().labelled(name="Later", recorded="2026-06-01")
    other = write_outputs(later, tmp_path_factory.mktemp("other"), numbered_frames(96))
    third = write_outputs(later, tmp_path_factory.mktemp("third"), numbered_frames(96), slower=4)
    target = tmp_path_factory.mktemp("page") / "comparison.html"
    write_comparison(load_runs([folder, other, third]), target)
    return target


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # Waiting for an expression needs eval(), which the page's own policy forbids.
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def report(page: Page, folder: Path) -> Watched:
    watched = Watched(page, folder / "report.html")
    page.wait_for_function("document.querySelector('video').readyState >= 2")
    return watched


def _wait_for(page: Page, frame: int) -> None:
    page.wait_for_function(f"document.getElementById('stage').dataset.shown == '{frame}'")


def _wait_until_near(page: Page, frame: int) -> None:
    shown = "document.getElementById('stage').dataset.shown"
    page.wait_for_function(f"Math.abs({shown} - {frame}) < 2")


def _number(page: Page, nth: int = 0) -> int:
    return int(page.locator("video").nth(nth).evaluate(READ_NUMBER))


@pytest.mark.parametrize("which", ["report", "comparison"])
def test_the_page_opens_without_errors_or_requests(
    browser: Browser, folder: Path, comparison: Path, which: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    watched = Watched(page, folder / "report.html" if which == "report" else comparison)
    page.locator("video").first.evaluate(
        "video => video.readyState >= 2 || new Promise(done => video.oncanplay = done)"
    )
    context.close()
    assert watched.wrong == []


def test_names_are_shown_as_text_and_run_nothing(report: Watched) -> None:
    assert report.page.locator("h1").inner_text() == HOSTILE
    assert report.page.locator("img[src=x]").count() == 0
    assert report.wrong == []


def test_what_has_changed_since_the_last_day_is_drawn_day_by_day(report: Watched) -> None:
    change = report.page.locator("#change")
    assert "Really changed since 2025-12-01: hip flexion left +24°" in change.inner_text()
    chart = change.locator(".trend", has_text="Hip flexion")
    assert chart.locator(".stop").count() == 8
    assert chart.locator(".x").all_inner_texts() == ["1 Oct 25", "1 Nov 25", "1 Dec 25", "1 May 26"]


def test_the_video_steps_frame_by_frame_on_and_back(report: Watched) -> None:
    page = report.page
    for frame in (1, 2, 3):
        page.get_by_label("One frame on").click()
        _wait_for(page, frame)
        assert _number(page) == frame
    page.get_by_label("One frame back").click()
    _wait_for(page, 2)
    assert _number(page) == 2


def test_every_frame_that_is_sought_is_the_one_on_the_screen(report: Watched) -> None:
    page = report.page
    for frame in (95, 0, 31, 30, 59, 60, 61, 94):
        page.get_by_label("Frame", exact=True).fill(str(frame))
        _wait_for(page, frame)
        assert _number(page) == frame


def test_while_it_plays_the_cursor_agrees_with_the_video_to_one_frame(report: Watched) -> None:
    page = report.page
    page.get_by_label("Speed").select_option("0.25")
    page.get_by_role("button", name="Play").click()
    pairs = page.evaluate(
        f"""async () => {{
          const read = {READ_NUMBER};
          const video = document.querySelector("video");
          const seen = [];
          while (seen.length < 12) {{
            await new Promise(requestAnimationFrame);
            seen.push([Number(document.getElementById("stage").dataset.shown), read(video)]);
          }}
          return seen;
        }}"""
    )
    assert max(abs(said - shown) for said, shown in pairs) <= 1
    page.wait_for_function("document.getElementById('stage').dataset.shown > 3")


@pytest.mark.parametrize("nth", [0, -1])
def test_a_click_on_a_fault_shows_its_frame(report: Watched, analysis: Analysis, nth: int) -> None:
    page = report.page
    button = page.locator("#faults .jump").nth(nth)
    frame = int(button.get_attribute("data-frame") or -1)
    assert frame in {fault.frame for fault in analysis.result.faults}
    button.click()
    _wait_for(page, frame)
    assert _number(page) == frame


def test_a_click_on_a_curve_goes_to_that_moment(report: Watched, analysis: Analysis) -> None:
    page = report.page
    plot = page.locator(".chart[data-kind=time]:visible .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 2, "y": box["height"] * 0.6})
    times_s = [event.time_s for event in analysis.result.events]
    low = max(min(times_s) - 0.15, 0.0)
    high = min(max(times_s) + 0.15, float(analysis.angles.time_s[-1]))
    frame = round((low + high) / 2 * 60)
    _wait_until_near(page, frame)
    shown = page.locator(".chart[data-kind=time]:visible .cursor").bounding_box()
    assert shown is not None
    assert abs(shown["x"] - box["x"] - box["width"] / 2) < box["width"] / 60


def test_a_click_on_a_strides_line_goes_into_that_stride(
    report: Watched, analysis: Analysis
) -> None:
    page = report.page
    stride = analysis.result.strides[-1]
    line = page.locator(f".chart[data-kind=stride] path.touch[data-stride='{stride.number}']")
    line.first.dispatch_event("click", {"bubbles": True, "clientX": 0})
    _wait_until_near(page, stride.toe_off_frame)


def test_the_keyboard_steps_and_plays(report: Watched) -> None:
    page = report.page
    page.locator("#stage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    _wait_for(page, 2)
    page.keyboard.press("Space")
    page.wait_for_function("!document.querySelector('video').paused")
    page.keyboard.press("Space")
    page.wait_for_function("document.querySelector('video').paused")


def test_the_table_sorts_by_a_column_and_turns_round(report: Watched) -> None:
    page = report.page
    button = page.locator("#strides thead").get_by_role("button", name="Hip flexion")
    place = button.evaluate("b => b.closest('th').cellIndex")
    for order in (1, -1):
        button.click()
        cells = page.locator("#strides tbody tr").evaluate_all(
            f"rows => rows.map(row => Number(row.cells[{place}].dataset.sort))"
        )
        assert [order * x for x in cells] == sorted(order * x for x in cells)
        assert len(cells) > 2


@pytest.mark.parametrize("which", ["report", "comparison"])
def test_nothing_overflows_on_a_phone(
    browser: Browser, folder: Path, comparison: Path, which: str
) -> None:
    path = folder / "report.html" if which == "report" else comparison
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_print_fits_the_paper_and_leaves_out_what_cannot_be_used_there(
    report: Watched,
) -> None:
    page = report.page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_INSIDE_PX, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_INSIDE_PX
    assert not page.locator("#video").is_visible()
    assert not page.locator("nav").is_visible()
    assert page.locator("#curves .chart").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["report", "comparison"])
def test_axe_finds_no_serious_fault(
    browser: Browser, folder: Path, comparison: Path, which: str, scheme: str
) -> None:
    path = folder / "report.html" if which == "report" else comparison
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(path.as_uri())
    found = Axe().run(page).response["violations"]
    serious = [
        (v["id"], v["nodes"][0]["html"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    context.close()
    assert serious == []


def test_the_comparison_keeps_its_videos_in_step(page: Page, comparison: Path) -> None:
    watched = Watched(page, comparison)
    page.wait_for_function("[...document.querySelectorAll('video')].every(v => v.readyState >= 2)")
    for share in (37, 140, 12):
        page.get_by_label("Share of the strides").fill(str(share))
        page.wait_for_function(
            "[...document.querySelectorAll('video')].every(v => !v.seeking)"
            f" && document.querySelector('.place').textContent.includes('{share % 100} %')"
        )
        # The same run three times, once slowed: all must show the same frame.
        page.wait_for_function(
            "new Set([...document.querySelectorAll('#pair .readout')].map(r => r.textContent)).size"
            " === 1"
        )
        said = int(page.locator("#pair .readout").first.inner_text().split()[-1])
        assert [_number(page, i) for i in range(3)] == [said] * 3
    assert watched.wrong == []
