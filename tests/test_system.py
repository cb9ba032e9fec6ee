"""Missing system libraries are named together with the packages that bring them."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from kneedrive_cv import system
from kneedrive_cv.errors import KneedriveError
from tests.conftest import ROOT

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="libraries are looked up on Linux only"
)


def test_everything_needed_is_there_when_the_tests_run():
    assert system.missing_libraries() == []
    system.require_libraries()


@linux_only
def test_a_missing_library_is_an_error_that_names_the_package_once():
    libraries = {"libnone-a.so.1": "libnone1", "libnone-b.so.1": "libnone1", "libc.so.6": "libc6"}
    with pytest.raises(KneedriveError) as caught:
        system.require_libraries(libraries)
    assert "libnone-a.so.1, libnone-b.so.1" in caught.value.what
    assert caught.value.fix.endswith("sudo apt-get install libnone1")


@linux_only
def test_the_module_prints_the_packages_to_install(monkeypatch, capsys):
    monkeypatch.setattr(system, "_loads", lambda name: "GL" not in name)
    assert system.main(["--packages"]) == 0
    assert capsys.readouterr().out.split() == ["libgl1", "libegl1", "libgles2"]


@linux_only
def test_the_module_ends_with_2_when_something_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(system, "_loads", lambda name: name != "libGL.so.1")
    assert system.main([]) == 2
    assert "apt-get install libgl1" in capsys.readouterr().err


def test_the_module_runs_before_anything_is_installed(root):
    done = subprocess.run(
        [sys.executable, "-S", "-m", "kneedrive_cv.system"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_clean_leaves_what_was_graded_alone():
    told = subprocess.run(
        ["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "build" in told.stdout.split()
    assert "runs" not in told.stdout.split()
