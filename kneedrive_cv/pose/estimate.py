"""Run the pose estimator on the athlete's crops, several frames at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.crop import Crops, cut, to_picture
from kneedrive_cv.errors import PoseError
from kneedrive_cv.pose.estimator import Landmarks, PoseEstimator
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.video.reader import Frame

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]
Progress = Callable[[int], None]
_Found = tuple[int, Landmarks | None, FloatArray]

_WAITING_PER_WORKER = 3


def estimate_poses(
    frames: Iterable[Frame],
    crops: Crops,
    *,
    model_path: Path,
    workers: int,
    crop_px: int,
    progress: Progress | None = None,
) -> PoseTrack:
    """Landmarks of the athlete in every frame of his track.

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
    progress : callable, optional
        Called with the number of frames done.

    Returns
    -------
    PoseTrack
        A row for each row of ``crops``, in playback time; NaN where nothing was found.

    Raises
    ------
    PoseError
        No pose was found in any frame.
    """
    xy_px = np.full((len(crops), N_LANDMARKS, 2), np.nan)
    world_m = np.full((len(crops), N_LANDMARKS, 3), np.nan)
    visibility = np.zeros((len(crops), N_LANDMARKS))
    cuts = _cut_out(frames, crops, crop_px)
    for done, (row, found, mapping) in enumerate(_find_all(cuts, model_path, workers), start=1):
        if found is not None:
            xy_px[row] = to_picture(found.xy * crop_px, mapping)
            world_m[row] = found.world_m
            visibility[row] = found.visibility
        if progress is not None:
            progress(done)
    if not np.isfinite(xy_px).any():
        raise PoseError(
            "no pose could be found on the athlete",
            fix="Film from the side, nearer, and in better light.",
        )
    return PoseTrack(crops.time_s, crops.frame, xy_px, world_m, visibility)


def _cut_out(
    frames: Iterable[Frame], crops: Crops, crop_px: int
) -> Iterator[tuple[int, Image, FloatArray]]:
    """Row of the crops, RGB crop and mapping to the picture, for the frames of the track."""
    rows = {int(frame): row for row, frame in enumerate(crops.frame)}
    for frame in frames:
        row = rows.get(frame.index)
        if row is None:
            if frame.index > crops.frame[-1]:
                return
            continue
        crop, mapping = cut(
            frame.image_bgr, crops.center_px[row], float(crops.side_px[row]), crop_px
        )
        yield row, np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB), dtype=np.uint8), mapping


def _find_all(
    cuts: Iterator[tuple[int, Image, FloatArray]], model_path: Path, workers: int
) -> Iterator[_Found]:
    """Landmarks of every crop, in order, with a bounded number on the way."""
    own = threading.local()
    opened: list[PoseEstimator] = []

    def find(crop_rgb: Image) -> Landmarks | None:
        if not hasattr(own, "estimator"):
            own.estimator = PoseEstimator(model_path)
            opened.append(own.estimator)
        estimator: PoseEstimator = own.estimator
        return estimator.find(crop_rgb)

    waiting: deque[tuple[int, Future[Landmarks | None], FloatArray]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="pose")
    try:
        for row, crop_rgb, mapping in cuts:
            waiting.append((row, pool.submit(find, crop_rgb), mapping))
            if len(waiting) > workers * _WAITING_PER_WORKER:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for estimator in opened:
            estimator.close()


def _result(job: tuple[int, Future[Landmarks | None], FloatArray]) -> _Found:
    row, future, mapping = job
    return row, future.result(), mapping
