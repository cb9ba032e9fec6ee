"""One pass over a clip's frames, shared by everything that draws on them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing
from threading import Event
from typing import Final, Protocol

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import ReaderSettings
from kneedrive_cv.video.ahead import read_ahead
from kneedrive_cv.video.reader import Frame, VideoReader

Progress = Callable[[str, int, int], None]
"""Called with the stage, the frames done in it and how many there will be."""

OVERLAY_STAGE: Final = "drawing the overlay"
_LEAD_S: Final = 0.5
_BLANK: Final = 44
"""Grey of a frame without a picture: dark, so that the skeleton stands out."""


class FrameSink(Protocol):
    """Something that looks at each frame once."""

    def add(self, frame: Frame) -> None:
        """Take one frame; the picture must not be changed nor kept."""


class StoppedError(Exception):
    """The pass was told to stop."""


def run_pass(
    frames: Iterable[Frame],
    sinks: Iterable[FrameSink],
    *,
    total: int,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> int:
    """Show every frame to every sink, once, in order.

    Parameters
    ----------
    frames : iterable of Frame
        In order of time; each is let go before the next is asked for.
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
    for frame in frames:
        if stop is not None and stop.is_set():
            raise StoppedError
        for sink in sinks:
            sink.add(frame)
        done += 1
        if progress is not None:
            progress(OVERLAY_STAGE, done, total)
    return done


def run_frames(analysis: Analysis) -> range:
    """Numbers of the frames in which a pose was read, and half a second around them."""
    clip = analysis.result.clip
    lead = round(_LEAD_S * clip.playback_fps)
    first, last = int(analysis.pose.frame[0]), int(analysis.pose.frame[-1])
    end = clip.frames + clip.frames_damaged
    return range(max(0, first - lead), min(last + lead + 1, end))


def clip_frames(analysis: Analysis, wanted: Collection[int] | None = None) -> Generator[Frame]:
    """The frames of the run once more, read as they were read before; blank without a clip.

    Parameters
    ----------
    analysis : Analysis
    wanted : collection of int, optional
        Numbers of the frames; by default those of the run.

    Raises
    ------
    VideoError
        The clip cannot be read any longer.
    """
    numbers = run_frames(analysis) if wanted is None else wanted
    if not analysis.result.clip.codec:
        yield from blank_frames(analysis, numbers)
        return
    settings = analysis.result.settings.get("reader")
    reader = VideoReader(
        analysis.clip_path,
        ReaderSettings.model_validate(settings) if isinstance(settings, dict) else None,
        stamps_s=analysis.frame_times_s,
    )
    # Closed in any case: the thread that reads ahead must not outlive an interrupted pass.
    with reader, closing(read_ahead(reader.frames(numbers))) as frames:
        yield from frames


def blank_frames(analysis: Analysis, numbers: Collection[int]) -> Generator[Frame]:
    """Frames with nothing on them, for a pose without a clip."""
    clip, pose = analysis.result.clip, analysis.pose
    image = np.full((clip.height_px, clip.width_px, 3), _BLANK, np.uint8)
    slow = clip.slow_motion
    rate_hz = clip.playback_fps or 1.0
    known = dict(zip(pose.frame.tolist(), (pose.time_s * slow).tolist(), strict=True))
    start_s = pose.time_s[0] * slow - pose.frame[0] / rate_hz
    for number in sorted(n for n in numbers if 0 <= n < clip.frames):
        yield Frame(number, known.get(number, start_s + number / rate_hz), image)
