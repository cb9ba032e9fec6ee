"""Numbers on pictures: none covers another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.report.annotate import Axes, Sketch, knee, thigh
from kneedrive_cv.report.drawing import Plate, label
from kneedrive_cv.report.joint_angles import JointAngles
from tests.sample_analysis import make_analysis

PLACES = st.lists(
    st.tuples(st.floats(150, 250), st.floats(100, 300)).map(np.array), min_size=2, max_size=4
)


def _apart(plates: list[Plate]) -> bool:
    return not any(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        for i, a in enumerate(plates)
        for b in plates[i + 1 :]
    )


@given(PLACES)
def test_numbers_that_would_cover_each_other_go_up_or_down(places: list[np.ndarray]) -> None:
    image, taken = np.zeros((400, 400, 3), np.uint8), []
    for place in places:
        label(image, "\N{MINUS SIGN}118°", place, (255, 255, 255), 28, taken)
    assert _apart(taken)
    assert all(top >= 0 and bottom <= 400 for _, top, _, bottom in taken)


def test_the_knees_number_stands_clear_of_the_thighs_in_every_frame() -> None:
    analysis = make_analysis()
    axes = Axes.of(analysis.result.scene)
    image = np.zeros((720, 1280, 3), np.uint8)
    for points in analysis.pose.xy_px:
        sketch = Sketch(image, points, "left", axes, 400.0)
        thigh(sketch, "\N{MINUS SIGN}18°")
        knee(sketch, "125°")
        assert _apart(sketch.taken)


def test_no_number_at_a_joint_of_the_video_covers_another(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[list[Plate]] = []

    def keep(*given: Any) -> None:
        label(*given)
        frames.append(given[-1])

    monkeypatch.setattr("kneedrive_cv.report.joint_angles.label", keep)
    analysis = make_analysis()
    image = np.zeros((720, 1280, 3), np.uint8)
    joints = JointAngles(analysis.angles.columns, "right", 1.0, 400.0)
    for row, points in enumerate(analysis.pose.xy_px):
        joints.draw(image, points, row)
    assert len(frames) > 300
    assert all(_apart(plates) for plates in frames)
