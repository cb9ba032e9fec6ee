"""How far the work is, as a bar on stderr."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kneedrive_cv.looks import Progress as Watcher


@contextmanager
def progress_bar() -> Iterator[Watcher]:
    """A bar on stderr with the stage, the share done and frames a second."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description:22}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} frames"),
        TextColumn("{task.fields[rate]:>9}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,  # in a log file it would leave empty lines
    )
    tasks: dict[str, Any] = {}

    def show(stage: str, done: int, total: int) -> None:
        """Bring the stage's bar to where it is."""
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=max(total, 1), rate="")
        speed = bar.tasks[tasks[stage]].finished_speed or bar.tasks[tasks[stage]].speed
        rate = f"{speed:.0f} fps" if speed else ""
        bar.update(tasks[stage], completed=done, total=max(total, done), rate=rate)

    with bar:
        yield show
