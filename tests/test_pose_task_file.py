"""Task files: packed the same each time, aligned, and made ready for crops of one person."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile

import numpy as np
import pytest

from kneedrive_cv.athlete.crop import cut
from kneedrive_cv.errors import ModelError
from kneedrive_cv.pose import estimate
from kneedrive_cv.pose.mask import without_mask
from kneedrive_cv.pose.task_file import DETECTOR, LANDMARKS, pack_task, write_for_crops
from kneedrive_cv.video.reader import VideoReader
from kneedrive_cv.weights import model_path

MEMBERS = {DETECTOR: b"finds" * 7, LANDMARKS: b"reads" * 1000}


def test_the_same_members_give_the_same_bytes():
    assert pack_task(MEMBERS) == pack_task(dict(MEMBERS))


def test_members_begin_where_the_weights_can_be_used_in_place():
    packed = pack_task(MEMBERS)
    for content in MEMBERS.values():
        assert packed.index(content) % 16 == 0


def landmark_network(size):
    with zipfile.ZipFile(model_path(f"pose_landmarker_{size}.task")) as archive:
        return archive.read(LANDMARKS)


def test_the_detector_is_exchanged_and_the_mask_is_taken_out(tmp_path):
    (tmp_path / "other.tflite").write_bytes(b"other")
    task = model_path("pose_landmarker_lite.task")
    write_for_crops(task, tmp_path / "other.tflite", tmp_path / "b.task")
    with zipfile.ZipFile(tmp_path / "b.task") as archive:
        assert archive.read(DETECTOR) == b"other"
        assert archive.read(LANDMARKS) == without_mask(landmark_network("lite"))


@pytest.mark.parametrize("size", ["lite", "full", "heavy"])
def test_a_network_whose_mask_is_gone_has_none_to_take_out(size):
    network = landmark_network(size)
    lighter = without_mask(network)
    assert lighter != network
    assert len(lighter) == len(network)
    assert without_mask(lighter) == lighter


def test_what_is_no_network_is_said_to_be_none():
    with pytest.raises(ValueError, match="no TFLite file"):
        without_mask(b"reads" * 10)


@pytest.mark.slow
@pytest.mark.parametrize("size", ["lite", "heavy"])
def test_without_the_mask_every_landmark_is_the_same_to_the_last_bit(tmp_path, size, sample_clip):
    from kneedrive_cv.pose.estimator import PoseEstimator

    detector = model_path("whole_picture.tflite").read_bytes()
    network = landmark_network(size)
    found, crops = [], sample_crops(sample_clip)
    for name, landmarks in (("with", network), ("without", without_mask(network))):
        task = tmp_path / f"{name}.task"
        task.write_bytes(pack_task({DETECTOR: detector, LANDMARKS: landmarks}))
        estimator = PoseEstimator(task)
        try:
            found.append([estimator.find(crop) for crop in crops])
        finally:
            estimator.close()
    for ours, theirs in zip(*found, strict=True):
        assert np.array_equal(ours.xy, theirs.xy)
        assert np.array_equal(ours.world_m, theirs.world_m)
        assert np.array_equal(ours.visibility, theirs.visibility)


def sample_crops(clip):
    """Three crops of the sample clip's athlete, around where its truth has him."""
    boxes = json.loads(clip.with_suffix(".json").read_text())["athlete_box_px"]
    crops = []
    for frame in VideoReader(clip):
        if frame.index in (10, 40, 70):
            left, top, right, bottom = boxes[frame.index]
            center = np.array([left + right, top + bottom]) / 2
            crop, _ = cut(frame.image_bgr, center, 1.4 * (bottom - top), 256)
            crops.append(np.ascontiguousarray(crop[..., ::-1]))
    return crops


@pytest.mark.slow
def test_with_the_constant_in_its_place_the_whole_picture_is_read(tmp_path):
    from kneedrive_cv.pose.estimator import PoseEstimator

    task = tmp_path / "lite.task"
    write_for_crops(
        model_path("pose_landmarker_lite.task"), model_path("whole_picture.tflite"), task
    )
    estimator = PoseEstimator(task)
    try:
        # nobody is in it, so that whatever is given lies where the network was told to look
        assert estimator.find(np.zeros((256, 256, 3), np.uint8)) is None
    finally:
        estimator.close()


def test_a_disk_without_room_for_the_model_is_one_clear_error(monkeypatch):
    def full(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(estimate, "write_for_crops", full)
    task, whole = model_path("pose_landmarker_lite.task"), model_path("whole_picture.tflite")
    with estimate.PosePool(task, whole, 2) as pool:
        pool.warm_up()
        crop = np.zeros((64, 64, 3), np.uint8)
        with pytest.raises(ModelError, match=r"cannot be made ready \(No space left"):
            list(pool.find_all(iter([((0, 0), crop, np.eye(2, 3))])))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a file that is open")
def test_nothing_of_the_model_is_left_if_the_process_is_killed_while_it_reads(
    tmp_path, monkeypatch, sample_clip
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    task, whole = model_path("pose_landmarker_lite.task"), model_path("whole_picture.tflite")
    crops = [((0, row), crop, np.eye(2, 3)) for row, crop in enumerate(sample_crops(sample_clip))]
    with estimate.PosePool(task, whole, 1) as pool:
        found = pool.find_all(iter(crops))
        first = next(found)
        assert list(tmp_path.iterdir()) == []
        assert all(landmarks is not None for _, landmarks, _ in (first, *found))
