"""Every example of the pages runs: a page's blocks in order, in a folder with the sample clips."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from itertools import islice
from pathlib import Path

import av
import pytest

from kneedrive_cv.config import Settings
from tests.cli_run import environment, kneedrive
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

BLOCK = re.compile(r"^```(python|console|toml)\n(.*?)^```$", re.M | re.S)
PAGES = [
    page
    for page in sorted((ROOT / "docs").rglob("*.md"))
    if BLOCK.search(page.read_text(encoding="utf-8"))
]
FRAMES = 66
GRADES = "kneedrive analyze clip.mp4 --out runs"
"""The command that most pages begin with: it is run once for all of them."""
QUICK = ("analyze", "team")
"""Commands that read a pose: with the small model here, unless they have one already."""
BUILDS = "sphinx-build"
"""The pages themselves are built by another test."""


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clips that the examples name, and one of them graded."""
    folder = tmp_path_factory.mktemp("examples")
    samples = ROOT / "sample_videos"
    shorten(samples / "side_good.mp4", folder / "clip.mp4")
    shorten(samples / "side_one_fault.mp4", folder / "later.mp4")
    shutil.copy(samples / "front_twist.mp4", folder / "front.mp4")
    (folder / "monday" / "Ann").mkdir(parents=True)
    shutil.copy(folder / "clip.mp4", folder / "monday" / "Ann" / "2026-05-01_60m.mp4")
    ran = kneedrive(*GRADES.split()[1:], "--model", "lite", cwd=folder)
    assert ran.code == 0, ran.err
    return folder


def shorten(clip: Path, path: Path) -> None:
    """The clip's beginning, without coding it anew: a page needs a few knee drives only."""
    with av.open(clip) as whole, av.open(path, "w") as part:
        video = whole.streams.video[0]
        stream = part.add_stream_from_template(video)
        for packet in islice(whole.demux(video), FRAMES):
            packet.stream = stream
            part.mux(packet)


@pytest.fixture
def folder(graded: Path, tmp_path: Path) -> Path:
    """A copy of it for one page: what a page says must not need what another one left."""
    shutil.copytree(graded, tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_run_one_after_the_other(page: Path, folder: Path):
    program = ""
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "console":
            for line in text.splitlines():
                run_command(line, folder)
        elif kind == "python":
            # one that imports nothing goes on from the one before
            program = text if text.startswith(("import", "from")) else program + text
            run_python(program, folder)
        else:
            (folder / "my.toml").write_text(text, encoding="utf-8")
            Settings.from_dict(tomllib.loads(text))


def run_command(line: str, folder: Path) -> None:
    """A line of a console, which begins with the prompt."""
    prompt, program, *words = shlex.split(line)
    assert prompt == "$"
    if program == BUILDS or line == f"$ {GRADES}":
        return
    assert program == "kneedrive", line
    if words[0] in QUICK and not {"--pose", "--model"} & set(words):
        words += ["--model", "lite"]
    ran = kneedrive(*words, cwd=folder)
    assert ran.code == 0, f"{line}\n{ran.err}"


def run_python(text: str, folder: Path) -> None:
    """A program, with warnings as errors as in the other tests."""
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", "-c", text],
        cwd=folder,
        env=environment(MPLBACKEND="agg", HOME=os.environ.get("HOME", str(folder))),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{text}\n{done.stderr}"
    assert done.stdout.strip(), "an example prints what it found"
