"""Crops that cut the feet off are found by the pose that was read in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.looks import FEET_ROOM, SOLES, TIGHT_SHARE, with_room_for_feet
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from validation.truth import load_truth

POSE = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))
TOP_PX = float(np.nanmin(POSE.xy_px[..., 1])) - 60.0
LOWEST_PX = np.nanmax(POSE.xy_px[:, list(SOLES), 1])


def crops(end_px):
    """Crops whose lower end is at a height of the picture."""
    side = np.full(len(POSE), end_px - TOP_PX)
    x = np.nanmean(POSE.xy_px[..., 0], axis=1)
    return Crops(
        frame=POSE.frame,
        time_s=POSE.time_s,
        center_px=np.column_stack([x, np.full(len(POSE), (TOP_PX + end_px) / 2)]),
        side_px=side,
        box=np.zeros((len(POSE), 4)),
        confidence=np.ones(len(POSE)),
        turn_deg=np.zeros(len(POSE)),
    )


def ends_px(given):
    return given.center_px[:, 1] + given.side_px / 2


@given(room_px=st.floats(40.0, 200.0))
def test_crops_with_room_below_the_feet_are_left_as_they_are(room_px):
    given_crops = crops(LOWEST_PX + room_px)
    assert with_room_for_feet(given_crops, POSE) is given_crops


@given(cut_px=st.floats(0.0, 60.0))
def test_crops_that_end_at_the_feet_get_room_below_and_keep_the_head(cut_px):
    tight = crops(LOWEST_PX - cut_px)
    roomy = with_room_for_feet(tight, POSE)
    assert roomy is not tight
    np.testing.assert_allclose(roomy.center_px[:, 1] - roomy.side_px / 2, TOP_PX)
    np.testing.assert_array_equal(roomy.center_px[:, 0], tight.center_px[:, 0])
    lowest = np.nanmax(POSE.xy_px[:, list(SOLES), 1], axis=1)
    room = np.percentile((ends_px(roomy) - lowest) / tight.side_px, 5)
    assert room == pytest.approx(FEET_ROOM, abs=0.005)
    assert room > TIGHT_SHARE


def test_a_few_frames_without_room_do_not_matter():
    tight = crops(LOWEST_PX + 60.0)
    low = POSE.xy_px.copy()
    low[:3, list(SOLES), 1] += 70.0
    assert with_room_for_feet(tight, POSE.replace(xy_px=low)) is tight


def test_crops_that_were_turned_say_nothing_of_the_ground():
    turned = replace(crops(LOWEST_PX - 20.0), turn_deg=np.full(len(POSE), 40.0))
    assert with_room_for_feet(turned, POSE) is turned


def test_crops_in_which_nobody_was_read_are_left_as_they_are():
    given_crops = crops(LOWEST_PX - 20.0)
    nobody = POSE.replace(xy_px=np.full_like(POSE.xy_px, np.nan))
    assert with_room_for_feet(given_crops, nobody) is given_crops
