"""Who stands where and who needs what, from what the store holds."""

from __future__ import annotations

import csv
import math
from contextlib import closing
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.config import Settings
from kneedrive_cv.result import Score, Value
from kneedrive_cv.team.job import Outcome
from kneedrive_cv.team.outputs import write_team
from kneedrive_cv.team.page import render_team
from kneedrive_cv.team.roster import Person
from kneedrive_cv.team.squad import CODES, find_places, pool_checks, rank, read_squad
from kneedrive_cv.team.store.opening import open_store
from kneedrive_cv.team.tables import BOARD_COLUMNS, board_rows, write_xlsx
from kneedrive_cv.team.terminal import leaderboard
from kneedrive_cv.technique.score import overlap, score
from tests.squad_maker import STRANGE_NAMES, make_squad, result_with, save

GOOD = result_with({})
LOW = result_with({"hip_flexion_deg": 50.0, "thigh_deg": 60.0})
TOES = result_with({"ankle_dorsiflexion_deg": -45.0})
THIGHS = "Left and right differ: thigh"


def without_grade(result):
    """The result as from the front: it has checks, and no points of its own."""
    none = {"points": None, "low": None, "high": None, "letter": None}
    grade = result.summary.grade.model_copy(update=none)
    summary = result.summary.model_copy(update={"grade": grade})
    return result.model_copy(update={"summary": summary})


DRILL = without_grade(GOOD.model_copy(update={"checks": [], "faults": []}))


def uneven_by(value):
    """A result whose thighs differ by that much, give or take 6 degrees."""
    made = Value(value=value, low=value - 6.0, high=value + 6.0)
    checks = [c.model_copy(update={"value": made}) if c.title == THIGHS else c for c in GOOD.checks]
    return GOOD.model_copy(update={"checks": checks})


@pytest.fixture
def squad(tmp_path):
    """``squad((athlete, day, path, result), ...)``: what the coach would see."""

    def make(*results, **more):
        with closing(open_store(tmp_path / "team.sqlite")) as db:
            save(db, results, **more)
            return read_squad(db)

    return make


def test_an_athlete_with_one_clip_has_the_grade_of_that_clip(squad):
    found = squad(("Ann", "2026-05-01", "1.mp4", LOW)).standings[0]
    assert found.grade == LOW.summary.grade
    verdicts = {(c.code, c.side, c.title): c.verdict for c in LOW.checks}
    assert {(c.code, c.side, c.title): c.verdict for c in found.checks} == verdicts


def test_the_same_clip_twice_changes_no_grade(squad):
    found = squad(("Ann", "", "1.mp4", LOW), ("Ann", "", "2.mp4", LOW)).standings[0]
    assert found.grade.points == pytest.approx(LOW.summary.grade.points)
    assert len(found.clips) == 2


def test_of_two_clips_of_the_same_content_the_newest_run_alone_counts(tmp_path):
    with closing(open_store(tmp_path / "team.sqlite")) as db:
        save(db, [("Ann", "2026-05-01", "b.mp4", LOW), ("Ann", "2026-05-02", "c.mp4", LOW)])
        save(db, [("Ann", "2026-05-01", "a.mp4", GOOD)])
        db.execute("UPDATE runs SET fingerprint = 'the same'")
        found = read_squad(db).standings[0]
        assert (found.day, found.grade, found.compared) == (
            "2026-05-02",
            LOW.summary.grade,
            "2026-05-01",
        )
        db.execute("UPDATE sessions SET day = '2026-04-30' WHERE day = '2026-05-02'")
        found = read_squad(db).standings[0]
        assert [c.path for c in found.clips] == ["a.mp4"]
        assert found.grade == GOOD.summary.grade


def test_the_newest_day_counts(squad):
    found = squad(
        ("Ann", "2026-05-08", "2.mp4", GOOD), ("Ann", "2026-05-01", "1.mp4", LOW)
    ).standings[0]
    assert found.day == "2026-05-08"
    assert found.grade == GOOD.summary.grade


def test_a_day_that_only_the_clip_names_counts_as_well(squad):
    clip = LOW.clip.model_copy(update={"recorded": "2026-06-01"})
    dated = LOW.model_copy(update={"clip": clip})
    found = squad(("Ann", "", "1.mp4", dated), ("Ann", "2026-05-01", "2.mp4", GOOD)).standings[0]
    assert found.day == "2026-06-01"


