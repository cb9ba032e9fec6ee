"""``team.html``: the squad at a glance, in one file that opens anywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jinja2 import ChoiceLoader, PackageLoader
from markupsafe import Markup

from kneedrive_cv.report.formats import number, value_interval
from kneedrive_cv.report.pages import content_policy, page_environment, read_script
from kneedrive_cv.report.view import CHECK_NAMES, VERDICT_WORDS
from kneedrive_cv.result import Value
from kneedrive_cv.team.changes import Change
from kneedrive_cv.team.squad import CODES, FAULT_NAMES, Squad
from kneedrive_cv.technique.drills import DRILLS
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.score import LETTERS
from kneedrive_cv.technique.verdict import off_zero

SHOWN_ASYMMETRIES: Final = 12
COLUMN_NAMES: Final = CHECK_NAMES | {"asymmetry": "Left and right alike"}
_START: Final = 'document.querySelectorAll("table.sortable").forEach(makeSortable);'

STATUS_WORDS: Final = {
    "ungradable": "Not gradable",
    "unreadable": "Cannot be read",
    "failed": "Failed",
    "crashed": "Broke its worker",
    "timed_out": "Took too long",
}


def render_team(squad: Squad, *, title: str, out: Path, store: Path) -> str:
    """The page; names from outside are shown as text, whatever they hold.

    Parameters
    ----------
    squad : Squad
    title : str
        Name of the team's folder.
    out : Path
        Where the page will lie; its links are relative to it.
    store : Path
        The store, which the folders of results are named against.
    """
    script = f"{read_script('player.js')}\n{_START}"
    loader = ChoiceLoader(
        [PackageLoader(f"kneedrive_cv.{part}", "templates") for part in ("team", "report")]
    )
    days = [(standing.since or standing).day for standing in squad.standings]
    return (
        page_environment()
        .overlay(loader=loader)
        .get_template("team.html.j2")
        .render(
            squad=squad,
            title=title,
            newest=max(days, default=""),
            policy=content_policy(script, embedded=True),
            script=Markup(script),
            codes=CODES,
            names=COLUMN_NAMES,
            faults=FAULT_NAMES,
            words=VERDICT_WORDS,
            statuses=STATUS_WORDS,
            letters=LETTERS,
            asymmetries=squad.asymmetries[:SHOWN_ASYMMETRIES],
            after_strain=DRILLS["after_strain"],
            link=lambda output_dir: report_link(output_dir, out=out, store=store),
            place=place_words,
            change=change_words,
            looked_for=looked_for,
            alone=_size,
            interval=_size_interval,
        )
    )


def report_link(output_dir: str, *, out: Path, store: Path) -> str:
    """The address of a clip's report from the page.

    Examples
    --------
    >>> report_link("Ann #1/a", out=Path("/r"), store=Path("/r/team.sqlite"))
    './Ann%20%231/a/report.html'
    """
    report = store.parent / output_dir / "report.html"
    try:
        return "./" + quote(Path(os.path.relpath(report, out)).as_posix())
    except ValueError:  # another drive
        return report.as_uri()


def place_words(ranks: tuple[int, int] | None) -> str:
    """The places that an interval allows; nothing without a grade.

    Examples
    --------
    >>> place_words((2, 2)), place_words((1, 4))
    ('2', '1–4')
    """
    if ranks is None:
        return ""
    return str(ranks[0]) if ranks[0] == ranks[1] else f"{ranks[0]}–{ranks[1]}"


def looked_for(title: str) -> str:
    """What a check looks for, by its title: a fault's would read wrongly of what is good.

    Examples
    --------
    >>> looked_for("Hip bends too little"), looked_for("Left and right differ: thigh")
    ('Hip flexion at the top', 'Left and right alike: thigh')
    """
    names = {rule.title: CHECK_NAMES[rule.code] for rule in RULES if rule.code in CHECK_NAMES}
    return names.get(title, title.replace("Left and right differ", COLUMN_NAMES["asymmetry"]))


def change_words(change: Change) -> str:
    """A change as ``60° → 72°``."""
    if change.unit == "points":
        return f"{change.before:.0f} → {change.now:.0f}"
    return f"{number(change.before, change.unit)} → {number(change.now, change.unit)}"


def _size(value: Value, unit: str) -> str:
    """The size of a difference, as the clip's page shows it."""
    return number(None if value.value is None else abs(value.value), unit)


def _size_interval(value: Value, unit: str) -> str:
    """The interval of the size: that of left minus right may lie below zero."""
    return value_interval(off_zero(value), unit)
