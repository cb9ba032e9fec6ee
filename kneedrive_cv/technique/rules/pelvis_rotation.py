"""The pelvis turns off square."""

from kneedrive_cv.technique.rule import Rule

RULE = Rule(
    code="pelvis_rotation",
    title="Pelvis turns off square",
    metric="pelvis_rotation_deg",
    unit="deg",
    read="distance from zero",
    fault_when="above",
    threshold=lambda t: t.pelvis_rotation_max_deg,
    borderline=lambda t: t.pelvis_rotation_max_deg,
    target="hips square, within {threshold:g} degrees",
    setting="pelvis_rotation_max_deg",
    sentence="The hips turn {value:.0f} degrees in the {side} knee drive: keep them square.",
    drills=(
        "square_hips",
        "skipping",
        "high_knees",
    ),
    family="pelvis",
)
