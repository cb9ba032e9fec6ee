"""A clip whose middle alone is slowed: which of its frames play at one speed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from kneedrive_cv.clean.lean import find_lean
from kneedrive_cv.clean.swaps import leg_length_px
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEAST_RATIO = 2.5
"""Phones slow by 4 or 8. Out of the blocks, and from a jog to a sprint, the limbs become less than
this much faster once there are steps."""

STANDS_LEG = 0.2
"""Of whoever waits the ankles move less than this against the hips, in legs."""

WINDOW_S = 0.15
LEAST_FRAMES = 12
LEAST_FAST_FRAMES = 3
CROUCHED_DEG = 40.0
"""In the blocks the limbs hide one another and are read here and there, which looks like speed."""

LIMBS = tuple(INDEX[f"{side}_{part}"] for side in SIDES for part in ("knee", "ankle", "wrist"))
HIPS = tuple(INDEX[f"{side}_hip"] for side in SIDES)


def limb_speed(track: PoseTrack) -> FloatArray:
    """How fast knees, ankles and wrists move against the hips, in pixels a second, shape (T,).

    Of playback; NaN where nothing is seen.
    """
    middle = track.xy_px[:, HIPS].mean(axis=1)
    about = track.xy_px[:, LIMBS] - middle[:, None]
    moved = np.linalg.norm(np.diff(about, axis=0), axis=2)
    seen = np.isfinite(moved).sum(axis=1)
    mean = np.where(seen > 0, np.nan_to_num(moved).sum(axis=1) / np.maximum(seen, 1), np.nan)
    speed = mean / np.diff(track.time_s)
    return np.concatenate([speed[:1], speed])


def log_growth(track: PoseTrack) -> FloatArray:
    """How much larger he becomes in the picture, in logs, as a steady rate; shape (T,).

    Who comes nearer would seem to move faster and faster. Then the trunk becomes longer and the
    whole body taller: the lesser of both counts, since who rises out of the blocks becomes taller
    from the side, and from the front his trunk longer as well, far more than he becomes taller.
    """
    shoulders, hips = (
        (track.point(f"left_{part}") + track.point(f"right_{part}")) / 2
        for part in ("shoulder", "hip")
    )
    y_px = track.xy_px[..., 1]
    tall_px = np.fmax.reduce(y_px, axis=1) - np.fmin.reduce(y_px, axis=1)
    sizes_px = (np.linalg.norm(shoulders - hips, axis=1), tall_px)
    rates = [_log_rate(size_px, track.time_s) for size_px in sizes_px]
    rate = min(rates, key=abs) if np.prod(rates) > 0 else 0.0
    return np.asarray(rate * (track.time_s - track.time_s[0]))


def _log_rate(size_px: FloatArray, time_s: FloatArray) -> float:
    """How fast a size grows, in logs a second, from its medians in the first and the last third."""
    third = max(1, len(time_s) // 3)
    ends = [
        (np.median(time_s[rows][seen]), np.log(np.median(size_px[rows][seen])))
        for rows in (slice(0, third), slice(-third, None))
        if (seen := size_px[rows] > 0).any()
    ]
    if len(ends) < 2:
        return 0.0
    (first_s, first), (last_s, last) = ends
    return float((last - first) / (last_s - first_s))


def stands(track: PoseTrack) -> bool:
    """Whether the legs stay where they are: somebody waits, which is no slower playing."""
    hips_px = track.xy_px[:, HIPS, 0].mean(axis=1)
    ankles_px = (track.point(f"{side}_ankle")[:, 0] - hips_px for side in SIDES)
    seen = [ankle[np.isfinite(ankle)] for ankle in ankles_px]
    swings_px = [np.ptp(np.percentile(ankle, [10, 90])) for ankle in seen if len(ankle)]
    return bool(max(swings_px, default=0.0) < STANDS_LEG * leg_length_px(track))


def slow_stretch(track: PoseTrack) -> slice | None:
    """The longest stretch that plays much slower than the rest; None where all plays alike.

    Parameters
    ----------
    track : PoseTrack
        In playback time.

    Returns
    -------
    slice or None
        Whether it shows a run, its steps must tell: somebody who waits is slow as well.
    """
    if len(track) < 2 * LEAST_FRAMES:
        return None
    speed = limb_speed(track)
    known = np.flatnonzero(np.isfinite(speed))
    if not len(known):
        return None
    # whoever is hidden does not stand still: as fast as before and after
    level = np.interp(np.arange(len(speed)), known, np.log(np.maximum(speed[known], 1e-3)))
    level -= log_growth(track)
    crouched = np.abs(find_lean(track)) > CROUCHED_DEG
    if crouched.all():
        return None
    level[crouched] = np.median(level[~crouched])
    window = max(3, round(WINDOW_S / float(np.median(np.diff(track.time_s)))) | 1)
    # mirrored: held, a first frame that is misread would count several times
    level = median_filter(level, window, mode="mirror")
    slow = _slower(level)
    if slow is None:
        return None
    rows = np.flatnonzero(slow)
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    longest = max(runs, key=len)
    if len(longest) < LEAST_FRAMES:
        return None
    return slice(int(longest[0]), int(longest[-1]) + 1)


def _slower(level: FloatArray) -> BoolArray | None:
    """Rows of the lower of two levels that are far apart; None where there is one only.

    Of the borders between levels far enough apart, the one is taken at whose sides the rows agree
    best among themselves (Otsu 1979).
    """
    order, total = np.sort(level), len(level)
    sums = np.cumsum(order)[:-1]
    slow = np.arange(1, total)
    apart = (order.sum() - sums) / (total - slow) - sums / slow
    # the medians of the two, as the rows are in order
    far = order[(slow + total) // 2] - order[slow // 2] > np.log(LEAST_RATIO)
    far &= (slow >= LEAST_FRAMES) & (total - slow >= LEAST_FAST_FRAMES)
    if not far.any():
        return None
    between = np.where(far, slow * (total - slow) * apart**2, -1.0)
    return np.asarray(level <= order[int(np.argmax(between))])
