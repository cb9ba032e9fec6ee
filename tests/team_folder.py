"""Folders of clips for the fake grader, graded without processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kneedrive_cv.team.batch import TeamRun, grade_team
from kneedrive_cv.team.executors import Crew
from kneedrive_cv.team.worker import do_job
from tests import fake_grader


def make_folder(root: Path, texts: dict[str, str]) -> Path:
    """A folder of clips whose text tells the fake grader what to do."""
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@contextmanager
def inline_crew(*_: Any, **__: Any) -> Iterator[Crew]:
    """A crew of one thread: what is tested is not the processes."""
    with ThreadPoolExecutor(1) as pool:
        yield Crew(pool, do_job, 1, list)


def grade(folder: Path, out: Path, **more: Any) -> TeamRun:
    """Grade with the fake grader."""
    return grade_team(folder, out=out, grade=fake_grader.grade, **more)
