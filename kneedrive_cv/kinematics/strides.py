"""From contacts to knee drives: toe-off, peak and next touchdown of the same foot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from kneedrive_cv.kinematics.contact import Contact, Side
from kneedrive_cv.kinematics.series import (
    Extreme,
    crest_between,
    extreme_between,
    lower_median,
    rows_between,
    value_at,
)

FloatArray = NDArray[np.float64]

_DRIVE_S = (0.12, 0.75)
"""A swing lasts about 0.33 s in a sprint and up to 0.6 s in a jog."""

_BEFORE_TOE_OFF_S = 0.08
"""A thigh that swings early turns this long before toe-off."""

_SWUNG_DEG, _SWUNG_S = 3.0, 0.026
"""A thigh that is this far from its rear swings for certain; from the rear it needs this long, on
rendered runs of any delay."""

_CREST_DEG = 9.0
"""The thigh's peak is timed and read by all of its curve that lies so little below it."""

_LEAST_RISE = 0.5
"""A thigh that rises from toe-off to its top by less than this share of what it sinks to the
touchdown did not swing: the toe-off was misread. In a sprint it rises by twice of that."""

_SECOND_TOP, _SECOND_TOP_S = 0.25, 0.3
"""A thigh that comes up twice, by this share of all its way and so long apart, made two swings. At
4.8 steps a second and more they are short enough to be taken for one, where the contact between
them was missed."""

_FLIGHT_S = (0.0, 0.35)

_STEP_HZ = (1.5, 6.5)

_MISNAMED_STEPS = 0.75
"""A gap between touchdowns that is off by more than this from what its feet say has one of them
named wrongly: then its length alone counts."""

_MISSED_STEP, _LEAST_KNOWN = 0.65, 3
"""A step with less than this share of the usual rate was two, and the other way round; from so many
on it is known."""

SIDES: tuple[Side, Side] = ("left", "right")


@dataclass(frozen=True)
class KneeDrive:
    """One swing of a leg, in seconds; NaN where a time is not known.

    Attributes
    ----------
    side : str
    toe_off_s, peak_s, touchdown_s : float
        The drive's beginning, its highest thigh and its end.
    peak_thigh_deg : float
    contact_time_s : float
        Duration of the contact that the drive follows.
    flight_time_s : float
        From the toe-off to the other foot's touchdown.
    step_frequency_hz : float
        1 / time from this foot's touchdown before the drive to the other's next.
    delay_s : float
        From toe-off until the thigh swings forward; negative if it does so before.
    speed_leg_per_s : float
        Speed of the run in the contact that the drive follows, in leg lengths a second.
    """

    side: Side
    toe_off_s: float
    peak_s: float
    touchdown_s: float
    peak_thigh_deg: float
    contact_time_s: float
    flight_time_s: float
    step_frequency_hz: float
    delay_s: float
    speed_leg_per_s: float = float("nan")


def find_knee_drives(
    contacts: list[Contact],
    thigh_deg: dict[Side, FloatArray],
    time_s: FloatArray,
    *,
    peak_early_s: float = 0.0,
    least_top: float = -np.inf,
) -> list[KneeDrive]:
    """Knee drives that were seen whole, in order of time.

    Parameters
    ----------
    contacts : list of Contact
        In order of time.
    thigh_deg : dict of side to ndarray, shape (T,)
    time_s : ndarray, shape (T,)
    peak_early_s : float
        How much too early the curves are known to reach their peak.
    least_top : float
        Swings that come no higher are no knee drives, in the unit of ``thigh_deg``.

    Returns
    -------
    list of KneeDrive
    """
    drives = []
    touchdowns_s = {
        side: np.sort([c.touchdown_s for c in contacts if c.side == side]) for side in thigh_deg
    }
    for side, thigh in thigh_deg.items():
        other: Side = "right" if side == "left" else "left"
        own = [contact for contact in contacts if contact.side == side]
        for this, after in pairwise(own):
            length_s = after.touchdown_s - this.toe_off_s
            if not _DRIVE_S[0] <= length_s <= _DRIVE_S[1]:
                continue
            ends_s = after.touchdown_s
            peak = crest_between(thigh, time_s, this.toe_off_s, ends_s, depth=_CREST_DEG)
            if peak is None or peak.value < least_top:
                continue
            if _swings(thigh, time_s, this.toe_off_s, peak, ends_s):
                peak = Extreme(min(peak.time_s + peak_early_s, ends_s), peak.value)
                other_s = _next_after(touchdowns_s.get(other, np.array([])), _begins(this))
                drives.append(_knee_drive(this, after, peak, thigh, time_s, other_s))
    return _without_missed_steps(sorted(drives, key=lambda drive: drive.toe_off_s))


