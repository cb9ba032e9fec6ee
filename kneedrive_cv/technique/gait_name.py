"""What he does: sprint, jog, or a drill of the article's warm-up.

A sprint must never be called anything else. A drill is told from a sprint by its knee lifts
(`kneedrive_cv.kinematics.lifts`), a jog by several signs at once.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.result import Gait
from kneedrive_cv.technique.measure import Motion

JOG_BELOW_LEG_PER_S: Final = 4.8
JOG_BELOW_HZ: Final = 3.2
JOG_CONTACT_ABOVE_S: Final = 0.18
"""The slowest of the real and rendered sprints does 6.2 leg lengths and 3.9 steps a second, the
first steps out of the blocks 3.3 and 3.6 with contacts under 0.17 s; the jogger on the treadmill
3.4 and 2.8 with 0.27 s."""

HIGH_KNEES_HZ: Final = 2.4
"""High knees are run, so the lifts come fast; marching and skipping take 1 to 2.2 of them a
second."""

SKIP_BOUNCE_LEG: Final = 0.045
BOUNCE_S: Final = 0.15
HOP_NEAR_S: Final = 0.12
"""A skip hops on the standing leg: the hips are this much higher in the hop than so long before and
after it, in leg lengths. Who falls for that time falls by 0.13; hips that rise and sink by 5 cm in
a march do so by 0.025. The hop falls within the last of these of the top of the lift."""


def name_gait(motion: Motion) -> Gait:
    """Tell what he does from the side; not told from the front and the rear.

    Parameters
    ----------
    motion : Motion
    """
    if any(f"{side}_foot_ahead_leg" not in motion.angles for side in SIDES):
        return "not told"
    if motion.drives and not motion.contacts:
        return _drill(motion)
    speeds = [contact.speed_leg_per_s for contact in motion.contacts]
    speed = float(np.median(speeds)) if speeds else 0.0
    contacts_s = [c.toe_off_s - c.touchdown_s for c in motion.contacts]
    jogs = (
        0 < speed < JOG_BELOW_LEG_PER_S
        and motion.step_frequency_hz() < JOG_BELOW_HZ
        and np.nanmedian(contacts_s or [np.nan]) > JOG_CONTACT_ABOVE_S
    )
    return "jog" if jogs else "sprint"


def _drill(motion: Motion) -> Gait:
    """Which drill: by how fast the lifts come, and by whether a hop is in each."""
    if motion.step_frequency_hz() >= HIGH_KNEES_HZ:
        return "high knees"
    return "A-skip" if bounce_leg(motion) >= SKIP_BOUNCE_LEG else "A-march"


def bounce_leg(motion: Motion) -> float:
    """How far the hips drop before and after the top of a lift, in leg lengths.

    Within so short a time a camera that moves hardly matters.
    """
    hip_px = (motion.track.point("left_hip") + motion.track.point("right_hip"))[:, 1] / 2
    known = np.isfinite(hip_px)
    time_s, up = motion.track.time_s[known], -hip_px[known]
    drops = []
    for drive in motion.drives:
        near = np.flatnonzero(np.abs(time_s - drive.peak_s) <= HOP_NEAR_S)
        if len(near):
            highest = near[np.argmax(up[near])]
            around = np.interp(time_s[highest] + np.array([-BOUNCE_S, BOUNCE_S]), time_s, up)
            drops.append(float(up[highest] - around.mean()))
    return float(np.median(drops)) / motion.leg_px if drops else 0.0
