"""The whole runner at any time: pelvis, legs, trunk, head and arms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.body import PARENTS, Body, Pose
from validation.sprinter.leg import Leg, LegAngles, Unreachable
from validation.sprinter.parameters import Technique
from validation.sprinter.pelvis import Pelvis
from validation.sprinter.rotations import about_axis, between, cross, halfway, pitch, roll, yaw

FloatArray = NDArray[np.float64]

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
REACH_SHARE = 0.993
"""How straight the leg may get in contact: of thigh and shank in line."""
LEAST_HEIGHT_SHARE = 0.80
"""The hips of a sprinter are never lower than this share of the standing leg."""
ARM_FORWARD_DEG, ARM_BACK_DEG = 42.0, -62.0
ELBOW_DEG, ELBOW_SWING_DEG = 88.0, 22.0
ARM_PEAK_PHASE = 0.22
"""Of the stride from the same side's touchdown: when the other thigh is highest."""


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Gait:
    """A runner at constant speed; time 0 is a touchdown of the right foot at x = 0.

    Attributes
    ----------
    body : Body
        Who.
    technique : Technique
        How.
    pelvis : Pelvis
        Its motion, with the height that lets both feet reach the ground.
    """

    body: Body
    technique: Technique
    pelvis: Pelvis

    @cached_property
    def legs(self) -> dict[str, Leg]:
        """Both legs, ``left`` and ``right``."""
        return {side: Leg(self.pelvis, side) for side in SIDES}

    def lean_deg(self, time_s: float) -> float:
        """Forward lean of the trunk."""
        ask = self.technique
        late = max(0.0, time_s) / ask.block_rise_s
        return ask.trunk_lean_deg + ask.block_start_lean_deg * float(np.exp(-late))

    def pose(self, time_s: float) -> Pose:
        """Every bone's rotation and head at a time."""
        pose = self.legs_pose(time_s)
        lean = self.lean_deg(time_s)
        # The shoulders are not on the spine's own line: tilt the chest until the lean is true.
        first = self._trunk(pose, time_s, lean)
        second = self._trunk(pose, time_s, lean + 4.0)
        self._trunk(pose, time_s, lean + 4.0 * (lean - first) / (second - first))
        for side in SIDES:
            self._arm(pose, side, time_s)
        return pose

    def legs_pose(self, time_s: float) -> Pose:
        """Pelvis and legs alone, which is all that touches the ground."""
        turn = self.pelvis.turn(time_s, self.lean_deg(time_s))
        pose: Pose = {"pelvis": (turn, self.pelvis.centre_m(time_s))}
        for side, leg in self.legs.items():
            self._leg(pose, leg, side, leg.at(time_s))
        return pose

    def _place(self, pose: Pose, bone: str, turn: FloatArray) -> None:
        """Turn a bone."""
        pose[bone] = (turn, self._head_m(pose, bone))

    def _head_m(self, pose: Pose, bone: str) -> FloatArray:
        """Where a bone begins, by the bone that it hangs on."""
        above, at = pose[PARENTS[bone]]
        rest = self.body.heads_m[bone] - self.body.heads_m[PARENTS[bone]]
        return at + above @ rest

    def _leg(self, pose: Pose, leg: Leg, side: str, angles: LegAngles) -> None:
        s, heads = side[0], self.body.heads_m
        hinge = roll(angles.slant) @ np.array([0.0, 1.0, 0.0])
        rest_hinge = np.array([0.0, 1.0, 0.0])
        shank = angles.thigh - angles.knee
        for bone, end, seen in (
            (f"thigh_{s}", f"calf_{s}", angles.thigh),
            (f"calf_{s}", f"foot_{s}", shank),
        ):
            along = _in_leg_plane(seen, angles.slant)
            turn = between(heads[end] - heads[bone], rest_hinge, along, hinge)
            self._place(pose, bone, turn)
        foot_deg = shank + angles.ankle
        self._place(pose, f"foot_{s}", leg.foot.turn(foot_deg))
        self._place(pose, f"ball_{s}", leg.foot.turn(foot_deg + angles.toe))

    def _trunk(self, pose: Pose, time_s: float, chest_deg: float) -> float:
        """Place spine, head and collarbones for a pitch of the chest; returns its lean."""
        twist = self._twist_deg(time_s)
        low, chest = pose["pelvis"][0], yaw(twist) @ pitch(chest_deg)
        for bone, share in (("spine_01", 0.33), ("spine_02", 0.67), ("spine_03", 1.0)):
            self._place(pose, bone, halfway(low, chest, share))
        gaze = yaw(0.15 * twist) @ pitch(3 + 0.45 * max(0.0, self.lean_deg(time_s) - 8))
        self._place(pose, "neck_01", halfway(chest, gaze, 0.5))
        self._place(pose, "head", gaze)
        for side in SIDES:
            turn = yaw(-4 * (1 if side == "left" else -1) * self._arm_wave(side, time_s))
            self._place(pose, f"clavicle_{side[0]}", pose["spine_03"][0] @ turn)
        shoulders = (self._head_m(pose, "upperarm_l") + self._head_m(pose, "upperarm_r")) / 2
        up = shoulders - pose["pelvis"][1]
        return float(np.rad2deg(np.arctan2(up[0], up[2])))

    def _twist_deg(self, time_s: float) -> float:
        """How far the shoulders are turned to the left."""
        ask, stride = self.technique, self.pelvis.stride_s
        wave = float(np.cos(2 * np.pi * (time_s / stride - ask.shoulder_back_phase)))
        return -ask.shoulder_rotation_deg * wave

    def _arm_wave(self, side: str, time_s: float) -> float:
        """How far an arm has swung: 1 foremost, -1 rearmost, less where the arms do less."""
        phase = time_s / self.pelvis.stride_s - (0.5 if side == "left" else 0.0)
        return float(np.cos(2 * np.pi * (phase - ARM_PEAK_PHASE))) * self.technique.arm_share

    def _arm(self, pose: Pose, side: str, time_s: float) -> None:
        s, sign, heads = side[0], 1 if side == "left" else -1, self.body.heads_m
        twist_deg, wave = self._twist_deg(time_s), self._arm_wave(side, time_s)
        upper = (ARM_FORWARD_DEG + ARM_BACK_DEG) / 2 + (ARM_FORWARD_DEG - ARM_BACK_DEG) / 2 * wave
        lower = upper + ELBOW_DEG + ELBOW_SWING_DEG * wave
        outward = yaw(0.5 * twist_deg) @ roll(11 * sign)
        directions = (
            outward @ _in_leg_plane(upper, 0.0),
            outward @ yaw(-sign * (8 + 14 * max(0.0, wave))) @ _in_leg_plane(lower, 0.0),
        )
        elbow, hand = heads[f"lowerarm_{s}"], heads[f"hand_{s}"]
        rests = (elbow - heads[f"upperarm_{s}"], hand - elbow)
        hinge = _forward_bend(cross(rests[1], rests[0]))
        bend = _forward_bend(cross(directions[1], directions[0]))
        for bone, rest, along in zip(("upperarm", "lowerarm"), rests, directions, strict=True):
            self._place(pose, f"{bone}_{s}", between(rest, hinge, along, bend))
        fore = pose[f"lowerarm_{s}"][0]
        # Thumbs up: the rest pose has the palms down.
        self._place(pose, f"hand_{s}", about_axis(directions[1], 35.0 * sign) @ fore)


