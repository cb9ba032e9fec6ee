"""How far the pelvis turns in a knee drive."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.technique.turned import TURN, most_turned, shown_turned
from tests.sample_analysis import make_analysis

TIME_S = np.arange(0.0, 1.0, 1 / 60)


@pytest.mark.parametrize("at_top_deg", [0.0, 10.0])
@pytest.mark.parametrize(("side", "sign"), [("right", 1.0), ("left", -1.0)])
def test_a_pelvis_that_is_square_again_at_the_top_has_turned_all_the_same(side, sign, at_top_deg):
    turn = np.interp(TIME_S, [0.3, 0.4, 0.6, 0.8], sign * np.array([0, 25, at_top_deg, -25]))
    turned, at_s = most_turned(turn, TIME_S, side, 0.3, 0.8)
    assert turned == pytest.approx(sign * 25)
    assert at_s == pytest.approx(0.4)


def test_what_was_turned_before_the_toe_off_and_after_the_touchdown_does_not_count():
    turn = np.where((TIME_S < 0.3) | (TIME_S > 0.7), 40.0, 5.0)
    assert most_turned(turn, TIME_S, "right", 0.3, 0.7)[0] == 5.0


def test_a_turn_that_was_not_seen_is_missing():
    assert np.isnan(most_turned(np.full_like(TIME_S, np.nan), TIME_S, "right", 0.3, 0.7)).all()


def test_the_fault_of_a_turning_pelvis_is_shown_where_it_turns_most():
    result = make_analysis(every_fault=True).result
    stride = result.strides[0]
    fault = result.faults[0].model_copy(update={"code": "pelvis_rotation", "stride": stride.number})
    other = result.faults[0]
    time_s = np.arange(stride.toe_off_time_s, stride.touchdown_time_s, 1 / 60)
    sign = 1.0 if stride.side == "right" else -1.0
    angles = {TURN: sign * np.linspace(25.0, 0.0, len(time_s))}  # most as the foot leaves
    shown = shown_turned([fault, other], result.strides, angles, time_s)
    assert shown[0].frame == stride.toe_off_frame
    assert shown[1] == other
    assert shown_turned([fault], result.strides, {}, time_s)[0].frame == stride.peak_frame
