"""Reading clips and writing the overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneedrive_cv.lazy import lazily

if TYPE_CHECKING:
    from kneedrive_cv.video.metadata import VideoMetadata, read_metadata
    from kneedrive_cv.video.reader import Frame, VideoReader

__all__ = [
    "Frame",
    "VideoMetadata",
    "VideoReader",
    "read_metadata",
]

_HOMES = {
    "VideoMetadata": "kneedrive_cv.video.metadata",
    "read_metadata": "kneedrive_cv.video.metadata",
    "Frame": "kneedrive_cv.video.reader",
    "VideoReader": "kneedrive_cv.video.reader",
}

__getattr__, __dir__ = lazily(__name__, _HOMES)
