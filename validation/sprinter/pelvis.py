"""The way of the pelvis: steady forward, falling in flight, turning with the stride."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.body import Body
from validation.sprinter.drills import Phase, phases, rise_m
from validation.sprinter.parameters import Technique
from validation.sprinter.rotations import pitch, roll, yaw

FloatArray = NDArray[np.float64]

STANDING_TILT_DEG = 8.0


@dataclass(frozen=True)
class Pelvis:
    """Motion of the pelvis over the ground; phase 0 is the touchdown of the right foot.

    Attributes
    ----------
    body : Body
        Who runs.
    technique : Technique
        How.
    height_m : float
        Of the middle of the hips at touchdown and toe-off.
    """

    body: Body
    technique: Technique
    height_m: float = 0.0

    @property
    def stride_s(self) -> float:
        """Time of a stride: two steps."""
        return 2 / self.technique.step_rate_hz

    def rise_m(self, time_s: float) -> float:
        """Height over that at touchdown: a fall in flight, a smooth turn in contact."""
        return rise_m(self._phases, time_s % self.stride_s)

    @cached_property
    def _phases(self) -> list[Phase]:
        """Those of a stride, the right foot's step first."""
        ask = self.technique
        return [
            phase
            for side in (ask.right, ask.left)
            for phase in phases(side.contact_time_s, self.stride_s / 2, ask.hop_s)
        ]

    def rotation_deg(self, time_s: float) -> float:
        """Turn about the vertical, positive with the right hip ahead."""
        right = self.technique.right.pelvis_rotation_deg
        left = self.technique.left.pelvis_rotation_deg
        wave = np.cos(2 * np.pi * (time_s / self.stride_s - self.technique.pelvis_ahead_phase))
        return float((right - left) / 2 + (right + left) / 2 * wave)

    def turn(self, time_s: float, lean_deg: float = 0.0) -> FloatArray:
        """Rotation from rest, shape (3, 3); part of the trunk's lean is the pelvis's."""
        wave = np.cos(2 * np.pi * (time_s / self.stride_s - self.technique.pelvis_up_phase))
        side = roll(-self.technique.pelvis_obliquity_deg * float(wave))
        tilt = pitch(STANDING_TILT_DEG * 0.5 + 0.6 * lean_deg)
        turned: FloatArray = yaw(self.rotation_deg(time_s)) @ side @ tilt
        return turned

    def centre_m(self, time_s: float) -> FloatArray:
        """The middle between the hips, shape (3,)."""
        x = self.technique.speed_mps * time_s
        return np.array([x, 0.0, self.height_m + self.rise_m(time_s)])

    def hip_m(self, side: str, time_s: float) -> FloatArray:
        """A hip joint centre, shape (3,); the lean turns the pelvis about the hips' own line."""
        rest = self.body.heads_m[f"thigh_{side[0]}"] - self.body.heads_m["pelvis"]
        hip: FloatArray = self.centre_m(time_s) + self.turn(time_s) @ rest
        return hip
