"""The thigh swings forward too long after toe-off."""

from kneedrive_cv.technique.rule import Rule

RULE = Rule(
    code="late_knee_drive",
    title="Knee drive starts late",
    metric="knee_drive_delay_s",
    unit="s",
    read="as it is",
    fault_when="above",
    threshold=lambda t: t.knee_drive_delay_max_s,
    borderline=lambda t: t.knee_drive_delay_max_s,
    target="the thigh swings forward within {threshold:g} s of toe-off",
    setting="knee_drive_delay_max_s",
    sentence="The {side} thigh swings forward only {value:.2f} s after toe-off, on average.",
    drills=(
        "tuck_jump",
        "step_knee_drive",
        "skipping",
        "high_knees",
    ),
    family="time",
)
