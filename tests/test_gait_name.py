"""Drills and jogging are named; a sprint is never called one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import find_peaks

from kneedrive_cv.config import Settings
from kneedrive_cv.footage import no_clip
from kneedrive_cv.kinematics.lifts import find_lifts
from kneedrive_cv.pipeline import analyze_pose
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.result import Value
from kneedrive_cv.scene.level import Level
from kneedrive_cv.scene.timing import doubt_unusual, tell_timing
from kneedrive_cv.scene.view import find_sight
from kneedrive_cv.technique.as_seen import measure_as_seen
from kneedrive_cv.technique.gait_name import name_gait
from kneedrive_cv.technique.not_a_sprint import SLOWED, headline
from tests.drill_maker import SIZE, motion_of, moves, pose_of

TIME_S = np.arange(0, 6.0, 1 / 60)

NO_TAGS = no_clip(Path("clip.mp4"), *SIZE.values(), 30.0)

DRILLS = {
    "high knees": ("high knees", {"drill": "high_knees"}),
    "on the spot": ("high knees", {"drill": "high_knees", "speed_mps": 0.0}),
    "quick": (
        "high knees",
        {"drill": "high_knees", "step_rate_hz": 4.4, "contact_time_s": 0.13, "speed_mps": 2.0},
    ),
    "at 3 m/s": ("high knees", {"drill": "high_knees", "speed_mps": 3.0}),
    "low knees": ("high knees", {"drill": "high_knees", "peak_thigh_deg": 65.0}),
    "march": ("A-march", {"drill": "a_march"}),
    "slow march": (
        "A-march",
        {"drill": "a_march", "step_rate_hz": 1.2, "contact_time_s": 0.9, "speed_mps": 0.4},
    ),
    "skip": ("A-skip", {"drill": "a_skip"}),
    "quick skip": (
        "A-skip",
        {"drill": "a_skip", "step_rate_hz": 2.1, "contact_time_s": 0.44, "hop_s": 0.18},
    ),
    "jog": ("jog", {"drill": "jog"}),
    "slow jog": ("jog", {"drill": "jog", "speed_mps": 2.5, "step_rate_hz": 2.6}),
}
SPRINTS = {
    "sprint": {"speed_mps": 7.8},
    "low knees": {"speed_mps": 7.5, "peak_thigh_deg": 60.0, "step_rate_hz": 4.0},
    "high knees": {"speed_mps": 7.0, "peak_thigh_deg": 105.0, "touchdown_ahead_share": 0.5},
    "blocks": {"speed_mps": 5.0, "contact_time_s": 0.15, "block_start_lean_deg": 38.0},
}


@pytest.mark.parametrize(
    ("who", "name"),
    [("man", name) for name in DRILLS]
    + [("woman", name) for name in ("high knees", "march", "skip", "jog")],
)
def test_a_drill_of_the_renderer_is_named_and_its_steps_counted(who: str, name: str) -> None:
    named, asked = DRILLS[name]
    motion = moves(who, **asked)
    assert name_gait(motion) == named
    rate_hz = {"high_knees": 3.6, "a_march": 1.5, "a_skip": 1.8, "jog": 2.7}[asked["drill"]]
    assert motion.step_frequency_hz() == pytest.approx(asked.get("step_rate_hz", rate_hz), rel=0.02)


@pytest.mark.parametrize("name", [name for name, (named, _) in DRILLS.items() if named != "jog"])
def test_a_drills_knee_height_is_measured_in_each_lift(name: str) -> None:
    motion = moves("man", **DRILLS[name][1])
    asked = DRILLS[name][1].get("peak_thigh_deg", 90.0)
    assert {drive.side for drive in motion.drives} == {"left", "right"}
    for drive in motion.drives:
        assert drive.peak_thigh_deg == pytest.approx(asked, abs=2.5)
        assert drive.toe_off_s < drive.peak_s < drive.touchdown_s
    assert motion.contacts == []


@pytest.mark.parametrize("name", SPRINTS)
@pytest.mark.parametrize("who", ["man", "woman"])
def test_no_sprint_of_the_renderer_is_called_a_drill_or_a_jog(who: str, name: str) -> None:
    assert name_gait(moves(who, **SPRINTS[name])) == "sprint"


def waves(
    *, rate_hz: float, low_deg: float, high_deg: float, under_leg: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Thighs, and ankles ahead of the hips: a foot is ``under_leg`` at the other's top."""
    wave = np.pi * rate_hz * TIME_S
    up = {"left": (1 + np.cos(wave)) / 2, "right": (1 - np.cos(wave)) / 2}
    thigh = {side: low_deg + (high_deg - low_deg) * share for side, share in up.items()}
    ahead = {side: under_leg + (0.45 - under_leg) * share for side, share in up.items()}
    return thigh, ahead


