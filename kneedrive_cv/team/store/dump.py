"""The content of a store as text without the moments in it: to compare two stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path


def dump(path: Path) -> Iterator[str]:
    """The SQL that would make the store again, line by line, every moment left out."""
    with closing(sqlite3.connect(":memory:")) as copy:
        with closing(sqlite3.connect(path)) as store:
            store.backup(copy)
        copy.execute("UPDATE runs SET finished_at = NULL, seconds = NULL")
        copy.execute("UPDATE migrations SET applied_at = ''")
        copy.commit()
        yield from copy.iterdump()
