"""How sure a metric is: its standard error, or why it cannot be read.

The errors of the table are those of whole clips against rendered truth (`validation/`): side view,
60 frames a second, an athlete about 300 px tall. What makes a clip harder widens them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from kneedrive_cv.config import ModelName
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.result import Gait
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique import frontal_errors
from kneedrive_cv.technique.frontal_errors import FRONTAL_METRICS
from kneedrive_cv.technique.not_a_sprint import NO_CONTACTS, NO_LOWER_LEG, SLOWED, is_drill
from kneedrive_cv.technique.rules import RULES

STEADY_ERROR: dict[str, tuple[float, float]] = {
    "hip_flexion_deg": (1.9, 2.1),
    "thigh_deg": (1.2, 1.7),
    "trunk_lean_deg": (2.0, 2.0),
    "knee_flexion_deg": (2.3, 2.6),
    "ankle_dorsiflexion_deg": (3.2, 3.4),
    "foot_pitch_deg": (2.8, 3.2),
    "foot_ahead_of_knee_shank": (0.024, 0.03),
}
"""Standard error that does not shrink with more strides: near leg, far leg. Hip, trunk and knee are
wider than on the clips of `docs/accuracy.md`: another body model has its hips 2.5 cm further back,
which makes 3 degrees of thigh, trunk and knee. On 16 legs rendered with it the trunk was 3.0
degrees off (root mean square), on the bench 1.2."""

STRIDE_ERROR: dict[str, float] = {
    "hip_flexion_deg": 1.1,
    "thigh_deg": 1.0,
    "trunk_lean_deg": 0.3,
    "knee_flexion_deg": 1.3,
    "ankle_dorsiflexion_deg": 1.4,
    "foot_pitch_deg": 1.2,
    "foot_ahead_of_knee_shank": 0.018,
}
"""Standard error that differs from stride to stride."""

GIVEN_ERROR: dict[str, float] = {
    "hip_flexion_deg": 9.0,
    "thigh_deg": 6.0,
    "trunk_lean_deg": 6.0,
    "knee_flexion_deg": 8.0,
    "ankle_dorsiflexion_deg": 13.0,
    "foot_pitch_deg": 13.0,
    "foot_ahead_of_knee_shank": 0.15,
}
"""Steady error of a pose that another program has found, of either leg. It was not measured for
those: sprint angles of uncorrected landmarks are published to be 4 to 11 degrees off hand labels
(arXiv 2505.04713), ankles more. This package's own estimator is 2 to 5 degrees off without its
correction, feet 7 to 9 (``python -m validation.given_pose``), so for a good one these are rather
too wide."""

JOG_ERROR: dict[str, float] = {
    "hip_flexion_deg": 4.5,
    "thigh_deg": 3.0,
    "trunk_lean_deg": 3.0,
    "knee_flexion_deg": 6.0,
    "ankle_dorsiflexion_deg": 9.0,
    "foot_pitch_deg": 9.0,
    "foot_ahead_of_knee_shank": 0.1,
}
"""Steady error of a jog, of either leg: it is read without the correction, which was learned on
sprints. On three rendered jogs hip and thigh were off by 1 to 6 and 2 to 3 degrees."""

PER_TILT_DEG: dict[str, float] = {
    "thigh_deg": 1.0,
    "trunk_lean_deg": 1.0,
    "foot_pitch_deg": 1.0,
    "foot_ahead_of_knee_shank": 0.0175,
}
"""More of it for each degree that the tilt of the camera is unsure by (`kneedrive_cv.scene.tilt`):
these are against the track."""

UNCORRECTED = "a jog is read without the correction of the pose, which was learned on sprints"

GIVEN_TIMES = 2.0
"""Factor on the errors of times for such a pose."""

FOOT_AHEAD_PER_S = 14.0
TOP_SHARE = 0.08
"""How fast the foot comes ahead of the knee while the thigh is at its top, in shanks, and to which
share of a frame the top is timed; at 60 frames a second the errors above hold it. Seven drives of a
real run at 30, 130 px tall, in eight copies of the clip (cropped, zoomed, captioned), differ from
copy to copy by 0.06 shanks; on rendered runs the near foot is as far off as this makes it."""

OWN_ERRORS: dict[str, tuple[float, float]] = {
    rule.metric: rule.errors for rule in RULES if rule.measure is not None
}
"""Steady and stride's error of metrics that a check brings with it."""

