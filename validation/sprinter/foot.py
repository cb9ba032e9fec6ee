"""The foot on the ground: soles touch z = 0 and do not slip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from validation.sprinter.body import Body
from validation.sprinter.parameters import SideTechnique
from validation.sprinter.rotations import pitch, yaw

FloatArray = NDArray[np.float64]

TOE_OUT_DEG = 4.0
TOE_LEAVES_SHARE = 0.72
"""Of the contact; until then the toes lie flat, then the shoe rolls over its tip."""
TOE_RAISED_DEG, TOE_LANDS_SHARE = 22.0, 0.2
"""The ball lands first and the toes come down in this share (Dorn et al. 2012: in 20 ms)."""
HOP_FOOT_DEG = -26.0
"""How far the heel is up as a hop begins, and in it."""
TOE_SHARE = 0.6
"""How far the toes have pitched at toe-off, of the foot's own pitch."""


@dataclass(frozen=True)
class Foot:
    """One foot, taken from the leg: bones foot and ball, and the sole below them."""

    body: Body
    side: str

    @cached_property
    def sign(self) -> int:
        """1 for the left, -1 for the right."""
        return 1 if self.side == "left" else -1

    @cached_property
    def _rest(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Ankle and sole from the ball joint, and how much of the sole the toes carry."""
        ball = self.body.heads_m[f"ball_{self.side[0]}"]
        ankle = self.body.heads_m[f"foot_{self.side[0]}"] - ball
        vertices = self.body.soles[self.side]
        share = self.body.weights[vertices, self.body.bones.index(f"ball_{self.side[0]}")]
        return ankle, self.body.vertices_m[vertices] - ball, share

    @cached_property
    def straight(self) -> FloatArray:
        """Rotation that turns the shoe of the rest pose to point straight ahead."""
        heel = self.body.landmarks_m[f"{self.side}_heel"][0]
        toe = self.body.landmarks_m[f"{self.side}_foot_index"][0]
        return yaw(-float(np.rad2deg(np.arctan2(toe[1] - heel[1], toe[0] - heel[0]))))

    def turn(self, pitch_deg: float) -> FloatArray:
        """Rotation of the foot or the toes from rest, toes up positive, shape (3, 3)."""
        turned: FloatArray = yaw(self.sign * TOE_OUT_DEG) @ pitch(-pitch_deg) @ self.straight
        return turned

    def on_ground(self, pitch_deg: float, toe_deg: float) -> tuple[FloatArray, FloatArray]:
        """Ball joint and ankle, shape (3,), of a foot that stands on z = 0.

        x is counted from where the ball joint is when the sole lies flat, so that the shoe turns
        about the toes' joint, about its tip or about its heel, whichever the pitches ask for.
        """
        ankle, sole, share = self._rest
        foot, toes = self.turn(pitch_deg), self.turn(toe_deg)
        placed = sole @ foot.T * (1 - share[:, None]) + sole @ toes.T * share[:, None]
        ball = np.array([0.0, 0.0, -placed[:, 2].min()])
        if toe_deg < 0 or pitch_deg > 0:
            flat = sole @ self.turn(0).T
            pivot = np.argmin(flat[:, 0]) if pitch_deg > 0 else np.argmax(flat[:, 0])
            ball[:2] = (flat[pivot] - placed[pivot])[:2]
        return ball, ball + foot @ ankle


@dataclass(frozen=True)
class Roll:
    """How the foot pitches through a contact; the share of the contact runs from 0 to 1."""

    technique: SideTechnique
    hop_share: float | None = None
    """When a hop begins, a share of the contact; it ends as long before the contact's end."""

    @cached_property
    def _foot(self) -> PchipInterpolator:
        start, end = self.technique.touchdown_foot_pitch_deg, self.technique.toe_off_foot_pitch_deg
        middle = min(-4.0, 0.5 * start)
        if self.hop_share is not None:
            up, down = self.hop_share, 1 - self.hop_share
            return PchipInterpolator(
                [0, 0.5 * up, up, 0.5, down, down + 0.4 * up, 1],
                [start, 0.0, HOP_FOOT_DEG, HOP_FOOT_DEG, 0.5 * HOP_FOOT_DEG, middle, end],
            )
        return PchipInterpolator(
            [0, 0.22, 0.45, 0.7, 1],
            [start, 0.7 * middle if start < 0 else 0.0, middle - 2, 0.45 * end, end],
        )

    def foot_deg(self, share: float) -> float:
        """Pitch of the foot, toes up positive."""
        return float(self._foot(np.clip(share, 0, 1)))

    def toe_deg(self, share: float) -> float:
        """Pitch of the toes: raised or with the foot on the heel, flat, then over the tip."""
        flat = TOE_LEAVES_SHARE if self.hop_share is None else 1 - 0.4 * self.hop_share
        late = np.clip((share - flat) / (1 - flat), 0, 1)
        rolled = TOE_SHARE * self.technique.toe_off_foot_pitch_deg * late * late
        early = np.clip(1 - share / TOE_LANDS_SHARE, 0, 1)
        raised = TOE_RAISED_DEG * early * early
        return float(rolled) if late > 0 else max(float(raised), self.foot_deg(share), 0.0)
