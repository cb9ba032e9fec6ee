"""Model files are found, and what is wrong with one is said in a line."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from kneedrive_cv import weights
from kneedrive_cv.errors import ModelError
from kneedrive_cv.weights import expected_sha256, model_path, models_folder

NAME = "small.task"
CONTENT = b"weights"


@pytest.fixture
def folder(tmp_path):
    digest = hashlib.sha256(CONTENT).hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  {NAME}\n")
    (tmp_path / NAME).write_bytes(CONTENT)
    return tmp_path


@pytest.mark.parametrize("name", sorted(expected_sha256(models_folder())))
def test_every_listed_model_is_there_and_whole(name):
    assert model_path(name).is_file()


def test_the_list_names_the_pose_models_the_detector_and_what_was_learned_here():
    assert sorted(expected_sha256(models_folder())) == [
        "correction.npz",
        "pelvis_front.onnx",
        "pelvis_rear.onnx",
        "person_detector_nanodet_416.onnx",
        "pose_landmarker_full.task",
        "pose_landmarker_heavy.task",
        "pose_landmarker_lite.task",
        "whole_picture.tflite",
    ]


def test_the_model_card_has_the_listed_sha256_and_size_of_every_model(root):
    card = (root / "models" / "MODEL_CARD.md").read_text(encoding="utf-8")
    for name, digest in expected_sha256(root / "models").items():
        size = (root / "models" / name).stat().st_size
        assert f"| `{name}` | {size:,} | `{digest}` |" in card


def test_a_whole_file_in_another_folder_is_found(folder):
    assert model_path(NAME, folder=folder) == folder / NAME


def test_the_environment_variable_names_another_folder(folder, monkeypatch):
    monkeypatch.setenv("KNEEDRIVE_MODELS", str(folder))
    assert model_path(NAME) == folder / NAME


def test_the_variable_works_for_a_process_of_its_own(folder, root):
    (folder / NAME).unlink()
    code = f"from kneedrive_cv.weights import model_path; model_path({NAME!r})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KNEEDRIVE_MODELS": str(folder), "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    last_line = done.stderr.splitlines()[-1]
    assert str(folder / NAME) in last_line
    assert "Check the folder that KNEEDRIVE_MODELS names" in last_line


def damage_missing(path):
    path.unlink()


def damage_empty(path):
    path.write_bytes(b"")


def damage_pointer(path):
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n")


def damage_cut(path):
    path.write_bytes(CONTENT[:-1])


def damage_flipped(path):
    path.write_bytes(bytes([CONTENT[0] ^ 1]) + CONTENT[1:])


def damage_folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_missing, "cannot be read (No such file"),
        (damage_empty, "is empty"),
        (damage_pointer, "is a git-lfs pointer"),
        (damage_cut, "is damaged"),
        (damage_flipped, "is damaged"),
        (damage_folder, "cannot be read (Is a directory"),
    ],
)
def test_a_bad_file_is_an_error_with_what_where_and_fix(folder, damage, words):
    damage(folder / NAME)
    with pytest.raises(ModelError) as caught:
        model_path(NAME, folder=folder)
    assert words in caught.value.what
    assert caught.value.where == str(folder / NAME)
    assert caught.value.fix.startswith("Install kneedrive again")
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_listed_is_an_error(folder):
    with pytest.raises(ModelError, match=r"SHA256SUMS: has no model other\.task"):
        model_path("other.task", folder=folder)


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(ModelError, match="list of model files cannot be read"):
        model_path(NAME, folder=tmp_path / "nowhere")


@pytest.mark.parametrize("text", [b"what is this\n", b"\xff\xfe\x00", b"abc\n"])
def test_a_damaged_list_is_an_error(folder, text):
    (folder / "SHA256SUMS").write_bytes(text)
    with pytest.raises(ModelError, match="list of model files is damaged"):
        model_path(NAME, folder=folder)


def test_a_file_is_hashed_once_and_again_after_a_change(folder, monkeypatch):
    hashed = []
    original = hashlib.file_digest

    def counting(file, name):
        hashed.append(file.name)
        return original(file, name)

    monkeypatch.setattr(weights.hashlib, "file_digest", counting)
    model_path(NAME, folder=folder)
    model_path(NAME, folder=folder)
    assert len(hashed) == 1
    (folder / NAME).write_bytes(CONTENT + b"!")
    with pytest.raises(ModelError):
        model_path(NAME, folder=folder)
    assert len(hashed) == 2
