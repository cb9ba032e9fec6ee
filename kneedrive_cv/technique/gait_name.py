"""What he does: sprint, jog, or a drill of the article's warm-up.

A sprint must never be called anything else, so a drill or a jog has to show several signs at
once; what shows not all of them stays a sprint.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kneedrive_cv.kinematics.lifts import LIFT_DEG, STANDS_DEG, hanging_deg
from kneedrive_cv.kinematics.strides import overlap_fraction
from kneedrive_cv.pose.landmarks import SIDES
from kneedrive_cv.result import Gait
from kneedrive_cv.technique.measure import Motion

DRILL_BELOW_LEG_PER_S: Final = 4.5
JOG_BELOW_LEG_PER_S: Final = 4.8
JOG_BELOW_HZ: Final = 3.2
JOG_CONTACT_ABOVE_S: Final = 0.18
"""The slowest of the real and rendered sprints does 6.2 leg lengths and 3.9 steps a second, the
first steps out of the blocks 3.3 and 3.6 with contacts under 0.17 s; the jogger on the treadmill
3.4 and 2.8 with 0.27 s."""

HIGH_KNEES_HZ: Final = 2.4
SKIP_BOUNCE_LEG: Final = 0.09
MARCH_OVERLAP: Final = 0.05
"""High knees are run, so the lifts come fast; a skip hops on the standing leg, a march does not and
has both feet down between."""


def name_gait(motion: Motion) -> Gait:
    """Tell what he does from the side; not told from the front and the rear.

    Parameters
    ----------
    motion : Motion
    """
    if any(f"{side}_foot_ahead_leg" not in motion.angles for side in SIDES):
        return "not told"
    speeds = [contact.speed_leg_per_s for contact in motion.contacts]
    speed = float(np.median(speeds)) if speeds else 0.0
    if _lifts_knees(motion) and speed < DRILL_BELOW_LEG_PER_S:
        return _drill(motion)
    contacts_s = [c.toe_off_s - c.touchdown_s for c in motion.contacts]
    jogs = (
        0 < speed < JOG_BELOW_LEG_PER_S
        and motion.step_frequency_hz() < JOG_BELOW_HZ
        and np.nanmedian(contacts_s or [np.nan]) > JOG_CONTACT_ABOVE_S
    )
    return "jog" if jogs else "sprint"


def _lifts_knees(motion: Motion) -> bool:
    """The knees rise high, and the thighs hang between: nothing pushes off behind the body."""
    if not motion.drives:
        return False
    high = float(np.median([drive.peak_thigh_deg for drive in motion.drives])) >= LIFT_DEG
    thigh = {side: motion.angles[f"{side}_thigh_deg"] for side in SIDES}
    return high and hanging_deg(thigh) > STANDS_DEG


def _drill(motion: Motion) -> Gait:
    """Which drill: by how fast the lifts come, and by how the hips bounce."""
    peaks_s = np.sort([drive.peak_s for drive in motion.drives])
    rate_hz = 1.0 / float(np.median(np.diff(peaks_s))) if len(peaks_s) > 1 else 0.0
    if rate_hz >= HIGH_KNEES_HZ:
        return "high knees"
    if overlap_fraction(motion.contacts) > MARCH_OVERLAP:
        return "A-march"
    return "A-skip" if _bounce_leg(motion) >= SKIP_BOUNCE_LEG else "A-march"


def _bounce_leg(motion: Motion) -> float:
    """How far the hips go up and down, in leg lengths."""
    hip = (motion.track.point("left_hip") + motion.track.point("right_hip"))[:, 1] / 2
    known = np.isfinite(hip)
    if known.sum() < 3:
        return 0.0
    time_s = motion.track.time_s[known]
    off = hip[known] - np.polyval(np.polyfit(time_s, hip[known], 1), time_s)
    return float(np.ptp(np.percentile(off, [5, 95]))) / motion.leg_px


def gait_note(gait: Gait) -> str:
    """What a clip that shows no sprint says of itself; empty for a sprint."""
    if gait == "jog":
        return (
            "He jogs, he does not sprint: the knee drive is measured, but its targets are for "
            "sprinting."
        )
    if gait in ("sprint", "not told"):
        return ""
    return (
        f"This shows a drill, {gait}, not a sprint: how high the knees come is measured; what "
        "belongs to running is not judged by it."
    )
