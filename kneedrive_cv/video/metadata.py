"""What a clip says of itself: size, rotation, codec, rates and length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kneedrive_cv.errors import ConfigError, VideoError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# Phones write the rate of capture under these names when it differs from the playback's.
CAPTURE_RATE_TAGS = (
    "com.android.capture.fps",
    "com.apple.quicktime.full-frame-rate-playback-intent.fps",
    "com.apple.quicktime.capture.fps",
    "com.apple.quicktime.camera.framerate",
    "com.apple.quicktime.framerate",
)
RECORDED_TAGS = ("com.apple.quicktime.creationdate", "creation_time")
FORMAT_EPOCH_YEAR = 1970
FIX_NOT_A_VIDEO = "Give a clip as the phone recorded it (mp4, mov, mkv)."
FIX_INCOMPLETE = "If it was copied from a phone, copy it again: a part may be missing."
PROBE_PACKETS = 60
SQUARE_PIXEL = 0.01
WIDEST_PIXEL = 4.0


@dataclass(frozen=True)
class VideoMetadata:
    """What the container says of a clip; nothing here is measured from the pictures.

    Attributes
    ----------
    path : Path
        The clip.
    width_px, height_px : int
        Size as displayed, with square pixels, after rotation.
    rotation_deg : int
        Clockwise turn that sets the coded picture upright: 0, 90, 180 or 270.
    codec : str
        Name of the video codec.
    fps : float or None
        Mean rate of playback, in frames a second.
    duration_s : float or None
        Length of playback.
    capture_fps : float or None
        Rate at which the camera took the pictures, where a tag says it.
    capture_fps_tag : str or None
        The tag that says it.
    recorded : str
        Date of the recording, YYYY-MM-DD; empty where no tag says it.
    pixel_aspect : float
        Width over height of a pixel as coded; the reader makes pixels square.
    """

    path: Path
    width_px: int
    height_px: int
    rotation_deg: int
    codec: str
    fps: float | None
    duration_s: float | None
    capture_fps: float | None = None
    capture_fps_tag: str | None = None
    recorded: str = ""
    pixel_aspect: float = 1.0


def read_metadata(path: str | Path) -> VideoMetadata:
    """Read what the container says of a clip.

    Parameters
    ----------
    path : str or Path
        The clip.

    Returns
    -------
    VideoMetadata

    Raises
    ------
    VideoError
        There is no such file, or it is a folder, empty, no video, or a still picture.
    """
    clip = Path(path)
    check_file(clip)
    with _quiet_av(), _opened(clip) as container:
        return _describe(container, clip)


def check_file(path: Path) -> None:
    """Refuse what cannot be a clip before any decoder sees it.

    Raises
    ------
    VideoError
        There is no such file, or it is a folder or empty, or its name cannot be spelt.
    """
    where = str(path)
    if not _is_unicode(where):  # OpenCV would crash on it
        shown = where.encode(errors="backslashreplace").decode()
        raise VideoError("the name is no valid text (UTF-8)", where=shown, fix="Rename the file.")
    try:
        if path.is_dir():
            raise VideoError("is a folder, not a clip", where=where, fix="Name one file in it.")
        if path.stat().st_size == 0:
            raise VideoError("the file is empty", where=where, fix=FIX_INCOMPLETE)
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise VideoError("no such file", where=where, fix="Check the path.") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise VideoError(f"cannot be read ({reason})", where=where) from error


def check_other(clip: str | Path, also: str | Path) -> None:
    """Refuse the same file as a second view: it would seem to have added nothing.

    Raises
    ------
    ConfigError
        Both are one file.
    """
    try:
        same = Path(clip).samefile(also)
    except OSError:  # one is missing: that is told where it is read
        return
    if same:
        fix = "Give a clip of the same run from another view."
        raise ConfigError("the second clip is the first one", where=str(also), fix=fix)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _describe(container: InputContainer, path: Path) -> VideoMetadata:
    if not container.streams.video:
        raise VideoError("has no video in it", where=str(path), fix=FIX_NOT_A_VIDEO)
    stream = container.streams.video[0]
    _refuse_stills(container, path)
    rotation_deg = _rotation_deg(container, stream)
    context = stream.codec_context
    width_px, height_px = int(context.width or 0), int(context.height or 0)
    if width_px <= 0 or height_px <= 0:
        raise VideoError(
            "holds no picture that can be decoded", where=str(path), fix=FIX_INCOMPLETE
        )
    aspect = _pixel_aspect(stream)
    width_px = round(width_px * aspect)
    if rotation_deg % 180:
        width_px, height_px = height_px, width_px
    capture_fps, tag = _capture_rate(container.metadata, stream.metadata)
    return VideoMetadata(
        path=path,
        width_px=width_px,
        height_px=height_px,
        rotation_deg=rotation_deg,
        codec=str(context.name),
        fps=_positive(stream.average_rate) or _positive(stream.guessed_rate),
        duration_s=_duration_s(container, stream),
        capture_fps=capture_fps,
        capture_fps_tag=tag,
        recorded=_recorded(container.metadata, stream.metadata),
        pixel_aspect=aspect,
    )


def _refuse_stills(container: InputContainer, path: Path) -> None:
    name = container.format.name
    if name.endswith("_pipe") or name.startswith("image2"):
        raise VideoError("is a still picture, not a video", where=str(path), fix=FIX_NOT_A_VIDEO)
    if name == "tty":  # FFmpeg plays plain text as a video of letters
        raise VideoError("is text, not a video", where=str(path), fix=FIX_NOT_A_VIDEO)


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return _positive(stream.duration * stream.time_base)
    if container.duration:
        return _positive(container.duration / 1_000_000)
    return None


def _rotation_deg(container: InputContainer, stream: VideoStream) -> int:
    """Rotation stands on the decoded frame; a few packets may be needed to get one."""
    import av

    try:
        for count, packet in enumerate(container.demux(stream)):
            for frame in packet.decode():
                return round(-frame.rotation / 90) * 90 % 360
            if count >= PROBE_PACKETS:
                break
    except av.FFmpegError:
        pass
    return 0


def _pixel_aspect(stream: VideoStream) -> float:
    """Width over height of a pixel as coded: camcorders store 1440 for 1920 columns."""
    aspect = _positive(stream.sample_aspect_ratio) or 1.0
    if not 1 / WIDEST_PIXEL < aspect < WIDEST_PIXEL or abs(aspect - 1.0) < SQUARE_PIXEL:
        return 1.0
    return aspect


def _capture_rate(*tag_sets: Mapping[str, str]) -> tuple[float | None, str | None]:
    for tags in tag_sets:
        lowered = {key.lower(): value for key, value in tags.items()}
        for name in CAPTURE_RATE_TAGS:
            rate = _positive(lowered.get(name))
            if rate is not None:
                return rate, name
    return None, None


def _recorded(*tag_sets: Mapping[str, str]) -> str:
    """The day in the phone's own time zone where it is said, else in UTC."""
    for name in RECORDED_TAGS:
        for tags in tag_sets:
            day = tags.get(name, "")[:10]
            try:
                # Cameras without a clock write the year in which their format begins.
                if date.fromisoformat(day).year > FORMAT_EPOCH_YEAR:
                    return day
            except ValueError:
                continue
    return ""


def _positive(value: Any) -> float | None:
    """A number above zero as a float, else None (PyAV's rationals differ by version)."""
    try:
        number = float(value) if value else 0.0
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if 0 < number < float("inf") else None


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    import av

    try:
        container = av.open(str(path), mode="r", metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        what = "is not a video that can be read"
        raise VideoError(what, where=str(path), fix=_fix_for(path)) from error
    with container:
        yield container


def _fix_for(path: Path) -> str:
    """An MP4 whose head is right but that does not open has lost its index at the end."""
    with path.open("rb") as file:
        head = file.read(12)
    return FIX_INCOMPLETE if head[4:8] == b"ftyp" else FIX_NOT_A_VIDEO


@contextmanager
def _quiet_av() -> Iterator[None]:
    import av.logging

    level = av.logging.get_level()
    av.logging.set_level(None)
    try:
        yield
    finally:
        av.logging.set_level(level)
