"""From a picture as it was filmed to one of a camera that is held level, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """How a camera was held.

    Attributes
    ----------
    roll_deg : float
        Clockwise positive.
    converging_deg : float
        How much the lean of what stands upright grows from the left to the right, across the
        picture's longer side: the camera looks up or down.
    width_px, height_px : int
        Size of the picture.
    """

    roll_deg: float = 0.0
    converging_deg: float = 0.0
    width_px: int = 0
    height_px: int = 0

    def straightened(self, track: PoseTrack) -> PoseTrack:
        """The track as a level camera sees it, its origin at the picture's middle.

        What stands upright is upright in it everywhere. The 3D landmarks are turned by as much as
        what stands upright where the hips are leans.
        """
        level = track.replace(xy_px=self.straight_px(track.xy_px))
        return level.replace(world_m=self._world(track, -self._lean_deg(level)))

    def straight_px(self, points_px: FloatArray) -> FloatArray:
        """Where a level camera sees points of the picture, shape (..., 2)."""
        level = _turned(points_px - self._middle_px(), -self.roll_deg)
        nearer: FloatArray = 1.0 - self._per_px() * level[..., 1:]
        return level / nearer

    def as_filmed(self, level: PoseTrack) -> PoseTrack:
        """A track of the level camera where it is in the picture: undoes `straightened`."""
        further = 1.0 + self._per_px() * level.xy_px[..., 1:]
        xy_px = _turned(level.xy_px / further, self.roll_deg) + self._middle_px()
        return level.replace(xy_px=xy_px, world_m=self._world(level, self._lean_deg(level)))

    def lean_deg(self, x_px: float) -> float:
        """How far what stands upright leans at this place of the picture, clockwise."""
        return self.roll_deg + float(np.rad2deg(self._per_px())) * (x_px - self.width_px / 2)

    def _lean_deg(self, level: PoseTrack) -> FloatArray:
        """The same at the hips of each frame; the roll where they are not seen, shape (T,)."""
        hips_px = (level.point("left_hip") + level.point("right_hip"))[:, 0] / 2
        lean_deg: FloatArray = self.roll_deg + np.rad2deg(self._per_px()) * np.nan_to_num(hips_px)
        return lean_deg

    def _world(self, track: PoseTrack, turn_deg: FloatArray) -> FloatArray:
        world_m: FloatArray = track.world_m.copy()
        world_m[..., :2] = _turned(world_m[..., :2], turn_deg[:, None])
        return world_m

    def _middle_px(self) -> FloatArray:
        return np.array([self.width_px, self.height_px]) / 2

    def _per_px(self) -> float:
        return float(np.deg2rad(self.converging_deg)) / max(self.width_px, self.height_px, 1)


def _turned(points: FloatArray, turn_deg: FloatArray | float) -> FloatArray:
    """Points (..., 2) turned about the origin, clockwise in a picture."""
    turn = np.deg2rad(turn_deg)
    x, y = np.moveaxis(points, -1, 0)
    return np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], -1)
