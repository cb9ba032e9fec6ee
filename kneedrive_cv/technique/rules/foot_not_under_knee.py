"""The foot is ahead of the knee or behind it."""

from kneedrive_cv.technique.rule import Rule

RULE = Rule(
    code="foot_not_under_knee",
    title="Foot not under the knee",
    metric="foot_ahead_of_knee_shank",
    unit="shank",
    read="distance from zero",
    fault_when="above",
    threshold=lambda t: t.foot_ahead_of_knee_max_shank,
    borderline=lambda t: t.foot_ahead_of_knee_max_shank,
    target="ankle within {threshold:g} shank lengths of under the knee",
    setting="foot_ahead_of_knee_max_shank",
    sentence="The {side} foot is on average {value:.2f} shank lengths {ahead} the knee: bring it "
    "under the knee.",
    drills=(
        "toes_to_shin",
        "skipping",
        "high_knees",
    ),
    family="shank",
)
