"""From where the athlete is seen and which way he runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete.active import ground_step_px
from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.config import ViewChoice
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]
View = Literal["side", "oblique", "front", "rear"]

SIDE_BELOW = 0.31
FRONT_ABOVE = 0.62
"""Width of the shoulders over the length of the trunk in the picture. From the side only the
swing of the shoulders shows, from the front their whole width, about three quarters."""

FRONT_PERHAPS_ABOVE = 0.5
FRONT_SWING = (0.9, 1.1)
"""How far the feet pass each other along the picture over how far up and down. From the front it
is 0 to 0.8, 40 degrees off the front 1.2, from the side 1.5 to 3: under the first a body with
shoulders that narrow is seen from the front still, over the second it is not."""

SHOULDERS_TRUNK = 0.78
"""Width of the shoulders over the length of the trunk, as the landmarks have them."""

TWIST_TRUNK = 0.15
"""What of the shoulders shows square from the side, since they twist."""

_FEET_APART_LEG = 0.15
"""Of feet that are so much apart in height, in legs, the lower one stands or is about to."""

_TRAVEL_HEIGHTS = 1.0


@dataclass(frozen=True)
class Sight:
    """How the athlete is seen.

    Attributes
    ----------
    view : str
        ``side``, ``oblique``, ``front`` or ``rear``.
    forward : float
        +1 when running to the right of the picture, -1 to the left.
    near_side : str or None
        The side of the body nearer to the camera; None from front and rear.
    shoulder_width_trunk : float
        Median width of the shoulders over the length of the trunk, as seen.
    """

    view: View
    forward: float
    near_side: Side | None
    shoulder_width_trunk: float

    @property
    def frontal(self) -> bool:
        """Seen from the front or the rear."""
        return self.view in ("front", "rear")

    @property
    def facing(self) -> float:
        """+1 where the left side of the body is on the right of the picture, -1 from the rear."""
        return 1.0 if self.view == "front" else -1.0

    @property
    def off_side_deg(self) -> float:
        """How far the camera stood off the side, told from the width of the shoulders."""
        if self.near_side is None:
            return 0.0
        # a side view that the user names has shoulders that were misread
        most = SIDE_BELOW if self.view == "side" else np.inf
        width = min(self.shoulder_width_trunk, most)
        seen = np.sqrt(max(width**2 - TWIST_TRUNK**2, 0.0))
        return float(np.rad2deg(np.arcsin(min(seen / SHOULDERS_TRUNK, 0.9))))

    @property
    def running_direction(self) -> Literal["left", "right", "towards", "away"]:
        """Where he runs, in the picture's terms."""
        if self.view == "front":
            return "towards"
        if self.view == "rear":
            return "away"
        return "right" if self.forward > 0 else "left"


def find_sight(track: PoseTrack, *, forward: float, choice: ViewChoice = "auto") -> Sight:
    """Tell the view from the pose.

    Parameters
    ----------
    track : PoseTrack
        The frames in which the athlete runs: crouched in the blocks a body looks turned.
    forward : float
        +1 when running to the right of the picture, -1 to the left.
    choice : str
        ``auto``, or the view that the user names.

    Returns
    -------
    Sight
    """
    width = _shoulder_width(track)
    view = _view(track, width) if choice == "auto" else choice
    near: Side | None = None
    if view in ("side", "oblique"):
        near = "right" if forward > 0 else "left"
    return Sight(view=view, forward=forward, near_side=near, shoulder_width_trunk=width)


def running_sign(track: PoseTrack, crops: Crops, background_motion: FloatArray) -> float:
    """+1 if the athlete runs to the right of the picture, -1 if to the left.

    His way over the background says it. Where he makes none, on a treadmill, his toes and his
    nose do: they point where he runs. So they do where his feet push the same way, since then it
    is the background that was misread: a train passed behind him, or a fence before him.

    Parameters
    ----------
    track : PoseTrack
    crops : Crops
        Where he is in each frame.
    background_motion : ndarray, shape (T, 2, 3)
        From the frame before to each frame of ``crops``.
    """
    way = float(ground_step_px(crops, background_motion)[:, 0].sum())
    points = pointing_sign(track)
    if abs(way) > _TRAVEL_HEIGHTS * np.median(crops.box[:, 3] - crops.box[:, 1]):
        # of a clip that plays in reverse the feet go with the way
        return points if pushing_sign(track) == points else float(np.sign(way))
    return points


def pointing_sign(track: PoseTrack) -> float:
    """+1 if toes and nose point to the right of the picture, -1 if to the left.

    Of a given pose without nose and heels the foot that stands says it.
    """
    hip = (track.point("left_hip") + track.point("right_hip")) / 2
    pointing = [track.point("nose") - hip] + [
        track.point(f"{side}_foot_index") - track.point(f"{side}_heel")
        for side in ("left", "right")
    ]
    across = np.concatenate(pointing)[:, 0]
    if not np.isfinite(across).any():
        return pushing_sign(track) or 1.0
    return -1.0 if np.nanmedian(across) < 0 else 1.0


def pushing_sign(track: PoseTrack) -> float:
    """+1 if the foot that stands pushes him to the right of the picture, -1 if to the left.

    The lower foot goes back under the body as it goes forward, whatever the background does; 0
    where that is not seen.
    """
    hip = (track.point("left_hip") + track.point("right_hip")) / 2
    feet = np.stack([track.point(f"{side}_ankle") - hip for side in SIDES])
    if not np.isfinite(feet).any():
        return 0.0
    below = feet[0, :, 1] - feet[1, :, 1]
    apart = np.abs(below) > _FEET_APART_LEG * np.nanpercentile(np.abs(feet[..., 1]), 90)
    goes = np.where(below[:-1] > 0, *np.diff(feet[..., 0], axis=1))
    stays = apart[1:] & apart[:-1] & (below[1:] * below[:-1] > 0) & np.isfinite(goes)
    return -float(np.sign(np.sign(goes[stays]).sum()))


def _shoulder_width(track: PoseTrack) -> float:
    """Median width of the shoulders in lengths of the trunk; 0 where it is never seen.

    A given pose without both shoulders is taken for one from the side: nothing says otherwise.
    """
    left, right = track.point("left_shoulder"), track.point("right_shoulder")
    trunk = (left + right - track.point("left_hip") - track.point("right_hip")) / 2
    width = np.abs(left - right)[:, 0] / np.linalg.norm(trunk, axis=1)
    return float(np.nanmedian(width)) if np.isfinite(width).any() else 0.0


def foot_swing(track: PoseTrack) -> float:
    """How far the ankles pass each other along the picture over how far up and down.

    Both legs named the wrong way round give the same, so single swaps hardly matter.
    """
    apart = track.point("left_ankle") - track.point("right_ankle")
    apart = apart[np.isfinite(apart).all(axis=1)]
    along, up = np.sqrt(np.mean(apart**2, axis=0)) if len(apart) else (np.nan, np.nan)
    return float(along / up) if up > 0 else float("nan")


def _view(track: PoseTrack, width: float) -> View:
    if width < SIDE_BELOW:
        return "side"
    swing, (front, oblique) = foot_swing(track), FRONT_SWING
    surely, perhaps = width >= FRONT_ABOVE, width >= FRONT_PERHAPS_ABOVE
    if not ((surely and not swing > oblique) or (perhaps and swing < front)):
        return "oblique"
    facing = np.nanmedian((track.point("left_shoulder") - track.point("right_shoulder"))[:, 0])
    return "front" if facing > 0 else "rear"
