"""What a check is: one metric of the knee drive against one target."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.config import PARALLEL_DEG, Targets
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.pose.landmarks import INDEX, Side
from kneedrive_cv.result import METRICS

FloatArray = NDArray[np.float64]
Read = Literal["as it is", "distance from zero"]
FaultWhen = Literal["below", "above"]
UNITS: Final = ("deg", "s", "hz", "m", "shank", "thigh")
"""What a metric may be measured in: degrees, seconds, per second, metres, lengths of a segment."""
ANGLES: Final = (
    "thigh_deg",
    "hip_flexion_deg",
    "knee_flexion_deg",
    "shank_deg",
    "ankle_dorsiflexion_deg",
    "foot_pitch_deg",
    "foot_ahead_leg",
    "trunk_lean_deg",
    "pelvis_rotation_deg",
    "pelvis_obliquity_deg",
    "knee_height_thigh",
    "knee_across_middle_thigh",
)
"""The angles that there are; which of them a run has hangs on the view."""


@dataclass(frozen=True)
class DriveView:
    """What a check of its own metric may read of one knee drive.

    Attributes
    ----------
    side : {'left', 'right'}
    toe_off_s, peak_s, touchdown_s : float
    angles : mapping of str to ndarray, shape (T,)
        By the names of ``angles.csv``.
    time_s : ndarray, shape (T,)
    """

    side: Side
    toe_off_s: float
    peak_s: float
    touchdown_s: float
    angles: Mapping[str, FloatArray]
    time_s: FloatArray

    def at(self, angle: str, at_s: float) -> float:
        """An angle at a time, of the driving leg where each leg has its own; NaN if missing.

        Raises
        ------
        ConfigError
            There is no angle of this name, from whatever view.
        """
        # here, since the team's process reads the rules and needs no scipy
        from kneedrive_cv.kinematics.series import value_at

        own = f"{self.side}_{angle}"
        column = self.angles.get(own, self.angles.get(angle))
        if column is not None:
            return value_at(column, self.time_s, at_s)
        if angle.removeprefix("left_").removeprefix("right_") not in ANGLES:
            there = f"There are: {', '.join(ANGLES)}."
            raise ConfigError(f"there is no angle {angle!r}", where="drive.at", fix=there)
        return float("nan")


@dataclass(frozen=True)
class Rule:
    """One check on a metric of the knee drive.

    Attributes
    ----------
    code : str
        The fault's code.
    title : str
    metric : str
        The metric of a stride that it reads; its name ends with the unit.
    unit : str
        One of `UNITS`.
    read : str
        Whether the number itself or its distance from zero is judged.
    fault_when : str
        ``below`` or ``above`` the threshold.
    threshold : callable
        From the targets.
    borderline : callable
        From the targets: between it and the threshold lies no clear fault.
    target : str
        What good looks like; ``{threshold}``, and of ``{targets}`` any other, are put in.
    setting : str
        The field of `Targets` whose description is the source; empty where ``source`` says it.
    sentence : str
        What a coach would say; ``{side}`` and ``{value}`` are put in, and by the number's sign
        ``{ahead}`` (ahead of, behind) and ``{up}`` (up, down), and ``{goal}`` of a thigh.
    drills : tuple of str
        Codes of the drills that help, the most useful first.
    weight : float
        How much it counts in the grade of a run; in that of a team, over several runs, one that is
        not among `kneedrive_cv.technique.rules.RULES` counts 1.
    family : str
        Checks that are read from the same landmarks, and so err together; by default its code.
    source : str
        Where the target comes from, if it is no setting.
    measure : callable, optional
        Works out the metric of one knee drive, where it is none of `kneedrive_cv.result.METRICS`.
        Its value and interval of each stride become columns of ``strides.csv`` and `Run.strides`.
    parts : tuple of str
        Landmarks of the own side that ``measure`` reads, as ``("hip", "knee")``.
    errors : tuple of float
        Standard errors of what ``measure`` gives: the part common to all strides of a leg, and
        that of a single stride.
    """

    code: str
    title: str
    metric: str
    unit: str
    read: Read
    fault_when: FaultWhen
    threshold: Callable[[Targets], float]
    borderline: Callable[[Targets], float]
    target: str
    sentence: str
    setting: str = ""
    drills: tuple[str, ...] = ()
    weight: float = 1.0
    family: str = ""
    source: str = ""
    measure: Callable[[DriveView], float] | None = None
    parts: tuple[str, ...] = ("hip", "knee")
    errors: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        own, setting = self.measure is not None, self.setting
        unknown = {part for part in self.parts if f"left_{part}" not in INDEX}
        one_of = "{} is {!r}, and must be one of: {}".format
        slips = {
            f"say the errors of its metric {self.metric}": own and not sum(self.errors) > 0,
            f"the name {self.metric} must end with {self.unit}": (
                self.metric.rpartition("_")[2] != self.unit
            ),
            f"{self.unit} is none of {', '.join(UNITS)}": self.unit not in UNITS,
            f"{self.metric} is measured already, name it anew": own and self.metric in METRICS,
            f"its part {min(unknown, default='')!r} is no landmark of a side": bool(unknown),
            one_of("read", self.read, ", ".join(get_args(Read))): self.read not in get_args(Read),
            one_of("fault_when", self.fault_when, ", ".join(get_args(FaultWhen))): (
                self.fault_when not in get_args(FaultWhen)
            ),
            f"its weight is {self.weight}, and must be above 0": not 0 < self.weight < math.inf,
            f"its setting {setting!r} is no field of Targets": (
                setting != "" and setting not in Targets.model_fields
            ),
        }
        for what, is_so in slips.items():
            if is_so:
                raise ConfigError(what, where=f"Rule {self.code}")
        self._require_words()

    def _require_words(self) -> None:
        """Raise `ConfigError` where a target is no number, or a text takes what is not put in."""
        targets, function = Targets(), "Give a function of the targets, as lambda targets: 10.0."
        tries: dict[str, tuple[Callable[[], object], str]] = {
            "threshold": (lambda: float(self.threshold(targets)), function),
            "borderline": (lambda: float(self.borderline(targets)), function),
            "target": (
                lambda: self.target_words(targets),
                "{threshold} and {targets} are put in.",
            ),
            "sentence": (
                lambda: self.said("left", 0.0, positive=True),
                "{side}, {value}, {ahead} and {up} are put in.",
            ),
        }
        for name, (make, fix) in tries.items():
            try:
                make()
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                what = f"its {name} cannot be made ({error})"
                raise ConfigError(what, where=f"Rule {self.code}", fix=fix) from error

    def said(
        self, side: Side, value: float, *, positive: bool, threshold: float = PARALLEL_DEG
    ) -> str:
        """What a coach would say of a leg, by its mean and by the sign that its strides have."""
        parallel = threshold == PARALLEL_DEG
        return self.sentence.format(
            side=side,
            value=value,
            ahead="ahead of" if positive else "behind",
            up="up" if positive else "down",
            goal="parallel" if parallel else f"the target of {threshold:g} degrees",
        )

    def measured(self, drive: DriveView) -> float:
        """The metric of its own in one knee drive.

        Raises
        ------
        ConfigError
            What ``measure`` gives is no number.
        """
        assert self.measure is not None
        given = self.measure(drive)
        try:
            return float(given)
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"measure gives {type(given).__name__}, no number",
                where=f"Rule {self.code}",
                fix="Give nan where nothing can be read.",
            ) from error

    def target_words(self, targets: Targets) -> str:
        """What good looks like by some targets."""
        return self.target.format(threshold=self.threshold(targets), targets=targets)

    def where_from(self, targets: Targets) -> str:
        """Where the target comes from."""
        return self.source or (targets.source_of(self.setting) if self.setting else "")
