"""The notebook runs from a clean kernel on a freshly graded clip."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.cli_run import environment, kneedrive

MAX_KB = 300


@pytest.fixture(scope="module")
def path(root: Path) -> Path:
    return root / "notebooks" / "first_look.ipynb"


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory, sample_clip: Path) -> Path:
    """The results of the sample clip."""
    out = tmp_path_factory.mktemp("graded")
    ran = kneedrive("analyze", sample_clip, "--out", out, "--model", "lite")
    assert ran.code == 0, ran.err
    return out / sample_clip.stem


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [each for cell in notebook.cells for each in cell.get("outputs", [])]


@pytest.mark.slow
def test_the_notebook_runs_from_a_clean_kernel_without_an_error(path, graded, monkeypatch):
    for name, value in environment(KNEEDRIVE_RUN=str(graded)).items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    )
    client.execute()
    made = outputs(notebook)
    assert not any(each.get("name") == "stderr" for each in made), made
    assert sum("image/png" in each.get("data", {}) for each in made) == 2
    assert any("hip flexion (deg)" in each.get("data", {}).get("text/html", "") for each in made)


def test_the_notebook_is_small_whole_and_names_no_machine(path):
    nbformat.validate(nbformat.read(path, as_version=4))
    text = path.read_text(encoding="utf-8")
    assert len(text) < 1000 * MAX_KB
    assert "/home/" not in text
    assert "/work/" not in text
    assert "/tmp" not in text


def test_the_notebook_keeps_its_outputs_and_none_is_an_error(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    kinds = {each.output_type for each in outputs(notebook)}
    assert kinds <= {"stream", "display_data", "execute_result"}
    assert not any(each.get("name") == "stderr" for each in outputs(notebook))
