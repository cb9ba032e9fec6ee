"""What is exported is read back by other libraries as the run has it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import ezc3d
import numpy as np
import pandas
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kneedrive_cv.analysis import Angles, single
from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.export.body import POINTS, evened, markers_of, metres_per_px, usual_rate_hz
from kneedrive_cv.export.csv import read_angles, write_angles
from kneedrive_cv.export.mot import COORDINATES
from kneedrive_cv.export.openpose import BODY_25
from kneedrive_cv.export.run import FORMATS, export_run, file_name
from kneedrive_cv.export.trc import KINOVEA_POINTS
from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS
from kneedrive_cv.report.write import write_outputs
from kneedrive_cv.scene.scale import LEG_SHARE
from tests.browser import numbered_frames
from tests.cli_run import kneedrive
from tests.sample_analysis import make_analysis
from validation import exports

CLOSE = 1e-6


@pytest.fixture(scope="module")
def run():
    return make_analysis(missing=slice(30, 34))


@pytest.fixture(scope="module")
def read_back(run, tmp_path_factory):
    """``read_back("trc")``: the path of the run in a format, written once."""
    folder = tmp_path_factory.mktemp("exports")

    def write(name):
        return export_run(run, name, folder / file_name(run, name))

    return write


def test_the_command_takes_a_folder_that_holds_the_run_alone_and_writes_beside_it(run, tmp_path):
    folder = write_outputs(run, tmp_path, numbered_frames(12))
    done = kneedrive("export", tmp_path, "--format", "trc")
    assert (done.code, done.out.strip()) == (0, str(folder / file_name(run, "trc"))), done.err


def table(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


def test_a_trc_file_has_the_head_and_the_columns_that_opensim_asks_for(run, read_back):
    lines = table(read_back("trc"))
    assert lines[0][0] == "PathFileType"
    assert lines[2][2:5] == [str(len(run.pose)), str(len(POINTS)), "m"]
    assert [name for name in lines[3][2:] if name] == list(POINTS)
    assert {len(line) for line in lines[5:]} == {2 + 3 * len(POINTS)}


def test_the_markers_of_a_trc_file_are_those_of_the_run(run, read_back):
    rows = table(read_back("trc"))[5:]
    read = np.array([[float(x or "nan") for x in row] for row in rows])
    markers = markers_of(run)
    np.testing.assert_allclose(read[:, 1], markers.time_s, atol=CLOSE)
    np.testing.assert_allclose(read[:, 2:], markers.xyz_m.reshape(len(read), -1), atol=CLOSE)
    assert np.isnan(read[30:34, 2:]).all()


def test_a_mot_file_has_opensims_coordinates_in_degrees(run, read_back):
    path = read_back("mot")
    head = path.read_text(encoding="utf-8").splitlines()[:6]
    assert "inDegrees=yes" in head
    assert head[-1] == "endheader"
    lines = table(path)
    assert lines[6] == ["time", *COORDINATES]
    read = np.array(lines[7:], dtype=float)
    for column, (angle, sign) in zip(read.T[1:], COORDINATES.values(), strict=True):
        np.testing.assert_allclose(column, sign * run.angles.columns[angle], atol=CLOSE)


def test_a_mot_file_of_a_run_seen_from_the_front_is_refused(run, tmp_path):
    few = replace(run.angles, columns={"pelvis_obliquity_deg": run.angles.time_s})
    with pytest.raises(ConfigError, match="no joint angles"):
        export_run(replace(run, angles=few), "mot", tmp_path / "x.mot")
    assert list(tmp_path.iterdir()) == []


def test_a_mot_file_of_a_loaded_run_seen_from_the_front_is_refused_as_well(run, tmp_path):
    empty = dict.fromkeys(run.angles.columns, np.full(len(run.pose), np.nan))
    seen = {"pelvis_obliquity_deg": run.angles.time_s}
    few = replace(run.angles, columns=empty | seen)  # as angles.csv gives them back
    with pytest.raises(ConfigError, match="no joint angles"):
        export_run(replace(run, angles=few), "mot", tmp_path / "x.mot")


def test_a_mot_file_of_a_drill_has_the_angles_that_it_shows(run, tmp_path):
    shown = {n: c for n, c in run.angles.columns.items() if "ankle" not in n}
    path = tmp_path / "x.mot"
    export_run(replace(run, angles=replace(run.angles, columns=shown)), "mot", path)
    read = np.array(table(path)[7:], dtype=float).T[1:]
    known = [
        name for name, column in zip(COORDINATES, read, strict=True) if np.isfinite(column).any()
    ]
    assert set(COORDINATES) - set(known) == {"ankle_angle_r", "ankle_angle_l"}


def test_a_c3d_file_holds_the_events_of_a_run_of_minutes(run, tmp_path):
    events = (run.result.events * 300)[:300]
    long = run.with_result(run.result.model_copy(update={"events": events}))
    export_run(long, "c3d", tmp_path / "long.c3d")
    event = ezc3d.c3d(str(tmp_path / "long.c3d"))["parameters"]["EVENT"]
    minutes, seconds = np.hstack([event["TIMES"]["value"], event["TIMES2"]["value"]])
    wanted = [one.time_s - run.pose.time_s[0] for one in events]
    np.testing.assert_allclose(60 * minutes + seconds, wanted, atol=CLOSE)
    sides = [*event["CONTEXTS"]["value"], *event["CONTEXTS2"]["value"]]
    assert [side.lower() for side in sides] == [one.side for one in events]


def test_a_c3d_file_calls_nothing_an_angle_that_is_a_share_of_a_length(run, tmp_path):
    columns = run.angles.columns | {"left_foot_ahead_leg": np.full(len(run.pose), 0.5)}
    run = replace(run, angles=replace(run.angles, columns=columns))
    export_run(run, "c3d", tmp_path / "shares.c3d")
    point = ezc3d.c3d(str(tmp_path / "shares.c3d"))["parameters"]["POINT"]
    assert all(name.endswith("_deg") for name in point["ANGLES"]["value"])
    assert point["SCALARS"]["value"] == ["left_foot_ahead_leg"]


def test_an_openpose_folder_has_a_file_a_frame_with_body_25(run, read_back):
    files = sorted(read_back("openpose").iterdir())
    assert len(files) == len(run.pose)
    people = json.loads(files[10].read_text(encoding="utf-8"))["people"]
    points = np.reshape(people[0]["pose_keypoints_2d"], (len(BODY_25), 3))
    row = run.pose.xy_px[10]
    np.testing.assert_allclose(points[BODY_25.index("RKnee"), :2], row[INDEX["right_knee"]])
    middle = (row[INDEX["left_hip"]] + row[INDEX["right_hip"]]) / 2
    np.testing.assert_allclose(points[BODY_25.index("Hip"), :2], middle)
    assert not points[BODY_25.index("LSmallToe")].any()
    assert json.loads(files[31].read_text(encoding="utf-8"))["people"] == []


def test_a_kinovea_file_has_a_row_for_each_frame_of_the_clip_and_no_gap(run, read_back):
    drawn = exports.as_kinovea_reads(read_back("kinovea"))
    assert list(drawn) == list(KINOVEA_POINTS)
    for points in drawn.values():
        assert points.shape == (run.result.clip.frames, 2)
        assert np.isfinite(points).all()
    seen = run.pose.point("left_knee")
    known = np.isfinite(seen[:, 0])
    np.testing.assert_allclose(drawn["LKnee"][known], seen[known], atol=CLOSE)


@pytest.mark.parametrize("name", list(exports.READERS))
def test_the_reader_of_a_format_finds_the_runs_values(run, read_back, name):
    checks = exports.READERS[name](read_back(name), run)
    assert checks
    for check in checks:
        if check.missing:
            continue  # movement, OpenSim and DuckDB are no part of the test environment
        assert check.values > 0, check
        assert check.worst <= CLOSE, check


SMALL = 30
any_angle = arrays(
    np.float64, (SMALL,), elements=st.floats(-270, 270) | st.just(float("nan"))
).filter(lambda column: np.isfinite(column).any())


@settings(max_examples=20)
@given(data=st.data())
def test_whatever_the_angles_every_format_gives_them_back(run, data):
    pose = run.pose.only(slice(0, SMALL))
    made = {name: single(data.draw(any_angle)) for name in run.angles.columns}
    angles = Angles(pose.frame, pose.time_s, made)
    some = replace(run, pose=pose, angles=angles)
    with TemporaryDirectory() as folder:
        for name in ("mot", "c3d", "netcdf", "csv", "parquet"):
            path = export_run(some, name, Path(folder) / file_name(some, name))
            checks = [check for check in exports.READERS[name](path, some) if not check.missing]
            assert checks
            for check in checks:
                assert check.worst <= CLOSE, check
        write_angles(some, Path(folder) / "angles.csv")
        again, plain = (
            read_angles(Path(folder) / "angles.csv").columns,
            pandas.read_csv(Path(folder) / "angles.csv"),
        )
    for name in made.keys() & set(plain):
        np.testing.assert_array_equal(again[name], made[name])
        np.testing.assert_allclose(plain[name], made[name], rtol=0, atol=CLOSE)


@pytest.mark.parametrize("start_s", [0.0, 754.321])
@pytest.mark.parametrize("steps", ["even", "uneven"])
def test_a_run_late_in_a_clip_of_uneven_frames_comes_back_as_well(run, tmp_path, start_s, steps):
    time_s = run.pose.time_s + start_s
    if steps == "uneven":
        time_s = time_s + 0.004 * np.sin(np.arange(len(time_s)))
    events = [
        event.model_copy(update={"time_s": event.time_s + start_s}) for event in run.result.events
    ]
    late = replace(
        run,
        pose=run.pose.replace(time_s=time_s),
        angles=replace(run.angles, time_s=time_s),
        result=run.result.model_copy(update={"events": events}),
    )
    for name, read in exports.READERS.items():
        for check in read(export_run(late, name, tmp_path / file_name(late, name)), late):
            assert check.missing or check.worst <= CLOSE, check


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_both_tables_hold_all_landmarks_and_every_stride(run, read_back, name):
    path = read_back(name)
    read = pandas.read_csv if name == "csv" else pandas.read_parquet
    frames, strides = read(path), read(path.with_stem(f"{path.stem}_strides"))
    assert {f"{landmark}_x_px" for landmark in LANDMARKS} <= set(frames)
    assert len(frames) == len(run.pose)
    assert list(strides["side"]) == [stride.side for stride in run.result.strides]
    wanted = [stride.metrics["thigh_deg"].value for stride in run.result.strides]
    np.testing.assert_allclose(strides["thigh_deg"], wanted, atol=CLOSE)


def test_the_parquet_files_of_runs_from_other_views_are_read_as_one_table(run, tmp_path):
    nothing = {"passes_parallel": None, "metrics": dict.fromkeys(run.result.strides[0].metrics)}
    front = [stride.model_copy(update=nothing) for stride in run.result.strides]
    unseen = run.with_result(run.result.model_copy(update={"strides": front}))
    for name, each in (("a", unseen), ("b", run)):
        export_run(each, "parquet", tmp_path / f"{name}.parquet")
    both = pandas.read_parquet([tmp_path / "a_strides.parquet", tmp_path / "b_strides.parquet"])
    assert both["thigh_deg"].count() == len(run.result.strides)
    assert both["passes_parallel"].count() == len(run.result.strides)
    schema = pyarrow.parquet.read_schema(tmp_path / "a_strides.parquet")
    assert schema.types == pyarrow.parquet.read_schema(tmp_path / "b_strides.parquet").types


def test_what_is_missing_is_null_in_parquet_where_sums_leave_it_out(run, read_back):
    frames = pyarrow.parquet.read_table(read_back("parquet"))
    assert frames["left_thigh_deg"].null_count == 4
    assert frames["left_knee_x_px"].null_count == 4


def test_an_export_with_a_given_height_is_that_tall(run):
    usual, _ = metres_per_px(run, None)
    tall, source = metres_per_px(run, 2.0)
    short, _ = metres_per_px(run, 1.5)
    assert tall / short == pytest.approx(2.0 / 1.5)
    assert short < usual < tall
    assert "2.00 m" in source


def test_an_export_without_a_height_has_the_metres_that_the_run_was_graded_with(run):
    scene = run.result.scene.model_copy(
        update={"leg_length_m": 0.93, "scale_source": "a marked distance of 5 m"}
    )
    scaled = run.with_result(run.result.model_copy(update={"scene": scene}))
    markers = markers_of(scaled)
    assert markers.scale_source == "a marked distance of 5 m"
    hip, knee, ankle = (
        markers.xyz_m[:, markers.names.index(name), :2] for name in ("RHip", "RKnee", "RAnkle")
    )
    leg_m = np.linalg.norm(hip - knee, axis=1) + np.linalg.norm(knee - ankle, axis=1)
    assert np.nanmedian(leg_m) == pytest.approx(0.93, rel=0.02)
    assert metres_per_px(scaled, 2.0) == metres_per_px(run, 2.0)


def test_a_height_means_the_same_metres_in_an_export_as_in_the_grading(run):
    scene = run.result.scene.model_copy(update={"leg_length_m": LEG_SHARE * 1.8})
    graded = run.with_result(run.result.model_copy(update={"scene": scene}))
    assert metres_per_px(graded, None)[0] == pytest.approx(metres_per_px(run, 1.8)[0])


def test_a_run_from_the_front_that_was_graded_with_a_height_is_that_tall(run):
    front = run.result.scene.model_copy(update={"view": "front"})
    seen = run.with_result(run.result.model_copy(update={"scene": front}))
    tall = seen.with_result(seen.result.model_copy(update={"settings": {"height_m": 2.0}}))
    assert metres_per_px(tall, None) == metres_per_px(seen, 2.0)
    assert metres_per_px(seen, 2.0) != metres_per_px(run, 2.0)


def test_forward_is_x_and_right_is_z_for_either_running_direction(run):
    scene = run.result.scene.model_copy(update={"running_direction": "left"})
    left = markers_of(replace(run, result=run.result.model_copy(update={"scene": scene})))
    right = markers_of(run)
    np.testing.assert_allclose(left.xyz_m[..., 0], -right.xyz_m[..., 0])
    np.testing.assert_allclose(left.xyz_m[..., 1], right.xyz_m[..., 1])
    np.testing.assert_allclose(left.xyz_m[..., 2], -right.xyz_m[..., 2])
    assert np.nanmin(right.xyz_m[..., 1]) == 0


def test_uneven_frames_are_brought_to_the_usual_rate_for_c3d():
    time_s = np.array([0.0, 0.1, 0.2, 0.4, 0.5])
    np.testing.assert_allclose(evened(10 * time_s, time_s), [0, 1, 2, 3, 4, 5])
    even = np.array([1.0, np.nan, 3.0])
    np.testing.assert_array_equal(evened(even, np.array([0.0, 0.1, 0.2])), even)


@pytest.mark.parametrize("fps", [59.94, 120.0, 240.0])
def test_timestamps_in_milliseconds_do_not_change_the_rate_of_an_export(fps):
    time_s = np.round(np.arange(300) / fps, 3)
    assert usual_rate_hz(time_s) == pytest.approx(fps, rel=1e-3)
    assert len(evened(time_s, time_s)) == 300
    assert usual_rate_hz(time_s[:1]) == 1.0


def test_an_unknown_format_names_those_that_there_are(run, tmp_path):
    with pytest.raises(ConfigError, match=r"'fbx'.*trc.*kinovea"):
        export_run(run, "fbx", tmp_path / "x")


@pytest.mark.parametrize("stem", ["strides", "Angles", "overlay"])
def test_an_export_by_its_usual_name_never_replaces_a_file_of_the_run(run, stem):
    clip = run.result.clip.model_copy(update={"name": f"{stem}.mp4"})
    named = run.with_result(run.result.model_copy(update={"clip": clip}))
    assert file_name(named, "csv") == f"{stem}_frames.csv"
    assert file_name(named, "trc") == f"{stem}.trc"


def test_a_height_in_centimetres_is_asked_for_in_metres(run, tmp_path):
    with pytest.raises(ConfigError, match="metres"):
        export_run(run, "trc", tmp_path / "x.trc", height_m=182.0)


def test_a_folder_that_holds_other_things_is_not_replaced(run, tmp_path):
    target = tmp_path / "mine"
    target.mkdir()
    (target / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputError, match=r"other things\. Choose another folder with --out\."):
        export_run(run, "openpose", target)
    assert (target / "letter.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_a_place_that_cannot_be_written_is_refused_with_what_to_do(run, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot be written .* Choose another folder with --out"):
        export_run(run, "trc", tmp_path / "file" / "x.trc")


@pytest.mark.parametrize("name", [f.name for f in FORMATS.values() if f.is_file])
def test_a_folder_in_place_of_a_file_is_refused_and_nothing_is_written(run, tmp_path, name):
    (tmp_path / "mine").mkdir()
    usual = tmp_path / "mine" / file_name(run, name)
    with pytest.raises(OutputError, match=f"is a folder. Name a file, as {usual}"):
        export_run(run, name, tmp_path / "mine")
    assert [*tmp_path.rglob("*")] == [tmp_path / "mine"]


def test_where_one_of_two_files_cannot_be_put_neither_is(run, tmp_path):
    taken = tmp_path / "x_strides.csv"
    taken.mkdir()
    with pytest.raises(OutputError, match=f"{taken}: is a folder, and a file of this name"):
        export_run(run, "csv", tmp_path / "x.csv")
    assert [*tmp_path.iterdir()] == [taken]


def test_a_file_in_place_of_a_folder_is_refused_and_kept(run, tmp_path):
    (tmp_path / "x").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file, and a folder of this name"):
        export_run(run, "openpose", tmp_path / "x")
    assert (tmp_path / "x").read_text(encoding="utf-8") == "dear"


def test_a_missing_library_is_named_with_the_command_that_installs_it(run, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ezc3d", None)
    with pytest.raises(ConfigError, match=r"needs ezc3d.*kneedrive\[export\]"):
        export_run(run, "c3d", tmp_path / "x.c3d")
    assert list(tmp_path.iterdir()) == []


def test_every_format_is_written_again_in_place_of_the_older_file(run, read_back):
    for name in FORMATS:
        before = read_back(name)
        assert read_back(name) == before
        assert before.exists()


def test_csv_cells_keep_full_precision_and_are_empty_where_missing(run, read_back):
    with read_back("csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[5]["left_thigh_deg"]) == run.angles.columns["left_thigh_deg"][5]
    assert rows[31]["left_thigh_deg"] == ""
