"""Frames that an editor mixed of their neighbours to slow a clip."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kneedrive_cv.athlete import survey
from kneedrive_cv.athlete.blends import find_blends, unmixed_share
from kneedrive_cv.video.reader import VideoReader
from tests.clip_maker import write_clip
from tests.test_athlete import SETTINGS, BarDetector


def mixed(images, times):
    """As many more pictures, each of the new ones mixed of those beside it."""
    return [
        np.round(first + (second - first) * (k / times)).astype(np.uint8)
        for first, second in pairwise(images)
        for k in range(times)
    ]


@pytest.mark.parametrize("times", [2, 4])
@pytest.mark.parametrize("crf", ["18", "30"])
def test_a_clip_slowed_by_mixing_gives_back_the_frames_that_were_filmed(
    sample_clip: Path, tmp_path: Path, times: int, crf: str
) -> None:
    images = [f.image_bgr.astype(float) for f in VideoReader(sample_clip) if f.index < 40][::2]
    slowed = mixed(images, times)
    clip = write_clip(tmp_path / "slowed.mp4", slowed, options={"crf": crf})
    seen = survey(VideoReader(clip), BarDetector([]), SETTINGS)
    inner = slice(times, len(slowed) - times)  # at the ends no filmed frame stands beyond
    np.testing.assert_array_equal(
        seen.repeated[inner], (np.arange(len(slowed)) % times != 0)[inner]
    )


def test_a_clip_as_it_was_filmed_holds_no_mixed_frames(sample_clip: Path) -> None:
    seen = survey(VideoReader(sample_clip), BarDetector([]), SETTINGS)
    assert not seen.repeated.any()


def test_a_high_frame_rate_is_no_mixing_though_each_frame_is_nearly_the_mean_of_its_neighbours():
    assert not find_blends(np.full(200, 0.05)).any()


def test_a_few_frames_that_happen_to_be_between_their_neighbours_stay():
    unmixed = np.full(200, 0.6)
    unmixed[::50] = 0.01
    assert not find_blends(unmixed).any()


def test_what_hardly_moves_or_only_repeats_says_nothing_about_mixing():
    random = np.random.default_rng(0)
    still = random.integers(100, 104, (90, 160)).astype(np.uint8)
    moved = still.copy()
    moved[20:60, 40:80] = 220
    assert np.isnan(unmixed_share(still, still, still))
    assert np.isnan(unmixed_share(still, still, moved))
