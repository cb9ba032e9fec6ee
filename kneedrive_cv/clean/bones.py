"""Bones do not change their length: hips, knees and ankles are moved towards where theirs stay.

Each joint is found by itself, so thigh and shank come out a little longer in one frame and shorter
in the next. The smallest moves of hip, knee and ankle that give both bones their usual length are
found by Gauss-Newton steps on the constraints, as in constrained dynamics. Half of the way is gone:
the joints' own places and the bones' usual lengths are both uncertain.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.body_frame import body_size, segment_vectors, steady_size
from kneedrive_cv.clean.correction import Joints
from kneedrive_cv.pose.landmarks import INDEX, SIDES

FloatArray = NDArray[np.float64]

LEG = ("hip", "knee", "ankle")
FOOT = ("heel", "foot_index")
HELD_SHARE = 0.5
"""Set on rendered sprints: the joints' places err least, and the angles no more than without."""

STEPS = 8
"""The lengths are right to a thousandth after two; to a hundredth in legs that fold up."""


def hold_bones(joints: Joints) -> Joints:
    """Joints whose thighs and shanks change their length half as much, against the body's size.

    The moves are found in the runner's sagittal plane and applied to the picture as well: there a
    bone that points at the camera is truly shorter. What hangs on an ankle moves with it.

    Parameters
    ----------
    joints : Joints
        Not smoothed.

    Returns
    -------
    Joints
        A leg that is not whole in a frame stays as it is there.
    """
    xy_px = joints.sagittal.xy_px
    size_px = steady_size(body_size(segment_vectors(xy_px)), joints.sagittal.time_s)
    move_px = np.zeros_like(xy_px)
    for side in SIDES:
        rows = [INDEX[f"{side}_{joint}"] for joint in LEG]
        whole = np.isfinite(xy_px[:, rows]).all(axis=(1, 2)) & np.isfinite(size_px)
        if not whole.any():
            continue
        legs = xy_px[whole][:, rows]
        lengths = np.linalg.norm(np.diff(legs, axis=1), axis=2) / size_px[whole, None]
        usual = np.median(lengths, axis=0) * size_px[whole, None]
        moved = HELD_SHARE * (_with_lengths(legs, usual) - legs)
        at = np.flatnonzero(whole)[:, None]
        move_px[at, np.array(rows)] = moved
        move_px[at, np.array([INDEX[f"{side}_{part}"] for part in FOOT])] = moved[:, -1:]
    sagittal, picture = (
        track.replace(xy_px=track.xy_px + move_px) for track in (joints.sagittal, joints.picture)
    )
    return replace(joints, sagittal=sagittal, picture=picture)


def _with_lengths(joints: FloatArray, lengths: FloatArray) -> FloatArray:
    """The nearest joints (T, 3, 2) whose two bones have the lengths (T, 2)."""
    moved = joints
    for _ in range(STEPS):
        bones = np.diff(moved, axis=1)
        now = np.linalg.norm(bones, axis=2)
        along = bones / np.maximum(now, 1e-9)[..., None]
        zero = np.zeros_like(along[:, 0])
        # how the two lengths change with the three joints
        slope = np.stack(
            [
                np.stack([-along[:, 0], along[:, 0], zero], axis=1),
                np.stack([zero, -along[:, 1], along[:, 1]], axis=1),
            ],
            axis=1,
        ).reshape(len(joints), 2, 6)
        missing = lengths - now - np.einsum("tij,tj->ti", slope, (joints - moved).reshape(-1, 6))
        # the two bones pull at the knee alike, so this is never singular but for no bone at all
        square = slope @ slope.transpose(0, 2, 1) + 1e-9 * np.eye(2)
        force = np.linalg.solve(square, missing[..., None])
        moved = joints + (slope.transpose(0, 2, 1) @ force).reshape(joints.shape)
    return moved
