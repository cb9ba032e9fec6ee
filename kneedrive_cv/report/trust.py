"""How far the numbers can be trusted: how the clip was read, what is missing, how to film next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kneedrive_cv.report.view import CHECK_NAMES
from kneedrive_cv.report.words import short_title
from kneedrive_cv.result import AnalysisResult, Athlete, Gait
from kneedrive_cv.technique.not_a_sprint import is_drill
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.uncertainty import FILM_FAST, coarseness, percent_of
from kneedrive_cv.technique.verdict import Z_95

GOING: Final[dict[Gait, str]] = {
    "jog": "jogging",
    "high knees": "high knees",
    "A-march": "A-march",
    "A-skip": "A-skip",
}
"""What he does, where it is no sprint."""

_NAMES: Final = {rule.metric: CHECK_NAMES[rule.code] for rule in RULES if rule.code in CHECK_NAMES}
"""What a check reads is called as in the list of the checks."""
_GOOD_SHARE: Final = 0.25
_GOOD_HEIGHT_PX: Final = 250.0
"""All that the estimator can use of an athlete's height."""
_COARSE_TIMES: Final = 1.3
"""Intervals this much wider are worth another file."""
_GOOD_FPS: Final = 110.0
_CONVERGES_DEG: Final = 1.0
"""By less than this nobody sees that posts at the left and the right of a picture lean apart."""


def not_measured(result: AnalysisResult) -> list[tuple[str, str]]:
    """What could not be measured: (title, why and how to film it)."""
    return [
        (_NAMES.get(name) or short_title(name), _sentence(why))
        for name, why in result.summary.not_measured.items()
    ]


def doubted(result: AnalysisResult) -> list[tuple[str, str]]:
    """What is of low confidence: (title, why)."""
    whys = {
        metric: [v.reason for v in sides.values() if v.status == "low_confidence"]
        for metric, sides in result.summary.metrics.items()
    }
    return [
        (_NAMES.get(metric) or short_title(metric), _sentence(why[0]))
        for metric, why in whys.items()
        if why
    ]


def by_reason(lines: Iterable[tuple[str, str]]) -> list[str]:
    """The same in few lines: what has one reason together.

    Examples
    --------
    >>> by_reason([("Thigh", "Seen from the front."), ("Hip", "Seen from the front.")])
    ['Thigh, Hip: seen from the front.']
    """
    titles: dict[str, list[str]] = {}
    for title, why in lines:
        titles.setdefault(why, []).append(title)
    return [f"{', '.join(own)}: {why[:1].lower()}{why[1:]}" for why, own in titles.items()]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def film_tips(result: AnalysisResult) -> list[str]:
    """How to film it next time so that more can be measured, and more surely."""
    reasons = [*result.summary.not_measured.values(), *(c.value.reason for c in result.checks)]
    asked = [tip for why in reasons for tip in re.findall(r"Film [^.]*\.(?= |$)", why)]
    scene, clip, athlete = result.scene, result.clip, result.athlete
    small = athlete.height_px < _GOOD_HEIGHT_PX
    in_line = scene.view in ("front", "rear")  # no ankle can be read from there
    gains = "contact times" if in_line else "ankles and contact times"
    more = {
        "Film nearer: the athlete should fill a quarter of the picture's height or more, and be "
        f"{_GOOD_HEIGHT_PX:.0f} pixels tall; here it is {athlete.height_px:.0f} pixels.": (
            small and athlete.height_px < _GOOD_SHARE * clip.height_px
        ),
        "Film in a higher resolution, as 1920 by 1080 pixels: the athlete should be "
        f"{_GOOD_HEIGHT_PX:.0f} pixels tall or more; here it is {athlete.height_px:.0f}.": (
            small and athlete.height_px >= _GOOD_SHARE * clip.height_px
        ),
        f"Film at 120 frames a second or more for {gains}; this clip has "
        f"{clip.capture_fps:.0f}.": (
            clip.capture_fps < _GOOD_FPS and FILM_FAST not in asked and not is_drill(scene.gait)
        ),
        "Take the file as the phone wrote it, not what a messenger made of it: in this picture the "
        f"landmarks tremble, which makes the intervals {_wider(athlete):.1f} times as wide.": (
            _wider(athlete) >= _COARSE_TIMES
        ),
        "Stand square to the lane: from an angle every angle is less sure.": (
            scene.view == "oblique"
        ),
        "Let the run begin and end outside of the picture, or film longer: few knee drives were "
        "seen whole.": len(result.strides) < 4,
    }
    return list(dict.fromkeys([*asked, *(tip for tip, holds in more.items() if holds)]))


