"""The drills of the coach's article, and which of them belongs to which fault."""

from __future__ import annotations

from collections.abc import Iterable

from kneedrive_cv.result import Drill
from kneedrive_cv.technique.rules import RULES

DRILLS: dict[str, Drill] = {
    drill.code: drill
    for drill in (
        Drill(
            code="lying_leg_raise",
            title="Lying leg raises",
            dose="Twice a week",
            how="Lie on your back with the legs straight. Raise them without arching the lower "
            "back, and lower them slowly.",
            why="Stronger hip flexors lift the thigh higher and faster.",
        ),
        Drill(
            code="step_knee_drive",
            title="Knee drives off a step",
            dose="Twice a week",
            how="Stand with one foot on a step. Push off the other foot and drive its knee up in "
            "front of the hip, trunk tall; come down under control and change legs.",
            why="It trains the hip flexors in the movement of the knee drive itself.",
        ),
        Drill(
            code="tuck_jump",
            title="Tuck jumps",
            dose="",
            how="Jump straight up and bring both knees to the chest; land softly and stand before "
            "the next one.",
            why="Power: the knees learn to come up quickly, not only high.",
        ),
        Drill(
            code="skipping",
            title="Skipping",
            dose="Two sets of 25 yards each, in the warm-up",
            how="Skip forward with a high knee on every skip, the foot under the knee and the "
            "toes pulled up.",
            why="It rehearses the high knee slowly enough to feel the position.",
        ),
        Drill(
            code="high_knees",
            title="High knees",
            dose="Two sets of 25 yards each, in the warm-up",
            how="Run with short quick steps and bring each thigh up to parallel, trunk tall.",
            why="It asks for the full height of the knee at the rhythm of running.",
        ),
        Drill(
            code="hamstring_stretch",
            title="Hamstring stretch",
            dose="",
            how="Put one heel on a low support with the knee straight, and bend forward from the "
            "hips with a flat back until you feel the back of the thigh.",
            why="Tight hamstrings hold the knee down.",
        ),
        Drill(
            code="glute_stretch",
            title="Glute stretch",
            dose="",
            how="Lie on your back and draw one knee towards the chest with both hands.",
            why="Tight glutes hold the knee down.",
        ),
        Drill(
            code="toes_to_shin",
            title="Toes to the shin",
            dose="",
            how="While the knee rises, pull the toes towards the shin and keep them there. Try it "
            "in skipping and high knees first.",
            why="A dorsiflexed ankle keeps the foot under the knee and ready for the ground.",
        ),
        Drill(
            code="square_hips",
            title="Hips square to the track",
            dose="",
            how="In skipping and high knees keep both hip bones pointing down the lane while the "
            "knee comes up.",
            why="A pelvis that rotates limits how far the knee can rise.",
        ),
        Drill(
            code="after_strain",
            title="After a strain",
            dose="Ice for 20 to 25 minutes",
            how="Ice the strained muscle. Strengthen it once the pain is gone, not before.",
            why="Training on a painful muscle delays its healing.",
        ),
    )
}
"""Every drill by its code. An empty dose means that the article names none."""

DRILLS_FOR_FAULT: dict[str, tuple[str, ...]] = {rule.code: rule.drills for rule in RULES} | {
    "asymmetry": ("lying_leg_raise", "step_knee_drive", "hamstring_stretch", "glute_stretch")
}
"""Fault code -> codes of its drills, the most useful first."""


def drills_for(fault_codes: Iterable[str]) -> list[Drill]:
    """The drills that belong to some faults, each once, in the order of the faults.

    Examples
    --------
    >>> [drill.code for drill in drills_for(["ankle_not_dorsiflexed"])]
    ['toes_to_shin', 'skipping']
    """
    return drills_named(c for fault in fault_codes for c in DRILLS_FOR_FAULT.get(fault, ()))


def drills_named(codes: Iterable[str]) -> list[Drill]:
    """The drills of some codes, each once."""
    return [DRILLS[code] for code in dict.fromkeys(codes)]
