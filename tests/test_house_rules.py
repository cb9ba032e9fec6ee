"""The rules that keep the code easy to change hold."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from importlinter.cli import lint_imports

from tests.conftest import ROOT

MAX_FUNCTION_LINES = 60
MAX_MEDIAN_FUNCTION_LINES = 12
MAX_FILE_LINES = 400
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "misc", "common"}
HEAVY = ("av", "cv2", "jinja2", "matplotlib", "mediapipe", "scipy")
KINEMATICS_MAY_IMPORT = {"numpy", "scipy", "kneedrive_cv"} | sys.stdlib_module_names

PACKAGE = ROOT / "kneedrive_cv"
SOURCES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "models").glob("*.py")])
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@dataclass(frozen=True)
class Function:
    where: str
    lines: int


def functions_of(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            yield Function(where, code_lines(node))


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its ``def`` on, without its docstring."""
    first, docstring = node.body[0], 0
    if ast.get_docstring(node) is not None:
        docstring = (first.end_lineno or first.lineno) - first.lineno + 1
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


ALL_FUNCTIONS = [function for path in SOURCES for function in functions_of(path)]


def test_no_function_is_longer_than_60_lines_without_its_docstring():
    assert [each for each in ALL_FUNCTIONS if each.lines > MAX_FUNCTION_LINES] == []


def test_the_median_function_has_at_most_12_lines_without_its_docstring():
    assert median(each.lines for each in ALL_FUNCTIONS) <= MAX_MEDIAN_FUNCTION_LINES


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


def test_no_file_or_folder_has_a_name_that_says_nothing():
    names = {part for path in SOURCES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert names & VAGUE_NAMES == set()


def test_kinematics_imports_numpy_and_scipy_alone():
    paths = (PACKAGE / "kinematics").rglob("*.py")
    imported = {name.split(".")[0] for path in paths for name in imports_of(path)}
    assert imported - KINEMATICS_MAY_IMPORT == set()


@pytest.mark.parametrize("module", ["kneedrive_cv", "kneedrive_cv.cli"])
def test_importing_the_package_or_its_commands_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_import_contracts_hold(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("kinematics/broken.py", "import cv2"),
        ("kinematics/broken.py", "from kneedrive_cv.pose import landmarks"),
        ("clean/broken.py", "from kneedrive_cv.scene import broken_too"),
        ("athlete/broken.py", "import mediapipe"),
        ("video/broken.py", "import av"),
        ("pose/broken.py", "from kneedrive_cv import report"),
    ],
)
def test_the_import_contracts_notice_an_import_that_breaks_them(tmp_path, module, line):
    shutil.copytree(PACKAGE, tmp_path / "kneedrive_cv", ignore=shutil.ignore_patterns("models"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "kneedrive_cv" / "scene" / "broken_too.py").touch()
    (tmp_path / "kneedrive_cv" / module).write_text(f"{line}\n", encoding="utf-8")
    code = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert "broken" in done.stdout
    assert done.returncode == 1


def test_the_teams_own_process_loads_nothing_that_measures_or_draws():
    code = (
        "import sys\n"
        "import kneedrive_cv.team.batch, kneedrive_cv.team.outputs, kneedrive_cv.team.terminal\n"
        "print([n for n in ('cv2', 'scipy', 'mediapipe', 'matplotlib') if n in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
