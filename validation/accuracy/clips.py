"""Clips of the bench: rendered once, kept in a folder, used again."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from validation.sprinter.clip import SCHEMA_VERSION, write_clip
from validation.sprinter.parameters import ClipParameters

KEY_LENGTH = 12
LATER: dict[str, Any] = {"drill": None, "hop_s": 0.0, "swing_pace": 1.0, "arm_share": 1.0}
LATER_SIDE: dict[str, Any] = {
    "forefoot_ahead_m": 0.0,
    "touchdown_reach_share": 0.972,
    "peak_share": None,
}
LATER_CAMERA: dict[str, Any] = {"pitch_deg": 0.0}
"""Parameters that came with drills and later, with their defaults: a clip without them keeps its
name, so that it is not rendered anew."""


def clip_path(folder: Path, name: str, parameters: ClipParameters) -> Path:
    """Where a clip lies or will lie; its name says its parameters."""
    text = json.dumps([SCHEMA_VERSION, _told(parameters)], sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()[:KEY_LENGTH]
    return folder / f"{name}-{key}.mp4"


def _told(parameters: ClipParameters) -> dict[str, Any]:
    """The parameters, without what earlier clips were not asked for."""
    told = parameters.model_dump()
    run = told["technique"]
    for section, later in (
        (run, LATER),
        (run["left"], LATER_SIDE),
        (run["right"], LATER_SIDE),
        (told["camera"], LATER_CAMERA),
    ):
        for name, default in later.items():
            if section[name] == default:
                del section[name]
    return told


def is_there(clip: Path) -> bool:
    """Whether the clip and its truth are both there."""
    return clip.exists() and clip.with_suffix(".json").exists()


def render(clip: Path, parameters: ClipParameters) -> None:
    """Render a clip and its truth, unless they are there; whole or not at all."""
    if is_there(clip):
        return
    clip.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=clip.parent, prefix=".rendering-") as folder:
        made = Path(folder) / clip.name
        write_clip(parameters, made)
        for suffix in (".json", ".mp4"):
            shutil.move(made.with_suffix(suffix), clip.with_suffix(suffix))
