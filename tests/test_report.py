"""The report: self-contained, safe, complete."""

from __future__ import annotations

import dataclasses
import re
import threading
import warnings
from html.parser import HTMLParser

import cv2
import numpy as np
import pytest

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import INDEX, SIDES, Side
from kneedrive_cv.report.annotate import COMPARED, Axes, Sketch, knee
from kneedrive_cv.report.charts import contact_spans, stride_charts, time_charts
from kneedrive_cv.report.frames import clip_frames, run_pass
from kneedrive_cv.report.html import Pictures, report_pieces
from kneedrive_cv.report.kinogram import PHASES, KinogramCollector, moments
from kneedrive_cv.report.stills import StillCollector, fault_key, fault_stills
from kneedrive_cv.report.window import drawn_points
from kneedrive_cv.result import METRICS, AnalysisResult, Value
from kneedrive_cv.technique.drills import DRILLS, DRILLS_FOR_FAULT, drills_for
from kneedrive_cv.video.reader import Frame
from tests.sample_analysis import make_analysis

HOSTILE = """<script>alert('x')</script> "quoted" & 🏃 שלום .mp4"""
_VOID = {"meta", "img", "br", "link", "hr", "use", "path", "circle", "rect", "input"}


def render_report(result: AnalysisResult, pictures: Pictures) -> str:
    return "".join(report_pieces(result, pictures))


