"""What a check is: one metric of the knee drive against one target."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.result import METRICS

FloatArray = NDArray[np.float64]
Read = Literal["as it is", "distance from zero"]
UNITS: Final = ("deg", "s", "hz", "m", "shank", "thigh")
"""What a metric may be measured in: degrees, seconds, per second, metres, lengths of a segment."""


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
        """An angle at a time, of the driving leg where each leg has its own; NaN if missing."""
        # here, since the team's process reads the rules and needs no scipy
        from kneedrive_cv.kinematics.series import value_at

        own = f"{self.side}_{angle}"
        column = self.angles.get(own, self.angles.get(angle))
        return float("nan") if column is None else value_at(column, self.time_s, at_s)


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
        How much it counts in the grade.
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
    fault_when: Literal["below", "above"]
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
        if self.measure is not None and not sum(self.errors) > 0:
            raise ValueError(f"Rule {self.code}: say the errors of its metric {self.metric}")
        if self.metric.rpartition("_")[2] != self.unit:
            raise ValueError(f"Rule {self.code}: the name {self.metric} must end with {self.unit}")
        if self.unit not in UNITS:
            raise ValueError(f"Rule {self.code}: {self.unit} is none of {', '.join(UNITS)}")
        if self.measure is not None and self.metric in METRICS:
            raise ValueError(f"Rule {self.code}: {self.metric} is measured already, name it anew")

    def target_words(self, targets: Targets) -> str:
        """What good looks like by some targets."""
        return self.target.format(threshold=self.threshold(targets), targets=targets)

    def where_from(self) -> str:
        """Where the target comes from."""
        field = Targets.model_fields.get(self.setting)
        return self.source or (field.description if field else "") or ""
