"""Every block of the README runs, from top to bottom, in a folder with the files that it names.

Left out are the lines that install, since the tests run in what they made: they are checked to name
what there is, and ``make`` says what it would do.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from kneedrive_cv.export.npz import load_pose
from tests.cli_run import kneedrive
from tests.conftest import ROOT
from tests.examples import fenced, read_settings, run_kneedrive, run_python
from tests.pose_files import write_dlc_h5, write_trc

README = (ROOT / "README.md").read_text(encoding="utf-8")
INDENTED = re.compile(r"(?:^|\n)\n((?: {4}.*\n)+)")
INSTALLS = re.compile(r"^(pip|py -3\.11|\.venv\\Scripts\\pip) ")
WINDOWS = ".venv\\Scripts\\"


def indented() -> list[str]:
    """The blocks of four spaces, each without them."""
    bare = re.sub(r"^```.*?^```$", "", README, flags=re.M | re.S)
    return [re.sub(r"^ {4}", "", block, flags=re.M) for block in INDENTED.findall(bare)]


TABLES = [block for block in indented() if block.startswith("athlete,")]
LINES = [line for block in indented() if block not in TABLES for line in block.splitlines()]


def test_there_is_no_kind_of_block_that_nobody_runs():
    kinds = set(re.findall(r"^```(\w+)", README, flags=re.M))
    assert kinds == {"python", "toml"}
    for line in LINES:
        assert INSTALLS.match(line) or shlex.split(line)[0].endswith(("make", "kneedrive")), line


def test_what_the_readme_installs_is_what_there_is():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = set(re.findall(r"pip install (?:-e )?'?\.(?:\[(\w+)\])?'?", README)) - {""}
    assert {"dev", "docs", "export", "notebooks", "poses", "team", "cluster"} == named
    assert named <= set(project["optional-dependencies"])


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("make ")])
def test_what_the_readme_makes_can_be_made(line):
    target = shlex.split(line, comments=True)[1]
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    wanted = {"demo": "kneedrive analyze sample_videos/side_good.mp4", "test": "bin/pytest"}
    assert wanted[target] in done.stdout


def test_every_option_of_the_readmes_tables_is_one_of_the_command():
    analyze, team = (kneedrive(verb, "--help").out for verb in ("analyze", "team"))
    single, squad = README.split("\n## A whole team\n")
    for part, said in ((single, analyze), (squad, team)):
        rows = re.findall(r"^\| (`--.*?) \|", part, flags=re.M)
        assert len(rows) >= 5
        for option in re.findall(r"`(--[a-z-]+)", "\n".join(rows)):
            assert option in said, option


@pytest.fixture
def folder(examples: Path, tmp_path: Path) -> Path:
    """The folder of the examples with what the README names beside it."""
    here = Path(shutil.copytree(examples, tmp_path / "here"))
    sample = here / "sample_videos" / "side_good.mp4"  # the beginning of it
    sample.parent.mkdir()
    shutil.copy(here / "clip.mp4", sample)
    for month in ("march", "may"):
        shutil.copytree(here / "runs" / "clip", here / "runs" / month)
    pose = load_pose(here / "runs" / "clip" / "pose.npz")
    write_dlc_h5(pose, here).path.rename(here / "tracks.h5")
    write_trc(pose, here).path.rename(here / "trial.trc")
    (table,) = TABLES
    (here / "roster.csv").write_text(table, encoding="utf-8")
    shutil.rmtree(here / "monday")
    for name in ("ann/60m.mov", "IMG_0042.MOV"):
        (here / "monday" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(here / "clip.mp4", here / "monday" / name)
    return here


@pytest.mark.slow
def test_the_commands_of_the_readme_run_one_after_the_other(folder: Path):
    for line in LINES:
        if line.startswith(WINDOWS + "kneedrive"):
            line = line.removeprefix(WINDOWS).replace("\\", "/")
        if line.startswith("kneedrive "):
            run_kneedrive(line, folder)
    for made in (
        "clip/report.html",
        "side_good/report.html",
        "trial/report.html",
        "clip/clip.trc",
        "clip/clip.mot",
        "monday/team.html",
    ):
        assert (folder / "runs" / made).is_file(), made
    assert (folder / "comparison.html").is_file()


@pytest.mark.slow
def test_the_programs_and_settings_of_the_readme_run(folder: Path):
    for kind, text in fenced(README, "python", "toml"):
        if kind == "python":
            run_python(text, folder)
        else:
            read_settings(text, folder)


def table_rows(text: str) -> dict[str, list[str]]:
    """The first table of a text: what stands first in a row -> its other cells."""
    lines = text[text.index("| --- |") :].split("\n\n")[0].splitlines()[1:]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in cells}


def test_the_errors_are_those_of_the_error_table():
    page = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    groups = ["\n## Targets", "\n### At most twice: side, 60", "\n### At most twice: side, 30"]
    groups += ["\n### At most twice: 30 degrees"]
    reached = [table_rows(page[page.index(head) :]) for head in groups]
    told = table_rows(README[README.index("| | within 20° of the side") :])
    assert len(told) >= 15
    for name, cells in told.items():
        assert cells[:4] == [rows[name][1].replace(" degrees", "°") for rows in reached], name


def test_the_faults_that_are_found_out_of_the_blocks_are_those_of_the_error_table():
    kept = json.loads((ROOT / "docs" / "accuracy.json").read_text(encoding="utf-8"))
    clear = [check["clear fault"] for check in kept["groups"]["start"]["checks"].values()]
    found, dialled = (
        sum(n) for n in zip(*((c["fault"], sum(c.values())) for c in clear), strict=True)
    )
    told = table_rows(README[README.index("| | within 20° of the side") :])
    assert told["dialled-in faults found"][4] == f"{100 * found / dialled:.1f} %"