def _wider(athlete: Athlete) -> float:
    """How much wider the intervals of angles are for a coarse picture."""
    return coarseness(percent_of(athlete.tremble_px, athlete.height_px))


def reading(result: AnalysisResult) -> list[tuple[str, str]]:
    """How the clip was read: (name, value)."""
    return [*_clip_lines(result), *_scene_lines(result), *_athlete_lines(result)]


def _clip_lines(result: AnalysisResult) -> list[tuple[str, str]]:
    clip = result.clip
    slow = (
        f"plays {clip.slow_motion:g} times slower than real time"
        if clip.slow_motion != 1.0
        else "none: plays in real time"
    )
    rotated = f"turned by {clip.rotation_deg}°" if clip.rotation_deg else ""
    picture = (f"{clip.width_px} × {clip.height_px} pixels", clip.codec, rotated)
    frames = f"{clip.frames} ({clip.duration_s:.2f} s in real time)"
    if clip.frames_damaged:
        frames += f", {clip.frames_damaged} damaged and skipped"
    if clip.frames_repeated:
        frames += f", {clip.frames_repeated} that only repeat or mix those beside them"
    return [
        ("Frame rate", f"{clip.capture_fps:.4g} frames a second – {clip.capture_fps_source}"),
        ("Slow motion", slow),
        ("Frames", frames),
        ("Picture", ", ".join(filter(None, picture))),
    ]


def _tenths(angle_deg: float) -> str:
    """A small angle to a tenth of a degree."""
    return f"{round(angle_deg, 1) + 0.0:.1f}°".replace("-", "−")


def _scene_lines(result: AnalysisResult) -> list[tuple[str, str]]:
    scene = result.scene
    # Without one that was told its tilt may stay in: a warning says so.
    level = f", tilt of {_tenths(scene.tilt_deg)} taken out" if scene.tilt_deg else ""
    if level and scene.tilt_error_deg:
        level += f" (± {_tenths(Z_95 * scene.tilt_error_deg)})"
    if abs(scene.converging_deg) >= _CONVERGES_DEG:
        across = _tenths(abs(scene.converging_deg))
        level += f", looks up or down: {across} across the picture taken out"
    near = f"{scene.near_side} leg nearer to the camera" if scene.near_side else "both legs alike"
    return [
        ("View", f"{scene.view}, {near}"),
        *([("Gait", scene.gait)] if scene.gait != "not told" else []),
        ("Running", direction_words(result)),
        ("Camera", f"{scene.camera}{level}"),
    ]


def direction_words(result: AnalysisResult) -> str:
    """The running direction, as in 'to the right'."""
    words = {"towards": "towards the camera", "away": "away from the camera"}
    direction = result.scene.running_direction
    return words.get(direction, f"to the {direction}")


def _athlete_lines(result: AnalysisResult) -> list[tuple[str, str]]:
    athlete = result.athlete
    people = "one person" if athlete.people_found == 1 else f"{athlete.people_found} people"
    return [
        (
            "Athlete",
            f"number {athlete.number}, {people} found; {athlete.height_px:.0f} pixels tall",
        ),
        ("Followed", _followed(athlete)),
        *_steadiness(athlete),
    ]


def _steadiness(athlete: Athlete) -> list[tuple[str, str]]:
    """How much the landmarks tremble, where it is known."""
    if athlete.tremble_px is None:
        return []
    share, wider = percent_of(athlete.tremble_px, athlete.height_px), f"{_wider(athlete):.1f}"
    cost = "" if wider == "1.0" else f", so intervals are {wider} times as wide"
    return [("Sharpness", f"landmarks tremble by {share:.2f} % of his height{cost}")]


def _followed(athlete: Athlete) -> str:
    """In how many frames he was followed, and where it was not sure that it was he."""
    first = athlete.first_frame if athlete.first_read_frame is None else athlete.first_read_frame
    last = athlete.last_frame if athlete.last_read_frame is None else athlete.last_read_frame
    share = f"{100 * athlete.followed_fraction:.0f} % of frames {first} to {last}"
    if first > athlete.first_frame:
        share += f" (there from frame {athlete.first_frame} on)"
    if not athlete.unsure:
        return f"{share}, nowhere in doubt"
    spans = "; ".join(
        f"{span.first_frame} to {span.last_frame} ({span.reason})" for span in athlete.unsure
    )
    return f"{share}; in doubt in frames {spans}"
