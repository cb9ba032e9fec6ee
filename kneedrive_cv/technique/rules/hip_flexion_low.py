"""The hip bends too little at the top of the knee drive."""

from kneedrive_cv.technique.rule import Rule

RULE = Rule(
    code="hip_flexion_low",
    title="Hip bends too little",
    metric="hip_flexion_deg",
    unit="deg",
    read="as it is",
    fault_when="below",
    threshold=lambda t: t.hip_flexion_low_deg,
    borderline=lambda t: t.hip_flexion_low_deg,
    target="{targets.hip_flexion_words} degrees at the top of the knee drive",
    setting="hip_flexion_low_deg",
    sentence="The {side} hip bends to {value:.0f} degrees on average: drive the knee up.",
    drills=(
        "lying_leg_raise",
        "step_knee_drive",
        "tuck_jump",
        "skipping",
        "high_knees",
        "hamstring_stretch",
        "glute_stretch",
    ),
    weight=3.0,
    family="thigh",
)
