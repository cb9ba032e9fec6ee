"""MediaPipe's ``.task`` files: how they are packed, and made ready for crops of one person."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from kneedrive_cv.pose.mask import without_mask

DETECTOR = "pose_detector.tflite"
LANDMARKS = "pose_landmarks_detector.tflite"

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""One time for all members, so that two builds give the same bytes."""

_ALIGNMENT = 16
"""TFLite uses weights in place if they start at a multiple of this, else it copies them."""

_ZIP_HEADER_BYTES = 30
_ZIP_PADDING_ID = 0xD935


def pack_task(members: Mapping[str, bytes]) -> bytes:
    """A ``.task``: a zip of stored members, since MediaPipe takes no compressed ones.

    Parameters
    ----------
    members : mapping of str to bytes
        File name -> content.

    Returns
    -------
    bytes
        The same for the same members.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _ZIP_EPOCH)
            info.create_system = 3
            info.extra = _padding(stream.tell() + _ZIP_HEADER_BYTES + len(name))
            archive.writestr(info, data)
    return stream.getvalue()


def _padding(start: int) -> bytes:
    """A zip extra field after which data that would begin at ``start`` is aligned."""
    size = -(start + 4) % _ALIGNMENT
    return struct.pack("<HH", _ZIP_PADDING_ID, size) + bytes(size)


def write_for_crops(task: Path, detector: Path, path: Path) -> None:
    """Write a ``.task`` that reads whole crops: another detector, and no mask of the person.

    Parameters
    ----------
    task : Path
        A pose landmarker.
    detector : Path
        The TFLite file that takes the place of its detector.
    path : Path
        Where the new file goes.
    """
    with zipfile.ZipFile(task) as archive:
        landmarks = archive.read(LANDMARKS)
    path.write_bytes(
        pack_task({DETECTOR: detector.read_bytes(), LANDMARKS: without_mask(landmarks)})
    )
