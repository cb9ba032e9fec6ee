"""Poses of other programs are read, graded as one's own, and stated to be less sure."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import kneedrive_cv as kd
from kneedrive_cv.errors import (
    AthleteError,
    ConfigError,
    PoseError,
    PoseFileError,
    UngradableError,
)
from kneedrive_cv.pose.files.names import landmark_of
from kneedrive_cv.pose.landmarks import INDEX, LANDMARKS
from kneedrive_cv.technique.uncertainty import GIVEN_ERROR
from kneedrive_cv.technique.verdict import Z_95
from tests.cli_run import assert_refused, kneedrive
from tests.pose_files import FPS, NAMES, WRITERS, write_dlc_csv, write_openpose, write_trc
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def known():
    """The pose and the angles of a rendered sprint, which are its truth."""
    return make_analysis()


@pytest.fixture(scope="module", params=list(WRITERS))
def given(request, known, tmp_path_factory):
    return WRITERS[request.param](known.pose, tmp_path_factory.mktemp("given"))


def test_every_kind_of_file_gives_the_legs_that_were_written(given, known):
    pose = kd.read_pose(given.path)
    assert (pose.time_s is not None) == given.says_time
    assert len(pose.frame) == len(known.pose)
    read, wanted = (
        np.stack([xy[:, INDEX[n]] - xy[:, INDEX["left_hip"]] for n in NAMES if "elbow" not in n])
        for xy in (pose.xy_px, known.pose.xy_px)
    )
    np.testing.assert_allclose(read, wanted, atol=0.01)


def test_every_kind_of_file_is_graded_without_a_clip_as_the_truth_has_it(given, known):
    run = kd.analyze(pose=given.path, capture_fps=None if given.says_time else FPS)
    wanted = known.result.strides
    assert [stride.side for stride in run.result.strides] == [stride.side for stride in wanted]
    for stride, true in zip(run.result.strides, wanted, strict=True):
        assert abs(stride.peak_frame - true.peak_frame) <= 1
        for metric in ("thigh_deg", "hip_flexion_deg", "knee_flexion_deg"):
            truth = known.angles.columns[f"{stride.side}_{metric}"]
            truth_deg = kd.kinematics.value_at(truth, known.angles.time_s, stride.peak_time_s)
            assert stride.metrics[metric].value == pytest.approx(truth_deg, abs=2.0), metric


def test_a_given_pose_is_of_low_confidence_and_its_intervals_are_wide(known, tmp_path):
    run = kd.analyze(pose=write_trc(known.pose, tmp_path).path)
    assert any("came from elsewhere (TRC markers)" in warning for warning in run.result.warnings)
    assert run.result.versions["pose_model"] == "given: TRC markers"
    for stride in run.result.strides:
        for metric, error in GIVEN_ERROR.items():
            value = stride.metrics[metric]
            assert value.status == "low_confidence"
            assert value.high - value.value >= Z_95 * error
    assert run.regraded().checks == run.checks


def test_the_learned_correction_is_not_applied_to_a_given_pose(known, tmp_path, monkeypatch):
    from kneedrive_cv.technique import measure

    def never(*args, **kwargs):
        raise AssertionError("corrected")

    monkeypatch.setattr(measure, "correct", never)
    assert kd.analyze(pose=write_trc(known.pose, tmp_path).path).result.strides


def test_with_his_height_a_given_pose_has_metres(known):
    run = kd.analyze(pose=known.pose, height_m=1.8)
    assert run.result.scene.leg_length_m == pytest.approx(0.5 * 1.8, rel=0.1)
    assert run.result.scene.scale_source == "the athlete's height of 1.8 m"


def test_a_track_of_ones_own_takes_the_place_of_the_pose(known):
    run = kd.analyze(pose=known.pose)
    assert len(run.result.strides) == len(known.result.strides)


def test_a_track_of_ones_own_may_be_made_of_lists(known):
    lists = {each.name: getattr(known.pose, each.name).tolist() for each in fields(kd.PoseTrack)}
    track = kd.PoseTrack(**lists)
    assert track.frame.dtype == np.int64
    np.testing.assert_array_equal(track.xy_px, known.pose.xy_px)
    assert kd.analyze(pose=track).checks == kd.analyze(pose=known.pose).checks


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("frame", [0.5, 1.5], "frame must hold whole numbers"),
        ("xy_px", [[1.0], []], "xy_px is no array of numbers"),
        ("time_s", [0.0, np.inf], "time_s must be known for every frame"),
        ("time_s", 3.0, r"time_s has shape \(\), expected \(1,\)"),
    ],
)
def test_what_is_no_array_of_numbers_makes_no_track(known, name, given, told):
    with pytest.raises(ValueError, match=told):
        known.pose.only(slice(0, 2)).replace(**{name: given})


@pytest.mark.parametrize("beside_the_clip", [True, False])
def test_a_track_that_shows_nobody_is_refused_as_such(known, beside_the_clip):
    clip = known.clip_path if beside_the_clip else None
    with pytest.raises(PoseError, match="no frame of the athlete"):
        kd.analyze(clip, pose=known.pose.only(slice(0, 0)))
    nobody = known.pose.xy_px.copy()
    nobody[..., 1] = np.nan
    hidden = known.pose.replace(xy_px=nobody)
    for least in (0.5, 0.0):
        with pytest.raises(PoseError, match="found in only 0%"):
            kd.analyze(clip, {"grade": {"min_pose_share": least}}, pose=hidden)


def test_a_point_at_infinity_is_refused_by_its_name_and_frame(known):
    far = known.pose.xy_px.copy()
    far[7, INDEX["left_knee"], 1] = np.inf
    told = f"pose: has the left knee at infinity in frame {known.pose.frame[7]}. Give NaN"
    with pytest.raises(PoseFileError, match=told):
        kd.analyze(pose=known.pose.replace(xy_px=far))


def test_a_track_whose_frames_go_back_is_refused(known):
    with pytest.raises(PoseFileError, match="pose: has the same frame twice, or frames that go"):
        kd.analyze(pose=known.pose.replace(frame=known.pose.frame[::-1]))


def test_what_is_no_pose_is_refused_by_its_type_in_one_line(known):
    with pytest.raises(ConfigError) as caught:
        kd.analyze(pose=known.pose.xy_px)
    assert str(caught.value) == "pose: ndarray is no pose. Give a pose file or a PoseTrack."


def test_the_rate_is_said_to_be_the_users_only_where_he_gave_it(given):
    run = kd.analyze(pose=given.path, capture_fps=None if given.says_time else FPS)
    source = "the pose's own times" if given.says_time else "given by the user"
    assert run.result.clip.capture_fps_source == source


def test_a_bystander_is_not_the_athlete_and_can_be_asked_for(known, tmp_path):
    path = write_openpose(known.pose, tmp_path).path
    athlete, other = kd.read_pose(path), kd.read_pose(path, person=2)
    assert (athlete.number, athlete.people_found) == (1, 2)
    apart = other.xy_px[0, INDEX["nose"]] - athlete.xy_px[0, INDEX["nose"]]
    np.testing.assert_allclose(apart, (900, 0), atol=1e-6)
    with pytest.raises(AthleteError, match=r"no person 3.*shows 2"):
        kd.read_pose(path, person=3)


def test_one_who_stands_still_is_refused_as_no_sprint(known, tmp_path):
    path = write_openpose(known.pose, tmp_path).path
    with pytest.raises(UngradableError):
        kd.analyze(pose=kd.read_pose(path, person=2), capture_fps=FPS)


def test_with_the_clip_its_frames_say_the_time_and_the_report_shows_it(known, tmp_path):
    path = write_dlc_csv(known.pose, tmp_path).path
    run = kd.analyze(known.clip_path, pose=path)
    assert run.result.clip.name == known.clip_path.name
    assert run.result.clip.codec
    assert run.frame(40).image_rgb.std() > 10
    np.testing.assert_allclose(run.pose.time_s, known.pose.time_s, atol=2e-3)


def test_without_the_rate_of_the_frames_it_is_asked_for(known, tmp_path):
    path = write_dlc_csv(known.pose, tmp_path).path
    with pytest.raises(PoseFileError, match=r"frames a second.*--capture-fps"):
        kd.analyze(pose=path)


def test_a_pose_of_another_clip_is_refused(known, tmp_path):
    later = known.pose.replace(frame=known.pose.frame + 1000)
    path = write_dlc_csv(later, tmp_path).path
    with pytest.raises(PoseFileError, match="the clip has 96"):
        kd.analyze(known.clip_path, pose=path)


def test_markers_in_space_are_not_drawn_on_the_pictures_of_a_clip(known, tmp_path):
    path = write_trc(known.pose, tmp_path).path
    with pytest.raises(PoseFileError, match=r"markers in space.*Leave the clip out"):
        kd.analyze(known.clip_path, pose=path)


def test_neither_a_clip_nor_a_pose_is_an_error():
    with pytest.raises(ConfigError, match="name a clip or a pose"):
        kd.analyze()


def test_points_of_other_names_are_named_by_the_caller(known, tmp_path):
    path = write_trc(known.pose, tmp_path).path
    text = path.read_text(encoding="utf-8").replace("left_hip", "LASI")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PoseFileError, match="has no left hip"):
        kd.read_pose(path)
    pose = kd.read_pose(path, names={"left_hip": ["LASI", "right_hip"]})
    middle = (known.pose.point("left_hip") + known.pose.point("right_hip")) / 2
    read = pose.xy_px[:, INDEX["left_hip"]] - pose.xy_px[:, INDEX["right_hip"]]
    np.testing.assert_allclose(read, middle - known.pose.point("right_hip"), atol=0.01)
    with pytest.raises(PoseFileError, match="no point 'RASI'"):
        kd.read_pose(path, names={"left_hip": "RASI"})
    with pytest.raises(PoseFileError, match="no landmark 'hip'"):
        kd.read_pose(path, names={"hip": "LASI"})


def test_a_point_of_little_confidence_is_missing(known, tmp_path):
    unsure = known.pose.visibility.copy()
    unsure[10, INDEX["left_knee"]] = 0.05
    path = write_dlc_csv(known.pose.replace(visibility=unsure), tmp_path).path
    pose = kd.read_pose(path)
    assert np.isnan(pose.xy_px[10, INDEX["left_knee"]]).all()
    assert pose.visibility[10, INDEX["left_knee"]] == 0
    assert np.isfinite(pose.xy_px[11, INDEX["left_knee"]]).all()


@pytest.mark.parametrize("name", LANDMARKS)
def test_every_landmark_knows_its_own_name(name):
    assert landmark_of(name) == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pose.json", "{}"),
        ("pose.json", "not json"),
        ("pose.json", '{"people": [{"pose_keypoints_2d": [1, 2, 3]}]}'),
        ("pose.json", '{"people": []}'),
        ("pose.json", '[{"frame_id": 0, "instances": 3}]'),
        ("pose.csv", "a,b,c\n1,2,3\n"),
        ("pose.csv", ""),
        ("pose.h5", "no HDF5"),
        ("pose.trc", "PathFileType\n"),
        ("pose.c3d", "no C3D"),
        ("pose.nc", "no netCDF"),
        ("pose.txt", "what is this"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line_that_names_it(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PoseFileError) as caught:
        kd.read_pose(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(PoseFileError, match="no such file"):
        kd.read_pose(tmp_path / "gone.json")
    with pytest.raises(PoseFileError, match="holds no pose file"):
        kd.read_pose(tmp_path)


@pytest.mark.slow
def test_the_command_grades_a_pose_file_and_writes_the_whole_report(known, tmp_path):
    path = write_trc(known.pose, tmp_path).path
    ran = kneedrive("analyze", "--pose", path, "--out", tmp_path / "runs", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["versions"]["pose_model"] == "given: TRC markers"
    written = {p.name for p in (tmp_path / "runs" / "trial").iterdir()}
    assert {"report.html", "report.pdf", "overlay.mp4", "kinogram.png", "strides.csv"} <= written
    done = kneedrive("export", tmp_path / "runs" / "trial", "--format", "mot", "--format", "csv")
    assert done.code == 0, done.err
    assert [Path(line).name for line in done.out.split()] == ["trial.mot", "trial.csv"]


def test_the_command_says_in_one_line_what_is_wrong_with_a_pose(tmp_path):
    assert_refused(kneedrive("analyze"), 2, "name a clip")
    assert_refused(kneedrive("analyze", "--pose", tmp_path / "gone.trc"), 2, "no such file")
    both = kneedrive("analyze", "a.mp4", "--pose", "b.trc", "--also", "c.mp4")
    assert_refused(both, 2, "do not go together")
    assert_refused(kneedrive("export", tmp_path, "--format", "trc"), 2, "holds no graded run")


@pytest.mark.parametrize("name", ["sprint_9.5mps.trc", "sprint_9.5mps.c3d"])
def test_markers_of_a_real_sprint_give_the_contacts_of_the_force_plates(shared_path, name):
    names = {}
    for side, s in (("left", "L"), ("right", "R")):
        own = {"hip": (f"{s}ASI", "SACR"), "knee": f"{s}LEPI", "ankle": f"{s}LMAL"}
        own |= {"heel": f"{s}HEEL", "foot_index": f"{s}TOE", "shoulder": f"{s}SH"}
        names |= {f"{side}_{part}": theirs for part, theirs in own.items()}
    run = kd.analyze(pose=kd.read_pose(shared_path("mocap", name), names=names))
    times_s = [stride.metrics["contact_time_s"].value for stride in run.result.strides]
    assert len(times_s) == 3
    assert all(0.104 < time_s < 0.134 for time_s in times_s)  # 114 to 124 ms by the plates


def test_a_pose_that_plays_slower_than_it_was_filmed_is_put_right_by_the_rate_that_is_said(
    known, tmp_path
):
    slowed = known.pose.replace(time_s=4.0 * known.pose.time_s)
    run = kd.analyze(pose=write_trc(slowed, tmp_path).path, capture_fps=FPS)
    assert len(run.result.strides) == len(known.result.strides)
    assert run.result.clip.slow_motion == pytest.approx(4.0, rel=1e-3)
    assert run.result.clip.capture_fps_source == "given by the user"


def test_the_length_of_a_pose_is_that_of_its_own_times(known):
    rows = np.arange(len(known.pose))
    taken = (rows < len(rows) // 2) | (rows % 2 == 0)  # fewer frames in the second half
    thinned = known.pose.only(taken).replace(frame=np.arange(taken.sum()))
    run = kd.analyze(pose=thinned)
    lasts_s = thinned.time_s[-1] - thinned.time_s[0]
    assert run.result.clip.duration_s == pytest.approx(lasts_s, abs=0.04)
