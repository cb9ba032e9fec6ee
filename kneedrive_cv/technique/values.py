"""Metrics of each knee drive, and their means, as values with intervals and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.gait import compute_foot_ahead_of_knee
from kneedrive_cv.kinematics.series import rows_between, value_at
from kneedrive_cv.kinematics.strides import KneeDrive
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import METRICS, Value
from kneedrive_cv.technique.rule import DriveView, Rule
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.turned import TURN, most_turned
from kneedrive_cv.technique.uncertainty import SAGITTAL, TIMES, Quality
from kneedrive_cv.technique.verdict import Z_95

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MIN_VALID_FRACTION = 0.5
LOW_VALID_FRACTION = 0.8

UNSEEN_TOP = "the leg was lost at the top of this knee drive, and bridged there"
UNSEEN_TIMES = 3.0
"""How much wider the interval of such a value is. Of 228 clips of the bench five have such a drive,
whose feet were up to 2.1 times as far off as the usual interval reaches; of another renderer's 22
one has, off by 2.9 times."""

IMPOSSIBLE = "nobody bends like this at the top of a knee drive, so the pose was misread"
POSSIBLE: dict[str, tuple[float, float]] = {
    "hip_flexion_deg": (0.0, 150.0),
    "thigh_deg": (-10.0, 135.0),
    "trunk_lean_deg": (-30.0, 80.0),
    "knee_flexion_deg": (10.0, 160.0),
    "ankle_dorsiflexion_deg": (-70.0, 45.0),
    "foot_pitch_deg": (-110.0, 75.0),
}
"""What a body can do at the top of a knee drive, with room for drills and for errors."""

LEAST_CORRECTED = 0.5
STEEP = "the body is lower or steeper here than any that the correction of the pose was learned on"

PARTS: dict[str, tuple[str, ...]] = {
    "hip_flexion_deg": ("hip", "knee", "shoulder"),
    "thigh_deg": ("hip", "knee"),
    "trunk_lean_deg": ("hip", "shoulder"),
    "knee_flexion_deg": ("hip", "knee", "ankle"),
    "ankle_dorsiflexion_deg": ("knee", "ankle", "heel", "foot_index"),
    "foot_pitch_deg": ("heel", "foot_index"),
    "foot_ahead_of_knee_shank": ("knee", "ankle"),
    "pelvis_rotation_deg": ("hip",),
    "pelvis_obliquity_deg": ("hip",),
    "knee_height_thigh": ("hip", "knee"),
    "knee_across_middle_thigh": ("hip", "knee"),
    "knee_drive_delay_s": ("hip", "knee", "foot_index"),
    "contact_time_s": ("foot_index",),
    "flight_time_s": ("foot_index",),
    "step_frequency_hz": ("foot_index",),
}
"""Landmarks of the own side that a metric is read from."""

LIKE: dict[str, str] = {
    "foot_index": "foot_pitch_deg",
    "heel": "foot_pitch_deg",
    "ankle": "knee_flexion_deg",
}
"""What has the limits of a metric that is read from such a landmark; of others it is the thigh."""

ON_GROUND = ("contact_time_s", "flight_time_s", "step_frequency_hz")
"""Metrics that begin with the contact before the knee drive, or end with the other foot's."""

ELSEWHERE = (*TIMES, "step_frequency_hz", TURN)
"""Metrics that are not read at the top of the knee drive."""


def drive_values(
    drive: KneeDrive,
    angles: Mapping[str, FloatArray],
    time_s: FloatArray,
    valid: Mapping[str, BoolArray],
    quality: Quality,
) -> dict[str, Value]:
    """All metrics of one knee drive; angles are read at its peak, the pelvis's turn all through it.

    Parameters
    ----------
    drive : KneeDrive
    angles : mapping of str to ndarray, shape (T,)
        By the names of ``angles.csv``.
    time_s : ndarray, shape (T,)
    valid : mapping of landmark name to ndarray of bool, shape (T,)
        Frames in which the landmark was measured, not filled in.
    quality : Quality
    """
    read = _read(drive, angles, time_s)
    swing = rows_between(time_s, drive.toe_off_s, drive.touchdown_s)
    top = _rows_around(time_s, drive.peak_s)
    values = {}
    for metric in METRICS:
        share = _share_seen(valid, drive.side, PARTS[metric], swing)
        if metric in ON_GROUND:
            share = _share_on_ground(valid, drive, metric, time_s, otherwise=share)
        value = as_value(metric, read[metric], drive.side, share, quality)
        if metric not in ELSEWHERE and _share_seen(valid, drive.side, PARTS[metric], top) < 1.0:
            value = less_sure(_wider(value, UNSEEN_TIMES), UNSEEN_TOP)
        values[metric] = value
    view = DriveView(drive.side, drive.toe_off_s, drive.peak_s, drive.touchdown_s, angles, time_s)
    return values | own_values(view, valid, quality, RULES)


