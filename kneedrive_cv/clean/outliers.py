"""Find landmarks that jump for single frames, and legs that have collapsed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_JUMP_SPREADS = 6.0
"""A jump is this many times the landmark's usual residual ..."""

_JUMP_LEG = 0.12
"""... and at least this share of the leg's length."""

_EVEN_SPREAD = 35 / 18
"""Variance of a frame less its cubic, over a frame's own, where frames are evenly apart."""

_HOLE_STEPS = 3.5
"""Over so many usual steps between two frames a cubic says nothing."""

_COLLAPSED = 0.55
_STRETCHED = 1.6
"""A segment this much shorter or longer than in the frames around it is not that segment."""

_BORDER_HEIGHTS = 0.1
"""A box nearer to the border than this share of its height may be cut: a foot may be outside."""


def find_jumps(track: PoseTrack, *, leg_px: float) -> BoolArray:
    """Landmarks that lie far off the curve through their neighbours in time.

    Each position, taken against the hips so that a moving camera does not matter, is compared
    with the cubic through two frames before and two after, by their own times. Of several
    neighbours that disagree only the worst is taken: the others disagree because of it. Beside
    longer holes nothing is compared.

    Parameters
    ----------
    track : PoseTrack
    leg_px : float
        Leg length in pixels.

    Returns
    -------
    ndarray of bool, shape (T, K)
    """
    if len(track) < 5:
        return np.zeros(track.visibility.shape, dtype=bool)
    hip = (track.point("left_hip") + track.point("right_hip")) / 2
    p = track.xy_px - hip[:, None]
    residual = np.zeros(track.visibility.shape)
    expected, sure = _cubic_between(p, track.time_s)
    residual[2:-2] = np.nan_to_num(np.linalg.norm(p[2:-2] - expected, axis=-1)) * sure[:, None]
    usual = np.median(residual[2:-2], axis=0)
    worst = residual >= np.maximum(_shifted_max(residual), 1e-9)
    return np.asarray(worst & (residual > np.maximum(_JUMP_SPREADS * usual, _JUMP_LEG * leg_px)))


def _cubic_between(p: FloatArray, time_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where a cubic through the two frames on either side has each, and how surely.

    Parameters
    ----------
    p : ndarray, shape (T, K, 2)
    time_s : ndarray, shape (T,)

    Returns
    -------
    expected : ndarray, shape (T - 4, K, 2)
    sure : ndarray, shape (T - 4,)
        1 between frames that are evenly apart, less where one that is off would move the cubic
        by more, 0 beside a longer hole.
    """
    inner = len(time_s) - 4
    beside = [slice(start, start + inner) for start in (0, 1, 3, 4)]
    now = time_s[2:-2]
    expected, spread = np.zeros((inner, *p.shape[1:])), np.ones(inner)
    for j in beside:  # Lagrange
        others = [(now - time_s[k]) / (time_s[j] - time_s[k]) for k in beside if k is not j]
        weight = np.prod(others, axis=0)
        expected += weight[:, None, None] * p[j]
        spread += weight**2
    longest = np.max([np.diff(time_s)[start : start + inner] for start in range(4)], axis=0)
    near = longest < _HOLE_STEPS * np.median(np.diff(time_s))
    return expected, np.where(near, np.sqrt(_EVEN_SPREAD / spread), 0.0)


def _shifted_max(residual: FloatArray) -> FloatArray:
    """Greatest residual among each frame's two neighbours on either side."""
    padded = np.pad(residual, ((2, 2), (0, 0)))
    n = len(residual)
    return np.asarray(np.max([padded[i : i + n] for i in (0, 1, 3, 4)], axis=0))


def find_collapsed_legs(track: PoseTrack) -> BoolArray:
    """Legs whose thigh or shank is far too short or too long for the frames around it.

    Seen from the side both keep their length; an estimator that is lost puts knee and ankle
    next to each other. Knee, ankle and foot of such a leg are marked.

    Returns
    -------
    ndarray of bool, shape (T, K)
    """
    bad = np.zeros(track.visibility.shape, dtype=bool)
    thigh = {s: _length(track, f"{s}_hip", f"{s}_knee") for s in SIDES}
    shank = {s: _length(track, f"{s}_knee", f"{s}_ankle") for s in SIDES}
    usual_thigh = _usual(np.nanmax([thigh["left"], thigh["right"]], axis=0))
    usual_shank = _usual(np.nanmax([shank["left"], shank["right"]], axis=0))
    for side in SIDES:
        wrong = _unfit(thigh[side], usual_thigh) | _unfit(shank[side], usual_shank)
        for part in ("knee", "ankle", "heel", "foot_index"):
            bad[wrong, INDEX[f"{side}_{part}"]] = True
    return bad


def _length(track: PoseTrack, a: str, b: str) -> FloatArray:
    """Length of a segment in the picture, -1 where it is missing."""
    length = np.linalg.norm(track.point(a) - track.point(b), axis=1)
    return np.asarray(np.where(np.isfinite(length), length, -1.0))


def _usual(length: FloatArray) -> FloatArray:
    """Running median over 31 frames: it follows an athlete who comes nearer."""
    ok = length > 0
    if not ok.any():
        return np.ones_like(length)
    known = np.interp(np.arange(len(length)), np.flatnonzero(ok), length[ok])
    return np.asarray(median_filter(known, size=min(31, len(known)), mode="nearest"))


def _unfit(length: FloatArray, usual: FloatArray) -> BoolArray:
    """True where a present segment is collapsed or overstretched."""
    present = length > 0
    return present & ((length < _COLLAPSED * usual) | (length > _STRETCHED * usual))


def outside_picture(track: PoseTrack, *, width_px: int, height_px: int) -> BoolArray:
    """Landmarks that the estimator guesses beyond the picture's edge, shape (T, K)."""
    x, y = track.xy_px[..., 0], track.xy_px[..., 1]
    return np.asarray((x < 0) | (y < 0) | (x > width_px - 1) | (y > height_px - 1))


def leaves_picture(box: FloatArray, *, width_px: int) -> BoolArray:
    """Frames in which the athlete enters or leaves the picture at its left or right border.

    Of half a body the estimator makes up a whole one, inside the picture.

    Parameters
    ----------
    box : ndarray, shape (T, 4)
        Left, top, right, bottom of the athlete; may reach past the picture.
    width_px : int

    Returns
    -------
    ndarray of bool, shape (T,)
    """
    margin = _BORDER_HEIGHTS * (box[:, 3] - box[:, 1])
    return np.asarray((box[:, 0] < margin) | (box[:, 2] > width_px - margin))


def remove(track: PoseTrack, bad: BoolArray) -> PoseTrack:
    """The track with the marked landmarks missing; ``bad`` is (T, K), or (T, 1) for frames."""
    return track.replace(
        xy_px=np.where(bad[..., None], np.nan, track.xy_px),
        visibility=np.where(bad, 0.0, track.visibility),
    )
