"""What could not be measured is claimed nowhere: neither drawn, nor left out of the print."""

from __future__ import annotations

import dataclasses

import numpy as np

from kneedrive_cv.analysis import Analysis, Angles
from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.report.charts import stride_charts, time_charts
from kneedrive_cv.report.html import Pictures, report_pieces
from kneedrive_cv.report.kinogram import KinogramCollector
from kneedrive_cv.report.overlay import OverlayPainter
from kneedrive_cv.report.printed_details import _draw_trust, draw_details
from kneedrive_cv.report.sheet import Sheet
from kneedrive_cv.report.trust import film_tips
from kneedrive_cv.result import METRICS
from kneedrive_cv.video.reader import Frame
from tests.sample_analysis import make_analysis


def _refusing(metric: str) -> Analysis:
    analysis = make_analysis()
    summary = analysis.result.summary
    refused = summary.not_measured | {metric: "30 frames a second lose the foot."}
    update = {"summary": summary.model_copy(update={"not_measured": refused})}
    return dataclasses.replace(analysis, result=analysis.result.model_copy(update=update))


def test_an_angle_that_could_not_be_measured_has_neither_a_curve_nor_a_number_in_the_video() -> (
    None
):
    known, refused = make_analysis(), _refusing("ankle_dorsiflexion_deg")
    for charts in (time_charts, stride_charts):
        keys = {chart.key for chart in charts(known)}
        assert keys - {chart.key for chart in charts(refused)} == {"ankle_dorsiflexion"}
    told = [set(_joint_angles(analysis)) for analysis in (known, refused)]
    assert told[0] - told[1] == {f"{side}_ankle_dorsiflexion_deg" for side in ("left", "right")}


def test_the_print_tells_what_speaks_against_its_numbers_before_what_is_missing() -> None:
    result = make_analysis().result
    missing = dict.fromkeys(METRICS, f"{'hidden, ' * 30}film again.")
    summary = result.summary.model_copy(update={"not_measured": missing})
    update = {"summary": summary, "warnings": ["The trunk leans forward by 38 degrees."]}
    sheet = Sheet()
    _draw_trust(sheet, result.model_copy(update=update), 250.0)
    assert any("The trunk leans forward" in text.get_text() for text in sheet.figure.texts)


def test_a_steady_angle_looks_steady_on_paper_too() -> None:
    analysis = make_analysis()
    lean = analysis.angles.columns["trunk_lean_deg"]
    assert np.ptp(lean) < 10
    sheet = Sheet()
    draw_details(sheet, analysis)
    spans = [np.ptp(axes.get_ylim()) for axes in sheet.figure.axes if axes.get_xlim() == (0, 100)]
    assert len(spans) == 6
    assert min(spans) >= 30.0


def test_the_words_below_the_kinogram_tell_only_what_is_drawn() -> None:
    side = make_analysis()
    scene = side.result.scene.model_copy(update={"view": "front", "near_side": None})
    front = side.result.model_copy(update={"scene": scene})
    shown = Pictures(kinogram=b"\xff\xd8")
    for result, told in ((side.result, True), (front, False)):
        page = "".join(report_pieces(result, shown))
        assert ("The larger number is the thigh" in page) == told
        assert ("The leg nearer to the camera" in page) == told


def test_the_kinogram_leaves_out_a_moment_that_no_leg_has() -> None:
    kinogram = KinogramCollector(make_analysis())
    cell = np.full((400, 288, 3), 90, np.uint8)
    kinogram._cells = {(side, phase): cell for side in SIDES for phase in ("peak", "touchdown")}
    drawn = kinogram.render()
    assert drawn is not None
    assert drawn.shape[1] == 2 * 288 + 6
    assert "strike" not in kinogram.alt()


def test_a_frame_that_only_repeats_the_one_before_keeps_its_skeleton() -> None:
    known = make_analysis()
    doubled = known.result.clip.model_copy(update={"frames_repeated": 48})
    result = known.result.model_copy(update={"clip": doubled})
    every = slice(0, None, 2)
    read = {name: column[every] for name, column in known.angles.columns.items()}
    angles = Angles(known.angles.frame[every], known.angles.time_s[every], read)
    half = dataclasses.replace(known, result=result, pose=known.pose.only(every), angles=angles)
    image = np.zeros((720, 1280, 3), np.uint8)
    shown = [OverlayPainter(half).paint(Frame(i, i / 60, image))[:600] for i in (40, 41, 42)]
    assert np.array_equal(shown[1], shown[0])
    assert not np.array_equal(shown[1], shown[2])
    end = OverlayPainter(half).paint(Frame(500, 9.0, image))[:600]
    assert not end.any()


def test_of_a_drill_neither_shank_nor_foot_is_drawn_nor_how_to_film_them() -> None:
    known = make_analysis()
    scene = known.result.scene.model_copy(update={"gait": "high knees"})
    drill = dataclasses.replace(known, result=known.result.model_copy(update={"scene": scene}))
    image = np.zeros((720, 1280, 3), np.uint8)
    drawn = [OverlayPainter(a).paint(Frame(40, 40 / 60, image)) for a in (known, drill)]
    lower = [known.pose.point(f"{side}_ankle")[40].round().astype(int) for side in SIDES]
    for x, y in lower:
        run, lift = (picture[y - 3 : y + 4, x - 3 : x + 4].any() for picture in drawn)
        assert (run, lift) == (True, False)
    x, y = known.pose.point("right_knee")[40].round().astype(int)
    assert drawn[1][y - 3 : y + 4, x - 3 : x + 4].any()
    assert not any("ankles" in tip for tip in film_tips(drill.result))


def _joint_angles(analysis: Analysis) -> list[str]:
    joints = OverlayPainter(analysis)._joints
    return list(joints.columns) if joints else []
