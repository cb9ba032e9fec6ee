"""Metrics in short titles, with units and meanings: those that this version does not name too."""

from __future__ import annotations

from typing import Final

from kneedrive_cv.result import METRICS, TRAVEL

_TITLES: Final = {
    "grade_points": "Grade",
    "hip_flexion_deg": "Hip flexion",
    "thigh_deg": "Thigh",
    "trunk_lean_deg": "Trunk lean",
    "knee_flexion_deg": "Knee flexion",
    "ankle_dorsiflexion_deg": "Ankle",
    "foot_pitch_deg": "Foot",
    "foot_ahead_of_knee_shank": "Foot ahead of knee",
    "pelvis_rotation_deg": "Pelvis turn",
    "pelvis_obliquity_deg": "Pelvis tilt",
    "knee_height_thigh": "Knee height",
    "knee_across_middle_thigh": "Knees inward",
    "knee_drive_delay_s": "Delay",
    "contact_time_s": "Contact",
    "flight_time_s": "Flight",
    "step_frequency_hz": "Step rate",
    "speed_mps": "Speed",
    "speed_legps": "Speed",
    "step_length_m": "Step length",
    "step_length_leg": "Step length",
    "touchdown_ahead_m": "Lands ahead",
    "touchdown_ahead_leg": "Lands ahead",
}
_BY_SIDE: Final = " Above 0 the right hip is ahead."
_MEANINGS: Final = {
    "grade_points": "0 to 100 points from all checks: their margins and how sure they are.",
    "hip_flexion_deg": "How far the thigh is bent up against the trunk, at the top of the knee "
    "drive. 0 is a thigh in line with the trunk. The coach's article asks for 75 to 90.",
    "thigh_deg": "The thigh against straight down, at the top of the knee drive. 90 is parallel "
    "to the track, more is past it.",
    "trunk_lean_deg": "How far the trunk leans forward from upright.",
    "knee_flexion_deg": "How far the knee is bent. 0 is a straight leg.",
    "ankle_dorsiflexion_deg": "How far the toes are pulled up. 0 is a sole square to the shank; "
    "below it the toes point away.",
    "foot_pitch_deg": "The sole against the track. 0 is parallel; below it the toes hang down.",
    "foot_ahead_of_knee_shank": "How far the ankle is ahead of the knee at the top of the knee "
    "drive, in lengths of the shank. 0 is straight under it.",
    "pelvis_rotation_deg": "How far the driving leg's hip comes ahead of the other in the knee "
    "drive, at most, as the turn of the hips off square." + _BY_SIDE,
    "pelvis_obliquity_deg": "How far the hip of the driving leg is above the other, as the tilt "
    "of the line through the hips against its mean over the run.",
    "knee_height_thigh": "How far the knee is above the hip at the top of the knee drive, in "
    "lengths of the thigh. 0 is a thigh parallel to the track, below it the knee stays lower.",
    "knee_across_middle_thigh": "How far the knees come past the middle of the hips, as the mean "
    "of both legs, in lengths of the thigh. Below 0 they stay on their own side.",
    "knee_drive_delay_s": "Time from toe-off until the thigh swings forward, in milliseconds.",
    "contact_time_s": "How long the foot was on the ground before this knee drive.",
    "flight_time_s": "From this foot's toe-off to the other's touchdown.",
    "step_frequency_hz": "Steps a second.",
}
_KNOWN: Final = METRICS | TRAVEL
_UNITS: Final = {
    "deg": "degrees",
    "s": "milliseconds",
    "hz": "steps a second",
    "shank": "lengths of the shank",
    "thigh": "lengths of the thigh",
    "m": "metres",
    "m/s": "metres a second",
    "legs": "lengths of the leg, thigh plus shank",
    "legs/s": "lengths of the leg a second",
    "points": "points of 100",
}
TERMS: Final = {
    "Knee drive": "The swing of a leg from its toe-off to its next touchdown.",
    "Stride": "From a toe-off to the same foot's next toe-off: two steps.",
    "Top of the knee drive": "The moment at which the thigh is highest.",
    "95 % interval": "Where the true number lies in 95 of 100 such measurements.",
    "Borderline": "The interval reaches over the threshold: the measurement cannot tell.",
    "Low confidence": "Measured, but under conditions in which it may be off by more than its "
    "interval says.",
    "Valid frames": "Share of the frames of this knee drive in which the leg was seen clearly.",
}
"""Words of the report that are no metrics."""


def short_title(metric: str) -> str:
    """A metric in a word or two.

    Examples
    --------
    >>> short_title("thigh_deg"), short_title("pelvis_obliquity_deg")
    ('Thigh', 'Pelvis tilt')
    """
    if metric in _TITLES:
        return _TITLES[metric]
    return metric.rpartition("_")[0].replace("_", " ").capitalize()


def meaning_by_leg(metric: str) -> str:
    """As `meaning`, where each leg's number is told by itself: its own hip ahead is above 0."""
    return meaning(metric).removesuffix(_BY_SIDE)


def meaning(metric: str) -> str:
    """What a metric is, in a sentence."""
    return _MEANINGS.get(metric, _KNOWN[metric][0] + "." if metric in _KNOWN else "")


def unit_of(metric: str) -> str:
    """The unit of a metric, as in the results.

    Examples
    --------
    >>> unit_of("contact_time_s")
    's'
    """
    return _KNOWN[metric][1] if metric in _KNOWN else metric.rpartition("_")[2]


def unit_words(unit: str) -> str:
    """A unit in words, as the report shows it.

    Examples
    --------
    >>> unit_words("s"), unit_words("m")
    ('milliseconds', 'metres')
    """
    return _UNITS.get(unit, unit)