@pytest.mark.parametrize("first", [GOOD, LOW])
def test_a_clip_without_a_day_is_neither_before_nor_after_and_is_listed(
    squad, tmp_path, first
):
    found = squad(("Ann", "2026-05-01", "1.mp4", first), ("Ann", "", "new.mp4", LOW))
    assert [(s.changes, s.compared) for s in found.standings] == [([], "")]
    assert [(clip.path, clip.why) for clip in found.undated] == [("new.mp4", "of Ann")]
    page = render_team(found, title="", out=tmp_path, store=tmp_path / "team.sqlite")
    assert "Clips without a date" in page


def test_a_start_out_of_the_blocks_is_not_set_against_an_upright_run(squad):
    start = result_with({"trunk_lean_deg": 40.0, "hip_flexion_deg": 102.0})
    found = squad(("Ann", "2026-05-01", "1.mp4", start), ("Ann", "2026-05-08", "2.mp4", LOW))
    assert [(s.changes, s.compared) for s in found.standings] == [([], "")]


def test_who_has_clips_without_a_day_alone_stands_by_them(squad):
    found = squad(("Ann", "", "1.mp4", GOOD))
    assert (len(found.standings), found.undated) == (1, [])


def test_what_changed_beyond_the_uncertainty_is_told_with_its_direction(squad):
    found = squad(
        ("Ann", "2026-05-01", "1.mp4", LOW),
        ("Ann", "2026-05-08", "2.mp4", GOOD),
        ("Bo", "2026-05-01", "3.mp4", GOOD),
        ("Bo", "2026-05-08", "4.mp4", LOW),
        ("Cleo", "2026-05-01", "5.mp4", result_with({"thigh_deg": 95.0})),
        ("Cleo", "2026-05-08", "6.mp4", result_with({"thigh_deg": 96.0})),
    )
    ann, bo, cleo = sorted(found.standings, key=lambda s: s.name)
    titles = {"Grade", "Hip bends too little", "Thigh stays below parallel"}
    assert {c.title for c in ann.changes} == {c.title for c in bo.changes} == titles
    assert all(c.better for c in ann.changes)
    assert not any(c.better for c in bo.changes)
    assert (cleo.changes, cleo.compared) == ([], "2026-05-01")


def test_what_met_its_target_on_both_days_is_neither_better_nor_worse(squad):
    found = squad(
        ("Ann", "2026-05-01", "1.mp4", result_with({"hip_flexion_deg": 104.0})),
        ("Ann", "2026-05-08", "2.mp4", result_with({"hip_flexion_deg": 90.0})),
    ).standings[0]
    hips = [c for c in found.changes if c.title == "Hip bends too little"]
    assert [(c.side, c.kept) for c in hips] == [("left", True), ("right", True)]


def test_no_leg_is_called_weaker_where_no_difference_can_be_told(squad):
    found = squad(
        ("Ann", "2026-05-01", "1.mp4", uneven_by(0.5)),
        ("Bo", "2026-05-01", "2.mp4", uneven_by(30.0)),
    )
    weaker = {a.athlete: a.weaker for a in found.asymmetries if a.title == THIGHS}
    assert weaker == {"Ann": "", "Bo": "right"}


@pytest.mark.parametrize(("now", "told"), [(10.6, False), (10.9, True)])
def test_a_difference_of_the_legs_has_changed_only_beyond_its_whole_uncertainty(squad, now, told):
    found = squad(
        ("Ann", "2026-05-01", "1.mp4", uneven_by(0.0)),
        ("Ann", "2026-05-08", "2.mp4", uneven_by(now)),
    ).standings[0]
    margins = [c.margin for c in found.changes if c.title == THIGHS]
    assert bool(margins) == told
    assert all(math.hypot(6, 6) < margin < now for margin in margins)


def test_days_graded_with_other_settings_are_not_compared(tmp_path):
    with closing(open_store(tmp_path / "team.sqlite")) as db:
        save(db, [("Ann", "2026-05-01", "1.mp4", LOW)])
        strict = Settings.from_dict({"targets": {"thigh_parallel_deg": 95.0}})
        save(db, [("Ann", "2026-05-08", "2.mp4", GOOD)], settings=strict)
        assert read_squad(db).standings[0].compared == ""


