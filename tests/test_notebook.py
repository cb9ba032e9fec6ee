"""The notebooks run from a clean kernel on freshly graded clips, and keep small outputs."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.cli_run import environment, kneedrive
from tests.conftest import ROOT

MAX_KB = 300
FOLDER = ROOT / "notebooks"
PICTURES = {
    "1_first_look": 3,
    "2_what_75_to_90_means": 3,
    "3_how_sure": 5,
    "4_season": 3,
    "5_own_check_and_target": 3,
    "6_drills": 2,
}
"""The notebooks, and how many pictures each shows."""
CLIPS = ("side_good", "side_one_fault")

notebooks = pytest.mark.parametrize("name", PICTURES)


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the clips that the notebooks show, graded once for all of them."""
    out = tmp_path_factory.mktemp("runs")
    for clip in CLIPS:
        path = ROOT / "sample_videos" / f"{clip}.mp4"
        ran = kneedrive("analyze", path, "--out", out, "--model", "lite")
        assert ran.code == 0, ran.err
    return out


def read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [each for cell in code_cells(notebook) for each in cell.outputs]


def pictures(notebook: NotebookNode) -> int:
    kinds = [each.get("data", {}).keys() for each in outputs(notebook)]
    return sum(bool(each & {"image/png", "image/jpeg"}) for each in kinds)


def test_every_notebook_is_tested():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == set(PICTURES)


@pytest.mark.slow
@notebooks
def test_a_notebook_runs_from_a_clean_kernel_without_an_error(name, runs, monkeypatch):
    for key, value in environment(KNEEDRIVE_RUNS=str(runs)).items():
        monkeypatch.setenv(key, value)
    notebook = read(name)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    where = {"metadata": {"path": FOLDER}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=where).execute()
    assert not any(each.get("name") == "stderr" for each in outputs(notebook)), outputs(notebook)
    assert pictures(notebook) == PICTURES[name]


@notebooks
def test_a_notebook_is_small_whole_and_names_no_machine(name):
    notebook = read(name)
    nbformat.validate(notebook)
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert len(text) < 1000 * MAX_KB
    assert not re.search(r"/(home|work|tmp|root)/", text)


@notebooks
def test_a_notebook_keeps_its_outputs_and_none_is_an_error(name):
    notebook = read(name)
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    kinds = {each.output_type for each in outputs(notebook)}
    assert kinds <= {"stream", "display_data", "execute_result"}
    assert not any(each.get("name") == "stderr" for each in outputs(notebook))
    assert pictures(notebook) == PICTURES[name]


@notebooks
def test_a_notebook_tells_more_than_it_calls_and_its_links_lead_somewhere(name):
    notebook = read(name)
    words = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert words[0].startswith("# ")
    assert len(words) >= 4
    for link in re.findall(r"\]\(([^)#]+)\)", "\n".join(words)):
        assert (FOLDER / link).exists(), link
