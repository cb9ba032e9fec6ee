"""``team.html`` in a real browser: names are text, tables sort, a phone shows it all."""

from __future__ import annotations

import html
import re
from contextlib import closing
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from markupsafe import escape

from kneedrive_cv.team.outputs import write_team
from kneedrive_cv.team.store.opening import open_store
from tests.browser import Watched, open_browser
from tests.squad_maker import STRANGE_NAMES, make_squad, result_with, save

TITLE = 'Monday "A" <b>team</b>'


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("page")
    make_squad(out / "team.sqlite")
    write_team(out / "team.sqlite", out, title=TITLE)
    return out / "team.html"


@pytest.fixture(scope="module")
def browser():
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def text(page):
    return page.read_text(encoding="utf-8")


def test_every_name_stands_escaped_and_apart_from_the_text_around_it(text):
    for name in STRANGE_NAMES:
        assert f"<bdi>{escape(name)}</bdi>" in text
    assert "<script>document.title" not in text
    assert "<img src=x" not in text


def test_the_page_loads_nothing_from_outside(text):
    assert "default-src 'none'" in html.unescape(text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)


def test_links_lead_to_the_reports_beside_the_page(text):
    links = re.findall(r'href="(\./[^"]+)"', text)
    assert len(links) >= 60
    assert all(unquote(link).endswith("/report.html") for link in links)


def test_a_difference_of_the_legs_lies_inside_its_own_interval_whichever_leg_is_weaker(tmp_path):
    uneven = {
        "Ann": result_with({"thigh_deg": 90.0}, {"thigh_deg": 60.0}),
        "Bo": result_with({"thigh_deg": 60.0}, {"thigh_deg": 90.0}),
    }
    with closing(open_store(tmp_path / "team.sqlite")) as db:
        save(db, [(who, "2026-05-01", f"{who}/1.mp4", made) for who, made in uneven.items()])
    write_team(tmp_path / "team.sqlite", tmp_path, title="Uneven")
    text = (tmp_path / "team.html").read_text(encoding="utf-8")
    _, _, table = text.partition('id="asymmetries"')
    told = re.findall(r"(\d+)° <small>(\d+) to (\d+)°</small>", table)
    assert len(told) >= 2
    assert all(int(low) <= int(size) <= int(high) for size, low, high in told)


def test_all_sections_are_reached_from_the_top(text):
    wanted = set(re.findall(r'<a href="#(\w+)"', text))
    assert wanted <= set(re.findall(r'id="(\w+)"', text))
    assert {"board", "grid", "needs", "changes", "asymmetries", "failed", "loose"} <= wanted


def test_a_squad_without_anything_gives_a_page_that_says_so(tmp_path):
    with closing(open_store(tmp_path / "team.sqlite")):
        pass
    write_team(tmp_path / "team.sqlite", tmp_path, title="Empty")
    found = (tmp_path / "team.html").read_text(encoding="utf-8")
    assert "No clip of a named athlete could be graded yet." in found
    assert "No athlete shows a clear fault." in found


def opened(browser, page, width_px=1280, **more):
    """The page in a window of its own, of a phone's or a screen's width."""
    context = browser.new_context(viewport={"width": width_px, "height": 900}, **more)
    return Watched(context.new_page(), page)


def texts(watched, selector):
    return watched.page.locator(selector).all_text_contents()


@pytest.mark.slow
def test_in_a_browser_names_are_text_and_nothing_is_refused(browser, page):
    seen = opened(browser, page)
    assert seen.page.title() == f"Team: {TITLE}"
    assert texts(seen, "h1") == [TITLE]
    names = texts(seen, ".board tbody th")
    assert len(names) == 30
    assert set(STRANGE_NAMES) <= set(names)
    assert seen.page.locator("img").count() == 0
    assert seen.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("width_px", [320, 390, 1280])
def test_in_a_browser_nothing_is_wider_than_the_screen(browser, page, width_px):
    seen = opened(browser, page, width_px).page
    assert seen.evaluate("document.documentElement.scrollWidth") <= width_px
    wide = seen.evaluate(
        "[...document.querySelectorAll('body *')].filter((e) => !e.closest('.wide, svg, .skip') && "
        "e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80))"
    )
    assert wide == []


@pytest.mark.slow
def test_in_a_browser_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(browser, page):
    seen = opened(browser, page)
    board = seen.page.locator("table.board").first

    def points():
        cells = board.locator("tbody td:nth-child(4)")
        return [float(v) for v in cells.evaluate_all("(all) => all.map((e) => e.dataset.sort)")]

    before, heading = points(), board.locator("thead button", has_text="Points")
    heading.click()
    assert points() == sorted(before)
    heading.click()
    assert points() == sorted(before, reverse=True)
    board.locator("thead button", has_text="Athlete").click()
    assert points() != sorted(before, reverse=True)
    assert seen.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(browser, page, scheme):
    seen = opened(browser, page, color_scheme=scheme)
    found = Axe().run(seen.page).response["violations"]
    assert [
        (v["id"], v["nodes"][0]["html"][:200])
        for v in found
        if v["impact"] in ("serious", "critical")
    ] == []
