"""A run in a notebook: tables, pictures, a rich display, nothing heavy before it is used."""

from __future__ import annotations

import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas
import pytest

import kneedrive_cv as kd
from kneedrive_cv import notebook
from kneedrive_cv.errors import ConfigError, VideoError
from kneedrive_cv.export.csv import STRIDE_COLUMNS
from kneedrive_cv.result import UnsureFrames
from kneedrive_cv.technique.rule import Rule
from kneedrive_cv.technique.rules import RULES
from tests.conftest import ROOT
from tests.sample_analysis import make_analysis

MOST_MODULES = 60


@pytest.fixture(scope="module")
def run():
    return kd.Run(make_analysis())


def test_angles_are_a_frame_with_a_row_a_frame(run):
    angles = run.angles
    assert list(angles["frame"]) == run.pose.frame.tolist()
    np.testing.assert_array_equal(
        angles["left_thigh_deg"], run.analysis.angles.columns["left_thigh_deg"]
    )


def test_strides_are_a_frame_with_all_columns_of_strides_csv(run):
    strides = run.strides
    assert set(STRIDE_COLUMNS) <= set(strides)
    assert list(strides["side"]) == [stride.side for stride in run.result.strides]
    assert (strides["hip_flexion_low_deg"] < strides["hip_flexion_deg"]).all()
    assert (strides["pelvis_rotation_status"] == "not_measurable").all()


def test_a_metric_that_no_stride_shows_is_a_column_of_numbers_all_the_same(run):
    strides = run.strides
    assert strides["pelvis_rotation_deg"].isna().all()
    assert strides["pelvis_rotation_deg"].dtype == float
    assert strides["speed_low_mps"].dtype == float


def test_without_pandas_a_table_says_how_to_get_it(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"needs pandas.*kneedrive\[notebooks\]"):
        _ = run.angles


def test_a_frame_of_the_clip_is_a_picture_with_the_skeleton(run, tmp_path):
    near, whole = run.frame(57), run.frame(57, near=False)
    assert near.image_rgb.shape == (600, 512, 3)
    assert whole.image_rgb.shape == (720, 1280, 3)
    assert near._repr_png_().startswith(b"\x89PNG")
    assert near.save(tmp_path / "frame.jpg").stat().st_size > 1000
    assert "Frame 57" in repr(near)


def test_a_frame_that_the_clip_does_not_have_is_named_with_the_last_one(run):
    with pytest.raises(ConfigError, match=r"no frame 5700.*The last one is"):
        run.frame(5700)


def test_a_picture_with_an_unknown_ending_is_refused(run, tmp_path):
    with pytest.raises(kd.KneedriveError, match="cannot be written"):
        run.frame(57).save(tmp_path / "frame.unknown")


def test_every_plot_is_shown_as_a_picture(run):
    plots = (run.plot.angles("thigh"), run.plot.stride(1), run.plot.kinogram())
    for plot in plots:
        assert plot._repr_png_().startswith(b"\x89PNG")


def test_the_angles_of_a_plot_are_those_that_were_asked_for(run):
    figure = run.plot.angles("hip_flexion", "knee_flexion_deg")
    assert [axis.get_title("left").split(",")[0] for axis in figure.axes] == [
        "Hip flexion",
        "Knee flexion",
    ]
    assert len(run.plot.angles().axes) >= 5


def test_an_unknown_angle_or_stride_is_named_with_what_there_is(run):
    with pytest.raises(ConfigError, match=r"'elbow'.*hip_flexion"):
        run.plot.angles("elbow")
    with pytest.raises(ConfigError, match=r"no stride 99.*1 to"):
        run.plot.stride(99)


def test_the_rich_display_shows_verdict_checks_and_faults_and_escapes_names(run):
    html = run.labelled(name="<b>Ann</b>")._repr_html_()
    assert run.summary.headline in html
    assert "&lt;b&gt;Ann" in html
    assert html.count("<tr>") == len(run.checks) + 1
    assert "Hip flexion at the top, left" in html
    for fault in run.faults:
        assert f"frame {fault.frame}" in html


