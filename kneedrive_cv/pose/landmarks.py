"""Names and indices of the 33 MediaPipe pose landmarks, and how they belong together."""

from __future__ import annotations

from typing import Literal

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")

LANDMARKS: tuple[str, ...] = (
    "nose",
    "left_eye_inner",
    "left_eye",
    "left_eye_outer",
    "right_eye_inner",
    "right_eye",
    "right_eye_outer",
    "left_ear",
    "right_ear",
    "mouth_left",
    "mouth_right",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_pinky",
    "right_pinky",
    "left_index",
    "right_index",
    "left_thumb",
    "right_thumb",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
)
INDEX: dict[str, int] = {name: i for i, name in enumerate(LANDMARKS)}
N_LANDMARKS = len(LANDMARKS)

LEG_PARTS: tuple[str, ...] = ("hip", "knee", "ankle", "heel", "foot_index")
"""The landmarks of one leg, from the hip down; each exists as ``left_`` and ``right_``."""

LEFT_LEG: tuple[int, ...] = tuple(INDEX[f"left_{part}"] for part in LEG_PARTS)
RIGHT_LEG: tuple[int, ...] = tuple(INDEX[f"right_{part}"] for part in LEG_PARTS)

SEGMENTS: tuple[tuple[str, str], ...] = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *(
        (f"{side}_{a}", f"{side}_{b}")
        for side in SIDES
        for a, b in (
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("shoulder", "hip"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "heel"),
            ("heel", "foot_index"),
            ("ankle", "foot_index"),
        )
    ),
)
"""Pairs of landmarks joined by a line when the skeleton is drawn."""


def mirror(name: str) -> str:
    """The same landmark on the other side of the body; the name itself on the midline.

    Examples
    --------
    >>> mirror("left_knee"), mirror("nose"), mirror("mouth_left")
    ('right_knee', 'nose', 'mouth_right')
    """
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")


MIRROR: tuple[int, ...] = tuple(INDEX[mirror(name)] for name in LANDMARKS)
"""Index of the same landmark on the other side, for each landmark."""
