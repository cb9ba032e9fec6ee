"""``team.html``, ``team.csv`` and ``team.xlsx``: each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from kneedrive_cv.report.place import output_error
from kneedrive_cv.team.page import render_team
from kneedrive_cv.team.squad import Squad, read_squad
from kneedrive_cv.team.store.opening import read_store
from kneedrive_cv.team.tables import write_csv, write_xlsx


def write_team(store: str | Path, out: str | Path, *, title: str) -> Squad:
    """Write the page and the tables of a store.

    Parameters
    ----------
    store : str or Path
        An SQLite file that `kneedrive_cv.team.batch.grade_team` wrote.
    out : str or Path
        The folder.
    title : str
        Name of the team's folder.

    Returns
    -------
    Squad
        What was written.

    Raises
    ------
    OutputError
        A file cannot be written, for example since a spreadsheet holds it open.
    """
    store, out = Path(store), Path(out)
    with closing(read_store(store)) as db:
        squad = read_squad(db)
    page = render_team(squad, title=title, out=out, store=store)
    _replace(out / "team.html", lambda path: path.write_text(page, encoding="utf-8"))
    _replace(out / "team.csv", lambda path: write_csv(squad, path))
    _replace(out / "team.xlsx", lambda path: write_xlsx(squad, path))
    return squad


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside a file, then take its place."""
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        half = Path(name)
        try:
            write(half)
            half.chmod(0o644)
            half.replace(path)
        finally:
            with suppress(FileNotFoundError):
                half.unlink()
    except OSError as error:
        fix = "Close the program that holds it open, and run the command again."
        raise output_error(error, path, fix) from error
