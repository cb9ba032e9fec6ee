"""Feet that keep their shape: a toe that swings in single frames is held by heel and ankle.

Ankle, heel and toe are each found by themselves, and the toe is the least sure of them. A shoe's
sole bends little against what the toe's landmark errs by. So the mean shape of the three points is
laid over them in each frame, as well as a turn and a shift allow (Procrustes; Gower 1975).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.body_frame import body_size, segment_vectors, steady_size
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

FOOT = ("ankle", "heel", "foot_index")
ROUNDS = 5
"""The mean shape changes by less than a thousandth after three."""


def hold_feet(track: PoseTrack) -> PoseTrack:
    """The track with feet of a constant shape, against the body's size.

    It is for the timing of contacts. Angles read no better from such feet: a sole does bend.

    Parameters
    ----------
    track : PoseTrack
        In the runner's sagittal plane, not smoothed.

    Returns
    -------
    PoseTrack
        A foot that is not whole in a frame stays as it is there.
    """
    size_px = steady_size(body_size(segment_vectors(track.xy_px)), track.time_s)
    xy_px = track.xy_px.copy()
    for side in SIDES:
        columns = [INDEX[f"{side}_{part}"] for part in FOOT]
        whole = np.isfinite(xy_px[:, columns]).all(axis=(1, 2)) & np.isfinite(size_px)
        rows = np.flatnonzero(whole)[:, None], np.array(columns)
        xy_px[rows] = hold_shape(xy_px[rows], size_px[whole])
    return track.replace(xy_px=xy_px)


def hold_shape(points: FloatArray, size: FloatArray) -> FloatArray:
    """Points moved to their mean shape, turned and shifted in each frame to fit them best.

    Parameters
    ----------
    points : ndarray, shape (T, N, 2)
    size : ndarray, shape (T,)
        What the shape grows and shrinks with.

    Returns
    -------
    ndarray, shape (T, N, 2)
    """
    if not len(points):
        return points
    flat = np.asarray(points[..., 0] + 1j * points[..., 1], dtype=complex) / size[:, None]
    middle = flat.mean(axis=1, keepdims=True)
    about = flat - middle
    shape = about[0]
    for _ in range(ROUNDS):
        shape = np.asarray((about * _turn(about, shape).conj()).mean(axis=0))
    held = (middle + _turn(about, shape) * shape) * size[:, None]
    return np.stack([held.real, held.imag], axis=-1)


def _turn(about: ComplexArray, shape: ComplexArray) -> ComplexArray:
    """The rotation of each frame that lays the shape best over its points, shape (T, 1)."""
    turn = (about * shape.conj()).sum(axis=1, keepdims=True)
    length = np.abs(turn)
    return np.where(length > 0, turn / np.where(length > 0, length, 1.0), 1.0 + 0.0j)
