"""The overlay: what is painted on each frame, and how it reaches the writer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import OutputError
from kneedrive_cv.report.frames import clip_frames
from kneedrive_cv.report.overlay import OverlayPainter, OverlaySink, overlay_size
from kneedrive_cv.video.reader import Frame
from kneedrive_cv.video.writer import OverlayWriter
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis(missing=slice(90, 93))


def _few(analysis: Analysis, n: int = 8) -> Iterator[Frame]:
    with closing(clip_frames(analysis)) as frames:
        yield from islice(frames, n)


@pytest.mark.parametrize("size", [(3840, 2160), (1081, 1921), (640, 361), (1280, 720)])
def test_the_overlay_is_even_and_no_longer_than_1280(size: tuple[int, int]) -> None:
    width, height = overlay_size(*size)
    assert width % 2 == height % 2 == 0
    assert max(width, height) <= 1280
    assert width / height == pytest.approx(size[0] / size[1], rel=0.01)


def test_painting_leaves_the_frame_as_it_was(analysis: Analysis) -> None:
    (frame,) = _few(analysis, 1)
    before = frame.image_bgr.copy()
    drawn = OverlayPainter(analysis).paint(frame)
    assert np.array_equal(frame.image_bgr, before)
    assert not np.array_equal(drawn, before)


def test_a_frame_outside_of_the_track_is_painted_without_a_skeleton(analysis: Analysis) -> None:
    (frame,) = _few(analysis, 1)
    drawn = OverlayPainter(analysis).paint(Frame(5000, 83.0, frame.image_bgr))
    assert np.array_equal(drawn[100:500], frame.image_bgr[100:500])


def test_every_frame_of_a_pass_is_written_in_its_order(analysis: Analysis, tmp_path: Path) -> None:
    with OverlayWriter(tmp_path / "o.mp4") as writer, ThreadPoolExecutor(1) as thread:
        sink = OverlaySink(analysis, writer, thread)
        for frame in _few(analysis, 12):
            sink.add(frame)
        sink.finish()
    assert writer.frames == 12
    assert [shown.frame for shown in sink.shown] == list(range(12))
    times_s = [shown.at_s for shown in sink.shown]
    assert times_s == sorted(times_s)


def test_what_goes_wrong_in_the_writer_ends_the_pass(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where fewer frames than may wait have come."""

    def full(self: OverlayWriter, image: object, time_s: float) -> float:
        raise OutputError("cannot be written (disk full)", where="o.mp4", fix="Free some.")

    def write_two() -> None:
        with OverlayWriter(tmp_path / "o.mp4") as writer, ThreadPoolExecutor(1) as thread:
            sink = OverlaySink(analysis, writer, thread)
            for frame in _few(analysis, 2):
                sink.add(frame)
            sink.finish()

    monkeypatch.setattr(OverlayWriter, "write", full)
    with pytest.raises(OutputError, match="disk full"):
        write_two()
    assert list(tmp_path.iterdir()) == []
