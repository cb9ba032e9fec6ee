"""Ctrl-C ends the command at any stage, soon, and leaves nothing behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kneedrive_cv.cli import app
from kneedrive_cv.interrupt import OneInterrupt
from tests.cli_run import COMMAND, allow_interrupt, environment

pty = pytest.importorskip("pty", reason="the progress bar is read through a Unix terminal")
SOON_S = 20
SILENT_S = 60
STAGES = ("finding the athlete", "reading the pose", "drawing the overlay")


class Terminal:
    """The command in a terminal, whose progress bar says which stage it has come to."""

    def __init__(self, *arguments: str | Path) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            env=environment(TERM="xterm", COLUMNS="120"),
            stdin=subprocess.DEVNULL,
            stdout=slave,
            stderr=slave,
            preexec_fn=allow_interrupt,
        )
        os.close(slave)
        self.text = ""

    def read(self) -> bool:
        """Take what is there; False at the end."""
        if not select.select([self._master], [], [], SILENT_S)[0]:
            self.process.kill()
            pytest.fail(f"it hangs: {self.text}")
        try:
            content = os.read(self._master, 4096)
        except OSError:  # the other end was closed
            content = b""
        self.text += content.decode(errors="replace")
        return bool(content)

    def wait_for(self, words: str) -> None:
        while words not in self.text:
            assert self.read(), self.text

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        while self.read():
            pass
        os.close(self._master)
        return self.process.wait(timeout=SOON_S)


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_ctrl_c_ends_any_stage_and_leaves_nothing(tmp_path, sample_clip, stage, times):
    out = tmp_path / "deep" / "runs"
    terminal = Terminal("analyze", sample_clip, "--out", out, "--model", "lite")
    terminal.wait_for(stage)
    for _ in range(times):
        terminal.interrupt()
    assert terminal.end() == 130, terminal.text
    assert "Stopped. Nothing was written." in terminal.text
    assert "Traceback" not in terminal.text
    assert not (tmp_path / "deep").exists()


@pytest.mark.slow
def test_ctrl_c_in_a_second_run_leaves_the_first_as_it_was(tmp_path, sample_clip):
    folder = tmp_path / sample_clip.stem
    folder.mkdir()
    earlier = '{"schema_version": "1.0", "clip": {"name": "side_good.mp4"}}'
    (folder / "result.json").write_text(earlier, encoding="utf-8")
    terminal = Terminal("analyze", sample_clip, "--out", tmp_path, "--model", "lite")
    terminal.wait_for("drawing the overlay")
    terminal.interrupt()
    assert terminal.end() == 130, terminal.text
    assert [path.name for path in tmp_path.rglob("*")] == [folder.name, "result.json"]
    assert (folder / "result.json").read_text(encoding="utf-8") == earlier


def test_ctrl_c_that_a_library_turns_into_another_error_is_still_ctrl_c(monkeypatch, capsys):
    def turned(name: str) -> None:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("Error calling __set_name__")

    monkeypatch.setattr("kneedrive_cv.doctor.examine", lambda: turned("import"))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(SystemExit) as ended:
            app(["doctor"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 130
    assert capsys.readouterr().err == "kneedrive: Stopped. Nothing was written.\n"


SIGNALLED = """
import signal, sys
from kneedrive_cv import doctor
from kneedrive_cv.cli import app
from kneedrive_cv.interrupt import hold_interrupts, let_through

def examine():
    with hold_interrupts():
        signal.raise_signal(int(sys.argv[1]))
        print("a safe point", flush=True)
        let_through()

doctor.examine = examine
app(["doctor"])
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_a_program_is_taken_as_ctrl_c_and_waits_like_it(number):
    ended = subprocess.run(
        [sys.executable, "-c", SIGNALLED, str(int(number))],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SILENT_S,
        preexec_fn=allow_interrupt,
        check=False,
    )
    assert ended.returncode == 130
    assert ended.stdout == "a safe point\n"
    assert ended.stderr == "kneedrive: Stopped. Nothing was written.\n"


def test_a_program_that_ignores_ctrl_c_is_still_ended_by_sigterm():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    ends = signal.getsignal(signal.SIGTERM)
    try:
        with OneInterrupt():
            assert signal.getsignal(signal.SIGTERM) is ends
    finally:
        signal.signal(signal.SIGINT, before)
