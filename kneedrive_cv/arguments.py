"""What stands on the command line, as the package takes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kneedrive_cv.errors import ConfigError

if TYPE_CHECKING:
    from kneedrive_cv.config import Settings

LEAST_CM: Final = 50.0
"""A height from this on was given in centimetres; what lies between is neither."""
SLOWEST: Final = 32.0
"""How many times slower than the clip an overlay may play."""
OPTIONS: Final = {
    "capture_fps": "--capture-fps",
    "height_m": "--height",
    "known_distance": "--distance",
    "pick_athlete": "--athlete",
    "view": "--view",
}
"""Fields of the settings, and the options that say them."""


def metres(height: float | None) -> float | None:
    """A height that was given in metres or in centimetres.

    Examples
    --------
    >>> metres(182.0), metres(1.82), metres(5.11)
    (1.82, 1.82, 5.11)
    """
    return height / 100 if height is not None and height >= LEAST_CM else height


def numbers(text: str | None) -> list[str] | None:
    """What stands between commas; whether they are numbers, and enough, the settings check."""
    return None if text is None else [part.strip() for part in text.split(",")]


def settings_of(path: Path | None, model: str | None, **said: Any) -> Settings:
    """Settings from the file, with what the command line says on top."""
    from kneedrive_cv.config import chosen_settings

    return chosen_settings(path, model=model, options=OPTIONS, **said)


def about_everybody(
    athlete: str | None,
    all_athletes: bool,
    beside: Mapping[str, object],
    of_one: Mapping[str, object],
) -> bool:
    """Whether everybody in the clip is meant: to be listed, or to be graded.

    Parameters
    ----------
    athlete : str or None
    all_athletes : bool
    beside : mapping of str to object
        Options that go with neither, and what was said; nothing, where they were not given.
    of_one : mapping of str to object
        Options that say something of one person, the same.

    Raises
    ------
    ConfigError
        What else was said holds for one athlete alone.
    """
    if all_athletes and athlete is not None:
        raise ConfigError("--all-athletes and --athlete do not go together")
    asked = "--all-athletes" if all_athletes else "--athlete list" if athlete == "list" else ""
    said = {**beside, **(of_one if all_athletes else {})}
    given = [option for option, value in said.items() if value]
    if asked and given:
        raise ConfigError(f"{asked} and {given[0]} do not go together")
    return bool(asked)


def named_after(clip: Path | None, pose: Path | None, also: Path | None) -> Path:
    """What the results are named after: the clip, or the pose file where there is none."""
    if pose is not None and also is not None:
        raise ConfigError("--pose and --also do not go together")
    named = clip or pose
    if named is None:
        raise ConfigError("name a clip, or a pose file with --pose", where="CLIP")
    return named
