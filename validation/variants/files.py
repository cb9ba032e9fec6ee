"""Clips as files: read with their times, written by any coder, turned by their metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from validation.variants.edits import Frames, Shown

TICK = Fraction(1, 90_000)


@dataclass(frozen=True)
class Coder:
    """How a file is made: its ending, the coder, the kind of pixels and the coder's options."""

    suffix: str
    name: str
    pixels: str
    options: tuple[tuple[str, str], ...] = ()


FAST = ("preset", "veryfast")
H264 = Coder(".mp4", "libx264", "yuv420p", (("crf", "16"), FAST))
COARSE = Coder(".mp4", "libx264", "yuv420p", (("crf", "36"), FAST))
HEVC = Coder(".mp4", "libx265", "yuv420p", (("crf", "20"), FAST, ("x265-params", "log-level=0")))
HEVC_10 = Coder(
    ".mov", "libx265", "yuv420p10le", (("crf", "20"), FAST, ("x265-params", "log-level=0"))
)
VP9 = Coder(
    ".webm",
    "libvpx-vp9",
    "yuv420p",
    (("crf", "28"), ("b", "0"), ("deadline", "realtime"), ("cpu-used", "6")),
)
PRORES = Coder(".mov", "prores_ks", "yuv422p10le")
MJPEG = Coder(".avi", "mjpeg", "yuvj420p", (("qmin", "3"), ("qmax", "3")))


def read(path: Path) -> Iterator[Shown]:
    """The pictures of a clip with their times, from 0."""
    with av.open(str(path)) as container:
        first_s = None
        for frame in container.decode(video=0):
            time_s = float(frame.time or 0.0)
            first_s = time_s if first_s is None else first_s
            yield time_s - first_s, frame.to_ndarray(format="bgr24")


def write(
    path: Path,
    frames: Frames,
    coder: Coder,
    *,
    rotation_deg: int = 0,
    metadata: Iterable[tuple[str, str]] = (),
) -> None:
    """Write pictures at their times.

    Parameters
    ----------
    path : Path
    frames : iterator of (float, ndarray)
    coder : Coder
    rotation_deg : int
        Turn that the file tells players to make, clockwise; MP4 and MOV only.
    metadata : iterable of (str, str)
        Tags of the whole file.
    """
    tags = {"movflags": "use_metadata_tags"} if path.suffix in {".mp4", ".mov"} else {}
    with av.open(str(path), "w", options=tags) as container:
        container.metadata.update(dict(metadata))
        stream = None
        times, images = [], []
        for time_s, image in frames:
            times.append(time_s)
            images.append(image)
            if stream is None and len(times) == 2:
                stream = _stream(container, coder, images[0].shape, times[1] - times[0])
            if stream is None:
                continue
            while images:
                _put(container, stream, images.pop(0), times[len(times) - len(images) - 1])
        if stream is not None:
            container.mux(stream.encode(None))
    if rotation_deg:
        set_rotation(path, rotation_deg)


def _stream(
    container: av.container.OutputContainer,
    coder: Coder,
    shape: tuple[int, ...],
    step_s: float,
) -> av.VideoStream:
    rate = Fraction(1 / step_s).limit_denominator(1001)
    stream = container.add_stream(coder.name, rate=rate, options=dict(coder.options))
    stream.height, stream.width = shape[:2]
    stream.pix_fmt = coder.pixels
    # AVI counts frames alone: its ticks are frames.
    stream.codec_context.time_base = 1 / rate if coder.suffix == ".avi" else TICK
    stream.codec_context.thread_count = 1
    return stream


def _put(
    container: av.container.OutputContainer,
    stream: av.VideoStream,
    image: np.ndarray,
    time_s: float,
) -> None:
    base = stream.codec_context.time_base
    frame = av.VideoFrame.from_ndarray(image, format="bgr24")
    frame.pts, frame.time_base = round(time_s / base), base
    container.mux(stream.encode(frame))


def set_rotation(path: Path, rotation_deg: int) -> None:
    """Write the display matrix into the MP4's track header, as phones do."""
    one = 1 << 16
    turns = {90: (0, one, -one, 0), 180: (-one, 0, 0, -one), 270: (0, -one, one, 0)}
    a, b, c, d = turns[rotation_deg]
    matrix = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], dtype=">i4").tobytes()
    content = bytearray(path.read_bytes())
    start = content.index(b"tkhd") + 4 + 40  # version 0: the matrix follows 40 bytes of fields
    content[start : start + 36] = matrix
    path.write_bytes(bytes(content))
