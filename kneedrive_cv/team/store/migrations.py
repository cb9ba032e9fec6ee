"""The tables of the store, as a list of steps that each store goes through once.

A step is never changed after a release: a new one is put behind the last.

| table | a row for |
| --- | --- |
| athletes | each athlete, with group, height and notes of the roster |
| sessions | each training day of an athlete; ``day`` is empty where it is not known |
| clips | each clip: the team's folder and the path in it, also of one that is gone |
| settings | each set of settings, as JSON |
| versions | each set of versions, as JSON |
| runs | each grading of a clip, the newest last; those before it are the history |
| strides | each knee drive of a run |
| metrics | each number of a stride, with its 95 % interval |
| checks | each check of a run, for a side or for both |
| faults | each fault of a run |
| migrations | each step that was done |

The view ``latest_runs`` has the newest run of each clip that was tried, and ``grades`` the same
with the names of athlete and clip.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final

Migration = Callable[[sqlite3.Connection], None]


def m0001_tables(db: sqlite3.Connection) -> None:
    """All tables."""
    for statement in _TABLES:
        db.execute(statement)


def m0002_views(db: sqlite3.Connection) -> None:
    """What is asked for most, for Datasette and the like."""
    db.execute(
        """CREATE VIEW latest_runs AS SELECT * FROM runs AS r
        WHERE id = (SELECT max(id) FROM runs WHERE clip_id = r.clip_id AND status <> 'pending')"""
    )
    db.execute(
        """CREATE VIEW grades AS
        SELECT a.name AS athlete, a.squad, coalesce(nullif(s.day, ''), r.recorded) AS day,
            c.path AS clip, r.status, r.points, r.low, r.high, r.letter, r.headline, r.reason,
            r.output_dir
        FROM latest_runs AS r JOIN clips AS c ON c.id = r.clip_id
        LEFT JOIN sessions AS s ON s.id = c.session_id
        LEFT JOIN athletes AS a ON a.id = s.athlete_id"""
    )


def m0003_present(db: sqlite3.Connection) -> None:
    """Whether a clip is still in its folder; the next run over the folder finds it out."""
    db.execute("ALTER TABLE clips ADD COLUMN present INTEGER NOT NULL DEFAULT 1")


MIGRATIONS: Final[tuple[Migration, ...]] = (m0001_tables, m0002_views, m0003_present)

_TABLES: Final = (
    """CREATE TABLE athletes (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        squad TEXT NOT NULL DEFAULT '',
        height_m REAL,
        notes TEXT NOT NULL DEFAULT ''
    )""",
    """CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        athlete_id INTEGER NOT NULL REFERENCES athletes,
        day TEXT NOT NULL,
        UNIQUE (athlete_id, day)
    )""",
    """CREATE TABLE clips (
        id INTEGER PRIMARY KEY,
        folder TEXT NOT NULL,
        path TEXT NOT NULL,
        session_id INTEGER REFERENCES sessions,
        label TEXT NOT NULL DEFAULT '',
        unassigned TEXT NOT NULL DEFAULT '',
        UNIQUE (folder, path)
    )""",
    "CREATE INDEX clips_session ON clips (session_id)",
    """CREATE TABLE settings (
        id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, json TEXT NOT NULL
    )""",
    """CREATE TABLE versions (
        id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE
    )""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        clip_id INTEGER NOT NULL REFERENCES clips,
        job_key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        settings_id INTEGER NOT NULL REFERENCES settings,
        versions_id INTEGER REFERENCES versions,
        status TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        fix TEXT NOT NULL DEFAULT '',
        output_dir TEXT NOT NULL,
        finished_at TEXT,
        seconds REAL,
        points REAL,
        low REAL,
        high REAL,
        letter TEXT,
        headline TEXT NOT NULL DEFAULT '',
        view TEXT,
        capture_fps REAL,
        height_px REAL,
        recorded TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX runs_clip ON runs (clip_id, status)",
    """CREATE TABLE strides (
        run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        side TEXT NOT NULL,
        toe_off_frame INTEGER NOT NULL,
        peak_frame INTEGER NOT NULL,
        touchdown_frame INTEGER NOT NULL,
        toe_off_time_s REAL NOT NULL,
        peak_time_s REAL NOT NULL,
        touchdown_time_s REAL NOT NULL,
        valid_fraction REAL NOT NULL,
        PRIMARY KEY (run_id, number)
    ) WITHOUT ROWID""",
    """CREATE TABLE metrics (
        run_id INTEGER NOT NULL,
        stride INTEGER NOT NULL,
        name TEXT NOT NULL,
        value REAL,
        low REAL,
        high REAL,
        status TEXT NOT NULL,
        PRIMARY KEY (run_id, stride, name),
        FOREIGN KEY (run_id, stride) REFERENCES strides ON DELETE CASCADE
    ) WITHOUT ROWID""",
    """CREATE TABLE checks (
        run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        code TEXT NOT NULL,
        side TEXT,
        title TEXT NOT NULL,
        verdict TEXT NOT NULL,
        value REAL,
        low REAL,
        high REAL,
        status TEXT NOT NULL,
        unit TEXT NOT NULL,
        threshold REAL NOT NULL,
        borderline REAL NOT NULL,
        fault_when TEXT NOT NULL,
        PRIMARY KEY (run_id, number)
    ) WITHOUT ROWID""",
    """CREATE TABLE faults (
        run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        number INTEGER NOT NULL,
        code TEXT NOT NULL,
        side TEXT NOT NULL,
        severity TEXT NOT NULL,
        stride INTEGER NOT NULL,
        frame INTEGER NOT NULL,
        value REAL NOT NULL,
        low REAL NOT NULL,
        high REAL NOT NULL,
        unit TEXT NOT NULL,
        threshold REAL NOT NULL,
        sentence TEXT NOT NULL,
        PRIMARY KEY (run_id, number)
    ) WITHOUT ROWID""",
)
