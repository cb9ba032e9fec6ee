"""Runs that break off: cut without a change of the background, or another taken for the runner."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from kneedrive_cv.athlete import Survey
from kneedrive_cv.config import AthleteSettings, PoseSettings, Settings
from kneedrive_cv.errors import UngradableError
from kneedrive_cv.footage import footage_of_pose, no_clip, with_breaks
from kneedrive_cv.pipeline import analyze
from kneedrive_cv.pose.files.reading import as_given
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.breaks import leaps_of, longest_part
from tests.clip_maker import write_clip
from tests.drill_maker import PX_PER_M
from tests.test_partly_seen import at_60, hidden, taken_at

HEIGHT_PX = 1.8 * PX_PER_M
HIPS = ("left_hip", "right_hip")
QUICK = Settings(pose=PoseSettings(model="lite"))


def still_behind(track: PoseTrack) -> Survey:
    """A background that stands still, of as many frames as a track has."""
    count = len(track)
    return Survey(
        frame=np.arange(count),
        time_s=np.arange(count) / 60.0,
        width_px=8000,
        height_px=400,
        background_motion=np.tile(np.eye(2, 3), (count, 1, 1)),
        repeated=np.zeros(count, dtype=bool),
        change=np.zeros((count, 1, 1), dtype=np.uint8),
        searched=np.zeros(count, dtype=bool),
        row=np.zeros(0, dtype=np.int64),
        box=np.zeros((0, 4)),
        score=np.zeros(0),
        look=np.zeros((0, 1)),
    )


def breaks_in(track: PoseTrack, seen: Survey | None = None) -> list[int]:
    height_px = np.full(len(track), HEIGHT_PX)
    return leaps_of(track, height_px, seen or still_behind(track)).breaks()


def without(rows: range) -> PoseTrack:
    """The run with some of its frames cut out, as an editor leaves it."""
    kept = at_60().only(~np.isin(np.arange(len(at_60())), rows))
    return kept.replace(time_s=at_60().time_s[: len(kept)], frame=at_60().frame[: len(kept)])


def moved(rows: slice, heights: float) -> PoseTrack:
    """The run, elsewhere in some of its frames."""
    xy_px = at_60().xy_px.copy()
    xy_px[rows, :, 0] += heights * HEIGHT_PX
    return at_60().replace(xy_px=xy_px)


@pytest.mark.parametrize("first", [20, 64, 110])
def test_a_run_breaks_off_where_frames_were_cut_out_of_it(first):
    assert breaks_in(without(range(first, first + 6))) == [first]


@pytest.mark.parametrize("heights", [-0.4, 0.23, 0.4])
def test_it_breaks_off_where_another_is_taken_for_him(heights):
    assert breaks_in(moved(slice(50, None), heights)) == [50]


def test_less_than_a_fifth_of_his_height_or_one_and_a_half_of_his_steps_is_no_break():
    assert breaks_in(moved(slice(50, None), 0.15)) == []
    at_30 = moved(slice(50, None), 0.22).only(slice(None, None, 2))
    assert breaks_in(at_30, still_behind(at_60())) == []


def test_a_whole_run_does_not_break_off():
    assert breaks_in(at_60()) == []
    assert breaks_in(at_60().only(slice(0, 5))) == []


def test_a_frame_that_is_misread_and_hips_that_are_hidden_are_no_break():
    assert breaks_in(moved(slice(50, 51), 0.5)) == []
    assert breaks_in(hidden(at_60(), HIPS, slice(40, 46))) == []


@pytest.mark.parametrize("every", [2, 3])
def test_frames_that_come_unevenly_are_no_break(every):
    """Of a clip whose rate was changed, frames or times are spaced evenly, and seldom both."""
    rows = np.arange(len(at_60()))
    few = at_60().only((rows < 60) | (rows % every == 0))
    assert breaks_in(few, still_behind(at_60())) == []
    even = few.replace(time_s=np.linspace(0, few.time_s[-1], len(few)))
    late = even.replace(time_s=even.time_s + np.where(rows[: len(few)] % 5 == 0, 0.012, 0.0))
    steady = at_60().replace(time_s=late.time_s[-1] * rows / rows[-1])
    assert breaks_in(steady.replace(time_s=steady.time_s + 0.012 * (rows % 5 == 0))) == []


@pytest.mark.parametrize("fast", [3, 4, 5, 6, 9])
def test_where_a_clip_of_120_frames_a_second_plays_on_in_real_time_is_no_break(fast):
    slow_s = np.arange(100) / 120
    for times_s in (
        np.r_[slow_s, slow_s[-1] + np.arange(1, fast + 1) / 30],
        np.r_[np.arange(fast) / 30, fast / 30 + slow_s],
    ):
        played = taken_at(times_s)
        played = played.replace(time_s=np.arange(len(played)) / 30)
        assert breaks_in(played) == []


def test_a_camera_that_is_not_followed_for_a_frame_is_no_break():
    seen = still_behind(at_60())
    seen.background_motion[50, 0, 2] = 0.22 * HEIGHT_PX  # less than three steps of his
    assert breaks_in(at_60(), seen) == []


def test_the_longest_part_may_be_the_first_one_or_the_last():
    assert longest_part([30], 50) == slice(0, 30)
    assert longest_part([10, 20], 50) == slice(20, 50)


def leaping(heights: float = 0.12) -> PoseTrack:
    """The run, now here and now so many of his heights further on."""
    between = at_60().xy_px.copy()
    between[np.arange(len(between)) // 4 % 2 == 1, :, 0] += heights * HEIGHT_PX
    return at_60().replace(xy_px=between)


def test_hips_that_are_now_one_runners_and_now_anothers_leap_about():
    behind, height_px = still_behind(at_60()), np.full(len(at_60()), HEIGHT_PX)
    assert leaps_of(leaping(), height_px, behind).are_everywhere()
    unseen = hidden(at_60(), HIPS, slice(0, None))
    for steady in (at_60(), leaping(0.04), moved(slice(50, None), 0.4), unseen):
        assert not leaps_of(steady, height_px, behind).are_everywhere()


@pytest.mark.parametrize(("track", "doubted"), [(leaping, True), (at_60, False)])
def test_every_frame_of_hips_that_leap_about_is_in_doubt_unless_the_pose_is_given(track, doubted):
    given = as_given(track(), None)
    there = no_clip(given.path, 8000, 400, 60.0)
    footage = footage_of_pose(given, track(), there, len(track()))
    assert with_breaks(footage, track(), AthleteSettings()) == (footage, [])
    read, _ = with_breaks(replace(footage, given=""), track(), AthleteSettings())
    spans = [(span.first_frame, span.last_frame) for span in read.athlete.unsure]
    assert spans == ([(0, len(track()) - 1)] if doubted else [])


def cut_clip(sample_clip, path, kept):
    """A sample whose camera goes along, with some of its frames left out."""
    clip = cv2.VideoCapture(str(sample_clip.with_stem("side_one_fault")))
    images = [clip.read()[1] for _ in range(120)]
    return write_clip(path, [images[k] for k in kept], fps=60)


@pytest.mark.slow
def test_of_a_cut_clip_the_longest_part_is_graded_and_the_cut_is_told(sample_clip, tmp_path):
    clip = cut_clip(sample_clip, tmp_path / "cut.mp4", [*range(50), *range(58, 120)])
    result = analyze(clip, QUICK).result
    assert any("At frame 50 he is suddenly elsewhere" in said for said in result.warnings)
    assert result.athlete.first_read_frame == 50
    assert result.strides
    short = cut_clip(sample_clip, tmp_path / "short.mp4", [*range(18), *range(26, 44)])
    with pytest.raises(UngradableError, match=r"at frame 18 he .* no whole knee drive"):
        analyze(short, QUICK)


@pytest.mark.slow
def test_of_a_clip_that_plays_on_in_reverse_the_first_way_is_graded(sample_clip, tmp_path):
    back = cut_clip(sample_clip, tmp_path / "back.mp4", [*range(60), *range(59, -1, -1)])
    result = analyze(back, QUICK).result
    assert any("He turns round" in said for said in result.warnings)
    assert 50 < result.athlete.last_read_frame < 65
