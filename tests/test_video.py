"""Clips are read upright, with their own times, as far as they can be read."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kneedrive_cv.config import ReaderSettings
from kneedrive_cv.errors import VideoError
from kneedrive_cv.video.ahead import read_ahead
from kneedrive_cv.video.metadata import read_metadata
from kneedrive_cv.video.reader import VideoReader, increasing
from tests import clip_maker
from tests.cli_run import environment
from tests.clip_maker import pattern, write_clip


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", (pattern(k) for k in range(60)))


def test_frames_come_with_their_index_and_time(clip: Path) -> None:
    with VideoReader(clip) as reader:
        frames = [(frame.index, frame.time_s) for frame in reader]
    assert [index for index, _ in frames] == list(range(60))
    np.testing.assert_allclose([time for _, time in frames], np.arange(60) / 30, atol=0.002)
    assert (reader.damaged, reader.truncated) == (0, False)


def test_a_reader_starts_again_from_the_first_frame(clip: Path) -> None:
    with VideoReader(clip) as reader:
        first = [frame.image_bgr.sum() for frame in reader]
        assert [frame.image_bgr.sum() for frame in reader] == first


def test_only_wanted_frames_are_given_with_their_own_numbers_and_times(clip: Path) -> None:
    every = {frame.index: frame.time_s for frame in VideoReader(clip)}
    some = list(VideoReader(clip).frames({2, 5}))
    assert [frame.index for frame in some] == [2, 5]
    assert [frame.time_s for frame in some] == [every[2], every[5]]


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    times = np.cumsum(np.tile([0.033, 0.017, 0.05, 0.033], 10))
    path = write_clip(tmp_path / "vfr.mp4", (pattern(k) for k in range(40)), times_s=list(times))
    read = [frame.time_s for frame in VideoReader(path)]
    np.testing.assert_allclose(np.diff(read), np.diff(times), atol=0.002)


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_a_rotated_clip_is_read_upright(tmp_path: Path, rotation_deg: int) -> None:
    turns = rotation_deg // 90  # the coded picture is turned back by as much as is asked for
    coded = [np.ascontiguousarray(np.rot90(pattern(k), turns)) for k in range(10)]
    path = write_clip(tmp_path / "turned.mp4", coded, rotation_deg=rotation_deg)
    metadata = read_metadata(path)
    assert (metadata.width_px, metadata.height_px) == (160, 120)
    assert metadata.rotation_deg == rotation_deg
    for frame in VideoReader(path):
        assert frame.image_bgr.shape == (120, 160, 3)
        assert frame.image_bgr[:25, :35].mean() > 180
        assert frame.image_bgr[-25:, -35:].mean() < 100


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    narrow = [pattern(k)[:, ::2].copy() for k in range(5)]
    path = write_clip(tmp_path / "narrow.mp4", narrow, pixel_aspect=Fraction(2, 1))
    metadata = read_metadata(path)
    assert (metadata.width_px, metadata.height_px, metadata.pixel_aspect) == (160, 120, 2.0)
    for k, frame in enumerate(VideoReader(path)):
        assert frame.image_bgr.shape == (120, 160, 3)
        assert np.abs(frame.image_bgr.astype(int) - pattern(k)).mean() < 8


def test_pixels_that_are_square_but_for_rounding_are_left_alone(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "near.mp4", [pattern(0)], pixel_aspect=Fraction(3160, 3159))
    assert read_metadata(path).pixel_aspect == 1.0


def test_broken_times_are_made_to_increase() -> None:
    stamps, last, result = [0.5, 0.5, 0.2, np.nan, 0.9], -np.inf, []
    for stamp in stamps:
        last = increasing(stamp, last, 0.1)
        result.append(last)
    np.testing.assert_allclose(result, [0.5, 0.6, 0.7, 0.8, 0.9])


def test_a_clip_whose_timestamps_cannot_be_true_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_maker, "TICK", Fraction(1, 15360))
    times_s = [k / 5000 for k in range(60)]
    path = write_clip(tmp_path / "clip.mp4", (pattern(k) for k in range(60)), times_s=times_s)
    with pytest.raises(VideoError, match=r"they say 5,\d{3} frames a second"):
        list(VideoReader(path))


def test_a_clip_cut_off_in_the_middle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    images = [pattern(k) for k in range(90)]
    for name, options in (("clip.mp4", {"movflags": "+faststart"}), ("clip.mkv", {})):
        path = write_clip(tmp_path / name, images, options=options)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * 0.6)])
        with VideoReader(path) as reader:
            count = sum(1 for _ in reader)
        assert 10 < count < 85, name
        assert reader.truncated, name


def test_an_mp4_without_its_index_is_refused_in_one_line(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", (pattern(k) for k in range(60)))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(VideoError, match="copy it again"):
        read_metadata(path)


def test_flipped_bytes_in_the_middle_do_not_stop_the_reading(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", (pattern(k) for k in range(90)))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    for k in range(middle, middle + 60):
        content[k] ^= 0x5A
    path.write_bytes(bytes(content))
    times = [frame.time_s for frame in VideoReader(path, ReaderSettings(max_damaged_share=1.0))]
    assert len(times) > 60
    assert np.all(np.diff(times) > 0)


READS = """
import sys
from pathlib import Path
from kneedrive_cv.config import ReaderSettings
from kneedrive_cv.errors import VideoError
from kneedrive_cv.video.metadata import read_metadata
from kneedrive_cv.video.reader import VideoReader