def _without_missed_steps(drives: list[KneeDrive]) -> list[KneeDrive]:
    """The drives, without the rate of a step as long as two, or half as long: one was misread."""
    known = [d.step_frequency_hz for d in drives if np.isfinite(d.step_frequency_hz)]
    if len(known) < _LEAST_KNOWN:
        return drives
    usual_hz = float(np.median(known))
    least_hz, most_hz = _MISSED_STEP * usual_hz, usual_hz / _MISSED_STEP
    return [
        d if not (d.step_frequency_hz < least_hz or d.step_frequency_hz > most_hz)
        else replace(
            d,
            step_frequency_hz=float("nan"),
            # of too short a step a touchdown was misread, and the flight may end with it
            flight_time_s=float("nan") if d.step_frequency_hz > most_hz else d.flight_time_s,
        )
        for d in drives
    ]  # fmt: skip


def _swings(
    thigh: FloatArray, time_s: FloatArray, toe_off_s: float, peak: Extreme, ends_s: float
) -> bool:
    """Whether the thigh rises to one top and sinks again within the swing, as in a knee drive."""
    rise, fall = (peak.value - value_at(thigh, time_s, end_s) for end_s in (toe_off_s, ends_s))
    rises = toe_off_s < peak.time_s < ends_s and rise >= _LEAST_RISE * fall
    return bool(rises and not _swings_twice(thigh, time_s, toe_off_s, ends_s))


def _swings_twice(thigh: FloatArray, time_s: FloatArray, toe_off_s: float, ends_s: float) -> bool:
    """Whether the thigh comes to a top more than once, a stride apart."""
    rows = rows_between(time_s, toe_off_s, ends_s)
    seen = np.isfinite(thigh[rows])
    times, angles_deg = time_s[rows][seen], thigh[rows][seen]
    if not len(times):
        return False
    tops = find_peaks(angles_deg, prominence=_SECOND_TOP * np.ptp(angles_deg))[0]
    return len(tops) > 1 and bool(np.ptp(times[tops]) > _SECOND_TOP_S)


def _knee_drive(
    this: Contact,
    after: Contact,
    peak: Extreme,
    thigh_deg: FloatArray,
    time_s: FloatArray,
    other_s: float,
) -> KneeDrive:
    """Put one knee drive together with the times around it, the other foot's landing among them."""
    step_s = other_s - this.touchdown_s
    # nobody flies for longer: the other foot has landed in between, unseen
    known = step_s > 0 and other_s - this.toe_off_s <= _FLIGHT_S[1]
    step_hz = 1 / step_s if known else float("nan")
    # nobody steps so fast: one of the touchdowns was misread
    flight_s = float("nan") if step_hz > _STEP_HZ[1] else other_s - this.toe_off_s
    return KneeDrive(
        side=this.side,
        toe_off_s=this.toe_off_s,
        peak_s=peak.time_s,
        touchdown_s=after.touchdown_s,
        peak_thigh_deg=peak.value,
        contact_time_s=this.toe_off_s - this.touchdown_s,
        flight_time_s=_within(flight_s, _FLIGHT_S),
        step_frequency_hz=_within(step_hz, _STEP_HZ),
        delay_s=_swing_delay(thigh_deg, time_s, this.toe_off_s, peak.time_s),
        speed_leg_per_s=this.speed_leg_per_s,
    )


def _begins(contact: Contact) -> float:
    """Its touchdown; where that was not seen, its toe-off."""
    return contact.touchdown_s if np.isfinite(contact.touchdown_s) else contact.toe_off_s


def _next_after(times_s: FloatArray, at_s: float) -> float:
    """The first of some sorted times that is later; NaN, which stands last, if there is none."""
    after = int(np.searchsorted(times_s, at_s, side="right"))
    return float(times_s[after]) if after < len(times_s) else float("nan")


def _within(value: float, limits: tuple[float, float]) -> float:
    """The value if it is possible, else NaN: an impossible time is a misread event."""
    return value if limits[0] <= value <= limits[1] else float("nan")


