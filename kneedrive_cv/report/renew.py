"""The part of a page that tells how the athlete has changed: it can be renewed by itself.

Clips of a team are graded in any order, an earlier day perhaps after a later one. What stands of it
on a page is therefore put in anew once all are there; the rest of the page stays as it is.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from kneedrive_cv.report.history import History
from kneedrive_cv.report.pages import page_environment
from kneedrive_cv.result import AnalysisResult

_BEGINS: Final = "<!-- change -->"
_ENDS: Final = "<!-- /change -->"
"""Names from outside cannot hold them: their angle brackets are escaped."""


def change_part(result: AnalysisResult, history: History | None) -> dict[str, Any]:
    """What the templates want for this part."""
    return {
        "result": result,
        "history": history,
        "trends": history.trends if history else [],
        "stops": history.stops if history else [],
        "change_begins": Markup(_BEGINS),
        "change_ends": Markup(_ENDS),
    }


def renew_change(report: Path, result: AnalysisResult, history: History | None) -> bool:
    """Put the part into a page that was written earlier; the page is replaced as a whole.

    Returns
    -------
    bool
        Whether the page has changed; False also for a page without this part.

    Raises
    ------
    OSError
        The page cannot be read or written.
    """
    page = report.read_text(encoding="utf-8")
    head, begins, rest = page.partition(_BEGINS)
    old, ends, tail = rest.partition(_ENDS)
    part = page_environment().get_template("change.html.j2").render(change_part(result, history))
    if not ends or old == part:
        return False
    handle, name = tempfile.mkstemp(prefix=".", suffix=".html", dir=report.parent)
    half = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines((head, begins, part, ends, tail))
        half.chmod(0o644)
        half.replace(report)
    finally:
        half.unlink(missing_ok=True)
    return True
