"""The checks of the coach's article, a file each: what is read, which target, and what to say.

A new check is a file in this folder that defines ``RULE``, and its name in `FILES`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

from kneedrive_cv.result import Check
from kneedrive_cv.technique.rule import Rule

FILES: Final = (
    "hip_flexion_low",
    "thigh_below_parallel",
    "pelvis_rotation",
    "ankle_not_dorsiflexed",
    "foot_not_under_knee",
    "foot_not_parallel",
    "late_knee_drive",
)
"""The files of this folder in the order of the report."""

RULES: Final[tuple[Rule, ...]] = tuple(
    import_module(f"{__name__}.{name}").RULE for name in FILES
)

ASYMMETRY_METRICS: Final[dict[str, str]] = {
    "hip_flexion_deg": "hip flexion",
    "thigh_deg": "thigh",
}
"""What is compared between the legs, with the word for it."""

ASYMMETRY_FRONTAL: Final[dict[str, str]] = {"knee_height_thigh": "knee height"}
"""The same for what the front and the rear view alone show."""


def compared_metric(title: str) -> str:
    """What the legs differ in, by the title of an asymmetry's check or fault.

    Examples
    --------
    >>> compared_metric("Left and right differ: knee height")
    'knee_height_thigh'
    """
    compared = ASYMMETRY_METRICS | ASYMMETRY_FRONTAL
    return next(name for name, word in compared.items() if title.endswith(f": {word}"))


def read_metric(check: Check) -> str:
    """The metric that a check reads; empty for one of none of `RULES`."""
    if check.code == "asymmetry":
        return compared_metric(check.title)
    return next((rule.metric for rule in RULES if rule.code == check.code), "")
