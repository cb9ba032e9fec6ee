"""Strides, checks, faults and drills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneedrive_cv.lazy import lazily

if TYPE_CHECKING:
    from kneedrive_cv.technique.checks import mean_metrics, run_checks
    from kneedrive_cv.technique.faults import find_faults
    from kneedrive_cv.technique.measure import Motion, make_strides, measure_motion
    from kneedrive_cv.technique.rule import DriveView, Rule
    from kneedrive_cv.technique.rules import RULES
    from kneedrive_cv.technique.uncertainty import Quality

__all__ = [
    "RULES",
    "DriveView",
    "Motion",
    "Quality",
    "Rule",
    "find_faults",
    "make_strides",
    "mean_metrics",
    "measure_motion",
    "run_checks",
]

_HOMES = {
    "mean_metrics": "kneedrive_cv.technique.checks",
    "run_checks": "kneedrive_cv.technique.checks",
    "find_faults": "kneedrive_cv.technique.faults",
    "Motion": "kneedrive_cv.technique.measure",
    "make_strides": "kneedrive_cv.technique.measure",
    "measure_motion": "kneedrive_cv.technique.measure",
    "DriveView": "kneedrive_cv.technique.rule",
    "Rule": "kneedrive_cv.technique.rule",
    "RULES": "kneedrive_cv.technique.rules",
    "Quality": "kneedrive_cv.technique.uncertainty",
}

__getattr__, __dir__ = lazily(__name__, _HOMES)
