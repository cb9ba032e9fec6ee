"""What is known of a rendered clip."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EVENT_TYPES: dict[str, Literal["touchdown", "toe_off"]] = {"TD": "touchdown", "TO": "toe_off"}
SIDES: dict[str, Literal["left", "right"]] = {"l": "left", "r": "right"}

PARTS = {
    "shoulder": "shoulder",
    "elbow": "elbow",
    "wrist": "wrist",
    "hip": "hip",
    "knee": "knee",
    "ankle": "ankle",
    "heel": "heel",
    "foot_index": "toe",
    "eye": "eye",
    "ear": "ear",
}
"""Part of a landmark's name -> the truth's name for it."""


@dataclass(frozen=True)
class TruthEvent:
    """A planned contact; ``frame`` is the time in frames, not rounded."""

    type: Literal["touchdown", "toe_off"]
    side: Literal["left", "right"]
    time_s: float
    frame: float


@dataclass(frozen=True)
class Truth:
    """Truth of a rendered clip.

    Attributes
    ----------
    xyz_m : dict of str to ndarray, shape (T, 3)
        Points in metres, x forward, y to the athlete's left, z up; names as in ``hip_l``.
    xy_px : dict of str to ndarray, shape (T, 2)
        The same points in the picture.
    angles_deg : dict of str to ndarray, shape (T,)
        Angles by their names in the file, as in ``thigh_l``, ``hipflex_r``, ``trunk``; also
        ``contact_l`` and ``contact_r``, which are 0 or 1.
    fps_hz : float
        Frames a second.
    events : tuple of TruthEvent
        Touchdowns and toe-offs in order of time.
    meta : dict
        Everything else that the file says, the parameters of the gait among it.
    """

    xyz_m: dict[str, FloatArray]
    xy_px: dict[str, FloatArray]
    angles_deg: dict[str, FloatArray]
    fps_hz: float
    events: tuple[TruthEvent, ...]
    meta: dict[str, Any]

    def __len__(self) -> int:
        return len(self.angles_deg["trunk"])


def load_truth(path: Path) -> Truth:
    """Read the ``.npz`` beside a rendered clip; the path of the clip will do."""
    with np.load(path.with_suffix(".npz")) as data:
        points = [str(name) for name in data["points"]]
        names = [str(name) for name in data["angle_names"]]
        meta = json.loads(str(data["meta"]))
        return Truth(
            xyz_m={name: data["xyz"][:, i] for i, name in enumerate(points)},
            xy_px={name: data["px"][:, i] for i, name in enumerate(points)},
            angles_deg={name: data["angles"][:, i] for i, name in enumerate(names)},
            fps_hz=float(data["fps"]),
            events=_events(meta.pop("events")),
            meta=meta,
        )


def _events(entries: list[dict[str, Any]]) -> tuple[TruthEvent, ...]:
    events = (
        TruthEvent(EVENT_TYPES[each["type"]], SIDES[each["side"]], each["t"], each["frame"])
        for each in entries
    )
    return tuple(sorted(events, key=lambda event: event.time_s))
