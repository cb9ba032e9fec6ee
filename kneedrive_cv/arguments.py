"""What stands on the command line, as the package takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kneedrive_cv.errors import ConfigError

TALLEST_M: Final = 2.6
"""A height above this was given in centimetres."""


def metres(height: float | None) -> float | None:
    """A height that was given in metres or in centimetres."""
    return height / 100 if height is not None and height > TALLEST_M else height


def numbers(text: str | None) -> list[str] | None:
    """What stands between commas; whether they are numbers, and enough, the settings check."""
    return None if text is None else [part.strip() for part in text.split(",")]


def named_after(clip: Path | None, pose: Path | None, also: Path | None) -> Path:
    """What the results are named after: the clip, or the pose file where there is none."""
    if pose is not None and also is not None:
        raise ConfigError("--pose and --also do not go together")
    named = clip or pose
    if named is None:
        raise ConfigError("name a clip, or a pose file with --pose", where="CLIP")
    return named
