"""Speed, step length and where the foot lands: in leg lengths, and in metres with a scale.

All three are read off the foot against the hips. While a foot stands it moves back under the body
at the speed of the run, whether the camera stands, pans or follows and on a treadmill: so
panning has no part in them. ``python -m validation.scale`` prints the errors against truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.series import value_at
from kneedrive_cv.kinematics.strides import KneeDrive
from kneedrive_cv.result import TRAVEL, Stride, Value
from kneedrive_cv.scene.scale import Scale, lengthening
from kneedrive_cv.technique.measure import Motion
from kneedrive_cv.technique.not_a_sprint import NO_CONTACTS, is_drill
from kneedrive_cv.technique.uncertainty import FILM_SIDE, MODEL_TIMES, Quality
from kneedrive_cv.technique.values import LOW_VALID_FRACTION, interval, not_measurable

FloatArray = NDArray[np.float64]

SPEED_ERROR_SHARE = (0.055, 0.025)
AHEAD_ERROR_LEG = (0.05, 0.045)
"""Standard errors that all strides share, and that differ from stride to stride. Where the foot
lands hangs on when: at 9 m/s a touchdown told 5 ms early puts it 4.5 cm too far ahead."""

OBLIQUE_ERROR_SHARE = 0.05
"""More error of lengths along the track when the camera stands well off the side."""

TURNED = 0.5
"""How far the correction of the pose turns a run into the side view, as to ways along the track: on
37 rendered runs 30 degrees off they are 4 % short by it alone, and 4 % long if they are lengthened
in full."""

IN_METRES = {"speed_mps": "speed_legps"} | {
    f"{name}_m": f"{name}_leg" for name in ("step_length", "touchdown_ahead")
}
"""What is read in leg lengths, by the name that it has in metres."""

NO_SCALE = "metres want a scale: give the athlete's height (--height) or a known distance"


def with_travel(
    strides: Sequence[Stride], motion: Motion, quality: Quality, scale: Scale | None
) -> list[Stride]:
    """The strides with `TRAVEL` filled in, each value with its interval or its reason.

    Parameters
    ----------
    strides : sequence of Stride
    motion : Motion
        What the strides were made of: its drives in the same order, and its angles with
        ``left_foot_ahead_leg`` and ``right_foot_ahead_leg``.
    quality : Quality
    scale : Scale or None
    """
    return [
        stride.model_copy(update={"travel": _travel(stride, drive, motion, quality, scale)})
        for stride, drive in zip(strides, motion.drives, strict=True)
    ]


def mean_travel(
    strides: Sequence[Stride], quality: Quality, scale: Scale | None
) -> dict[str, Value]:
    """The means over all strides."""
    means = {
        metric: _mean(metric, [stride.travel[metric] for stride in strides], quality)
        for metric in IN_METRES.values()
    }
    return _ordered(means, scale)


def _travel(
    stride: Stride,
    drive: KneeDrive,
    motion: Motion,
    quality: Quality,
    scale: Scale | None,
) -> dict[str, Value]:
    angles, time_s = motion.angles, motion.track.time_s
    name = f"{drive.side}_foot_ahead_leg"
    along = _shortened(motion, drive, quality)
    speed = drive.speed_leg_per_s * along
    ahead = value_at(angles[name], time_s, drive.touchdown_s) * along if name in angles else np.nan
    numbers = {
        "speed_legps": speed,
        "step_length_leg": speed / drive.step_frequency_hz,
        "touchdown_ahead_leg": float(ahead),
    }
    share = stride.valid_fraction
    values = {metric: _value(metric, numbers[metric], share, quality) for metric in numbers}
    return _ordered(values, scale)


def _shortened(motion: Motion, drive: KneeDrive, quality: Quality) -> float:
    """How many times longer a way along the track is than it seems from a camera off the side."""
    shortened = lengthening(quality.sight.off_side_deg)
    if motion.corrected is None:
        return shortened
    corrected = value_at(motion.corrected, motion.track.time_s, drive.touchdown_s)
    return float(shortened ** (1.0 - TURNED * np.clip(np.nan_to_num(corrected), 0.0, 1.0)))


def _value(metric: str, number: float, share: float, quality: Quality) -> Value:
    if quality.sight.frontal:
        return not_measurable(
            f"seen from the {quality.sight.view} the way along the track is hidden. {FILM_SIDE}",
            share,
        )
    if is_drill(quality.gait):
        return not_measurable(NO_CONTACTS, share)
    if not np.isfinite(number):
        return not_measurable("could not be read in this stride", share)
    steady, single = _errors(metric, number, quality)
    doubt = _doubt(metric, quality)
    if not doubt and share < LOW_VALID_FRACTION:
        doubt = f"the leg was seen in only {share:.0%} of the frames"
    error = float(np.hypot(steady, single))
    return _positive(metric, interval(metric, number, error, share, doubt))


def _mean(metric: str, values: Sequence[Value], quality: Quality) -> Value:
    known = [value for value in values if value.value is not None]
    if not known:
        return not_measurable(values[0].reason if values else "no whole knee drive was seen")
    number = float(np.mean([value.value for value in known if value.value is not None]))
    steady, single = _errors(metric, number, quality)
    doubt = next((value.reason for value in known if value.status == "low_confidence"), "")
    share = float(np.mean([value.valid_fraction for value in known]))
    error = float(np.hypot(steady, single / np.sqrt(len(known))))
    return _positive(metric, interval(metric, number, error, share, doubt))


def _errors(metric: str, number: float, quality: Quality) -> tuple[float, float]:
    """Standard errors: what all strides share, and what differs from stride to stride."""
    model_times = 1.0 if quality.given else MODEL_TIMES[quality.model]
    hard = float(np.clip(250.0 / quality.height_px, 1.0, 2.0)) * model_times
    oblique = OBLIQUE_ERROR_SHARE if quality.sight.view == "oblique" else 0.0
    steady, single = SPEED_ERROR_SHARE
    if metric == "touchdown_ahead_leg":
        late = float(np.clip(60.0 / quality.capture_fps, 0.7, 2.0))
        steady_leg = float(np.hypot(AHEAD_ERROR_LEG[0], oblique * number))
        return steady_leg * hard, AHEAD_ERROR_LEG[1] * hard * late
    shares = [np.hypot(steady, oblique) * hard, single * hard]
    if metric == "step_length_leg":
        shares[1] = np.hypot(shares[1], quality.stride_error("step_frequency_hz") / 4.4)
    if metric == "speed_legps" and quality.time_inferred:
        shares[0] = np.hypot(shares[0], quality.steady_error("step_frequency_hz", None) / 4.4)
    return float(shares[0] * number), float(shares[1] * number)


def _doubt(metric: str, quality: Quality) -> str:
    if quality.sight.view == "oblique":
        return "the camera stood well off the side, so the track is seen shortened"
    if metric == "speed_legps":
        return quality.doubt("step_frequency_hz")
    return quality.doubt("thigh_deg")


def _positive(metric: str, value: Value) -> Value:
    """A length or a speed is not less than nothing; the foot may land behind the hips."""
    if metric == "touchdown_ahead_leg" or value.low is None:
        return value
    return value.model_copy(update={"low": max(value.low, 0.0)})


def _ordered(values: Mapping[str, Value], scale: Scale | None) -> dict[str, Value]:
    """The values with those in metres beside them, in the order of `TRAVEL`."""
    every = dict(values) | {m: in_metres(values[leg], scale) for m, leg in IN_METRES.items()}
    return {metric: every[metric] for metric in TRAVEL}


def in_metres(value: Value, scale: Scale | None) -> Value:
    """A value in leg lengths as one in metres; not measurable without a scale.

    Examples
    --------
    >>> in_metres(Value(value=2.0, low=1.8, high=2.2), Scale(0.9, 0.0, "a height")).value
    1.8
    """
    if scale is None and value.value is not None:
        return not_measurable(NO_SCALE, value.valid_fraction)
    if scale is None or value.value is None or value.low is None or value.high is None:
        return value
    number = value.value * scale.leg_m
    spread = abs(number) * 1.96 * scale.error_share
    reason = value.reason or scale.doubt
    return value.model_copy(
        update={
            "value": number,
            "low": number - float(np.hypot((value.value - value.low) * scale.leg_m, spread)),
            "high": number + float(np.hypot((value.high - value.value) * scale.leg_m, spread)),
            "status": "low_confidence" if reason else value.status,
            "reason": reason,
        }
    )
