"""Faint detections prolong a track, as before, without each looking at all the others."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.athlete.linking import MAX_GAP_S, Chain
from kneedrive_cv.athlete.track import _Faint, link
from kneedrive_cv.config import AthleteSettings


def survey_of(time_s: np.ndarray, row: np.ndarray, box: np.ndarray, score: np.ndarray):
    """What the first pass saw, of a background that stands still."""
    n = len(time_s)
    return SimpleNamespace(
        time_s=time_s,
        row=row,
        box=box,
        score=score,
        look=np.zeros((len(row), 3)),
        width_px=1280,
        height_px=720,
        frame=np.arange(n),
        searched=np.ones(n, dtype=bool),
        change=np.zeros((n, 9, 16), dtype=np.uint8),
        background_motion=np.tile(np.array([[1.0, 0, 0], [0, 1.0, 0]]), (n, 1, 1)),
        __len__=lambda: n,
    )


class Counting(Chain):
    """Counts how often it is asked."""

    def __init__(self, motion: np.ndarray) -> None:
        super().__init__(motion)
        self.asked = 0

    def between(self, start: int, stop: int) -> np.ndarray:
        self.asked += 1
        return super().between(start, stop)


@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=40),
    st.floats(0, 20),
    st.sampled_from([-1, 1]),
)
def test_those_near_in_time_are_all_within_reach_that_are_free_the_nearest_first(
    times: list[float], at_s: float, step: int
) -> None:
    time_s = np.unique(times)
    rows = np.arange(len(time_s))
    survey = survey_of(time_s, rows, np.zeros((len(rows), 4)), np.full(len(rows), 0.1))
    faint = _Faint(survey, 0.5)
    faint.free[::3] = False
    found = faint.near(at_s, step)
    ahead_s = step * (time_s - at_s)
    # a time on the very edge may fall to either side by rounding
    wanted = {k for k in rows if faint.free[k] and 0 < ahead_s[k] <= MAX_GAP_S - 1e-9}
    assert wanted <= set(found)
    assert all(faint.free[k] and 0 < ahead_s[k] <= MAX_GAP_S + 1e-9 for k in found)
    assert found == sorted(found, key=lambda k: ahead_s[k])


@pytest.mark.parametrize("minutes", [1, 4])
def test_the_work_grows_with_the_faint_detections_and_not_with_their_square(
    minutes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    time_s = np.arange(0, 60.0 * minutes, 0.2)
    n = len(time_s)
    box = np.tile([600.0, 300.0, 660.0, 480.0], (n, 1))
    score = np.where(np.arange(n) < 3, 0.9, 0.3)
    chains: list[Counting] = []

    def counted(motion: np.ndarray) -> Counting:
        chains.append(Counting(motion))
        return chains[-1]

    monkeypatch.setattr("kneedrive_cv.athlete.track.Chain", counted)
    survey = survey_of(time_s, np.arange(n), box, score)
    sized = type("Seen", (SimpleNamespace,), {"__len__": lambda self: n})(**vars(survey))
    (track,) = link(sized, AthleteSettings())
    assert len(track) == n
    assert chains[0].asked < 20 * n
