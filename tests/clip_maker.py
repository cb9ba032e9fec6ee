"""Make small clips for the tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from validation.variants.files import set_rotation

Image = NDArray[np.uint8]
TICK = Fraction(1, 1000)


def write_clip(
    path: Path,
    images: Iterable[Image],
    *,
    times_s: Sequence[float] | None = None,
    fps: int = 30,
    rotation_deg: int = 0,
    options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
    pixel_aspect: Fraction | None = None,
) -> Path:
    """Write pictures as H.264; the times may be uneven, a rotation goes into the metadata."""
    flags = {"movflags": "use_metadata_tags" + (options or {}).get("movflags", "")}
    container = av.open(str(path), "w", options=flags if path.suffix in {".mp4", ".mov"} else {})
    container.metadata.update(metadata or {})
    stream = None
    for k, image in enumerate(images):
        if stream is None:
            stream = container.add_stream("libx264", rate=fps)
            stream.height, stream.width = image.shape[:2]
            stream.pix_fmt = "yuv420p"
            if pixel_aspect is not None:
                stream.codec_context.sample_aspect_ratio = pixel_aspect
            stream.options = {"crf": "18", "g": "12", "bf": "0"}
            stream.codec_context.time_base = stream.time_base = TICK
        frame = av.VideoFrame.from_ndarray(image, format="bgr24")
        frame.pts = round((times_s[k] if times_s is not None else k / fps) / TICK)
        frame.time_base = TICK
        container.mux(stream.encode(frame))
    assert stream is not None
    container.mux(stream.encode(None))
    container.close()
    if rotation_deg:
        set_rotation(path, rotation_deg)
    return path


def pattern(k: int, size: tuple[int, int] = (160, 120)) -> Image:
    """A picture whose upper left is bright, with a square that moves right with ``k``."""
    width, height = size
    image = np.full((height, width, 3), 60, np.uint8)
    image[: height // 4, : width // 4] = 230
    x = 10 + 4 * k % (width - 40)
    image[height // 2 : height // 2 + 20, x : x + 20] = (40, 90, 220)
    return image
