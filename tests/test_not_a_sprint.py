"""A drill and a jog are named and measured; no fault, check or grade of a sprint is claimed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Settings
from kneedrive_cv.errors import UngradableError
from kneedrive_cv.export.json import read_result
from kneedrive_cv.pipeline import analyze_pose
from kneedrive_cv.report.changes import unlike
from kneedrive_cv.report.history import history_of, shows_the_same
from kneedrive_cv.report.trust import reading
from kneedrive_cv.report.write import write_outputs
from kneedrive_cv.result import UnsureFrames, Value
from kneedrive_cv.team.squad import read_squad
from kneedrive_cv.team.store.opening import open_store
from kneedrive_cv.technique.combine import combine
from kneedrive_cv.technique.not_a_sprint import NO_CONTACTS, NO_LOWER_LEG, against_parallel
from kneedrive_cv.technique.regrade import regrade
from tests.drill_maker import pose_of
from tests.sample_analysis import make_analysis
from tests.squad_maker import result_with, save

NUMBERS = {"hip_flexion_deg": 60.0, "thigh_deg": 55.0}


@pytest.fixture(scope="module")
def drill() -> Analysis:
    technique = {"drill": "high_knees", "left": {"peak_thigh_deg": 68.0}}
    return analyze_pose(pose_of("man", **technique))


@pytest.fixture(scope="module")
def jog() -> Analysis:
    return analyze_pose(pose_of("man", drill="jog"))


def test_the_headline_names_the_drill_and_says_how_high_the_knees_come_and_how_often(
    drill: Analysis,
) -> None:
    headline = drill.result.summary.headline
    assert headline.startswith("This is a high-knees drill, not a sprint: thigh at the top left ")
    left, right = (drill.result.summary.metrics["thigh_deg"][s].value for s in ("left", "right"))
    assert f"left {left:.0f} degrees, right {right:.0f} degrees" in headline
    assert "3.6 steps a second" in headline
    assert drill.result.scene.gait == "high knees"


def test_a_drill_has_knee_heights_of_each_side_and_lift_and_nothing_of_a_run(
    drill: Analysis,
) -> None:
    summary = drill.result.summary
    for side, thigh_deg in (("left", 68.0), ("right", 90.0)):
        for metric, true_deg in (("thigh_deg", thigh_deg), ("hip_flexion_deg", thigh_deg + 1)):
            value = summary.metrics[metric][side]
            assert value.value == pytest.approx(true_deg, abs=3)
            assert value.low < true_deg < value.high
        assert summary.knee_drives[side] >= 4
        assert summary.metrics["contact_time_s"][side].reason == NO_CONTACTS
        for metric in ("knee_flexion_deg", "ankle_dorsiflexion_deg", "foot_ahead_of_knee_shank"):
            assert summary.metrics[metric][side].reason == NO_LOWER_LEG
    assert summary.step_frequency_hz.value == pytest.approx(3.6, abs=0.05)
    assert summary.travel["speed_legps"].reason == NO_CONTACTS
    assert drill.result.events == []


@pytest.mark.parametrize("what", ["drill", "jog"])
def test_no_fault_check_or_grade_is_claimed_also_not_by_other_targets(
    what: str, request: pytest.FixtureRequest
) -> None:
    made: Analysis = request.getfixturevalue(what)
    strict = Settings().targets.model_copy(update={"hip_flexion_min_deg": 140.0})
    again = regrade(made.result, made.angles.columns, made.pose, strict)
    for result in (made.result, again):
        assert result.checks == result.faults == []
        assert result.summary.grade.points is None
        assert result.summary.headline == made.result.summary.headline
        assert any("no faults are told and no points given" in note for note in result.warnings)


def test_a_jog_is_told_so_and_its_angles_are_of_low_confidence(jog: Analysis) -> None:
    assert jog.result.scene.gait == "jog"
    assert jog.result.summary.headline.startswith("This is a jog, not a sprint: thigh at the top")
    for value in jog.result.summary.metrics["thigh_deg"].values():
        assert value.value == pytest.approx(38, abs=3)
        assert value.status == "low_confidence"


def test_a_leg_short_of_parallel_is_told_by_how_much(drill: Analysis) -> None:
    note = next(w for w in drill.result.warnings if "asks for the thigh parallel" in w)
    short = re.search(r"Left leg (\d+) degrees short of it; right leg at it, as far as", note)
    assert short is not None
    assert int(short[1]) == pytest.approx(22, abs=2)


@given(st.floats(40, 120), st.floats(0.5, 20))
def test_short_of_parallel_or_past_it_is_said_only_where_the_whole_interval_is(
    value: float, half: float
) -> None:
    words = against_parallel(Value(value=value, low=value - half, high=value + half))
    assert ("short" in words) == (value + half < 90)
    assert words.startswith("past") == (value - half >= 90)


def test_every_file_of_a_drill_is_written_and_the_page_has_no_table_of_checks(
    drill: Analysis, tmp_path
) -> None:
    folder = write_outputs(drill, tmp_path)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "This is a high-knees drill, not a sprint" in page
    assert "Every check, each leg" not in page
    assert "What to change" not in page
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    rows = (folder / "strides.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + len(drill.result.strides)
    assert read_result(folder / "result.json").scene.gait == "high knees"


def test_two_clips_of_a_drill_are_not_lined_up(drill: Analysis) -> None:
    with pytest.raises(UngradableError, match="shows a drill"):
        combine(drill.result, drill.result, Settings().targets)


def test_a_sprint_beside_a_drill_is_told_to_be_another_thing(drill: Analysis) -> None:
    base = make_analysis().result
    sprint = base.model_copy(update={"scene": base.scene.model_copy(update={"gait": "sprint"})})
    assert not shows_the_same(drill.result, sprint)
    assert any("high knees, sprint" in note for note in unlike([sprint, drill.result]))
    assert not any("do not show the same" in note for note in unlike([sprint, sprint]))


def test_a_drills_history_draws_what_it_has(drill: Analysis) -> None:
    first, second = (
        drill.result.model_copy(
            update={"clip": drill.result.clip.model_copy(update={"recorded": day})}
        )
        for day in ("2026-05-01", "2026-05-08")
    )
    history = history_of(second, [first])
    assert history is not None
    assert history.days == ["2026-05-01", "2026-05-08"]


def test_a_day_of_drills_takes_no_place_from_a_sprint_and_is_not_called_faultless(
    drill: Analysis, tmp_path
) -> None:
    db = open_store(tmp_path / "team.sqlite")
    sprint = result_with(NUMBERS)
    save(
        db,
        [
            ("Ann", "2026-05-01", "ann/sprint.mp4", sprint),
            ("Ann", "2026-05-08", "ann/drill.mp4", drill.result),
            ("Bo", "2026-05-08", "bo/drill.mp4", drill.result),
        ],
    )
    squad = read_squad(db)
    ann, bo = (next(s for s in squad.standings if s.name == name) for name in ("Ann", "Bo"))
    assert ann.day == "2026-05-01"
    assert ann.grade.points == pytest.approx(sprint.summary.grade.points)
    assert bo.grade.points is None
    assert bo.clips[0].headline == drill.result.summary.headline
    assert squad.faultless == []
    db.close()


def test_the_line_on_following_says_where_it_was_in_doubt(drill: Analysis) -> None:
    sure = dict(reading(drill.result))
    assert sure["Followed"].endswith("nowhere in doubt")
    assert sure["Gait"] == "high knees"
    unsure = [UnsureFrames(first_frame=20, last_frame=31, reason="he was not found")]
    athlete = drill.result.athlete.model_copy(update={"unsure": unsure})
    lost = dict(reading(drill.result.model_copy(update={"athlete": athlete})))
    assert lost["Followed"].endswith("; in doubt in frames 20 to 31 (he was not found)")
