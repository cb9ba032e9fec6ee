"""A folder is graded clip by clip; a second run does what is new or changed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from filelock import FileLock

from kneedrive_cv.config import Settings
from kneedrive_cv.errors import ConfigError, ModelError, OutputError
from kneedrive_cv.team.finished import SEAL_NAME, is_whole
from kneedrive_cv.team.outputs import write_team
from kneedrive_cv.team.store.dump import dump
from kneedrive_cv.team.terminal import TeamProgress, print_squad
from kneedrive_cv.weights import models_folder
from tests.team_folder import grade, inline_crew, make_folder

TEXTS = {
    "Ann/2026-05-01_1.mp4": "ok 80",
    "Ann/2026-05-01_2.mp4": "ok 70",
    "Bo/2026-05-01_1.mov": "ok 60",
    "Bo/2026-05-01_1.mp4": "ok 50",
}


@pytest.fixture(autouse=True)
def _inline(monkeypatch):
    monkeypatch.setattr("kneedrive_cv.team.batch.open_crew", inline_crew)


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "monday", TEXTS)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def rows(run, query):
    with closing(sqlite3.connect(run.store)) as db:
        return db.execute(query).fetchall()


def test_a_script_may_name_places_and_settings_as_text(folder, out, tmp_path):
    (tmp_path / "roster.csv").write_text("athlete,file\nZoe,Ann/*\n", encoding="utf-8")
    store = tmp_path / "season.sqlite"
    run = grade(
        str(folder),
        str(out),
        roster=str(tmp_path / "roster.csv"),
        store=str(store),
        settings={"pose": {"model": "lite"}},
    )
    squad = write_team(str(run.store), str(run.out), title=run.title)
    assert run.store == store
    assert "Zoe" in [standing.athlete.name for standing in squad.standings]
    with pytest.raises(ConfigError, match="unknown key"):
        grade(folder, out, settings={"modle": "lite"})


def test_each_clip_gets_its_own_folder_even_where_names_are_the_same(folder, out):
    run = grade(folder, out)
    assert {o.status for o in run.outcomes.values()} == {"graded"}
    results = {p.parent.relative_to(out).as_posix() for p in out.rglob("result.json")}
    assert results == {
        "Ann/2026-05-01_1",
        "Ann/2026-05-01_2",
        "Bo/2026-05-01_1.mov",
        "Bo/2026-05-01_1.mp4",
    }
    assert not (out / ".unfinished").exists()


@pytest.mark.parametrize("first", ["Ann.mp4", "Ann/1.mp4"])
def test_a_clip_named_like_a_folder_of_clips_leaves_their_results_alone(tmp_path, out, first):
    grade(make_folder(tmp_path / "in", {first: "ok 80"}), out)
    folder = make_folder(tmp_path / "in", {"Ann.mp4": "ok 80", "Ann/1.mp4": "ok 70"})
    grade(folder, out)
    assert grade(folder, out).outcomes == {}
    make_folder(folder, {"Ann.mp4": "ok 60"})
    assert {path: o.status for path, o in grade(folder, out).outcomes.items()} == {
        "Ann.mp4": "graded"
    }
    assert (out / "Ann/1/result.json").exists()
    assert (out / "Ann.mp4/result.json").exists()
    assert grade(folder, out).outcomes == {}


def test_results_of_another_training_in_a_folder_named_like_a_clip_are_left_alone(tmp_path, out):
    store = tmp_path / "season.sqlite"
    grade(make_folder(tmp_path / "monday", {"Ann/1.mp4": "ok 80"}), out, store=store)
    run = grade(make_folder(tmp_path / "friday", {"Ann.mp4": "ok 70"}), out, store=store)
    assert run.outcomes["Ann.mp4"].status == "graded"
    assert (out / "Ann/1/result.json").exists()


def test_a_second_run_does_nothing_and_changes_nothing(folder, out):
    run = grade(folder, out)
    before = list(dump(run.store))
    assert grade(folder, out).outcomes == {}
    assert list(dump(run.store)) == before


def test_only_the_new_and_the_changed_are_graded_and_the_history_is_kept(folder, out):
    grade(folder, out)
    make_folder(folder, {"Ann/2026-05-01_1.mp4": "ok 90", "Cleo/2026-05-02.mp4": "ok 40"})
    run = grade(folder, out)
    assert set(run.outcomes) == {"Ann/2026-05-01_1.mp4", "Cleo/2026-05-02.mp4"}
    history = rows(
        run,
        "SELECT points FROM runs JOIN clips ON clips.id = clip_id "
        "WHERE path = 'Ann/2026-05-01_1.mp4' ORDER BY runs.id",
    )
    assert history == [(80.0,), (90.0,)]
    assert rows(run, "SELECT count(*) FROM latest_runs") == [(5,)]


def test_a_clip_that_was_renamed_counts_once(folder, out):
    grade(folder, out)
    (folder / "Ann/2026-05-01_1.mp4").rename(folder / "Ann/2026-05-01_first.mp4")
    run = grade(folder, out)
    squad = write_team(run.store, run.out, title=run.title)
    ann = next(s for s in squad.standings if s.name == "Ann")
    assert [c.path for c in ann.clips] == ["Ann/2026-05-01_2.mp4", "Ann/2026-05-01_first.mp4"]
    assert rows(run, "SELECT count(*) FROM latest_runs") == [(5,)]


def test_other_settings_grade_anew_but_the_number_of_workers_does_not(folder, out):
    grade(folder, out)
    threads = Settings.from_dict({"pose": {"workers": 3}})
    assert grade(folder, out, settings=threads).outcomes == {}
    stricter = Settings.from_dict({"targets": {"thigh_parallel_deg": 95.0}})
    assert len(grade(folder, out, settings=stricter).outcomes) == 4


def test_force_grades_all(folder, out):
    grade(folder, out)
    run = grade(folder, out, force=True)
    assert len(run.outcomes) == 4
    assert rows(run, "SELECT count(*) FROM runs") == [(8,)]


def test_results_that_were_thrown_away_or_touched_are_made_anew(folder, out):
    grade(folder, out)
    (out / "Ann/2026-05-01_1/report.html").unlink()
    (out / "Ann/2026-05-01_1/result.json").write_text("{}", encoding="utf-8")
    (out / "Ann/2026-05-01_2" / SEAL_NAME).unlink()
    assert set(grade(folder, out).outcomes) == {"Ann/2026-05-01_1.mp4", "Ann/2026-05-01_2.mp4"}
    assert (out / "Ann/2026-05-01_1/report.html").exists()


def test_finished_results_that_the_store_does_not_know_are_taken_over(folder, out):
    first = grade(folder, out)
    calm = list(dump(first.store))
    made = {p: p.stat().st_mtime_ns for p in out.rglob("result.json")}
    first.store.unlink()
    again = grade(folder, out)
    assert list(dump(again.store)) == calm
    assert {p: p.stat().st_mtime_ns for p in out.rglob("result.json")} == made


def test_each_kind_of_failure_costs_its_clip_alone_and_says_why(tmp_path, out):
    folder = make_folder(
        tmp_path / "in",
        {
            "Ann/1.mp4": "ok 80",
            "Ann/2.mp4": "nobody x",
            "Ann/3.mp4": "damaged x",
            "Ann/4.mp4": "memory",
            "Ann/5.mp4": "bug",
        },
    )
    outcomes = grade(folder, out).outcomes
    assert {path: outcome.status for path, outcome in outcomes.items()} == {
        "Ann/1.mp4": "graded",
        "Ann/2.mp4": "ungradable",
        "Ann/3.mp4": "unreadable",
        "Ann/4.mp4": "failed",
        "Ann/5.mp4": "failed",
    }
    assert outcomes["Ann/2.mp4"].reason == "no athlete was found"
    assert outcomes["Ann/2.mp4"].fix == "Film nearer."
    assert "ZeroDivisionError" in outcomes["Ann/5.mp4"].reason


def test_a_clip_that_cannot_be_graded_is_not_tried_again_but_a_failed_one_is(tmp_path, out):
    texts = {"Ann/1.mp4": "nobody x", "Ann/2.mp4": "memory"}
    folder = make_folder(tmp_path / "in", texts)
    grade(folder, out)
    assert set(grade(folder, out).outcomes) == {"Ann/2.mp4"}


def test_a_second_run_says_how_many_clips_could_not_be_graded(tmp_path, out, capsys):
    folder = make_folder(tmp_path / "in", {"Ann/1.mp4": "nobody x", "Ann/2.mp4": "ok 80"})
    grade(folder, out, watcher=TeamProgress())
    assert "already" not in capsys.readouterr().err
    grade(folder, out, watcher=TeamProgress())
    said = "2 of 2 clips are done already and did not change; 1 of them could not be graded.\n"
    assert capsys.readouterr().err == said
    (folder / "Ann/1.mp4").unlink()
    grade(folder, out, watcher=TeamProgress())
    assert capsys.readouterr().err == "1 of 1 clips are graded already and did not change.\n"


def test_the_table_of_a_program_without_stdout_is_no_error(folder, out, monkeypatch):
    run = grade(folder, out)
    monkeypatch.setattr("sys.stdout", None)
    print_squad(write_team(run.store, run.out, title=run.title), run)


def test_two_trainings_with_the_same_names_stay_apart_in_one_store(tmp_path, out):
    store = tmp_path / "season.sqlite"
    for day in ("monday", "friday"):
        run = grade(make_folder(tmp_path / day, TEXTS), out, store=store)
        assert len(run.outcomes) == 4
    assert rows(run, "SELECT count(*), count(DISTINCT output_dir) FROM runs") == [(8, 8)]
    assert len(list(out.rglob("result.json"))) == 8


def test_a_roster_that_changes_moves_the_clips_without_grading_them(folder, out, tmp_path):
    grade(folder, out)
    roster = tmp_path / "roster.csv"
    roster.write_text("athlete,file,group\nAnna Lee,Ann/*,Girls\nBo,,Boys\nDan,,\n", "utf-8")
    run = grade(folder, out, roster=roster)
    assert run.outcomes == {}
    assert rows(run, "SELECT name, squad FROM athletes ORDER BY name") == [
        ("Anna Lee", "Girls"),
        ("Bo", "Boys"),
        ("Dan", ""),
    ]


def test_clips_without_an_athlete_are_graded_and_listed(tmp_path, out):
    run = grade(make_folder(tmp_path / "in", {"IMG_1.mp4": "ok 80"}), out)
    assert set(run.unassigned) == {"IMG_1.mp4"}
    assert run.outcomes["IMG_1.mp4"].status == "graded"


def test_a_second_command_on_the_same_results_is_refused(folder, out):
    out.mkdir()
    with FileLock(out / ".lock"), pytest.raises(ConfigError, match="another kneedrive team"):
        grade(folder, out)


def test_a_folder_that_is_no_result_is_not_overwritten(folder, out):
    (out / "Ann/2026-05-01_1").mkdir(parents=True)
    (out / "Ann/2026-05-01_1/diary.txt").write_text("mine", encoding="utf-8")
    outcome = grade(folder, out).outcomes["Ann/2026-05-01_1.mp4"]
    assert outcome.status == "failed"
    assert "no result of a clip" in outcome.reason
    assert (out / "Ann/2026-05-01_1/diary.txt").read_text(encoding="utf-8") == "mine"


def test_files_of_others_beside_the_results_are_kept_when_the_clip_is_graded_anew(folder, out):
    grade(folder, out)
    done = out / "Ann/2026-05-01_1"
    (done / "notes.txt").write_text("mine", encoding="utf-8")
    (done / "exports").mkdir()
    (done / "exports/Ann.trc").touch()
    (done / "angles.csv").write_text("of the older run", encoding="utf-8")
    grade(folder, out, force=True)
    made = {"report.html", "result.json", SEAL_NAME}
    assert {path.name for path in done.iterdir()} == made | {"notes.txt", "exports"}
    assert (done / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (done / "exports/Ann.trc").exists()
    assert not list(out.rglob(".old.*"))


def test_a_place_that_cannot_be_made_is_refused(folder, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"file: cannot be written .* with --out"):
        grade(folder, tmp_path / "file")
    with pytest.raises(OutputError, match=r"x\.sqlite: cannot be written .* with --store"):
        grade(folder, tmp_path / "out", store=tmp_path / "file" / "x.sqlite")


def test_a_seal_vouches_for_one_job_and_one_result(folder, out):
    grade(folder, out)
    done = out / "Ann/2026-05-01_1"
    key = json.loads((done / SEAL_NAME).read_text(encoding="utf-8"))["key"]
    assert is_whole(done, key)
    assert not is_whole(done, "another")
    (done / "result.json").write_bytes(b"{}")
    assert not is_whole(done, key)


def test_the_watcher_hears_of_every_clip(folder, out):
    heard: list[str] = []

    class Watcher:
        def planned(self, jobs, clips, refused):
            heard.append(f"{len(jobs)} of {clips}")

        def said(self, news):
            """Threads say nothing."""

        def finished(self, job, outcome):
            heard.append(job.path)

    grade(folder, out, watcher=Watcher())
    assert heard[0] == "4 of 4"
    assert sorted(heard[1:]) == sorted(TEXTS)  # side by side, so in any order


def test_a_grade_stays_where_grading_the_same_clip_again_fails(folder, out, monkeypatch):
    first = grade(folder, out)
    before = read(first)
    assert len(before.standings) == 2
    monkeypatch.setattr("tests.fake_grader.result_of", no_memory)
    again = read(grade(folder, out, force=True))
    assert {s.name: len(s.clips) for s in again.standings} == {"Ann": 2, "Bo": 2}
    assert len(again.failed) == 4
    monkeypatch.undo()


def no_memory(_):
    raise MemoryError


def read(run):
    """What the coach sees."""
    return write_team(run.store, run.out, title=run.title)


def test_a_damaged_model_is_no_fault_of_the_clip(tmp_path, out):
    folder = make_folder(tmp_path / "in", {"Ann/1.mp4": "model x"})
    (outcome,) = grade(folder, out).outcomes.values()
    assert (outcome.status, outcome.reason) == ("failed", "models/x: the model file is damaged")
    assert grade(folder, out).outcomes  # tried again


def test_a_damaged_model_is_told_before_any_clip_is_graded(folder, out, tmp_path, monkeypatch):
    copy = shutil.copytree(models_folder(), tmp_path / "models")
    (copy / "pose_landmarker_lite.task").write_bytes(b"")
    monkeypatch.setenv("KNEEDRIVE_MODELS", str(copy))
    grade(folder, out)  # with the heavy one
    with pytest.raises(ModelError, match=r"pose_landmarker_lite\.task: the model file is empty"):
        grade(folder, out, settings={"pose": {"model": "lite"}})