@pytest.mark.parametrize("paths", [("a.mp4", "b.mp4"), ("b.mp4", "a.mp4")])
def test_of_a_day_graded_with_different_settings_the_newest_alone_count(tmp_path, paths):
    with closing(open_store(tmp_path / "team.sqlite")) as db:
        save(db, [("Ann", "2026-05-01", paths[0], LOW)])
        strict = Settings.from_dict({"targets": {"thigh_parallel_deg": 95.0}})
        save(db, [("Ann", "2026-05-01", paths[1], GOOD)], settings=strict)
        found = read_squad(db).standings[0]
    assert found.grade == GOOD.summary.grade
    assert len(found.clips) == 2


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 30), st.floats(0, 30)), max_size=12)
)
def test_no_order_is_claimed_between_athletes_whose_intervals_overlap(grades):
    scores = [
        Score(
            points=points,
            low=points - less,
            high=points + more,
            letter=None,
            explanation="",
            measured=1,
            checks=1,
        )
        for points, less, more in grades
    ]
    places = [find_places(grade, scores) for grade in scores]
    for i, (first, a) in enumerate(zip(scores, places, strict=True)):
        assert 1 <= a[0] <= a[1] <= len(scores)
        for second, b in list(zip(scores, places, strict=True))[i + 1 :]:
            apart = a[1] < b[0] or b[1] < a[0]
            if overlap(first, second):
                assert not apart


def test_the_leaderboard_is_by_group_with_the_best_first(squad):
    people = [Person("Ann", "Girls"), Person("Bo", "Boys"), Person("Cleo", "Girls")]
    found = squad(
        ("Ann", "", "1.mp4", LOW),
        ("Bo", "", "2.mp4", LOW),
        ("Cleo", "", "3.mp4", GOOD),
        people=[*people, Person("Dan")],
    )
    assert [(g.name, [s.name for s in g.standings]) for g in found.groups] == [
        ("Boys", ["Bo"]),
        ("Girls", ["Cleo", "Ann"]),
    ]
    assert [s.ranks for s in found.groups[1].standings] == [(1, 1), (2, 2)]
    assert found.without_clip == ["Dan"]
    assert rank([]) == []


def test_who_has_no_grade_takes_no_place_and_widens_none(squad, tmp_path):
    found = squad(("Ann", "", "1.mp4", GOOD), ("Bo", "", "2.mp4", without_grade(GOOD)))
    assert [(s.name, s.ranks) for s in found.standings] == [("Ann", (1, 1)), ("Bo", None)]
    places = [BOARD_COLUMNS.index(name) for name in ("place_from", "place_to")]
    assert [[row[i] for i in places] for row in board_rows(found)] == [[1, 1], [None, None]]
    assert list(leaderboard("", found.standings).columns[0].cells) == ["1", ""]
    page = render_team(found, title="", out=tmp_path, store=tmp_path / "team.sqlite")
    assert "1 athlete graded, 1 without a grade" in page
    assert '<td data-sort=""></td>' in page


def test_an_athlete_with_0_points_stands_before_one_without_a_grade(squad):
    none = Score(points=0.0, low=0.0, high=0.0, letter="E", explanation="", measured=1, checks=1)
    zoe, ann = (squad((name, "", "1.mp4", DRILL)).standings[0] for name in ("Zoe", "Ann"))
    assert [s.name for s in rank([ann, replace(zoe, grade=none)])] == ["Zoe", "Ann"]


def test_the_squad_is_split_by_what_costs_most(squad):
    both = result_with({"hip_flexion_deg": 50.0, "ankle_dorsiflexion_deg": -45.0})
    found = squad(
        ("Ann", "", "1.mp4", LOW),
        ("Bo", "", "2.mp4", TOES),
        ("Cleo", "", "3.mp4", both),
        ("Dan", "", "4.mp4", GOOD),
    )
    assert [(n.titles, n.first, n.also) for n in found.needs] == [
        (["Hip bends too little", "Thigh stays below parallel"], ["Ann", "Cleo"], []),
        (["Ankle not dorsiflexed"], ["Bo"], ["Cleo"]),
    ]
    assert found.needs[1].drills[0].code == "toes_to_shin"
    assert found.faultless == ["Dan"]


def test_the_greatest_difference_of_the_legs_comes_first(squad):
    uneven = result_with({}, {"thigh_deg": 75.0})
    found = squad(("Ann", "", "1.mp4", GOOD), ("Bo", "", "2.mp4", uneven))
    assert found.asymmetries[0].athlete == "Bo"
    assert found.asymmetries[0].value.value == pytest.approx(-25.0)
    assert found.asymmetries[0].verdict == "fault"


def test_clips_that_have_no_grade_give_their_athlete_none_and_call_him_faultless_nowhere(
    squad, tmp_path
):
    found = squad(("Fran", "", "1.mp4", without_grade(GOOD)), ("Ann", "", "2.mp4", LOW))
    fran = next(s for s in found.standings if s.name == "Fran")
    assert (fran.grade.points, fran.grade.letter, found.faultless) == (None, None, [])
    assert [s.name for s in found.standings] == ["Ann", "Fran"]
    assert fran.marks["hip_flexion_low"].verdict == "pass"
    page = render_team(found, title="", out=tmp_path, store=tmp_path / "team.sqlite")
    assert "no clear fault" not in page
    columns = leaderboard("", found.standings).columns
    assert list(columns[-1].cells) == ["Hip bends too little", "–"]


