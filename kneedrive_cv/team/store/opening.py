"""Open the store: make it, bring it up to date after keeping a copy, or refuse it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.team.store.migrations import MIGRATIONS, Migration

APPLICATION_ID: Final = 0x6B6E6565
""""knee", in the file's header: what tells a store from other SQLite files."""

OTHER_STORE: Final = "Name another file with --store."
_BUSY_S: Final = 10.0
_FIX_DAMAGED: Final = "Restore it from a copy, or name another one with --store."


def open_store(path: Path, *, steps: Sequence[Migration] = MIGRATIONS) -> sqlite3.Connection:
    """Open a store for writing; it is made where there is none.

    Parameters
    ----------
    path : Path
        An SQLite file.
    steps : sequence of callable
        The migrations.

    Raises
    ------
    ConfigError
        It is damaged, no store, newer than this version, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = _connect(path)
    except (OSError, sqlite3.Error) as error:
        what = f"the store cannot be opened ({error})"
        raise ConfigError(what, where=str(path), fix=OTHER_STORE) from error
    try:
        fresh = _is_empty(db)
        if not fresh:
            _examine(db, path)
        _bring_up_to_date(db, path, steps, fresh=fresh)
    except sqlite3.DatabaseError as error:
        db.close()
        what = f"the store is damaged or cannot be written ({error})"
        raise ConfigError(what, where=str(path), fix=_FIX_DAMAGED) from error
    except BaseException:
        db.close()
        raise
    return db


def read_store(path: Path) -> sqlite3.Connection:
    """Open a store for reading alone."""
    db = _connect(path)
    db.execute("PRAGMA query_only = ON")  # a connection that cannot write leaves its log behind
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def applied(db: sqlite3.Connection) -> list[str]:
    """Names of the migrations that were done, in order."""
    there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").fetchone()
    if there is None:
        return []
    return [str(row[0]) for row in db.execute("SELECT name FROM migrations ORDER BY number")]


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _is_empty(db: sqlite3.Connection) -> bool:
    """A new store, or one whose making was broken off."""
    return db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def _examine(db: sqlite3.Connection, path: Path) -> None:
    """Refuse what is damaged or no store."""
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        what = "is an SQLite file, but no store of kneedrive"
        raise ConfigError(what, where=str(path), fix="Name another file with --store.")


def _bring_up_to_date(
    db: sqlite3.Connection, path: Path, steps: Sequence[Migration], *, fresh: bool
) -> None:
    done, known = applied(db), [step.__name__ for step in steps]
    if done != known[: len(done)]:
        what = "the store was made by a newer version of kneedrive"
        fix = "Install that version, or name another file with --store."
        raise ConfigError(what, where=str(path), fix=fix)
    missing = steps[len(done) :]
    if not missing:
        return
    if not fresh:
        _keep_copy(db, path, missing[0].__name__)
    db.execute("PRAGMA journal_mode = WAL")
    with transaction(db):
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(
            """CREATE TABLE IF NOT EXISTS migrations
            (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"""
        )
        for step in missing:
            step(db)
            db.execute(
                "INSERT INTO migrations (name, applied_at) VALUES (?, ?)",
                (step.__name__, datetime.now(UTC).isoformat(timespec="seconds")),
            )


def _keep_copy(db: sqlite3.Connection, path: Path, step: str) -> Path:
    """Copy the store as it is before a migration, under a name that is free."""
    base = f"{path.stem}.before_{step}"
    names = (f"{base}{f'_{i}' if i else ''}{path.suffix}" for i in range(1000))
    copy = next(place for name in names if not (place := path.with_name(name)).exists())
    half = copy.with_name(f".{copy.name}.part")
    half.unlink(missing_ok=True)
    with closing(sqlite3.connect(half)) as target:
        db.backup(target)
    half.rename(copy)
    return copy
