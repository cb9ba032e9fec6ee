"""Wrong arguments of the Python calls are refused at once, in one clear line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kneedrive_cv as kd
from kneedrive_cv.errors import ConfigError
from tests.sample_analysis import make_analysis


@pytest.fixture(scope="module")
def run() -> kd.Run:
    return kd.Run(make_analysis())


@pytest.mark.parametrize("day", [date(2026, 5, 31), datetime(2026, 5, 31, 18, 30), "2026-05-31"])
def test_the_day_may_be_a_date_a_time_or_text(run: kd.Run, day: Any) -> None:
    assert run.labelled(recorded=day).result.clip.recorded == "2026-05-31"


def test_what_is_not_said_of_a_run_stays_as_it_was(run: kd.Run) -> None:
    named = run.labelled(name="Ann", recorded="2026-05-31")
    assert named.labelled().result == named.result


@pytest.mark.parametrize("day", ["31.5.2026", "2026-02-30", 20260531, ["2026-05-31"]])
def test_what_is_no_day_is_refused(run: kd.Run, day: Any) -> None:
    with pytest.raises(ConfigError, match=r"recorded: .* is no day"):
        run.labelled(recorded=day)


@pytest.mark.parametrize("name", ["J\udcf6rg", 3])
def test_a_name_that_is_no_text_is_refused(run: kd.Run, name: Any) -> None:
    with pytest.raises(ConfigError, match="name: "):
        run.labelled(name=name)


@pytest.mark.parametrize("slower", [0.5, 33.0, float("nan")])
def test_an_overlay_plays_1_to_32_times_slower(run: kd.Run, tmp_path: Path, slower: float) -> None:
    for write in (run.write, lambda out, **more: kd.write_outputs(run.analysis, out, **more)):
        with pytest.raises(ConfigError, match=r"slower: .* is not between 1 and 32"):
            write(tmp_path / "out", slower=slower)
    assert not (tmp_path / "out").exists()


def test_targets_may_be_given_as_plain_data(run: kd.Run) -> None:
    strict = run.regraded({"hip_flexion_low_deg": 120.0})
    assert strict.result == run.regraded(kd.Targets(hip_flexion_low_deg=120.0)).result


def test_the_words_of_the_hips_target_name_both_of_its_ends_as_they_are_set(run: kd.Run) -> None:
    strict = run.regraded({"hip_flexion_low_deg": 77.5, "hip_flexion_target_high_deg": 95.0})
    words = {check.target for check in strict.checks if check.code == "hip_flexion_low"}
    assert words == {"77.5 to 95 degrees at the top of the knee drive"}


@pytest.mark.parametrize("targets", [{"hip_flexion": 80.0}, [80.0], "strict.toml"])
def test_targets_that_are_none_are_refused(run: kd.Run, targets: Any) -> None:
    with pytest.raises(ConfigError, match="targets: "):
        run.regraded(targets)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"settings": {"posse": {}}}, "settings: posse: unknown key"),
        ({"settings": 3}, "settings: Input should be"),
        ({"pose": 3}, "pose: int is no pose"),
        ({"pose": "pose.trc", "also": "front.mp4"}, "pose and also do not go together"),
        ({"name": "J\udcf6rg"}, "name: .* is no valid text"),
        ({"recorded": "yesterday"}, "recorded: 'yesterday' is no day"),
    ],
)
def test_a_wrong_argument_is_told_before_the_clip_is_read(
    tmp_path: Path, arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        kd.analyze(tmp_path / "none.mp4", **arguments)


def test_the_same_file_is_no_second_view(tmp_path: Path) -> None:
    (tmp_path / "side.mp4").write_bytes(b"no clip")
    with pytest.raises(ConfigError, match=r"side\.mp4: the second clip is the first one"):
        kd.analyze(tmp_path / "side.mp4", also=tmp_path / "." / "side.mp4")


def test_a_number_in_quotes_is_told_by_the_option_that_takes_it(
    run: kd.Run, tmp_path: Path
) -> None:
    quoted: Any = "1.8"
    with pytest.raises(ConfigError, match=r"^height_m: '1.8' is no number. Give it without"):
        run.export("trc", tmp_path / "x.trc", height_m=quoted)
    with pytest.raises(ConfigError, match=r"^slower: '1.8' is no number"):
        run.write(tmp_path / "out", slower=quoted)
    assert not [*tmp_path.iterdir()]


def test_a_height_may_be_a_number_of_numpy(run: kd.Run, tmp_path: Path) -> None:
    height_m: Any = np.float32(1.8)
    assert run.export("trc", tmp_path / "x.trc", height_m=height_m).is_file()


def test_the_angles_of_a_plot_may_be_named_in_one_list(run: kd.Run) -> None:
    names = ["hip_flexion", "thigh"]
    for plot in (run.plot.angles(*names), run.plot.angles(names)):
        titles = [axis.get_title("left").split(",")[0] for axis in plot.axes]
        assert titles == ["Hip flexion", "Thigh"]


def test_runs_that_were_loaded_are_compared_by_their_folders(run: kd.Run, tmp_path: Path) -> None:
    first = kd.load(run.write(tmp_path / "first"))
    second = kd.load(run.write(tmp_path / "second"))
    page = kd.compare([first, second], tmp_path / "runs.html")
    assert page.read_bytes() == kd.compare(
        [tmp_path / "first", tmp_path / "second"], tmp_path / "folders.html"
    ).read_bytes()
    with pytest.raises(ConfigError, match="one run cannot be compared"):
        kd.compare(first)


def test_a_run_that_was_not_written_is_no_run_to_compare(run: kd.Run) -> None:
    with pytest.raises(ConfigError, match=r"this run lies in no folder. Write it"):
        kd.compare([run, run])
