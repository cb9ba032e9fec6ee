"""The toes are not pulled up."""

from kneedrive_cv.technique.rule import Rule

RULE = Rule(
    code="ankle_not_dorsiflexed",
    title="Ankle not dorsiflexed",
    metric="ankle_dorsiflexion_deg",
    unit="deg",
    read="as it is",
    fault_when="below",
    threshold=lambda t: t.ankle_dorsiflexion_min_deg,
    borderline=lambda t: t.ankle_dorsiflexion_min_deg,
    target="toes pulled up to the shin, {threshold:g} degrees or more",
    setting="ankle_dorsiflexion_min_deg",
    sentence="The {side} ankle is at {value:.0f} degrees on average, where 0 is a sole square to "
    "the shank: pull up the toes.",
    drills=(
        "toes_to_shin",
        "skipping",
    ),
    family="foot",
)
