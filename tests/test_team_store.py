"""The store: made, brought up to date after a copy, or refused."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.team.job import Outcome
from kneedrive_cv.team.store.dump import dump
from kneedrive_cv.team.store.migrations import MIGRATIONS, m0001_tables, m0003_present
from kneedrive_cv.team.store.opening import applied, open_store, read_store, transaction
from kneedrive_cv.team.store.saving import save_outcome
from tests.conftest import ROOT
from tests.squad_maker import result_with, save


@pytest.fixture
def path(tmp_path):
    return tmp_path / "team.sqlite"


def fill(path, steps=MIGRATIONS):
    with closing(open_store(path, steps=steps)) as db:
        save(db, [("Ann", "2026-05-01", "Ann/1.mp4", result_with({"thigh_deg": 70.0}))])


def refused(path, *words):
    with pytest.raises(ConfigError) as error:
        open_store(path)
    assert str(path) in str(error.value)
    for word in words:
        assert word in str(error.value)


def test_a_new_store_has_every_migration_and_writes_ahead(path):
    with closing(open_store(path)) as db:
        assert applied(db) == [step.__name__ for step in MIGRATIONS]
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_opening_it_again_changes_nothing_and_leaves_one_file(path):
    fill(path)
    before = list(dump(path))
    open_store(path).close()
    with closing(read_store(path)) as db, pytest.raises(sqlite3.OperationalError):
        db.execute("DELETE FROM runs")
    assert list(dump(path)) == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_store_whose_making_was_broken_off_is_made_anew(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    with closing(open_store(path)) as db:
        assert applied(db)


def store_of_an_older_version(path):
    def first_only(db):
        m0001_tables(db)
        m0003_present(db)  # what fills it is of this version
        db.execute("CREATE VIEW latest_runs AS SELECT * FROM runs")

    first_only.__name__ = "m0001_tables"
    fill(path, steps=(first_only,))
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP VIEW latest_runs")
        db.execute("ALTER TABLE clips DROP COLUMN present")
        db.commit()


def test_an_older_store_is_migrated_after_a_copy_of_it_is_kept(path):
    store_of_an_older_version(path)
    before = list(dump(path))
    with closing(open_store(path)) as db:
        assert applied(db) == [step.__name__ for step in MIGRATIONS]
        assert db.execute("SELECT athlete, letter FROM grades").fetchone()[0] == "Ann"
        assert db.execute("SELECT present FROM clips").fetchone()[0] == 1
    copy = path.with_name("team.before_m0002_views.sqlite")
    assert list(dump(copy)) == before


def test_an_earlier_copy_is_not_overwritten(path):
    store_of_an_older_version(path)
    first = path.with_name("team.before_m0002_views.sqlite")
    first.write_bytes(b"precious")
    open_store(path).close()
    assert first.read_bytes() == b"precious"
    assert path.with_name("team.before_m0002_views_1.sqlite").exists()


def test_a_migration_that_fails_leaves_the_store_as_it_was(path):
    fill(path)
    before = list(dump(path))

    def m0003_broken(db):
        db.execute("DELETE FROM athletes")
        raise sqlite3.OperationalError("disk full")

    with pytest.raises(ConfigError):
        open_store(path, steps=(*MIGRATIONS, m0003_broken))
    assert list(dump(path)) == before


def test_a_newer_store_is_refused(path):
    fill(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO migrations (name, applied_at) VALUES ('m0099_future', '')")
        db.commit()
    before = path.read_bytes()
    refused(path, "made by a newer version", "Install that version")
    assert path.read_bytes() == before


def test_another_sqlite_file_is_refused(path):
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE photos (name TEXT)")
        db.commit()
    refused(path, "no store of kneedrive")


def test_a_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"athlete,points\n" * 200)
    refused(path, "damaged")


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_store_that_was_cut_off_is_refused(path, share):
    fill(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refused(path, "damaged", "Restore it from a copy")


def test_a_store_with_a_page_overwritten_is_refused(path):
    fill(path)
    content = bytearray(path.read_bytes())
    for page in range(4, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)
    refused(path, "damaged")


def test_a_store_in_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "team.sqlite"
    refused(path, "cannot be opened", "Name another file with --store.")


def test_a_folder_in_place_of_a_store_is_refused_with_what_to_do(tmp_path):
    refused(tmp_path, "cannot be opened", "Name another file with --store.")


def test_a_run_is_written_down_once_however_often_it_is_handed_in(path):
    fill(path)
    before = list(dump(path))
    with closing(open_store(path)) as db:
        save_outcome(db, Outcome(1, "graded"), result_with({"thigh_deg": 99.0}))
        save_outcome(db, Outcome(1, "crashed", "too late"), None)
    assert list(dump(path)) == before


def test_a_transaction_that_fails_leaves_nothing(path):
    def fail(db):
        with transaction(db):
            db.execute("INSERT INTO athletes (name) VALUES ('Ann')")
            raise ZeroDivisionError

    with closing(open_store(path)) as db:
        with pytest.raises(ZeroDivisionError):
            fail(db)
        assert db.execute("SELECT count(*) FROM athletes").fetchone()[0] == 0


def test_every_table_and_view_is_documented():
    text = (ROOT / "docs" / "team_store.md").read_text(encoding="utf-8")
    with closing(sqlite3.connect(":memory:")) as db:
        for step in MIGRATIONS:
            step(db)
        tables = db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        for (table,) in tables.fetchall():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            section = re.search(rf"^### {table}$(.*?)(?=^##|\Z)", text, re.M | re.S)
            assert section, table
            missing = [name for name in columns if f"`{name}`" not in section[1]]
            assert missing == [], table


def test_the_example_queries_run_and_pandas_reads_them(path):
    fill(path)
    text = (ROOT / "docs" / "team_store.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sql\n(.*?)```", text, re.S)
    assert len(queries) >= 5
    with closing(sqlite3.connect(path)) as db:
        frames = [pd.read_sql_query(query, db) for query in queries]
    assert any(len(frame) for frame in frames)


def test_the_example_query_for_faults_gives_every_fault_also_a_difference_of_the_legs(path):
    uneven = result_with({}, {"thigh_deg": 70.0, "hip_flexion_deg": 60.0})
    with closing(open_store(path)) as db:
        save(db, [("Ann", "2026-05-01", "Ann/1.mp4", uneven)])
        text = (ROOT / "docs" / "team_store.md").read_text(encoding="utf-8")
        query = re.search(r"Who shows a fault.*?```sql\n(.*?)```", text, re.S)[1]
        found = sorted(row["sentence"] for row in db.execute(query))
    assert "asymmetry" in {fault.code for fault in uneven.faults}
    assert found == sorted(fault.sentence for fault in uneven.faults)
