"""Where the results of a clip go when the folder's name is a link or the clip's is odd."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import OutputError
from kneedrive_cv.report.frames import clip_frames
from kneedrive_cv.report.output_files import OUTPUT_FILES
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
