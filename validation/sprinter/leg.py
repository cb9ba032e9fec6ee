"""One leg through a stride: the foot leads it in contact, curves of its angles in the swing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.curves import Curve, Knot, curve
from validation.sprinter.drills import Hop
from validation.sprinter.foot import Foot, Roll
from validation.sprinter.parameters import SideTechnique
from validation.sprinter.pelvis import Pelvis

FloatArray = NDArray[np.float64]

STEP_S = 1e-4
"""For differences that stand for derivatives."""
LANDING_MPS = np.array([2.8, 0.0, -1.9])
"""How the ankle comes down over the ground, which stops it at once (real: within 8 ms)."""
LEAVING_MPS = np.array([0.0, 0.0, 0.9])
PEAK_AFTER_S = 0.012
"""The thigh is highest this long after the other leg's toe-off (Dorn et al. 2012)."""
DELAY_SHARE = 0.5
"""How much of a late knee drive makes the peak late."""
USUAL_DELAY_S = 0.012
HELD_SHARE = 0.3
UNLOADED_KNEE_DEG_PER_S = 800.0
TOE_RELAX_S = 0.08
LIFT_FOLDS_SHARE = 0.6
SWING_SAMPLES = 150


class LegAngles(NamedTuple):
    """A leg's angles seen from the side, degrees, and the sideways slant of its plane."""

    thigh: float
    knee: float
    ankle: float
    toe: float
    slant: float


class Unreachable(ValueError):  # noqa: N818 - reads as what it says
    """The way over the ground is too long for the leg."""


