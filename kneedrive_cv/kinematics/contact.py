"""A ground contact, and which ends of a run's contacts were seen.

A run begins in the blocks, or before the clip does, and ends after it: what seems the first or the
last contact may be none, or one of which an event is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Side = Literal["left", "right"]

_STEP_LIMITS = (0.5, 1.6)
_STRIDE_LIMITS = (0.8, 1.25)
"""How long a step may take against the usual one, and half of two steps between which the other
foot was not seen."""

_USUAL_CONTACT_S = 0.12

_LEAST_CONTACT_S = 0.05
"""No sprinter stands for less: a foot that seems to has stood before, or stands on. While the body
still pushes off the blocks it is slower than the run, and a foot on them seems to move; at the end
of a clip the smoothed toe may rise too soon."""

_LEAST_END_S = 0.075
"""At the ends of a run a contact this short is taken for a foot that leaves the blocks, which did
not touch down, or for one that was lost before it took off."""

_SWUNG_LEG = 0.3
_SWUNG_WITHIN_S = 0.35
_SWUNG_WHOLE_S = 0.25
_SWUNG_END_LEG = 0.15
_SWUNG_SEEN_S = 0.18
"""A foot that lands has swung ahead of the hip by so many leg lengths shortly before: first steps
of real starts by 0.5 and more, feet that stand in the blocks by 0.12 at most. Where less than a
whole swing was seen before a landing, it may have been nearly ahead already, and the second limit
holds; where less than the last of these was seen, nothing is said."""


@dataclass(frozen=True)
class Contact:
    """One ground contact of one foot.

    Attributes
    ----------
    side : str
        ``left`` or ``right``.
    touchdown_s, toe_off_s : float
        Seconds; NaN where the contact begins before or ends after what was seen.
    speed_leg_per_s : float
        Speed of the run during this contact, in leg lengths per second.
    """

    side: Side
    touchdown_s: float
    toe_off_s: float
    speed_leg_per_s: float


def trim(contacts: list[Contact]) -> list[Contact]:
    """Drop what is no step from both ends: feet that shift in the blocks swing too.

    A step alternates the sides and takes about as long as the others. Where a foot lands twice in
    a row, the other was not seen between, and two steps take as long as two.
    """
    if len(contacts) < 4:
        return contacts
    steps = np.array([1 if a.side != b.side else 2 for a, b in pairwise(contacts)])
    step_s = np.diff([_begin(contact) for contact in contacts]) / steps
    usual_s = float(np.median(step_s))
    low, high = np.array([_STEP_LIMITS, _STRIDE_LIMITS])[steps - 1].T * usual_s
    good = np.flatnonzero((low <= step_s) & (step_s <= high))
    return contacts[good[0] : good[-1] + 2] if len(good) else contacts


def _begin(contact: Contact) -> float:
    """Touchdown, or where it was not seen a usual contact before toe-off."""
    if np.isfinite(contact.touchdown_s):
        return contact.touchdown_s
    return contact.toe_off_s - _USUAL_CONTACT_S


def half_seen(contacts: list[Contact], time_s: FloatArray) -> list[Contact]:
    """Contacts too short for any sprinter lose the event that is nearer to an end of the run.

    To an end of the contacts, not of the clip: he may wait in the blocks for half of it.
    """
    if not contacts:
        return contacts
    times_s = [t for c in contacts for t in (c.touchdown_s, c.toe_off_s) if np.isfinite(t)]
    if len(contacts) < 2:
        times_s = [time_s[0], time_s[-1]]
    seen = []
    for contact in contacts:
        if contact.toe_off_s - contact.touchdown_s < _LEAST_CONTACT_S:
            early = contact.touchdown_s - min(times_s) < max(times_s) - contact.toe_off_s
            lost = float("nan")
            contact = (
                replace(contact, touchdown_s=lost) if early else replace(contact, toe_off_s=lost)
            )
        seen.append(contact)
    return seen


def whole_at_ends(contacts: list[Contact]) -> list[Contact]:
    """Contacts of which the first and the last are long enough to have been seen whole, or half."""
    if not contacts:
        return contacts
    last = contacts[-1]
    if last.toe_off_s - last.touchdown_s < _LEAST_END_S:
        contacts = [*contacts[:-1], replace(last, toe_off_s=float("nan"))]
    first = contacts[0]
    if first.toe_off_s - first.touchdown_s < _LEAST_END_S:
        contacts = [replace(first, touchdown_s=float("nan")), *contacts[1:]]
    return contacts


def stood_at_first(contacts: list[Contact], time_s: FloatArray) -> list[Contact]:
    """The contacts, without a touchdown in the first half of the first frame of what was seen.

    There a smoothed toe that has stood before calms down.
    """
    if len(time_s) < 2:
        return contacts
    seen_from_s = time_s[0] + 0.5 * float(np.median(np.diff(time_s)))
    return [
        replace(contact, touchdown_s=float("nan")) if contact.touchdown_s < seen_from_s else contact
        for contact in contacts
    ]


def stood_before(
    contacts: list[Contact], ahead_leg: Mapping[Side, FloatArray], time_s: FloatArray
) -> list[Contact]:
    """The contacts, the first of a foot without a touchdown if it had stood in the blocks.

    Parameters
    ----------
    contacts : list of Contact
        In order of time.
    ahead_leg : mapping of side to ndarray, shape (T,)
        How far the ankle is ahead of the hip, in leg lengths; NaN means missing.
    time_s : ndarray, shape (T,)
    """
    found, known = [], set[Side]()
    for contact in contacts:
        first = contact.side not in known
        known.add(contact.side)
        if first and _stood(ahead_leg[contact.side], time_s, contact.touchdown_s):
            contact = replace(contact, touchdown_s=float("nan"))
        found.append(contact)
    return found


def _stood(ahead_leg: FloatArray, time_s: FloatArray, touchdown_s: float) -> bool:
    """Whether a foot was seen for long before it lands, and did not swing forward."""
    before = (time_s > touchdown_s - _SWUNG_WITHIN_S) & (time_s <= touchdown_s)
    seen = before & np.isfinite(ahead_leg)
    seen_s = touchdown_s - time_s[seen][0] if seen.any() else 0.0
    if seen_s < _SWUNG_SEEN_S:
        return False
    swung = ahead_leg[seen] - np.minimum.accumulate(ahead_leg[seen])
    return bool(swung.max() < (_SWUNG_LEG if seen_s >= _SWUNG_WHOLE_S else _SWUNG_END_LEG))
