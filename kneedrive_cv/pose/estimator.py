"""MediaPipe pose landmarks on crops: the only module that imports mediapipe."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.landmarks import N_LANDMARKS

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

_STDERR = threading.Lock()


@dataclass(frozen=True)
class Landmarks:
    """Landmarks of one picture.

    Attributes
    ----------
    xy : ndarray, shape (K, 2)
        Share of the crop's width and height, 0 to 1 inside it.
    world_m : ndarray, shape (K, 3)
    visibility : ndarray, shape (K,)
    """

    xy: FloatArray
    world_m: FloatArray
    visibility: FloatArray


class PoseEstimator:
    """One MediaPipe pose landmarker in IMAGE mode: it keeps no state from frame to frame.

    VIDEO mode lags by half a frame at knee and wrist and doubles the varying part of the thigh's
    error, so it is not offered.

    Parameters
    ----------
    model_path : Path
        A ``.task`` file.
    """

    def __init__(self, model_path: Path) -> None:
        # no name of the machine's hardware, no usage log, no chatter on the terminal
        os.environ.setdefault("GLOG_minloglevel", "3")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        import mediapipe as mp
        from mediapipe.tasks.python.core.base_options import BaseOptions
        from mediapipe.tasks.python.vision import (
            PoseLandmarker,
            PoseLandmarkerOptions,
            RunningMode,
        )

        self._mp = mp
        self._started = False
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model_path)),
            running_mode=RunningMode.IMAGE,
            min_pose_detection_confidence=0.3,
            min_pose_presence_confidence=0.3,
        )
        with quiet_stderr():
            self._landmarker = PoseLandmarker.create_from_options(options)

    def close(self) -> None:
        """Give the model's memory back."""
        with quiet_stderr():
            self._landmarker.close()

    def find(self, crop_rgb: Image) -> Landmarks | None:
        """Landmarks of the one person in a crop, or None.

        Parameters
        ----------
        crop_rgb : ndarray of uint8, shape (side, side, 3)
        """
        image = self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=crop_rgb)
        if self._started:
            found = self._landmarker.detect(image)
        else:
            with quiet_stderr():
                found = self._landmarker.detect(image)
            # the last greeting comes with the first person that is found
            self._started = bool(found.pose_landmarks)
        if not found.pose_landmarks:
            return None
        return _landmarks(found.pose_landmarks[0], found.pose_world_landmarks[0])


def _landmarks(points: Any, world: Any) -> Landmarks:
    """MediaPipe's lists as arrays."""
    flat = np.array([(p.x, p.y, p.visibility) for p in points], dtype=float)
    assert len(flat) == N_LANDMARKS
    return Landmarks(
        xy=flat[:, :2],
        world_m=np.array([(p.x, p.y, p.z) for p in world], dtype=float),
        visibility=flat[:, 2],
    )


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send what C++ writes to stderr nowhere: MediaPipe greets with lines that mean nothing.

    Stderr belongs to the whole process, so one thread at a time.
    """
    with _STDERR:
        yield from _without_stderr()


def _without_stderr() -> Iterator[None]:
    saved = os.dup(2)
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(sink)
