"""``kneedrive team`` as a user meets it."""

from __future__ import annotations

import json
import shutil

import psutil
import pytest

from kneedrive_cv.team.store.dump import dump
from tests.cli_run import assert_refused, kneedrive

terminals = pytest.importorskip("tests.test_cli_interrupt", reason="needs a Unix terminal")


def test_what_cannot_be_used_is_refused_in_a_line(tmp_path):
    assert_refused(kneedrive("team", tmp_path / "none"), 2, "does not exist")
    assert_refused(kneedrive("team", tmp_path), 2, "holds no clip")
    (tmp_path / "1.mp4").touch()
    roster = tmp_path / "roster.csv"
    roster.write_text("name\nAnn\n", encoding="utf-8")
    out = tmp_path / "out"
    ran = kneedrive("team", tmp_path, "--roster", roster, "--out", out)
    assert_refused(ran, 2, "unknown column 'name'")
    store = tmp_path / "photo.sqlite"
    store.write_bytes(b"no database " * 100)
    ran = kneedrive("team", tmp_path, "--store", store, "--out", out)
    assert_refused(ran, 2, "photo.sqlite", "damaged")
    assert not (out / "team.html").exists()


def test_a_folder_in_which_nothing_can_be_graded_gives_a_page_and_exit_code_3(tmp_path):
    (tmp_path / "in" / "Ann").mkdir(parents=True)
    (tmp_path / "in" / "Ann" / "1.mp4").touch()
    ran = kneedrive("team", tmp_path / "in", "--out", tmp_path / "out", "--workers", "1")
    assert ran.code == 3
    assert "Ann/1.mp4: cannot be read: the file is empty." in ran.err
    assert "1 clip could not be graded" in ran.out
    assert "the file is empty" in (tmp_path / "out/team.html").read_text(encoding="utf-8").lower()


@pytest.mark.slow
def test_a_clip_is_graded_as_analyze_grades_it(tmp_path, sample_clip):
    clip = tmp_path / "in" / "Ann" / "2026-05-01_60m.mp4"
    clip.parent.mkdir(parents=True)
    shutil.copy(sample_clip, clip)
    team = kneedrive("team", clip.parent.parent, "--out", tmp_path / "out", "--model", "lite")
    assert team.code == 0, team.err
    assert "Ann" in team.out
    alone = kneedrive("analyze", clip, "--out", tmp_path / "alone", "--model", "lite")
    assert alone.code == 0, alone.err
    done = tmp_path / "out" / "Ann" / "2026-05-01_60m"
    made = {p.name for p in (tmp_path / "alone" / clip.stem).iterdir()}
    assert {p.name for p in done.iterdir()} == made | {"graded.json"}
    first, second = (
        json.loads((folder / "result.json").read_text(encoding="utf-8"))
        for folder in (done, tmp_path / "alone" / clip.stem)
    )
    assert first["athlete"]["name"] == "Ann"
    for result in (first, second):
        del result["settings"]["pose"]["workers"]
        result["athlete"]["name"] = result["clip"]["recorded"] = ""
    assert first == second


@pytest.mark.slow
def test_ctrl_c_ends_the_workers_and_the_same_command_goes_on(tmp_path, sample_clip):
    for name in ("Ann/1.mp4", "Bo/1.mp4"):
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        shutil.copy(sample_clip, tmp_path / "in" / name)
    out = tmp_path / "out"
    command = ("team", tmp_path / "in", "--out", out, "--model", "lite", "--workers", "1")
    terminal = terminals.Terminal(*command)
    terminal.wait_for("reading the pose")
    workers = psutil.Process(terminal.process.pid).children(recursive=True)
    terminal.interrupt()
    assert terminal.end() == 130, terminal.text
    assert "Stopped. What is done is kept" in terminal.text
    assert "Traceback" not in terminal.text
    _, alive = psutil.wait_procs(workers, timeout=terminals.SOON_S)
    assert not alive
    assert not (out / ".unfinished").exists()
    assert any("pending" in line for line in dump(out / "team.sqlite"))
