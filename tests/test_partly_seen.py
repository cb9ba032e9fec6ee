"""Feet that are seen in a part of the run, and clips whose frames come slower for a while."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.config import Settings
from kneedrive_cv.pipeline import analyze_pose
from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import UnsureFrames
from kneedrive_cv.scene.level import Level
from kneedrive_cv.scene.view import find_sight
from kneedrive_cv.technique.as_seen import measure_as_seen
from kneedrive_cv.technique.doubted import doubted
from kneedrive_cv.technique.gait_name import name_gait
from kneedrive_cv.technique.measure import Motion, make_strides
from kneedrive_cv.technique.uncertainty import Quality
from tests.drill_maker import SIZE, pose_of

RIGHT_FOOT = ("right_ankle", "right_heel", "right_foot_index")
LAST_S = 2.35


@cache
def sprint() -> PoseTrack:
    """A sprint with 1,200 frames a second, to take frames of."""
    return pose_of("man", fps_hz=1200.0, duration_s=2.4)


def taken_at(times_s: np.ndarray) -> PoseTrack:
    rows = np.unique(np.round(times_s * 1200).astype(int))
    taken = sprint().only(rows)
    return taken.replace(frame=np.arange(len(rows)))


def at_60() -> PoseTrack:
    return taken_at(np.arange(0.0, LAST_S, 1 / 60))


def hidden(track: PoseTrack, names: tuple[str, ...], rows: slice | np.ndarray) -> PoseTrack:
    xy_px = track.xy_px.copy()
    for name in names:
        xy_px[rows, INDEX[name]] = np.nan
    return track.replace(xy_px=xy_px)


def measured(track: PoseTrack) -> tuple[CleanPose, Motion, Quality]:
    clean, motion, sight = measure_as_seen(
        [track], forward=1.0, level=Level(), size=SIZE, settings=Settings(), correction=None
    )
    fps = 1.0 / float(np.median(np.diff(track.time_s)))
    return clean, motion, Quality(sight, fps, 300.0, False, gait=name_gait(motion))


@pytest.mark.parametrize("seen", [slice(0, 10), slice(0, 16), slice(20, 28)])
def test_a_run_is_graded_by_one_leg_where_the_other_foot_was_seen_for_a_moment(seen):
    rows = np.ones(len(at_60()), dtype=bool)
    rows[seen] = False
    result = analyze_pose(hidden(at_60(), RIGHT_FOOT, rows), None, Settings()).result
    assert result.scene.gait == "sprint"
    assert result.summary.knee_drives == {"left": 4, "right": 0}


@pytest.mark.parametrize("unseen", [slice(0, 50), slice(50, None)])
def test_no_knee_drive_of_a_leg_is_lost_where_the_other_foot_was_not_seen(unseen):
    _, motion, _ = measured(hidden(at_60(), RIGHT_FOOT, unseen))
    assert [drive.side for drive in motion.drives].count("left") == 4


@pytest.mark.parametrize("first", range(4, 120, 12))
def test_a_sprint_is_no_drill_where_one_foot_is_seen_for_a_moment(first):
    rows = np.ones(len(at_60()), dtype=bool)
    rows[first : first + 8] = False
    _, motion, _ = measured(hidden(at_60(), RIGHT_FOOT, rows))
    assert name_gait(motion) == "sprint"


@pytest.mark.parametrize(("before", "after"), [(60, 24), (60, 25), (120, 30), (240, 60)])
def test_knee_drives_are_read_where_frames_come_slower_than_in_the_most_of_the_clip(before, after):
    times_s = np.r_[np.arange(0, 1.2, 1 / before), np.arange(1.2, LAST_S, 1 / after)]
    _, motion, _ = measured(taken_at(times_s))
    assert len(motion.drives) == 9
    for drive in motion.drives:
        assert drive.peak_thigh_deg == pytest.approx(81.9, abs=0.4)


def test_where_frames_come_slower_the_foot_is_not_read_and_times_are_less_sure():
    times_s = np.r_[np.arange(0, 1.2, 1 / 60), np.arange(1.2, LAST_S, 1 / 30)]
    clean, motion, quality = measured(taken_at(times_s))
    strides = make_strides(motion, clean, replace(quality, capture_fps=60.0))
    fast = [each for each in strides if each.touchdown_time_s < 1.2]
    slow = [each for each in strides if each.toe_off_time_s > 1.2]
    assert fast
    assert slow
    for each in strides:
        told = {name: value.status for name, value in each.metrics.items()}
        if each in fast:
            assert told["ankle_dorsiflexion_deg"] == "measured"
        if each in slow:
            assert told["ankle_dorsiflexion_deg"] == "not_measurable"
            assert told["contact_time_s"] == "low_confidence"
            assert told["thigh_deg"] == "measured"


def right_contact(motion: Motion) -> tuple[float, float]:
    """A contact of the right foot that was seen whole."""
    contact = next(c for c in motion.contacts if c.side == "right" and c.touchdown_s > 0.5)
    return contact.touchdown_s, contact.toe_off_s


@pytest.mark.parametrize(
    ("begin", "end", "status"), [(0.0, 0.4, "low_confidence"), (1.3, 3.0, "measured")]
)
def test_a_contact_is_as_sure_as_the_frames_of_the_contact_not_of_the_swing(begin, end, status):
    """``begin`` and ``end`` of what is not seen, in lengths of the contact from its touchdown."""
    _, whole, _ = measured(at_60())
    touchdown_s, toe_off_s = right_contact(whole)
    times_s, length_s = at_60().time_s, toe_off_s - touchdown_s
    rows = (times_s >= touchdown_s + begin * length_s) & (times_s < touchdown_s + end * length_s)
    clean, motion, quality = measured(hidden(at_60(), RIGHT_FOOT, rows))
    (stride,) = [
        each
        for each in make_strides(motion, clean, quality)
        if each.side == "right" and abs(each.toe_off_time_s - toe_off_s) < 0.02
    ]
    assert stride.metrics["contact_time_s"].status == status


def test_a_contact_in_frames_in_which_he_was_not_sure_is_of_low_confidence():
    clean, motion, quality = measured(at_60())
    strides = make_strides(motion, clean, quality)
    touchdown_s, toe_off_s = right_contact(motion)
    first, last = (int(60 * at_s) for at_s in (touchdown_s, toe_off_s))
    crossed = UnsureFrames(first_frame=first, last_frame=last - 2, reason="somebody crossed")
    told = doubted(strides, [crossed], 4.4, "sprint")
    (stride,) = [each for each in told if abs(each.toe_off_time_s - toe_off_s) < 0.001]
    assert stride.metrics["contact_time_s"].reason == "somebody crossed"
    assert stride.metrics["step_frequency_hz"].reason == "somebody crossed"
    assert stride.metrics["thigh_deg"].status == "measured"


@pytest.mark.parametrize("names", [("right_shoulder",), ("left_shoulder", "right_shoulder")])
def test_a_pose_without_both_shoulders_is_not_told_to_be_oblique(names):
    track = hidden(at_60(), names, slice(None))
    sight = find_sight(track, forward=1.0)
    assert (sight.view, sight.off_side_deg) == ("side", 0.0)
    summary = analyze_pose(track, None, Settings()).result.summary
    assert summary.travel["speed_legps"].value == pytest.approx(9.9, abs=0.3)
