"""Frames of a clip, upright, with their own timestamps."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.config import ReaderSettings
from kneedrive_cv.errors import VideoError
from kneedrive_cv.video.metadata import FIX_INCOMPLETE, VideoMetadata, read_metadata

if TYPE_CHECKING:
    import cv2

Image = NDArray[np.uint8]
FloatArray = NDArray[np.float64]
FALLBACK_FPS = 30.0
# A clip counts as cut off when more than this is missing at its end. Containers round their
# lengths to a frame or two.
END_SLACK_S = 0.2
END_SLACK_FRAMES = 4
# A part that begins this far into a clip is jumped to. The jump aims some way before it, since
# FFmpeg lands on a frame that stands alone or on one that cannot be told by its time.
JUMP_FROM_FRAMES = 300
JUMP_BEFORE_S = 2.0
SAME_STAMP_SHARE = 0.1  # of a frame's time
# No camera that a coach has takes more: the timestamps are broken, and no time can be told.
FASTEST_FPS = 2000.0
FIX_TIMES = "Save it anew with a program that keeps its timing, or take the phone's own file."


@dataclass(frozen=True)
class Frame:
    """One decoded picture.

    Attributes
    ----------
    index : int
        0-based frame of the container.
    time_s : float
        Seconds of playback, strictly increasing from frame to frame.
    image_bgr : ndarray of uint8, shape (height, width, 3)
        The upright picture.
    """

    index: int
    time_s: float
    image_bgr: Image


class VideoReader:
    """Read a clip from its start, frame by frame.

    Each iteration starts again from the first frame. Frames that cannot be decoded are
    skipped and counted. A clip that breaks off early is read as far as it goes.

    Parameters
    ----------
    path : str or Path
        The clip.
    settings : ReaderSettings
        How much damage is borne.
    metadata : VideoMetadata, optional
        What the container says, if it was read already.
    stamps_s : ndarray, shape (frames,), optional
        Times of all frames, where they are known: what lies far into the clip is then jumped to.

    Attributes
    ----------
    metadata : VideoMetadata
        What the container says.
    frames_read : int
        Frames given so far in this pass.
    damaged : int
        Frames skipped so far in this pass.
    truncated : bool
        The last full pass ended before the length that the container names.
    stamps_s : ndarray, shape (frames,), or None
        Times of all frames, once a pass went over all of them and none was damaged.

    Raises
    ------
    VideoError
        The clip cannot be opened, no frame can be decoded, or too many are damaged.
    """

    def __init__(
        self,
        path: str | Path,
        settings: ReaderSettings | None = None,
        metadata: VideoMetadata | None = None,
        stamps_s: FloatArray | None = None,
    ) -> None:
        self.path = Path(path)
        self.settings = settings or ReaderSettings()
        self.metadata = metadata or read_metadata(self.path)
        self.frames_read = 0
        self.damaged = 0
        self.truncated = False
        self._capture: cv2.VideoCapture | None = None
        self.stamps_s = stamps_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back; reading again opens it anew."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def __iter__(self) -> Iterator[Frame]:
        return self.frames()

    def frames(self, wanted: Collection[int] | None = None) -> Iterator[Frame]:
        """Frames of the clip, from its start.

        Parameters
        ----------
        wanted : collection of int, optional
            Numbers of the frames to give, for instance a range; the others are passed over
            without being turned into pictures, and nothing is read behind the last. By default
            all. Once the whole clip was read, what lies far into it is jumped to.
        """
        self.close()
        self.frames_read = self.damaged = 0
        self.truncated = False
        self._capture = capture = _open(self.path)
        try:
            yield from self._frames(capture, wanted)
        finally:
            capture.release()

    def _frames(self, capture: cv2.VideoCapture, wanted: Collection[int] | None) -> Iterator[Frame]:
        import cv2

        last = None if wanted is None else max(wanted, default=-1)

        interval_s = 1.0 / (self.metadata.fps or FALLBACK_FPS)
        index, last_s = self._jump(capture, wanted or (), interval_s), -np.inf
        stamps_s = []
        for failed, image in self._pictures(capture, wanted, index):
            self.damaged += failed
            index += failed
            stamp_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
            last_s = increasing(stamp_s, last_s, interval_s)
            stamps_s.append(last_s)
            self.frames_read += 1
            if image is not None:
                yield Frame(index, last_s, image)
            index += 1
            if last is not None and index > last:
                return
        self._check_end(last_s, interval_s)
        if not self.damaged and index == len(stamps_s):
            self.stamps_s = np.array(stamps_s)

    def _jump(self, capture: cv2.VideoCapture, wanted: Collection[int], interval_s: float) -> int:
        """Go to a little before the first frame that is wanted; the number of the next frame.

        The frame that is landed on is told by its time. Where that is not one of the clip's, it is
        read from its start after all.
        """
        import cv2

        first = min(wanted, default=0)
        if self.stamps_s is None or not JUMP_FROM_FRAMES < first < len(self.stamps_s):
            return 0
        aim_s = float(self.stamps_s[first]) - JUMP_BEFORE_S
        capture.set(cv2.CAP_PROP_POS_MSEC, 1000.0 * aim_s)
        if capture.grab():
            stamp_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
            landed = int(np.argmin(np.abs(self.stamps_s - stamp_s)))
            off_s = abs(float(self.stamps_s[landed]) - stamp_s)
            if off_s < SAME_STAMP_SHARE * interval_s and landed < first:
                return landed + 1
        capture.open(str(self.path), cv2.CAP_FFMPEG)
        return 0

    def _pictures(
        self, capture: cv2.VideoCapture, wanted: Collection[int] | None, start: int
    ) -> Iterator[tuple[int, Image | None]]:
        """Pictures, each with the number of frames before it that could not be decoded.

        None for a frame that is not wanted: its colours are not worked out.
        """
        failed = ended = 0
        index = start - 1
        while ended <= self.settings.max_damaged_run:
            index += 1
            if not capture.grab():  # damage, or the end: only trying again tells
                failed += 1
                ended += 1
                continue
            ended = 0
            if wanted is not None and index not in wanted:
                yield failed, None
                failed = 0
                continue
            image = _retrieve(capture)
            if image is not None:
                yield failed, self._with_square_pixels(image)
                failed = 0
                continue
            failed += 1
            self._check_run(failed)

    def _with_square_pixels(self, image: Image) -> Image:
        """The picture as it is meant to be seen, where its pixels are wider or narrower."""
        if self.metadata.pixel_aspect == 1.0:
            return image
        import cv2

        size = (self.metadata.width_px, self.metadata.height_px)
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)

    def _check_run(self, failed: int) -> None:
        if failed > self.settings.max_damaged_run:
            raise VideoError(
                f"{failed} frames in a row cannot be decoded",
                where=str(self.path),
                fix=FIX_INCOMPLETE,
            )

    def _check_end(self, last_s: float, interval_s: float) -> None:
        if self.frames_read == 0:
            raise VideoError("no frame can be decoded", where=str(self.path), fix=FIX_INCOMPLETE)
        if last_s > 0 and (rate := (self.frames_read - 1) / last_s) > FASTEST_FPS:
            raise VideoError(
                f"its timestamps are broken: they say {rate:,.0f} frames a second",
                where=str(self.path),
                fix=FIX_TIMES,
            )
        total = self.frames_read + self.damaged
        if self.damaged > self.settings.max_damaged_share * total:
            raise VideoError(
                f"{self.damaged} of {total} frames cannot be decoded",
                where=str(self.path),
                fix=FIX_INCOMPLETE,
            )
        named_s = self.metadata.duration_s
        slack_s = max(END_SLACK_S, END_SLACK_FRAMES * interval_s)
        self.truncated = named_s is not None and last_s + interval_s < named_s - slack_s


def increasing(stamp_s: float, last_s: float, interval_s: float) -> float:
    """The frame's timestamp, or one interval after the last where the container's is broken."""
    if np.isfinite(stamp_s) and stamp_s > last_s:
        return float(stamp_s)
    return float(last_s + interval_s) if np.isfinite(last_s) else 0.0


def _retrieve(capture: cv2.VideoCapture) -> Image | None:
    import cv2

    try:
        ok, image = capture.retrieve()
    except cv2.error:
        return None
    if not ok or image.size == 0:
        return None
    return np.asarray(image, dtype=np.uint8)


def _open(path: Path) -> cv2.VideoCapture:
    import cv2

    with _quiet_opencv():
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        raise VideoError("cannot be decoded", where=str(path), fix=FIX_INCOMPLETE)
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return capture


@contextmanager
def _quiet_opencv() -> Iterator[None]:
    """Keep FFmpeg's remarks off stderr; OpenCV asks for the level on a process's first opening."""
    from cv2.utils import logging

    name, quiet = "OPENCV_FFMPEG_LOGLEVEL", "-8"
    before, level = os.environ.get(name), logging.getLogLevel()
    os.environ[name] = before or quiet
    logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(level)
        if before is None:
            del os.environ[name]
