"""Whether a clip shows a sprint that can be graded, and if not, why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.config import GradeSettings
from kneedrive_cv.errors import PoseError, UngradableError
from kneedrive_cv.kinematics.strides import overlap_fraction
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.gait_name import name_gait
from kneedrive_cv.technique.measure import Motion
from kneedrive_cv.technique.not_a_sprint import is_drill

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


MOST_LEAN_DEG = 75.0
"""Over a whole run not even who comes out of the blocks leans as far: the picture is turned."""

MOST_LEAN_BACK_DEG = 10.0
"""Nobody sprints leaning back as far: in every graded clip, real and rendered, the trunk leans
forward on average. In a drill it is a common fault."""

BENT_BACK_DEG = -20.0
MOST_BENT_BACK = 0.1
"""A knee that is bent forward by more than 20 degrees is misread, and in a run that is played in
reverse every foot that swings seems to bend it so."""


def require_pose(xy_px: FloatArray, settings: GradeSettings) -> None:
    """Raise `PoseError` if the athlete was found in too few of the frames, (T, 33, 2)."""
    if len(xy_px) < 2:
        only = "one frame of the athlete only" if len(xy_px) else "no frame of the athlete"
        raise PoseError(f"there is {only}", fix="Give a clip with two or more strides.")
    share = float(np.isfinite(xy_px[:, INDEX["left_hip"]]).all(axis=1).mean())
    if share == 0 or share < settings.min_pose_share:
        raise PoseError(
            f"the pose was found in only {share:.0%} of the athlete's frames",
            fix="Film nearer, in better light, without people or posts in front.",
        )


def require_run(
    motion: Motion,
    outside: BoolArray,
    sight: Sight,
    settings: GradeSettings,
    said_slower: float = 1.0,
) -> None:
    """Raise `UngradableError` if there is no run, or no whole knee drive of one.

    Parameters
    ----------
    motion : Motion
    outside : ndarray of bool, shape (T, K)
        Landmarks beyond the picture's edge.
    sight : Sight
    settings : GradeSettings
    said_slower : float
        How many times slower than real time the clip plays by what the user said of it.
    """
    lean_deg = _leans_back_deg(motion, sight)
    if abs(lean_deg) > MOST_LEAN_DEG:
        raise UngradableError(
            f"the athlete is {abs(lean_deg):.0f} degrees off upright in the picture",
            fix="Turn the clip until the athlete stands on the feet.",
        )
    if lean_deg > MOST_LEAN_BACK_DEG and not is_drill(name_gait(motion)):
        raise UngradableError(
            "the athlete seems to run backwards, leaning "
            f"{lean_deg:.0f} degrees away from the way of the run",
            fix="Give the clip as it was filmed, not one that plays in reverse.",
        )
    if not sight.frontal and (share := _bent_back(motion)) > MOST_BENT_BACK:
        raise UngradableError(
            "the athlete seems to run backwards: his knees bend the wrong way in "
            f"{share:.0%} of the frames",
            fix="Give the clip as it was filmed, not one that plays in reverse.",
        )
    if not is_drill(name_gait(motion)) and _walks(motion, settings):
        raise UngradableError(
            "the athlete walks, he does not sprint", fix="Film a sprint from the side."
        )
    if _feet_missing(outside) > 1 - settings.min_feet_share:  # what is found then is guessed
        raise UngradableError(
            "the feet are out of the picture in most frames, so no knee drive can be timed",
            fix="Film so that the whole body stays in the picture.",
        )
    if motion.drives:
        return
    if said_slower != 1.0:
        raise UngradableError(
            f"no whole knee drive was seen in a clip said to play {said_slower:.3g} times slower "
            "than real time",
            fix="If it does not, leave --capture-fps out.",
        )
    where = f" from the {sight.view}" if sight.frontal else ""
    named = "; if this is the side, say so with --view side" if sight.frontal else ""
    raise UngradableError(
        f"no whole knee drive (from a toe-off to the same foot's touchdown) was seen{where}",
        fix=f"Film at least two strides, with the whole body in the picture{named}.",
    )


def _leans_back_deg(motion: Motion, sight: Sight) -> float:
    """How far the trunk leans away from where he goes; NaN where that is not seen."""
    lean_deg = motion.angles.get("trunk_lean_deg")
    if sight.frontal or lean_deg is None or not np.isfinite(lean_deg).any():
        return float("nan")
    return -float(np.nanmedian(lean_deg))


def _bent_back(motion: Motion) -> float:
    """Share of the frames in which a knee bends forward; 0 where none is seen."""
    names = [f"{side}_knee_flexion_deg" for side in SIDES]
    knees = np.array([motion.angles[name] for name in names if name in motion.angles])
    seen = knees[np.isfinite(knees)]
    return float((seen < BENT_BACK_DEG).mean()) if len(seen) else 0.0


def _walks(motion: Motion, settings: GradeSettings) -> bool:
    """Walkers put a foot down before the other leaves, and bend the swinging knee little."""
    overlap = overlap_fraction(motion.contacts)
    both_down = np.isfinite(overlap) and overlap > settings.max_double_support
    return bool(both_down or motion.swing_knee_deg < settings.min_swing_knee_deg)


def _feet_missing(outside: BoolArray) -> float:
    """Share of frames in which a foot lies beyond the picture."""
    feet = [INDEX[f"{side}_{part}"] for side in SIDES for part in ("ankle", "foot_index")]
    return float(outside[:, feet].any(axis=1).mean()) if len(outside) else 1.0
