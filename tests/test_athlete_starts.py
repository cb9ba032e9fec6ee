"""Who is who at the first look is told by how each one runs on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.athlete import find_athlete, survey
from kneedrive_cv.athlete.linking import Chain, Trail, link_sure
from kneedrive_cv.athlete.starts import starts_anew
from kneedrive_cv.config import AthleteSettings
from tests.scene_maker import Bar, BarDetector, frames
from tests.test_track_faint import survey_of

SETTINGS = AthleteSettings()
LOOK_S = 0.25
TALL_PX = 100.0


def looks_at(paths: list[list[float]]):  # type: ignore[no-untyped-def]
    """A survey in which people are seen with their middles at some x, look by look."""
    places = [(row, x) for row, at in enumerate(zip(*paths, strict=True)) for x in at]
    box = np.array([(x - 20, 200.0, x + 20, 200 + TALL_PX) for _, x in places])
    row = np.array([row for row, _ in places])
    time_s = LOOK_S * np.arange(len(paths[0]))
    return survey_of(time_s, row, box, np.full(len(row), 0.9))


@pytest.mark.parametrize("apart_px", [60.0, 80.0, 100.0, 120.0])
def test_of_two_who_run_alike_one_behind_the_other_each_keeps_his_own_first_place(
    apart_px: float,
) -> None:
    steps = 100.0 * np.arange(4)
    behind, ahead = list(100 + steps), list(100 + apart_px + steps)
    seen = looks_at([behind, ahead])
    chain = Chain(seen.background_motion)
    people = starts_anew(link_sure(seen, chain, SETTINGS.min_score), seen, chain)
    paths = sorted(list(seen.box[p.members][:, [0, 2]].mean(axis=1)) for p in people)
    assert paths == [behind, ahead]


@given(st.lists(st.floats(0, 150), min_size=2, max_size=6))
def test_somebody_alone_keeps_his_first_place_however_his_speed_changes(ways: list[float]) -> None:
    path = list(np.cumsum([50.0, *ways]))
    seen = looks_at([path])
    people = [Trail(list(range(len(path))))]
    kept = starts_anew(people, seen, Chain(seen.background_motion))
    assert [p.members for p in kept] == [list(range(len(path)))]


def test_where_two_are_seen_at_first_both_are_looked_at_next() -> None:
    """A closer look at one of them would find the other where he was."""
    bars = [
        Bar(lambda k: (60 + 16.0 * k, 200.0), height_px=92, red=255, score=0.7),
        Bar(lambda k: (130 + 16.0 * k, 200.0), height_px=96, red=60),
    ]
    seen = survey(frames(bars, 30), BarDetector(bars), SETTINGS)
    second = np.unique(seen.row)[1]
    assert (seen.row == second).sum() == 2
    crops = find_athlete(seen, SETTINGS).crops
    np.testing.assert_allclose(crops.center_px[:, 0], 130 + 16 * crops.frame, atol=20)
