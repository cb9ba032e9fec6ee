"""Footage that was moved to another place, with its grades in the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kneedrive_cv.errors import VideoError
from kneedrive_cv.team.clips import TeamClip, fingerprint
from kneedrive_cv.team.remote import is_url
from kneedrive_cv.team.store.opening import transaction

CLIPS_COMPARED: Final = 3
"""So many clips of the same path must have the same content, or all that there are."""


def adopt_moved(db: sqlite3.Connection, folder: str, clips: Sequence[TeamClip]) -> None:
    """Take the clips of a folder that is no longer there for those of this one.

    As of a drive with another letter, or a folder around it that was renamed: they would else be
    graded again, and stand twice on the page for good.

    Parameters
    ----------
    db : sqlite3.Connection
    folder : str
        The folder, as the store names it.
    clips : sequence of TeamClip
        What lies in it.
    """
    others = "SELECT DISTINCT folder FROM clips WHERE folder <> ? ORDER BY folder"
    for (old,) in db.execute(others, (folder,)).fetchall():
        if _is_gone(old) and _has_the_same(db, old, clips):
            with transaction(db):
                db.execute(
                    """UPDATE clips SET folder = ?1 WHERE folder = ?2
                    AND path NOT IN (SELECT path FROM clips WHERE folder = ?1)""",
                    (folder, old),
                )


def _is_gone(folder: str) -> bool:
    """Whether a folder of this machine is no longer there; what may not be looked at may be."""
    try:
        return not is_url(folder) and not Path(folder).exists()
    except OSError:
        return False


def _has_the_same(db: sqlite3.Connection, old: str, clips: Sequence[TeamClip]) -> bool:
    """Whether clips of a folder that is gone lie here, by path and content."""
    query = """SELECT c.path, r.fingerprint FROM clips AS c
    JOIN latest_runs AS r ON r.clip_id = c.id WHERE c.folder = ?"""
    known = dict(db.execute(query, (old,)).fetchall())
    both = [clip for clip in clips if clip.path in known][:CLIPS_COMPARED]
    try:
        return bool(both) and all(fingerprint(clip) == known[clip.path] for clip in both)
    except VideoError:
        return False
