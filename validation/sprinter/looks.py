"""What a clip looks like, drawn from its seed: light, place, skin, hair and kit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from validation.sprinter.body import body_names

FloatArray = NDArray[np.float64]
Colour = tuple[float, float, float]

SKINS: dict[str, tuple[Colour, Colour]] = {
    "man_african": ((0.09, 0.04, 0.024), (0.26, 0.13, 0.075)),
    "man_asian": ((0.36, 0.21, 0.14), (0.55, 0.36, 0.25)),
    "man_caucasian": ((0.42, 0.24, 0.16), (0.60, 0.38, 0.28)),
    "woman_african": ((0.10, 0.048, 0.028), (0.30, 0.155, 0.09)),
    "woman_asian": ((0.38, 0.23, 0.15), (0.55, 0.37, 0.26)),
    "woman_caucasian": ((0.44, 0.26, 0.18), (0.62, 0.40, 0.30)),
}
"""Darkest and lightest, linear light, by the first two words of a body's name."""
HAIRS: tuple[Colour, ...] = (
    (0.008, 0.006, 0.005),
    (0.02, 0.012, 0.008),
    (0.06, 0.03, 0.015),
    (0.20, 0.12, 0.05),
)
TRACKS: tuple[Colour, ...] = (
    (0.33, 0.075, 0.045),
    (0.38, 0.12, 0.07),
    (0.045, 0.12, 0.32),
    (0.16, 0.16, 0.17),
    (0.06, 0.20, 0.16),
)


@dataclass(frozen=True)
class Outfit:
    """Colours and cuts of one figure, by the names of the shader's uniforms."""

    values: dict[str, Any]
    hair_m: float


def outfit(body: str, rng: np.random.Generator) -> Outfit:
    """Skin, hair and kit of a figure.

    Parameters
    ----------
    body : str
        Name of the body.
    rng : numpy.random.Generator
        Where the draw comes from.

    Returns
    -------
    Outfit
    """
    dark, light = (np.array(c) for c in SKINS["_".join(body.split("_")[:2])])
    hairs = HAIRS if "caucasian" in body else HAIRS[:2]
    hem = rng.choice([0.12, 0.28, 0.42, 0.62])
    crop = 0.42 if body.startswith("woman") and rng.random() < 0.5 else 0.1
    sleeve = rng.choice([0.0, 0.0, 0.0, 0.5])
    sock = rng.choice([0.82, 0.9, 0.93])
    skin = dark + (light - dark) * rng.random()
    values = {
        "skin": skin,
        "hair": hairs[rng.integers(len(hairs))],
        "top": _cloth(rng, unlike=skin),
        "bottom": _cloth(rng, unlike=skin),
        "trim": _cloth(rng),
        "shoe": _cloth(rng),
        "sock": np.full(3, rng.choice([0.03, 0.7])),
        "cut": (hem, crop, sleeve, sock),
        "pattern": rng.random(),
    }
    return Outfit(values, hair_m=float(rng.uniform(0.004, 0.022)))


def _cloth(rng: np.random.Generator, unlike: FloatArray | None = None) -> FloatArray:
    """A colour of cloth, linear light; not near another one, where that is given."""
    while True:
        hue = rng.random() * 6
        pure = np.clip(np.abs((hue + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
        grey, depth = rng.uniform(0, 0.6), rng.choice([0.03, 0.15, 0.4, 0.7])
        cloth: FloatArray = depth * (pure * (1 - grey) + grey)
        # Compared as the eye does it: dark shades count more than in linear light.
        if unlike is None or np.abs(np.sqrt(cloth) - np.sqrt(unlike)).max() > 0.25:
            return cloth


@dataclass(frozen=True)
class Place:
    """Light and surroundings, by the names of the shaders' uniforms."""

    values: dict[str, Any]
    sun: FloatArray
    exposure: float
    warmth: float


def place(rng: np.random.Generator) -> Place:
    """Light and surroundings of a clip.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the draw comes from.

    Returns
    -------
    Place
    """
    overcast = float(rng.beta(0.7, 1.0))
    azimuth, height = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(22, 65))
    flat = np.cos(height)
    sun = np.array([flat * np.sin(azimuth), -abs(flat * np.cos(azimuth)), np.sin(height)])
    blue = np.array([0.55, 0.72, 1.0])
    grey = rng.uniform(0.75, 1.0)
    values = {
        "sun": sun,
        "sun_colour": (1 - 0.9 * overcast) * 1.5 * np.array([1.0, 0.93, 0.82]),
        "sky_colour": (0.5 + 0.45 * overcast) * (blue + (1 - blue) * overcast),
        "zenith": (1 - overcast) * np.array([0.16, 0.34, 0.72]) + overcast * 0.62 * grey,
        "horizon": (1 - overcast) * np.array([0.55, 0.68, 0.82]) + overcast * 0.78 * grey,
        "track_colour": np.array(TRACKS[rng.integers(len(TRACKS))]) * rng.uniform(0.8, 1.2),
        "grass_colour": np.array([0.08, 0.17, 0.035]) * rng.uniform(0.7, 1.3, 3),
        "wall_colour": _cloth(rng) * 0.6,
        "accent": _cloth(rng),
        "seed": rng.random(),
        "near_edge": -0.61 - 1.22 * rng.integers(1, 5),
        "far_edge": 0.61 + 1.22 * rng.integers(1, 7),
        "wall_y": rng.uniform(12, 40),
        "wall_height": rng.choice([0.0, 0.9, 1.1, 2.2]),
        "tree_height": rng.uniform(3, 11),
        "seats": float(rng.random() < 0.5),
        "haze": rng.uniform(0.0005, 0.004),
    }
    return Place(values, sun, float(rng.uniform(0.85, 1.15)), float(rng.uniform(-0.05, 0.06)))


def another_body(rng: np.random.Generator) -> tuple[str, float]:
    """Name and stature of someone else in the picture."""
    names = body_names()
    return names[rng.integers(len(names))], float(rng.uniform(1.58, 1.92))
