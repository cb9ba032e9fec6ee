"""Who runs in which clip: from a roster, or from the names of folders and files.

Without a roster a clip belongs to the first folder on its path that holds no date, and its day is
the last ``2026-05-01`` or ``20260501`` on the path: ``Ann Lee/2026-05-01_60m_1.mov``. Without such
a folder, what stands before the date is the name, in a folder's name or the file's:
``Ann Lee_2026-05-01_60m_1.mov``. What cameras and apps call their files and folders is no name of
an athlete: ``VID_20260501_101112.mp4``. What fits neither is left unassigned.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any, Final

from kneedrive_cv.errors import ConfigError

COLUMNS: Final = ("athlete", "file", "date", "height", "group", "notes")
_DATE: Final = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_CAMERA: Final = re.compile(
    r"(SL_MO_|S)?(VID|PXL|IMG|MVIMG|MVI|MOV|DSC[NF]?|DJI|WIN|TRIM)([ _-]?E?\d+)?"
    r"|G[HX]\d{6}|GOPR\d{4}|DCIM|\d{3}[A-Z_][0-9A-Z_]{4}|\d{6}__"
)
"""What a camera puts before the date, and its folders: DCIM and those in it, as 100APPLE."""
_APPS: Final = frozenset(
    {
        "bildschirmaufnahme",
        "camera",
        "camera roll",
        "capture",
        "inshot",
        "recording",
        "screen",
        "screen recorder",
        "screen recording",
        "screen recordings",
        "screenrecorder",
        "screenrecording",
        "signal",
        "telegram",
        "video",
        "videos",
        "whatsapp image",
        "whatsapp video",
    }
)
"""What phones and apps put before the date, and call their folders."""
_MORE: Final = "cells beyond the last column"
_TALLEST_M: Final = 2.6
_SHORTEST_M: Final = 0.8
_CM_PER_M: Final = 100.0


@dataclass(frozen=True)
class Person:
    """An athlete of the roster."""

    name: str
    group: str = ""
    height_m: float | None = None
    notes: str = ""


@dataclass(frozen=True)
class Assignment:
    """Whose clip it is; ``athlete`` is empty where that could not be told, and ``why`` says it."""

    athlete: str = ""
    day: str = ""
    label: str = ""
    why: str = ""
    height_m: float | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Row:
    athlete: str
    pattern: str
    day: str


@dataclass(frozen=True)
class Roster:
    """The athletes and which clips are theirs.

    Attributes
    ----------
    people : dict of str to Person
        By name, in the order of the file.
    rows : sequence
        Patterns of files; empty without a roster.
    """

    people: dict[str, Person] = field(default_factory=dict)
    rows: Sequence[_Row] = ()

    def assign(self, path: str) -> Assignment:
        """Whose clip a path is."""
        by_name = from_path(path)
        if not self.people:
            return by_name
        matches = self._matches(path)
        names = {row.athlete for row in matches}
        if len(names) > 1:
            who = " and ".join(sorted(names))
            return Assignment(day=by_name.day, label=by_name.label, why=f"the roster gives {who}")
        if matches:
            day = matches[0].day or by_name.day
            name = matches[0].athlete
            return Assignment(name, day, by_name.label, height_m=self.people[name].height_m)
        known = {_same_name(name): name for name in self.people}
        listed = known.get(_same_name(by_name.athlete))
        if listed is not None:
            height_m = self.people[listed].height_m
            return Assignment(listed, by_name.day, by_name.label, height_m=height_m)
        return Assignment(day=by_name.day, label=by_name.label, why="no row of the roster fits")

    def _matches(self, path: str) -> list[_Row]:
        """The rows that fit a path; where one names the very file, the patterns do not count."""
        matching = [row for row in self.rows if _fits(row.pattern, path)]
        exact = [row for row in matching if _slashed(row.pattern) == _slashed(path)]
        return exact or matching


def _fits(pattern: str, path: str) -> bool:
    """A pattern with a slash is for the whole path, one without for the file's name.

    What is no pattern of the name, as ``Ann [1].mov``, may be the very name.
    """
    pattern, path = _slashed(pattern), _slashed(path)
    subject = path if "/" in pattern else PurePosixPath(path).name
    return subject == pattern or fnmatchcase(subject, pattern)


def _same_name(name: str) -> str:
    """A name without what a second typing changes: case and spaces."""
    return " ".join(_alike(name).split())


def _slashed(path: str) -> str:
    """A path to compare, also of who writes it with the backslashes of Windows."""
    return _alike(path).replace("\\", "/")


def _alike(text: str) -> str:
    """Without what tells names apart to a machine alone: a Mac writes é as two characters."""
    return _one_form(text).casefold()


def _one_form(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def from_path(path: str) -> Assignment:
    """What the name of a clip says.

    Examples
    --------
    >>> from_path("Ann Lee/2026-05-01_60m_1.mov")
    Assignment(athlete='Ann Lee', day='2026-05-01', label='60m_1', why='')
    >>> from_path("Bo_20260501_2.mov").athlete
    'Bo'
    >>> from_path("VID_20260501_101112.mp4").why
    'neither its folder nor its name says whose it is'
    """
    place = PurePosixPath(_one_form(path))
    day, label = _last_day(str(place)), _without_date(place.stem)
    folders = place.parts[:-1]
    plain = (part.strip() for part in folders if not _last_day(part))
    named = [part for part in plain if part and not _is_of_a_device(part)]
    owner = next(iter(named), "") or next(filter(None, map(_before_date, folders)), "")
    if owner:
        return Assignment(owner, day, label)
    owner = _before_date(place.stem)
    if owner:
        return Assignment(owner, day, label[len(owner) :].strip(" _-"))
    why = "neither its folder nor its name says whose it is"
    return Assignment(day=day, label=label, why=why)


def _before_date(text: str) -> str:
    """The name in ``Ann Lee_2026-05-01``; empty where there is no date or no name before it."""
    found = next((found for found in _DATE.finditer(text) if _as_day(found)), None)
    name = text[: found.start()].strip(" _-") if found else ""
    return "" if _is_of_a_device(name) else name


def _is_of_a_device(name: str) -> bool:
    """Whether a camera or an app gives such a name: VID, but not Vid, who may be an athlete."""
    capitals = name.upper() if name.islower() else name
    words = re.sub(r"[ _-]+", " ", name).casefold()
    return _CAMERA.fullmatch(capitals) is not None or words in _APPS


def _without_date(text: str) -> str:
    return _DATE.sub("", text).strip(" _-")


def _last_day(text: str) -> str:
    days = [day for found in _DATE.finditer(text) if (day := _as_day(found))]
    return days[-1] if days else ""


def _as_day(found: re.Match[str]) -> str:
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return ""


def read_roster(path: Path) -> Roster:
    """Read a roster: a CSV file with the columns athlete, file, date, height, group, notes.

    Only ``athlete`` is needed. ``file`` is a path inside the folder or a pattern such as
    ``Ann*/*.mov``; an athlete may have several rows. ``date`` is the day of the clips that ``file``
    names, and stands in no row without one. ``height`` is in metres or centimetres.
    Commas and semicolons part the columns alike.

    Raises
    ------
    ConfigError
        It cannot be read, or a line does not fit; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror})", where=str(path)) from error
    except UnicodeDecodeError as error:
        fix = "Save it as CSV UTF-8."
        raise ConfigError("is not UTF-8 text", where=str(path), fix=fix) from error
    head, _, _ = text.partition("\n")
    delimiter = ";" if head.count(";") > head.count(",") else ","
    lines = StringIO(text, newline="")
    reader = csv.DictReader(lines, delimiter=delimiter, restkey=_MORE, strict=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    _check_columns(names, path)
    reader.fieldnames = names
    try:
        return _collect(((reader.line_num, row) for row in reader), path)
    except csv.Error as error:
        raise ConfigError(f"is no CSV ({error})", where=str(path)) from error


def _check_columns(names: Sequence[str], path: Path) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    if "athlete" in names and not unknown:
        return
    what = f"has an unknown column {unknown[0]!r}" if unknown else "has no column 'athlete'"
    fix = f"The first line names the columns: {','.join(COLUMNS)}."
    raise ConfigError(what, where=str(path), fix=fix)


def _collect(lines: Iterable[tuple[int, dict[str, Any]]], path: Path) -> Roster:
    people: dict[str, Person] = {}
    spelt: dict[str, str] = {}
    rows: list[_Row] = []
    for number, line in lines:
        where = f"{path}, line {number}"
        if any(cell.strip() for cell in line.get(_MORE) or ()):
            fix = "Put what holds a comma between quotation marks."
            raise ConfigError("has more cells than the first line names", where=where, fix=fix)
        cells = {name: _cell(line.get(name)) for name in COLUMNS}
        if not any(cells.values()):
            continue
        if not cells["athlete"]:
            raise ConfigError("names no athlete", where=where)
        name = spelt.setdefault(_same_name(cells["athlete"]), cells["athlete"])
        person = Person(name, cells["group"], _height_m(cells["height"], where), cells["notes"])
        people[person.name] = _merge(people.get(person.name), person)
        day = _day(cells["date"], where)
        if cells["file"]:
            rows.append(_Row(person.name, cells["file"], day))
        elif day:
            fix = "Name the clips of that day in the column file, or leave the date out."
            raise ConfigError("a date needs a file", where=where, fix=fix)
    if not people:
        raise ConfigError("names no athlete", where=str(path))
    return Roster(people, rows)


def _cell(text: object) -> str:
    """The text in one line: a spreadsheet's cell may have several."""
    return " ".join(_one_form(text).strip().splitlines()) if isinstance(text, str) else ""


def _merge(first: Person | None, then: Person) -> Person:
    """What an earlier row of the athlete said, where the later one says nothing."""
    if first is None:
        return then
    return Person(
        then.name,
        then.group or first.group,
        then.height_m or first.height_m,
        then.notes or first.notes,
    )


def _height_m(text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = 0.0
    metres = number / _CM_PER_M if number > _TALLEST_M else number
    if not _SHORTEST_M <= metres <= _TALLEST_M:
        what = f"{text!r} is no height"
        raise ConfigError(what, where=where, fix="Give it in centimetres, as 182.")
    return metres


def _day(text: str, where: str) -> str:
    if not text:
        return ""
    found = _DATE.fullmatch(text)
    day = _as_day(found) if found else ""
    if not day:
        raise ConfigError(f"{text!r} is no date", where=where, fix="Write it as 2026-05-01.")
    return day