def own_values(
    view: DriveView,
    valid: Mapping[str, BoolArray],
    quality: Quality,
    rules: Sequence[Rule],
) -> dict[str, Value]:
    """The metrics of one knee drive that checks bring with them; arguments as `drive_values`."""
    rows_seen = rows_between(view.time_s, view.toe_off_s, view.touchdown_s)
    values = {}
    for rule in rules:
        if rule.measure is not None:
            share = _share_seen(valid, view.side, rule.parts, rows_seen)
            values[rule.metric] = _own_value(rule, rule.measured(view), view.side, share, quality)
    return values


def _own_value(rule: Rule, number: float, side: Side, share: float, quality: Quality) -> Value:
    """As `as_value`; from the side no surer than what else is read from the same landmarks."""
    value = as_value(rule.metric, number, side, share, quality)
    if quality.sight.frontal:
        return value
    like = next((metric for part, metric in LIKE.items() if part in rule.parts), "thigh_deg")
    reason, doubt = quality.unreadable(like), quality.doubt(like)
    if reason:
        return not_measurable(reason, share)
    return less_sure(value, doubt) if doubt else value


def _rows_around(time_s: FloatArray, at_s: float) -> slice:
    """The frames before and after a time."""
    after = int(np.clip(np.searchsorted(time_s, at_s), 1, max(len(time_s) - 1, 1)))
    return slice(after - 1, after + 1)


def _wider(value: Value, times: float) -> Value:
    """The value with an interval so many times as wide."""
    if value.value is None or value.low is None or value.high is None:
        return value
    low = value.value - times * (value.value - value.low)
    high = value.value + times * (value.high - value.value)
    return value.model_copy(update={"low": low, "high": high})


def less_sure(value: Value, reason: str) -> Value:
    """The value as one of low confidence, if it was sure."""
    if value.status != "measured":
        return value
    return value.model_copy(update={"status": "low_confidence", "reason": reason})


def _share_seen(
    valid: Mapping[str, BoolArray], side: Side, parts: Sequence[str], rows: slice
) -> float:
    """Share of some frames in which all parts of a leg were measured; 0 where there is no frame."""
    seen = np.all([valid[f"{side}_{part}"][rows] for part in parts], axis=0)
    return float(seen.mean()) if len(seen) else 0.0


def _share_on_ground(
    valid: Mapping[str, BoolArray],
    drive: KneeDrive,
    metric: str,
    time_s: FloatArray,
    *,
    otherwise: float,
) -> float:
    """Share of the frames in which the feet were measured whose contacts a metric is read from.

    As ``otherwise`` where those contacts were not seen, as in a drill.
    """
    sides: tuple[Side, ...] = SIDES
    landed_s = drive.toe_off_s - drive.contact_time_s
    if metric == "contact_time_s":
        ends_s, sides = (landed_s, drive.toe_off_s), (drive.side,)
    elif metric == "flight_time_s":
        ends_s = (drive.toe_off_s, drive.toe_off_s + drive.flight_time_s)
    else:
        ends_s = (landed_s, landed_s + 1.0 / drive.step_frequency_hz)
    if not np.isfinite(ends_s).all():
        return otherwise
    rows = rows_between(time_s, *ends_s)
    return float(np.mean([_share_seen(valid, side, PARTS[metric], rows) for side in sides]))


def _read(
    drive: KneeDrive, angles: Mapping[str, FloatArray], time_s: FloatArray
) -> dict[str, float]:
    """The plain numbers of one knee drive, NaN where missing."""

    def at_peak(name: str) -> float:
        """A series at the top of the drive; NaN without it."""
        return value_at(angles[name], time_s, drive.peak_s) if name in angles else float("nan")

    up = 1.0 if drive.side == "right" else -1.0
    turn_deg = angles.get(TURN, np.full(len(time_s), np.nan))
    turned_deg, _ = most_turned(turn_deg, time_s, drive.side, drive.toe_off_s, drive.touchdown_s)
    leg = ("knee_flexion_deg", "ankle_dorsiflexion_deg", "foot_pitch_deg")
    trunk_lean_deg = at_peak("trunk_lean_deg")
    shank_deg = np.array(at_peak(f"{drive.side}_shank_deg"))
    return {metric: at_peak(f"{drive.side}_{metric}") for metric in leg} | {
        "hip_flexion_deg": drive.peak_thigh_deg + trunk_lean_deg,
        "thigh_deg": drive.peak_thigh_deg,
        "trunk_lean_deg": trunk_lean_deg,
        "foot_ahead_of_knee_shank": float(compute_foot_ahead_of_knee(shank_deg)),
        TURN: turned_deg,
        # by the driving leg, so that the legs can be compared: its hip higher is positive
        "pelvis_obliquity_deg": up * at_peak("pelvis_obliquity_deg"),
        "knee_height_thigh": at_peak(f"{drive.side}_knee_height_thigh"),
        "knee_across_middle_thigh": at_peak(f"{drive.side}_knee_across_middle_thigh"),
        "knee_drive_delay_s": drive.delay_s,
        "contact_time_s": drive.contact_time_s,
        "flight_time_s": drive.flight_time_s,
        "step_frequency_hz": drive.step_frequency_hz,
    }


