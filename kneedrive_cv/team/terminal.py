"""What the terminal shows of a team run: the progress, and the short table at its end."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from kneedrive_cv.report.terminal import open_console
from kneedrive_cv.team.batch import TeamRun
from kneedrive_cv.team.job import Job, Outcome
from kneedrive_cv.team.lane import Said
from kneedrive_cv.team.page import STATUS_WORDS, place_words
from kneedrive_cv.team.squad import FAULT_NAMES, Squad, Standing

_LETTER_STYLES: Final = {"A": "green", "B": "green", "C": "yellow", "D": "red", "E": "bold red"}
_SHOWN_FAILURES: Final = 20


class TeamProgress:
    """A bar for all clips with the time left, and one for each clip in hand, on stderr.

    Where stderr is no terminal, a line is written for each clip that is done.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._jobs: dict[int, Job] = {}
        self._tasks: dict[int, TaskID] = {}
        self._all: TaskID | None = None
        self._planned = 0
        self._done = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
        if kind is KeyboardInterrupt and self._planned:
            self._say(f"{self._done} of {self._planned} clips are done.")

    def planned(self, jobs: Sequence[Job], clips: int, refused: int) -> None:
        """Show how much there is to do."""
        self._jobs = {job.run: job for job in jobs}
        self._planned = len(jobs)
        known = f"{clips - len(jobs)} of {clips} clips are"
        if refused:
            words = f"done already and did not change; {refused} of them could not be graded."
            self._say(f"{known} {words}")
        elif len(jobs) < clips:
            self._say(f"{known} graded already and did not change.")
        self._all = self._bar.add_task("All clips", total=len(jobs), unit="clips")

    def said(self, news: Said) -> None:
        """Show how far a clip is."""
        run, stage, done, total = news
        job = self._jobs.get(run)
        if job is None:
            return
        if run not in self._tasks:
            self._tasks[run] = self._bar.add_task("", total=1, unit="frames")
        words = f"  {escape(job.path)}: {stage}"
        self._bar.update(
            self._tasks[run], description=words, completed=done, total=max(total, done, 1)
        )

    def finished(self, job: Job, outcome: Outcome) -> None:
        """Take a clip off the display and say what became of it."""
        self._done += 1
        del self._jobs[job.run]
        if job.run in self._tasks:
            self._bar.remove_task(self._tasks.pop(job.run))
        if self._all is not None:
            self._bar.update(self._all, completed=self._done)
        if outcome.status != "graded":
            words = STATUS_WORDS.get(outcome.status, outcome.status).lower()
            self._say(f"{job.path}: {words}: {outcome.reason}. {outcome.fix}".rstrip())
        elif not self._console.is_terminal:
            done = "named anew" if job.named_anew else "graded"
            self._say(f"{job.path}: {done} in {outcome.seconds:.0f} s")

    def _say(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


def print_squad(squad: Squad, run: TeamRun) -> None:
    """Print the short table, what could not be graded, and where the page lies."""
    console, _ = open_console()
    for group in squad.groups:
        console.print(leaderboard(group.name, group.standings))
        console.print()
    failed = len(squad.failed)
    if failed:
        clips = "1 clip" if failed == 1 else f"{failed} clips"
        words = f"{clips} could not be graded; the page says why and what to do."
        console.print(Text(words))
    _name(console, "Clips without an athlete", list(run.unassigned))
    _name(console, "Athletes without a graded clip", squad.without_clip)
    console.print(Text(f"Team page: {run.out / 'team.html'}"), soft_wrap=True)


def _name(console: Console, words: str, names: Sequence[str]) -> None:
    """A line with names, cut off where there are too many."""
    if names:
        more = f" and {len(names) - _SHOWN_FAILURES} more" if len(names) > _SHOWN_FAILURES else ""
        told = ", ".join(names[:_SHOWN_FAILURES])
        console.print(Text(f"{words}: {told}{more}"), soft_wrap=True)


def leaderboard(name: str, standings: Sequence[Standing]) -> Table:
    """A group's leaderboard as the terminal shows it."""
    table = Table(
        title=Text(name) if name else None,
        title_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for column in ("place", "athlete", "grade", "points", "95 %", "train first"):
        table.add_column(column, overflow="fold" if column == "athlete" else "ellipsis")
    for s in standings:
        grade = s.grade
        known = grade.points is not None and grade.low is not None and grade.high is not None
        letter = grade.letter or "–"
        table.add_row(
            place_words(s.ranks),
            Text(s.name),
            Text(letter, style=_LETTER_STYLES.get(letter, "dim")),
            f"{grade.points:.0f}" if known else "–",
            f"{grade.low:.0f} to {grade.high:.0f}" if known else "",
            FAULT_NAMES.get(s.main_fault, "no clear fault" if s.is_faultless else "–"),
        )
    return table
