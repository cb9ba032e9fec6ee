"""How long things are: from leg lengths to metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kneedrive_cv.config import Settings
from kneedrive_cv.errors import ConfigError

LEG_SHARE = 0.491
"""Thigh plus shank over the height, between joint centres: Drillis and Contini 1966, as in Winter,
Biomechanics and Motor Control of Human Movement (thigh 0.245, shank 0.246)."""

LEG_SHARE_ERROR = 0.03
"""People differ by this share of it (standard deviation), and a height is given in or out of
shoes."""

MARK_ERROR_PX = 3.0
LANE_ERROR_SHARE = 0.02
"""Standard errors of a marked point, and of the athlete's depth against the marks': half a metre
off the line of the marks at 25 m."""

LEG_ALONG_SHARE = 0.48
"""So much of a running leg's squared length lies along the track: legs are seen 6 % shorter from 30
degrees off the side, and 11 % from 40 (the truth of the error table's clips)."""

POSSIBLE_HEIGHT_M = (1.2, 2.3)


@dataclass(frozen=True)
class Scale:
    """What a leg length is in metres.

    Attributes
    ----------
    leg_m : float
        Thigh plus shank.
    error_share : float
        Standard error, as a share of it.
    source : str
        What it stands on, in words.
    doubt : str
        Why metres are of low confidence; empty if they are not.
    """

    leg_m: float
    error_share: float
    source: str
    doubt: str = ""


def find_scale(
    settings: Settings, *, leg_px: float, moving: bool, off_side_deg: float = 0.0
) -> Scale | None:
    """The scale that the user gave, from a marked distance or the athlete's height.

    Parameters
    ----------
    settings : Settings
    leg_px : float
        Thigh plus shank in the picture.
    moving : bool
        The camera moves, so that the marks are right in the picture they were read from alone.
    off_side_deg : float
        How far the camera stands off the side: the marks lie along the track, which it sees more
        shortened than the legs.

    Returns
    -------
    Scale or None
        None where neither was given.

    Raises
    ------
    ConfigError
        The marks are no distance, or one by which the athlete would be a dwarf or a giant.
    """
    if settings.known_distance is not None:
        return _from_distance(settings.known_distance, leg_px / lengthening(off_side_deg), moving)
    if settings.height_m is not None:
        leg_m = LEG_SHARE * settings.height_m
        return Scale(leg_m, LEG_SHARE_ERROR, f"the athlete's height of {settings.height_m:g} m")
    return None


def lengthening(off_side_deg: float) -> float:
    """How many times more leg lengths a way along the track has than a camera off the side shows.

    Examples
    --------
    >>> round(lengthening(0.0), 2), round(lengthening(30.0), 2)
    (1.0, 1.08)
    """
    off = np.deg2rad(off_side_deg)
    return float(np.sqrt(1.0 - LEG_ALONG_SHARE * np.sin(off) ** 2) / np.cos(off))


def _from_distance(
    known: tuple[float, float, float, float, float], leg_px: float, moving: bool
) -> Scale:
    x1, y1, x2, y2, metres = known
    apart_px = float(np.hypot(x2 - x1, y2 - y1))
    if apart_px < 10 * MARK_ERROR_PX or metres <= 0:
        raise ConfigError(
            f"the marks are {apart_px:.0f} px and {metres:g} m apart",
            where="known distance",
            fix=f"Mark two points at least {10 * MARK_ERROR_PX:.0f} px apart on his lane.",
        )
    leg_m = leg_px * metres / apart_px
    height_m = leg_m / LEG_SHARE
    if not POSSIBLE_HEIGHT_M[0] <= height_m <= POSSIBLE_HEIGHT_M[1]:
        raise ConfigError(
            f"by it the athlete would be {height_m:.1f} m tall",
            where="known distance",
            fix="Mark two points on the athlete's own lane, and give the metres between them.",
        )
    error = float(np.hypot(np.sqrt(2) * MARK_ERROR_PX / apart_px, LANE_ERROR_SHARE))
    doubt = (
        "the camera moves, so the marked distance may not hold where he runs" if moving else ""
    )
    return Scale(leg_m, error, f"a marked distance of {metres:g} m", doubt)
