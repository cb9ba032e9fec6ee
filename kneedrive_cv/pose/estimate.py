"""Run the pose estimator on the athlete's crops, several frames at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

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


def estimate_poses(
    frames: Iterable[Frame],
    crops: Crops,
    *,
    model_path: Path,
    workers: int,
    crop_px: int,
    scales: Sequence[float] = (1.0,),
    progress: Progress | None = None,
) -> list[PoseTrack]:
    """Landmarks of the athlete in every frame of his track, once for each size of the crop.

    The estimator uses one core and keeps no state in IMAGE mode, so one a core runs in a thread
    of its own, a few frames ahead at most: memory does not grow with the clip.

    Parameters
    ----------
    frames : iterable of Frame
        The clip from its start.
    crops : Crops
        Where the athlete is; frames that are not in it are passed over.
    model_path : Path
    workers : int
        Estimators that run side by side.
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
    with closing(_find_all(cuts, model_path, workers)) as all_found:
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


def _find_all(
    cuts: Iterator[_Cut], model_path: Path, workers: int
) -> Generator[_Found]:
    """Landmarks of every crop, in order, with a bounded number on the way."""
    own = threading.local()
    opened: list[PoseEstimator] = []

    def find(crop_rgb: Image) -> Landmarks | None:
        if not hasattr(own, "estimator"):
            own.estimator = PoseEstimator(model_path)
            opened.append(own.estimator)
        estimator: PoseEstimator = own.estimator
        return estimator.find(crop_rgb)

    waiting: deque[tuple[_Place, Future[Landmarks | None], FloatArray]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="pose")
    try:
        for place, crop_rgb, mapping in cuts:
            waiting.append((place, pool.submit(find, crop_rgb), mapping))
            if len(waiting) > workers * _WAITING_PER_WORKER:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for estimator in opened:
            estimator.close()


def _result(job: tuple[_Place, Future[Landmarks | None], FloatArray]) -> _Found:
    place, future, mapping = job
    return place, future.result(), mapping
