"""``kneedrive doctor`` finds what would break the grading, and says what to do."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version

import pytest

from kneedrive_cv import doctor
from kneedrive_cv.video import writer
from kneedrive_cv.weights import FOLDER_VARIABLE, expected_sha256, models_folder
from tests.cli_run import kneedrive

DETECTOR = "person_detector_nanodet_416.onnx"


def failed() -> list[str]:
    return [finding.what for finding in doctor.examine() if not finding.ok]


def installed(monkeypatch, **versions: str | None) -> None:
    """Let some packages seem installed, or (None) not."""
    named = {name.replace("_", "-"): value for name, value in versions.items()}

    def fake(name: str) -> str:
        if name not in named:
            return version(name)
        if named[name] is None:
            raise PackageNotFoundError(name)
        return str(named[name])

    monkeypatch.setattr(doctor, "version", fake)


def test_a_whole_installation_has_nothing_to_complain_of():
    assert failed() == []


def test_the_command_lists_every_model_and_ends_with_0():
    ran = kneedrive("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert all(line.startswith("ok  ") for line in ran.out.splitlines())
    for name in (*expected_sha256(models_folder()), "libraries", "OpenCV", "H.264", "mediapipe"):
        assert name in ran.out


def test_a_second_opencv_wheel_is_named_with_the_way_out(monkeypatch):
    installed(monkeypatch, opencv_python_headless="4.12.0")
    (what,) = failed()
    assert "opencv-python-headless, opencv-contrib-python" in what
    assert "pip install opencv-contrib-python" in what


def test_no_opencv_at_all_is_a_finding(monkeypatch):
    installed(monkeypatch, opencv_contrib_python=None)
    (what,) = failed()
    assert what.startswith("OpenCV: none (exactly one")


def test_a_missing_package_is_a_finding(monkeypatch):
    installed(monkeypatch, mediapipe=None)
    assert failed() == ["mediapipe is missing"]


def test_a_missing_h264_encoder_is_a_finding(monkeypatch):
    monkeypatch.setattr(writer, "_CODEC", "libx264_that_is_not_there")
    (what,) = failed()
    assert "PyAV has no H.264 encoder" in what


@pytest.fixture
def models(tmp_path):
    """A folder like models/ in which one model lacks its end; the others are links."""
    for path in models_folder().iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / DETECTOR).unlink()
    shutil.copyfile(models_folder() / DETECTOR, tmp_path / DETECTOR)
    with (tmp_path / DETECTOR).open("r+b") as file:
        file.truncate(1_000_000)
    return tmp_path


def test_the_command_names_a_damaged_model_and_ends_with_2(models):
    ran = kneedrive("doctor", **{FOLDER_VARIABLE: str(models)})
    assert (ran.code, ran.err) == (2, "")
    (line,) = (line for line in ran.out.splitlines() if not line.startswith("ok"))
    assert line.startswith(f"FAIL {models / DETECTOR}: the model file is damaged")
    assert f"Check the folder that {FOLDER_VARIABLE} names" in line


def test_a_folder_without_models_is_a_finding(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    (what,) = failed()
    assert "SHA256SUMS: the list of model files cannot be read" in what


def test_a_package_that_is_there_and_cannot_be_loaded_is_no_good_one(monkeypatch):
    def load(module: str) -> None:
        if module == "cv2":
            raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(doctor, "import_module", load)
    assert failed() == [
        "OpenCV: opencv-contrib-python cannot be loaded "
        "(libGL.so.1: cannot open shared object file)"
    ]
