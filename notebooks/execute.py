"""Execute the notebooks from a clean kernel and keep their outputs.

``python notebooks/execute.py [1_first_look ...]``

Without names all of them. The sample clips are graded first, as a reader would; with
``KNEEDRIVE_RUNS`` the runs of that folder are shown. Read what they show afterwards: the words
around the outputs were written by people.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

import kneedrive_cv as kd

FOLDER = Path(__file__).resolve().parent
SAMPLES = ("side_good", "side_one_fault")


def executed(path: Path) -> NotebookNode:
    """A notebook with fresh outputs; those that it held are forgotten first."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    # no times of execution: they would change every time and say nothing
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute()
    return notebook


def main() -> None:
    """Execute and store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="names without ending; by default all")
    names = parser.parse_args().names or sorted(p.stem for p in FOLDER.glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as folder:
        if "KNEEDRIVE_RUNS" not in os.environ:
            for sample in SAMPLES:
                kd.analyze(FOLDER.parent / "sample_videos" / f"{sample}.mp4").write(folder)
            os.environ["KNEEDRIVE_RUNS"] = folder
        for name in names:
            path = FOLDER / f"{name}.ipynb"
            nbformat.write(executed(path), path)
            print(path.name)


if __name__ == "__main__":
    main()
