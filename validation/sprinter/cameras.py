"""Pinhole cameras: where they stand through a clip, and what they see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.parameters import CameraParameters, ClipParameters
from validation.sprinter.rotations import about_axis, unit

FloatArray = NDArray[np.float64]

VIEWS_DEG = {"side": 0.0, "front": 90.0, "rear": -90.0}
AIM_M = 0.52
"""Height that the camera is aimed at, of the athlete's stature."""
NEAR_M, FAR_M = 0.1, 400.0
FOLLOW_M, FOLLOW_HZ = 0.35, 0.45
"""How far one who moves along by hand falls back and catches up, and how often."""
LEAST_MPS = 1.0
"""One who films somebody on the spot does not sway about him as about a runner."""
PAN_LAG_S, PAN_SWAY_M, PAN_SWAY_HZ = 0.05, 0.15, 0.7
SHAKE_HZ = ((0.9, 1.0), (2.3, 0.5), (5.1, 0.25), (8.7, 0.1))
"""A hand's tremble: frequencies and their shares."""


@dataclass(frozen=True)
class View:
    """A camera at a moment.

    Attributes
    ----------
    eye_m : ndarray, shape (3,)
        Where it is.
    axes : ndarray, shape (3, 3)
        Rows: right, up and back, as seen in the picture.
    focal_px : float
        Focal length.
    size_px : tuple of int
        Width and height.
    """

    eye_m: FloatArray
    axes: FloatArray
    focal_px: float
    size_px: tuple[int, int]

    def project(self, points_m: FloatArray) -> FloatArray:
        """Pixels, shape (..., 2), of points, shape (..., 3); x right, y down, centre of a pixel .5.

        Points behind the camera are NaN.
        """
        seen = (points_m - self.eye_m) @ self.axes.T
        depth = np.where(seen[..., 2] < -NEAR_M, -seen[..., 2], np.nan)
        x = self.size_px[0] / 2 + self.focal_px * seen[..., 0] / depth
        y = self.size_px[1] / 2 - self.focal_px * seen[..., 1] / depth
        return np.stack([x, y], axis=-1)

    def matrix(self) -> FloatArray:
        """World to clip space of OpenGL, shape (4, 4)."""
        world = np.eye(4)
        world[:3, :3] = self.axes
        world[:3, 3] = -self.axes @ self.eye_m
        lens = np.zeros((4, 4))
        lens[0, 0] = 2 * self.focal_px / self.size_px[0]
        lens[1, 1] = 2 * self.focal_px / self.size_px[1]
        lens[2, 2] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M)
        lens[2, 3] = 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
        lens[3, 2] = -1.0
        return lens @ world


@dataclass(frozen=True)
class Camera:
    """A camera through a clip.

    Attributes
    ----------
    parameters : ClipParameters
        The clip.
    start_s, end_s : float
        The athlete's time at the clip's beginning and end.
    """

    parameters: ClipParameters
    start_s: float
    end_s: float

    @property
    def asked(self) -> CameraParameters:
        """What is asked of the camera."""
        return self.parameters.camera

    @property
    def side(self) -> int:
        """-1 on the athlete's right, where he runs to the right of the picture; 1 on his left."""
        return -1 if self.parameters.video.running == "right" else 1

    def at(self, time_s: float) -> View:
        """The view at a time of the athlete."""
        video, middle = self.parameters.video, self._athlete_m((self.start_s + self.end_s) / 2)
        along = self.asked.motion in ("along", "follow")
        stand = self._athlete_m(time_s - self._behind_s(time_s)) if along else middle
        aim = middle if self.asked.motion == "fixed" else self._athlete_m(time_s)
        if self.asked.motion == "follow":
            aim = stand
        if self.asked.motion == "pan":
            sway = PAN_SWAY_M * np.sin(2 * np.pi * PAN_SWAY_HZ * time_s)
            aim = self._athlete_m(time_s - PAN_LAG_S) + np.array([sway, 0.0, 0.0])
        axes = self._shaken(_looking(aim - self._stand_m(stand)), time_s)
        size = (video.width_px, video.height_px)
        return View(self._stand_m(stand), axes, self._focal_px(), size)

    def _athlete_m(self, time_s: float) -> FloatArray:
        """What the camera is aimed at when it follows the athlete, shape (3,)."""
        x = self.parameters.technique.speed_mps * time_s
        return np.array([x, 0.0, AIM_M * self.parameters.body.stature_m])

    def _behind_s(self, time_s: float) -> float:
        if self.asked.motion != "follow":
            return 0.0
        sway = FOLLOW_M * np.sin(2 * np.pi * FOLLOW_HZ * time_s + 1.0)
        return float(sway / max(self.parameters.technique.speed_mps, LEAST_MPS))

    def _stand_m(self, athlete_m: FloatArray) -> FloatArray:
        """Where the camera is for an athlete who is there."""
        around = np.deg2rad(VIEWS_DEG[self.asked.view] + self.asked.off_square_deg)
        flat = self.asked.distance_m * np.array([np.sin(around), self.side * np.cos(around)])
        return np.array([athlete_m[0] + flat[0], athlete_m[1] + flat[1], self.asked.height_m])

    def _focal_px(self) -> float:
        """Focal length that shows the athlete as tall as asked, halfway through the clip."""
        return (
            self.asked.athlete_height_px * self.asked.distance_m / (self.parameters.body.stature_m)
        )

    def _shaken(self, axes: FloatArray, time_s: float) -> FloatArray:
        """The axes pitched and rolled as the camera is held, and turned a little by the hand."""
        axes = axes @ about_axis(axes[0], self.asked.pitch_deg).T
        turn = about_axis(axes[2], self.asked.roll_deg)
        if self.asked.shake_px:
            rng = np.random.default_rng(self.parameters.look.seed)
            scale = np.rad2deg(self.asked.shake_px / self._focal_px())
            for axis in axes[:2]:
                sway = sum(
                    share * np.sin(2 * np.pi * (hz * time_s + rng.random()))
                    for hz, share in SHAKE_HZ
                )
                turn = about_axis(axis, float(scale * sway)) @ turn
        shaken: FloatArray = axes @ turn.T
        return shaken


def _looking(along: FloatArray) -> FloatArray:
    """Axes of an upright camera that looks along a direction, as rows."""
    back = -unit(along)
    right = unit(np.cross(np.array([0.0, 0.0, 1.0]), back))
    return np.stack([right, np.cross(back, right), back])