class _Page(HTMLParser):
    """The tags of a page, and whether each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def ids(self) -> list[str]:
        return [str(a["id"]) for _, a in self.tags if "id" in a]


def _pictures(analysis: Analysis) -> Pictures:
    stills = StillCollector(analysis, fault_stills(analysis))
    kinogram = KinogramCollector(analysis)
    run_pass(clip_frames(analysis), (stills, kinogram), total=96)
    return Pictures(
        stills=stills.jpegs,
        time_charts=time_charts(analysis),
        stride_charts=stride_charts(analysis),
        kinogram=b"\xff\xd8",
        kinogram_alt=kinogram.alt(),
    )


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis("side_one_fault", every_fault=True, clip_name=HOSTILE)


@pytest.fixture(scope="module")
def page(analysis: Analysis) -> str:
    return render_report(analysis.result, _pictures(analysis))


def test_the_page_refers_to_nothing_outside_itself(page: str) -> None:
    for tag, attrs in _Page(page).tags:
        for name in ("src", "href", "xlink:href", "poster", "data", "action"):
            value = attrs.get(name) or "#"
            assert value.startswith(("#", "data:image/jpeg;base64,")), (tag, name, value[:80])
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    policy = next(a["content"] for tag, a in _Page(page).tags if "http-equiv" in a)
    assert str(policy).startswith("default-src 'none'")


def test_names_from_outside_appear_as_text(page: str) -> None:
    assert "&lt;script&gt;alert(" in page
    assert "alert('x')</script>" not in page
    assert "🏃" in page
    assert "שלום" in page


def test_every_tag_is_closed_every_id_is_used_once_and_every_anchor_exists(page: str) -> None:
    parsed = _Page(page)
    assert parsed.wrong == []
    assert parsed.open == []
    ids = parsed.ids()
    assert len(ids) == len(set(ids))
    anchors = {str(a[n])[1:] for _, a in parsed.tags for n in ("href", "xlink:href") if n in a}
    assert anchors <= set(ids)


def test_every_fault_appears_with_its_picture_and_a_text_for_it(
    page: str, analysis: Analysis
) -> None:
    images = [a for tag, a in _Page(page).tags if tag == "img"]
    alts = [str(a.get("alt", "")) for a in images]
    assert all(alts)
    for fault in analysis.result.faults:
        start = f"Frame {fault.frame}, {fault.side} leg, stride {fault.stride}"
        assert any(alt.startswith(start) and fault.title in alt for alt in alts), fault.code
        assert fault.sentence in page
    assert len(images) == len(analysis.result.faults) + 1  # and the kinogram


def test_what_was_not_measured_is_said_with_its_reason(page: str, analysis: Analysis) -> None:
    for reason in analysis.result.summary.not_measured.values():
        assert page.count(reason[1:]) >= 2  # in the list, and below the table of strides
    assert "n/m" in page
    assert "Low confidence" in page


def test_verdicts_are_told_in_words_and_shapes_too(page: str) -> None:
    for word, mark in (("Good", "pass"), ("Work on it", "fault")):
        assert re.search(rf'href="#mark-{mark}"/></svg>{word}', page)


def test_drills_come_with_dose_how_and_why_and_a_word_on_medicine(
    page: str, analysis: Analysis
) -> None:
    for drill in analysis.result.drills:
        assert all(text in page for text in (drill.title, drill.dose, drill.how, drill.why))
    assert "no medical advice" in page


def test_a_report_without_faults_or_pictures_still_stands() -> None:
    analysis = make_analysis()
    bare = analysis.result.model_copy(
        update={"faults": [], "drills": [], "strides": [], "warnings": []}
    )
    parsed = _Page(render_report(bare, Pictures()))
    assert parsed.wrong == []
    assert "faults" not in parsed.ids()


def test_stills_hold_a_drawn_skeleton_in_the_leg_colours(analysis: Analysis) -> None:
    stills = StillCollector(analysis, fault_stills(analysis))
    plain = StillCollector(make_analysis(missing=slice(0, 96)), fault_stills(analysis))
    for frame in clip_frames(analysis):
        before = frame.image_bgr.copy()
        stills.add(frame)
        plain.add(frame)
        assert np.array_equal(frame.image_bgr, before), "the frame belongs to others too"
    assert set(stills.jpegs) == {fault_key(i) for i in range(len(analysis.result.faults))}
    picture = cv2.imdecode(np.frombuffer(next(iter(stills.jpegs.values())), np.uint8), 1)
    assert picture is not None
    blue, green, red = (picture[..., i].astype(int) for i in range(3))
    assert np.count_nonzero((blue > 200) & (red < 120)) > 200  # left, sky blue
    assert np.count_nonzero((red > 220) & (blue < 100) & (green > 120)) > 400  # right, orange
    assert plain.jpegs == {}


def test_the_kinogram_has_five_moments_of_each_leg() -> None:
    analysis = make_analysis()
    wanted = moments(analysis)
    assert [(m.side, m.phase) for m in wanted] == [
        (side, phase) for side in ("left", "right") for phase in PHASES
    ]
    frames = {(m.side, m.phase): m.frame for m in wanted}
    for side in ("left", "right"):
        stride = next(s for s in analysis.result.strides if s.peak_frame == frames[side, "peak"])
        assert stride.side == side
        order = [frames[side, phase] for phase in ("toe_off", "peak", "strike", "touchdown")]
        assert order == sorted(set(order))


def test_the_kinogram_shows_the_hips_at_the_same_place_in_every_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    analysis = make_analysis()
    monkeypatch.setattr("kneedrive_cv.report.kinogram._draw", lambda *_: None)
    collector = KinogramCollector(analysis)
    hips = analysis.pose.xy_px[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    for i, (x, y) in enumerate(hips):
        image = np.zeros((720, 1280, 3), np.uint8)
        cv2.circle(image, (round(x), round(y)), 8, (255, 255, 255), -1)
        collector.add(Frame(i, i / 60, image))
    picture = collector.render()
    assert picture is not None
    row_px, cell_px = picture.shape[0] // 2, (picture.shape[1] + 6) // len(PHASES)
    at = []
    for row in range(2):
        for column in range(len(PHASES)):
            x = column * cell_px
            cell = picture[row * row_px + 44 : (row + 1) * row_px, x : x + cell_px - 6, 0]
            ys, xs = np.nonzero(cell > 150)
            at.append((xs.mean(), ys.mean()))
    np.testing.assert_allclose(at, np.broadcast_to(np.mean(at, axis=0), (10, 2)), atol=1.5)


def test_a_leg_without_a_full_knee_drive_has_no_row_in_the_kinogram() -> None:
    analysis = make_analysis()
    result = analysis.result.model_copy(
        update={"strides": [s for s in analysis.result.strides if s.side == "right"]}
    )
    one_leg = Analysis(analysis.clip_path, result, analysis.pose, analysis.pose, analysis.angles)
    assert {m.side for m in moments(one_leg)} == {"right"}


@pytest.mark.parametrize("missing", [None, slice(20, 40), slice(0, 50), slice(90, 96)])
def test_curves_of_a_track_with_gaps_are_drawn_without_a_warning(missing: slice | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analysis = make_analysis(missing=missing)
        over_time, over_stride = time_charts(analysis), stride_charts(analysis)
    keys = [c.key for c in over_time]
    assert keys[:3] == ["hip_flexion", "thigh", "knee_flexion"]
    assert all(c.alt and any(line.d for line in c.lines) for c in over_time + over_stride)


def test_an_angle_without_a_single_value_has_no_chart() -> None:
    analysis = make_analysis(missing=slice(0, 96))
    assert time_charts(analysis) == []
    assert stride_charts(analysis) == []
    assert "pelvis_rotation" not in [c.key for c in time_charts(make_analysis())]


def test_an_angle_that_is_new_to_the_report_is_shown_when_it_is_a_metric(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    analysis = make_analysis()
    steady = np.full(len(analysis.angles.frame), 3.0)
    analysis.angles.columns["pelvis_tilt_deg"] = analysis.angles.columns["new_deg"] = steady
    monkeypatch.setitem(METRICS, "pelvis_tilt_deg", ("Tilt of the pelvis", "deg"))
    charts = {c.key: c for c in time_charts(analysis)}
    assert charts["pelvis_tilt"].title == "Pelvis tilt"
    assert "new" not in charts


def test_contacts_run_from_touchdown_to_toe_off() -> None:
    analysis = make_analysis()
    for side in ("left", "right"):
        spans = contact_spans(analysis.result, analysis.angles, side)
        assert all(0 <= end - start < 0.11 for start, end in spans)
        assert len(spans) == (4 if side == "left" else 3)


def test_a_clip_is_read_in_order_from_frame_zero() -> None:
    frames = list(clip_frames(make_analysis()))
    assert [frame.index for frame in frames] == list(range(96))
    assert frames[12].time_s == pytest.approx(0.2, abs=1e-3)


def test_a_pass_that_is_left_early_leaves_no_thread() -> None:
    before = threading.active_count()
    frames = clip_frames(make_analysis())
    next(frames)
    frames.close()
    assert threading.active_count() == before


def test_two_asymmetries_have_a_row_and_a_picture_each(analysis: Analysis) -> None:
    fault = next(f for f in analysis.result.faults if f.code == "asymmetry")
    check = next(c for c in analysis.result.checks if c.code == "asymmetry")
    titles = ["Left and right differ: hip flexion", "Left and right differ: thigh"]
    below = {"value": -9.0, "low": -12.0, "high": -8.5}
    result = analysis.result.model_copy(
        update={
            "faults": [fault.model_copy(update={"title": t, **below}) for t in titles],
            "checks": [
                check.model_copy(update={"title": t, "value": check.value.model_copy(update=below)})
                for t in titles
            ],
        }
    )
    two = Analysis(analysis.clip_path, result, analysis.pose, analysis.pose, analysis.angles)
    text = render_report(result, _pictures(two))
    assert all(text.count(t) >= 1 for t in titles)
    assert text.count('alt="Frame') == 2
    assert "<b>9°</b> <small>8 to 12°" in text  # a difference is told without its sign


def test_every_fault_code_has_drills_and_every_drill_exists() -> None:
    assert len(DRILLS_FOR_FAULT) == 8
    assert {code for codes in DRILLS_FOR_FAULT.values() for code in codes} <= set(DRILLS)
    assert all(codes for codes in DRILLS_FOR_FAULT.values())


def test_drills_of_several_faults_are_listed_once() -> None:
    codes = [d.code for d in drills_for(["hip_flexion_low", "thigh_below_parallel"])]
    assert len(codes) == len(set(codes))
    assert codes[0] == "lying_leg_raise"


@pytest.mark.parametrize(
    ("word", "metric", "shown"),
    [
        ("hip flexion", "hip_flexion_deg", "71°"),
        ("thigh", "thigh_deg", "71°"),
        ("knee height", "knee_height_thigh", "71.00"),
    ],
)
def test_the_picture_of_an_asymmetry_shows_what_differs(
    analysis: Analysis, word: str, metric: str, shown: str
) -> None:
    fault = next(f for f in analysis.result.faults if f.code == "asymmetry")
    fault = fault.model_copy(
        update={"title": f"Left and right differ: {word}", "unit": METRICS[metric][1]}
    )
    known = {metric: Value(value=71.0, low=70.0, high=72.0)}
    strides = [
        s.model_copy(update={"metrics": s.metrics | known}) for s in analysis.result.strides
    ]
    result = analysis.result.model_copy(update={"faults": [fault], "strides": strides})
    (still,) = fault_stills(dataclasses.replace(analysis, result=result))
    assert still.text == shown
    assert still.draw is COMPARED[metric]


def test_knee_height_is_drawn_from_the_level_of_the_hip_to_the_knee() -> None:
    analysis = make_analysis()
    points = analysis.pose.xy_px[40]
    image = np.zeros((720, 1280, 3), np.uint8)
    sketch = Sketch(image, points, "left", Axes.of(analysis.result.scene), 400.0)
    COMPARED["knee_height_thigh"](sketch, "0.31")
    hip, knee = sketch.leg("hip"), sketch.leg("knee")
    halfway = np.array([knee[0], (hip[1] + knee[1]) / 2]).round().astype(int)
    around = image[halfway[1] - 6 : halfway[1] + 7, halfway[0] - 6 : halfway[0] + 7]
    assert around.any()
    along = image[round(hip[1]) - 4 : round(hip[1]) + 5, round(hip[0]) - 60 : round(hip[0]) + 60]
    assert along.any(axis=(0, 2)).sum() > 50
    missing = np.zeros_like(image)
    COMPARED["knee_height_thigh"](
        Sketch(missing, np.full_like(points, np.nan), "left", sketch.axes, 400.0), "–"
    )
    assert not missing.any()


def test_an_arm_that_was_not_seen_is_not_drawn_and_the_legs_stay() -> None:
    analysis = make_analysis()
    visibility = analysis.pose.visibility.copy()
    visibility[40] = 0.1
    hidden = drawn_points(analysis.pose.replace(visibility=visibility), 40)
    seen = drawn_points(analysis.pose.replace(visibility=np.ones_like(visibility)), 40)
    arms = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("elbow", "wrist")]
    assert np.isnan(hidden[arms]).all()
    rest = np.delete(np.arange(len(seen)), arms)
    np.testing.assert_array_equal(hidden[rest], seen[rest])
    np.testing.assert_array_equal(seen, analysis.pose.xy_px[40])


@pytest.mark.parametrize("side", SIDES)
def test_the_number_of_the_knee_stands_on_its_far_side_from_the_hip(side: Side) -> None:
    analysis = make_analysis()
    axes = Axes.of(analysis.result.scene)
    for row in (20, 40, 60):
        image = np.zeros((720, 1280, 3), np.uint8)
        sketch = Sketch(image, analysis.pose.xy_px[row], side, axes, 400.0)
        knee(sketch, "18°")
        plate = np.nonzero(image.any(axis=(0, 2)))[0].mean()
        hip, joint = sketch.leg("hip")[0], sketch.leg("knee")[0]
        assert np.sign(plate - joint) == np.sign(joint - hip)