@dataclass(frozen=True)
class Leg:
    """One leg of a runner.

    Attributes
    ----------
    pelvis : Pelvis
        What the leg hangs on.
    side : str
        ``left`` or ``right``.
    """

    pelvis: Pelvis
    side: str

    @property
    def technique(self) -> SideTechnique:
        """What is asked of this leg."""
        own: SideTechnique = getattr(self.pelvis.technique, self.side)
        return own

    @property
    def other(self) -> SideTechnique:
        """What is asked of the other leg."""
        side = "left" if self.side == "right" else "right"
        own: SideTechnique = getattr(self.pelvis.technique, side)
        return own

    @cached_property
    def foot(self) -> Foot:
        """The foot by itself."""
        return Foot(self.pelvis.body, self.side)

    @cached_property
    def roll(self) -> Roll:
        """How the foot pitches in contact."""
        hop = self.hop
        return Roll(self.technique, hop.start_s / hop.contact_s if hop.hop_s else None)

    @cached_property
    def hop(self) -> Hop:
        """The hop on this leg, in the middle of its contact."""
        run = self.pelvis.technique
        return Hop(self.technique.contact_time_s, run.hop_s, run.speed_mps * 1.3 * run.hop_s)

    @cached_property
    def lengths_m(self) -> tuple[float, float]:
        """Thigh and shank."""
        s, body = self.side[0], self.pelvis.body
        return body.length_m(f"thigh_{s}", f"calf_{s}"), body.length_m(f"calf_{s}", f"foot_{s}")

    @cached_property
    def touchdown_s(self) -> float:
        """When the foot comes down in the first stride."""
        return 0.0 if self.side == "right" else self.pelvis.stride_s / 2

    @cached_property
    def ground_m(self) -> FloatArray:
        """Where the ball joint of the flat foot stands in the first contact; z = 0."""
        technique, speed = self.technique, self.pelvis.technique.speed_mps
        ahead = technique.touchdown_ahead_share * speed * technique.contact_time_s
        ahead += technique.forefoot_ahead_m - self.hop.way_m / 2
        hip_x = self.pelvis.centre_m(self.touchdown_s)[0]
        y = self.foot.sign * self.pelvis.technique.step_width_m / 2
        return np.array([hip_x + ahead, y, 0.0])

    def stance(self, since_s: float, carried_m: FloatArray | None = None) -> LegAngles:
        """Angles in contact, by inverse kinematics, ``since_s`` after touchdown."""
        share = since_s / self.technique.contact_time_s
        foot_deg, toe_deg = self.roll.foot_deg(share), self.roll.toe_deg(share)
        ankle = self.ankle_m(since_s) + (0 if carried_m is None else carried_m)
        hip = self.pelvis.hip_m(self.side, self.touchdown_s + since_s)
        thigh, knee, slant = self._reach(ankle - hip)
        return LegAngles(thigh, knee, foot_deg - (thigh - knee), toe_deg - foot_deg, slant)

    def ankle_m(self, since_s: float) -> FloatArray:
        """The ankle in contact, shape (3,)."""
        share = since_s / self.technique.contact_time_s
        _, ankle = self.foot.on_ground(self.roll.foot_deg(share), self.roll.toe_deg(share))
        ahead, up = self.hop.moved_m(since_s)
        placed: FloatArray = self.ground_m + ankle + np.array([ahead, 0.0, up])
        return placed

    def _reach(self, way: FloatArray) -> tuple[float, float, float]:
        """Thigh and knee as seen from the side, and the plane's slant, from hip to ankle."""
        thigh, shank = self.lengths_m
        length = float(np.linalg.norm(way))
        if length > thigh + shank:
            raise Unreachable(f"the {self.side} foot is {length:.3f} m from the hip")
        slant = np.arctan2(way[1], -way[2])
        straight = np.arctan2(way[0], np.hypot(way[1], way[2]))
        at_hip = np.arccos((thigh**2 + length**2 - shank**2) / (2 * thigh * length))
        knee = np.pi - np.arccos((thigh**2 + shank**2 - length**2) / (2 * thigh * shank))
        upper, lower = (self._seen(a, slant) for a in (straight + at_hip, straight + at_hip - knee))
        return upper, upper - lower, float(np.rad2deg(slant))

    @staticmethod
    def _seen(angle: float, slant: float) -> float:
        """An angle in the slanted plane of the leg, as seen square from the side."""
        return float(np.rad2deg(np.arctan2(np.sin(angle), np.cos(angle) * np.cos(slant))))

    def at(self, time_s: float) -> LegAngles:
        """Angles at any time."""
        since = (time_s - self.touchdown_s) % self.pelvis.stride_s
        if since <= self.technique.contact_time_s:
            return self.stance(since)
        return LegAngles(*(float(part(since)) for part in self._swing))

    @cached_property
    def peak_s(self) -> float:
        """When the thigh is highest, after touchdown."""
        step, share = self.pelvis.stride_s / 2, self.technique.peak_share
        if share is not None:
            return step + share * self.other.contact_time_s
        late = DELAY_SHARE * (self.technique.knee_drive_delay_s - USUAL_DELAY_S)
        return step + self.other.contact_time_s + PEAK_AFTER_S + late

    @property
    def fastest_deg_per_s(self) -> float:
        """How fast the thigh swings, at most."""
        swing_s = np.linspace(self.technique.contact_time_s, self.pelvis.stride_s, SWING_SAMPLES)
        thigh_deg = np.array([float(self._swing[0](time_s)) for time_s in swing_s])
        return float(np.abs(np.gradient(thigh_deg, swing_s)).max())

    @property
    def _is_late(self) -> bool:
        """Whether the thigh goes on backwards after toe-off, if only for some milliseconds."""
        return self.technique.knee_drive_delay_s > 0.001

    @cached_property
    def _ends(self) -> tuple[LegAngles, LegAngles, LegAngles, LegAngles]:
        """Angles and speeds as the foot leaves, then angles and speeds as it comes down."""
        contact, pace = self.technique.contact_time_s, self.pelvis.technique.swing_pace
        leaves, lands = self.stance(contact), self.stance(0.0)
        after = self.stance(contact + STEP_S, self._stay(contact) + pace * LEAVING_MPS * STEP_S)
        before = self.stance(-STEP_S, self._stay(0.0, -STEP_S) - pace * LANDING_MPS * STEP_S)
        out = LegAngles(*((b - a) / STEP_S for a, b in zip(leaves, after, strict=True)))
        down = LegAngles(*((b - a) / STEP_S for a, b in zip(before, lands, strict=True)))
        pitching = (self.roll.foot_deg(1) - self.roll.foot_deg(1 - 1e-3)) / (1e-3 * contact)
        # Once unloaded the knee bends at once, and the foot goes up rather than forward.
        knee = max(out.knee, pace * UNLOADED_KNEE_DEG_PER_S)
        thigh = min(out.thigh, -80.0) if self._is_late else out.thigh
        out = out._replace(thigh=thigh, knee=knee, ankle=pitching - (thigh - knee), toe=0.0)
        # The ankle is held before it gives under the load, so the foot turns with the shank.
        return leaves, out, lands, down._replace(toe=0.0, ankle=HELD_SHARE * down.ankle)

    def _stay(self, since_s: float, step_s: float = STEP_S) -> FloatArray:
        """What the ankle would go on moving by, as the foot rolls up to this moment."""
        sign = 1 if since_s else 0
        return sign * (self.ankle_m(since_s) - self.ankle_m(since_s - abs(step_s)))

    @cached_property
    def _swing(self) -> tuple[Curve, ...]:
        """Curves of the five angles between toe-off and the next touchdown."""
        return (
            self._thigh_curve(),
            self._knee_curve(),
            self._ankle_curve(),
            self._toe_curve(),
            self._slant_curve(),
        )

    def _between(self, part: str, *inner: Knot) -> Curve:
        """A curve of one angle from toe-off to touchdown through inner knots."""
        leaves, out, lands, down = (getattr(end, part) for end in self._ends)
        first = Knot(self.technique.contact_time_s, leaves, out)
        return curve(first, *inner, Knot(self.pelvis.stride_s, lands, down))

    def _thigh_curve(self) -> Curve:
        ask, leaves, out = self.technique, self._ends[0].thigh, self._ends[1].thigh
        knots = [Knot(self.peak_s, ask.peak_thigh_deg, 0.0)]
        if self._is_late:
            # 0.4 of the way at full speed lets the thigh run out without turning on the way.
            lowest = leaves + 0.4 * out * ask.knee_drive_delay_s
            knots.insert(0, Knot(ask.contact_time_s + ask.knee_drive_delay_s, lowest, 0.0))
        return self._between("thigh", *knots)

    def _shank_at_peak_deg(self) -> float:
        return float(np.rad2deg(np.arcsin(self.technique.foot_ahead_of_knee_share)))

    def _knee_curve(self) -> Curve:
        ask = self.technique
        fold_s = self.pelvis.stride_s / 2 + ask.fold_share * self.other.contact_time_s
        fold_s += 0.5 * (self.peak_s - PEAK_AFTER_S - self.pelvis.stride_s / 2)
        fold_s -= 0.5 * self.other.contact_time_s
        if ask.peak_share is not None:  # a knee that is lifted bends as it rises
            fold_s = ask.contact_time_s + LIFT_FOLDS_SHARE * (self.peak_s - ask.contact_time_s)
        at_peak = ask.peak_thigh_deg - self._shank_at_peak_deg()
        fold = Knot(fold_s, max(ask.swing_knee_deg, at_peak + 8), 0.0)
        return self._between("knee", fold, Knot(self.peak_s, at_peak, None))

    def _ankle_curve(self) -> Curve:
        ask, leaves = self.technique, self._ends[0].ankle
        at_peak = ask.ankle_at_peak_deg
        if ask.foot_pitch_at_peak_deg is not None:
            at_peak = ask.foot_pitch_at_peak_deg - self._shank_at_peak_deg()
        middle_s = 0.5 * (ask.contact_time_s + self.peak_s)
        middle = Knot(
            middle_s, 0.45 * leaves + 0.55 * at_peak + ask.swing_ankle_extra_deg, None
        )
        return self._between("ankle", middle, Knot(self.peak_s, at_peak, 0.0))

    def _toe_curve(self) -> Curve:
        contact, stride = self.technique.contact_time_s, self.pelvis.stride_s
        relaxed = Knot(min(contact + TOE_RELAX_S, self.peak_s - 0.02), 0.0, 0.0)
        return self._between("toe", relaxed, Knot(min(self.peak_s + 0.02, stride - 0.03), 0.0, 0.0))

    def _slant_curve(self) -> Curve:
        inward = -self.foot.sign * 1.0
        return self._between("slant", Knot(self.peak_s, inward, None))
