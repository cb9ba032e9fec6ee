"""Ground contacts of a run that is seen from the front or the rear.

A foot that stands stays as far under the hips as the leg is long; how fast it comes down to there
and goes up again says when it lands and leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.ndimage import percentile_filter
from scipy.signal import find_peaks

from kneedrive_cv.kinematics.contact import Contact, Side
from kneedrive_cv.kinematics.series import find_holes

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

STANDS_SHARE = 0.7
"""Of the way between a foot's lowest and highest: it stands only where it is lower than this."""

DEEP_SHARE = 0.9
"""Where it is lower than this it surely stands."""

TOUCHDOWN_SHARE = 0.30
TOE_OFF_SHARE = 0.50
"""Of the greatest speed down before the contact, and up after it: where the contact begins and
ends. Set on rendered sprints; `validation/pelvis.py` prints the errors."""

LANDS_SHARE = 0.25
LANDS_BEFORE_S = 0.09
"""What lets a foot go down a little faster while it stands is less than this of how it lands, or
this shortly before it leaves."""

LEAVES_SHARE = 0.5
"""A foot leaves where it first goes up at this share of its greatest speed near there."""

_MIN_SWING = 0.12
"""Least way of a foot up and down, in leg lengths, of a run."""

_MIN_SPEED = 1.2
"""Leg lengths a second: a foot that moves up or down more slowly neither lands nor leaves."""

_ENDS = (3, 95)
"""Per cent of the time in which a foot is higher than its highest, lower than its lowest."""

_AROUND_S = 0.8
_COARSE = 8
_NEAR_S = 0.10
_FINE_STEP_S = 0.001
_CONTACT_S = (0.04, 0.40)
_LEAST_CONTACTS = 3
_USUAL_SHARE = (0.65, 1.5)
LEAST_STEP_S = 0.15
_LEAST_STRIDE_S = 0.3


def find_frontal_contacts(
    foot_drop: Mapping[Side, FloatArray],
    time_s: FloatArray,
    *,
    landing_drop: Mapping[Side, FloatArray] | None = None,
) -> list[Contact]:
    """Ground contacts from how far the feet are under the hips.

    A foot comes down, stops, stands and is pulled up. The contact begins where its way down has
    all but stopped and ends where its way up gathers speed.

    Parameters
    ----------
    foot_drop : mapping of side to ndarray, shape (T,)
        How far the forefoot is under the middle of the hips, in leg lengths; NaN where missing.
    time_s : ndarray, shape (T,)
        Where frames are missing for long, no foot is taken to land or to leave.
    landing_drop : mapping of side to ndarray, shape (T,), optional
        The same of the part of the foot that tells when it lands; by default the forefoot.

    Returns
    -------
    list of Contact
        In order of time. Their speed is not known from here.
    """
    found = [
        contact
        for side, drop in foot_drop.items()
        for contact in _contacts(side, drop, (landing_drop or foot_drop)[side], time_s)
    ]
    in_turn = _without_double_support(_in_turn(sorted(found, key=_middle_s)))
    return _without_odd_touchdowns(in_turn)


def _without_double_support(contacts: list[Contact]) -> list[Contact]:
    """No foot of a runner lands before the other has left: such a touchdown is misread.

    A foot that swings forward all but as low as it stands seems to stand already.
    """
    kept: list[Contact] = []
    for contact in contacts:
        before = kept[-1] if kept else contact
        both = before.side != contact.side and contact.touchdown_s < before.toe_off_s
        kept.append(replace(contact, touchdown_s=float("nan")) if both else contact)
    return kept


def _in_turn(contacts: list[Contact]) -> list[Contact]:
    """The contacts, without those half seen that are too near to a whole one to be the next step.

    A foot that swings forward low and late may seem to stand, and to leave, before it lands.
    """
    whole = [c for c in contacts if np.isfinite(c.toe_off_s - c.touchdown_s)]
    return [
        c
        for c in contacts
        if not any(
            abs(getattr(c, event) - getattr(other, event))
            < (_LEAST_STRIDE_S if c.side == other.side else LEAST_STEP_S)
            for other in whole
            for event in ("touchdown_s", "toe_off_s")
            if other is not c and not np.isfinite(c.toe_off_s - c.touchdown_s)
        )
    ]


def _without_odd_touchdowns(contacts: list[Contact]) -> list[Contact]:
    """A contact far shorter or longer than the others has a misread beginning: it is dropped."""
    lengths_s = np.array([c.toe_off_s - c.touchdown_s for c in contacts])
    if np.isfinite(lengths_s).sum() < _LEAST_CONTACTS:
        return contacts
    share = lengths_s / np.nanmedian(lengths_s)
    odd = (share < _USUAL_SHARE[0]) | (share > _USUAL_SHARE[1])
    return [
        replace(c, touchdown_s=float("nan")) if is_odd else c
        for c, is_odd in zip(contacts, odd, strict=True)
    ]


def _middle_s(contact: Contact) -> float:
    return float(np.nanmean([contact.touchdown_s, contact.toe_off_s]))


