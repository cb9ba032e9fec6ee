"""Run what the pages and the README show: their commands, their programs, their settings."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from itertools import islice
from pathlib import Path

import av

from kneedrive_cv.config import Settings
from tests.cli_run import environment, kneedrive
from tests.conftest import ROOT

FRAMES = 66
GRADES = "kneedrive analyze clip.mp4 --out runs"
"""The command that most pages begin with: it is run once for all of them."""
QUICK = ("analyze", "team")
"""Commands that read a pose: with the small model here, unless they have one already."""


def make_folder(folder: Path) -> Path:
    """A folder with the clips that the examples name, and one of them graded."""
    samples = ROOT / "sample_videos"
    folder.mkdir()
    shorten(samples / "side_good.mp4", folder / "clip.mp4")
    shorten(samples / "side_one_fault.mp4", folder / "later.mp4")
    shorten(samples / "front_twist.mp4", folder / "front.mp4")
    (folder / "monday" / "Ann").mkdir(parents=True)
    shutil.copy(folder / "clip.mp4", folder / "monday" / "Ann" / "2026-05-01_60m.mp4")
    ran = kneedrive(*GRADES.split()[1:], "--model", "lite", cwd=folder)
    assert ran.code == 0, ran.err
    return folder


def shorten(clip: Path, path: Path) -> None:
    """The clip's beginning, without coding it anew: a page needs a few knee drives only."""
    with av.open(clip) as whole, av.open(path, "w") as part:
        video = whole.streams.video[0]
        stream = part.add_stream_from_template(video)
        for packet in islice(whole.demux(video), FRAMES):
            packet.stream = stream
            part.mux(packet)


def run_kneedrive(line: str, folder: Path) -> None:
    """A command as it stands on a page; it must end well."""
    program, *words = shlex.split(line, comments=True)
    assert program == "kneedrive", line
    if line == GRADES:
        return
    if words[0] in QUICK and not {"--pose", "--model"} & set(words):
        words += ["--model", "lite"]
    ran = kneedrive(*words, cwd=folder)
    assert ran.code == 0, f"{line}\n{ran.err}"


def run_python(text: str, folder: Path) -> str:
    """A program, with warnings as errors as in the other tests; what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", "-c", text],
        cwd=folder,
        env=environment(MPLBACKEND="agg", HOME=os.environ.get("HOME", str(folder))),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{text}\n{done.stderr}"
    return done.stdout


def read_settings(text: str, folder: Path) -> None:
    """A file of settings, which is left in the folder as the pages call it."""
    (folder / "my.toml").write_text(text, encoding="utf-8")
    Settings.from_dict(tomllib.loads(text))


def fenced(text: str, *kinds: str) -> list[tuple[str, str]]:
    """The blocks of some kinds between fences, each with its kind."""
    return re.findall(rf"^```({'|'.join(kinds)})\n(.*?)^```$", text, flags=re.M | re.S)
