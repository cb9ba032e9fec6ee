"""Repair and smooth the pose of a whole clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.outliers import (
    find_collapsed_legs,
    find_jumps,
    outside_picture,
    remove,
)
from kneedrive_cv.clean.swaps import choose_tracks, leg_length_px, take
from kneedrive_cv.clean.tremble import tremble_px
from kneedrive_cv.config import CleanSettings
from kneedrive_cv.kinematics.smoothing import fill_gaps, smooth
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.pose.track import PoseTrack

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]

FEET: tuple[int, ...] = tuple(
    INDEX[f"{side}_{part}"] for side in SIDES for part in ("ankle", "heel", "foot_index")
)

SINGLE_FRAME_S = 0.085
"""Where one frame is missing the gap is filled also if it is longer than the stated length, up to
this: at 24 frames a second and more."""


@dataclass(frozen=True)
class CleanPose:
    """A repaired pose and what was done to it.

    Attributes
    ----------
    track : PoseTrack
        Repaired and smoothed.
    unsmoothed : PoseTrack
        Repaired, its gaps filled, but not smoothed.
    swapped : ndarray of bool, shape (T,)
        Frames in which the legs were exchanged.
    valid : ndarray of bool, shape (T, K)
        Landmarks that were measured, not filled in.
    tremble_px : float
        How much it trembled as it was read (`kneedrive_cv.clean.tremble`); NaN if not known.
    """

    track: PoseTrack
    unsmoothed: PoseTrack
    swapped: BoolArray
    valid: BoolArray
    tremble_px: float = float("nan")


def repair(
    looks: Sequence[PoseTrack],
    *,
    width_px: int,
    height_px: int,
    settings: CleanSettings,
    frontal: bool = False,
) -> CleanPose:
    """Undo leg swaps, remove what jumps, fill short gaps and smooth without lag.

    Parameters
    ----------
    looks : sequence of PoseTrack
        The pose as the estimator gave it, in real time; more than one where it looked again.
    width_px, height_px : int
        Size of the picture; landmarks beyond it are guesses and count as missing.
    settings : CleanSettings
    frontal : bool
        Seen from the front or the rear, where a thigh that points at the camera is short.

    Returns
    -------
    CleanPose
    """
    leg_px = leg_length_px(looks[0])
    choice = choose_tracks(looks, switch_cost=settings.swap_cost, frontal=frontal)
    track = take(looks, choice)
    track = remove(track, outside_picture(track, width_px=width_px, height_px=height_px))
    if not frontal:
        track = remove(track, find_collapsed_legs(track))
    track = remove(track, find_jumps(track, leg_px=leg_px))
    valid = np.isfinite(track.xy_px[..., 0])
    max_gap_s = max(settings.max_gap_s, min(SINGLE_FRAME_S, _single_frame_s(track.time_s)))
    filled = track.replace(xy_px=fill_gaps(track.xy_px, track.time_s, max_gap_s=max_gap_s))
    return CleanPose(
        track=filled.replace(xy_px=smooth_landmarks(filled, settings)),
        unsmoothed=filled,
        swapped=choice.swapped,
        valid=valid,
        tremble_px=tremble_px(looks[0]),
    )


def _single_frame_s(time_s: FloatArray) -> float:
    """The usual time between the frames on either side of a missing one."""
    return 2.01 * float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0


def smooth_landmarks(track: PoseTrack, settings: CleanSettings) -> FloatArray:
    """Smoothed positions; feet with a higher cut-off than the rest, since they move faster."""
    feet = np.isin(np.arange(track.xy_px.shape[1]), FEET)
    out = np.empty_like(track.xy_px)
    for part, cutoff_hz in ((feet, settings.foot_cutoff_hz), (~feet, settings.thigh_cutoff_hz)):
        out[:, part] = smooth(track.xy_px[:, part], track.time_s, cutoff_hz=cutoff_hz)
    return out
