"""What the front and the rear view show of a run: size, knee heights, steps, the hips' line.

From there the bend of the leg is hidden, but heights are not: a foot that stands stays as far
under the hips as the leg is long, and a knee that is driven up comes near their height. All
lengths are against the athlete's own size in each frame, since he grows as he comes nearer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.contact import Contact, Side
from kneedrive_cv.kinematics.frontal_contacts import LEAST_STEP_S
from kneedrive_cv.kinematics.smoothing import smooth
from kneedrive_cv.kinematics.strides import KneeDrive, count_steps, find_knee_drives, least_steps

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SIZE_CUTOFF_HZ = 0.7
"""The athlete's size changes slowly; his trunk's length in the picture, which it is read from,
also with the lean and with the twist of the shoulders."""

USUAL_CONTACT_S = 0.11
_LEAST_EVENTS = 4
_SAME_S = 0.001


@dataclass(frozen=True)
class Size:
    """The athlete's size in each frame, in pixels.

    Attributes
    ----------
    leg_px, thigh_px, hip_px : ndarray, shape (T,)
        Length of leg and thigh, and distance of the hips, as they are when seen square.
    """

    leg_px: FloatArray
    thigh_px: FloatArray
    hip_px: FloatArray


def compute_size(points: Mapping[str, FloatArray], time_s: FloatArray) -> Size:
    """Size of the body through time, from the trunk's length in the picture.

    The legs hang straight down while they stand: that they are as long as there, against the
    trunk, holds for the whole clip.

    Parameters
    ----------
    points : mapping of str to ndarray, shape (T, 2)
        ``left_hip``, ``right_hip``, ... ``_shoulder``, ``_knee`` and ``_ankle``.
    time_s : ndarray, shape (T,)
    """
    hip, shoulder = _middle(points, "hip"), _middle(points, "shoulder")
    trunk = np.log(np.maximum(np.linalg.norm(shoulder - hip, axis=1), 1e-6))
    trunk_px = np.exp(smooth(trunk, time_s, cutoff_hz=SIZE_CUTOFF_HZ))
    drop = {
        part: np.fmax(*(points[f"{side}_{part}"][:, 1] - hip[:, 1] for side in ("left", "right")))
        for part in ("knee", "ankle")
    }
    width = np.abs(points["left_hip"] - points["right_hip"])[:, 0]
    return Size(
        leg_px=trunk_px * _percentile(drop["ankle"] / trunk_px, 90),
        thigh_px=trunk_px * _percentile(drop["knee"] / trunk_px, 90),
        hip_px=trunk_px * _percentile(width / trunk_px, 70),
    )


def _middle(points: Mapping[str, FloatArray], part: str) -> FloatArray:
    """Middle of the left and the right point, shape (T, 2)."""
    return np.asarray((points[f"left_{part}"] + points[f"right_{part}"]) / 2)


def _percentile(values: FloatArray, percent: float) -> float:
    seen = values[np.isfinite(values)]
    return float(np.percentile(seen, percent)) if len(seen) else float("nan")


def find_frontal_drives(
    contacts: list[Contact], knee_height: Mapping[Side, FloatArray], time_s: FloatArray
) -> list[KneeDrive]:
    """Knee drives whose peak is where the knee is highest against the hips.

    A touchdown is often hidden, from the rear by the body. A drive without one is taken to end
    where a contact of the usual length would begin, so that its peak can be found; the times of
    contact, flight and step that hang on it are missing.

    Parameters
    ----------
    contacts : list of Contact
        In order of time.
    knee_height : mapping of side to ndarray, shape (T,)
        Height of the knee over the middle of the hips, in any unit.
    time_s : ndarray, shape (T,)

    Returns
    -------
    list of KneeDrive
        The thigh's angle and its delay are hidden from here and missing.
    """
    drives = find_knee_drives(_with_usual_touchdowns(contacts), dict(knee_height), time_s)
    return [_as_seen(drive, contacts) for drive in drives]


def _with_usual_touchdowns(contacts: list[Contact]) -> list[Contact]:
    """The contacts, with a beginning where the usual one would be in place of a hidden one."""
    lengths_s = [c.toe_off_s - c.touchdown_s for c in contacts]
    seen_s = [length for length in lengths_s if np.isfinite(length)]
    usual_s = float(np.median(seen_s)) if seen_s else USUAL_CONTACT_S
    return [
        c if np.isfinite(c.touchdown_s) else replace(c, touchdown_s=c.toe_off_s - usual_s)
        for c in contacts
    ]


def _as_seen(drive: KneeDrive, contacts: list[Contact]) -> KneeDrive:
    """A drive without the numbers that hang on a touchdown that was not seen."""
    touchdowns_s = {c.side: [o.touchdown_s for o in contacts if o.side == c.side] for c in contacts}
    own_s = drive.toe_off_s - drive.contact_time_s
    next_s = drive.toe_off_s + drive.flight_time_s
    other = next((side for side in touchdowns_s if side != drive.side), drive.side)
    began = _among(own_s, touchdowns_s[drive.side])
    flew = _among(next_s, touchdowns_s[other])
    return replace(
        drive,
        peak_thigh_deg=float("nan"),
        delay_s=float("nan"),
        contact_time_s=drive.contact_time_s if began else float("nan"),
        flight_time_s=drive.flight_time_s if flew else float("nan"),
        step_frequency_hz=drive.step_frequency_hz if began and flew else float("nan"),
    )


def _among(time_s: float, times_s: list[float]) -> bool:
    return any(abs(time_s - each) < _SAME_S for each in times_s)


def fit_frontal_step_frequency(contacts: list[Contact]) -> float:
    """Steps a second over the run from touchdowns and toe-offs together.

    From here a touchdown is missed more often than a toe-off, so both carry the same beat: two
    lines of the same slope through their times.

    Parameters
    ----------
    contacts : list of Contact

    Returns
    -------
    float
        Hz; NaN with fewer than four events.
    """
    series = [
        sorted((t, c.side) for c in contacts if np.isfinite(t := float(getattr(c, event))))
        for event in ("touchdown_s", "toe_off_s")
    ]
    series = [events for events in series if len(events) > 1]
    times = [np.array([at_s for at_s, _ in events]) for events in series]
    # of one foot alone every second step is seen
    least = [least_steps([side for _, side in events]) for events in series]
    apart = np.concatenate(
        [np.diff(t) / n for t, n in zip(times, least, strict=True)] or [np.empty(0)]
    )
    if sum(map(len, times)) < _LEAST_EVENTS or not (apart > LEAST_STEP_S).any():
        return float("nan")
    # a missed event makes a gap of two steps: the shorter gaps are the steps
    usual_s = float(np.percentile(apart[apart > LEAST_STEP_S], 30))
    # gap by gap: over a run that grows faster the rest of a step adds up to a whole one
    gaps = [count_steps(np.diff(t) / usual_s, n) for t, n in zip(times, least, strict=True)]
    # what follows sooner than any step is the same one again
    gaps = [np.where(np.diff(t) < LEAST_STEP_S, 0, n) for t, n in zip(times, gaps, strict=True)]
    counts = [np.r_[0, np.cumsum(gap)] for gap in gaps]
    x = np.concatenate([count - count.mean() for count in counts])
    y = np.concatenate([t - t.mean() for t in times])
    return float(x @ x / (x @ y)) if x @ y > 0 else float("nan")


def mean_over_strides(values: FloatArray, contacts: list[Contact], time_s: FloatArray) -> float:
    """Mean of a signal over whole strides, so that no part of one counts twice.

    Over the longest run of strides between two equal events of one foot; over all frames where
    no whole stride was seen.

    Parameters
    ----------
    values, time_s : ndarray, shape (T,)
    contacts : list of Contact
    """
    spans = [
        (times[0], times[-1])
        for side in ("left", "right")
        for event in ("touchdown_s", "toe_off_s")
        if len(times := [t for c in contacts if c.side == side
                         and np.isfinite(t := float(getattr(c, event)))]) > 1
    ]  # fmt: skip
    start, stop = max(spans, key=lambda span: span[1] - span[0], default=(-np.inf, np.inf))
    inside = (time_s >= start) & (time_s < stop) & np.isfinite(values)
    return float(values[inside].mean()) if inside.any() else float("nan")


def compute_tilt(left: FloatArray, right: FloatArray, *, facing: float) -> FloatArray:
    """Tilt of the line between two points of the body, degrees, the right one higher positive.

    Parameters
    ----------
    left, right : ndarray, shape (..., 2)
        Picture coordinates, y down.
    facing : float
        +1 from the front, where the right side is on the left of the picture; -1 from the rear.

    Examples
    --------
    >>> left, right = np.array([10.0, 5.0]), np.array([0.0, 4.0])
    >>> round(float(compute_tilt(left, right, facing=1.0)), 1)
    5.7
    """
    d = left - right
    return np.asarray(np.rad2deg(np.arctan2(d[..., 1], facing * d[..., 0])))