def _swing_delay(thigh_deg: FloatArray, time_s: FloatArray, toe_off_s: float, peak_s: float) -> (
    float
):
    """Seconds from toe-off until the thigh swings forward.

    A late thigh hangs behind for a while, and where in it the rearmost frame lies is chance. So
    the swing is found where it has left the rear by some degrees, and led back from there.
    """
    earliest = max(float(time_s[0]), toe_off_s - _BEFORE_TOE_OFF_S)
    rearmost = extreme_between(thigh_deg, time_s, earliest, peak_s, sign=-1.0)
    if rearmost is None:
        return float("nan")
    rows = rows_between(time_s, earliest, peak_s)
    times, angles_deg = time_s[rows], thigh_deg[rows]
    seen = np.isfinite(angles_deg)
    times, above = times[seen], angles_deg[seen] - rearmost.value - _SWUNG_DEG
    behind = np.flatnonzero(above[:-1] < 0)
    if len(behind) == 0:
        return rearmost.time_s - toe_off_s
    k = behind[-1]
    share = above[k] / (above[k] - above[k + 1])
    swung_s = times[k] + float(share) * (times[k + 1] - times[k])
    return float(swung_s - _SWUNG_S - toe_off_s)


def fit_step_frequency(contacts: list[Contact]) -> float:
    """Steps a second over the whole run: the slope of a line through the touchdowns.

    Touchdowns that were missed are counted by the time between the others, and by the feet: from
    one foot to the same one it is an even number of steps.

    Parameters
    ----------
    contacts : list of Contact

    Returns
    -------
    float
        Hz; NaN with fewer than three touchdowns.
    """
    landed = sorted(
        (c for c in contacts if np.isfinite(c.touchdown_s)), key=lambda c: c.touchdown_s
    )
    if len(landed) < 3:
        return float("nan")
    times = np.array([contact.touchdown_s for contact in landed])
    least = least_steps([contact.side for contact in landed])
    steps = np.diff(times) / lower_median(np.diff(times) / least)
    return _slope_hz(count_steps(steps, least), times)


def least_steps(sides: list[Side]) -> NDArray[np.int64]:
    """Steps between each foot and the next, if none was missed: two from a foot to itself."""
    return np.array([2 if a == b else 1 for a, b in pairwise(sides)], dtype=np.int64)


def count_steps(steps: FloatArray, least: NDArray[np.int64]) -> FloatArray:
    """How many steps gaps hold that are about so many usual steps long; `least_steps` of each.

    Missed ones come in pairs, or a foot would follow itself.
    """
    count = least + 2 * np.maximum(np.round((steps - least) / 2), 0)
    misnamed = np.abs(steps - count) > _MISNAMED_STEPS
    return np.where(misnamed, np.maximum(np.round(steps), 1), count)


def fit_rate_hz(times_s: list[float]) -> float:
    """How often a second something comes round: the slope of a line through its times.

    Parameters
    ----------
    times_s : list of float
        Of which some may be missing.

    Returns
    -------
    float
        Hz; NaN with fewer than three times.

    Examples
    --------
    >>> round(fit_rate_hz([0.0, 0.25, 0.75, 1.0]), 3)
    4.0
    """
    if len(times_s) < 3:
        return float("nan")
    times = np.sort(times_s)
    apart = np.diff(times)
    return _slope_hz(np.maximum(np.round(apart / lower_median(apart)), 1), times)


def _slope_hz(count: FloatArray, times: FloatArray) -> float:
    """How many come a second, from how many lie between each time and the next."""
    return float(1.0 / np.polyfit(np.r_[0, np.cumsum(count)], times, 1)[0])


def overlap_fraction(contacts: list[Contact]) -> float:
    """Share of the contact time in which both feet stand: 0 when running, more when walking.

    Parameters
    ----------
    contacts : list of Contact

    Returns
    -------
    float
        NaN when no contact was seen whole.
    """
    stands_s = {side: _stands(contacts, side) for side in SIDES}
    total_s = sum(float(np.ptp(stand)) for stands in stands_s.values() for stand in stands)
    if not total_s > 0:
        return float("nan")
    left, right = stands_s["left"], stands_s["right"]
    if not len(left) or not len(right):
        return 0.0
    # how long the right foot has stood by a time: both feet's share is what it grows by
    edges_s = np.maximum.accumulate(right.ravel())
    stood_s = np.cumsum(np.diff(edges_s, prepend=edges_s[0]) * (np.arange(len(edges_s)) % 2))
    both_s = float(np.diff(np.interp(left, edges_s, stood_s), axis=1).sum())
    return 2 * both_s / total_s


def _stands(contacts: list[Contact], side: Side) -> FloatArray:
    """Touchdown and toe-off of the contacts of a foot that were seen whole, (N, 2)."""
    times = [(c.touchdown_s, c.toe_off_s) for c in contacts if c.side == side]
    both = np.array(times).reshape(-1, 2)
    return np.asarray(both[np.isfinite(both).all(axis=1)])
