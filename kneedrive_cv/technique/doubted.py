"""Strides in doubt: who or which leg it was, or when a foot was on the ground."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from kneedrive_cv.result import Gait, Stride, UnsureFrames
from kneedrive_cv.technique.not_a_sprint import is_drill
from kneedrive_cv.technique.values import less_sure

OUT_OF_STEP = "the legs do not take turns here as in a run, so they may be named wrongly"
SOONEST_STEPS = {False: 0.6, True: 1.5}
"""So many usual steps lie between two knee drives that follow one another, at least: of different
legs, and of one leg. In a run it is one step, and two where a drive of the other leg was missed."""

UNLIKE: Final = (0.72, 1.38)
"""A contact shorter or longer than this share of those beside it was misread: out of the blocks,
where they become shorter from step to step, and of legs that run unlike they are more alike."""

BESIDE: Final = 2
LEAST_BESIDE: Final = 3
"""So many steps to either side are compared, or the nearest; at least so many in all."""

OF_STEP: Final = ("step_frequency_hz", "step_length_m", "step_length_leg")
HANG_ON_CONTACT: Final = ("contact_time_s", "flight_time_s", "knee_drive_delay_s", *OF_STEP)
ON_CONTACTS: Final = ("contact_time_s", "flight_time_s")
FROM_TOUCHDOWN: Final = ("contact_time_s", "speed_mps", "speed_legps", *OF_STEP)
"""What of a knee drive is read from the contact before it on."""

HANG_ON_NEXT_TOUCHDOWN: Final = ("flight_time_s", *OF_STEP)
"""What of a knee drive the contact that follows it, of the other foot, ends."""

AT_LANDING: Final = ("touchdown_ahead_m", "touchdown_ahead_leg")
SAME_EVENT_S: Final = 0.001

ODD_CONTACT: Final = (
    "the contact is unlike those of the steps beside it, so the foot may have been misread"
)


SHORT_SWING: Final = (
    "nobody swings a leg as fast, so it may be two people's legs, or the clip plays too fast"
)
SHORTEST_SWING_S: Final = 0.2
"""From a toe-off to the touchdown of the same foot it takes 0.24 s and more, out of the blocks
least."""

SLOWEST_FRONTAL_HZ: Final = 3.1
SLOW_FRONTAL: Final = (
    "in a run this slow the feet swing so low that from front and rear they seem to land early"
)


def doubted(
    strides: Sequence[Stride],
    unsure: Sequence[UnsureFrames],
    step_hz: float,
    gait: Gait,
    *,
    frontal: bool = False,
) -> list[Stride]:
    """Strides whose values are of low confidence where it was not sure what was read.

    Parameters
    ----------
    strides : sequence of Stride
        Of one run.
    unsure : sequence of UnsureFrames
        Where it was not sure who was followed.
    step_hz : float
        Steps a second over the run. Knee drives that follow one another sooner than legs can take
        turns are doubted; where it is NaN, they are not.
    gait : str
        In a drill one leg may be lifted again and again.
    frontal : bool
        Seen from the front or the rear, where the contacts of a jog are not told surely.
    """
    spans = [*unsure, *([] if is_drill(gait) else _out_of_step(strides, step_hz))]
    told = _without_odd_contacts([_possible(_doubted(stride, spans)) for stride in strides])
    if not (frontal and step_hz < SLOWEST_FRONTAL_HZ):
        return told
    return [_less_sure(stride, ON_CONTACTS, SLOW_FRONTAL) for stride in told]


def _possible(stride: Stride) -> Stride:
    """A stride whose values are of low confidence if nobody swings a leg as fast."""
    swing_s = stride.touchdown_time_s - stride.toe_off_time_s
    return _less_sure(stride, None, SHORT_SWING) if swing_s < SHORTEST_SWING_S else stride


def _out_of_step(strides: Sequence[Stride], step_hz: float) -> list[UnsureFrames]:
    """From the top of one knee drive to that of the next, where that comes too soon."""
    in_order = sorted(strides, key=lambda stride: stride.peak_time_s)
    return [
        UnsureFrames(first_frame=a.peak_frame, last_frame=b.peak_frame, reason=OUT_OF_STEP)
        for a, b in pairwise(in_order)
        if (b.peak_time_s - a.peak_time_s) * step_hz < SOONEST_STEPS[a.side == b.side]
    ]


def _doubted(stride: Stride, unsure: Sequence[UnsureFrames]) -> Stride:
    """A stride whose values are of low confidence where it was not sure who or which leg it was."""
    for names, first in ((None, stride.toe_off_frame), (FROM_TOUCHDOWN, _landed_frame(stride))):
        for span in unsure:
            if span.first_frame <= stride.touchdown_frame and span.last_frame >= first:
                return _less_sure(stride, names, span.reason)
    return stride


def _landed_frame(stride: Stride) -> int:
    """The frame in which the contact before the knee drive began; its toe-off's if not known."""
    contact = stride.metrics.get("contact_time_s")
    swing_s = stride.touchdown_time_s - stride.toe_off_time_s
    if contact is None or contact.value is None or swing_s <= 0:
        return stride.toe_off_frame
    per_s = (stride.touchdown_frame - stride.toe_off_frame) / swing_s
    return stride.toe_off_frame - round(contact.value * per_s)


def _without_odd_contacts(strides: Sequence[Stride]) -> list[Stride]:
    """The strides, with what hangs on an odd contact of low confidence.

    Which of its ends was misread is not known: the touchdown ends the flight of the step before,
    and the knee drive of the same foot.
    """
    contacts = sorted(
        (stride.toe_off_time_s, contact.value)
        for stride in strides
        if (contact := stride.metrics.get("contact_time_s")) and contact.value is not None
    )
    odd = {toe_off_s for i, (toe_off_s, _) in enumerate(contacts) if _is_odd(i, contacts)}
    left_s = sorted(stride.toe_off_time_s for stride in strides)
    before = {a for a, b in pairwise(left_s) if b in odd}
    hanging = dict.fromkeys(before, HANG_ON_NEXT_TOUCHDOWN) | dict.fromkeys(odd, HANG_ON_CONTACT)
    landed_s = [toe_off_s - length_s for toe_off_s, length_s in contacts if toe_off_s in odd]
    told = []
    for each in strides:
        names = hanging.get(each.toe_off_time_s, ())
        if any(abs(each.touchdown_time_s - at_s) < SAME_EVENT_S for at_s in landed_s):
            names = (*names, *AT_LANDING)
        told.append(_less_sure(each, names, ODD_CONTACT))
    return told


def _is_odd(i: int, contacts: Sequence[tuple[float, float]]) -> bool:
    first = max(0, min(i - BESIDE, len(contacts) - 2 * BESIDE - 1))
    window = range(first, min(first + 2 * BESIDE + 1, len(contacts)))
    beside = [contacts[j][1] for j in window if j != i]
    if len(beside) < LEAST_BESIDE:
        return False
    return not UNLIKE[0] <= contacts[i][1] / float(np.median(beside)) <= UNLIKE[1]


def _less_sure(stride: Stride, names: Sequence[str] | None, reason: str) -> Stride:
    """The stride with some of its values of low confidence; with None all of them."""
    return stride.model_copy(
        update={
            kind: {
                name: less_sure(value, reason) if names is None or name in names else value
                for name, value in values.items()
            }
            for kind, values in (("metrics", stride.metrics), ("travel", stride.travel))
        }
    )
