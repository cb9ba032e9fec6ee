"""Runs whose points are known: markers of motion capture, or a rendered sprint's own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.kinematics.events import find_contacts
from kneedrive_cv.kinematics.smoothing import smooth
from kneedrive_cv.pose.landmarks import SIDES, Side
from validation.truth import Truth

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """What the search for contacts needs, from any source."""

    forefoot: dict[Side, FloatArray]
    ankle: dict[Side, FloatArray]
    hip: FloatArray
    time_s: FloatArray
    forward: float
    leg_length: float

    def contacts(self) -> list[Contact]:
        """The ground contacts."""
        return find_contacts(
            self.forefoot,
            self.ankle,
            smooth(self.hip, self.time_s, cutoff_hz=8.0),
            time_s=self.time_s,
            forward=self.forward,
            leg_length=self.leg_length,
        )

    def moved(self, move: FloatArray) -> Run:
        """All points moved by the same way in each frame, as by a moving camera; (T, 2)."""
        return replace(
            self,
            forefoot={side: points + move for side, points in self.forefoot.items()},
            ankle={side: points + move for side, points in self.ankle.items()},
            hip=self.hip + move,
        )

    def mirrored(self) -> Run:
        """The run in the other direction."""
        turn = np.array([-1.0, 1.0])
        return replace(
            self,
            forefoot={side: points * turn for side, points in self.forefoot.items()},
            ankle={side: points * turn for side, points in self.ankle.items()},
            hip=self.hip * turn,
            forward=-self.forward,
        )

    def thinned(self, step: int, first: int = 0) -> Run:
        """Each ``step``-th frame alone."""
        return self.only(slice(first, None, step))

    def only(self, rows: slice | NDArray[np.intp]) -> Run:
        """Some frames alone."""
        return replace(
            self,
            forefoot={side: points[rows] for side, points in self.forefoot.items()},
            ankle={side: points[rows] for side, points in self.ankle.items()},
            hip=self.hip[rows],
            time_s=self.time_s[rows],
        )

    def noisy(self, share_of_leg: float, seed: int) -> Run:
        """With noise on every coordinate, then smoothed as the pipeline smooths it."""
        random = np.random.default_rng(seed)

        def shaken(points: FloatArray, cutoff_hz: float) -> FloatArray:
            noise = random.normal(0.0, share_of_leg * self.leg_length, points.shape)
            return smooth(points + noise, self.time_s, cutoff_hz=cutoff_hz)

        return replace(
            self,
            forefoot={side: shaken(points, 18.0) for side, points in self.forefoot.items()},
            ankle={side: shaken(points, 18.0) for side, points in self.ankle.items()},
            hip=shaken(self.hip, 12.0),
        )


def run_of(truth: Truth) -> Run:
    """The run of a rendered clip in the picture."""
    return _run(truth.points_px, truth.fps_hz)


def run_in_metres(truth: Truth) -> Run:
    """The run of a rendered clip over the track, seen square from its right side."""
    flat = {name: xyz[:, [0, 2]] * [1.0, -1.0] for name, xyz in truth.points_m.items()}
    return _run(flat, truth.fps_hz)


def _run(points: dict[str, FloatArray], fps_hz: float) -> Run:
    hip = (points["left_hip"] + points["right_hip"]) / 2
    leg = np.linalg.norm(points["right_hip"] - points["right_knee"], axis=1) + np.linalg.norm(
        points["right_knee"] - points["right_ankle"], axis=1
    )
    return Run(
        forefoot={
            side: (points[f"{side}_ball"] + points[f"{side}_foot_index"]) / 2 for side in SIDES
        },
        ankle={side: points[f"{side}_ankle"] for side in SIDES},
        hip=hip,
        time_s=np.arange(len(hip)) / fps_hz,
        forward=1.0,
        leg_length=float(np.median(leg)),
    )


def event_times(contacts: list[Contact], kind: str, side: Side) -> FloatArray:
    """Times of one kind of event of one foot, in order."""
    times = [
        c.touchdown_s if kind == "touchdown" else c.toe_off_s for c in contacts if c.side == side
    ]
    return np.sort([t for t in times if np.isfinite(t)])
