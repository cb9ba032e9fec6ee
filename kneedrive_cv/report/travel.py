"""Speed, step length and where the foot lands, in a sentence: in metres, or in leg lengths."""

from __future__ import annotations

from typing import Final

from kneedrive_cv.report.formats import number, value_interval
from kneedrive_cv.result import TRAVEL, AnalysisResult, Stride, Value

_WORDS: Final = {
    "speed": "speed {value} ({interval})",
    "step_length": "steps of {value} ({interval})",
    "touchdown_ahead": "the ankle lands {value} ahead of the hips ({interval})",
}
_ENDS: Final = {"speed": ("mps", "legps")}
_IN_BOTH: Final = ("m", "leg")


def travel_metrics(strides: list[Stride]) -> list[str]:
    """What was measured, in metres where there is a scale, else in leg lengths."""
    return [name for stem in _WORDS if (name := _measured(stem, [s.travel for s in strides]))]


def travel_words(result: AnalysisResult) -> str:
    """One sentence on how he gets along; empty where nothing of it was measured."""
    travel = result.summary.travel
    parts = []
    for stem, words in _WORDS.items():
        name = _measured(stem, [travel])
        if name:
            unit = TRAVEL[name][1]
            value, interval = number(travel[name].value, unit), value_interval(travel[name], unit)
            parts.append(words.format(value=value, interval=interval))
    if not parts:
        return ""
    doubt = any(value.status == "low_confidence" for value in travel.values())
    scale = result.scene.scale_source
    stands_on = f"Metres by {scale}"
    if not scale:
        stands_on = "A leg is thigh plus shank; --height gives metres"
    sure = " Low confidence." if doubt else ""
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}; 95 % intervals. {stands_on}.{sure}"


def _measured(stem: str, found: list[dict[str, Value]]) -> str:
    """The first of a quantity's names that has a value; empty if none has."""
    for end in _ENDS.get(stem, _IN_BOTH):
        name = f"{stem}_{end}"
        if any(name in travel and travel[name].value is not None for travel in found):
            return name
    return ""