def test_a_run_that_was_written_is_loaded_with_the_same_numbers(run, tmp_path):
    folder = run.write(tmp_path)
    again = kd.load(folder)
    assert again.folder == folder
    assert again.result.summary.headline == run.summary.headline
    assert len(again.strides) == len(run.strides)
    pandas.testing.assert_frame_equal(again.angles, run.angles)
    np.testing.assert_array_equal(again.angles["time_s"], run.pose.time_s)
    np.testing.assert_array_equal(again.pose.xy_px, run.pose.xy_px)
    assert again.frame(57).image_rgb.any()
    assert kd.export_run(again, "csv").parent == folder
    assert kd.load(tmp_path).folder == folder


def test_a_folder_of_many_runs_is_none_of_them(run, tmp_path):
    folder = run.write(tmp_path)
    shutil.copytree(folder, tmp_path / "other")
    with pytest.raises(ConfigError, match=r"holds 2 graded runs\. Name one of them"):
        kd.load(tmp_path)


def test_a_folder_of_runs_is_compared_by_its_name_alone(run, tmp_path):
    folder = run.write(tmp_path / "runs")
    shutil.copytree(folder, tmp_path / "runs" / "other")
    page = tmp_path / "page.html"
    assert kd.compare(str(tmp_path / "runs"), page) == page
    assert page.is_file()


def test_runs_are_found_in_a_list_and_in_a_set(run):
    other = kd.Run(make_analysis())
    assert run != other
    assert other in [run, other]
    assert len({run, other}) == 2
    assert (run.pose == other.pose) is False


def test_a_stride_is_plotted_without_the_clip_and_a_frame_is_not(run, tmp_path):
    from dataclasses import replace

    gone = kd.Run(replace(run.analysis, clip_path=tmp_path / "gone.mp4"))
    assert gone.plot.stride(1)._repr_png_()
    with pytest.raises(VideoError):
        gone.frame(57)


def test_other_targets_change_the_verdict_and_nothing_else(run):
    strict = run.regraded(kd.Targets(hip_flexion_low_deg=120.0))
    assert {"hip_flexion_low"} <= {fault.code for fault in strict.faults}
    assert strict.result.strides == run.result.strides
    assert strict.result.settings["targets"]["hip_flexion_low_deg"] == 120.0
    assert run.regraded().checks == run.checks
    assert run.regraded().faults == run.faults


def own_rule():
    """A check of one's own on a metric of one's own."""
    return Rule(
        code="knee_opens_late",
        title="Knee opens late",
        metric="knee_at_toe_off_deg",
        unit="deg",
        read="as it is",
        fault_when="above",
        threshold=lambda targets: 5.0,
        borderline=lambda targets: 5.0,
        target="the knee bent less than {threshold:.0f} degrees at toe-off",
        sentence="The {side} knee is bent {value:.0f} degrees at toe-off.",
        drills=("skipping",),
        source="made up",
        measure=lambda drive: drive.at("knee_flexion_deg", drive.toe_off_s),
        errors=(1.0, 1.0),
    )


@pytest.fixture(scope="module")
def own(run):
    """The run judged by that check as well."""
    return run.regraded(rules=[*RULES, own_rule()])


def test_a_check_of_ones_own_on_a_metric_of_ones_own_is_judged_and_shown(run, own):
    checks = [check for check in own.checks if check.code == "knee_opens_late"]
    assert [check.side for check in checks] == ["left", "right"]
    assert all(check.verdict == "fault" for check in checks)
    stride = own.result.strides[0]
    column = run.analysis.angles.columns[f"{stride.side}_knee_flexion_deg"]
    seen = kd.kinematics.value_at(column, run.pose.time_s, stride.toe_off_time_s)
    assert own.strides["knee_at_toe_off_deg"][0] == pytest.approx(seen)
    assert (own.strides["knee_at_toe_off_status"] == "measured").all()
    assert "skipping" in {drill.code for drill in own.result.drills}
    assert "Knee opens late" in own._repr_html_()


def test_a_metric_of_ones_own_is_doubted_where_it_was_not_sure_who_was_followed(run):
    span = UnsureFrames(first_frame=0, last_frame=500, reason="hidden by another")
    athlete = run.result.athlete.model_copy(update={"unsure": [span]})
    hidden = run.analysis.with_result(run.result.model_copy(update={"athlete": athlete}))
    judged = kd.Run(hidden).regraded(rules=[*RULES, own_rule()])
    assert (judged.strides["knee_at_toe_off_status"] == "low_confidence").all()


