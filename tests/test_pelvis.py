"""The turn of the pelvis: what its network says, and the wave through the stride."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.errors import ModelError
from kneedrive_cv.kinematics.stride_phase import first_harmonic, stride_phase
from kneedrive_cv.pose.pelvis import (
    CELL_PX,
    MIRRORED,
    MOST_SURE,
    PLACES,
    POINTS,
    SURE_TIMES,
    USUAL_ERROR_DEG,
    WINDOW_PX,
    PelvisNetwork,
    PelvisSeen,
    cut_window,
    read_maps,
    tilt_of,
    turn_of,
    window_mapping,
)
from kneedrive_cv.technique.pelvis import LINES, MORE_TO_ONE_SIDE, TILT, TURN, with_pelvis
from kneedrive_cv.weights import model_path
from tests.frontal_maker import motion_of, truth_of

VIEWS = pytest.mark.parametrize("view", ["front", "rear"])
CELLS = WINDOW_PX // CELL_PX


def network(view):
    return PelvisNetwork(model_path(f"pelvis_{view}.onnx"), view)


def noise(seed=0):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return np.ascontiguousarray(np.kron(coarse, np.ones((8, 8, 1), dtype=np.uint8)))


@given(st.floats(-60, 60), st.floats(20, 200), st.floats(-50, 50))
def test_points_of_a_turned_pelvis_tell_its_turn_at_any_size_and_place(turn_deg, px_m, at_px):
    turn = np.deg2rad(turn_deg)
    # seen from the front, a forward point moves to the right as the right hip comes ahead
    right = PLACES[:, 0] * np.sin(turn) + PLACES[:, 1] * np.cos(turn)
    points = np.stack([at_px + px_m * right, -px_m * PLACES[:, 2]], axis=1)
    assert turn_of(points) == pytest.approx(turn_deg, abs=1e-6)
    assert tilt_of(points) == pytest.approx(0, abs=1e-6)


@given(st.floats(-30, 30), st.sampled_from([1, -1]))
def test_points_of_a_tilted_pelvis_tell_its_tilt_from_the_front_and_the_rear(tilt_deg, facing):
    tilt = np.deg2rad(tilt_deg)
    across, up = facing * PLACES[:, 1], PLACES[:, 2]
    # clockwise, as the picture shows it: what is on the right comes down
    right = across * np.cos(tilt) + up * np.sin(tilt)
    down = across * np.sin(tilt) - up * np.cos(tilt)
    assert tilt_of(100 * np.stack([right, down], axis=1)) == pytest.approx(tilt_deg, abs=1e-6)


def test_the_points_of_the_mirror_image_are_the_mirror_image_of_the_points():
    assert PLACES[list(MIRRORED)] == pytest.approx(PLACES * (1, -1, 1))


def test_a_map_puts_its_point_in_the_cell_that_it_names_and_so_far_beside_its_middle():
    count = len(POINTS)
    maps = np.zeros((1, 3 * count + 3, CELLS, CELLS))
    maps[0, :count + 1, 5, 9] = 50.0
    maps[0, count + 1 : -2 : 2], maps[0, count + 2 : -2 : 2] = 0.25, -0.5
    maps[0, -2] = 0.3
    points, rest_deg, weight = read_maps(maps)
    x, y = CELL_PX * (9.5 + 0.25), CELL_PX * (5.5 - 0.5)
    assert points[0] == pytest.approx(np.tile([x, y], (count, 1)))
    assert rest_deg == pytest.approx([3.0])
    assert weight == pytest.approx([1 / USUAL_ERROR_DEG**2])


def test_a_surer_map_counts_more_and_no_frame_counts_for_all():
    maps = np.zeros((3, 3 * len(POINTS) + 3, CELLS, CELLS))
    maps[1, -1], maps[2, -1] = 0.1, 99.0
    weight = read_maps(maps)[2] * USUAL_ERROR_DEG**2
    assert weight == pytest.approx(np.exp([0.0, 0.1 * SURE_TIMES, MOST_SURE[1]]))


@VIEWS
def test_a_mirrored_picture_turns_and_tilts_the_other_way(view):
    turn_deg, tilt_deg, weight = network(view)([noise(), noise()[:, ::-1]])
    for told, mirrored in (turn_deg, tilt_deg):
        assert told == pytest.approx(-mirrored, abs=1e-3)
        assert abs(told) > 0.01
    assert weight[0] == pytest.approx(weight[1], rel=1e-3)


@VIEWS
def test_what_is_told_does_not_hang_on_how_bright_the_picture_is(view):
    bright = noise() // 2 + 60
    dark = bright // 2
    for one, other in network(view)([bright, dark])[:2]:
        assert one == pytest.approx(other, abs=2.0)


def test_a_network_that_is_missing_or_damaged_is_a_clear_error(tmp_path):
    (tmp_path / "bad.onnx").write_bytes(b"nothing")
    for name in ("bad.onnx", "none.onnx"):
        with pytest.raises(ModelError, match="pelvis cannot be loaded"):
            PelvisNetwork(tmp_path / name, "front")


def test_a_window_is_cut_around_its_point_level_and_to_scale():
    image = np.zeros((200, 300, 3), dtype=np.uint8)
    image[95:106, 145:156] = 255
    window = cut_window(image, np.array([150.0, 100.0]), 128.0, 20.0)
    bright = np.argwhere(window[..., 0] > 100)
    assert bright.mean(axis=0) == pytest.approx([WINDOW_PX / 2] * 2, abs=1.0)
    assert np.ptp(bright, axis=0) == pytest.approx([6, 6], abs=2.5)
    up = window_mapping(np.zeros(2), 64.0, 20.0)[:, :2] @ np.array(
        [np.sin(np.deg2rad(20)), -np.cos(np.deg2rad(20))]
    )
    assert up == pytest.approx([0, -1])


@given(
    st.floats(1.7, 2.6), st.floats(-0.1, 0.1), st.floats(-3, 3), st.floats(0.55, 3),
    st.sets(st.integers(0, 100), max_size=8),
)  # fmt: skip
def test_the_phase_is_that_of_the_knees_also_past_missing_frames_and_as_the_rate_changes(
    rate_hz, bend, at, lasts_s, missing
):
    time_s = np.arange(0, lasts_s, 1 / 60)
    bend = bend if rate_hz * lasts_s > 4 else 0.0
    since_s = time_s - lasts_s / 2
    true = 2 * np.pi * (rate_hz * since_s + bend * since_s**2) - at
    higher = np.cos(true) + 0.1 * np.cos(3 * true)
    higher[[i for i in missing if i < len(higher)]] = np.nan
    phase = stride_phase(higher, time_s)
    assert np.exp(1j * (phase - true)) == pytest.approx(np.ones(len(time_s)), abs=0.2)


def test_knees_that_do_not_pass_each_other_as_in_a_run_have_no_phase():
    rng = np.random.default_rng(0)
    for higher in (rng.normal(size=60), np.linspace(0, 1, 60), np.full(60, np.nan)):
        assert stride_phase(higher, np.arange(60) / 60) is None


@given(st.floats(0, 30), st.floats(-3, 3), st.floats(-20, 20), st.floats(-3, 3))
def test_the_wave_is_found_beside_the_camera_s_angle_and_what_goes_twice_a_stride(
    size, at, camera, drift
):
    phase = np.linspace(0.4, 11, 60)
    signal = size * np.cos(phase - at) + camera + drift * phase + 4 * np.cos(2 * phase - 1)
    signal[7:12] = np.nan
    found = first_harmonic(signal, phase)
    assert found == pytest.approx(size * np.exp(1j * at), abs=1e-6)


def test_moments_that_count_for_nothing_do_not_change_the_wave():
    phase = np.linspace(0, 11, 60)
    signal, weight = 10 * np.cos(phase - 2), np.ones(60)
    signal[::5], weight[::5] = 0.0, 1e-9
    assert abs(first_harmonic(signal, phase, weight)) == pytest.approx(10.0, abs=1e-6)
    assert abs(first_harmonic(signal, phase)) < 9


def test_less_than_a_stride_has_no_wave():
    assert not np.isfinite(abs(first_harmonic(np.ones(20), np.linspace(0, 5, 20))))


def phase_of(motion):
    right, left = (motion.angles[f"{side}_knee_height_thigh"] for side in ("right", "left"))
    return stride_phase(right - left, motion.track.time_s)


@VIEWS
@pytest.mark.parametrize("camera_deg", [0.0, 9.0])
def test_turn_and_tilt_of_every_frame_are_the_waves_that_were_told(view, camera_deg):
    motion = motion_of(truth_of(f"camera.view={view}"))
    phase = phase_of(motion)
    turn_deg, tilt_deg = 10 * np.cos(phase - 2), 4 * np.cos(phase + 1)
    told = (turn_deg + camera_deg, tilt_deg - camera_deg)
    seen = PelvisSeen(view, motion.track.frame, *told, np.ones(len(phase)))
    angles = with_pelvis(motion, seen, view).angles
    for name, told_deg in ((TURN, turn_deg), (TILT, tilt_deg)):
        offset, slope = LINES[name]
        size = np.abs(told_deg).max()
        assert angles[name] == pytest.approx(told_deg * (slope + offset / size), abs=0.05)


def test_frames_that_were_not_looked_at_are_told_by_the_others():
    motion = motion_of(truth_of("camera.view=front"))
    told_deg = 10 * np.cos(phase_of(motion) - 2)
    frame, weight = motion.track.frame, np.full(len(told_deg), 0.04)
    seen = (frame, told_deg, told_deg, weight)
    whole = with_pelvis(motion, PelvisSeen("front", *seen), "front")
    part = with_pelvis(motion, PelvisSeen("front", *(each[5:] for each in seen)), "front")
    assert part.angles[TURN] == pytest.approx(whole.angles[TURN], abs=1e-6)


def test_nothing_is_told_where_nothing_was_seen_or_from_elsewhere():
    motion = motion_of(truth_of("camera.view=front"))
    frame, told_deg = motion.track.frame, 10 * np.cos(phase_of(motion))
    missing = np.full(len(frame), np.nan)
    unseen = PelvisSeen("front", frame, missing, missing, missing)
    rear = PelvisSeen("rear", frame, told_deg, told_deg, np.ones(len(frame)))
    for seen in (None, unseen, rear):
        angles = with_pelvis(motion, seen, "front").angles
        assert np.isnan([angles[TURN], angles[TILT]]).all()


def still_camera(truth, motion, *, pan_px=0.0, zoom=1.0):
    """What the first pass saw of the background: a camera that stands, pans or zooms."""
    step = np.array([[zoom, 0.0, pan_px], [0.0, zoom, 0.0]])
    frames = len(truth["time_s"])
    return SimpleNamespace(
        frame=np.arange(frames), background_motion=np.tile(step, (frames, 1, 1))
    )


def passing(view, off_deg, more_deg=0.0):
    """A run past a fixed camera, and what the network would tell of it."""
    truth = truth_of(
        f"camera.view={view}",
        f"camera.off_square_deg={off_deg}",
        "camera.motion=fixed",
        "video.duration_s=1.6",
    )
    motion = motion_of(truth)
    # off square the hips seem turned the other way, from the front as from the rear
    turn_deg = 12 * np.cos(phase_of(motion)) + more_deg - off_deg
    weight = np.ones(len(turn_deg))
    return truth, motion, PelvisSeen(view, motion.track.frame, turn_deg, 0 * turn_deg, weight)


@VIEWS
@pytest.mark.parametrize("off_deg", [-9.0, 0.0, 6.0])
@pytest.mark.parametrize("more_deg", [-8.0, 0.0, 8.0])
def test_how_much_more_it_turns_to_one_side_is_told_of_a_camera_that_stands(
    view, off_deg, more_deg
):
    truth, motion, seen = passing(view, off_deg, more_deg)
    told = with_pelvis(motion, seen, view, still_camera(truth, motion))
    alike = with_pelvis(motion, seen, view)
    more = (told.angles[TURN] - alike.angles[TURN]).mean()
    assert told.sides_told
    assert more == pytest.approx(MORE_TO_ONE_SIDE * more_deg, abs=1.8)


@VIEWS
def test_a_camera_that_zooms_or_goes_along_does_not_tell_the_sides_apart(view):
    truth, motion, seen = passing(view, 6.0)
    zooms = with_pelvis(motion, seen, view, still_camera(truth, motion, zoom=1.002))
    assert not zooms.sides_told
    along = motion_of(truth_of(f"camera.view={view}", "video.duration_s=1.6"))
    assert not with_pelvis(along, seen, view, still_camera(truth, along)).sides_told


def test_a_camera_that_pans_with_him_tells_the_same():
    truth, motion, seen = passing("front", 6.0, 8.0)
    stands = with_pelvis(motion, seen, "front", still_camera(truth, motion))
    drift_px = 2.0 * np.arange(len(motion.track))[:, None, None] * np.array([1.0, 0.0])
    panned = replace(motion, track=motion.track.replace(xy_px=motion.track.xy_px + drift_px))
    pans = with_pelvis(panned, seen, "front", still_camera(truth, motion, pan_px=2.0))
    assert pans.angles[TURN] == pytest.approx(stands.angles[TURN], abs=0.2)
