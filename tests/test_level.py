"""Whether a trunk leans alike across the picture."""

from __future__ import annotations

import numpy as np

from tests.sample_analysis import make_analysis
from validation.level import trunk_row


def seen_by(**changes):
    """A run that was filmed by such a camera, and on which the trunk leans alike everywhere."""
    shown = make_analysis()
    scene = shown.result.scene.model_copy(update=changes)
    shown.angles.columns["trunk_lean_deg"][:] = 6.0
    way_px = np.linspace(100.0, 1180.0, len(shown.pose))[:, None, None] * np.array([1.0, 0.0])
    pose = shown.pose.replace(xy_px=shown.pose.xy_px * np.array([0.0, 1.0]) + way_px)
    filmed = shown.with_result(shown.result.model_copy(update={"scene": scene}))
    return type(filmed)(**{**vars(filmed), "pose": pose})


def test_as_filmed_the_trunk_leans_by_what_uprights_lean_apart():
    row = trunk_row("clip", seen_by(camera="fixed", converging_deg=-5.0))
    filmed, level = row[-2:]
    np.testing.assert_allclose([filmed, level], [-5.0, 0.0], atol=0.01)


def test_where_the_camera_moves_or_the_view_hides_it_nothing_is_said():
    assert trunk_row("clip", seen_by(camera="moving", converging_deg=-5.0)) is None
    assert trunk_row("clip", seen_by(camera="fixed", view="front")) is None
