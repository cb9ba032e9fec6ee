"""The turn of the pelvis: what its network says, and the wave through the stride."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.errors import ModelError
from kneedrive_cv.kinematics.stride_phase import first_harmonic, stride_phase
from kneedrive_cv.pose.pelvis import (
    CELL_PX,
    MIRRORED,
    PLACES,
    POINTS,
    WINDOW_PX,
    PelvisNetwork,
    PelvisTurn,
    cut_window,
    read_maps,
    turn_of,
    window_mapping,
)
from kneedrive_cv.technique.pelvis_turn import COLUMN, LINE, with_turn
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


def test_the_points_of_the_mirror_image_are_the_mirror_image_of_the_points():
    assert PLACES[list(MIRRORED)] == pytest.approx(PLACES * (1, -1, 1))


def test_a_map_puts_its_point_in_the_cell_that_it_names_and_so_far_beside_its_middle():
    count = len(POINTS)
    maps = np.zeros((1, 3 * count + 2, CELLS, CELLS))
    maps[0, :count + 1, 5, 9] = 50.0
    maps[0, count + 1 : -1 : 2], maps[0, count + 2 : -1 : 2] = 0.25, -0.5
    maps[0, -1] = 0.3
    points, rest_deg = read_maps(maps)
    x, y = CELL_PX * (9.5 + 0.25), CELL_PX * (5.5 - 0.5)
    assert points[0] == pytest.approx(np.tile([x, y], (count, 1)))
    assert rest_deg == pytest.approx([3.0])


@VIEWS
def test_a_mirrored_picture_turns_the_other_way(view):
    told, mirrored = network(view).turn_deg([noise(), noise()[:, ::-1]])
    assert told == pytest.approx(-mirrored, abs=1e-3)
    assert abs(told) > 0.01


@VIEWS
def test_the_turn_does_not_hang_on_how_bright_the_picture_is(view):
    bright = noise() // 2 + 60
    dark = bright // 2
    one, other = network(view).turn_deg([bright, dark])
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


def test_less_than_a_stride_has_no_wave():
    assert not np.isfinite(abs(first_harmonic(np.ones(20), np.linspace(0, 5, 20))))


def phase_of(motion):
    right, left = (motion.angles[f"{side}_knee_height_thigh"] for side in ("right", "left"))
    return stride_phase(right - left, motion.track.time_s)


@VIEWS
@pytest.mark.parametrize("camera_deg", [0.0, 9.0])
def test_the_turn_of_every_frame_is_the_wave_that_was_told(view, camera_deg):
    motion = motion_of(truth_of(f"camera.view={view}"))
    frame = motion.track.frame
    phase = phase_of(motion)
    told = PelvisTurn(view, frame, 10 * np.cos(phase - 2) + camera_deg)
    turn_deg = with_turn(motion, told).angles[COLUMN]
    offset, slope = LINE[view]
    assert turn_deg == pytest.approx((offset + slope * 10) * np.cos(phase - 2), abs=1e-6)


def test_frames_that_were_not_looked_at_are_missing_and_no_more():
    motion = motion_of(truth_of("camera.view=front"))
    phase = phase_of(motion)
    turn_deg = 10 * np.cos(phase - 2)
    whole = PelvisTurn("front", motion.track.frame, turn_deg)
    part = PelvisTurn("front", motion.track.frame[5:], turn_deg[5:])
    for told in (whole, part):
        assert np.isfinite(with_turn(motion, told).angles[COLUMN]).all()


def test_nothing_is_told_where_nothing_was_seen():
    motion = motion_of(truth_of("camera.view=front"))
    told = PelvisTurn("front", motion.track.frame, np.full(len(motion.track), np.nan))
    assert COLUMN not in with_turn(motion, told).angles
