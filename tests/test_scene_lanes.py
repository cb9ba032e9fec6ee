"""The camera's roll, told from what is level in the background."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kneedrive_cv.scene.lanes import find_horizon

FOCAL = 1.1
"""In shares of the picture's longer side."""
TALL_M, EYE_M, AWAY_M = 1.75, 1.4, 10.0
TALL = FOCAL * TALL_M / AWAY_M
LANES_M = tuple((across, 0.0) for across in np.arange(-3.0, 8.0, 1.22))
"""Lines along the run: how far beyond the athlete, and how high."""
BANK_M = ((20.0, 0.0), (20.0, 1.1))
WALL_M = ((20.0, 0.0), (20.0, 0.3))


def filmed(lines_m, *, off_deg=0.0, roll_deg=0.0, pitch_deg=0.0, turned_deg=0.0, camera_m=EYE_M):
    """Lines of a picture: those along the run, or turned against it, as pieces of two metres."""
    off, roll, pitch, turned = np.deg2rad([off_deg, roll_deg, pitch_deg, turned_deg])
    found = []
    for across_m, high_m in lines_m:
        for along_m in np.arange(-4.0, 4.0, 2.0):
            ends = np.array([along_m, along_m + 2.0])
            x = ends * np.cos(turned) - across_m * np.sin(turned)
            z = ends * np.sin(turned) + across_m * np.cos(turned)
            right = x * np.cos(off) - z * np.sin(off)
            away = AWAY_M + x * np.sin(off) + z * np.cos(off)
            up = high_m - camera_m
            depth = away * np.cos(pitch) + up * np.sin(pitch)
            above = up * np.cos(pitch) - away * np.sin(pitch)
            level, down = FOCAL * right / depth, -FOCAL * above / depth
            px = np.stack(
                [
                    level * np.cos(roll) - down * np.sin(roll),
                    level * np.sin(roll) + down * np.cos(roll),
                ],
                axis=-1,
            )
            way = px[1] - px[0]
            slope_deg = np.rad2deg(np.arctan(way[1] / way[0]))
            found.append([slope_deg, *px.mean(axis=0), np.hypot(*way)])
    return np.array(found)


def panned_past(lanes, eye):
    """What two looks say, between which a hand has moved the picture: nothing is drawn into it."""
    lower, eyes = lanes.copy(), np.concatenate([eye, eye])
    lower[:, 2] += 0.01
    eyes[1, 1] += 0.01
    return find_horizon([lanes, lower], eyes, np.full(2, TALL))


def eye_at(roll_deg=0.0, pitch_deg=0.0):
    """Where a point of the athlete at the camera's height is in the picture."""
    down, roll = FOCAL * np.tan(np.deg2rad(pitch_deg)), np.deg2rad(roll_deg)
    return np.array([[-down * np.sin(roll), down * np.cos(roll)]])


@example(off_deg=35.0, roll_deg=-8.0, pitch_deg=-3.0)
@given(
    off_deg=st.floats(-40.0, 40.0),
    roll_deg=st.floats(-8.0, 8.0),
    pitch_deg=st.floats(-6.0, 6.0),
)
def test_the_way_from_the_eye_to_where_lanes_meet_slopes_by_the_roll(off_deg, roll_deg, pitch_deg):
    lanes = filmed(LANES_M + BANK_M, off_deg=off_deg, roll_deg=roll_deg, pitch_deg=pitch_deg)
    told = panned_past(lanes, eye_at(roll_deg, pitch_deg))
    assert told is not None
    assert abs(told.deg - roll_deg) < 0.5 + 0.04 * abs(off_deg)
    assert abs(told.deg - roll_deg) < 3 * told.error_deg


@pytest.mark.parametrize("off_deg", [-30.0, 0.0, 30.0])
@pytest.mark.parametrize("higher_m", [-0.35, 0.35])
def test_a_camera_that_is_higher_than_was_guessed_is_off_by_what_is_told_of_it(off_deg, higher_m):
    lanes = filmed(LANES_M + BANK_M, off_deg=off_deg, camera_m=EYE_M + higher_m)
    guessed = eye_at() + np.array([0.0, FOCAL * higher_m / AWAY_M])
    told = panned_past(lanes, guessed)
    off_by = told.per_height_deg * higher_m / TALL_M
    assert told.deg + off_by == pytest.approx(0.0, abs=0.4)
    assert (abs(told.per_height_deg) > 2.0) == (off_deg != 0)


def test_level_lines_that_go_another_way_than_the_run_tell_it_as_well():
    roof = filmed(((6.0, 0.0), (6.0, 2.5), (6.0, 4.0), (6.0, 5.5)), turned_deg=25.0, roll_deg=3.0)
    told = find_horizon([roof], eye_at(3.0), np.array([TALL]))
    assert told.deg == pytest.approx(3.0, abs=1.0)


