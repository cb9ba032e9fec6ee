"""Touchdown and toe-off from the motion of the foot against the hip.

While a foot stands, it moves backwards under the body at the speed of the run and neither up nor
down. That holds whether the camera stands, pans or follows and on a treadmill, since only the
hip is needed for reference. So for each backward swing of a foot the run's speed is read off the
swing itself, and the contact is the part of it in which the toe's speed over the ground stays
under a share of the run's speed. A foot that is pulled up faster than others passes that share
before it leaves; there it is half of its own speed shortly after that tells.

The shares were set on motion capture with force plates and on rendered sprints;
`validation/` prints the errors. Other published rules look at one coordinate:
Hreljac and Marshall 2000 (vertical acceleration), Nagahara and Zushi 2013 (toe marker).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import uniform_filter1d
from scipy.signal import find_peaks

from kneedrive_cv.kinematics.contact import (
    Contact,
    Side,
    half_seen,
    stood_at_first,
    stood_before,
    trim,
    whole_at_ends,
)
from kneedrive_cv.kinematics.series import find_holes
from kneedrive_cv.kinematics.smoothing import derivative

FloatArray = NDArray[np.float64]

TOUCHDOWN_SHARE = 0.29
"""Ground speed of the toe, as a share of the run's speed, under which it has landed."""

TOE_OFF_SHARE = 0.34
"""Ground speed over which it has left ..."""

TOE_OFF_RISE = 0.5
"""... unless it goes on so fast that this is less than this share of its speed a little later: a
toe that is let go jumps to a speed, and smoothing lays the middle of the jump on the moment."""

_LATER_S = (0.008, 0.024)
"""How much later: longer than smoothing spreads the jump, too short for the foot to go on."""

_CALMS_SHARE = 0.12
"""A toe that rises by more than this over the share at which it leaves, and falls back under it
before it surely swings, has not left: out of the blocks it is let go in two steps."""

_SWING_SHARE = 0.7
"""Ground speed at which the foot surely swings."""

_SURELY_S = 0.016
_SURELY_FRAMES = 1.25
"""And for how long, at least: a landmark that is off in one frame makes a slow foot fast."""

_NOISE_SHARE = 0.15
"""How far the ground speed has to rise over its least value when that is already high: a noisy
landmark never stands quite still."""

_FINE_STEP_S = 0.004
"""Positions are read this often off a cubic spline: differences between frames of a phone would
spread the sudden stop of a foot over two of them."""

_CALMED_FRAMES = 1.2
"""Velocities are means over this many frames' time: a spline follows noise closely."""

_LEAST_FRAMES = 6

_AROUND_S = 0.032
"""A contact may begin and end this much before and after the backward swing; the middle of a
stance is calm for this long to either side."""

_MIN_SWING_LEG = 0.35
"""Least backward travel of the ankle against the hip, in leg lengths, of a step."""

_PUSHES_ON_SHARE = 1.2
_BEFORE_REAR_S = 0.035
"""A foot leaves so long before it is rearmost against the hip, and never by more than so many times
its contact. One that seems to stands on the blocks, where the body is still slower than the run: it
did not touch down, and leaves as it gets rearmost."""

_STANDS_SHARE = 0.25
"""Where the signal ends within a step, only a foot this slow over the ground has landed."""

_MIN_SPEED_LEG_PER_S = 1.2
"""Least speed of the run in leg lengths per second; a slow walk has 1.4."""


@dataclass(frozen=True)
class _Backswing:
    """Fine steps in which a foot swings back, with its velocity against the hip in leg lengths/s.

    ``cut`` says that too little of it was seen to read the run's speed off it; that is NaN then.
    """

    side: Side
    start: int
    stop: int
    velocity: FloatArray
    speed: float
    cut: bool