@given(
    rate_hz=st.floats(1.0, 5.0),
    low_deg=st.floats(-45, 10),
    high_deg=st.floats(40, 115),
    under_leg=st.floats(-0.9, -0.4),
)
def test_knees_that_rise_while_the_other_foot_pushes_off_behind_are_no_drill(
    rate_hz: float, low_deg: float, high_deg: float, under_leg: float
) -> None:
    thigh, ahead = waves(
        rate_hz=rate_hz, low_deg=low_deg, high_deg=high_deg, under_leg=under_leg
    )
    assert find_lifts(thigh, ahead, TIME_S) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("hidden", ["left", "right"])
def test_a_foot_that_is_never_seen_does_not_stand_under_the_body(hidden: str) -> None:
    thigh, ahead = waves(rate_hz=4.4, low_deg=-20, high_deg=82, under_leg=-0.6)
    ahead[hidden] = np.full_like(TIME_S, np.nan)
    assert find_lifts(thigh, ahead, TIME_S) == []  # type: ignore[arg-type]
    assert find_lifts(thigh, dict.fromkeys(ahead, ahead[hidden]), TIME_S) == []  # type: ignore[arg-type]


@given(
    rate_hz=st.floats(1.0, 5.0), high_deg=st.floats(58, 110), under_leg=st.floats(-0.3, 0.05)
)
def test_knees_that_rise_over_a_standing_foot_are_lifts_of_both_legs_by_turns(
    rate_hz: float, high_deg: float, under_leg: float
) -> None:
    thigh, ahead = waves(rate_hz=rate_hz, low_deg=-4, high_deg=high_deg, under_leg=under_leg)
    lifts = find_lifts(thigh, ahead, TIME_S)  # type: ignore[arg-type]
    assert len(lifts) >= 3
    assert all(a.side != b.side for a, b in pairwise(lifts))
    assert [lift.peak_thigh_deg for lift in lifts] == pytest.approx([high_deg] * len(lifts), abs=1)
    assert [lift.step_frequency_hz for lift in lifts[:-1]] == pytest.approx(
        [rate_hz] * (len(lifts) - 1), rel=0.05
    )


def test_a_walkers_knees_are_no_lifts() -> None:
    thigh, ahead = waves(rate_hz=1.9, low_deg=-20, high_deg=32, under_leg=-0.2)
    assert find_lifts(thigh, ahead, TIME_S) == []  # type: ignore[arg-type]


def test_somebody_who_stands_makes_no_lifts() -> None:
    thigh = {side: np.full(len(TIME_S), 2.0) for side in ("left", "right")}
    ahead = {side: np.zeros(len(TIME_S)) for side in thigh}
    assert find_lifts(thigh, ahead, TIME_S) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("drill", ["a_march", "a_skip", "high_knees"])
def test_a_march_and_a_skip_are_slow_and_not_in_slow_motion(drill: str) -> None:
    timing, _ = tell_timing(
        pose_of("man", drill=drill), NO_TAGS, given_fps=None, swap_cost=1.0
    )
    assert timing.slow_motion == 1.0
    assert not timing.inferred


def test_high_knees_eight_times_slower_than_anybody_does_them_are_slow_motion() -> None:
    slow = pose_of("man", drill="high_knees", fps_hz=240.0, duration_s=1.5, slowed=8.0)
    timing, _ = tell_timing(slow, NO_TAGS, given_fps=None, swap_cost=1.0)
    assert timing.slow_motion == 8.0
    assert timing.inferred


@pytest.mark.parametrize(
    ("name", "technique"),
    [
        ("high knees", {"drill": "high_knees", "peak_thigh_deg": 50.0}),
        ("high knees", {"drill": "high_knees", "left": {"peak_thigh_deg": 45.0}}),
        ("A-march", {"drill": "a_march", "peak_thigh_deg": 50.0}),
        ("A-skip", {"drill": "a_skip", "left": {"peak_thigh_deg": 50.0}}),
    ],
)
def test_a_drill_with_low_knees_or_one_weaker_leg_is_still_that_drill(name, technique):
    motion = motion_of.__wrapped__("man", tuple(technique.items()))
    assert name_gait(motion) == name
    assert {drive.side for drive in motion.drives} == {"left", "right"}


