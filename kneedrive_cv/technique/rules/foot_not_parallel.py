"""The sole is not parallel to the ground."""

from kneedrive_cv.technique.rule import Rule

RULE = Rule(
    code="foot_not_parallel",
    title="Foot not parallel to the ground",
    metric="foot_pitch_deg",
    unit="deg",
    read="distance from zero",
    fault_when="above",
    threshold=lambda t: t.foot_pitch_max_deg,
    borderline=lambda t: t.foot_pitch_max_deg,
    target="sole within {threshold:g} degrees of parallel to the ground",
    setting="foot_pitch_max_deg",
    sentence="The {side} foot is pitched {value:.0f} degrees {up} on average: bring the sole "
    "parallel to the ground.",
    drills=(
        "toes_to_shin",
        "skipping",
    ),
    family="foot",
)
