"""One pass over a clip's frames, shared by everything that draws on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import Final, Protocol

import cv2
import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import VideoError
from kneedrive_cv.report.drawing import Image

FrameItem = tuple[int, Image]
"""A 0-based frame number of the container and its BGR picture."""

Progress = Callable[[str, int, int], None]
"""Told the stage, how many frames of it are done, and how many there are."""

OVERLAY_STAGE: Final = "overlay"


class FrameSink(Protocol):
    """Something that looks at each frame once."""

    def add(self, frame: int, image: Image) -> None:
        """Take one frame; the picture must not be changed nor kept."""


class StoppedError(Exception):
    """The pass was told to stop."""


def run_pass(
    frames: Iterable[FrameItem],
    sinks: Iterable[FrameSink],
    *,
    total: int,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> int:
    """Show every frame to every sink, once, in order.

    Parameters
    ----------
    frames : iterable of (int, ndarray)
        Frame number and BGR picture, in order of time.
    sinks : iterable of FrameSink
        Who looks at them. Only what a sink keeps for itself stays in memory.
    total : int
        How many frames are expected, for ``progress``.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.
    stop : threading.Event, optional
        Ends the pass at the next frame when set.

    Returns
    -------
    int
        How many frames there were.

    Raises
    ------
    StoppedError
        ``stop`` was set.
    """
    sinks = tuple(sinks)
    done = 0
    for frame, image in frames:
        if stop is not None and stop.is_set():
            raise StoppedError
        for sink in sinks:
            sink.add(frame, image)
        done += 1
        if progress is not None:
            progress(OVERLAY_STAGE, done, total)
    return done


def clip_frames(path: Path) -> Iterator[FrameItem]:
    """The frames of a clip, turned upright.

    Raises
    ------
    VideoError
        The clip cannot be opened.
    """
    capture = cv2.VideoCapture(str(path))
    try:
        if not capture.isOpened():
            raise VideoError("cannot be opened", where=str(path))
        frame = 0
        while True:
            good, image = capture.read()
            if not good:
                return
            yield frame, np.asarray(image, dtype=np.uint8)
            frame += 1
    finally:
        capture.release()


def playback_time_s(analysis: Analysis, frame: int) -> float:
    """The time at which a frame is shown, in seconds of playback.

    Frames of the athlete's track keep their own timestamps; before and after it the clip's
    median rate is used.
    """
    pose, clip = analysis.pose, analysis.result.clip
    step_s = 1.0 / clip.playback_fps
    if not len(pose):
        return frame * step_s
    known_s = pose.time_s * clip.slow_motion
    before, after = frame - int(pose.frame[0]), frame - int(pose.frame[-1])
    if before < 0:
        return float(known_s[0]) + before * step_s
    if after > 0:
        return float(known_s[-1]) + after * step_s
    return float(np.interp(frame, pose.frame, known_s))
