"""Read from the store what the leaderboard is made of."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any, Final

from kneedrive_cv.result import Check, Value

DAYS_COMPARED: Final = 2
"""The newest day that counts and the one before it."""

Numbers = dict[tuple[str, str], list[float]]
"""Name of a metric and leg -> its numbers in the strides of a clip."""

_WORTH_GRADE: Final = 2
_WORTH_CHECKS: Final = 1
"""What a clip is worth: a drill has neither, and one from the front has checks alone."""

_COUNTED: Final = """(
    -- the newest run that says something of the clip: one that ran out of memory or time says
    -- nothing, unless the clip is another one by now
    SELECT * FROM runs AS r WHERE status = 'graded' AND id = (
        SELECT max(id) FROM runs WHERE clip_id = r.clip_id
        AND status NOT IN ('pending', 'failed', 'crashed', 'timed_out'))
    AND NOT EXISTS (SELECT 1 FROM runs WHERE clip_id = r.clip_id AND id > r.id
        AND status <> 'pending' AND fingerprint <> r.fingerprint))"""

_SESSION_RUNS: Final = f"""
WITH graded AS (
    -- a clip that was renamed is another one to the store: of the same content the newest run alone
    -- (with max() SQLite takes the other columns from that very row)
    SELECT s.athlete_id, coalesce(nullif(s.day, ''), r.recorded) AS graded_day, max(r.id) AS run_id,
        r.settings_id, c.label, c.path, r.points, r.low, r.high, r.letter, r.headline, r.output_dir
    FROM {_COUNTED} AS r
    JOIN clips AS c ON c.id = r.clip_id
    JOIN sessions AS s ON s.id = c.session_id
    GROUP BY s.athlete_id, graded_day, r.fingerprint
), weighed AS MATERIALIZED (
    SELECT *, graded_day AS day,
        CASE WHEN points IS NOT NULL THEN {_WORTH_GRADE}
            WHEN EXISTS (SELECT 1 FROM checks WHERE run_id = graded.run_id) THEN {_WORTH_CHECKS}
            ELSE 0 END AS worth
    FROM graded
), days AS (
    SELECT athlete_id, day, max(worth) AS worth FROM weighed GROUP BY athlete_id, day
), ordered AS (
    SELECT athlete_id, day,
        row_number() OVER (PARTITION BY athlete_id ORDER BY day DESC) AS age,
        row_number() OVER (PARTITION BY athlete_id ORDER BY worth DESC, day DESC) AS place
    FROM days
)
SELECT weighed.* FROM weighed JOIN ordered USING (athlete_id, day)
WHERE age = 1 OR place <= ? ORDER BY athlete_id, age, path
"""
"""The newest day of each athlete, and of those that are worth most the newest."""


@dataclass(frozen=True)
class GradedClip:
    """A graded clip of a session."""

    run: int
    path: str
    label: str
    points: float | None
    low: float | None
    high: float | None
    letter: str | None
    headline: str
    output_dir: str


@dataclass(frozen=True)
class Session:
    """The graded clips of an athlete on one day.

    Attributes
    ----------
    day : str
    worth : int
        Greater for a day with a grade than for one with checks alone, and least for drills.
    settings : int
        Those that the checks were made with.
    clips : list of GradedClip
        Each content once: a clip that was renamed counts by its newest run alone.
    checks : list of Check
        Those of the newest settings: what was judged by different targets does not go together.
    scored : list of Check
        Those that have a part in the grade: a clip without points, as one from the front, has
        checks all the same.
    numbers : list of dict
        Of each clip of the newest settings: what its strides measured.
    """

    day: str
    worth: int
    settings: int
    clips: list[GradedClip]
    checks: list[Check]
    scored: list[Check]
    numbers: list[Numbers]


@dataclass(frozen=True)
class Athlete:
    """An athlete with his newest sessions, the newest first: the last one and those that count."""

    name: str
    squad: str
    height_m: float | None
    notes: str
    sessions: list[Session] = field(default_factory=list)


@dataclass(frozen=True)
class FailedClip:
    """A clip that could not be graded."""

    path: str
    athlete: str
    status: str
    reason: str
    fix: str


@dataclass(frozen=True)
class LooseClip:
    """A clip without an athlete; ``output_dir`` is empty where it could not be graded."""

    path: str
    why: str
    points: float | None
    output_dir: str


def read_athletes(db: sqlite3.Connection) -> list[Athlete]:
    """All athletes by name, each with his newest sessions."""
    rows = db.execute(_SESSION_RUNS, (DAYS_COMPARED,)).fetchall()
    wanted = [row["run_id"] for row in rows]
    checks, numbers = _checks(db, wanted), _numbers(db, wanted)
    sessions: dict[int, dict[str, list[sqlite3.Row]]] = {}
    for row in rows:
        sessions.setdefault(row["athlete_id"], {}).setdefault(row["day"], []).append(row)
    return [
        Athlete(
            name=row["name"],
            squad=row["squad"],
            height_m=row["height_m"],
            notes=row["notes"],
            sessions=[
                _session(day, runs, checks, numbers)
                for day, runs in sessions.get(row["id"], {}).items()
            ],
        )
        for row in db.execute("SELECT * FROM athletes ORDER BY name")
    ]


def _session(
    day: str, runs: list[sqlite3.Row], checks: dict[int, list[Check]], numbers: dict[int, Numbers]
) -> Session:
    newest = max(runs, key=lambda row: (row["worth"], row["run_id"]))
    alike = [row for row in runs if row["settings_id"] == newest["settings_id"]]
    pointed = [row for row in alike if row["points"] is not None]
    return Session(
        day=day,
        worth=newest["worth"],
        settings=newest["settings_id"],
        clips=[_clip(row) for row in runs],
        checks=_of_runs(alike, checks),
        scored=_of_runs(pointed, checks),
        numbers=[numbers.get(row["run_id"], {}) for row in alike],
    )


def _of_runs(runs: list[sqlite3.Row], checks: dict[int, list[Check]]) -> list[Check]:
    """The checks of some runs, one run after the other."""
    return [check for row in runs for check in checks.get(row["run_id"], ())]


def _clip(row: sqlite3.Row) -> GradedClip:
    return GradedClip(
        run=row["run_id"],
        path=row["path"],
        label=row["label"],
        points=row["points"],
        low=row["low"],
        high=row["high"],
        letter=row["letter"],
        headline=row["headline"],
        output_dir=row["output_dir"],
    )


def _checks(db: sqlite3.Connection, runs: list[int]) -> dict[int, list[Check]]:
    """The checks of some runs."""
    found: dict[int, list[Check]] = {}
    query = """SELECT checks.* FROM json_each(?) AS wanted JOIN checks ON run_id = wanted.value
    ORDER BY run_id, number"""
    for row in db.execute(query, (json.dumps(runs),)):
        found.setdefault(row["run_id"], []).append(_check(row))
    return found


def _numbers(db: sqlite3.Connection, runs: list[int]) -> dict[int, Numbers]:
    """The numbers of the strides of some runs."""
    found: dict[int, Numbers] = {}
    query = """SELECT m.run_id, m.name, s.side, m.value FROM json_each(?) AS wanted
    JOIN metrics AS m ON m.run_id = wanted.value
    JOIN strides AS s ON s.run_id = m.run_id AND s.number = m.stride
    WHERE m.value IS NOT NULL"""
    for run, name, side, value in db.execute(query, (json.dumps(runs),)):
        found.setdefault(run, {}).setdefault((name, side), []).append(value)
    return found


def _check(row: sqlite3.Row) -> Check:
    """A check as it was saved; the store's content was examined when it was written."""
    value = Value.model_construct(
        value=row["value"],
        low=row["low"],
        high=row["high"],
        status=row["status"],
        valid_fraction=1.0,
        reason="",
    )
    kept: dict[str, Any] = {
        key: row[key]
        for key in ("code", "side", "title", "verdict", "unit", "threshold", "borderline")
    }
    return Check.model_construct(
        **kept,
        value=value,
        fault_when=row["fault_when"],
        target="",
        source="",
        strides=[],
        strides_at_fault=[],
    )


