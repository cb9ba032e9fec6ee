"""Pictures of a run as a notebook shows them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.report.drawing import Image
from kneedrive_cv.report.frames import clip_frames, run_pass
from kneedrive_cv.report.kinogram import KinogramCollector, moments
from kneedrive_cv.report.overlay import OverlayPainter
from kneedrive_cv.report.stills import STILL_SIZE_PX, Still, picture, to_png
from kneedrive_cv.report.window import Window, body_centre, running_height_px
from kneedrive_cv.video.reader import Frame

_ROOM = 1.3


@dataclass(frozen=True)
class Picture:
    """A picture that a notebook shows.

    Attributes
    ----------
    image_rgb : ndarray of uint8, shape (H, W, 3)
    alt : str
        What is to be seen.
    """

    image_rgb: NDArray[np.uint8]
    alt: str

    @classmethod
    def of(cls, image_bgr: Image, alt: str) -> Picture:
        """From a picture as OpenCV has it."""
        return cls(np.ascontiguousarray(image_bgr[..., ::-1]), alt)

    def save(self, path: str | Path) -> Path:
        """Write it as a file; the ending says which kind.

        Raises
        ------
        OutputError
            It cannot be written, or nobody knows the ending.
        """
        target = Path(path)
        try:
            ok, data = cv2.imencode(target.suffix or ".", self.image_rgb[..., ::-1])
            if ok:
                target.write_bytes(data.tobytes())
                return target
        except (cv2.error, OSError) as error:
            raise OutputError("cannot be written", where=str(path)) from error
        raise OutputError("cannot be written", where=str(path))

    def _repr_png_(self) -> bytes:
        return to_png(np.ascontiguousarray(self.image_rgb[..., ::-1]))

    def __repr__(self) -> str:
        height, width = self.image_rgb.shape[:2]
        return f"<Picture {width} x {height}: {self.alt}>"


class Plot(Figure):
    """A figure of matplotlib that a notebook shows without pyplot."""

    def _repr_png_(self) -> bytes:
        data = BytesIO()
        self.savefig(data, format="png", bbox_inches="tight")
        return data.getvalue()


def read_frame(analysis: Analysis, number: int) -> Frame:
    """One frame of the clip.

    Raises
    ------
    ConfigError
        There is no such frame.
    VideoError
        The clip cannot be read any longer.
    """
    with closing(clip_frames(analysis, {number})) as frames:
        for frame in frames:
            if frame.index == number:
                return frame
    last = analysis.result.clip.frames + analysis.result.clip.frames_damaged - 1
    raise ConfigError(
        f"has no frame {number}", where=str(analysis.clip_path), fix=f"The last one is {last}."
    )


def frame_picture(analysis: Analysis, number: int, *, near: bool) -> Picture:
    """A frame with the skeleton: around the athlete, or whole as the overlay shows it."""
    frame = read_frame(analysis, number)
    centre = body_centre(analysis.pose, number) if near else None
    alt = f"Frame {number} of {analysis.result.clip.name} with the skeleton"
    if centre is None:
        return Picture.of(OverlayPainter(analysis).paint(frame), alt)
    seen_px = running_height_px(analysis) * _ROOM
    width, height = STILL_SIZE_PX
    window = Window.about(centre, seen_px=seen_px, width_px=width, height_px=height)
    still = Still(key="", frame=number, side="left", draw=None, text="")
    return Picture.of(picture(analysis, frame.image_bgr, window, still), alt)


def kinogram_picture(analysis: Analysis) -> Picture:
    """The kinogram.

    Raises
    ------
    ConfigError
        No whole stride was seen.
    VideoError
        The clip cannot be read any longer.
    """
    wanted = {moment.frame for moment in moments(analysis)}
    collector = KinogramCollector(analysis)
    with closing(clip_frames(analysis, wanted or {0})) as frames:
        run_pass(frames, [collector], total=len(wanted))
    image = collector.render()
    if image is None:
        raise ConfigError("shows no whole stride", where=analysis.result.clip.name)
    return Picture.of(image, collector.alt())