def _contacts(
    side: Side, drop: FloatArray, landing: FloatArray, time_s: FloatArray
) -> list[Contact]:
    """The contacts of one foot."""
    ok = np.isfinite(drop) & np.isfinite(landing)
    if ok.sum() < 6:
        return []
    high, low = np.percentile(drop[ok], _ENDS)
    if low - high < _MIN_SWING:
        return []
    curve = CubicSpline(time_s[ok], drop[ok])
    fine_s = np.arange(time_s[ok][0], time_s[ok][-1], _FINE_STEP_S)
    near = np.interp(fine_s, time_s[ok], np.arange(len(drop))[ok])
    seen = ok[np.clip(np.round(near).astype(int), 0, len(ok) - 1)]
    seen &= ~np.isin(np.searchsorted(time_s, fine_s), find_holes(time_s)[0])
    lowness = _lowness(np.asarray(curve(fine_s)))
    stands = lowness > STANDS_SHARE
    speed = np.asarray(curve(fine_s, 1))
    lands = np.asarray(CubicSpline(time_s[ok], landing[ok])(fine_s, 1))
    spans = [(a, b) for a, b in _runs(stands) if seen[a:b].all()]
    if spans and spans[-1][1] == len(fine_s) and not _has_landed(lowness, lands, spans[-1][0]):
        spans = spans[:-1]
    return [c for a, b in spans if (c := _contact(side, a, b, (lands, speed), fine_s, seen))]


def _has_landed(lowness: FloatArray, speed: FloatArray, start: int) -> bool:
    """Whether a span that ends with the clip shows a foot that stands.

    It may only pause on its way down, higher than it stands: then it is low for long, or deep.
    """
    fastest = max(0, start - round(_NEAR_S / _FINE_STEP_S))
    fastest += int(np.argmax(speed[fastest:]))
    lasts = len(speed) - fastest >= round(LANDS_BEFORE_S / _FINE_STEP_S)
    return lasts or bool(lowness[start:].max() > DEEP_SHARE)


def _lowness(drop: FloatArray) -> FloatArray:
    """How low a foot is at every moment: 0 at its highest in the strides around, 1 at its lowest.

    Not in the whole clip: who rises out of the blocks seems to shrink.
    """
    coarse = drop[::_COARSE]
    size = round(_AROUND_S / _FINE_STEP_S) // _COARSE
    high, low = (percentile_filter(coarse, at, size=size, mode="nearest") for at in _ENDS)
    high, low = (np.repeat(end, _COARSE)[: len(drop)] for end in (high, low))
    return np.asarray((drop - high) / np.maximum(low - high, _MIN_SWING / 2))


def _runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Half-open spans of true values."""
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False].astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _contact(
    side: Side,
    start: int,
    stop: int,
    speeds: tuple[FloatArray, FloatArray],
    fine_s: FloatArray,
    seen: BoolArray,
) -> Contact | None:
    """The contact within one span in which a foot is low; None if neither end was seen.

    ``speeds`` are those down of what tells the landing, and of the forefoot.
    """
    lands, leaves = speeds
    left = _leaves(leaves, start, stop)
    landed = _lands(lands, start, stop if left is None else left)
    landed, left = (None if at is None or not seen[at] else at for at in (landed, left))
    if landed is None and left is None:
        return None
    touchdown_s = float("nan") if landed is None else float(fine_s[landed])
    toe_off_s = float("nan") if left is None else float(fine_s[left])
    length_s = toe_off_s - touchdown_s
    if np.isfinite(length_s) and not _CONTACT_S[0] <= length_s <= _CONTACT_S[1]:
        return None
    return Contact(side, touchdown_s, toe_off_s, float("nan"))


def _leaves(speed: FloatArray, start: int, stop: int) -> int | None:
    """Where a foot is pulled up at the end of a span; None where the span ends the clip."""
    last = min(len(speed), stop + round(_NEAR_S / _FINE_STEP_S))
    fastest = stop - 1 + int(np.argmin(speed[stop - 1 : last]))
    if stop >= len(speed) or speed[fastest] > -_MIN_SPEED or fastest >= len(speed) - 2:
        return None
    least = LEAVES_SHARE * -speed[fastest]
    ups, _ = find_peaks(-speed[start:fastest], height=least, prominence=_MIN_SPEED)
    if len(ups):  # on its way up a foot may pause too
        fastest = start + int(ups[0])
    slow = np.flatnonzero(speed[start:fastest] > TOE_OFF_SHARE * speed[fastest])
    return start + int(slow[-1]) if len(slow) else None


def _lands(speed: FloatArray, start: int, stop: int) -> int | None:
    """Where a foot's way down ends for the last time before it leaves; None if it was not seen.

    On its way down a foot may pause: it swings forward close to the ground before it lands. While
    it stands it may still go down in the picture: from the rear the hips leave it behind, and the
    camera looks down on it. So the end of its way down is where its speed falls to that of the
    rest of the contact.
    """
    before_end = stop - round(_CONTACT_S[0] / _FINE_STEP_S)
    first = max(0, start - round(_NEAR_S / _FINE_STEP_S))
    if before_end <= start:
        return None
    peaks, how = find_peaks(speed[first:stop], height=_MIN_SPEED, prominence=_MIN_SPEED / 2)
    rises = how["prominences"]
    clear = rises >= max(_MIN_SPEED, LANDS_SHARE * rises.max(initial=0.0))
    clear |= peaks < stop - first - round(LANDS_BEFORE_S / _FINE_STEP_S)
    peaks = peaks[clear & (peaks < before_end - first)]
    if not len(peaks):  # he came down so evenly that there is no peak
        peaks = np.array([np.argmax(speed[first:before_end])])
        if start == 0 or speed[first + peaks[0]] < _MIN_SPEED:
            return None
    fastest = first + int(peaks[-1])
    stands = max(0.0, float(np.median(speed[fastest:stop])))
    slow = speed[fastest:before_end] < stands + TOUCHDOWN_SHARE * (speed[fastest] - stands)
    return fastest + int(np.argmax(slow)) if slow.any() else None