def test_its_metric_stands_in_strides_csv_behind_the_others_with_its_interval(own, tmp_path):
    written = pandas.read_csv(own.write(tmp_path) / "strides.csv")
    columns = [f"knee_at_toe_off{end}_deg" for end in ("", "_low", "_high")]
    assert list(written) == [*STRIDE_COLUMNS, *columns]
    for i, stride in enumerate(own.result.strides):
        value = stride.metrics["knee_at_toe_off_deg"]
        wanted = [value.value, value.low, value.high]
        assert list(written.loc[i, columns]) == pytest.approx(wanted, abs=0.006)
        assert list(own.strides.loc[i, columns]) == wanted
    assert list(kd.load(tmp_path).strides) == list(own.strides)


@pytest.mark.parametrize(
    ("metric", "unit", "errors", "said"),
    [
        ("x_deg", "deg", (0.0, 0.0), "say the errors"),
        ("x_deg", "s", (1.0, 1.0), "must end with s"),
        ("x_px", "px", (1.0, 1.0), "px is none of deg, s,"),
        ("thigh_deg", "deg", (1.0, 1.0), "measured already"),
    ],
)
def test_a_metric_of_ones_own_needs_errors_a_known_unit_and_a_name(metric, unit, errors, said):
    with pytest.raises(ConfigError, match=said):
        Rule(
            code="x", title="x", metric=metric, unit=unit, read="as it is", fault_when="above",
            threshold=lambda t: 0.0, borderline=lambda t: 0.0, target="", sentence="",
            measure=lambda drive: 0.0, errors=errors,
        )  # fmt: skip


def test_importing_the_package_loads_next_to_nothing():
    code = "import sys; before = set(sys.modules); import kneedrive_cv; "
    code += "print(*sorted(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    own = [name for name in done.stdout.split() if name.startswith("kneedrive_cv")]
    assert own == ["kneedrive_cv", "kneedrive_cv.lazy", "kneedrive_cv.version"]
    assert len(done.stdout.split()) < MOST_MODULES


def test_every_public_name_is_there_and_nothing_else():
    assert set(dir(kd)) >= {name for name in kd.__all__ if name != "__version__"}
    for name in kd.__all__:
        assert getattr(kd, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        _ = kd.analyse


def test_the_stages_are_there_by_name():
    assert kd.pose.PoseTrack is kd.PoseTrack
    assert callable(kd.kinematics.compute_angles)
    assert callable(kd.clean.correct)
    assert callable(kd.technique.run_checks)
    assert callable(kd.scene.find_sight)
    assert kd.video.VideoReader


class _Kernel:
    """What a notebook shows, kept."""

    def __init__(self):
        self.shown = []

    def display(self, html, display_id):
        self.shown.append(html)
        return SimpleNamespace(update=self.shown.append)


def test_in_a_notebook_progress_is_one_line_that_is_gone_afterwards(monkeypatch):
    kernel = _Kernel()
    shell = type("ZMQInteractiveShell", (), {})()
    display = SimpleNamespace(HTML=str, display=kernel.display)
    monkeypatch.setitem(
        sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell, display=display)
    )
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    with notebook.progress_line(None) as show:
        show("reading the pose", 30, 60)
        show("reading the pose", 31, 60)
    assert len(kernel.shown) == 3  # the second is too soon after the first
    assert "30 of 60" in kernel.shown[1]
    assert kernel.shown[-1] == ""


def test_outside_of_a_notebook_there_is_no_progress_unless_it_is_asked_for():
    with notebook.progress_line(None) as show:
        assert show is None
    with notebook.progress_line(print) as show:
        assert show is print


@pytest.mark.slow
def test_everybody_in_a_clip_is_listed_and_each_who_runs_is_graded(sample_clip):
    people = kd.list_people(sample_clip)
    runs = kd.analyze_all(sample_clip, kd.Settings(pose={"model": "lite"}))
    assert runs
    assert set(runs) <= set(people)
    assert all(run.result.athlete.number == number for number, run in runs.items())
