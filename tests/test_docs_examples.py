"""Every example of the pages runs: a page's blocks in order, in a folder with the sample clips."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.examples import fenced, read_settings, run_kneedrive, run_python

pytestmark = pytest.mark.slow

KINDS = ("python", "console", "toml")
PAGES = [
    page
    for page in sorted((ROOT / "docs").rglob("*.md"))
    if fenced(page.read_text(encoding="utf-8"), *KINDS)
]
BUILDS = "$ sphinx-build"
"""The pages themselves are built by another test."""


@pytest.fixture
def folder(examples: Path, tmp_path: Path) -> Path:
    """A copy of it for one page: what a page says must not need what another one left."""
    return Path(shutil.copytree(examples, tmp_path / "here"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run_one_after_the_other(page: Path, folder: Path):
    program = ""
    for kind, text in fenced(page.read_text(encoding="utf-8"), *KINDS):
        if kind == "console":
            for line in text.splitlines():
                assert line.startswith("$ "), line
                if not line.startswith(BUILDS):
                    run_kneedrive(line.removeprefix("$ "), folder)
        elif kind == "python":
            # one that imports nothing goes on from the one before
            program = text if text.startswith(("import", "from")) else program + text
            assert run_python(program, folder).strip(), "an example prints what it found"
        else:
            read_settings(text, folder)
