"""Speed, step length and landing of a variant against the truth, in metres."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from kneedrive_cv.result import AnalysisResult
from validation.scale import MARKED_M, marked_points, true_of
from validation.sprinter.clip import make_clip
from validation.sprinter.parameters import ClipParameters

LENGTHS: Final = ("speed_mps", "step_length_m", "touchdown_ahead_m")
AMISS_SHARE: Final = {"speed_mps": 0.1, "step_length_m": 0.1}
AMISS_M: Final = 0.05
"""Beyond its interval by more than this, a length that is called measured is wrong with
confidence."""


@dataclass(frozen=True)
class Length:
    """A mean in metres with what is true of it.

    Attributes
    ----------
    metric : str
    value, low, high, true : float
    """

    metric: str
    value: float
    low: float
    high: float
    true: float

    @property
    def holds(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.true <= self.high

    @property
    def amiss(self) -> bool:
        """Whether it lies so far off that it is wrong with confidence."""
        over = max(self.low - self.true, self.true - self.high)
        return over > AMISS_SHARE.get(self.metric, 0.0) * abs(self.true) + (
            AMISS_M if self.metric == "touchdown_ahead_m" else 0.0
        )


def marked_in(parameters: ClipParameters) -> tuple[float, float, float, float, float]:
    """Five metres of the athlete's lane as the camera sees them halfway, as for `--distance`."""
    first, second = marked_points(make_clip(parameters))
    return (*first, *second, MARKED_M)


def lengths_of(result: AnalysisResult, truth: Path, parameters: ClipParameters) -> list[Length]:
    """The means in metres that were measured, against the truth beside the clip."""
    data = json.loads(truth.read_text("utf-8"))
    found = []
    for metric in LENGTHS:
        mean = result.summary.travel[metric]
        true = [true_of(metric, stride, data, parameters) for stride in result.strides]
        known = [number for number in true if np.isfinite(number)]
        if mean.value is not None and mean.low is not None and mean.high is not None and known:
            found.append(Length(metric, mean.value, mean.low, mean.high, float(np.mean(known))))
    return found
