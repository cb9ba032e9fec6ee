"""The files of one clip: tables, result.json, pose.npz, overlay, and writing them as a whole."""

from __future__ import annotations

import csv
import json
import math
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count, islice
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import ConfigError, OutputError, VideoError
from kneedrive_cv.export.csv import write_angles, write_strides
from kneedrive_cv.export.json import read_result, schema, to_json, write_result
from kneedrive_cv.export.npz import load_pose, save_pose
from kneedrive_cv.report.frames import clip_frames
from kneedrive_cv.report.output_files import OUTPUT_FILES
from kneedrive_cv.report.write import check_output, write_outputs
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.video.reader import Frame
from kneedrive_cv.video.writer import OverlayWriter
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis(missing=slice(90, 93))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _few(analysis: Analysis, n: int = 8) -> Iterator[Frame]:
    with closing(clip_frames(analysis)) as frames:
        yield from islice(frames, n)


# --- tables -----------------------------------------------------------------------------------


def test_strides_csv_has_the_columns_that_the_design_names(
    analysis: Analysis, tmp_path: Path
) -> None:
    path = tmp_path / "strides.csv"
    write_strides(analysis, path)
    rows = _rows(path)
    columns = list(rows[0])
    assert columns[:7] == [
        "side", "toe_off_frame", "peak_frame", "touchdown_frame", "hip_flexion_deg",
        "hip_flexion_low_deg", "hip_flexion_high_deg",
    ]  # fmt: skip
    assert columns[-4:] == [
        "valid_fraction", "contact_time_s", "flight_time_s", "step_frequency_hz"
    ]  # fmt: skip
    assert len(rows) == len(analysis.result.strides)


def test_strides_csv_says_what_was_measured_and_leaves_the_rest_empty(
    analysis: Analysis, tmp_path: Path
) -> None:
    path = tmp_path / "strides.csv"
    write_strides(analysis, path)
    for row, stride in zip(_rows(path), analysis.result.strides, strict=True):
        hip = stride.metrics["hip_flexion_deg"].value
        assert hip is not None
        assert float(row["hip_flexion_deg"]) == pytest.approx(hip, abs=0.006)
        assert float(row["hip_flexion_low_deg"]) < hip < float(row["hip_flexion_high_deg"])
        assert row["pelvis_rotation_deg"] == row["pelvis_rotation_low_deg"] == ""


def test_angles_csv_has_a_row_a_frame_and_empty_cells_where_missing(
    analysis: Analysis, tmp_path: Path
) -> None:
    path = tmp_path / "angles.csv"
    write_angles(analysis, path)
    rows = _rows(path)
    assert list(rows[0])[:5] == [
        "frame", "time_s", "left_thigh_deg", "right_thigh_deg", "left_hip_flexion_deg"
    ]  # fmt: skip
    names = list(rows[0])
    first = names.index("trunk_lean_deg")
    assert names[first : first + 3] == [
        "trunk_lean_deg", "pelvis_rotation_deg", "pelvis_obliquity_deg"
    ]  # fmt: skip
    assert names[-1] == "right_foot_ahead_leg"
    assert [int(r["frame"]) for r in rows] == analysis.angles.frame.tolist()
    assert {r["left_thigh_deg"] for r in rows[90:93]} == {""}
    assert "nan" not in path.read_text(encoding="utf-8").lower()


# --- result.json ------------------------------------------------------------------------------


def test_result_json_comes_back_as_it_was_written(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_result(analysis.result, path)
    again = read_result(path)
    assert to_json(again) == path.read_text(encoding="utf-8")
    assert again.clip == analysis.result.clip
    first, expected = again.strides[0].metrics, analysis.result.strides[0].metrics
    assert first["thigh_deg"].value == pytest.approx(expected["thigh_deg"].value, abs=0.006)


def test_result_json_fits_its_published_schema(analysis: Analysis) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(to_json(analysis.result)), schema())


def test_the_schema_names_every_field_and_allows_no_other() -> None:
    published = schema()
    assert set(published["properties"]) == set(AnalysisResult.model_fields)
    assert published["additionalProperties"] is False
    assert published["$schema"].endswith("2020-12/schema")