MODEL_TIMES: dict[ModelName, float] = {"heavy": 1.0, "full": 1.5, "lite": 2.0}
"""Factor on the errors of what is read with another pose model than the one they were measured with
(``python -m validation.model_choice``)."""

DELAY_ERROR_S = 0.007
EVENT_ERROR_S = 0.010
FRAME_SHARE = 0.15
"""Steady part of the error of the delay after toe-off, and of a time between two events. Contacts
on the bench err by 0.007 s; another renderer's are 0.018 too long, real ones 0.014 too short. A
delay begins with a toe-off and shares its error: on that renderer it is 0.015 s too short, half of
which is that its feet leave later than planned."""

LEANS_DEG = (13.0, 25.0)
LEANING_TIMES: dict[str, float] = {
    "hip_flexion_deg": 1.2,
    "thigh_deg": 1.25,
    "knee_flexion_deg": 1.1,
    "ankle_dorsiflexion_deg": 1.7,
    "foot_pitch_deg": 1.8,
    "foot_ahead_of_knee_shank": 1.2,
    "knee_drive_delay_s": 1.4,
    "contact_time_s": 1.7,
    "flight_time_s": 1.7,
}
"""Factors on the steady errors of who leans as in the first steps out of the blocks, growing from
the first mean lean up to the second. On rendered starts feet are told 2 to 3 degrees too low,
contacts 0.006 to 0.015 s too short; on eleven real ones contacts are 0.02 s shorter than by eye."""

MIN_FPS_ANKLE = 47.5
"""The foot turns over a thousand degrees a second: with fewer frames it is lost between them. What
cameras call 48 is 47.95."""

MIN_FPS_DELAY = 47.5

INFERRED_STEP_HZ = 0.42
"""More of the step rate's where the slow motion was told from it: rates of capture that fit nearly
as well, as 200 and 240, are a fifth apart."""

USUAL_TREMBLE = 0.3
TREMBLE_TIMES, TREMBLE_TIMES_MORE = 2.5, 8.0
MOST_TIMES = 5.0
"""How much more what is read errs where the landmarks tremble by more than so many percent of his
height: 1 + 2.5 x + 8 x x for x percent more; times by the root of it. From rendered clips of 120 to
420 px, with grain, and compressed anew up to what a messenger leaves (``python -m
validation.compression``): without it the intervals of those that tremble by 0.3 to 0.4, 0.4 to 0.5,
0.5 to 0.6 and 0.6 to 0.8 percent held in 94, 89, 83 and 76 %. Small athletes tremble more; those
who do not are read as well as large ones."""

MOST_TREMBLE = 0.55
COARSE = (
    "the picture is so coarse that the landmarks tremble. Take the file as the phone wrote it, not "
    "what a messenger made of it, or film nearer."
)

ENOUGH_PX = 250.0
"""All that can be used of an athlete's height, where it is not known how he trembles, and from
front and rear, where the pelvis is read by another network."""

SMALL_POWER: dict[str, float] = {
    "hip_flexion_deg": 0.2,
    "thigh_deg": 0.3,
    "trunk_lean_deg": 0.3,
    "knee_flexion_deg": 0.35,
    "ankle_dorsiflexion_deg": 0.7,
    "foot_ahead_of_knee_shank": 0.4,
    "knee_drive_delay_s": 0.1,
    "contact_time_s": 0.1,
    "flight_time_s": 0.1,
}
SMALL_POWER_ELSE = 0.5
"""What is read of a smaller athlete errs more, in this power of how much smaller he is. On the
seeds that intervals are set on, those of 120 px err 1.1 times as much at the hip, 1.2 at the thigh,
1.3 at the knee, 1.4 at the foot, 1.7 at the ankle, and in times as large ones do."""

LEAST_SURE_HEIGHT_PX = 120
"""Of a smaller athlete nothing is sure, events neither: no smaller one was measured."""

SAGITTAL = (
    "hip_flexion_deg",
    "thigh_deg",
    "trunk_lean_deg",
    "knee_flexion_deg",
    "ankle_dorsiflexion_deg",
    "foot_pitch_deg",
    "foot_ahead_of_knee_shank",
)
FOOT = ("ankle_dorsiflexion_deg", "foot_pitch_deg")
LOWER_LEG = ("knee_flexion_deg", "foot_ahead_of_knee_shank", *FOOT)
TIMES = ("knee_drive_delay_s", "contact_time_s", "flight_time_s")

