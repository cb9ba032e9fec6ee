"""Which of the landmarks a point of another program is, told from its name."""

from __future__ import annotations

import re
from typing import Final

from kneedrive_cv.pose.landmarks import LANDMARKS, SIDES

_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "shoulder": ("shoulder", "sjc", "shoulderjointcenter", "acromion"),
    "elbow": ("elbow", "ejc", "elbowjointcenter"),
    "wrist": ("wrist", "wjc", "wristjointcenter"),
    "hip": ("hip", "hjc", "hipjc", "hipjointcenter"),
    "knee": ("knee", "kjc", "kneejc", "kneejointcenter"),
    "ankle": ("ankle", "ajc", "anklejc", "anklejointcenter"),
    "heel": ("heel", "calc", "calcaneus"),
    "foot_index": ("footindex", "bigtoe", "toe", "toes", "toetip", "foottip"),
    "eye": ("eye",),
    "ear": ("ear",),
}

NECK: Final = ("neck", "c7")
"""Stands for the middle of the shoulders where these are missing."""

BODY_25: Final = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder",
    "left_elbow", "left_wrist", "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip",
    "left_knee", "left_ankle", "right_eye", "left_eye", "right_ear", "left_ear", "left_big_toe",
    "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
)  # fmt: skip

COCO_17: Final = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip",
    "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip

HALPE_26: Final = (
    *COCO_17, "head", "neck", "mid_hip", "left_big_toe", "right_big_toe", "left_small_toe",
    "right_small_toe", "left_heel", "right_heel",
)  # fmt: skip

COCO_WHOLEBODY: Final = (
    *COCO_17, "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe",
    "right_heel", *(f"face_or_hand_{i}" for i in range(110)),
)  # fmt: skip

SKELETONS: Final[dict[int, tuple[str, tuple[str, ...]]]] = {
    25: ("BODY_25", BODY_25),
    26: ("Halpe-26", HALPE_26),
    133: ("COCO-WholeBody", COCO_WHOLEBODY),
    17: ("COCO", COCO_17),
}
"""Number of points -> name of the skeleton and its points, for files that name none."""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _known() -> dict[str, str]:
    known = {_plain(name): name for name in LANDMARKS}
    for side in SIDES:
        for part, aliases in _ALIASES.items():
            for alias in aliases:
                for word in (side, side[0]):
                    known.setdefault(word + alias, f"{side}_{part}")
                    known.setdefault(alias + word, f"{side}_{part}")
    return known


_KNOWN: Final = _known()


def landmark_of(name: str) -> str | None:
    """The landmark that a point is; None for a point that is none of them.

    Examples
    --------
    >>> landmark_of("RKnee"), landmark_of("left_big_toe"), landmark_of("Hip L"), landmark_of("T10")
    ('right_knee', 'left_foot_index', 'left_hip', None)
    """
    return _KNOWN.get(_plain(name))


def is_neck(name: str) -> bool:
    """Whether a point stands between the shoulders."""
    return _plain(name) in NECK