damaged, no_clip = map(Path, sys.argv[1:])
print(len(list(VideoReader(damaged, ReaderSettings(max_damaged_share=1.0)))))
try:
    read_metadata(no_clip)
except VideoError:
    print("refused")
"""


def test_reading_is_silent(tmp_path: Path) -> None:
    damaged = write_clip(tmp_path / "clip.mp4", (pattern(k) for k in range(60)))
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 80] = bytes(80)
    damaged.write_bytes(bytes(content))
    no_clip = tmp_path / "text.mp4"
    no_clip.write_text("no video " * 100)
    # In a process of its own: how much FFmpeg says is settled by the first clip that is opened.
    done = subprocess.run(
        [sys.executable, "-c", READS, damaged, no_clip],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    count, refused = done.stdout.split()
    assert (int(count) > 30, refused, done.stderr) == (True, "refused", "")


class FakeCapture:
    """A capture whose frames fail as told: None cannot be grabbed, False not retrieved."""

    def __init__(self, script: list[bool | None]) -> None:
        self._script = [*script, *[None] * 100]
        self._k = -1

    def grab(self) -> bool:
        self._k += 1
        return self._script[self._k] is not None

    def retrieve(self) -> tuple[bool, np.ndarray | None]:
        good = bool(self._script[self._k])
        return good, pattern(self._k) if good else None

    def get(self, _: int) -> float:
        return 1000.0 * self._k / 30

    def release(self) -> None:
        pass


def scripted(
    clip: Path, monkeypatch: pytest.MonkeyPatch, script: list[bool | None], settings: ReaderSettings
) -> VideoReader:
    monkeypatch.setattr("kneedrive_cv.video.reader._open", lambda path: FakeCapture(script))
    return VideoReader(clip, settings)


def test_a_few_damaged_frames_are_skipped_and_counted(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script: list[bool | None] = [True] * 10 + [False, None, False] + [True] * 40
    reader = scripted(clip, monkeypatch, script, ReaderSettings())
    assert [frame.index for frame in reader] == [*range(10), *range(13, 53)]
    assert reader.damaged == 3


@pytest.mark.parametrize(
    "script",
    [[True] * 10 + [False] * 40 + [True] * 500, [True, True, False] * 30, [False] * 20],
    ids=["a long run", "too large a share", "nothing at all"],
)
def test_too_much_damage_ends_it(
    clip: Path, monkeypatch: pytest.MonkeyPatch, script: list[bool | None]
) -> None:
    reader = scripted(clip, monkeypatch, script, ReaderSettings())
    with pytest.raises(VideoError, match="decoded"):
        list(reader)


def test_the_capture_rate_is_read_from_the_phones_tag(tmp_path: Path) -> None:
    tag = {"com.android.capture.fps": "240.0"}
    path = write_clip(tmp_path / "slow.mp4", (pattern(k) for k in range(5)), metadata=tag)
    metadata = read_metadata(path)
    assert metadata.capture_fps == 240.0
    assert metadata.capture_fps_tag == "com.android.capture.fps"


def test_without_a_tag_the_capture_rate_is_not_known(clip: Path) -> None:
    metadata = read_metadata(clip)
    assert metadata.capture_fps is None
    assert metadata.fps == pytest.approx(30, abs=0.5)
    assert metadata.duration_s == pytest.approx(2.0, abs=0.05)


def test_what_is_no_clip_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("not a video\n" * 50)
    (tmp_path / "text.txt").write_text("not a video\n" * 50)
    for name, reason in (
        ("missing.mp4", "no such file"),
        ("", "is a folder"),
        ("empty.mp4", "is empty"),
        ("text.mp4", "not a video"),
        ("text.txt", "not a video"),
    ):
        with pytest.raises(VideoError, match=reason) as caught:
            read_metadata(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_a_still_picture_named_mp4_is_refused(shared_path: Callable[..., Path]) -> None:
    with pytest.raises(VideoError, match="still picture"):
        read_metadata(shared_path("clips", "other", "jpeg_named_mp4.mp4"))


def test_reading_ahead_gives_the_same_items_in_order() -> None:
    assert list(read_ahead(range(100), depth=3)) == list(range(100))


def test_an_error_while_reading_ahead_reaches_the_caller() -> None:
    def source() -> Iterator[int]:
        yield 1
        raise VideoError("broken")

    items = read_ahead(source())
    assert next(items) == 1
    with pytest.raises(VideoError, match="broken"):
        next(items)


def test_stopping_early_ends_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.set()

    items = read_ahead(source(), depth=2)
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert closed.is_set()
    assert not [t for t in threading.enumerate() if t.name == "read-ahead"]


def test_what_lies_far_into_a_clip_is_jumped_to_and_is_the_same_frames(tmp_path: Path) -> None:
    """At uneven times, with pictures that hang on others before them."""
    random = np.random.default_rng(2)
    times_s = np.cumsum(random.uniform(0.02, 0.05, 700)).tolist()
    clip = write_clip(tmp_path / "long.mp4", map(pattern, range(700)), times_s=times_s)
    reader = VideoReader(clip)
    wanted = frozenset(range(600, 640, 3))
    read = {frame.index: frame for frame in reader if frame.index in wanted}
    jumped = list(reader.frames(wanted))
    assert reader.frames_read < 200
    assert [frame.index for frame in jumped] == sorted(wanted)
    for frame in jumped:
        assert frame.time_s == read[frame.index].time_s
        np.testing.assert_array_equal(frame.image_bgr, read[frame.index].image_bgr)
