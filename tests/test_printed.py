"""The report on paper, the picture for a chat, and the line figures."""

from __future__ import annotations

import math
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneedrive_cv.report.drill_figures import DRAWINGS
from kneedrive_cv.report.figurine import Pose, bounds
from kneedrive_cv.report.figurine_svg import draw
from kneedrive_cv.report.joint_angles import JointAngles
from kneedrive_cv.report.printed import PrintedReport
from kneedrive_cv.report.sheet import width_mm, wrap
from kneedrive_cv.report.stills import fault_key, to_jpeg
from kneedrive_cv.report.summary_card import SIZE_PX, draw_summary
from kneedrive_cv.technique.drills import DRILLS
from tests.sample_analysis import make_analysis

HOSTILE = r"""<b>"q"</b> $x^{$ \frac 🏃 שלום """ + "long" * 40
PICTURE = to_jpeg(np.full((600, 512, 3), 120, np.uint8))


def _pages(path: Path) -> int:
    return len(re.findall(rb"/Type /Page\b", path.read_bytes()))


@pytest.mark.parametrize("every_fault", [True, False])
def test_the_printed_report_has_two_pages_whatever_the_names_hold(
    tmp_path: Path, every_fault: bool
) -> None:
    analysis = make_analysis(every_fault=every_fault, clip_name=HOSTILE).labelled(name=HOSTILE)
    stills = {fault_key(i): PICTURE for i in range(len(analysis.result.faults))}
    kinogram = np.full((800, 1464, 3), 60, np.uint8)
    path = tmp_path / "report.pdf"
    PrintedReport(analysis).write(path, stills, kinogram)
    assert path.read_bytes().startswith(b"%PDF")
    assert _pages(path) == 2
    assert path.stat().st_size < 3_000_000


def test_a_printed_report_without_pictures_strides_or_faults_still_stands(tmp_path: Path) -> None:
    analysis = make_analysis(missing=slice(0, 96))
    bare = {"faults": [], "drills": [], "strides": [], "warnings": [], "events": []}
    object.__setattr__(analysis, "result", analysis.result.model_copy(update=bare))
    PrintedReport(analysis).write(tmp_path / "report.pdf", {}, None)
    assert _pages(tmp_path / "report.pdf") == 2


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=80), st.floats(5.0, 20.0), st.floats(15.0, 180.0))
def test_no_line_of_a_wrapped_text_is_wider_than_its_room(
    text: str, size: float, room_mm: float
) -> None:
    for line in wrap(text, size, room_mm):
        assert width_mm(line, size) <= room_mm or len(line) <= 4


def test_a_wrapped_text_keeps_its_words_and_an_ellipsis_tells_of_more() -> None:
    words = "the left thigh rises to seventy degrees on average"
    assert " ".join(wrap(words, 9.0, 30.0)) == words
    short = wrap(words, 9.0, 30.0, most=2)
    assert len(short) == 2
    assert short[-1].endswith("…")


@pytest.mark.parametrize("every_fault", [True, False])
def test_the_summary_is_an_upright_picture_with_the_faults(every_fault: bool) -> None:
    analysis = make_analysis(every_fault=every_fault, clip_name=HOSTILE)
    stills = {fault_key(i): PICTURE for i in range(len(analysis.result.faults))}
    card = draw_summary(analysis, stills, {"left": np.full((400, 288, 3), 77, np.uint8)})
    assert card.shape == (SIZE_PX[1], SIZE_PX[0], 3)
    faults, top = ((card == grey).all(axis=2).sum() > 200_000 for grey in (120, 77))
    assert (faults, top) == (bool(analysis.result.faults), not analysis.result.faults)


def test_every_drill_of_the_article_has_a_figure_with_words() -> None:
    assert set(DRAWINGS) == set(DRILLS)
    for code, figurine in DRAWINGS.items():
        drawing = draw(figurine)
        assert len(drawing.alt) > 20, code
        assert len(drawing.strokes) > 3, code


@pytest.mark.parametrize("code", sorted(DRAWINGS))
def test_a_figure_stands_on_the_ground_and_within_its_frame(code: str) -> None:
    figurine = DRAWINGS[code]
    for pose in figurine.poses:
        _, lowest = bounds(pose.strokes())
        assert lowest == pytest.approx(-pose.lift, abs=0.06)  # a head's disc may reach lower
    for stroke in figurine.strokes():
        assert all(0.0 <= x <= figurine.width for x, _ in stroke.points), stroke


@given(st.floats(-40, 130), st.floats(0, 140), st.floats(-40, 20), st.floats(-90, 60))
def test_a_figure_has_the_angles_that_it_was_given(
    thigh: float, knee: float, ankle: float, lean: float
) -> None:
    strokes = Pose(lean=lean, near=(thigh, knee, ankle)).strokes()
    hip, joint, foot, heel, toe = next(s.points for s in strokes if s.kind == "near")

    def from_down(a: tuple[float, float], b: tuple[float, float]) -> float:
        return math.degrees(math.atan2(b[0] - a[0], b[1] - a[1]))

    def same(a: float, b: float) -> bool:
        return abs((a - b + 180.0) % 360.0 - 180.0) < 1e-6

    assert same(from_down(hip, joint), thigh)
    assert same(from_down(hip, joint) - from_down(joint, foot), knee)
    assert same(from_down(heel, toe) - from_down(joint, foot) - 90.0, ankle)


def test_angles_stand_at_the_joints_in_the_colours_of_the_legs() -> None:
    analysis = make_analysis()
    image = np.zeros((720, 1280, 3), np.uint8)
    before = image.copy()
    joints = JointAngles(analysis.angles.columns, "right", 1.0, 400.0)
    joints.draw(image, analysis.pose.xy_px[40], 40)
    changed = (image != before).any(axis=2)
    assert changed.sum() > 500
    ys, xs = np.nonzero(changed)
    points = analysis.pose.xy_px[40]
    near = [np.hypot(xs - x, ys - y).min() for x, y in points[[23, 24, 25, 26, 27, 28]]]
    assert min(near) < 60
    blank = np.zeros_like(image)
    joints.draw(blank, np.full_like(points, np.nan), 40)
    assert not blank.any()
    assert cv2.countNonZero(blank[..., 0]) == 0
