"""Looks that are taken, bodies at the border, and what is smoothed how far."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.clean.outliers import leaves_picture
from kneedrive_cv.clean.repair import smooth_landmarks
from kneedrive_cv.clean.swaps import Choice, take
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.pose.landmarks import INDEX
from tests.test_partly_seen import at_60


def test_legs_that_are_exchanged_take_their_depth_with_them():
    track = at_60()
    world_m = np.zeros_like(track.world_m)
    world_m[:, INDEX["left_knee"], 2] = 1.0
    track = track.replace(world_m=world_m)
    every = np.ones(len(track), dtype=bool)
    taken = take([track], Choice(np.zeros(len(track), dtype=np.int64), every))
    assert (taken.world_m[:, INDEX["right_knee"], 2] == 1.0).all()
    assert (taken.world_m[:, INDEX["left_knee"], 2] == 0.0).all()


@pytest.mark.parametrize(("left_px", "cut"), [(-5.0, True), (15.0, True), (25.0, False)])
def test_a_body_nearer_to_the_border_than_a_tenth_of_its_height_may_be_cut(left_px, cut):
    box = np.array([[left_px, 100.0, left_px + 80.0, 300.0]])
    assert bool(leaves_picture(box, width_px=1280)[0]) is cut
    mirrored = np.array([[1280.0 - left_px - 80.0, 100.0, 1280.0 - left_px, 300.0]])
    assert bool(leaves_picture(mirrored, width_px=1280)[0]) is cut


def test_feet_are_smoothed_less_than_the_rest():
    track, hz = at_60(), 11.0
    wave = np.sin(2 * np.pi * hz * track.time_s)
    xy_px = np.zeros_like(track.xy_px) + wave[:, None, None]
    out = smooth_landmarks(track.replace(xy_px=xy_px), CleanSettings())
    toe, knee = (np.std(out[10:-10, INDEX[f"left_{name}"], 0]) for name in ("foot_index", "knee"))
    assert toe > 1.1 * knee
