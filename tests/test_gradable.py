"""What is refused though something was found."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from kneedrive_cv.clean.outliers import outside_picture
from kneedrive_cv.config import GradeSettings, Settings
from kneedrive_cv.errors import PoseError, UngradableError
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.scene.view import Sight, find_sight
from kneedrive_cv.technique.gradable import require_pose, require_run
from tests.frontal_maker import motion_of, seen, truth_of
from tests.test_partly_seen import at_60, measured


def test_a_run_whose_feet_are_out_of_the_picture_is_refused_whatever_was_guessed():
    truth = truth_of("camera.view=rear")
    pose, motion = seen(truth), motion_of(truth)
    assert motion.drives
    sight = find_sight(pose, forward=1.0)
    ground_px = int(np.nanmax(pose.point("left_foot_index")[:, 1]))
    whole, cut = (
        outside_picture(pose, width_px=4000, height_px=height_px)
        for height_px in (2 * ground_px, ground_px - 60)
    )
    require_run(motion, whole, sight, GradeSettings())
    with pytest.raises(UngradableError, match="feet are out of the picture"):
        require_run(motion, cut, sight, GradeSettings())


@pytest.mark.parametrize("lean_deg", [-34.0, -11.0])
def test_a_run_that_leans_away_from_where_it_goes_is_refused_as_reversed(lean_deg):
    motion = SimpleNamespace(angles={"trunk_lean_deg": np.full(40, lean_deg)})
    inside, side = np.zeros((40, 33), bool), Sight("side", 1.0, "right", 0.2)
    with pytest.raises(UngradableError, match=r"run backwards.*reverse"):
        require_run(motion, inside, side, GradeSettings())


def test_an_upright_run_that_plays_in_reverse_is_refused_by_its_knees():
    outside = np.zeros((len(at_60()), len(LANDMARKS)), dtype=bool)
    sight = Sight("side", 1.0, "right", 0.1)
    require_run(measured(at_60())[1], outside, sight, GradeSettings())
    mirrored_px = at_60().xy_px * [-1, 1] + [8000, 0]  # in reverse it goes to the right again
    _, reverse, _ = measured(at_60().replace(xy_px=mirrored_px[::-1]))
    with pytest.raises(UngradableError, match=r"backwards: his knees bend the wrong way .*reverse"):
        require_run(reverse, outside, sight, GradeSettings())


def bent_back(motion, share):
    """The motion with the knees bent the wrong way in a share of the frames."""
    bent = np.where(np.arange(100) < 100 * share, -30.0, 90.0)
    return replace(motion, angles={**motion.angles, "left_knee_flexion_deg": bent})


def test_knees_that_are_misread_here_and_there_or_seen_from_the_front_do_not_make_a_run_reverse():
    outside, side = np.zeros((100, len(LANDMARKS)), dtype=bool), Sight("side", 1.0, "right", 0.1)
    frontal = motion_of(truth_of("camera.view=rear"))
    require_run(bent_back(replace(frontal, angles={}), 0.08), outside, side, GradeSettings())
    with pytest.raises(UngradableError, match="bend the wrong way in 12%"):
        require_run(bent_back(replace(frontal, angles={}), 0.12), outside, side, GradeSettings())
    rear = Sight("rear", 1.0, None, 0.8)
    require_run(bent_back(frontal, 0.5), outside, rear, GradeSettings())


@pytest.mark.parametrize("lean_deg", [171.0, -170.0, 88.0, -88.0])
def test_who_stands_on_his_head_or_lies_on_his_side_is_refused_as_turned(lean_deg):
    motion = SimpleNamespace(angles={"trunk_lean_deg": np.full(40, lean_deg)})
    inside, side = np.zeros((40, 33), bool), Sight("side", 1.0, "right", 0.2)
    with pytest.raises(UngradableError, match=r"\d+ degrees off upright.*Turn the clip"):
        require_run(motion, inside, side, GradeSettings())


def test_a_pose_of_a_single_frame_is_refused():
    pose = seen(truth_of("camera.view=rear"))
    with pytest.raises(PoseError, match="one frame"):
        require_pose(pose.xy_px[5:6], GradeSettings())


def test_who_says_too_great_a_rate_of_capture_is_told_that_it_may_be_wrong():
    truth = truth_of("camera.view=rear")
    pose, motion = seen(truth), replace(motion_of(truth), drives=[])
    inside = outside_picture(pose, width_px=4000, height_px=4000)
    sight = find_sight(pose, forward=1.0)
    with pytest.raises(UngradableError, match=r"Film at least two strides"):
        require_run(motion, inside, sight, GradeSettings())
    with pytest.raises(UngradableError, match=r"said to play 4 times slower.*--capture-fps"):
        require_run(motion, inside, sight, GradeSettings(), 4.0)


def refused(motion):
    outside = np.zeros((len(motion.track), len(LANDMARKS)), dtype=bool)
    sight = Sight("side", 1.0, "right", 0.1)
    with pytest.raises(UngradableError, match="walks"):
        require_run(motion, outside, sight, Settings().grade)


def test_who_has_both_feet_down_walks_however_the_knees_bend_and_so_does_who_hardly_bends_them():
    _, run, _ = measured(at_60())
    lifted = 0.15
    both_down = [replace(c, toe_off_s=c.toe_off_s + lifted) for c in run.contacts]
    assert run.swing_knee_deg > 100
    refused(replace(run, contacts=both_down))
    refused(replace(run, swing_knee_deg=60.0))


def test_a_pose_that_was_found_in_too_few_frames_is_refused():
    grade = Settings().grade
    xy_px = np.zeros((100, len(LANDMARKS), 2))
    xy_px[int(100 * (grade.min_pose_share - 0.05)) :] = np.nan
    with pytest.raises(PoseError, match="was found in only"):
        require_pose(xy_px, grade)
