"""Footage behind a URL is listed, fetched and graded like that of a folder."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.team import batch
from kneedrive_cv.team.clips import find_clips
from tests.team_folder import grade, inline_crew, make_folder

fsspec = pytest.importorskip("fsspec", reason="the extra 'cluster' is not installed")
# fsspec's own loop and its connections end with the process.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

CLIPS = {"Ann Lee/2026-05-01_1.mp4": "ok 71", "Zoë/2026-05-01_2.mp4": "ok 64"}


@pytest.fixture
def bucket():
    """A folder of fsspec's memory, which only this process sees."""
    fs = fsspec.filesystem("memory")
    for name, text in CLIPS.items():
        fs.pipe(f"/bucket/{name}", text.encode())
    yield fs
    fs.rm("/bucket", recursive=True)


@pytest.fixture
def here(monkeypatch):
    """The clips are graded by this process."""
    monkeypatch.setattr(batch, "open_crew", inline_crew)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(tmp_path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which it is served."""
    pytest.importorskip("aiohttp", reason="fsspec needs it for web addresses")
    root = make_folder(tmp_path / "web", CLIPS)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield root, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def statuses(run: batch.TeamRun) -> dict[str, str]:
    return {path: outcome.status for path, outcome in run.outcomes.items()}


def athletes(store: Path) -> list[str]:
    with closing(sqlite3.connect(store)) as db:
        return [name for (name,) in db.execute("SELECT name FROM athletes ORDER BY name")]


@pytest.mark.usefixtures("bucket", "here")
def test_a_bucket_is_graded_as_a_folder_is(tmp_path):
    run = grade("memory://bucket", tmp_path / "out", workers=1)
    assert statuses(run) == dict.fromkeys(CLIPS, "graded")
    assert athletes(run.store) == ["Ann Lee", "Zoë"]
    assert (tmp_path / "out" / "Ann Lee" / "2026-05-01_1" / "report.html").is_file()


@pytest.mark.usefixtures("here")
def test_a_second_run_fetches_only_what_changed(bucket, tmp_path):
    grade("memory://bucket", tmp_path / "out", workers=1)
    assert not grade("memory://bucket", tmp_path / "out", workers=1).outcomes
    bucket.pipe("/bucket/Zoë/2026-05-01_2.mp4", b"ok 65 and more")
    again = grade("memory://bucket", tmp_path / "out", workers=1)
    assert statuses(again) == {"Zoë/2026-05-01_2.mp4": "graded"}


def test_results_in_a_bucket_are_no_footage(bucket):
    bucket.pipe("/bucket/runs/a/result.json", b"{}")
    bucket.pipe("/bucket/runs/a/overlay.mp4", b"ok 1")
    assert [clip.path for clip in find_clips("memory://bucket")] == sorted(CLIPS)


@pytest.mark.usefixtures("here")
def test_what_cannot_be_fetched_now_is_tried_again(bucket, tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise ConnectionResetError("the line was cut\nand more")

    with monkeypatch.context() as patch:
        patch.setattr(type(bucket), "get_file", refuse)
        run = grade("memory://bucket", tmp_path / "out", workers=1)
    assert {outcome.status for outcome in run.outcomes.values()} == {"failed"}
    assert "(the line was cut)" in next(iter(run.outcomes.values())).reason
    assert len(grade("memory://bucket", tmp_path / "out", workers=1).outcomes) == len(CLIPS)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("memory://nothing-here", "holds no clip|cannot be listed"),
        ("nosuchstore://bucket", "cannot be opened"),
        ("simplecache::memory://bucket", "chain of addresses"),
        ("file:///no/such/folder", "holds no clip"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_one_line(url, words):
    with pytest.raises(ConfigError, match=words) as refused:
        find_clips(url)
    assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("here")
def test_a_web_server_is_graded_and_what_changed_on_it_is_graded_again(web, tmp_path):
    root, address = web
    run = grade(address, tmp_path / "out", workers=1)
    assert statuses(run) == dict.fromkeys(CLIPS, "graded")
    assert athletes(run.store) == ["Ann Lee", "Zoë"]
    (root / "Ann Lee" / "2026-05-01_1.mp4").write_text("ok 72 longer", encoding="utf-8")
    fsspec.filesystem("http").clear_instance_cache()
    assert list(statuses(grade(address, tmp_path / "out", workers=1))) == [
        "Ann Lee/2026-05-01_1.mp4"
    ]


@pytest.mark.slow
def test_worker_processes_fetch_from_a_web_server_and_from_a_file_url(web, tmp_path):
    root, address = web
    for url in (address, root.as_uri()):
        run = grade(url, tmp_path / url.partition(":")[0], workers=1)
        assert statuses(run) == dict.fromkeys(CLIPS, "graded")
