"""How to film it next time: advice that fits the clip."""

from __future__ import annotations

import pytest

from kneedrive_cv.report.stride_table import stride_table
from kneedrive_cv.report.trust import by_reason, doubted, film_tips, not_measured, reading
from kneedrive_cv.report.view import check_rows
from kneedrive_cv.result import AnalysisResult, Value
from kneedrive_cv.technique.frontal_errors import unreadable
from kneedrive_cv.technique.uncertainty import FILM_FAST
from tests.sample_analysis import make_analysis


def _filmed(
    *, athlete_px: float, picture_px: int, missing: dict[str, str] | None = None
) -> AnalysisResult:
    result = make_analysis().result
    return result.model_copy(
        update={
            "athlete": result.athlete.model_copy(update={"height_px": athlete_px}),
            "clip": result.clip.model_copy(update={"height_px": picture_px, "capture_fps": 30.0}),
            "summary": result.summary.model_copy(update={"not_measured": missing or {}}),
        }
    )


@pytest.mark.parametrize(
    ("picture_px", "said"), [(1080, "Film nearer:"), (352, "Film in a higher resolution,")]
)
def test_who_fills_a_small_picture_is_not_told_to_come_nearer(picture_px: int, said: str) -> None:
    tips = film_tips(_filmed(athlete_px=190.0, picture_px=picture_px))
    assert [tip[: len(said)] for tip in tips if "190" in tip] == [said]


def test_the_tips_from_the_side_ask_for_a_second_clip_and_say_each_thing_once() -> None:
    missing = {
        metric: unreadable(metric, "side")
        for metric in ("pelvis_rotation_deg", "pelvis_obliquity_deg", "knee_across_middle_thigh")
    } | {"foot_pitch_deg": f"30 frames a second lose the foot. {FILM_FAST}"}
    result = _filmed(athlete_px=400.0, picture_px=720, missing=missing)
    tips = film_tips(result.model_copy(update={"checks": []}))
    assert sum("frames a second" in tip for tip in tips) == 1
    assert [tip for tip in tips if "from the front" in tip] == [
        "Film from the front or the rear too, and add that clip by --also."
    ]


def test_what_was_not_measured_bears_the_name_of_its_check() -> None:
    missing = {"pelvis_rotation_deg": "hidden.", "pelvis_obliquity_deg": "hidden."}
    result = _filmed(athlete_px=400.0, picture_px=720, missing=missing)
    titles = [title for title, _ in not_measured(result)]
    assert titles == ["Hips stay square", "Pelvis tilt"]
    assert titles[0] in {row.title for row in check_rows(result)}


def _read(**changes: dict[str, object]) -> dict[str, str]:
    """How a clip was read, with some of its facts changed."""
    result = make_analysis().result
    parts = {part: getattr(result, part).model_copy(update=to) for part, to in changes.items()}
    return dict(reading(result.model_copy(update=parts)))


def test_what_is_of_low_confidence_is_told_with_its_reason_once_for_all_that_have_it() -> None:
    result = make_analysis().result
    unsure = Value(value=80.0, low=70.0, high=90.0, status="low_confidence", reason="It is dark.")
    both = {"left": unsure, "right": unsure}
    metrics = result.summary.metrics | {"thigh_deg": both, "knee_flexion_deg": both}
    summary = result.summary.model_copy(update={"metrics": metrics})
    lines = by_reason(doubted(result.model_copy(update={"summary": summary})))
    assert [line for line in lines if "dark" in line] == [
        "Thigh passes parallel, Knee flexion: it is dark."
    ]


def test_a_tilt_is_said_to_be_taken_out_only_where_one_was() -> None:
    askew = {"tilt_deg": -4.04, "tilt_error_deg": 0.5}
    assert _read(scene=askew)["Camera"] == "moving, tilt of −4.0° taken out (± 1.0°)"
    assert _read(scene={"tilt_deg": -0.01})["Camera"] == "moving, tilt of 0.0° taken out"
    assert _read(scene={"tilt_deg": 0.0})["Camera"] == "moving"


def test_a_camera_that_looks_up_or_down_is_said_to_be_put_right_where_that_is_much() -> None:
    looks = {"tilt_deg": 0.0, "converging_deg": -7.04}
    said = "moving, looks up or down: 7.0° across the picture taken out"
    assert _read(scene=looks)["Camera"] == said
    assert _read(scene=looks | {"converging_deg": 0.9})["Camera"] == "moving"


def _trembling(tremble_px: float | None) -> AnalysisResult:
    result = make_analysis().result
    update = {"height_px": 200.0, "tremble_px": tremble_px}
    return result.model_copy(update={"athlete": result.athlete.model_copy(update=update)})


@pytest.mark.parametrize(
    ("tremble_px", "said", "tip"),
    [
        (0.5, "landmarks tremble by 0.25 % of his height", ""),
        (0.62, "landmarks tremble by 0.31 % of his height", ""),
        (
            1.2,
            "landmarks tremble by 0.60 % of his height, so intervals are 2.5 times as wide",
            "2.5 times as wide.",
        ),
    ],
)
def test_a_coarse_picture_is_told_with_what_it_costs_and_what_file_to_take(
    tremble_px: float, said: str, tip: str
) -> None:
    result = _trembling(tremble_px)
    assert dict(reading(result))["Sharpness"] == said
    told = [each for each in film_tips(result) if "messenger" in each]
    assert [each[-len(tip) :] for each in told] == ([tip] if tip else [])


def test_where_it_is_not_known_how_much_the_landmarks_tremble_nothing_is_said_of_it() -> None:
    result = _trembling(None)
    assert "Sharpness" not in dict(reading(result))
    assert not any("messenger" in tip for tip in film_tips(result))


def test_the_picture_of_a_pose_without_a_clip_has_no_codec_and_no_comma_for_it() -> None:
    size = {"width_px": 358, "height_px": 444, "codec": ""}
    assert _read(clip=size)["Picture"] == "358 × 444 pixels"
    assert _read(clip=size | {"rotation_deg": 90})["Picture"] == "358 × 444 pixels, turned by 90°"


@pytest.mark.parametrize(
    ("view", "gains"), [("front", "contact times"), ("side", "ankles and contact times")]
)
def test_a_faster_clip_is_asked_for_only_for_what_its_view_can_show(view: str, gains: str) -> None:
    slow = _filmed(athlete_px=400.0, picture_px=720).model_copy(update={"checks": []})
    seen = slow.model_copy(update={"scene": slow.scene.model_copy(update={"view": view})})
    (tip,) = [tip for tip in film_tips(seen) if "120 frames" in tip]
    assert f"or more for {gains}; this" in tip


def test_the_table_of_knee_drives_says_where_in_the_drive_the_pelvis_turn_is_read() -> None:
    result = make_analysis().result
    assert stride_table(result).when == "at the top of the knee drive"
    turn = {"pelvis_rotation_deg": Value(value=20.0, low=15.0, high=25.0)}
    turned = [s.model_copy(update={"metrics": s.metrics | turn}) for s in result.strides]
    assert stride_table(result.model_copy(update={"strides": turned})).when.endswith(
        ", the pelvis's turn where it is greatest in the drive"
    )
