"""The writer of H.264 clips that play in every browser."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.errors import OutputError

if TYPE_CHECKING:
    import av.container
    import av.video.stream

_TIME_BASE: Final = Fraction(1, 90_000)
"""Fine enough for the timestamps of every phone; frame rates are not taken for granted."""
_BT601: Final = 6
_LIMITED_RANGE: Final = 1
"""The colours as OpenCV converts them; unsaid, players would guess by the picture's size."""
_ENCODER: Final = {
    "preset": "ultrafast",
    "crf": "26",
    "bf": "0",
    "rc-lookahead": "0",
    "g": "30",
    "maxrate": "9M",
    "bufsize": "9M",
}
"""The least work an encoder can do, for up to three times the bytes; and without frames that lean
on later ones browsers step through a clip more surely. A whole picture comes every 30 frames, so
that a browser that goes back has few to decode. The rate is bounded: with base64 on top, six
seconds take at most 9 MB of a report."""
_CODEC: Final = "libx264"


def can_write() -> bool:
    """Whether the installed PyAV brings the H.264 encoder; its wheels do."""
    import av

    try:
        av.Codec(_CODEC, "w")
    except ValueError:
        return False
    return True


class OverlayWriter:
    """Writes frames with their own timestamps as H.264, yuv420p, playable while it loads.

    Used as a context manager. The file has a temporary name until it is whole; on an error it
    is removed.

    Parameters
    ----------
    path : Path
        The file to be written, ending in ``.mp4``; an older one is replaced.
    threads : int
        Threads of the encoder; 0 leaves it to the encoder.

    Raises
    ------
    OutputError
        The file cannot be written.
    """

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        self.path = path
        self.frames = 0
        self._threads = threads
        self._part = path.with_name(f".{path.name}.part")
        self._container: av.container.OutputContainer | None = None
        self._stream: av.video.stream.VideoStream | None = None
        self._size = (0, 0)
        self._last_pts = -1
        self._first_s = 0.0

    def __enter__(self) -> Self:
        import av

        try:
            self._part.touch()  # the encoder's library says only later, and less well, why not
            self._container = av.open(
                str(self._part), "w", format="mp4", options={"movflags": "+faststart"}
            )
        except OSError as error:
            raise self._error(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._close(whole=kind is None)
        except OSError as failed:
            raise self._error(failed) from failed
        finally:
            self._part.unlink(missing_ok=True)

    def write(self, image_bgr: NDArray[np.uint8], time_s: float) -> float:
        """Append a frame.

        Parameters
        ----------
        image_bgr : ndarray, shape (H, W, 3)
            All frames have the size of the first; an odd edge loses its last pixel.
        time_s : float
            When it is shown, in seconds of playback. The first frame is put at zero; a time
            that does not increase is moved just behind the one before.

        Returns
        -------
        float
            When the file shows it, in seconds.
        """
        import av

        stream = self._stream or self._open_stream(image_bgr)
        width, height = self._size
        if not self.frames:
            self._first_s = time_s
        # OpenCV converts five times as fast as the encoder library's own scaler.
        yuv = cv2.cvtColor(image_bgr[:height, :width], cv2.COLOR_BGR2YUV_I420)
        frame = av.VideoFrame.from_ndarray(np.asarray(yuv, dtype=np.uint8), format="yuv420p")
        pts = round((time_s - self._first_s) / _TIME_BASE)
        self._last_pts = frame.pts = max(pts, self._last_pts + 1)
        frame.time_base = _TIME_BASE
        self.frames += 1
        try:
            self._mux(stream, frame)
        except OSError as error:
            raise self._error(error) from error
        return float(self._last_pts * _TIME_BASE)

    def _open_stream(self, image: NDArray[np.uint8]) -> av.video.stream.VideoStream:
        assert self._container is not None, "OverlayWriter is used in a with statement"
        self._size = (image.shape[1] // 2 * 2, image.shape[0] // 2 * 2)
        stream = self._container.add_stream(_CODEC, rate=30)
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = _TIME_BASE
        stream.codec_context.thread_count = self._threads
        stream.codec_context.colorspace = _BT601
        stream.codec_context.color_range = _LIMITED_RANGE
        stream.options = dict(_ENCODER)
        self._stream = stream
        return stream

    def _mux(self, stream: av.video.stream.VideoStream, frame: av.VideoFrame | None) -> None:
        assert self._container is not None
        for packet in stream.encode(frame):
            self._container.mux(packet)

    def _close(self, *, whole: bool) -> None:
        assert self._container is not None
        try:
            if whole and self._stream is not None:
                self._mux(self._stream, None)
        finally:
            self._container.close()
        if whole and self.frames:
            self._part.replace(self.path)

    def _error(self, error: OSError) -> OutputError:
        reason = error.strerror or str(error)
        return OutputError(
            f"cannot be written ({reason})", where=str(self.path), fix="Choose another --out."
        )
