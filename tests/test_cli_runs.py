"""What a finished run leaves in the folder and says on the terminal."""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

import av
import pytest

from kneedrive_cv.report.output_files import OUTPUT_FILES
from kneedrive_cv.report.write import output_dir
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.video.reader import VideoReader
from tests.cli_run import Ran, assert_refused, kneedrive
from tests.clip_maker import write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory, sample_clip) -> Path:
    """As much of the sample clip as has whole knee drives, to save time."""
    images = (frame.image_bgr for frame in islice(VideoReader(sample_clip), 64))
    return write_clip(tmp_path_factory.mktemp("clip") / "run.mp4", images, fps=60)


@pytest.fixture(scope="module")
def run(tmp_path_factory, clip) -> tuple[Ran, Path]:
    out = tmp_path_factory.mktemp("out")
    return kneedrive("analyze", clip, "--out", out, "--model", "lite"), out


def result_in(folder: Path) -> AnalysisResult:
    return AnalysisResult.model_validate_json((folder / "result.json").read_bytes())


@pytest.mark.slow
def test_a_good_run_ends_with_0_and_nothing_on_stderr(run):
    ran, _ = run
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.slow
def test_a_good_run_leaves_its_files_and_no_others(run):
    _, out = run
    assert [path.name for path in out.iterdir()] == ["run"]
    assert {path.name for path in (out / "run").iterdir()} == set(OUTPUT_FILES)


@pytest.mark.slow
def test_the_headline_comes_first_and_the_place_of_the_report_last(run):
    ran, out = run
    lines = ran.out.splitlines()
    assert lines[0] == result_in(out / "run").summary.headline
    assert lines[-1] == f"Report: {out / 'run' / 'report.html'}"
    assert "\x1b" not in ran.out


@pytest.mark.slow
def test_json_goes_to_stdout_alone_and_a_name_may_hold_anything(tmp_path, clip):
    odd = tmp_path / "it's a \"run\" 🏃 [1] & more.MP4"
    shutil.copy(clip, odd)
    ran = kneedrive("analyze", odd, "--out", tmp_path / "o u t", "--model", "lite", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["clip"]["name"] == odd.name
    folder = tmp_path / "o u t" / odd.stem
    assert ran.out == (folder / "result.json").read_text(encoding="utf-8")
    assert {path.name for path in folder.iterdir()} == set(OUTPUT_FILES)


@pytest.mark.slow
def test_a_name_may_begin_with_a_dash_and_have_no_ending_and_the_rate_be_given(tmp_path, clip):
    shutil.copy(clip, tmp_path / "-slow")
    options = ("--model", "lite", "--capture-fps", "66")
    ran = kneedrive("analyze", *options, "--", "-slow", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    graded = result_in(tmp_path / "runs" / "-slow").clip
    assert graded.capture_fps == pytest.approx(66, rel=0.01)
    assert graded.slow_motion == pytest.approx(66 / 60, rel=0.01)


@pytest.mark.slow
def test_a_clip_cut_off_in_the_middle_is_graded_as_far_as_it_goes(tmp_path, sample_clip):
    clip = cut_off(sample_clip, tmp_path / "cut.mp4", keep=0.75)
    ran = kneedrive("analyze", clip, "--out", tmp_path, "--model", "lite")
    assert (ran.code, ran.err) == (0, "")
    result = result_in(tmp_path / "cut")
    assert "The clip breaks off before its end; it was graded as far as it goes." in result.warnings
    assert "The clip breaks off before its end" in ran.out
    assert 48 < result.clip.frames < 96


def cut_off(clip: Path, target: Path, *, keep: float) -> Path:
    """A copy with the index at the front that lacks the end of its content."""
    with (
        av.open(str(clip)) as source,
        av.open(str(target), "w", options={"movflags": "+faststart"}) as copy,
    ):
        stream = copy.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    content = target.read_bytes()
    target.write_bytes(content[: int(len(content) * keep)])
    return target


@pytest.mark.slow
def test_a_second_run_replaces_the_first_and_keeps_files_of_others(run, clip, tmp_path):
    _, out = run
    folder = tmp_path / "run"
    shutil.copytree(out / "run", folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "report.html").write_text("old", encoding="utf-8")
    ran = kneedrive("analyze", clip, "--out", tmp_path, "--model", "lite")
    assert (ran.code, ran.err) == (0, "")
    assert {path.name for path in folder.iterdir()} == {*OUTPUT_FILES, "notes.txt"}
    assert (folder / "report.html").read_text(encoding="utf-8") != "old"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.slow
def test_a_wrong_format_is_found_before_the_first_export_is_written(run, tmp_path):
    ran = kneedrive(
        "export", run[1] / "run", "--out", tmp_path, "--format", "trc", "--format", "foo"
    )
    assert_refused(ran, 2, "there is no format 'foo'")
    assert list(tmp_path.iterdir()) == []


def test_clips_that_differ_in_their_ending_alone_do_not_share_a_folder(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    earlier = {"schema_version": "1.0", "clip": {"name": "run.mp4"}}
    (folder / "result.json").write_text(json.dumps(earlier), encoding="utf-8")
    assert output_dir(Path("clips/run.mp4"), tmp_path) == folder
    assert output_dir(Path("clips/run.mov"), tmp_path) == tmp_path / "run.mov"
    assert output_dir(Path("clips/other.mov"), tmp_path) == tmp_path / "other"


@pytest.mark.slow
def test_a_clip_of_another_ending_leaves_the_earlier_results_alone(run, clip, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(run[1] / "run", out / "run")
    before = (out / "run" / "result.json").read_bytes()
    other = shutil.copy(clip, tmp_path / "run.m4v")
    ran = kneedrive("analyze", other, "--out", out, "--model", "lite")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith(f"Report: {out / 'run.m4v' / 'report.html'}\n")
    assert (out / "run" / "result.json").read_bytes() == before
