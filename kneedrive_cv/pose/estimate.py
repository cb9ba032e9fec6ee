"""Run the pose estimator on the athlete's crops, several frames at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.crop import Crops, cut, to_picture
from kneedrive_cv.pose.estimator import Landmarks, PoseEstimator
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.video.reader import Frame

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]
Progress = Callable[[int], None]
_Place = tuple[int, int]
"""Look and row that a crop belongs to."""
_Cut = tuple[_Place, Image, FloatArray]
_Found = tuple[_Place, Landmarks | None, FloatArray]

_WAITING_PER_WORKER = 3


class PosePool:
    """Several estimators side by side, for as many passes over a clip as are needed.

    The estimator uses one core and keeps no state in IMAGE mode, so one a core runs in a thread
    of its own. Used as a context manager; the models are loaded by the first crops.

    Parameters
    ----------
    model_path : Path
    workers : int
        Estimators that run side by side.
    """

    def __init__(self, model_path: Path, workers: int) -> None:
        self._model_path = model_path
        self._workers = workers
        self._own = threading.local()
        self._opened: list[PoseEstimator] = []
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="pose")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        for estimator in self._opened:
            estimator.close()

    def warm_up(self) -> None:
        """Begin to load the models beside other work."""
        for _ in range(self._workers):
            self._threads.submit(self._estimator)

    def find_all(self, cuts: Iterator[_Cut]) -> Generator[_Found]:
        """Landmarks of every crop, in order, with a bounded number on the way."""
        waiting: deque[tuple[_Place, Future[Landmarks | None], FloatArray]] = deque()
        for place, crop_rgb, mapping in cuts:
            waiting.append((place, self._threads.submit(self._find, crop_rgb), mapping))
            if len(waiting) > self._workers * _WAITING_PER_WORKER:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())

    def _find(self, crop_rgb: Image) -> Landmarks | None:
        return self._estimator().find(crop_rgb)

    def _estimator(self) -> PoseEstimator:
        """The estimator of the thread that asks."""
        if not hasattr(self._own, "estimator"):
            self._own.estimator = PoseEstimator(self._model_path)
            self._opened.append(self._own.estimator)
        estimator: PoseEstimator = self._own.estimator
        return estimator


def estimate_poses(
    frames: Iterable[Frame],
    crops: Crops,
    pool: PosePool,
    *,
    crop_px: int,
    scales: Sequence[float] = (1.0,),
    progress: Progress | None = None,
) -> list[PoseTrack]:
    """Landmarks of the athlete in every frame of his track, once for each size of the crop.

    Memory does not grow with the clip but for the landmarks themselves.

    Parameters
    ----------
    frames : iterable of Frame
        The clip from its start, or at least the frames of the crops.
    crops : Crops
        Where the athlete is; frames that are not in it are passed over.
    pool : PosePool
    crop_px : int
        Size that crops are brought to.
    scales : sequence of float
        Sizes of the square that is cut out, against that of ``crops``.
    progress : callable, optional
        Called with the number of crops done.

    Returns
    -------
    list of PoseTrack
        One for each scale, with a row for each row of ``crops``; NaN where nothing was found.
    """
    shape = (len(scales), len(crops), N_LANDMARKS)
    xy_px, world_m = np.full((*shape, 2), np.nan), np.full((*shape, 3), np.nan)
    visibility = np.zeros(shape)
    cuts = _cut_out(frames, crops, crop_px, scales)
    with closing(pool.find_all(cuts)) as all_found:
        for done, (place, found, mapping) in enumerate(all_found, start=1):
            if found is not None:
                xy_px[place] = to_picture(found.xy * crop_px, mapping)
                world_m[place] = found.world_m
                visibility[place] = found.visibility
            if progress is not None:
                progress(done)
    return [
        PoseTrack(crops.time_s, crops.frame, *look)
        for look in zip(xy_px, world_m, visibility, strict=True)
    ]


def _cut_out(
    frames: Iterable[Frame], crops: Crops, crop_px: int, scales: Sequence[float]
) -> Iterator[_Cut]:
    """Place, RGB crop and mapping to the picture, for the frames of the track."""
    rows = {int(frame): row for row, frame in enumerate(crops.frame)}
    for frame in frames:
        row = rows.get(frame.index)
        if frame.index > crops.frame[-1]:
            return
        if row is None:
            continue
        for look, scale in enumerate(scales):
            side_px = float(crops.side_px[row]) * scale
            crop, mapping = cut(frame.image_bgr, crops.center_px[row], side_px, crop_px)
            rgb = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB), dtype=np.uint8)
            yield (look, row), rgb, mapping


def _result(job: tuple[_Place, Future[Landmarks | None], FloatArray]) -> _Found:
    place, future, mapping = job
    return place, future.result(), mapping