def _in_leg_plane(seen_deg: float, slant_deg: float) -> FloatArray:
    """Direction, shape (3,), in a plane that slants sideways, by its angle as seen from the side.

    0 is down, 90 forward; the angle in the plane differs a little from the one that is seen.
    """
    seen, slant = np.deg2rad(seen_deg), np.deg2rad(slant_deg)
    angle = np.arctan2(np.sin(seen) * np.cos(slant), np.cos(seen))
    down = np.array([0.0, np.sin(slant), -np.cos(slant)])
    along: FloatArray = np.sin(angle) * np.array([1.0, 0.0, 0.0]) + np.cos(angle) * down
    return along


def _forward_bend(hinge: FloatArray) -> FloatArray:
    """The elbow's hinge with its sign such that both sides bend alike."""
    return hinge if hinge[1] > 0 else -hinge


def build_gait(body: Body, technique: Technique) -> Gait:
    """A gait with the hips as high as both legs can reach from.

    Parameters
    ----------
    body : Body
        Who runs.
    technique : Technique
        What is asked.

    Returns
    -------
    Gait

    Raises
    ------
    Unreachable
        Speed times contact time is too long a way for these legs.
    """
    pelvis = Pelvis(body, technique)
    height = min(_highest_m(Leg(pelvis, side)) for side in SIDES)
    standing = float(body.heads_m["pelvis"][2])
    if height < LEAST_HEIGHT_SHARE * standing:
        raise Unreachable(
            f"the feet cannot reach: at {technique.speed_mps} m/s a contact this long covers "
            f"too much ground for a stature of {body.stature_m} m; lower speed_mps or "
            "contact_time_s"
        )
    return Gait(body, technique, replace(pelvis, height_m=height))


def _highest_m(leg: Leg) -> float:
    """How high the hips may be so that a leg reaches its foot all through a contact."""
    contact, full = leg.technique.contact_time_s, sum(leg.lengths_m)
    heights, landing = [], leg.technique.touchdown_reach_share
    for share in np.linspace(0, 1, 41):
        since = float(share) * contact
        easing = min(1.0, share / 0.3)
        reach = full * (landing + easing * (REACH_SHARE - landing))
        hip = leg.pelvis.hip_m(leg.side, leg.touchdown_s + since)
        ankle = leg.ankle_m(since)
        left = reach**2 - float(((ankle - hip)[:2] ** 2).sum())
        heights.append(ankle[2] + np.sqrt(left) - hip[2] if left > 0 else -np.inf)
    return float(min(heights))
