"""Comparing runs: strides on one scale, differences, what is real, and what is refused."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.analysis import Analysis, Angles
from kneedrive_cv.config import Targets
from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.export.csv import read_angles, write_angles
from kneedrive_cv.kinematics.cycle import mean_and_spread, resample_cycle
from kneedrive_cv.report.changes import (
    GRADE,
    find_changes,
    unlike,
)
from kneedrive_cv.report.compare import comparison_pieces, load_runs, write_comparison
from kneedrive_cv.report.cycles import find_cycles
from kneedrive_cv.report.playback import ShownFrame, clip_times, read_shown, write_shown
from kneedrive_cv.report.run_folder import Run, find_runs, load_run
from kneedrive_cv.report.trend import trends
from kneedrive_cv.report.write import write_outputs
from kneedrive_cv.result import AnalysisResult, Value
from kneedrive_cv.technique.regrade import regrade
from tests.browser import numbered_frames
from tests.sample_analysis import make_analysis, moved


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis()


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = analysis.labelled(name="<b>Ann</b>", recorded="2026-05-01")
    return write_outputs(named, tmp_path_factory.mktemp("runs"), numbered_frames(12))


def _run(result: AnalysisResult, analysis: Analysis) -> Run:
    return Run(Path("run"), result, analysis.angles, None, [], analysis.pose)


@given(start_s=st.floats(0.0, 0.4), length_s=st.floats(0.1, 0.5), slope=st.floats(-500.0, 500.0))
def test_a_straight_line_stays_one_on_the_scale_of_the_stride(
    start_s: float, length_s: float, slope: float
) -> None:
    time_s = np.linspace(0.0, 1.0, 61)
    curve = resample_cycle(slope * time_s, time_s, start_s, start_s + length_s)
    expected = slope * np.linspace(start_s, start_s + length_s, 101)
    np.testing.assert_allclose(curve, expected, atol=1e-6)


def test_a_long_gap_stays_a_gap_and_a_short_one_is_bridged() -> None:
    time_s = np.arange(61) / 60
    values = time_s.copy()
    values[10:12] = values[30:36] = np.nan
    curve = resample_cycle(values, time_s, 0.0, 1.0, points=61)
    assert np.isfinite(curve[8:14]).all()
    assert np.isnan(curve[31:35]).all()
    assert np.isfinite(curve[37:]).all()


def test_the_mean_and_the_spread_of_equal_strides_are_the_stride_and_none() -> None:
    mean, spread = mean_and_spread(np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]))
    assert mean.tolist() == [1.0, 2.0]
    assert spread.tolist() == [0.0, 0.0]


def test_a_cycle_runs_from_toe_off_to_the_same_foots_next_toe_off(analysis: Analysis) -> None:
    cycles = find_cycles(analysis.result)
    toe_offs = {
        side: [e.time_s for e in analysis.result.events if (e.side, e.type) == (side, "toe_off")]
        for side in ("left", "right")
    }
    assert any(cycle.whole for cycle in cycles)
    for cycle in cycles:
        own = toe_offs[cycle.stride.side]
        assert cycle.start_s in own
        if cycle.whole:
            assert cycle.end_s == own[own.index(cycle.start_s) + 1]
        assert 0 < cycle.share(cycle.stride.touchdown_time_s) < 100


def test_a_large_change_is_called_real_and_a_small_one_is_not(analysis: Analysis) -> None:
    result = analysis.result
    runs = [_run(r, analysis) for r in (result, moved(result, "hip_flexion_deg", 25.0))]
    page = "".join(comparison_pieces(runs, Path()))
    assert page.count("real: more") == 2  # both legs
    assert "+25°" in page
    small = [result, moved(result, "hip_flexion_deg", 1.0)]
    assert "real: " not in "".join(comparison_pieces([_run(r, analysis) for r in small], Path()))


def test_a_trend_tells_from_the_first_run_to_the_last(analysis: Analysis) -> None:
    results = [moved(analysis.result, "thigh_deg", by) for by in (0.0, 10.0, 25.0)]
    trend = next(t for t in trends(results) if t.metric == "thigh_deg")
    assert [line.side for line in trend.lines] == ["left", "right"]
    for line in trend.lines:
        assert line.real
        assert line.words.startswith("+25°")
        heights = [stop.y for stop in line.stops]
        assert heights == sorted(heights, reverse=True)  # higher values stand further up


def test_runs_that_were_filmed_unlike_say_so(analysis: Analysis) -> None:
    result = analysis.result
    scene = result.scene.model_copy(update={"near_side": "left"})
    clip = result.clip.model_copy(update={"capture_fps": 240.0})
    other = result.model_copy(update={"scene": scene, "clip": clip})
    notes = " ".join(unlike([result, other]))
    assert "nearer to the camera" in notes
    assert "60, 240" in notes
    assert unlike([result, result]) == []


def test_a_lean_that_a_run_does_not_show_is_not_called_another_lean(analysis: Analysis) -> None:
    def leaning(lean_deg: float | None) -> AnalysisResult:
        summary = analysis.result.summary
        lean = dict.fromkeys(("left", "right"), Value(value=lean_deg))
        metrics = summary.metrics | {"trunk_lean_deg": lean}
        return analysis.result.model_copy(
            update={"summary": summary.model_copy(update={"metrics": metrics})}
        )

    assert unlike([leaning(25.0), leaning(None)]) == []
    assert unlike([leaning(None), leaning(None)]) == []
    assert "leans much more" in " ".join(unlike([leaning(25.0), leaning(None), leaning(5.0)]))


def test_no_leg_is_nearer_in_a_run_from_the_front(analysis: Analysis) -> None:
    scene = analysis.result.scene.model_copy(update={"view": "front", "near_side": None})
    front = analysis.result.model_copy(update={"scene": scene})
    notes = " ".join(unlike([analysis.result, front]))
    assert "different views" in notes
    assert "nearer to the camera" not in notes


def test_grades_by_different_targets_are_not_compared_and_a_note_says_so(
    analysis: Analysis,
) -> None:
    result = analysis.result
    assert any(change.metric == GRADE for change in find_changes([result, result]))
    strict = Targets(hip_flexion_low_deg=100.0)
    other = regrade(result, analysis.angles.columns, analysis.pose, strict)
    changes = find_changes([result, other])
    assert changes
    assert not any(change.metric == GRADE for change in changes)
    assert any("different targets" in note for note in unlike([result, other]))


def test_angles_csv_comes_back_as_it_was_written(analysis: Analysis, tmp_path: Path) -> None:
    gap = make_analysis(missing=slice(20, 24))
    write_angles(gap, tmp_path / "angles.csv")
    again = read_angles(tmp_path / "angles.csv")
    np.testing.assert_array_equal(again.frame, gap.angles.frame)
    for name, column in again.columns.items():
        expected = gap.angles.columns.get(name, np.full(len(column), np.nan))
        np.testing.assert_array_equal(column, expected)
    np.testing.assert_array_equal(again.time_s, gap.angles.time_s)
    (tmp_path / "angles.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="is no table of angles"):
        read_angles(tmp_path / "angles.csv")


def test_the_frames_of_the_overlay_come_back_with_their_times(tmp_path: Path) -> None:
    shown = [ShownFrame(7, 0.0), ShownFrame(8, 0.033367), ShownFrame(10, 0.1)]
    write_shown(shown, tmp_path / "overlay.csv")
    assert read_shown(tmp_path / "overlay.csv") == shown


def test_frames_outside_of_the_pose_have_times_at_the_clips_rate(analysis: Analysis) -> None:
    frames = [ShownFrame(i, 0.0) for i in (-6, 0, 30, 95, 101)]
    times_s = clip_times(analysis.angles, analysis.result.clip, frames)
    np.testing.assert_allclose(times_s, np.array([-6, 0, 30, 95, 101]) / 60, atol=1e-3)


@pytest.mark.parametrize("slow", [1.0, 4.0])
def test_frames_outside_of_the_pose_keep_their_times_where_every_frame_was_doubled(
    analysis: Analysis, slow: float
) -> None:
    read = np.arange(120, 240, 2)
    angles = Angles(read, read / (60.0 * slow), {})
    clip = analysis.result.clip.model_copy(
        update={"playback_fps": 60.0, "capture_fps": 30.0 * slow, "slow_motion": slow}
    )
    frames = [0, 60, 151, 300, 359]
    times_s = clip_times(angles, clip, [ShownFrame(i, 0.0) for i in frames])
    np.testing.assert_allclose(times_s, np.array(frames) / (60.0 * slow))


def test_names_in_a_comparison_are_shown_as_text(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "made" / "comparison.html"
    write_comparison([load_run(folder)] * 2, target)
    page = target.read_text(encoding="utf-8")
    assert "&lt;b&gt;Ann&lt;/b&gt;, 2026-05-01" in page
    assert "<b>Ann" not in page
    assert [p.name for p in target.parent.iterdir()] == ["comparison.html"]
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)


def test_a_run_finds_its_clip_from_another_folder_than_it_was_graded_in(
    folder: Path, tmp_path: Path
) -> None:
    run = load_run(folder)
    clip = run.result.clip.model_copy(update={"path": "clips/run.mp4"})
    moved = replace(
        run, folder=tmp_path / "runs" / "run", result=run.result.model_copy(update={"clip": clip})
    )
    assert moved.analysis.clip_path == Path("clips/run.mp4")
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "run.mp4").touch()
    assert moved.analysis.clip_path == tmp_path / "clips" / "run.mp4"


def test_what_is_no_run_is_refused_in_a_line(folder: Path, tmp_path: Path) -> None:
    assert find_runs([folder.parent]) == [folder]
    with pytest.raises(ConfigError, match="holds no graded run"):
        find_runs([tmp_path])
    with pytest.raises(ConfigError, match="is no folder of a graded run"):
        find_runs([tmp_path / "missing"])
    with pytest.raises(ConfigError, match="one run cannot be compared"):
        load_runs([folder])


def test_of_a_whole_teams_folder_a_folder_in_it_is_asked_for(folder: Path, tmp_path: Path) -> None:
    ann = tmp_path / "season" / "Ann"
    shutil.copytree(folder, ann / "run")
    with pytest.raises(ConfigError) as refused:
        find_runs([tmp_path / "season"])
    assert str(refused.value).endswith(f"only in its folders. Name a folder in it, as {ann}.")


def test_a_folder_without_a_result_says_which_folder_is_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"result\.json: .*Name the folder that kneedrive"):
        load_run(tmp_path)


@pytest.mark.parametrize("lines", [1, 40])
def test_a_run_whose_table_of_angles_was_cut_short_is_refused(
    folder: Path, tmp_path: Path, lines: int
) -> None:
    cut = shutil.copytree(folder, tmp_path / "cut")
    rows = (cut / "angles.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (cut / "angles.csv").write_text("".join(rows[:lines]), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"angles\.csv: has other frames than pose\.npz"):
        load_run(cut)


def test_angles_that_excel_has_saved_with_its_mark_are_read(folder: Path, tmp_path: Path) -> None:
    text = (folder / "angles.csv").read_text(encoding="utf-8")
    (tmp_path / "angles.csv").write_text(text, encoding="utf-8-sig")
    again = read_angles(tmp_path / "angles.csv")
    np.testing.assert_array_equal(again.frame, read_angles(folder / "angles.csv").frame)


def test_a_page_that_cannot_be_written_is_told_and_leaves_nothing(
    folder: Path, tmp_path: Path
) -> None:
    runs = [load_run(folder)] * 2
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_comparison(runs, tmp_path / "taken")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("name", ["clip.mp4", "result.json", "notes.html"])
def test_a_comparison_replaces_nothing_but_an_older_comparison(
    analysis: Analysis, tmp_path: Path, name: str
) -> None:
    runs = [_run(analysis.result, analysis)] * 2
    own = tmp_path / name
    own.write_bytes(b"what the coach had")
    with pytest.raises(OutputError, match=f"{name}: is there already"):
        write_comparison(runs, own)
    assert own.read_bytes() == b"what the coach had"
    page = tmp_path / "page.html"
    write_comparison(runs, page)
    write_comparison(runs, page)
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
