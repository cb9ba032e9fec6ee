"""The set of variants: what is done to clips, and how what came out is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from kneedrive_cv.result import Value
from kneedrive_cv.video.reader import VideoReader
from tests.clip_maker import pattern
from tests.sample_analysis import make_analysis
from validation.accuracy.clips import _told
from validation.sprinter.parameters import ClipParameters
from validation.variants import edits, files
from validation.variants.catalogue import FIXED, variants
from validation.variants.grading import Outcome, keep, key, load, told
from validation.variants.judging import _compare, against_original
from validation.variants.scales import Length, marked_in
from validation.variants.tables import Judged
from validation.variants.variant import Places

SHOWN = [(k / 60.0, pattern(k)) for k in range(60)]


def times_of(edit: edits.Edit) -> np.ndarray:
    return np.array([t for t, _ in edit(iter(SHOWN))])


def test_the_set_has_sixty_variants_of_different_names_whose_originals_are_in_it() -> None:
    every = variants()
    names = [each.name for each in every]
    assert len(names) >= 60
    assert len(set(names)) == len(names)
    assert {each.same_as for each in every} <= {"", *names}


def test_another_edit_gives_another_clip_and_the_same_edit_the_same() -> None:
    one = variants()[0]
    slow = replace(one, edits=(edits.slowed(4),))
    assert key(slow) == key(replace(one, edits=(edits.slowed(4),)))
    assert len({key(one), key(slow), key(replace(one, edits=(edits.slowed(8),)))}) == 3
    assert told(edits.thinned(2)) != told(edits.thinned(4))
    assert " at 0x" not in "".join(told(each.edits) for each in variants())


def test_a_slowed_middle_keeps_the_ends_in_real_time() -> None:
    t = times_of(edits.slowed_middle(4, 0.3, 0.6))
    steps = np.round(np.diff(t) * 60, 6)
    assert set(steps[:4]) == {4.0}
    assert 4.0 in steps
    assert np.all(np.diff(t) > 0)
    assert t[-1] == pytest.approx(56 / 60 + 3 * 0.3)


@pytest.mark.parametrize(
    ("edit", "count"),
    [(edits.thinned(4), 15), (edits.repeated(3), 177), (edits.pulled_down, 75)],
)
def test_thinning_doubling_and_pulling_down_change_the_number_of_pictures(
    edit: edits.Edit, count: int
) -> None:
    t = times_of(edit)
    assert len(t) == count
    assert np.all(np.diff(t) > 0)
    assert t[-1] <= 1.0


def test_clips_cut_together_follow_one_another_in_one_size() -> None:
    other = [(0.0, pattern(0, (80, 120))), (0.1, pattern(1, (80, 120)))]
    cut = list(edits.after([lambda: iter(other)])(iter(SHOWN)))
    assert len(cut) == 62
    assert {image.shape for _, image in cut} == {(120, 160, 3)}
    assert np.all(np.diff([t for t, _ in cut]) > 0)


@pytest.mark.parametrize(
    "coder", [files.H264, files.HEVC, files.HEVC_10, files.VP9, files.PRORES, files.MJPEG]
)
def test_what_each_coder_writes_is_read_at_its_times_and_looks_alike(
    coder: files.Coder, tmp_path: Path
) -> None:
    clip = tmp_path / f"clip{coder.suffix}"
    files.write(clip, iter(SHOWN[:20]), coder)
    read = list(VideoReader(clip))
    assert len(read) == 20
    np.testing.assert_allclose([f.time_s for f in read], np.arange(20) / 60, atol=0.001)
    off = np.abs(read[10].image_bgr.astype(int) - SHOWN[10][1])
    assert np.median(off) < 8


@pytest.mark.parametrize(("turns", "rotation_deg"), [(1, 90), (2, 180), (3, 270)])
def test_a_turn_in_the_metadata_undoes_the_turn_of_the_pictures(
    turns: int, rotation_deg: int, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.mp4"
    turned = edits.each(edits.quarter_turned(turns))(iter(SHOWN[:4]))
    files.write(clip, turned, files.H264, rotation_deg=rotation_deg)
    first = next(iter(VideoReader(clip))).image_bgr
    assert np.abs(first.astype(int) - SHOWN[0][1]).mean() < 6


def test_the_tags_of_phones_are_written(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    tag = ("com.android.capture.fps", "240")
    files.write(clip, iter(SHOWN[:4]), files.H264, metadata=[tag])
    assert VideoReader(clip).metadata.capture_fps == 240.0


def test_outcomes_are_kept_for_the_very_clip(tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path, tmp_path / "made")
    one = variants()[0]
    assert load(one, places) is None
    keep(one, places, Outcome("refused", "nobody is there", 1.0, "abc"))
    kept = load(one, places)
    assert kept is not None
    assert kept.reason == "nobody is there"
    assert load(replace(one, edits=(edits.slowed(2),)), places) is None


def thighs(drives: dict[float, float], side: str = "left") -> SimpleNamespace:
    """A result with a thigh for each time of a peak."""
    mean = sum(drives.values()) / len(drives)
    strides = [
        SimpleNamespace(side=side, peak_time_s=at_s, metrics={"thigh_deg": Value(value=deg)})
        for at_s, deg in drives.items()
    ]
    value = Value(value=mean, low=mean - 5, high=mean + 5, status="measured")
    return SimpleNamespace(
        strides=strides, summary=SimpleNamespace(metrics={"thigh_deg": {side: value}})
    )


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_variant_is_held_against_the_knee_drives_that_it_shares(mirrored: bool) -> None:
    original = thighs({0.3: 50.0, 0.8: 71.0, 1.3: 73.0})  # out of the blocks
    variant = thighs({0.81: 72.0, 1.29: 74.0}, "right" if mirrored else "left")
    found = against_original(variant, original, mirrored=mirrored)  # type: ignore[arg-type]
    assert (found.numbers, found.inside, found.amiss) == (1, 1, ())
    assert found.angle_deg == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("true", "status", "inside", "amiss"),
    [
        (82.0, "measured", 1, 0),
        (87.0, "measured", 0, 0),
        (95.0, "measured", 0, 1),
        (95.0, "low_confidence", 0, 0),
    ],
)
def test_wrong_with_confidence_is_far_outside_of_an_interval_that_is_called_measured(
    true: float, status: str, inside: int, amiss: int
) -> None:
    value = Value(value=80.0, low=75.0, high=85.0, status=status)  # type: ignore[arg-type]
    means = {"thigh_deg": {"left": value}}
    found = _compare(means, {("thigh_deg", "left"): Value(value=true)})  # type: ignore[arg-type]
    assert (found.inside, len(found.amiss)) == (inside, amiss)


def test_pyav_has_all_coders() -> None:
    coders = (files.H264, files.HEVC, files.VP9, files.PRORES, files.MJPEG)
    assert {coder.name for coder in coders} <= av.codecs_available


def test_drills_and_lengths_in_metres_are_in_the_set() -> None:
    by_line: dict[str, list[str]] = {}
    for each in variants():
        by_line.setdefault(each.line, []).append(each.gait)
    assert len(by_line["drills"]) >= 6
    assert set(by_line["drills"]) == {"high knees", "A-march", "A-skip", "jog"}
    assert len(by_line["scale"]) >= 4


@pytest.mark.parametrize(("gait", "holds"), [("high knees", True), ("sprint", False)])
def test_a_drill_that_is_called_otherwise_is_not_as_expected(gait: str, holds: bool) -> None:
    drill = next(each for each in variants() if each.gait == "high knees")
    base = make_analysis().result
    result = base.model_copy(update={"scene": base.scene.model_copy(update={"gait": gait})})
    outcome = Outcome("graded", "", 1.0, "sources", {})
    judged = Judged(drill, outcome, result, None, None, None)
    assert judged.as_expected is holds


@pytest.mark.parametrize(
    ("metric", "true", "holds", "amiss"),
    [
        ("speed_mps", 8.4, True, False),
        ("speed_mps", 8.9, False, False),
        ("speed_mps", 10.0, False, True),
        ("touchdown_ahead_m", 8.54, False, False),
        ("touchdown_ahead_m", 8.56, False, True),
    ],
)
def test_a_length_far_outside_of_its_interval_is_wrong_with_confidence(
    metric: str, true: float, holds: bool, amiss: bool
) -> None:
    length = Length(metric, 8.0, 7.5, 8.5, true)
    assert (length.holds, length.amiss) == (holds, amiss)


def test_five_metres_are_marked_where_the_camera_sees_them() -> None:
    x0, y0, x1, y1, metres = marked_in(FIXED.parameters())
    assert metres == 5.0
    assert y0 == pytest.approx(y1, abs=1)
    # a person of 1.8 m is 270 pixels tall in the middle of this picture
    assert x1 - x0 == pytest.approx(5.0 / 1.8 * 270, rel=0.05)


def test_a_clip_without_a_drill_keeps_the_name_of_before_drills() -> None:
    plain = _told(ClipParameters())
    assert not {"drill", "hop_s", "swing_pace", "arm_share"} & set(plain["technique"])
    assert "peak_share" not in plain["technique"]["left"]
    skip = _told(ClipParameters.model_validate({"technique": {"drill": "a_skip"}}))
    assert skip["technique"]["drill"] == "a_skip"
    assert skip["technique"]["hop_s"] == 0.2
