"""The built packages carry what an installed kneedrive needs, and nothing that is not ours."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

from kneedrive_cv.version import __version__
from kneedrive_cv.weights import expected_sha256
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "shared", "runs", "build", "dist")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of the repository, so that a build leaves nothing in it."""
    folder = tmp_path_factory.mktemp("source") / "kneedrive"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    if not (folder / "README.md").exists():
        (folder / "README.md").write_text("# kneedrive\n", encoding="utf-8")
    (folder / "shared").mkdir()
    (folder / "shared" / "not_ours.mp4").write_bytes(b"not ours")
    return folder


def build(source, target, kind):
    """Build with the hatchling of this environment: a build of its own would need a network."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", target]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = target.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    with zipfile.ZipFile(build(source, tmp_path_factory.mktemp("wheel"), "wheel")) as archive:
        yield archive


@pytest.fixture(scope="module")
def sdist_names(source, tmp_path_factory):
    path = build(source, tmp_path_factory.mktemp("sdist"), "sdist")
    with tarfile.open(path) as archive:
        return [name.split("/", 1)[1] for name in archive.getnames()]


def test_the_wheel_carries_every_model_whole(wheel):
    for name, digest in expected_sha256(ROOT / "models").items():
        assert hashlib.sha256(wheel.read(f"kneedrive_cv/models/{name}")).hexdigest() == digest


def test_the_wheel_carries_every_file_of_the_package(wheel):
    files = (path for path in (ROOT / "kneedrive_cv").rglob("*") if path.is_file())
    ours = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert ours <= set(wheel.namelist())
    assert "kneedrive_cv/py.typed" in ours


def test_the_wheel_carries_the_report_templates(wheel):
    assert any(name.startswith("kneedrive_cv/report/templates/") for name in wheel.namelist())


def test_the_wheel_has_nothing_outside_the_package(wheel):
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert top == {"kneedrive_cv", f"kneedrive-{__version__}.dist-info"}


def test_the_wheel_carries_the_licence_and_names_it(wheel):
    folder = f"kneedrive-{__version__}.dist-info"
    metadata = wheel.read(f"{folder}/METADATA").decode()
    assert "License-Expression: Apache-2.0\n" in metadata
    assert {f"{folder}/licenses/{name}" for name in ("LICENSE", "NOTICE")} <= set(wheel.namelist())


def test_the_source_package_can_be_built_from_and_has_nothing_of_others(sdist_names):
    assert {"models/SHA256SUMS", "sample_videos/side_good.mp4", "LICENSE"} <= set(sdist_names)
    assert not [name for name in sdist_names if "shared" in name or "not_ours" in name]
