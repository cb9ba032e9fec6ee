"""The angles at the joints of both legs, as small numbers on a frame of the overlay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from kneedrive_cv.pose.landmarks import INDEX, SIDES, Side
from kneedrive_cv.report.drawing import FloatArray, Image, Plate, label
from kneedrive_cv.report.palette import SIDE_ON_PICTURE, bgr

_PLACES: Final[dict[str, tuple[str, float, float]]] = {
    "hip_flexion_deg": ("hip", -0.13, -0.02),
    "knee_flexion_deg": ("knee", 0.12, -0.03),
    "ankle_dorsiflexion_deg": ("ankle", -0.12, 0.02),
}
"""Angle -> its joint, and where the number stands from it: forwards and downwards, in heights."""
_FAR_LEG: Final = ("knee_flexion_deg",)
"""All of both legs would lie on top of each other."""
_TEXT: Final = 0.055
_LEAST_TEXT_PX: Final = 11


@dataclass(frozen=True)
class JointAngles:
    """Writes the angles beside the joints.

    Attributes
    ----------
    columns : mapping of str to ndarray, shape (T,)
        By the names of ``angles.csv``.
    near_side : {'left', 'right'} or None
        This leg has all its angles; None: both have those of the far leg.
    forward : float
        1 when the run goes to the right, -1 to the left.
    height_px : float
        The athlete's height in this picture.
    """

    columns: Mapping[str, FloatArray]
    near_side: Side | None
    forward: float
    height_px: float

    def draw(self, image: Image, points_px: FloatArray, row: int) -> None:
        """Write the angles of a row of the track in place; what is missing is left out."""
        taken: list[Plate] = []
        # The near leg first: the numbers of the other give way.
        for side in sorted(SIDES, key=lambda s: s != self.near_side):
            for name, (joint, ahead, down) in _PLACES.items():
                values = self.columns.get(f"{side}_{name}")
                shown = side == self.near_side or name in _FAR_LEG
                if values is not None and shown and np.isfinite(values[row]):
                    at = points_px[INDEX[f"{side}_{joint}"]]
                    self._write(image, at, (ahead, down), float(values[row]), side, taken)

    def _write(
        self,
        image: Image,
        at_px: FloatArray,
        off: tuple[float, float],
        angle_deg: float,
        side: Side,
        taken: list[Plate],
    ) -> None:
        if not np.isfinite(at_px).all():
            return
        place = at_px + self.height_px * np.array([self.forward * off[0], off[1]])
        size = max(round(_TEXT * self.height_px), _LEAST_TEXT_PX)
        text = f"{angle_deg:.0f}".replace("-", "\N{MINUS SIGN}")
        label(image, text, place, bgr(SIDE_ON_PICTURE[side]), size, taken)
