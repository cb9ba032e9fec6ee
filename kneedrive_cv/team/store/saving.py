"""Write to the store: what is to be graded, and what came out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kneedrive_cv.config import Settings
from kneedrive_cv.result import AnalysisResult, Check, Fault, Stride
from kneedrive_cv.team.clips import TeamClip
from kneedrive_cv.team.job import Outcome, settings_digest
from kneedrive_cv.team.roster import Assignment, Person
from kneedrive_cv.team.store.opening import transaction


@dataclass(frozen=True)
class EarlierRun:
    """The newest run of a clip that was tried."""

    run: int
    job_key: str
    status: str
    output_dir: str

    @property
    def graded(self) -> bool:
        """Whether it has results."""
        return self.status == "graded"


@dataclass(frozen=True)
class NewRun:
    """A run that is to be done."""

    clip_id: int
    job_key: str
    fingerprint: str
    output_dir: str


def enrol(
    db: sqlite3.Connection,
    folder: str,
    people: Iterable[Person],
    clips: Sequence[tuple[TeamClip, Assignment]],
) -> dict[str, int]:
    """Write down athletes, sessions and clips, and which clips of the folder are gone.

    Returns
    -------
    dict of str to int
        Path of the clip -> its number in the store.
    """
    with transaction(db):
        known = {person.name: person for person in people}
        for person in known.values():
            _put_athlete(db, person)
        for name in sorted({given.athlete for _, given in clips} - {""} - set(known)):
            db.execute("INSERT OR IGNORE INTO athletes (name) VALUES (?)", (name,))
        db.execute("UPDATE clips SET present = 0 WHERE folder = ?", (folder,))
        numbers = {clip.path: _put_clip(db, folder, clip, given) for clip, given in clips}
        _drop_idle(db, known)
    return numbers


def retire(db: sqlite3.Connection, people: Iterable[Person]) -> None:
    """Take from their athletes those clips that are gone and that nothing is lost by.

    Such are those that were never graded, and those whose content was graded under another path
    that is there: a clip that was moved from one athlete to another counts for one of them. What
    was graded and then deleted stays.
    """
    with transaction(db):
        db.execute(
            """UPDATE clips SET session_id = NULL WHERE NOT present AND NOT EXISTS (
                SELECT 1 FROM latest_runs AS own WHERE own.clip_id = clips.id
                AND own.status = 'graded' AND own.fingerprint NOT IN (
                    SELECT r.fingerprint FROM latest_runs AS r JOIN clips AS c ON c.id = r.clip_id
                    WHERE c.present AND r.status = 'graded'))"""
        )
        _drop_idle(db, {person.name for person in people})


def _drop_idle(db: sqlite3.Connection, known: Container[str]) -> None:
    """Forget sessions without a clip, and athletes without a session who are not in the roster."""
    db.execute(
        "DELETE FROM sessions WHERE id NOT IN "
        "(SELECT session_id FROM clips WHERE session_id IS NOT NULL)"
    )
    idle = "SELECT id, name FROM athletes WHERE id NOT IN (SELECT athlete_id FROM sessions)"
    gone = [(row["id"],) for row in db.execute(idle) if row["name"] not in known]
    db.executemany("DELETE FROM athletes WHERE id = ?", gone)


def _put_athlete(db: sqlite3.Connection, person: Person) -> None:
    db.execute(
        """INSERT INTO athletes (name, squad, height_m, notes) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
        squad = excluded.squad, height_m = excluded.height_m, notes = excluded.notes""",
        (person.name, person.group, person.height_m, person.notes),
    )


def _put_clip(
    db: sqlite3.Connection, folder: str, clip: TeamClip, given: Assignment
) -> int:
    session = _session(db, given) if given.athlete else None
    row = db.execute(
        """INSERT INTO clips (folder, path, session_id, label, unassigned) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (folder, path) DO UPDATE SET session_id = excluded.session_id,
        label = excluded.label, unassigned = excluded.unassigned, present = 1 RETURNING id""",
        (folder, clip.path, session, given.label, given.why),
    ).fetchone()
    return int(row[0])


def _session(db: sqlite3.Connection, given: Assignment) -> int:
    athlete = _only(db, "SELECT id FROM athletes WHERE name = ?", (given.athlete,))
    key = (athlete, given.day)
    db.execute("INSERT OR IGNORE INTO sessions (athlete_id, day) VALUES (?, ?)", key)
    return _only(db, "SELECT id FROM sessions WHERE athlete_id = ? AND day = ?", key)


def _only(db: sqlite3.Connection, query: str, values: tuple[Any, ...]) -> int:
    return int(db.execute(query, values).fetchone()[0])


def earlier_runs(db: sqlite3.Connection, clip_ids: Iterable[int]) -> dict[int, EarlierRun]:
    """The newest run of each clip that was tried."""
    wanted = set(clip_ids)
    query = "SELECT id, clip_id, job_key, status, output_dir FROM latest_runs"
    return {
        row["clip_id"]: EarlierRun(
            row["id"], row["job_key"], row["status"], row["output_dir"]
        )
        for row in db.execute(query)
        if row["clip_id"] in wanted
    }


def taken_folders(db: sqlite3.Connection) -> dict[str, int]:
    """Folder of results -> the clip whose they are."""
    return {row[0]: row[1] for row in db.execute("SELECT output_dir, clip_id FROM runs")}


def plan_runs(db: sqlite3.Connection, runs: Sequence[NewRun], settings: Settings) -> list[int]:
    """Write down what is to be done, before it is; a run broken off takes up the same rows.

    Returns
    -------
    list of int
        The number of each run.
    """
    with transaction(db):
        settings_id = _put_settings(db, settings)
        wanted = {(run.clip_id, run.job_key) for run in runs}
        left = {
            (row["clip_id"], row["job_key"]): int(row["id"])
            for row in db.execute("SELECT * FROM runs WHERE status = 'pending'")
        }
        stale = [(number,) for key, number in left.items() if key not in wanted]
        db.executemany("DELETE FROM runs WHERE id = ?", stale)
        taken_up = [(r.output_dir, n) for r in runs if (n := left.get((r.clip_id, r.job_key)))]
        db.executemany("UPDATE runs SET output_dir = ? WHERE id = ?", taken_up)
        return [
            left.get((run.clip_id, run.job_key)) or _put_run(db, run, settings_id) for run in runs
        ]


def _put_settings(db: sqlite3.Connection, settings: Settings) -> int:
    digest = settings_digest(settings)
    text = json.dumps(settings.model_dump(mode="json"), sort_keys=True)
    db.execute("INSERT OR IGNORE INTO settings (digest, json) VALUES (?, ?)", (digest, text))
    return _only(db, "SELECT id FROM settings WHERE digest = ?", (digest,))


def _put_run(db: sqlite3.Connection, run: NewRun, settings_id: int) -> int:
    row = db.execute(
        """INSERT INTO runs (clip_id, job_key, fingerprint, settings_id, status, output_dir)
        VALUES (?, ?, ?, ?, 'pending', ?) RETURNING id""",
        (run.clip_id, run.job_key, run.fingerprint, settings_id, run.output_dir),
    ).fetchone()
    return int(row[0])


def save_outcome(
    db: sqlite3.Connection,
    outcome: Outcome,
    result: AnalysisResult | None,
    own_day: str | None = None,
) -> None:
    """Write down what came of a run, whole or not at all; a second time changes nothing.

    Parameters
    ----------
    db : sqlite3.Connection
    outcome : Outcome
    result : AnalysisResult or None
        Of a graded clip.
    own_day : str, optional
        The day that the clip itself names, where the result bears that of the roster.
    """
    with transaction(db):
        done = db.execute(
            """UPDATE runs SET status = ?, reason = ?, fix = ?, seconds = ?, finished_at = ?
            WHERE id = ? AND status = 'pending'""",
            (
                outcome.status,
                outcome.reason,
                outcome.fix,
                round(outcome.seconds, 3),
                datetime.now(UTC).isoformat(timespec="seconds"),
                outcome.run,
            ),
        )
        if done.rowcount == 1 and result is not None:
            day = result.clip.recorded if own_day is None else own_day
            save_result(db, outcome.run, result, day)


def save_result(db: sqlite3.Connection, run: int, result: AnalysisResult, own_day: str) -> None:
    """Write the numbers of a graded clip, inside a transaction."""
    text = json.dumps(result.versions, sort_keys=True)
    db.execute("INSERT OR IGNORE INTO versions (json) VALUES (?)", (text,))
    grade = result.summary.grade
    db.execute(
        """UPDATE runs SET versions_id = (SELECT id FROM versions WHERE json = ?), points = ?,
        low = ?, high = ?, letter = ?, headline = ?, view = ?, capture_fps = ?, height_px = ?,
        recorded = ? WHERE id = ?""",
        (
            text,
            grade.points,
            grade.low,
            grade.high,
            grade.letter,
            result.summary.headline,
            result.scene.view,
            result.clip.capture_fps,
            result.athlete.height_px,
            own_day,
            run,
        ),
    )
    _insert(db, "strides", [_stride_row(run, stride) for stride in result.strides])
    _insert(db, "metrics", [row for s in result.strides for row in _metric_rows(run, s)])
    _insert(db, "checks", [_check_row(run, i, c) for i, c in enumerate(result.checks)])
    _insert(db, "faults", [_fault_row(run, i, f) for i, f in enumerate(result.faults)])


def _insert(db: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _stride_row(run: int, stride: Stride) -> tuple[Any, ...]:
    return (
        run,
        stride.number,
        stride.side,
        stride.toe_off_frame,
        stride.peak_frame,
        stride.touchdown_frame,
        stride.toe_off_time_s,
        stride.peak_time_s,
        stride.touchdown_time_s,
        stride.valid_fraction,
    )


def _metric_rows(run: int, stride: Stride) -> list[tuple[Any, ...]]:
    return [
        (run, stride.number, name, value.value, value.low, value.high, value.status)
        for name, value in stride.metrics.items()
    ]


def _check_row(run: int, number: int, check: Check) -> tuple[Any, ...]:
    value = check.value
    return (
        run,
        number,
        check.code,
        check.side,
        check.title,
        check.verdict,
        value.value,
        value.low,
        value.high,
        value.status,
        check.unit,
        check.threshold,
        check.borderline,
        check.fault_when,
    )


def _fault_row(run: int, number: int, fault: Fault) -> tuple[Any, ...]:
    return (
        run,
        number,
        fault.code,
        fault.side,
        fault.severity,
        fault.stride,
        fault.frame,
        fault.value,
        fault.low,
        fault.high,
        fault.unit,
        fault.threshold,
        fault.sentence,
    )
