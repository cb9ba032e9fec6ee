"""Drills of the warm-up and a slow jog: what they ask of the body, and how the hips go in them.

A drill is a set of technique parameters (`DRILLS`); each of them may be set otherwise. What a
sprint has not: a contact longer than a step, so that both feet stand at times (a march), and a
contact with a hop in its middle, in which the standing foot leaves the ground and comes down again
(a skip).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GRAVITY = 9.81

_ON_THE_WAY = {
    "pelvis_rotation_deg": 4.0,
    "pelvis_obliquity_deg": 2.0,
    "shoulder_rotation_deg": 6.0,
    "knee_drive_delay_s": 0.0,
    "trunk_lean_deg": 1.0,
    "peak_thigh_deg": 90.0,
    "foot_ahead_of_knee_share": -0.08,
    "ankle_at_peak_deg": 5.0,
    "touchdown_ahead_share": 0.45,
    "forefoot_ahead_m": 0.03,
    "touchdown_reach_share": 0.989,
}
"""Knees up, trunk upright, shank hanging, foot under the hips."""

DRILLS: dict[str, dict[str, Any]] = {
    "high_knees": _ON_THE_WAY
    | {
        "speed_mps": 1.2,
        "step_rate_hz": 3.6,
        "contact_time_s": 0.17,
        "peak_share": 0.62,
        "swing_knee_deg": 105.0,
        "touchdown_foot_pitch_deg": -12.0,
        "toe_off_foot_pitch_deg": -38.0,
        "swing_pace": 0.55,
    },
    "a_march": _ON_THE_WAY
    | {
        "speed_mps": 0.7,
        "step_rate_hz": 1.5,
        "contact_time_s": 0.71,
        "peak_share": 0.55,
        "touchdown_ahead_share": 0.38,
        "swing_knee_deg": 100.0,
        "touchdown_foot_pitch_deg": -6.0,
        "toe_off_foot_pitch_deg": -34.0,
        "swing_pace": 0.25,
        "arm_share": 0.8,
    },
    "a_skip": _ON_THE_WAY
    | {
        "speed_mps": 1.3,
        "step_rate_hz": 1.8,
        "contact_time_s": 0.52,
        "hop_s": 0.2,
        "peak_share": 0.5,
        "swing_knee_deg": 102.0,
        "touchdown_foot_pitch_deg": -8.0,
        "toe_off_foot_pitch_deg": -38.0,
        "swing_pace": 0.4,
    },
    "jog": {
        "speed_mps": 3.0,
        "step_rate_hz": 2.7,
        "contact_time_s": 0.26,
        "peak_thigh_deg": 38.0,
        "foot_ahead_of_knee_share": -0.45,
        "swing_knee_deg": 90.0,
        "ankle_at_peak_deg": 0.0,
        "touchdown_foot_pitch_deg": 8.0,
        "toe_off_foot_pitch_deg": -55.0,
        "touchdown_ahead_share": 0.42,
        "knee_drive_delay_s": 0.0,
        "pelvis_rotation_deg": 6.0,
        "pelvis_obliquity_deg": 4.0,
        "trunk_lean_deg": 5.0,
        "swing_pace": 0.5,
        "arm_share": 0.6,
    },
}
"""By their names for ``technique.drill``."""


@dataclass(frozen=True)
class Phase:
    """A contact of either foot, and the flight after it; a flight of 0 where a foot is down."""

    contact_s: float
    flight_s: float


def phases(contact_s: float, step_s: float, hop_s: float) -> list[Phase]:
    """The phases of one step: one, or two where a hop parts the contact."""
    last = Phase(contact_s, max(0.0, step_s - contact_s))
    if not hop_s:
        return [Phase(min(contact_s, step_s), last.flight_s)]
    stands_s = (contact_s - hop_s) / 2
    return [Phase(stands_s, hop_s), Phase(stands_s, last.flight_s)]


def rise_m(run: list[Phase], since_s: float) -> float:
    """Height of the hips over that at touchdown: a fall in flight, a smooth turn in contact.

    Parameters
    ----------
    run : list of Phase
        Those of a stride, which repeat.
    since_s : float
        Time since the first of them began, within the stride.
    """
    before_s = run[-1].flight_s
    for phase in run:
        if since_s < phase.contact_s:
            u = since_s / phase.contact_s
            landing, leaving = -GRAVITY * before_s / 2, GRAVITY * phase.flight_s / 2
            return phase.contact_s * u * (1 - u) * (landing * (1 - u) - leaving * u)
        since_s -= phase.contact_s
        if since_s < phase.flight_s:
            return fall_m(since_s, phase.flight_s)
        since_s, before_s = since_s - phase.flight_s, phase.flight_s
    return 0.0


def fall_m(since_s: float, flight_s: float) -> float:
    """Height over where a flight began; it ends as high."""
    return GRAVITY / 2 * since_s * (flight_s - since_s)


@dataclass(frozen=True)
class Hop:
    """A hop on the standing leg, in the middle of its contact.

    Attributes
    ----------
    contact_s : float
        From the foot's touchdown to its last toe-off.
    hop_s : float
        Of it, how long the foot is in the air; 0 for none.
    way_m : float
        How far it carries the foot.
    """

    contact_s: float
    hop_s: float
    way_m: float

    @property
    def start_s(self) -> float:
        """When the foot leaves the ground, after its touchdown."""
        return (self.contact_s - self.hop_s) / 2

    def stands_s(self) -> list[tuple[float, float]]:
        """From when to when the foot stands, after its touchdown."""
        if not self.hop_s:
            return [(0.0, self.contact_s)]
        return [(0.0, self.start_s), (self.start_s + self.hop_s, self.contact_s)]

    def share(self, since_s: float) -> float:
        """How much of the hop is done, 0 to 1."""
        if not self.hop_s:
            return 0.0
        return min(max((since_s - self.start_s) / self.hop_s, 0.0), 1.0)

    def moved_m(self, since_s: float) -> tuple[float, float]:
        """How far ahead and how high the hop has carried the foot."""
        share = self.share(since_s)
        ahead_m = self.way_m * share * share * (3 - 2 * share)
        return ahead_m, fall_m(share * self.hop_s, self.hop_s)
