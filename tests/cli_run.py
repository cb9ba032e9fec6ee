"""Run the real command and look at what a user sees."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

COMMAND = (sys.executable, "-m", "kneedrive_cv")
LONGEST_S = 120


@dataclass(frozen=True)
class Ran:
    """What was left when the command ended."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """The environment of the tests, with this copy of the package first and a plain terminal."""
    own = {key: value for key, value in os.environ.items() if key not in {"FORCE_COLOR", "TERM"}}
    path = os.pathsep.join(filter(None, (str(ROOT), own.get("PYTHONPATH"))))
    return own | {"PYTHONPATH": path, "PYTHONUTF8": "1"} | more


def allow_interrupt() -> None:
    """A program started in the background of a shell script ignores Ctrl-C; this one must not.

    Nor, started under ``nohup``, the end of its terminal.
    """
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


def kneedrive(*arguments: str | Path, cwd: Path | None = None, **env: str) -> Ran:
    """Run ``kneedrive ARGUMENTS`` to its end."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LONGEST_S,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def assert_refused(ran: Ran, code: int, *words: str) -> None:
    """One or two lines on stderr that hold the words, the exit code, and no traceback."""
    assert ran.code == code, ran
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert 1 <= len(lines) <= 2, ran.err
    assert lines[0].startswith("kneedrive: ")
    assert "Traceback" not in ran.err
    assert all(line.strip() for line in lines)
    for word in words:
        assert word in ran.err
