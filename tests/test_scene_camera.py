"""Whether the camera stands, pans or trembles, told from the background."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.scene.camera import camera_moves, camera_trembles

FRAMES, HEIGHT_PX = 120, 300.0
OWN = np.zeros(FRAMES, dtype=bool)
ANYWHERE_PX = np.array([640.0, 360.0])


def shifted(right_px):
    """Motion of a background that is shifted to the right by so much into each frame."""
    motion = np.tile(np.eye(3)[:2], (FRAMES, 1, 1))
    motion[:, 0, 2] = right_px
    return motion


def test_a_camera_that_pans_moves():
    assert camera_moves(shifted(-4.0), HEIGHT_PX, ANYWHERE_PX)


@pytest.mark.parametrize("tremble_px", [0.2, 3.0])
def test_the_tremble_of_a_hand_is_no_motion_however_large_between_frames(tremble_px):
    held = shifted(tremble_px * np.sin(2 * np.pi * np.arange(FRAMES) / 9))
    assert not camera_moves(held, HEIGHT_PX, ANYWHERE_PX)
    assert camera_trembles(held, OWN) == (tremble_px > 1)


def test_a_slow_pan_over_the_clip_moves_though_from_frame_to_frame_it_hardly_does():
    slow = shifted(1.2 * HEIGHT_PX / FRAMES / 8)
    assert not camera_moves(slow, HEIGHT_PX, ANYWHERE_PX)
    assert camera_moves(np.tile(slow, (8, 1, 1)), HEIGHT_PX, ANYWHERE_PX)


def test_a_hand_that_rolls_about_him_moves_little_where_he_is():
    him_px, roll = np.array([960.0, 540.0]), np.deg2rad(np.sin(np.arange(FRAMES) / 9))
    rolls = np.moveaxis(
        np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]]), -1, 0
    )
    turns = rolls[1:] @ np.swapaxes(rolls[:-1], 1, 2)
    motion = np.concatenate([turns, (him_px - turns @ him_px)[..., None]], axis=-1)
    assert not camera_moves(motion, 60.0, him_px)
    assert camera_moves(motion, 60.0, np.zeros(2))


def test_what_only_repeats_a_frame_hides_no_tremble():
    repeated = np.arange(FRAMES) % 3 > 0
    held = shifted(np.where(repeated, 0.0, 2.0 * (-1) ** (np.arange(FRAMES) // 3)))
    assert camera_trembles(held, repeated)
    assert not camera_trembles(held, OWN)