def test_that_a_difference_is_judged_without_its_sign_is_said_where_checks_are_described() -> None:
    said = "left minus right; judged by its distance from zero"
    for kind in ("Check", "Fault"):
        assert said in schema()["$defs"][kind]["properties"]["value"]["description"]
    docs = Path(__file__).parents[1] / "docs"
    for page in ("metrics.md", "team_store.md"):
        assert said in " ".join((docs / page).read_text(encoding="utf-8").split())


def test_nan_is_never_written(analysis: Analysis) -> None:
    stride = analysis.result.strides[0]
    broken = stride.metrics["thigh_deg"].model_copy(update={"value": math.nan, "low": math.inf})
    result = analysis.result.model_copy(
        update={"strides": [stride.model_copy(update={"metrics": {"thigh_deg": broken}})]}
    )
    data = json.loads(to_json(result), parse_constant=lambda name: pytest.fail(name))
    thigh = data["strides"][0]["metrics"]["thigh_deg"]
    assert thigh["value"] is None
    assert thigh["low"] is None


def test_angles_are_rounded_to_hundredths_and_times_to_tenths_of_a_millisecond(
    analysis: Analysis,
) -> None:
    data = json.loads(to_json(analysis.result))
    for stride in data["strides"]:
        assert stride["peak_time_s"] == round(stride["peak_time_s"], 4)
        assert stride["metrics"]["thigh_deg"]["low"] == round(
            stride["metrics"]["thigh_deg"]["low"], 2
        )
    for check in data["checks"]:
        if check["unit"] == "deg" and check["value"]["value"] is not None:
            assert check["value"]["value"] == round(check["value"]["value"], 2)


