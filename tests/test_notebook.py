"""The notebooks run from a clean kernel on freshly graded clips, and keep small outputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

import kneedrive_cv as kd
from notebooks.execute import SAMPLES, executed
from tests.cli_run import environment
from tests.conftest import ROOT, Graded

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
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
FRAME = re.compile(r"frame \d+")
DRIFT = 0.05
"""How far a number of the outputs may move, as a share of it and in addition to 1: the same clip
on another processor moves less, a change of the measurement that the words around must follow
moves more."""

notebooks = pytest.mark.parametrize("name", PICTURES)


@pytest.fixture(scope="session")
def runs(graded: Callable[[str], Graded], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of the clips that the notebooks show, graded once for all of them."""
    out = tmp_path_factory.mktemp("runs")
    for sample in SAMPLES:
        kd.Run(graded(sample)[0]).write(out)
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
    fresh = executed(FOLDER / f"{name}.ipynb")
    assert not any(each.get("name") == "stderr" for each in outputs(fresh)), outputs(fresh)
    assert pictures(fresh) == PICTURES[name]
    for now, kept in zip(code_cells(fresh), code_cells(read(name)), strict=True):
        assert_same_story(printed(now), printed(kept), name)


def printed(cell: NotebookNode) -> str:
    """What a cell says in words and numbers, without its pictures."""
    texts = (each.get("text") or each.data["text/plain"] for each in cell.outputs)
    return "\n".join(text for text in texts if not text.startswith("<"))


def assert_same_story(now: str, kept: str, name: str) -> None:
    """The same lines, and numbers that have not moved away from those that are kept.

    Which of several alike strides a fault is shown by, and which of two alike faults comes first,
    is no part of the story.
    """
    fix = f"python notebooks/execute.py {name}, then read the words around it:\n{kept}\n{now}"
    (words, numbers), (kept_words, kept_numbers) = lines_of(now), lines_of(kept)
    assert words == kept_words, fix
    for a, b in zip(numbers, kept_numbers, strict=True):
        assert a == pytest.approx(b, rel=DRIFT, abs=1.0), f"{a} {b}: {fix}"


def lines_of(text: str) -> tuple[list[list[str]], list[float]]:
    """The words of each line without its numbers, in alphabetic order, and the numbers in it."""
    lines = sorted(
        (
            (NUMBER.sub("#", line).split(), NUMBER.findall(line))
            for line in FRAME.sub("", text).splitlines()
        ),
        key=lambda line: line[0],
    )
    return [words for words, _ in lines], [float(n) for _, found in lines for n in found]


def test_a_number_that_has_moved_is_noticed():
    assert_same_story("thigh 58.4 of 90, frame 59", "thigh 58.0 of 90, frame 86", "x")
    assert_same_story("thigh: 58\nhip: 63", "hip: 63\nthigh: 58", "x")
    with pytest.raises(AssertionError, match=r"execute\.py x"):
        assert_same_story("thigh 64.0 of 90", "thigh 58.0 of 90", "x")
    with pytest.raises(AssertionError, match=r"execute\.py x"):
        assert_same_story("thigh 58.0, pass", "thigh 58.0, fault", "x")


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