def find_contacts(
    forefoot: dict[Side, FloatArray],
    ankle: dict[Side, FloatArray],
    hip: FloatArray,
    *,
    time_s: FloatArray,
    forward: float,
    leg_length: float,
) -> list[Contact]:
    """Find the ground contacts of both feet.

    Parameters
    ----------
    forefoot, ankle : dict of side to ndarray, shape (T, 2)
        Smoothed positions, x along the picture, y down. NaN means missing. The forefoot is the
        toe, or a marker near its tip.
    hip : ndarray, shape (T, 2)
        Middle of the hips.
    time_s : ndarray, shape (T,)
        Where frames are missing for long, no foot is taken to land or to leave.
    forward : float
        +1 when running to the right, -1 to the left.
    leg_length : float
        In the unit of the positions.

    Returns
    -------
    list of Contact
        In order of time.
    """
    at, middle_s = find_holes(time_s)
    time_s, hip = np.insert(time_s, at, middle_s), np.insert(hip, at, np.nan, axis=0)
    forefoot, ankle = (
        {side: np.insert(points, at, np.nan, axis=0) for side, points in part.items()}
        for part in (forefoot, ankle)
    )
    scale = np.array([forward, 1.0]) / leg_length
    fine_s = _fine_times(time_s)
    frame_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    swings = [
        swing
        for side in forefoot
        for swing in _backswings(
            side,
            _between_frames((forefoot[side] - hip) * scale, time_s, fine_s),
            _between_frames((ankle[side] - hip) * scale, time_s, fine_s)[:, 0],
            fine_s,
            calmed=2 * round(_CALMED_FRAMES / 2 * (len(fine_s) - 1) / max(len(time_s) - 1, 1)) + 1,
        )
    ]
    swings.sort(key=lambda swing: swing.start)
    speeds = _run_speed(np.array([swing.speed for swing in swings]))
    found = [
        _contact(swing, float(speed), fine_s, frame_s)
        for swing, speed in zip(swings, speeds, strict=True)
        if speed >= _MIN_SPEED_LEG_PER_S
    ]
    steps = trim([contact for contact in found if contact is not None])
    ahead_leg = {side: (ankle[side] - hip)[:, 0] * scale[0] for side in ankle}
    steps = whole_at_ends(half_seen(stood_at_first(steps, time_s), time_s))
    return stood_before(steps, ahead_leg, time_s)


def _fine_times(time_s: FloatArray) -> FloatArray:
    """The frames' times with as many between as make steps of `_FINE_STEP_S` or less."""
    if len(time_s) < 2:
        return time_s
    parts = max(1, int(np.ceil(float(np.median(np.diff(time_s))) / _FINE_STEP_S)))
    frames = np.arange(len(time_s), dtype=float)
    return np.asarray(np.interp(np.arange(0, len(time_s) - 1 + 1e-9, 1 / parts), frames, time_s))


def _between_frames(points: FloatArray, time_s: FloatArray, fine_s: FloatArray) -> FloatArray:
    """Points (T, 2) at the fine times, by a spline through each stretch without a gap."""
    fine = np.full((len(fine_s), points.shape[1]), np.nan)
    known = np.asarray(np.isfinite(points).all(axis=1))
    for run in _finite_runs(known, least=_LEAST_FRAMES):
        inside = (fine_s >= time_s[run][0] - 1e-9) & (fine_s <= time_s[run][-1] + 1e-9)
        fine[inside] = CubicSpline(time_s[run], points[run])(fine_s[inside])
    return fine


def _backswings(
    side: Side, forefoot: FloatArray, ankle_x: FloatArray, time_s: FloatArray, *, calmed: int
) -> list[_Backswing]:
    """Backward swings of one foot, from its foremost to its rearmost point.

    Velocities are means over ``calmed`` steps.
    """
    swings = []
    for run in _finite_runs(np.isfinite(forefoot).all(axis=1) & np.isfinite(ankle_x), least=2):
        velocity = np.full_like(forefoot, np.nan)
        velocity[run] = uniform_filter1d(
            derivative(forefoot[run], time_s[run]), calmed, axis=0, mode="nearest"
        )
        for start, stop in _falls(ankle_x[run]):
            first, last = run.start + start, run.start + stop + 1
            speed = -float(np.percentile(velocity[first:last, 0], 25))
            x = ankle_x[run]
            cut = bool(x[start] - x[stop] < _MIN_SWING_LEG)
            swings.append(
                _Backswing(side, first, last, velocity, np.nan if cut else speed, cut)
            )
    return swings


def _finite_runs(ok: NDArray[np.bool_], *, least: int) -> list[slice]:
    """Stretches of at least ``least`` true entries."""
    edges = np.flatnonzero(np.diff(np.r_[False, ok, False].astype(int)))
    return [slice(a, b) for a, b in edges.reshape(-1, 2) if b - a >= least]


def _falls(x: FloatArray) -> list[tuple[int, int]]:
    """Index pairs (maximum, next minimum) of a swinging signal, those at its ends included."""
    extremes = sorted((i, kind) for kind in (1, -1) for i in _peaks(kind * x))
    if not extremes:
        return []
    if extremes[0][1] < 0:
        extremes.insert(0, (int(np.argmax(x[: extremes[0][0] + 1])), 1))
    if extremes[-1][1] > 0:
        extremes.append((extremes[-1][0] + int(np.argmin(x[extremes[-1][0] :])), -1))
    return [
        (a, b)
        for (a, kind), (b, next_kind) in pairwise(extremes)
        if kind > 0 > next_kind and b > a + 1
    ]


def _peaks(x: FloatArray) -> list[int]:
    """Maxima that stand out; towards the ends of the signal it need not fall as far again."""
    padded = np.pad(x, 1, constant_values=x.min() - 2 * _MIN_SWING_LEG)
    return [int(i) - 1 for i in find_peaks(padded, prominence=_MIN_SWING_LEG)[0]]