FILM_SIDE = "Film square from the side."
FILM_FAST = "Film at 60 frames a second or more; 120 is better."


def percent_of(tremble_px: float | None, height_px: float) -> float:
    """How much the landmarks tremble, percent of the athlete's height; NaN if not known."""
    return float("nan") if tremble_px is None else 100.0 * tremble_px / height_px


def coarseness(tremble_percent: float) -> float:
    """How much wider the intervals of angles are where the landmarks tremble so; 1 if not known."""
    if not np.isfinite(tremble_percent):
        return 1.0
    beyond = max(0.0, tremble_percent - USUAL_TREMBLE)
    return float(min(1.0 + TREMBLE_TIMES * beyond + TREMBLE_TIMES_MORE * beyond**2, MOST_TIMES))


@dataclass(frozen=True)
class Quality:
    """What of a clip decides how sure its numbers are.

    Attributes
    ----------
    sight : Sight
    capture_fps : float
        Frames a second in real time that differ from one another.
    height_px : float
        Height of the athlete in the picture.
    time_inferred : bool
        The slow-motion factor was told from the steps.
    own_errors : dict of str to tuple of float
        As `OWN_ERRORS`.
    given : str
        The program that the pose came from; empty where it was read here.
    gait : str
        What he does.
    lean_deg : float
        How far the trunk leans forward, on average over the knee drives.
    sides_told : bool
        Whether it was told how much more the pelvis turns to one side.
    tilt_error_deg : float
        Standard error of the tilt of the camera.
    model : str
        The pose model that it was read with.
    tremble_px : float or None
        How much the landmarks tremble (`kneedrive_cv.clean.tremble`); NaN or None if not known.
    """

    sight: Sight
    capture_fps: float
    height_px: float
    time_inferred: bool
    own_errors: dict[str, tuple[float, float]] = field(default_factory=lambda: OWN_ERRORS)
    given: str = ""
    gait: Gait = "sprint"
    lean_deg: float = 0.0
    sides_told: bool = False
    tilt_error_deg: float = 0.0
    model: ModelName = "heavy"
    tremble_px: float | None = None

    @property
    def tremble_percent(self) -> float:
        """How much the landmarks tremble, percent of his height; NaN if not known."""
        return percent_of(self.tremble_px, self.height_px)

    def unreadable(self, metric: str) -> str:
        """Why a metric cannot be read from this clip; empty if it can."""
        if self.sight.frontal and (metric in SAGITTAL or metric == "knee_drive_delay_s"):
            return f"seen from the {self.sight.view} the bend of the leg is hidden. {FILM_SIDE}"
        if metric in FRONTAL_METRICS:
            view = self.sight.view
            return frontal_errors.unreadable(metric, view, given=bool(self.given))
        if is_drill(self.gait) and metric in (*TIMES, *LOWER_LEG):
            return NO_CONTACTS if metric in TIMES else NO_LOWER_LEG
        if metric in FOOT and self.capture_fps < MIN_FPS_ANKLE:
            return f"{self.capture_fps:.0f} frames a second lose the foot. {FILM_FAST}"
        if metric == "knee_drive_delay_s" and self.capture_fps < MIN_FPS_DELAY:
            return f"{1000 / self.capture_fps:.0f} ms between frames is too coarse. {FILM_FAST}"
        return ""

    def doubt(self, metric: str) -> str:
        """Why a metric is of low confidence; empty if it is not."""
        if self.given:
            return f"the pose came from elsewhere ({self.given}); its errors are not known"
        if self.height_px < LEAST_SURE_HEIGHT_PX:
            return f"the athlete is only {self.height_px:.0f} px tall. Film nearer."
        if self.tremble_percent > MOST_TREMBLE:
            return COARSE
        if metric in FRONTAL_METRICS:
            return frontal_errors.doubt(metric, self.sight.view, sides_told=self.sides_told)
        if self.time_inferred and (metric in TIMES or metric == "step_frequency_hz"):
            return SLOWED
        if metric in SAGITTAL and self.gait == "jog":
            return UNCORRECTED
        if metric in SAGITTAL and self.sight.view == "oblique":
            return "the camera stood well off the side"
        fast = ("contact_time_s", "flight_time_s", "foot_ahead_of_knee_shank")
        if metric in fast and self.capture_fps < MIN_FPS_ANKLE:
            return f"{1000 / self.capture_fps:.0f} ms between frames. {FILM_FAST}"
        return ""

    def steady_error(self, metric: str, side: Side | None) -> float:
        """Standard error common to all strides of a side."""
        if metric in self.own_errors:
            return self.own_errors[metric][0] * self._hardness(metric)
        if metric in FRONTAL_METRICS:
            error = frontal_errors.steady_error(
                metric, self.sight.view, given=bool(self.given), sides_told=self.sides_told
            )
            return error * self._hardness(metric)
        if metric in STEADY_ERROR:
            near, far = STEADY_ERROR[metric]
            if self.given:
                near = far = GIVEN_ERROR.get(metric, near)
            elif self.gait == "jog":
                near = far = JOG_ERROR.get(metric, near)
            error = near if side is None or side == self.sight.near_side else far
            askew = PER_TILT_DEG.get(metric, 0.0) * self.tilt_error_deg
            return float(np.hypot(error * self._hardness(metric) * self._leaning(metric), askew))
        if metric == "step_frequency_hz":
            of_leg = self.sight.frontal and side is not None
            usual_hz = frontal_errors.STEP_RATE_HZ if of_leg else 0.05
            inferred_hz = INFERRED_STEP_HZ if self.time_inferred else 0.0
            return usual_hz * self._model_times() + inferred_hz
        usual_s = DELAY_ERROR_S if metric == "knee_drive_delay_s" else EVENT_ERROR_S
        error_s = usual_s
        if self.sight.frontal:
            slow = float(np.sqrt(max(1.0, 60.0 / self.capture_fps)))
            error_s = frontal_errors.EVENT_ERROR_S[self.sight.view] * slow
        error_s *= self._coarseness(metric) * (GIVEN_TIMES if self.given else 1.0)
        error_s *= self._leaning(metric) * self._model_times()
        return error_s * (4.0 if self.time_inferred else 1.0)

    def stride_error(self, metric: str) -> float:
        """Standard error of one stride's value beside the steady one."""
        frame_s = 1.0 / self.capture_fps
        if metric in self.own_errors:
            return self.own_errors[metric][1] * self._hardness(metric)
        if metric in FRONTAL_METRICS:
            return frontal_errors.STRIDE_ERROR[metric] * self._hardness(metric)
        if metric in STRIDE_ERROR:
            # fewer than 60 frames a second lose nothing that the errors show
            fast = float(np.clip(np.sqrt(60.0 * frame_s), 0.7, 1.0))
            per_s = FOOT_AHEAD_PER_S if metric == "foot_ahead_of_knee_shank" else 0.0
            late = per_s * TOP_SHARE * max(0.0, frame_s - 1 / 60)
            return float(np.hypot(STRIDE_ERROR[metric] * fast, late)) * self._hardness(metric)
        if metric == "step_frequency_hz":
            hidden = frontal_errors.STEP_RATE_TIMES if self.sight.frontal else 1.0
            slow = float(np.clip(60.0 * frame_s, 0.3, 1.2))
            return 0.08 * hidden * slow * self._coarseness(metric) * self._model_times()
        return FRAME_SHARE * frame_s * float(np.sqrt(2)) * self._model_times()

    def _hardness(self, metric: str) -> float:
        """How much harder than the clips that the table was measured on."""
        oblique = 1.2 if self.sight.view == "oblique" else 1.0
        return self._coarseness(metric) * oblique * self._model_times()

    def _model_times(self) -> float:
        """How much more the model errs than the one that the errors were measured with."""
        return 1.0 if self.given else MODEL_TIMES[self.model]

    def _leaning(self, metric: str) -> float:
        """How much harder it is to read of who leans as out of the blocks."""
        share = float(np.interp(self.lean_deg, LEANS_DEG, (0.0, 1.0)))
        return 1.0 + share * (LEANING_TIMES.get(metric, 1.0) - 1.0)

    def _coarseness(self, metric: str) -> float:
        """1 where the picture shows him well, growing as what is read of him trembles more."""
        times = coarseness(self.tremble_percent)
        if metric in TIMES or metric == "step_frequency_hz":
            times = float(np.sqrt(times))
        if np.isfinite(self.tremble_percent) and not self.sight.frontal:
            return times
        power = SMALL_POWER.get(metric, SMALL_POWER_ELSE)
        return max(times, float(np.clip((ENOUGH_PX / self.height_px) ** power, 1.0, 2.0)))
