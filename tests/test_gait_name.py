"""Drills and jogging are named; a sprint is never called one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.kinematics.events import Contact
from kneedrive_cv.kinematics.lifts import find_lifts
from kneedrive_cv.kinematics.strides import find_knee_drives
from kneedrive_cv.pose.landmarks import LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.technique.gait_name import name_gait
from kneedrive_cv.technique.measure import Motion

TIME_S = np.arange(0, 6.0, 1 / 60)
LEG_PX = 200.0


def thighs(*, rate_hz: float, low_deg: float, high_deg: float) -> dict[str, np.ndarray]:
    """Both thighs as waves, the legs by turns; ``rate_hz`` counts the lifts of both."""
    middle, swing = (high_deg + low_deg) / 2, (high_deg - low_deg) / 2
    wave = np.pi * rate_hz * TIME_S
    return {"left": middle + swing * np.cos(wave), "right": middle - swing * np.cos(wave)}


def contacts_of(*, rate_hz: float, contact_s: float, speed: float) -> list[Contact]:
    """Steps by turns, each beginning a third of a step before the other thigh's top."""
    times = np.arange(0.1, TIME_S[-1] - contact_s, 1 / rate_hz)
    sides = ("left", "right")
    return [
        Contact(sides[i % 2], float(t), float(t + contact_s), speed)  # type: ignore[arg-type]
        for i, t in enumerate(times)
    ]


def motion_of(
    thigh: dict[str, np.ndarray], contacts: list[Contact], *, bounce_leg: float, travel_leg: float
) -> Motion:
    """A motion of these thighs; ankles go to and fro by ``travel_leg``."""
    shape = (len(TIME_S), len(LANDMARKS))
    xy_px = np.zeros((*shape, 2))
    xy_px[..., 1] = 300 + bounce_leg / 2 * LEG_PX * np.cos(2 * np.pi * 2.1 * TIME_S)[:, None]
    track = PoseTrack(
        TIME_S, np.arange(len(TIME_S)), xy_px, np.zeros((*shape, 3)), np.ones(shape)
    )
    ahead = {side: travel_leg / 2 * np.sin(8 * TIME_S) for side in thigh}
    angles = {f"{side}_thigh_deg": wave for side, wave in thigh.items()}
    angles |= {f"{side}_foot_ahead_leg": wave for side, wave in ahead.items()}
    drives = find_knee_drives(contacts, thigh, TIME_S)  # type: ignore[arg-type]
    if not contacts:
        drives = find_lifts(thigh, ahead, TIME_S)  # type: ignore[arg-type]
    return Motion(track, angles, contacts, drives, 110.0, LEG_PX)


@pytest.mark.parametrize(
    ("rate_hz", "bounce_leg", "named"),
    [(3.6, 0.05, "high knees"), (1.9, 0.14, "A-skip"), (1.3, 0.04, "A-march")],
)
def test_a_drill_on_the_spot_is_named_and_its_knee_height_measured(
    rate_hz: float, bounce_leg: float, named: str
) -> None:
    thigh = thighs(rate_hz=rate_hz, low_deg=-4, high_deg=88)
    motion = motion_of(thigh, [], bounce_leg=bounce_leg, travel_leg=0.4)
    assert name_gait(motion) == named
    assert np.mean([drive.peak_thigh_deg for drive in motion.drives]) == pytest.approx(88, abs=1)


def test_high_knees_that_move_on_slowly_are_named() -> None:
    thigh = thighs(rate_hz=3.6, low_deg=-6, high_deg=85)
    steps = contacts_of(rate_hz=3.6, contact_s=0.15, speed=2.0)
    motion = motion_of(thigh, steps, bounce_leg=0.05, travel_leg=0.6)
    assert name_gait(motion) == "high knees"


def test_a_jog_is_named() -> None:
    thigh = thighs(rate_hz=2.8, low_deg=-18, high_deg=38)
    steps = contacts_of(rate_hz=2.8, contact_s=0.27, speed=3.4)
    assert name_gait(motion_of(thigh, steps, bounce_leg=0.08, travel_leg=1.0)) == "jog"


@given(
    rate_hz=st.floats(3.4, 5.0),
    low_deg=st.floats(-35, -5),
    high_deg=st.floats(40, 105),
    contact_s=st.floats(0.08, 0.2),
    speed=st.floats(5.0, 13.0),
)
def test_no_run_at_the_speed_of_a_sprint_is_called_a_drill_or_a_jog(
    rate_hz: float, low_deg: float, high_deg: float, contact_s: float, speed: float
) -> None:
    thigh = thighs(rate_hz=rate_hz, low_deg=low_deg, high_deg=high_deg)
    steps = contacts_of(rate_hz=rate_hz, contact_s=contact_s, speed=speed)
    assert name_gait(motion_of(thigh, steps, bounce_leg=0.08, travel_leg=1.1)) == "sprint"


@given(speed=st.floats(2.5, 6.0), lean_back=st.floats(-40, -20))
def test_the_first_steps_out_of_the_blocks_are_a_sprint(speed: float, lean_back: float) -> None:
    thigh = thighs(rate_hz=3.6, low_deg=lean_back, high_deg=75)
    steps = contacts_of(rate_hz=3.6, contact_s=0.17, speed=speed)
    assert name_gait(motion_of(thigh, steps, bounce_leg=0.08, travel_leg=1.1)) == "sprint"


def test_a_sprint_whose_contacts_were_not_seen_makes_no_lifts() -> None:
    thigh = thighs(rate_hz=4.4, low_deg=-25, high_deg=85)
    ahead = {side: 0.6 * np.sin(8 * TIME_S) for side in thigh}
    assert find_lifts(thigh, ahead, TIME_S) == []  # type: ignore[arg-type]


def test_somebody_who_stands_makes_no_lifts() -> None:
    thigh = {side: np.full(len(TIME_S), 2.0) for side in ("left", "right")}
    ahead = {side: np.zeros(len(TIME_S)) for side in thigh}
    assert find_lifts(thigh, ahead, TIME_S) == []  # type: ignore[arg-type]
