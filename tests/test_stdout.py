"""Standard output that lacks letters, takes no more, or was closed before the start."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from pathlib import Path

import pytest

from kneedrive_cv.report.terminal import open_console, print_verdict
from kneedrive_cv.stdout import takes_no_more, use_plain_letters
from tests.cli_run import COMMAND, LONGEST_S, environment
from tests.sample_analysis import make_analysis

FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", "-3? +-5 >=75 <=8 ?"),
        ("cp1252", "-3° ±5 >=75 <=8 ?"),
        ("utf-8", "−3° ±5 ≥75 ≤8 馬"),
    ],
)
def test_a_terminal_that_lacks_a_sign_shows_it_in_plain_letters(monkeypatch, encoding, written):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    use_plain_letters()
    print("−3° ±5 ≥75 ≤8 馬", end="", flush=True)  # noqa: T201
    assert raw.getvalue().decode(encoding) == written


def test_a_closed_standard_output_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert open_console()[1]
    print_verdict(make_analysis().result, Path("report.html"))


def test_an_error_of_a_file_is_not_taken_for_one_of_standard_output():
    assert takes_no_more(OSError(errno.ENOSPC, "No space left on device"))
    assert not takes_no_more(OSError(errno.ENOSPC, "No space left on device", "clip.mp4"))
    assert not takes_no_more(BrokenPipeError(errno.EPIPE, "Broken pipe"))


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("arguments", [("--version",), ("analyze", "--help"), ("doctor",)])
def test_a_full_disk_behind_standard_output_is_told_in_one_line(arguments):
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=LONGEST_S,
            check=False,
        )
    assert done.returncode == 2
    told = "kneedrive: the output cannot be written (No space left on device).\n"
    assert done.stderr.decode() == told
