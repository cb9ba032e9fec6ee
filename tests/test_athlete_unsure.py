"""The track says where it may have lost the athlete or taken another for him."""

from __future__ import annotations

import numpy as np

from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.athlete.track import Track
from kneedrive_cv.athlete.unsure import CROSSED, MISSED, find_unsure
from kneedrive_cv.result import UnsureFrames
from kneedrive_cv.technique.doubted import doubted
from tests.test_scale import quality_of, stride_of, travel_of

FRAMES = 60


def survey_of(searched: np.ndarray) -> Survey:
    class Seen:
        frame = np.arange(FRAMES)
        width_px = 1280
        height_px = 720

        def __init__(self) -> None:
            self.searched = searched

    return Seen()  # type: ignore[return-value]


def track_of(x: np.ndarray, seen: np.ndarray, *, tall: float = 200.0) -> Track:
    box = np.column_stack([x, np.full(FRAMES, 300.0), x + 80, np.full(FRAMES, 300.0 + tall)])
    return Track(np.arange(FRAMES), box, np.ones(FRAMES), seen)


EVERY_FIFTH = np.arange(FRAMES) % 5 == 0
RUNS = np.linspace(100, 1000, FRAMES)


def test_somebody_alone_is_sure() -> None:
    assert find_unsure(track_of(RUNS, EVERY_FIFTH), [], survey_of(EVERY_FIFTH)) == []


def test_a_person_of_his_size_who_crosses_him_makes_it_unsure() -> None:
    other = track_of(np.full(FRAMES, 560.0), EVERY_FIFTH)
    (span,) = find_unsure(track_of(RUNS, EVERY_FIFTH), [other], survey_of(EVERY_FIFTH))
    assert span.reason == CROSSED
    middle = (span.first_frame + span.last_frame) / 2
    assert abs(RUNS[round(middle)] - 560) < 30


def test_a_small_spectator_behind_him_does_not() -> None:
    other = track_of(np.full(FRAMES, 560.0), EVERY_FIFTH, tall=90)
    assert find_unsure(track_of(RUNS, EVERY_FIFTH), [other], survey_of(EVERY_FIFTH)) == []


def test_looks_that_miss_him_make_it_unsure() -> None:
    seen = EVERY_FIFTH & ~((np.arange(FRAMES) >= 20) & (np.arange(FRAMES) <= 35))
    (span,) = find_unsure(track_of(RUNS, seen), [], survey_of(EVERY_FIFTH))
    assert span.reason == MISSED
    assert span.first_frame == 20
    assert 35 <= span.last_frame <= 40


def test_a_stride_in_unsure_frames_is_of_low_confidence_with_the_reason() -> None:
    stride = stride_of().model_copy(update={"travel": travel_of(quality_of(), None)})
    unsure = [UnsureFrames(first_frame=20, last_frame=30, reason=CROSSED)]
    (told,) = doubted([stride], unsure, 4.0, "sprint")
    assert told.travel["speed_legps"].reason == CROSSED
    assert told.travel["speed_legps"].status == "low_confidence"
    later = [UnsureFrames(first_frame=40, last_frame=50, reason=CROSSED)]
    assert doubted([stride], later, 4.0, "sprint") == [stride]
