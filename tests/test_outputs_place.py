"""Where the results of a clip go when the folder's name is a link or the clip's is odd."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.report.frames import clip_frames
from kneedrive_cv.report.output_files import OUTPUT_FILES
from kneedrive_cv.report.run_folder import find_run, find_runs
from kneedrive_cv.report.write import check_output, output_dir, write_outputs
from kneedrive_cv.video.reader import Frame
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return make_analysis()


def _few(analysis: Analysis) -> Iterator[Frame]:
    with closing(clip_frames(analysis)) as frames:
        yield from islice(frames, 4)


def _linked(out: Path) -> tuple[Path, Path]:
    """A run's folder that is a link to another place."""
    real, link = out.with_name("elsewhere") / "kept", out / "side_good"
    real.mkdir(parents=True)
    out.mkdir()
    link.symlink_to(Path("..") / "elsewhere" / "kept")
    return real, link


def test_results_go_into_the_folder_that_a_link_points_to(
    analysis: Analysis, tmp_path: Path
) -> None:
    real, link = _linked(tmp_path / "out")
    assert write_outputs(analysis, link.parent, frames=_few(analysis)) == link
    (real / "notes.txt").write_text("mine", encoding="utf-8")
    (real / "strides.csv").write_text("old", encoding="utf-8")
    write_outputs(analysis, link.parent, frames=_few(analysis))
    assert link.is_symlink()
    names = {path.name for path in real.iterdir()}
    assert "notes.txt" in names
    assert names <= {*OUTPUT_FILES, "notes.txt"}
    assert (real / "strides.csv").read_text(encoding="utf-8") != "old"
    assert [path.name for path in real.parent.iterdir()] == ["kept"]
    assert [path.name for path in link.parent.iterdir()] == ["side_good"]


def test_a_link_to_a_folder_with_files_of_others_is_left_alone(
    analysis: Analysis, tmp_path: Path
) -> None:
    real, link = _linked(tmp_path / "out")
    (real / "thesis.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="other things"):
        check_output(analysis.clip_path, link.parent)
    assert link.is_symlink()
    assert [path.name for path in real.iterdir()] == ["thesis.docx"]


def test_an_old_folder_that_cannot_be_cleared_away_is_no_failure(
    analysis: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_outputs(analysis, tmp_path, frames=_few(analysis))
    (folder / "strides.csv").write_text("old", encoding="utf-8")
    clear = shutil.rmtree

    def stuck(path: Path, ignore_errors: bool = False) -> None:
        if Path(path).name.startswith(".old."):
            if ignore_errors:
                return
            raise OSError("Directory not empty")
        clear(path, ignore_errors=ignore_errors)

    monkeypatch.setattr("kneedrive_cv.report.write.shutil.rmtree", stuck)
    assert write_outputs(analysis, tmp_path, frames=_few(analysis)) == folder
    assert (folder / "strides.csv").read_text(encoding="utf-8") != "old"


@pytest.mark.parametrize("name", ["..mp4", "...mp4"])
def test_a_clip_whose_name_is_all_dots_has_a_folder_of_its_whole_name(
    tmp_path: Path, name: str
) -> None:
    assert output_dir(Path("clips") / name, tmp_path) == tmp_path / name


def _made(folder: Path, clip: Path) -> Path:
    """Results of a clip, as far as their place is decided by them."""
    folder.mkdir(parents=True)
    earlier = {"schema_version": "1.0", "clip": {"name": clip.name, "path": str(clip)}}
    (folder / "result.json").write_text(json.dumps(earlier), encoding="utf-8")
    return folder


@pytest.fixture
def namesakes(tmp_path: Path) -> list[Path]:
    """Three clips of one name in folders of their own."""
    clips = [tmp_path / name / "run.mp4" for name in ("a", "b", "c")]
    for clip in clips:
        clip.parent.mkdir()
        clip.touch()
    return clips


def test_clips_of_one_name_from_several_folders_each_keep_results_of_their_own(
    namesakes: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for clip, name in zip(namesakes, ("run", "run~2", "run~3"), strict=True):
        assert _made(output_dir(clip, out), clip) == out / name
    assert [output_dir(clip, out).name for clip in namesakes] == ["run", "run~2", "run~3"]


def test_a_clip_that_was_moved_replaces_its_own_results_alone(
    namesakes: list[Path], tmp_path: Path
) -> None:
    first, second, _ = namesakes
    out = tmp_path / "out"
    for clip in (first, second):
        _made(output_dir(clip, out), clip)
    moved = first.replace(tmp_path / first.name)
    assert output_dir(moved, out) == out / "run"
    assert output_dir(second, out) == out / "run~2"


def test_where_a_clip_of_the_same_name_lies_is_found_from_any_folder(
    namesakes: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made(tmp_path / "out" / "run", Path("a/run.mp4"))
    monkeypatch.chdir(tmp_path / "b")
    assert output_dir(Path("run.mp4"), Path("../out")) == Path("../out/run~2")
    assert output_dir(Path("../a/run.mp4"), Path("../out")) == Path("../out/run")


def test_results_of_a_clip_that_cannot_be_looked_for_are_left_alone(tmp_path: Path) -> None:
    _made(tmp_path / "run", tmp_path / ("too_long" * 50) / "run.mp4")
    assert output_dir(Path("run.mp4"), tmp_path) == tmp_path / "run~2"


def test_a_number_that_a_folder_of_others_bears_is_passed_over(
    namesakes: list[Path], tmp_path: Path
) -> None:
    _made(tmp_path / "out" / "run", namesakes[0])
    (tmp_path / "out" / "run~2").mkdir()
    assert output_dir(namesakes[1], tmp_path / "out") == tmp_path / "out" / "run~3"


def test_outputs_of_a_clip_of_the_same_name_leave_the_earlier_ones_as_they_were(
    analysis: Analysis, tmp_path: Path
) -> None:
    other = tmp_path / "other" / analysis.clip_path.name
    other.parent.mkdir()
    other.touch()
    kept = _made(tmp_path / "out" / "side_good", other) / "result.json"
    before = kept.read_bytes()
    check_output(analysis.clip_path, tmp_path / "out")
    folder = write_outputs(analysis, tmp_path / "out", frames=_few(analysis))
    assert folder == tmp_path / "out" / "side_good~2"
    assert kept.read_bytes() == before


@pytest.mark.parametrize("hidden", [".run.ab12", ".unfinished/xyz"])
def test_what_a_killed_command_left_half_in_a_hidden_folder_is_no_run(
    tmp_path: Path, hidden: str
) -> None:
    _made(tmp_path / hidden, Path("run.mp4"))
    with pytest.raises(ConfigError, match="holds no graded run"):
        find_runs([tmp_path])
    whole = _made(tmp_path / "run", Path("run.mp4"))
    assert find_runs([tmp_path]) == [whole]


def test_a_folder_that_holds_one_run_is_that_run_and_of_more_one_is_to_be_named(tmp_path):
    for place in ("60m", "Ann/60m"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "result.json").write_text("{}", encoding="utf-8")
    assert find_run(tmp_path / "Ann") == find_run(tmp_path / "Ann" / "60m") == tmp_path / "Ann/60m"
    with pytest.raises(ConfigError, match=r"holds 2 graded runs"):
        find_run(tmp_path)  # that in the folder of an athlete counts as well
