"""What has changed since the day before: the team page and a comparison say the same."""

from __future__ import annotations

from contextlib import closing

import pytest

from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.report.changes import find_changes
from kneedrive_cv.team.squad import read_squad
from kneedrive_cv.team.store.opening import open_store
from kneedrive_cv.technique.values import as_value
from kneedrive_cv.technique.verdict import is_off_zero
from tests.squad_maker import result_of, save
from tests.test_technique_checks import quality, strides_of


def thighs_of(degrees):
    """A result whose thighs come so high, stride by stride on either leg."""
    made = strides_of(count=2 * len(degrees))
    return result_of(
        [
            stride.model_copy(
                update={
                    "metrics": stride.metrics
                    | {"thigh_deg": as_value("thigh_deg", top, stride.side, 1.0, quality())}
                }
            )
            for stride, top in zip(made, [d for d in degrees for _ in SIDES], strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ([84.0, 94.0], [91.0, 101.0], False),
        ([84.0, 94.0], [94.0, 104.0], False),
        ([88.9, 89.0, 89.1] * 4, [95.9, 96.0, 96.1] * 4, True),
        ([84.0, 94.0], [104.0, 114.0], True),
    ],
)
def test_the_team_calls_real_what_a_comparison_of_the_two_runs_calls_real(
    tmp_path, before, now, told
):
    first, last = thighs_of(before), thighs_of(now)
    with closing(open_store(tmp_path / "team.sqlite")) as db:
        save(db, [("Ann", "2026-05-01", "1.mp4", first), ("Ann", "2026-05-08", "2.mp4", last)])
        found = read_squad(db).standings[0]
    listed = {c.side: c.now - c.before - c.margin for c in found.changes if c.side}
    compared = [c for c in find_changes([first, last]) if c.metric == "thigh_deg"]
    real = {c.side: c.changes[0].low for c in compared if is_off_zero(c.changes[0])}
    assert listed == pytest.approx(real)
    assert set(listed) == (set(SIDES) if told else set())


def test_a_clip_whose_strides_the_store_does_not_hold_is_compared_by_the_usual_spread(tmp_path):
    with closing(open_store(tmp_path / "team.sqlite")) as db:
        save(db, [("Ann", "2026-05-01", "1.mp4", thighs_of([89.0] * 8))])
        save(db, [("Ann", "2026-05-08", "2.mp4", thighs_of([96.0] * 8))])
        assert {c.side for c in read_squad(db).standings[0].changes} >= set(SIDES)
        db.execute("DELETE FROM metrics")
        assert not {c.side for c in read_squad(db).standings[0].changes} & set(SIDES)