def _run_speed(speeds: FloatArray) -> FloatArray:
    """Median of each swing's speed and its neighbours': the body does not jump in speed."""
    known = np.flatnonzero(np.isfinite(speeds))
    if not len(known):
        return speeds
    speeds = np.interp(np.arange(len(speeds)), known, speeds[known])
    if len(speeds) < 3:
        return speeds
    around = np.stack([np.r_[speeds[0], speeds[:-1]], speeds, np.r_[speeds[1:], speeds[-1]]])
    return np.asarray(np.median(around, axis=0))


def ground_speed_share(velocity: FloatArray, speed: float) -> FloatArray:
    """Speed of the forefoot over the ground as a share of the run's speed.

    Parameters
    ----------
    velocity : ndarray, shape (T, 2)
        Velocity against the hip, forward and down, in any unit.
    speed : float
        Speed of the run in the same unit.

    Returns
    -------
    ndarray, shape (T,)
        A foot that moves back faster than the ground is half as suspicious as one that moves
        forward: landmarks overshoot there.
    """
    along = velocity[:, 0] + speed
    along = np.where(along < 0, 0.5 * along, along)
    return np.asarray(np.hypot(along, velocity[:, 1]) / speed)


def _contact(
    swing: _Backswing, speed: float, time_s: FloatArray, frame_s: float
) -> Contact | None:
    """The part of a backward swing in which the forefoot stands; None if it surely does not yet."""
    around = round(_AROUND_S / _FINE_STEP_S)
    frames = slice(max(swing.start - around, 0), min(swing.stop + around, len(time_s)))
    share = ground_speed_share(swing.velocity[frames], speed)
    times = time_s[frames]
    ok = np.isfinite(share)
    share, times = share[ok], times[ok]
    inside = (times >= time_s[swing.start]) & (times <= time_s[swing.stop - 1])
    calm = uniform_filter1d(share, 2 * around + 1, mode="nearest")
    middle = int(np.argmin(np.where(inside, calm, np.inf)))
    if swing.cut and calm[middle] > _STANDS_SHARE:
        return None
    touchdown_s = _crossing(share[middle::-1], times[middle::-1], TOUCHDOWN_SHARE, frame_s)
    toe_off_s = _toe_off(share[middle:], times[middle:], frame_s)
    rearmost_s = float(time_s[swing.stop - 1])
    if rearmost_s - toe_off_s > _PUSHES_ON_SHARE * (toe_off_s - touchdown_s):
        touchdown_s, toe_off_s = float("nan"), rearmost_s - _BEFORE_REAR_S
    return Contact(swing.side, touchdown_s, toe_off_s, speed)


def _toe_off(values: FloatArray, times: FloatArray, frame_s: float) -> float:
    """Time at which the toe leaves, seen from the middle of the stance; NaN if it does not."""
    about_s = _crossing(values, times, TOE_OFF_SHARE, frame_s, _CALMS_SHARE)
    if not np.isfinite(about_s):
        return about_s
    later = float(np.interp(about_s + np.linspace(*_LATER_S, 9), times, values).mean())
    level = max(TOE_OFF_SHARE, TOE_OFF_RISE * later)
    exactly_s = _crossing(values, times, level, frame_s, _CALMS_SHARE)
    return exactly_s if np.isfinite(exactly_s) else about_s


def _crossing(
    values: FloatArray, times: FloatArray, level: float, frame_s: float, calms: float | None = None
) -> float:
    """Time at which a stance ends, seen from its middle outwards; NaN if it does not end.

    A noisy landmark may pass the level within a stance. So the end is the outermost crossing
    before the foot surely swings: for longer than one frame can be wrong. Where it rises by
    ``calms`` over the level and falls back under that, it ends where it rises so far for the last
    time.
    """
    level = max(level, float(values[0]) + _NOISE_SHARE)
    fast = values >= max(_SWING_SHARE, level)
    step_s = abs(float(times[-1] - times[0])) / max(len(times) - 1, 1)
    hold = max(1, round(max(_SURELY_S, _SURELY_FRAMES * frame_s) / max(step_s, 1e-9)))
    lasts = np.array([fast[i : i + hold].all() for i in range(len(fast))])
    swinging = np.flatnonzero(lasts)
    stop = int(swinging[0]) if len(swinging) else len(values) - 1
    crossings = _rises(values[: stop + 1], level)
    if len(crossings) == 0:
        return float("nan")
    i = int(crossings[-1])
    if calms is not None:
        again = _rises(values[i : stop + 1], level + calms)
        if len(again) > 1:
            i, level = i + int(again[-1]), level + calms
    part = (level - values[i]) / (values[i + 1] - values[i])
    return float(times[i] + part * (times[i + 1] - times[i]))


def _rises(values: FloatArray, level: float) -> NDArray[np.int64]:
    """Where the values rise to a level: the last index below it, each time."""
    return np.flatnonzero((values[:-1] < level) & (values[1:] >= level))