def test_a_clip_without_a_grade_beside_one_with_a_grade_changes_no_points(squad):
    front = without_grade(GOOD)
    found = squad(("Ann", "", "1.mp4", LOW), ("Ann", "", "2.mp4", front)).standings[0]
    assert found.grade == LOW.summary.grade
    assert len(found.clips) == 2


@pytest.mark.parametrize("later", [DRILL, without_grade(GOOD)])
def test_days_without_a_grade_hide_neither_the_last_one_with_a_grade_nor_what_changed(
    squad, tmp_path, later
):
    found = squad(
        ("Ann", "2026-05-01", "1.mp4", LOW),
        ("Ann", "2026-05-02", "2.mp4", later),
        ("Ann", "2026-05-03", "3.mp4", GOOD),
        ("Ann", "2026-05-04", "4.mp4", later),
        ("Ann", "2026-05-05", "5.mp4", later),
    )
    ann = found.standings[0]
    assert (ann.day, ann.grade) == ("2026-05-03", GOOD.summary.grade)
    assert ann.compared == "2026-05-01"
    assert "Grade" in {change.title for change in ann.changes}
    assert [c.path for c in ann.since.clips] == ["5.mp4"]
    page = render_team(found, title="", out=tmp_path, store=tmp_path / "team.sqlite")
    assert 'without a grade, <time datetime="2026-05-05">' in page
    write_xlsx(found, tmp_path / "team.xlsx")
    clips = openpyxl.load_workbook(tmp_path / "team.xlsx")["Clips"].iter_rows(values_only=True)
    assert [row[1:3] for row in clips][1:] == [("2026-05-03", "3.mp4"), ("2026-05-05", "5.mp4")]


def test_what_could_not_be_graded_and_what_has_no_athlete_is_listed(squad):
    small = Outcome(0, "ungradable", "the athlete is too small", "Film nearer.")
    found = squad(("Ann", "", "1.mp4", small), ("", "", "2.mp4", GOOD))
    assert [(f.path, f.athlete, f.fix) for f in found.failed] == [("1.mp4", "Ann", "Film nearer.")]
    assert [(c.path, c.why, c.output_dir) for c in found.loose] == [("2.mp4", "no name", "2.mp4")]
    assert found.standings == []
    assert found.any_graded


def test_pooled_checks_average_the_values_and_judge_them_anew():
    checks = pool_checks([*LOW.checks, *GOOD.checks])
    found = next(c for c in checks if c.code == "hip_flexion_low" and c.side == "left")
    assert found.value.value == pytest.approx((50.0 + 88.0) / 2)
    assert len(checks) == len(LOW.checks)
    assert LOW.summary.grade.points < score(checks).points < GOOD.summary.grade.points


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("team")
    make_squad(out / "team.sqlite")
    return out, write_team(out / "team.sqlite", out, title="Monday")


def test_the_csv_has_a_row_for_each_athlete_and_no_formula(written):
    out, squad = written
    with (out / "team.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == BOARD_COLUMNS
    assert len(rows) == len(squad.standings) == 30
    names = {row["athlete"] for row in rows}
    assert "'=1+1" in names
    assert set(STRANGE_NAMES) - {"=1+1"} <= names
    for row in rows:
        assert float(row["points_low"]) <= float(row["points"]) <= float(row["points_high"])
        assert {row[code] for code in CODES} <= {"pass", "borderline", "fault", "not_measurable"}


def test_the_workbook_holds_names_as_text(written):
    out, squad = written
    book = openpyxl.load_workbook(out / "team.xlsx")
    assert book.sheetnames == ["Leaderboard", "Clips", "Checks", "Changes", "Not graded"]
    cells = {row[1].value: row[1].data_type for row in book["Leaderboard"].iter_rows(min_row=2)}
    assert set(STRANGE_NAMES) <= set(cells)
    assert set(cells.values()) == {"s"}
    assert book["Clips"].max_row == 1 + sum(len(s.clips) for s in squad.standings)


def test_nothing_half_written_is_left_beside_the_tables(written):
    out, _ = written
    names = {path.name for path in out.iterdir()}
    assert names == {"team.sqlite", "team.html", "team.csv", "team.xlsx"}
