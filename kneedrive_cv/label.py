"""Who ran, and on which day: what the user says of a run beside its clip."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict

from kneedrive_cv.errors import ConfigError


class Label(TypedDict):
    """As `kneedrive_cv.analysis.Analysis.labelled` takes it."""

    name: str
    recorded: str


def label_of(name: object = "", recorded: object = "") -> Label:
    """Check both; the day becomes text.

    Parameters
    ----------
    name : str
        The athlete's name, empty where it is not known.
    recorded : str, date or datetime
        The day, as text ``2026-05-31``; empty where it is not known.

    Raises
    ------
    ConfigError
        One of them is no such thing.

    Examples
    --------
    >>> label_of("Ann", date(2026, 5, 31))
    {'name': 'Ann', 'recorded': '2026-05-31'}
    """
    if not isinstance(name, str):
        raise ConfigError("is no text", where="name")
    try:
        name.encode()
    except UnicodeEncodeError:  # the terminal's encoding is not that in which it was typed
        what = f"{name!r} is no valid text"
        raise ConfigError(what, where="name", fix="Give it in UTF-8.") from None
    return {"name": name, "recorded": _day(recorded)}


def _day(recorded: object) -> str:
    if recorded is None or recorded == "":
        return ""
    try:
        if isinstance(recorded, str):
            recorded = datetime.strptime(recorded, "%Y-%m-%d")
        if isinstance(recorded, datetime):  # a date too, and its text would have the time as well
            recorded = recorded.date()
        if isinstance(recorded, date):
            return recorded.isoformat()
    except ValueError:
        pass
    raise ConfigError(
        f"{recorded!r} is no day", where="recorded", fix="Give a date, or text as 2026-05-31."
    )
