"""The pages build without a warning, and what they say is what the code does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from inspect import ismodule
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

import kneedrive_cv
from kneedrive_cv.config import Targets
from kneedrive_cv.export.json import schema
from kneedrive_cv.result import METRICS
from kneedrive_cv.technique.rules import RULES
from tests.browser import open_browser
from tests.cli_run import environment, kneedrive
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PARTS = {name for name in kneedrive_cv.__all__ if ismodule(getattr(kneedrive_cv, name))}
"""Modules among the public names; what is in them stands on pages of their own."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built with every warning an error."""
    out = tmp_path_factory.mktemp("pages")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-d", out / "trees", DOCS, out / "html"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return out / "html"


def text_of(page: Path) -> str:
    """The words of a page without its markup."""
    bare = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    return " ".join(unescape(bare).split())


@pytest.mark.slow
def test_every_public_name_has_its_place_on_the_pages_of_the_api(built):
    inventory = InventoryFile.loads((built / "objects.inv").read_bytes(), uri="")
    known = {name for kind in inventory.data.values() for name in kind}
    public = {f"kneedrive_cv.{name}" for name in {*kneedrive_cv.__all__} - PARTS - {"__version__"}}
    stages = (getattr(kneedrive_cv, name) for name in PARTS - {"errors", "report"})
    public |= {
        f"{stage.__name__}.{name}"
        for stage in stages
        for name in {*stage.__all__} - {*kneedrive_cv.__all__}
        if callable(getattr(stage, name))
    }
    assert public <= known


@pytest.mark.slow
def test_every_command_and_option_stands_on_the_page_of_the_command_line(built):
    page = text_of(built / "reference" / "cli.html")
    said = kneedrive("--help").out
    commands = re.findall(r"^  (\w+)  ", said[said.index("Commands") :], flags=re.M)
    assert len(commands) >= 5
    for command in commands:
        assert f"kneedrive {command}" in page
        options = set(re.findall(r"(?<=\s)--[a-z-]+", kneedrive(command, "--help").out))
        for option in options - {"--help"}:
            assert option in page, f"{command} {option}"
    assert "--view auto, side, front, rear From where" in page


@pytest.mark.slow
def test_every_metric_has_a_section_with_a_drawing_its_formula_and_its_error(built):
    page = (built / "metrics.html").read_text(encoding="utf-8")
    sections = page.split("<h2>")[1:]
    measured = json.loads((DOCS / "accuracy.json").read_text(encoding="utf-8"))["groups"]["target"]
    for metric in METRICS:
        named = f'<span class="pre">{metric}</span></code>, unit: '
        (section,) = (each for each in sections if named in each)
        assert "<svg" in section
        assert "<math" in section
        near = measured["metrics"][metric].get("near")
        if near:
            assert f"<td><p>{near['mae']:.1f} / " in section


@pytest.mark.slow
def test_every_check_stands_on_the_pages_with_its_target_and_its_source(built):
    page = text_of(built / "metrics.html")
    for rule in RULES:
        assert rule.target_words(Targets()) in page
        assert " ".join(rule.where_from(Targets()).split()) in page


@pytest.mark.slow
def test_the_published_schema_is_that_of_the_code(built):
    published = json.loads((built / "reference" / "result.schema.json").read_text())
    assert published == schema()
    page = text_of(built / "reference" / "files.html")
    for name, part in published["$defs"].items():
        assert name in page
        assert all(field in page for field in part.get("properties", {}))


@pytest.mark.slow
def test_no_link_between_the_pages_leads_nowhere(built):
    for page in built.rglob("*.html"):
        for link in re.findall(r'href="([^"#]+)', page.read_text(encoding="utf-8")):
            if "://" not in link and not link.startswith("mailto:"):
                assert (page.parent / link.split("?")[0]).exists(), f"{page.name}: {link}"


@pytest.mark.slow
def test_the_drawings_are_inside_their_pictures(built):
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto((built / "metrics.html").as_uri())
        outside = page.evaluate(
            """() => [...document.querySelectorAll("p.drawing svg")].flatMap(svg => {
              const frame = svg.viewBox.baseVal;
              const inside = b => b.x >= 0 && b.y >= 0 && b.x + b.width <= frame.width
                                  && b.y + b.height <= frame.height;
              return inside(svg.getBBox()) ? [] : [svg.getAttribute("aria-label")];
            })"""
        )
        count = page.locator("p.drawing svg").count()
    assert count == len(METRICS)
    assert outside == []


def test_the_pages_name_no_machine():
    for path in [*DOCS.rglob("*.md"), *(DOCS / "_ext").rglob("*.py"), DOCS / "conf.py"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(home|work|tmp|root)/", text), path
