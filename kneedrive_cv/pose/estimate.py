"""Run the pose estimator on the athlete's crops, several frames at a time."""

from __future__ import annotations

import tempfile
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
from kneedrive_cv.errors import ModelError
from kneedrive_cv.pose.estimator import Landmarks, PoseEstimator
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.task_file import write_for_crops
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.video.reader import Frame

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]
Progress = Callable[[int], None]
_Cell = tuple[int, int]
"""Number of the size and row of the crops."""

_Cut = tuple[_Cell, Image, FloatArray]
_Found = tuple[_Cell, Landmarks | None, FloatArray]
"""What it belongs to, what was found, and the mapping to the picture."""

_WAITING_PER_WORKER = 3


class PosePool:
    """Several estimators side by side, for as many passes over a clip as are needed.

    The estimator uses one core and keeps no state in IMAGE mode, so one a core runs in a thread
    of its own. Used as a context manager; the models are loaded by the first crops.

    The athlete is followed already and the crop is cut around him, so the landmarker's own search
    for a person is exchanged for a constant: the whole crop is read. The layers that draw a mask
    of the person are left out; the landmarks are the same. The model goes through a
    temporary file, since MediaPipe keeps two more copies of one that it is handed in memory; the
    first thread that wants it writes it.

    Parameters
    ----------
    model_path : Path
        The landmarker's ``.task`` file.
    whole_picture_path : Path
        The constant that takes its detector's place.
    workers : int
        Estimators that run side by side.

    Raises
    ------
    ModelError
        By whatever reads a pose: the temporary file cannot be written.
    """

    def __init__(self, model_path: Path, whole_picture_path: Path, workers: int) -> None:
        self._workers = workers
        self._own = threading.local()
        self._opened: list[PoseEstimator] = []
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="pose")
        self._folder = tempfile.TemporaryDirectory(prefix="kneedrive-", ignore_cleanup_errors=True)
        self._paths = (model_path, whole_picture_path)
        self._writing = threading.Lock()
        self._written: Path | None = None

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
        self._folder.cleanup()

    def warm_up(self) -> None:
        """Begin to load the models beside other work."""
        for _ in range(self._workers):
            self._threads.submit(self._estimator)

    def find_all(self, cuts: Iterator[_Cut]) -> Generator[_Found]:
        """Landmarks of every crop, in order, with a bounded number on the way."""
        waiting: deque[tuple[_Cell, Future[Landmarks | None], FloatArray]] = deque()
        for cell, crop_rgb, mapping in cuts:
            waiting.append((cell, self._threads.submit(self._find, crop_rgb), mapping))
            if len(waiting) > self._workers * _WAITING_PER_WORKER:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())

    def _find(self, crop_rgb: Image) -> Landmarks | None:
        return self._estimator().find(crop_rgb)

    def _estimator(self) -> PoseEstimator:
        """The estimator of the thread that asks."""
        if not hasattr(self._own, "estimator"):
            self._own.estimator = PoseEstimator(self._model_for_crops())
            self._opened.append(self._own.estimator)
            if len(self._opened) == self._workers:
                # all have it open: a process that is killed leaves nothing behind. Windows keeps
                # what is open, and lets go of it at the end
                self._folder.cleanup()
        estimator: PoseEstimator = self._own.estimator
        return estimator

    def _model_for_crops(self) -> Path:
        """The model's temporary file, made by whoever asks first."""
        with self._writing:
            if self._written is None:
                model, whole_picture = self._paths
                path = Path(self._folder.name) / model.name
                try:
                    write_for_crops(model, whole_picture, path)
                except OSError as error:
                    raise ModelError(
                        f"the pose model cannot be made ready ({error.strerror})",
                        where=self._folder.name,
                        fix="Free some space there, or name another folder in TMPDIR.",
                    ) from error
                self._written = path
            return self._written


def estimate_poses(
    frames: Iterable[Frame],
    crops: Crops,
    pool: PosePool,
    *,
    crop_px: int,
    progress: Progress | None = None,
) -> PoseTrack:
    """Landmarks of the athlete in every frame of his track.

    Parameters
    ----------
    frames, crops, pool, crop_px, progress
        As for `estimate_at_sizes`.

    Returns
    -------
    PoseTrack
        A row for each row of ``crops``; NaN where nothing was found.
    """
    return estimate_at_sizes(
        frames, crops, pool, sizes=(1.0,), crop_px=crop_px, progress=progress
    )[0]


def estimate_at_sizes(
    frames: Iterable[Frame],
    crops: Crops,
    pool: PosePool,
    *,
    sizes: Sequence[float],
    crop_px: int,
    progress: Progress | None = None,
) -> list[PoseTrack]:
    """Landmarks in crops of several sizes, in one pass over the clip.

    Memory does not grow with the clip but for the landmarks themselves.

    Parameters
    ----------
    frames : iterable of Frame
        The clip from its start, or at least the frames of the crops.
    crops : Crops
        Where the athlete is; frames that are not in it are passed over.
    pool : PosePool
    sizes : sequence of float
        What the squares' sides are multiplied by.
    crop_px : int
        Size that crops are brought to.
    progress : callable, optional
        Called with the number of crops done.

    Returns
    -------
    list of PoseTrack
        One for each size, with a row for each row of ``crops``; NaN where nothing was found.
    """
    shape = (len(sizes), len(crops), N_LANDMARKS)
    xy_px, world_m = np.full((*shape, 2), np.nan), np.full((*shape, 3), np.nan)
    visibility = np.zeros(shape)
    cuts = _cut_out(frames, crops, sizes, crop_px)
    with closing(pool.find_all(cuts)) as all_found:
        for done, (cell, found, mapping) in enumerate(all_found, start=1):
            if found is not None:
                xy_px[cell] = to_picture(found.xy * crop_px, mapping)
                world_m[cell] = _turned(found.world_m, float(crops.turn_deg[cell[1]]))
                visibility[cell] = found.visibility
            if progress is not None:
                progress(done)
    return [
        PoseTrack(crops.time_s, crops.frame, *arrays)
        for arrays in zip(xy_px, world_m, visibility, strict=True)
    ]


def _cut_out(
    frames: Iterable[Frame], crops: Crops, sizes: Sequence[float], crop_px: int
) -> Iterator[_Cut]:
    """RGB crops and their mappings to the picture, for the frames of the track."""
    rows = {int(frame): row for row, frame in enumerate(crops.frame)}
    for frame in frames:
        row = rows.get(frame.index)
        if frame.index > crops.frame[-1]:
            return
        if row is None:
            continue
        for number, size in enumerate(sizes):
            crop, mapping = cut(
                frame.image_bgr,
                crops.center_px[row],
                size * float(crops.side_px[row]),
                crop_px,
                float(crops.turn_deg[row]),
            )
            rgb = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB), dtype=np.uint8)
            yield (number, row), rgb, mapping


def _turned(world_m: FloatArray, turn_deg: float) -> FloatArray:
    """3D landmarks of a turned crop as the picture has them."""
    turn = np.deg2rad(turn_deg)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.column_stack([world_m[:, :2] @ axes.T, world_m[:, 2]])


def _result(job: tuple[_Cell, Future[Landmarks | None], FloatArray]) -> _Found:
    cell, future, mapping = job
    return cell, future.result(), mapping
