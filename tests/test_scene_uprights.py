"""The camera's roll, told from what stands upright in the background."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kneedrive_cv import footage as footage_module
from kneedrive_cv.scene.lines import LOOKS, find_lines
from kneedrive_cv.scene.uprights import READOUT_S, find_plumb, skewed_deg

WIDTH_PX, HEIGHT_PX = 960, 540
NOBODY = np.array([0.0, 0.0, -1.0, -1.0])
POSTS = tuple(np.linspace(-0.42, 0.42, 9))


def picture(width_px=WIDTH_PX, height_px=HEIGHT_PX):
    return np.full((height_px, width_px, 3), 150, dtype=np.uint8)


def post(image_bgr, at_px, lean_deg, long_px=120):
    """Draw a post around a place, leaning clockwise."""
    lean = np.deg2rad(lean_deg)
    half_px = long_px / 2 * np.array([np.sin(lean), -np.cos(lean)])
    ends = [tuple(np.round(16 * (np.array(at_px) + way * half_px)).astype(int)) for way in (-1, 1)]
    cv2.line(image_bgr, *ends, (40, 40, 40), 4, cv2.LINE_AA, shift=4)


def fence(roll_deg, converging_deg=0.0, *, posts=POSTS, image_bgr=None):
    """Posts at these shares of the width from the middle, of a camera that rolls and looks up."""
    image_bgr = picture() if image_bgr is None else image_bgr
    height_px, width_px = image_bgr.shape[:2]
    side_px = max(width_px, height_px)
    for share in posts:
        at_px = (width_px / 2 + share * width_px, 0.45 * height_px)
        post(image_bgr, at_px, roll_deg + converging_deg * share * width_px / side_px)
    return image_bgr


def leaves(count=400, seed=0):
    """Short lines that lean all ways."""
    image_bgr, random = picture(), np.random.default_rng(seed)
    for x, y, lean_deg in random.uniform((20, 20, -90), (940, 520, 90), (count, 3)):
        post(image_bgr, (x, y), lean_deg, long_px=30)
    return image_bgr


def plumb_of(*pictures, box=NOBODY):
    return find_plumb([find_lines(each, box) for each in pictures])


@settings(deadline=None, max_examples=20)
@given(roll_deg=st.floats(-10.0, 10.0), converging_deg=st.floats(-10.0, 10.0))
def test_the_roll_is_the_lean_of_posts_at_the_middle_wherever_the_camera_looks_up_to(
    roll_deg, converging_deg
):
    follows = [np.array(POSTS) + shift for shift in (0.0, 0.02)]
    plumb = plumb_of(*[fence(roll_deg, converging_deg, posts=posts) for posts in follows])
    assert plumb is not None
    assert abs(plumb.deg - roll_deg) < plumb.error_deg < 1.1
    assert abs(plumb.converging_deg - converging_deg) < 1.5


@pytest.mark.parametrize("size", [(540, 960), (1920, 1080), (640, 480)])
def test_pictures_of_any_size_and_those_held_upright_tell_it(size):
    plumb = plumb_of(fence(-3.0, 4.0, image_bgr=picture(*size)))
    assert plumb is not None
    assert plumb.deg == pytest.approx(-3.0, abs=0.5)


def test_leaves_tell_nothing_and_do_not_hide_posts():
    assert plumb_of(leaves()) is None
    plumb = plumb_of(fence(4.0, image_bgr=leaves(60), posts=np.linspace(-0.45, 0.45, 16)))
    assert plumb is not None
    assert plumb.deg == pytest.approx(4.0, abs=0.5)


@pytest.mark.parametrize("posts", [(), (0.1,), (-0.3, 0.3)])
def test_few_posts_tell_nothing_however_many_frames_show_them(posts):
    assert plumb_of(*[fence(3.0, posts=posts)] * LOOKS) is None


def test_the_more_places_the_surer_and_the_same_posts_in_more_frames_are_no_surer():
    few, many = (np.linspace(-0.4, 0.4, count) for count in (5, 20))
    errors = [
        plumb_of(fence(2.0, posts=few)).error_deg,
        plumb_of(*[fence(2.0, posts=few)] * 3).error_deg,
        plumb_of(fence(2.0, posts=many)).error_deg,
    ]
    assert errors[0] == pytest.approx(errors[1])
    assert errors[2] < errors[0]


def test_posts_on_one_side_are_less_sure_since_the_camera_may_look_up():
    around = plumb_of(fence(2.0, posts=np.linspace(-0.4, 0.4, 8)))
    aside = plumb_of(fence(2.0, posts=np.linspace(0.2, 0.4, 8)))
    assert aside.error_deg > 1.5 * around.error_deg


def captioned(image_bgr):
    """With words and a grid drawn into it, as an editor does."""
    image_bgr = image_bgr.copy()
    cv2.putText(image_bgr, "HIT HIT HIT HILL", (60, 480), 0, 2.6, (255, 255, 255), 8)
    for left_px in range(160, WIDTH_PX, 160):
        cv2.line(image_bgr, (left_px, 0), (left_px, HEIGHT_PX), (255, 255, 255), 2)
    return image_bgr


def test_what_was_drawn_into_the_picture_says_nothing_and_hides_no_posts():
    assert plumb_of(*[captioned(picture())] * LOOKS) is None
    posts = np.linspace(-0.4, 0.4, 12)
    plumb = plumb_of(*[captioned(fence(-4.0, posts=posts))] * LOOKS)
    assert plumb is not None
    assert plumb.deg == pytest.approx(-4.0, abs=0.6)


def test_posts_of_a_level_camera_that_follows_the_athlete_do_count():
    shifts = np.linspace(0.0, 0.05, LOOKS)
    level = plumb_of(*[fence(0.0, posts=np.array(POSTS) + shift) for shift in shifts])
    assert level is not None
    assert level.deg == pytest.approx(0.0, abs=0.2)


def test_a_line_as_long_as_the_picture_counts_no_more_than_a_post():
    image_bgr = fence(-3.0, posts=np.linspace(-0.4, 0.4, 12))
    for left_px in (100, 120, 860):
        post(image_bgr, (left_px, 270), 2.0, long_px=500)
    assert plumb_of(image_bgr).deg == pytest.approx(-3.0, abs=0.6)


@pytest.mark.parametrize("lean_deg", [8.0, 12.0])
def test_a_net_whose_wires_lean_both_ways_tells_nothing(lean_deg):
    image_bgr = picture()
    for left_px in range(40, WIDTH_PX, 40):
        post(image_bgr, (left_px, 140), lean_deg)
        post(image_bgr, (left_px, 400), -lean_deg)
    assert plumb_of(image_bgr) is None


def made_lines(lean_deg, place):
    """Lines as they are found, all as long and at the same height."""
    alike = np.ones(len(lean_deg))
    slope_deg = np.where(lean_deg > 0, lean_deg - 90.0, lean_deg + 90.0)
    return np.column_stack([slope_deg, place, 0.0 * alike, 0.05 * alike])


@pytest.mark.parametrize(
    ("posts", "spread_deg", "clutter"),
    [(20, 0.5, 0), (20, 0.7, 8), (8, 0.8, 0), (12, 2.0, 0), (25, 3.0, 0)],
)
def test_the_error_holds_for_posts_and_for_trees_that_lean(posts, spread_deg, clutter):
    random, off = np.random.default_rng(posts), []
    for _ in range(100):
        roll_deg, converging_deg = random.uniform(-6, 6, 2)
        place = random.uniform(-0.45, 0.45, posts)
        lean_deg = roll_deg + converging_deg * place + random.normal(0, spread_deg, posts)
        lean_deg = np.append(lean_deg, random.uniform(-15, 15, clutter))
        place = np.append(place, random.uniform(-0.45, 0.45, clutter))
        plumb = find_plumb([made_lines(lean_deg, place)])
        if plumb is not None:
            off.append((plumb.deg - roll_deg) / plumb.error_deg)
    assert np.mean(np.abs(np.array([*off, 0.0])) > 2.0) <= 0.08
    if spread_deg < 1:
        assert len(off) > 80


def test_what_a_hand_turns_while_it_films_is_part_of_the_error():
    still = plumb_of(*[fence(2.0)] * 4)
    turned = plumb_of(*[fence(roll_deg) for roll_deg in (1.0, 1.7, 2.3, 3.0)])
    assert turned.deg == pytest.approx(2.0, abs=0.3)
    assert turned.error_deg > np.hypot(still.error_deg, 0.5)


def test_the_background_that_goes_by_faster_leans_more_but_never_longer_than_a_frame_takes():
    assert skewed_deg(0.0, 1080, 60.0) == 0.0
    walked, panned = skewed_deg(300.0, 1080, 60.0), skewed_deg(1500.0, 1080, 60.0)
    assert walked < panned == pytest.approx(np.rad2deg(1500.0 * READOUT_S / 1080), rel=0.01)
    assert skewed_deg(1500.0, 1080, 240.0) < panned / 2


def test_a_picture_without_a_line_tells_nothing():
    assert plumb_of(picture()) is None
    assert find_plumb([]) is None


@pytest.mark.parametrize("times", [1, 3])
def test_posts_that_go_by_are_less_sure_though_each_frame_is_shown_more_than_once(times):
    looks = {each: find_lines(fence(2.0), NOBODY) for each in (0, 3)}
    raw = SimpleNamespace(frame=np.arange(0, 60, times))
    still, goes_by = np.tile(np.eye(2, 3), (60, 1, 1)), np.tile(np.eye(2, 3), (60, 1, 1))
    goes_by[::times, 0, 2] = -30.0
    errors = []
    for motion in (still, goes_by):
        seen = SimpleNamespace(
            frame=np.arange(60), background_motion=motion, height_px=HEIGHT_PX
        )
        crops = SimpleNamespace(crops=SimpleNamespace(frame=np.arange(60)))
        footage = SimpleNamespace(seen=seen, athlete=crops)
        errors.append(footage_module.plumb_of(footage, looks, raw, 60.0).error_deg)
    assert errors[1] == pytest.approx(np.hypot(errors[0], skewed_deg(1800.0, HEIGHT_PX, 60.0)))