@pytest.mark.parametrize(
    ("name", "technique"),
    [
        ("jog", {"drill": "jog", "speed_mps": 2.0, "peak_thigh_deg": 48.0}),
        ("sprint", {"speed_mps": 5.0, "peak_thigh_deg": 46.0, "step_rate_hz": 4.0}),
        (
            "sprint",
            {
                "speed_mps": 6.5,
                "peak_thigh_deg": 52.0,
                "step_rate_hz": 4.0,
                "touchdown_ahead_share": 0.5,
            },
        ),
    ],
)
def test_a_slow_run_with_low_knees_is_no_drill(name, technique):
    assert name_gait(moves("man", **technique)) == name


@pytest.mark.parametrize(
    "technique",
    [
        {"drill": "high_knees", "foot_ahead_of_knee_share": -0.2, "speed_mps": 0.4},
        {"drill": "high_knees", "foot_ahead_of_knee_share": -0.4, "speed_mps": 0.0},
    ],
)
def test_high_knees_on_the_spot_are_not_in_slow_motion(technique):
    track = pose_of("man", **technique)
    assert find_sight(track, forward=1.0).view == "side"
    timing, _ = tell_timing(track, NO_TAGS, given_fps=None, swap_cost=1.0, frontal=False)
    assert timing.slow_motion == 1.0


def test_a_lift_before_one_that_was_missed_has_no_rate():
    track = pose_of("man", drill="high_knees")
    knee = find_peaks(-track.point("right_knee")[:, 1], prominence=30)[0][2]
    xy_px = track.xy_px.copy()
    xy_px[knee - 6 : knee + 7, INDEX["right_knee"]] = np.nan
    _, motion, _ = measure_as_seen(
        [track.replace(xy_px=xy_px)], forward=1.0, level=Level(), size=SIZE, settings=Settings(),
        correction=None,
    )  # fmt: skip
    rates_hz = np.array([drive.step_frequency_hz for drive in motion.drives])
    assert np.isnan(rates_hz[:-1]).any()
    assert np.nanmin(rates_hz) > 3.3


def test_who_leans_back_in_a_drill_is_not_said_to_run_backwards():
    track = pose_of("man", drill="high_knees")
    xy_px, hips = track.xy_px.copy(), [INDEX["left_hip"], INDEX["right_hip"]]
    turn = np.deg2rad(-14.0)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = xy_px[:, hips].mean(axis=1)
    for name in ("left_shoulder", "right_shoulder", "nose"):
        i = INDEX[name]
        xy_px[:, i] = (xy_px[:, i] - middle) @ turned.T + middle
    result = analyze_pose(track.replace(xy_px=xy_px), None, Settings()).result
    assert result.scene.gait == "high knees"
    lean = result.summary.metrics["trunk_lean_deg"]["left"].value
    assert lean is not None
    assert lean < -10


def test_a_march_slower_than_anybody_marches_seems_to_be_one_and_its_times_are_unsure():
    slow = pose_of("man", drill="high_knees", fps_hz=120.0, duration_s=3.0, slowed=4.0)
    settings = Settings(capture_fps=None)
    _, motion, _ = measure_as_seen(
        [slow], forward=1.0, level=Level(), size=SIZE, settings=settings, correction=None
    )
    timing, _ = tell_timing(slow, NO_TAGS, given_fps=None, swap_cost=1.0)
    told = doubt_unusual(timing, motion.step_frequency_hz(), name_gait(motion))
    assert name_gait(motion) == "A-march"
    assert told.inferred
    assert "not usual for an A-march" in told.source
    unsure = Value(value=0.9, low=0.2, high=1.6, status="low_confidence", reason=SLOWED)
    means = {"thigh_deg": dict.fromkeys(SIDES, Value(value=90.0, low=86.0, high=94.0))}
    assert headline("A-march", means, unsure).startswith("This seems to be an A-march")


def test_a_leg_that_is_lifted_alone_makes_no_drill():
    time_s = np.arange(180) / 60
    lifted = 40.0 + 40.0 * np.cos(2 * np.pi * time_s)
    still = np.zeros(len(time_s))
    under = {"left": still, "right": still}
    assert find_lifts({"left": lifted, "right": still}, under, time_s) == []
    assert find_lifts({"left": lifted, "right": lifted[::-1]}, under, time_s)
