"""The checks of the coach's article: what is read, against which target, and what to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from kneedrive_cv.config import Targets

Read = Literal["as it is", "distance from zero"]


@dataclass(frozen=True)
class Rule:
    """One check on a metric of the knee drive.

    Attributes
    ----------
    code : str
        The fault's code.
    title : str
    metric : str
        The metric of a stride that it reads.
    unit : str
        ``deg``, ``s`` or ``shank``.
    read : str
        Whether the number itself or its distance from zero is judged.
    fault_when : str
        ``below`` or ``above`` the threshold.
    threshold : callable
        From the targets.
    borderline : callable
        From the targets: between it and the threshold lies no clear fault.
    target : str
        What good looks like; ``{threshold}`` is put in.
    setting : str
        The field of `Targets` whose description is the source.
    sentence : str
        What a coach would say; ``{side}`` and ``{value}`` are put in.
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
    setting: str
    sentence: str


RULES: tuple[Rule, ...] = (
    Rule(
        code="hip_flexion_low",
        title="Hip bends too little",
        metric="hip_flexion_deg",
        unit="deg",
        read="as it is",
        fault_when="below",
        threshold=lambda t: t.hip_flexion_low_deg,
        borderline=lambda t: t.hip_flexion_low_deg,
        target="{threshold:.0f} to 90 degrees at the top of the knee drive",
        setting="hip_flexion_low_deg",
        sentence="The {side} hip bends to {value:.0f} degrees on average: drive the knee up.",
    ),
    Rule(
        code="thigh_below_parallel",
        title="Thigh stays below parallel",
        metric="thigh_deg",
        unit="deg",
        read="as it is",
        fault_when="below",
        threshold=lambda t: t.thigh_parallel_deg,
        borderline=lambda t: t.thigh_borderline_deg,
        target="the thigh passes parallel to the track ({threshold:.0f} degrees)",
        setting="thigh_parallel_deg",
        sentence="The {side} thigh rises to {value:.0f} degrees on average, short of parallel.",
    ),
    Rule(
        code="pelvis_rotation",
        title="Pelvis turns off square",
        metric="pelvis_rotation_deg",
        unit="deg",
        read="distance from zero",
        fault_when="above",
        threshold=lambda t: t.pelvis_rotation_max_deg,
        borderline=lambda t: t.pelvis_rotation_max_deg,
        target="hips square, within {threshold:.0f} degrees",
        setting="pelvis_rotation_max_deg",
        sentence="The hips turn {value:.0f} degrees in the {side} knee drive: keep them square.",
    ),
    Rule(
        code="ankle_not_dorsiflexed",
        title="Ankle not dorsiflexed",
        metric="ankle_dorsiflexion_deg",
        unit="deg",
        read="as it is",
        fault_when="below",
        threshold=lambda t: t.ankle_dorsiflexion_min_deg,
        borderline=lambda t: t.ankle_dorsiflexion_min_deg,
        target="toes pulled up to the shin, {threshold:.0f} degrees or more",
        setting="ankle_dorsiflexion_min_deg",
        sentence="The {side} ankle is at {value:.0f} degrees on average: pull up the toes.",
    ),
    Rule(
        code="foot_not_under_knee",
        title="Foot not under the knee",
        metric="foot_ahead_of_knee_shank",
        unit="shank",
        read="distance from zero",
        fault_when="above",
        threshold=lambda t: t.foot_ahead_of_knee_max_shank,
        borderline=lambda t: t.foot_ahead_of_knee_max_shank,
        target="ankle within {threshold:.2f} shank lengths of under the knee",
        setting="foot_ahead_of_knee_max_shank",
        sentence="The {side} foot is on average {value:.2f} shank lengths off from under the knee.",
    ),
    Rule(
        code="foot_not_parallel",
        title="Foot not parallel to the ground",
        metric="foot_pitch_deg",
        unit="deg",
        read="distance from zero",
        fault_when="above",
        threshold=lambda t: t.foot_pitch_max_deg,
        borderline=lambda t: t.foot_pitch_max_deg,
        target="sole within {threshold:.0f} degrees of parallel to the ground",
        setting="foot_pitch_max_deg",
        sentence="The {side} foot is pitched {value:.0f} degrees off the ground's line on average.",
    ),
    Rule(
        code="late_knee_drive",
        title="Knee drive starts late",
        metric="knee_drive_delay_s",
        unit="s",
        read="as it is",
        fault_when="above",
        threshold=lambda t: t.knee_drive_delay_max_s,
        borderline=lambda t: t.knee_drive_delay_max_s,
        target="the thigh swings forward within {threshold:.2f} s of toe-off",
        setting="knee_drive_delay_max_s",
        sentence="The {side} thigh swings forward only {value:.2f} s after toe-off, on average.",
    ),
)

ASYMMETRY_METRICS: dict[str, str] = {
    "hip_flexion_deg": "hip flexion",
    "thigh_deg": "thigh",
}
"""What is compared between the legs, with the word for it."""

ASYMMETRY_FRONTAL: dict[str, str] = {"knee_height_thigh": "knee height"}
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
