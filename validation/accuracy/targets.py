"""What the error table is to reach, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kneedrive_cv.result import METRICS
from validation.accuracy import groups
from validation.accuracy.compare import ClipErrors, FoundDrive, FoundEvent
from validation.accuracy.groups import Group

INTERVAL_LOW, INTERVAL_HIGH = 92.0, 98.0
Found = Sequence[FoundEvent | FoundDrive]
TWICE = ("small", "fps_30", "off_30")
"""Groups in which the errors may be twice as large; the intervals have to be as true."""


@dataclass(frozen=True)
class Target:
    """One line of what is to be reached.

    Attributes
    ----------
    name, unit : str
    low, high : float
        What the number has to lie between.
    reached : float
        NaN where there is nothing to measure it on.
    n : int
        What the number stands on.
    """

    name: str
    unit: str
    low: float
    high: float
    reached: float
    n: int

    @property
    def holds(self) -> bool:
        """Whether it is reached; never where nothing was measured."""
        return self.low <= self.reached <= self.high

    @property
    def limit(self) -> str:
        """The target in words."""
        if self.low > 0 and self.high < 100:
            return f"{self.low:g} to {self.high:g} {self.unit}"
        if self.low > 0:
            return f"at least {self.low:g} {self.unit}"
        return f"at most {self.high:g} {self.unit}" if self.high else "none"


ANGLES: tuple[tuple[str, float, float], ...] = (
    ("thigh_deg", 2.0, 1.5),
    ("hip_flexion_deg", 2.5, 2.0),
    ("trunk_lean_deg", 1.5, 1.5),
    ("knee_flexion_deg", 3.0, 3.0),
    ("ankle_dorsiflexion_deg", 4.0, 4.0),
    ("foot_pitch_deg", 4.0, 4.0),
)
"""Angle, mean absolute error in all frames, and at the peak of each knee drive."""
NAMES = {
    "thigh_deg": "thigh",
    "hip_flexion_deg": "hip flexion",
    "trunk_lean_deg": "trunk lean",
    "knee_flexion_deg": "knee flexion",
    "ankle_dorsiflexion_deg": "ankle dorsiflexion",
    "foot_pitch_deg": "foot pitch",
}


def targets(clips: Iterable[ClipErrors], group: str = "target") -> list[Target]:
    """Every line of the table, on the clips of a group.

    Parameters
    ----------
    clips : iterable of ClipErrors
        All of them; pelvic rotation is read on those from the front and the rear.
    group : str
        ``target``, or one of `TWICE`, where the limits are twice as wide.
    """
    everything = list(clips)
    chosen = groups.group_of(everything, group)
    wider = 2.0 if group in TWICE else 1.0
    lines = [line for angle in ANGLES for line in _angle_lines(chosen, *angle, wider)]
    if group == "target":
        frontal = [c for name in ("front", "rear") for c in groups.group_of(everything, name)]
        errors = groups.pelvis_errors_deg(frontal)
        name = "pelvic rotation, front or rear, amplitude"
        lines.append(Target(name, "degrees", 0, 3.0, _mae(errors), len(errors)))
    return lines + _event_lines(chosen, wider) + _other_lines(chosen, wider)


def _mae(errors: groups.FloatArray) -> float:
    return float(np.abs(errors).mean()) if len(errors) else float("nan")


def _angle_lines(
    clips: Group, angle: str, all_frames: float, at_peak: float, wider: float
) -> list[Target]:
    frames = groups.angle_errors(clips, angle)
    peaks = groups.claimed_errors(groups.readings(clips, angle))
    return [
        Target(f"{NAMES[angle]}, {of}", "degrees", 0, wider * limit, _mae(errors), len(errors))
        for of, limit, errors in (
            ("all frames", all_frames, frames),
            ("peak of each knee drive", at_peak, peaks),
        )
    ]


def _event_lines(clips: Group, wider: float) -> list[Target]:
    lines = []
    for kind, word in (("touchdown", "touchdown"), ("toe_off", "toe-off")):
        found = groups.events(clips, kind)
        errors, n = groups.event_errors_ms(found), len(found)
        lines += [
            Target(word, "ms", 0, wider * 8, _mae(errors), len(errors)),
            Target(f"{word}, missed", "", 0, 0, _count(groups.missed, found), n),
            Target(f"{word}, false", "", 0, 0, _count(groups.false, found), n),
        ]
    drives = groups.drives(clips)
    lines += [
        Target("knee drives, missed", "", 0, 0, _count(groups.missed, drives), len(drives)),
        Target("knee drives, false", "", 0, 0, _count(groups.false, drives), len(drives)),
    ]
    contact = groups.contact_errors_ms(clips)
    name = "contact time, mean of a clip"
    return [*lines, Target(name, "ms", 0, wider * 6, _mae(contact), len(contact))]


def _count(counted: Callable[[Found], int], found: Found) -> float:
    return float(counted(found)) if found else float("nan")


def _other_lines(clips: Group, wider: float) -> list[Target]:
    """Swapped legs, checks and intervals."""
    judged = groups.verdicts(groups.checks(clips))
    clear, clean = judged["clear fault"], judged["clean"]
    n_clear, n_clean = sum(clear.values()), sum(clean.values())
    found = groups.percent(clear["fault"], n_clear)
    blamed = groups.percent(clean["fault"], n_clean)
    frames = sum(clip.frames - clip.lost for clip in clips)
    swapped = groups.swapped_percent(clips)
    lines = [
        Target("frames with swapped legs", "%", 0, wider * 0.2, swapped, frames),
        Target("dialled-in faults found", "%", 100 - wider * 5, 100, found, n_clear),
        Target("clean legs blamed", "%", 0, wider * 5, blamed, n_clean),
        _confident_misses(clips),
    ]
    for of, word in (("stride", "of each knee drive"), ("mean", "of a leg's mean")):
        hold, given = groups.held(
            [reading for metric in METRICS for reading in groups.readings(clips, metric, of)]
        )
        name = f"95 % intervals that hold the truth, {word}"
        share = groups.percent(hold, given)
        lines.append(Target(name, "%", INTERVAL_LOW, INTERVAL_HIGH, share, given))
    return [*lines, *_worst_intervals(clips)]


def _confident_misses(clips: Group) -> Target:
    """Numbers that the product calls measured and that are far off."""
    means = [r for metric in METRICS for r in groups.readings(clips, metric, "mean") if r.claimed]
    far = float(len(groups.amiss(clips))) if means else float("nan")
    return Target("means of a leg that are wrong with confidence", "", 0, 0, far, len(means))


def _worst_intervals(clips: Group) -> list[Target]:
    """The metric whose intervals hold least often, which the share of all of them hides."""
    shares = [
        (groups.percent(*counts), counts[1], metric)
        for metric in METRICS
        if (counts := groups.held(groups.readings(clips, metric)))[1]
    ]
    if not shares:
        return []
    share, given, metric = min(shares)
    name = f"95 % intervals of each knee drive, least of the metrics ({metric})"
    return [Target(name, "%", INTERVAL_LOW, 100, share, given)]