@dataclass(frozen=True)
class DatedRun:
    """The newest run of a graded clip, with its athlete and its day."""

    run: int
    athlete: str
    day: str
    output_dir: str


def read_dated(db: sqlite3.Connection) -> list[DatedRun]:
    """The graded clips that have an athlete and a day, in order of both."""
    query = f"""SELECT r.id, a.name, coalesce(nullif(s.day, ''), r.recorded) AS own_day,
        r.output_dir
    FROM {_COUNTED} AS r JOIN clips AS c ON c.id = r.clip_id
    JOIN sessions AS s ON s.id = c.session_id JOIN athletes AS a ON a.id = s.athlete_id
    WHERE own_day <> '' ORDER BY a.name, own_day, c.path"""
    return [DatedRun(*row) for row in db.execute(query)]


def read_failed(db: sqlite3.Connection) -> list[FailedClip]:
    """The clips whose newest run gave no grade, as far as they are still there."""
    query = """SELECT c.path, coalesce(a.name, '') AS athlete, r.status, r.reason, r.fix
    FROM latest_runs AS r JOIN clips AS c ON c.id = r.clip_id
    LEFT JOIN sessions AS s ON s.id = c.session_id LEFT JOIN athletes AS a ON a.id = s.athlete_id
    WHERE r.status <> 'graded' AND c.present ORDER BY c.path"""
    return [FailedClip(*row) for row in db.execute(query)]


def read_loose(db: sqlite3.Connection) -> list[LooseClip]:
    """The clips that could not be assigned to an athlete, as far as they are still there."""
    query = """SELECT c.path, c.unassigned, r.points,
        CASE WHEN r.status = 'graded' THEN r.output_dir ELSE '' END
    FROM clips AS c LEFT JOIN latest_runs AS r ON r.clip_id = c.id
    WHERE c.session_id IS NULL AND c.present ORDER BY c.path"""
    return [LooseClip(*row) for row in db.execute(query)]


def read_undated(db: sqlite3.Connection) -> list[LooseClip]:
    """The graded clips of which no day is known, of athletes who stand by those of which it is."""
    query = f"""SELECT c.path, 'of ' || a.name, r.points, r.output_dir
    FROM {_COUNTED} AS r JOIN clips AS c ON c.id = r.clip_id
    JOIN sessions AS s ON s.id = c.session_id JOIN athletes AS a ON a.id = s.athlete_id
    WHERE c.present AND s.day = '' AND r.recorded = '' AND EXISTS (
        SELECT 1 FROM {_COUNTED} AS o JOIN clips AS oc ON oc.id = o.clip_id
        JOIN sessions AS os ON os.id = oc.session_id
        WHERE os.athlete_id = a.id AND os.day || o.recorded <> '')
    ORDER BY c.path"""
    return [LooseClip(*row) for row in db.execute(query)]