def as_value(metric: str, number: float, side: Side, share: float, quality: Quality) -> Value:
    """One number with its interval, or the reason why there is none."""
    reason = quality.unreadable(metric)
    if not reason and not np.isfinite(number):
        reason = "could not be read in this stride"
    if not reason and share < MIN_VALID_FRACTION:
        reason = f"the leg was seen in only {share:.0%} of the frames"
    if reason:
        return not_measurable(reason, share)
    error = np.hypot(quality.steady_error(metric, side), quality.stride_error(metric))
    doubt = quality.doubt(metric)
    least, most = POSSIBLE.get(metric, (-np.inf, np.inf))
    if not doubt and not least <= number <= most:
        doubt = IMPOSSIBLE
    if not doubt and share < LOW_VALID_FRACTION:
        doubt = f"the leg was seen in only {share:.0%} of the frames"
    return interval(metric, number, float(error), share, doubt)


def interval(metric: str, number: float, error: float, share: float, doubt: str) -> Value:
    """A value with the 95 % interval of a standard error."""
    low, high = number - Z_95 * error, number + Z_95 * error
    if metric in ("contact_time_s", "flight_time_s", "step_frequency_hz"):
        low = max(low, 0.0)
    return Value(
        value=number,
        low=low,
        high=high,
        valid_fraction=share,
        status="low_confidence" if doubt else "measured",
        reason=doubt,
    )


def not_measurable(reason: str, share: float = 0.0) -> Value:
    """No number, and why."""
    return Value(value=None, valid_fraction=share, status="not_measurable", reason=reason)


def uncorrected(values: Mapping[str, Value], share: float) -> dict[str, Value]:
    """Values of a drive in whose peak the body is unlike any that the correction was learned on.

    Parameters
    ----------
    values : mapping of str to Value
    share : float
        How much of the correction was applied at the peak, 0 to 1.

    Returns
    -------
    dict of str to Value
        The same from a share of 1 on. Below it intervals of angles are up to twice as wide, and
        below a half the angles are of low confidence.
    """
    if not share < 1.0:
        return dict(values)
    changed = dict(values)
    for metric in SAGITTAL:
        value = _wider(changed[metric], 2.0 - share)
        changed[metric] = less_sure(value, STEEP) if share < LEAST_CORRECTED else value
    return changed


def mean_value(metric: str, values: Sequence[Value], side: Side | None, quality: Quality) -> Value:
    """Mean over strides. The steady error does not shrink with their number, the rest does.

    The interval is that of the measurement. What the athlete himself varies, as in the first
    steps out of the blocks, is no doubt about the mean of the strides that were seen. By what the
    interval of one stride is wider than usual, the mean is less sure in its share of the strides.
    Where most strides were read surely, those that were not are left out: one moment in which
    somebody passed before the athlete says nothing of the rest of the run.
    """
    known = [value for value in values if value.value is not None]
    sure = [value for value in known if value.status == "measured"]
    known = sure if len(sure) > max(len(known) / 2, 1) else known
    if not known:
        reason = values[0].reason if values else "no whole knee drive of this leg was seen"
        return not_measurable(quality.unreadable(metric) or reason)
    numbers = np.array([value.value for value in known], dtype=float)
    steady, spread = quality.steady_error(metric, side), quality.stride_error(metric)
    beside = np.mean([_error_beside(value, np.hypot(steady, spread)) for value in known])
    error = np.linalg.norm([steady, spread / np.sqrt(len(numbers)), beside])
    share = float(np.mean([value.valid_fraction for value in known]))
    doubt = next((value.reason for value in known if value.status == "low_confidence"), "")
    return interval(metric, float(numbers.mean()), float(error), share, doubt)


def _error_beside(value: Value, usual: float) -> float:
    """By what standard error a value is less sure than usual."""
    if value.value is None or value.high is None:
        return 0.0
    own = (value.high - value.value) / Z_95
    return float(np.sqrt(max(own**2 - usual**2, 0.0)))
