"""A roster that is put right names results anew that are there, without grading a clip again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from kneedrive_cv.config import Settings
from kneedrive_cv.report.write import write_outputs
from kneedrive_cv.team.finished import is_whole, own_day, seal
from kneedrive_cv.team.job import Job
from kneedrive_cv.team.worker import do_job
from tests import fake_grader
from tests.browser import numbered_frames
from tests.sample_analysis import SAMPLE_DIR, make_analysis
from tests.team_folder import grade, inline_crew, make_folder

OWN_DAY = "2026-04-30"
"""What the made-up clips say of their day themselves."""


@pytest.fixture(autouse=True)
def _inline(monkeypatch):
    monkeypatch.setattr("kneedrive_cv.team.batch.open_crew", inline_crew)
    monkeypatch.setattr(fake_grader, "OWN_DAY", OWN_DAY)


@pytest.fixture
def graded(tmp_path):
    """Grade a clip with a roster, as often as is wanted."""
    make_folder(tmp_path / "in", {"X.MP4": "ok 80"})

    def again(*rows):
        roster = tmp_path / "roster.csv"
        roster.write_text("\n".join(("athlete,file,date", *rows, "")), encoding="utf-8")
        return grade(tmp_path / "in", tmp_path / "out", roster=roster)

    return again


def heading(run):
    result = json.loads((run.out / "X" / "result.json").read_text(encoding="utf-8"))
    return result["athlete"]["name"], result["clip"]["recorded"]


def rows(run, query):
    with closing(sqlite3.connect(run.store)) as db:
        return db.execute(query).fetchall()


def test_name_and_day_of_the_results_are_those_of_the_roster_also_after_it_is_put_right(graded):
    assert heading(graded("Ann Lee,X.MP4,2026-05-01")) == ("Ann Lee", "2026-05-01")
    run = graded("Anna Leigh,X.MP4,2026-06-01")
    assert heading(run) == ("Anna Leigh", "2026-06-01")
    assert run.outcomes == {}
    (key,) = rows(run, "SELECT job_key FROM runs")
    assert is_whole(run.out / "X", key[0])
    made = (run.out / "X" / "result.json").stat().st_mtime_ns
    graded("Anna Leigh,X.MP4,2026-06-01")
    assert (run.out / "X" / "result.json").stat().st_mtime_ns == made


def test_results_of_a_clip_that_is_nobodys_any_more_bear_no_name(graded):
    graded("Ann Lee,X.MP4,2026-05-01")
    assert heading(graded("Ann Lee,Y.MP4,2026-05-01")) == ("", OWN_DAY)


def test_the_store_keeps_the_day_that_the_clip_itself_names_for_when_the_roster_names_none(graded):
    run = graded("Ann Lee,X.MP4,2026-05-01")
    assert rows(run, "SELECT recorded FROM runs") == [(OWN_DAY,)]
    assert rows(run, "SELECT day FROM grades") == [("2026-05-01",)]
    run = graded("Ann Lee,X.MP4,")
    assert rows(run, "SELECT day FROM grades") == [(OWN_DAY,)]
    assert heading(run) == ("Ann Lee", OWN_DAY)


def test_all_files_of_a_graded_clip_are_named_anew_from_the_pose_that_was_kept(tmp_path):
    def never(*_):
        raise AssertionError("it is graded again")

    named = make_analysis().labelled(name="Ann Lee", recorded="2026-05-01")
    folder = write_outputs(named, tmp_path, numbered_frames(12))
    seal(folder, "key", "X.MP4", OWN_DAY)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    clip = SAMPLE_DIR / "side_good.mp4"
    job = Job(
        run=1,
        path="X.MP4",
        location=str(clip),
        athlete="Anna Leigh",
        day="2026-06-01",
        key="key",
        folder=folder,
        work_dir=tmp_path / ".unfinished",
        settings=Settings(),
        grade=never,
        force=False,
        time_limit_s=60.0,
    )
    assert do_job(job).status == "graded"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Anna Leigh" in page
    assert "Ann Lee" not in page
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.keys() >= before.keys()  # few frames were drawn before
    changed = {name for name in before if after[name] != before[name]}
    assert {"result.json", "report.html", "report.pdf", "summary.png", "graded.json"} <= changed
    assert not changed & {"strides.csv", "angles.csv"}
    assert is_whole(folder, "key")
    assert own_day(folder) == OWN_DAY
    made = (folder / "result.json").stat().st_mtime_ns
    do_job(replace(job, run=2))
    assert (folder / "result.json").stat().st_mtime_ns == made