def test_lines_of_all_slopes_tell_nothing():
    random = np.random.default_rng(0)
    slopes = random.uniform(-25, 25, 80)
    x, y = random.uniform(-0.5, 0.5, 80), random.uniform(-0.28, 0.28, 80)
    mess = np.column_stack([slopes, x, y, np.full(80, 0.1)])
    assert find_horizon([mess], eye_at(), np.array([TALL])) is None


@pytest.mark.parametrize("lines_m", [(), WALL_M, LANES_M[:1]])
def test_a_few_lines_or_those_of_one_wall_tell_nothing(lines_m):
    lines = filmed(lines_m, off_deg=20.0) if lines_m else np.empty((0, 4))
    assert find_horizon([lines], eye_at(), np.array([TALL])) is None


def test_posts_do_not_count():
    steep, along, alike = np.full(90, 88.0), np.linspace(-0.4, 0.4, 90), np.ones(90)
    posts = np.column_stack([steep, along, 0.0 * alike, alike])
    lanes = filmed(LANES_M + BANK_M, roll_deg=-2.0)
    with_posts = find_horizon([np.concatenate([lanes, posts])], eye_at(-2.0), np.array([TALL]))
    assert with_posts == find_horizon([lanes], eye_at(-2.0), np.array([TALL]))


def test_looks_that_differ_are_less_sure_and_most_have_to_tell():
    looks = [filmed(LANES_M + BANK_M, roll_deg=roll_deg) for roll_deg in (0.0, 1.0, 2.0)]
    eyes = np.concatenate([eye_at(roll_deg) for roll_deg in (0.0, 1.0, 2.0)])
    drifting = find_horizon(looks, eyes, np.full(3, TALL))
    still = find_horizon(looks[1:2] * 3, eyes[[1, 1, 1]], np.full(3, TALL))
    assert drifting.deg == pytest.approx(still.deg, abs=0.2)
    assert drifting.error_deg > np.hypot(still.error_deg, 0.5)
    empty = np.empty((0, 4))
    assert find_horizon([looks[0], empty], eyes[:2], np.full(2, TALL)) is None
    assert find_horizon([], np.empty((0, 2)), np.empty(0)) is None


def test_what_was_drawn_into_the_picture_says_nothing_and_hides_no_lanes():
    grid = [[0.0, x, y, 0.25] for x in (-0.3, 0.0, 0.3) for y in (-0.2, -0.09, 0.09, 0.2)]
    eyes, tall = eye_at(5.0)[[0, 0, 0]], np.full(3, TALL)
    assert find_horizon([np.array(grid)] * 3, eyes, tall) is None
    both = np.concatenate([filmed(LANES_M + BANK_M, roll_deg=5.0), grid])
    assert find_horizon([both] * 3, eyes, tall).deg == pytest.approx(5.0, abs=0.4)


@pytest.mark.parametrize(("scatter_deg", "clutter"), [(0.3, 0.0), (0.5, 0.4), (1.0, 0.4)])
def test_the_error_holds_for_lines_that_scatter_and_others_among_them(scatter_deg, clutter):
    random, off = np.random.default_rng(1), []
    for _ in range(60):
        roll_deg, off_deg = random.uniform(-4, 4), random.uniform(-30, 30)
        camera_m = EYE_M + random.normal(0, 0.3)
        lines = filmed(LANES_M + BANK_M, off_deg=off_deg, roll_deg=roll_deg, camera_m=camera_m)
        lines[:, 0] += random.normal(0, scatter_deg, len(lines))
        other = random.random(len(lines)) < clutter
        lines[other, 0] = random.uniform(-20, 20, other.sum())
        eye = eye_at() + np.array([0.0, FOCAL * (camera_m - EYE_M) / AWAY_M])
        told = find_horizon([lines], eye, np.array([TALL]))
        if told is not None:
            error_deg = np.hypot(told.error_deg, 0.2 * told.per_height_deg)
            off.append((told.deg - roll_deg) / error_deg)
    assert len(off) > 10
    assert np.mean(np.abs(off) > 2.0) <= 0.08


def test_a_lens_that_nears_shows_him_larger_and_what_a_body_height_is_worth_with_him():
    lanes = filmed(LANES_M + BANK_M, off_deg=25.0)
    small, large = (find_horizon([lanes], eye_at(), np.array([tall])) for tall in (TALL, 2 * TALL))
    assert large.per_height_deg == pytest.approx(2 * small.per_height_deg, rel=0.2)
