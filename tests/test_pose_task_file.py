"""Task files: packed the same each time, aligned, and with another detector in them."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from kneedrive_cv.pose.task_file import DETECTOR, LANDMARKS, pack_task, write_with_detector
from kneedrive_cv.weights import model_path

MEMBERS = {DETECTOR: b"finds" * 7, LANDMARKS: b"reads" * 1000}


def test_the_same_members_give_the_same_bytes():
    assert pack_task(MEMBERS) == pack_task(dict(MEMBERS))


def test_members_begin_where_the_weights_can_be_used_in_place():
    packed = pack_task(MEMBERS)
    for content in MEMBERS.values():
        assert packed.index(content) % 16 == 0


def test_only_the_detector_is_exchanged(tmp_path):
    (tmp_path / "a.task").write_bytes(pack_task(MEMBERS))
    (tmp_path / "other.tflite").write_bytes(b"other")
    write_with_detector(tmp_path / "a.task", tmp_path / "other.tflite", tmp_path / "b.task")
    with zipfile.ZipFile(tmp_path / "b.task") as archive:
        assert archive.read(DETECTOR) == b"other"
        assert archive.read(LANDMARKS) == MEMBERS[LANDMARKS]


@pytest.mark.slow
def test_with_the_constant_in_its_place_the_whole_picture_is_read(tmp_path):
    from kneedrive_cv.pose.estimator import PoseEstimator

    task = tmp_path / "lite.task"
    write_with_detector(
        model_path("pose_landmarker_lite.task"), model_path("whole_picture.tflite"), task
    )
    estimator = PoseEstimator(task)
    try:
        # nobody is in it, so that whatever is given lies where the network was told to look
        assert estimator.find(np.zeros((256, 256, 3), np.uint8)) is None
    finally:
        estimator.close()