def test_a_file_that_is_no_result_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text('{"schema_version": "1.0"}', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"result\.json: is no result"):
        read_result(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_result(tmp_path / "missing.json")


# --- pose.npz ---------------------------------------------------------------------------------


def test_pose_npz_comes_back_as_it_was_saved(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "pose.npz"
    save_pose(analysis.pose, path)
    again = load_pose(path)
    np.testing.assert_array_equal(again.time_s, analysis.pose.time_s)
    np.testing.assert_array_equal(again.frame, analysis.pose.frame)
    np.testing.assert_allclose(again.xy_px, analysis.pose.xy_px, atol=1e-4)
    np.testing.assert_allclose(again.world_m, analysis.pose.world_m, atol=1e-6)
    assert again.xy_px.dtype == np.float64


def test_a_file_that_is_no_pose_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "pose.npz"
    for content in (b"", b"text", b"PK\x03\x04 cut off"):
        path.write_bytes(content)
        with pytest.raises(ConfigError):
            load_pose(path)
    np.savez(path, other=np.zeros(3))
    with pytest.raises(ConfigError, match="is no pose file"):
        load_pose(path)


# --- the writer -------------------------------------------------------------------------------


def _noise(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)


def test_the_writer_makes_h264_that_browsers_play_with_the_times_it_was_given(
    tmp_path: Path,
) -> None:
    path = tmp_path / "clip.mp4"
    times_s = [5.0, 5.033, 5.05, 5.2, 5.2, 5.35]  # a variable rate, and a time that stands still
    with OverlayWriter(path) as writer:
        for i, time_s in enumerate(times_s):
            writer.write(_noise(161, 91, i), time_s)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (160, 90)
        shown_s = [f.time for f in frames]
    assert shown_s == pytest.approx([0.0, 0.033, 0.05, 0.2, 0.2, 0.35], abs=5e-4)
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat"), "not playable while it loads"


def test_colours_survive_the_writer(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    image = np.zeros((64, 64, 3), np.uint8)
    image[:] = (40, 90, 210)
    with OverlayWriter(path) as writer:
        writer.write(image, 0.0)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="bgr24")
    np.testing.assert_allclose(frame.mean(axis=(0, 1)), (40, 90, 210), atol=6)


def test_an_error_while_writing_leaves_no_file(tmp_path: Path) -> None:
    def break_off() -> None:
        with OverlayWriter(tmp_path / "clip.mp4") as writer:
            writer.write(_noise(64, 64, 0), 0.0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert list(tmp_path.iterdir()) == []


def test_a_writer_without_frames_leaves_no_file(tmp_path: Path) -> None:
    with OverlayWriter(tmp_path / "clip.mp4"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError), OverlayWriter(tmp_path / "missing" / "clip.mp4"):
        pass


# --- everything as a whole --------------------------------------------------------------------


def test_all_files_are_written_and_the_overlay_has_every_frame(
    analysis: Analysis, tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    folder = write_outputs(analysis, tmp_path / "out", progress=lambda *step: told.append(step))
    assert folder == tmp_path / "out" / "side_good"
    assert sorted(p.name for p in folder.iterdir()) == sorted(OUTPUT_FILES)
    assert [p.name for p in folder.parent.iterdir()] == ["side_good"]
    with av.open(str(folder / "overlay.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 96
    assert told[-1] == ("drawing the overlay", 96, 96)


def test_the_frames_of_the_caller_are_used(analysis: Analysis, tmp_path: Path) -> None:
    folder = write_outputs(analysis, tmp_path, frames=_few(analysis, 8))
    with av.open(str(folder / "overlay.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 8


def test_a_second_run_replaces_the_first_and_keeps_files_of_others(
    analysis: Analysis, tmp_path: Path
) -> None:
    folder = write_outputs(analysis, tmp_path, frames=_few(analysis))
    (folder / "strides.csv").write_text("old", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    write_outputs(analysis, tmp_path, frames=_few(analysis))
    assert (folder / "strides.csv").read_text(encoding="utf-8") != "old"
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["side_good"]


def test_a_folder_of_somebody_else_is_left_alone(analysis: Analysis, tmp_path: Path) -> None:
    other = tmp_path / "side_good"
    other.mkdir()
    (other / "thesis.docx").write_text("mine", encoding="utf-8")
    for call in (
        lambda: write_outputs(analysis, tmp_path, frames=_few(analysis)),
        lambda: check_output(analysis.clip_path, tmp_path),
    ):
        with pytest.raises(OutputError, match="other things"):
            call()
    assert [p.name for p in tmp_path.rglob("*")] == ["side_good", "thesis.docx"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, VideoError("is damaged"), ValueError])
def test_an_interrupted_run_leaves_nothing(
    analysis: Analysis, tmp_path: Path, error: type[BaseException] | BaseException
) -> None:
    def broken() -> Iterator[Frame]:
        yield from _few(analysis, 4)
        raise error

    with pytest.raises((KeyboardInterrupt, VideoError, ValueError)):
        write_outputs(analysis, tmp_path / "new" / "out", frames=broken())
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_the_curves_are_drawn_stops_the_overlay_too(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def endless() -> Iterator[Frame]:
        (frame,) = _few(analysis, 1)
        for i in count():
            yield Frame(i, i / 60, frame.image_bgr)

    monkeypatch.setattr("kneedrive_cv.report.write.time_charts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_outputs(analysis, tmp_path, frames=endless())
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_no_thread_that_reads(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = threading.active_count()
    monkeypatch.setattr("kneedrive_cv.report.write.time_charts", interrupted)
    with pytest.raises(KeyboardInterrupt) as kept:
        write_outputs(analysis, tmp_path)
    assert kept.value is not None
    assert threading.active_count() == before


def test_an_interrupted_second_run_leaves_the_first_as_it_was(
    analysis: Analysis, tmp_path: Path
) -> None:
    def broken() -> Iterator[Frame]:
        yield from _few(analysis, 2)
        raise KeyboardInterrupt

    folder = write_outputs(analysis, tmp_path, frames=_few(analysis))
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        write_outputs(analysis, tmp_path, frames=broken())
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_an_output_error(
    analysis: Analysis, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="--out"):
        check_output(analysis.clip_path, tmp_path / "file" / "out")
    with pytest.raises(OutputError, match="--out"):
        write_outputs(analysis, tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_an_output_error(analysis: Analysis, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        check_output(analysis.clip_path, tmp_path)
