"""``team.html`` in a real browser: names are text, tables sort, a phone shows it all."""

from __future__ import annotations

import html
import re
from contextlib import closing
from urllib.parse import unquote

import pytest
from markupsafe import escape

from kneedrive_cv.team.outputs import write_team
from kneedrive_cv.team.store.opening import open_store
from tests.browser import needs_chromium, see
from tests.squad_maker import STRANGE_NAMES, make_squad

TITLE = 'Monday "A" <b>team</b>'


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    out = tmp_path_factory.mktemp("page")
    make_squad(out / "team.sqlite")
    write_team(out / "team.sqlite", out, title=TITLE)
    return out / "team.html"


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


@pytest.mark.slow
def test_in_a_browser_names_are_text_and_nothing_is_refused(page):
    needs_chromium()
    seen = see(
        page,
        "return {title: document.title, errors, h1: document.querySelector('h1').textContent,"
        "names: [...document.querySelectorAll('.board tbody th')].map((e) => e.textContent),"
        "images: document.images.length};",
    )
    assert seen["errors"] == []
    assert seen["title"] == f"Team: {TITLE}"
    assert seen["h1"] == TITLE
    assert len(seen["names"]) == 30
    assert set(STRANGE_NAMES) <= set(seen["names"])
    assert seen["images"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("width_px", [360, 390, 1280])
def test_in_a_browser_nothing_is_wider_than_the_screen(page, width_px):
    needs_chromium()
    seen = see(
        page,
        "const wide = [...document.querySelectorAll('body *')].filter((e) => "
        "!e.closest('.wide, svg, .skip') && e.getBoundingClientRect().right > innerWidth + 1);"
        "return {inner: innerWidth, scroll: document.documentElement.scrollWidth,"
        "wide: wide.map((e) => e.outerHTML.slice(0, 80)),"
        "small: [...document.querySelectorAll('nav a, thead button')]"
        ".filter((e) => e.getBoundingClientRect().height < 20).length};",
        width_px=width_px,
    )
    assert seen["inner"] == width_px
    assert seen["scroll"] <= width_px
    assert seen["wide"] == []
    assert seen["small"] == 0


@pytest.mark.slow
def test_in_a_browser_a_click_on_a_heading_sorts_and_a_second_one_turns_it_round(page):
    needs_chromium()
    read = "[...table.tBodies[0].rows].map((r) => Number(r.cells[3].dataset.sort))"
    seen = see(
        page,
        "const table = document.querySelector('table.board');"
        "const button = table.querySelectorAll('thead button')[3];"
        f"const found = [{read}]; button.click(); found.push({read}); button.click();"
        f"found.push({read}); table.querySelector('thead button').click();"
        "const names = [...table.tBodies[0].rows].map((r) => r.cells[0].textContent);"
        "return {found, names, aria: button.closest('th').getAttribute('aria-sort'),"
        "sorted: [...names].sort((a, b) => a.localeCompare(b))};",
    )
    before, up, down = seen["found"]
    assert up == sorted(before)
    assert down == sorted(before, reverse=True)
    assert seen["names"] == seen["sorted"]
    assert seen["aria"] is None
