"""The model files do on the sample clip what the model card says of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kneedrive_cv.weights import model_path

FRAME = 30
SIZE_PX = 416
MEAN = np.array([103.53, 116.28, 123.675])
STD = np.array([57.375, 57.12, 58.395])
STRIDES = (8, 16, 32)
PERSON = 0


@pytest.fixture(scope="module")
def picture(sample_clip):
    capture = cv2.VideoCapture(str(sample_clip))
    for _ in range(FRAME):
        assert capture.grab()
    ok, picture = capture.read()
    assert ok
    return picture


@pytest.fixture(scope="module")
def body_px(sample_clip, truth):
    points = truth(sample_clip).points_px
    return {name: xy[FRAME] for name, xy in points.items()}


def surest_person(picture):
    """Box of the surest person (left, top, right, bottom) in pixels, and its score."""
    scale = SIZE_PX / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale)
    canvas = np.zeros((SIZE_PX, SIZE_PX, 3))
    canvas[: small.shape[0], : small.shape[1]] = small
    net = cv2.dnn.readNetFromONNX(str(model_path("person_detector_nanodet_416.onnx")))
    net.setInput(((canvas - MEAN) / STD).transpose(2, 0, 1)[None].astype(np.float32))
    names = ["Identity", *(f"Identity_{i}" for i in range(1, 6))]
    outputs = net.forward(names)
    found = []
    for stride, scores, logits in zip(STRIDES, outputs[:3], outputs[3:], strict=True):
        cell = int(scores[0, :, PERSON].argmax())
        row, column = divmod(cell, SIZE_PX // stride)
        weights = np.exp(logits[0, cell].reshape(4, 11))
        reach = weights @ np.arange(11) / weights.sum(axis=1)
        centre = np.array([column + 0.5, row + 0.5])
        box = np.concatenate([centre - reach[:2], centre + reach[2:]]) * stride / scale
        found.append((float(scores[0, cell, PERSON]), box))
    return max(found, key=lambda each: each[0])


def test_the_person_detector_puts_its_box_around_the_true_body(picture, body_px):
    score, box = surest_person(picture)
    points = np.array(list(body_px.values()))
    expected = np.concatenate([points.min(axis=0), points.max(axis=0)])
    assert score > 0.3
    # The points are joints; head, fingers and soles reach further than they do.
    np.testing.assert_allclose(box, expected, atol=0.15 * (expected[3] - expected[1]))


@pytest.mark.slow
@pytest.mark.parametrize(("size", "error_px"), [("lite", 45), ("full", 20), ("heavy", 20)])
def test_every_pose_model_finds_the_knees_where_they_are(picture, body_px, size, error_px, capfd):
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    path = str(model_path(f"pose_landmarker_{size}.task"))
    options = vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_path=path))
    rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        found = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb))
    (landmarks,) = found.pose_landmarks
    height, width = picture.shape[:2]
    for index, name in ((25, "left_knee"), (26, "right_knee")):
        point = np.array([landmarks[index].x * width, landmarks[index].y * height])
        assert np.linalg.norm(point - body_px[name]) < error_px
    assert "unaligned" not in capfd.readouterr().err
