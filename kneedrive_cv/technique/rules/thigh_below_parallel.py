"""The thigh does not pass parallel to the track."""

from kneedrive_cv.technique.rule import Rule

RULE = Rule(
    code="thigh_below_parallel",
    title="Thigh stays below parallel",
    metric="thigh_deg",
    unit="deg",
    read="as it is",
    fault_when="below",
    threshold=lambda t: t.thigh_parallel_deg,
    # what meets the target is no fault, also where it is set below the borderline
    borderline=lambda t: min(t.thigh_parallel_deg, t.thigh_borderline_deg),
    target="{targets.thigh_words}",
    setting="thigh_parallel_deg",
    sentence="The {side} thigh rises to {value:.0f} degrees on average, short of {goal}.",
    drills=(
        "lying_leg_raise",
        "step_knee_drive",
        "tuck_jump",
        "skipping",
        "high_knees",
        "hamstring_stretch",
        "glute_stretch",
    ),
    weight=2.0,
    family="thigh",
)
