"""On real footage: the athlete is followed wherever his whole body is in the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kneedrive_cv.athlete import AthleteTrack, PersonDetector, Survey, find_athlete, survey
from kneedrive_cv.config import AthleteSettings
from kneedrive_cv.video.reader import VideoReader

pytestmark = pytest.mark.slow

SETTINGS = AthleteSettings()
MODEL = Path(__file__).resolve().parent.parent / "models" / "person_detector_nanodet_416.onnx"


@dataclass(frozen=True)
class Label:
    """Seen by eye: frames with the whole body in the picture, and the middle of the trunk.

    ``gone`` is the first frame after the run without any of him, or None.
    """

    first: int
    last: int
    gone: int | None
    middle_px: dict[int, tuple[float, float]]


HATO72 = {
    "a1": Label(0, 210, 215, {10: (1061, 549), 130: (1100, 549), 175: (900, 508), 195: (455, 500)}),
    "a3": Label(0, 72, 78, {5: (1047, 527), 35: (837, 494), 50: (554, 488), 65: (208, 483)}),
    "a5": Label(0, 169, 175, {20: (1014, 583), 100: (1003, 572), 140: (740, 549), 160: (296, 538)}),
    "a8": Label(0, 150, 156, {20: (928, 527), 95: (925, 505), 120: (742, 480), 140: (332, 466)}),
    "b2": Label(0, 168, 174, {20: (208, 522), 110: (213, 519), 140: (457, 497), 160: (934, 483)}),
    "b4": Label(0, 134, 139, {10: (125, 466), 60: (119, 455), 95: (540, 433), 125: (1091, 430)}),
    "b6": Label(0, 136, 142, {20: (139, 488), 75: (136, 483), 110: (587, 452), 130: (1066, 444)}),
    "b8": Label(0, 183, 189, {30: (125, 510), 120: (103, 486), 150: (554, 472), 175: (1075, 461)}),
    "b10": Label(0, 125, 131, {20: (158, 488), 60: (130, 475), 90: (546, 452), 120: (1147, 452)}),
    "b12": Label(0, 46, 51, {2: (255, 433), 15: (471, 436), 28: (762, 430), 40: (1066, 436)}),
    "b14": Label(0, 145, 151, {20: (188, 544), 90: (158, 533), 115: (429, 497), 138: (1006, 477)}),
    "running": Label(
        9, 182, None, {20: (145, 470), 70: (618, 466), 120: (1080, 466), 170: (1545, 455)}
    ),
}


@cache
def _surveyed(path: Path) -> Survey:
    return survey(VideoReader(path), PersonDetector(MODEL), SETTINGS)


def _followed(path: Path) -> AthleteTrack:
    return find_athlete(_surveyed(path), SETTINGS)


@pytest.mark.parametrize("name", HATO72)
def test_the_athlete_is_followed_while_his_whole_body_is_in_the_picture(
    shared_path: Callable[..., Path], name: str
) -> None:
    label = HATO72[name]
    crops = _followed(shared_path("clips", "hato72", f"{name}.mp4")).crops
    whole = np.arange(label.first, label.last + 1)
    assert np.isin(whole, crops.frame).mean() >= 0.95
    if label.gone is not None:
        assert crops.frame.max() < label.gone


@pytest.mark.parametrize("name", HATO72)
def test_the_box_is_on_the_athlete_and_the_crop_holds_him(
    shared_path: Callable[..., Path], name: str
) -> None:
    crops = _followed(shared_path("clips", "hato72", f"{name}.mp4")).crops
    for frame, middle in HATO72[name].middle_px.items():
        k = int(np.flatnonzero(crops.frame == frame)[0])
        left, top, right, bottom = crops.box[k]
        assert left < middle[0] < right, frame
        assert top < middle[1] < bottom, frame
        away = np.hypot(*(crops.center_px[k] - middle))
        assert away < 0.2 * crops.side_px[k], frame


@pytest.mark.parametrize("name", HATO72)
def test_he_never_jumps(shared_path: Callable[..., Path], name: str) -> None:
    crops = _followed(shared_path("clips", "hato72", f"{name}.mp4")).crops
    step = np.hypot(*np.diff(crops.center_px, axis=0).T) / crops.side_px[1:]
    assert step.max() < 0.3
    assert np.abs(np.diff(np.log(crops.side_px))).max() < 0.02


def test_only_the_clip_with_doubled_frames_has_repeats(shared_path: Callable[..., Path]) -> None:
    for name in HATO72:
        repeated = _surveyed(shared_path("clips", "hato72", f"{name}.mp4")).repeated
        if name == "running":
            assert repeated.mean() == pytest.approx(2 / 3, abs=0.05)
        else:
            assert not repeated.any(), name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("treadmill_side_left", 0, 359),
        ("woman_side_right", 5, 29),
        ("walking", 45, 340),
        ("block_start_slowmo", 0, 332),
    ],
)
def test_other_clips_are_followed_without_repeats(
    shared_path: Callable[..., Path], name: str, first: int, last: int
) -> None:
    path = shared_path("clips", "other", f"{name}.mp4")
    frame = _followed(path).crops.frame
    assert np.isin(np.arange(first, last + 1), frame).mean() >= 0.95
    if name == "woman_side_right":
        assert frame.max() < 35
    assert not _surveyed(path).repeated.any()
