"""A drawing for each metric, from the figures of the report, and the way of the data."""

from __future__ import annotations

from collections.abc import Callable

from kneedrive_cv.report.figurine import Pose
from kneedrive_docs.ink import ACCENT, FAINT, INK, SECOND, Point, Sheet, step

SIZE_PX = 230.0
WIDTH_PX, HEIGHT_PX = 300.0, 270.0
LEAN, THIGH, KNEE, ANKLE = 12.0, 78.0, 88.0, 12.0


class _Runner:
    """A runner at the top of the knee drive, drawn on a sheet, and where his joints are."""

    def __init__(self, alt: str, *, knee: float = KNEE, ankle: float = ANKLE) -> None:
        self.sheet = Sheet(WIDTH_PX, HEIGHT_PX, alt)
        pose = Pose(
            lean=LEAN,
            near=(THIGH, knee, ankle),
            far=(-14.0, 14.0, -22.0),
            near_arm=(-58.0, 88.0),
            far_arm=(34.0, 96.0),
            lift=0.04,
            at=0.46,
        )
        self.sheet.line((10, 255), (290, 255), colour=FAINT)
        for stroke in pose.strokes():
            points = [self._place(point) for point in stroke.points]
            if stroke.radius:
                self.sheet.disc(points[0], stroke.radius * SIZE_PX, colour=INK, filled=False)
                continue
            far = stroke.kind == "far"
            self.sheet.line(*points, colour=FAINT if far else INK, width=3 if far else 4)
            if stroke.kind == "near" and len(points) == 5:
                self.hip, self.knee, self.ankle, self.heel, self.toe = points

    @staticmethod
    def _place(point: Point) -> Point:
        return 10 + point[0] * SIZE_PX, 255 + point[1] * SIZE_PX

    def dashed(self, start: Point, angle_deg: float, length: float) -> None:
        """A line to measure from."""
        self.sheet.line(
            start, step(start, angle_deg, length), colour=ACCENT, width=1.5, dashed=True
        )


def hip_flexion() -> Sheet:
    """Between the thigh and the trunk's line."""
    runner = _Runner("The angle at the hip from the trunk's line, carried on below, to the thigh")
    runner.dashed(runner.hip, -LEAN, 80)
    runner.sheet.arc(runner.hip, -LEAN, THIGH, 40, "hip flexion", aside=(38, 4))
    return runner.sheet


def thigh() -> Sheet:
    """Between the thigh and straight down."""
    runner = _Runner("The angle at the hip from straight down to the thigh")
    runner.dashed(runner.hip, 0, 80)
    runner.dashed(runner.hip, 90, 110)
    runner.sheet.arc(runner.hip, 0, THIGH, 40, "thigh")
    runner.sheet.words((runner.hip[0] + 62, runner.hip[1] - 6), "90: parallel", colour=ACCENT)
    return runner.sheet


def trunk_lean() -> Sheet:
    """Between the trunk and upright."""
    runner = _Runner("The angle at the hip from upright to the trunk")
    runner.dashed(runner.hip, 180, 100)
    runner.sheet.arc(runner.hip, 180, 180 - LEAN, 80, "trunk lean", aside=(-24, 6))
    return runner.sheet


def knee_flexion() -> Sheet:
    """Between the shank and the thigh's line."""
    runner = _Runner("The angle at the knee from the thigh's line, carried on, to the shank")
    runner.dashed(runner.knee, THIGH, 60)
    runner.sheet.arc(runner.knee, THIGH, THIGH - KNEE, 28, "knee flexion")
    return runner.sheet


def ankle_dorsiflexion() -> Sheet:
    """Between the sole and the square to the shank."""
    runner = _Runner("The angle at the ankle from square to the shank up to the sole")
    square = THIGH - KNEE + 90
    runner.dashed(runner.heel, square, 85)
    runner.sheet.arc(runner.heel, square, square + ANKLE, 62, "ankle")
    return runner.sheet


def foot_pitch() -> Sheet:
    """Between the sole and the track."""
    runner = _Runner("The angle at the heel from the track's direction to the sole", ankle=-16)
    runner.dashed(runner.heel, 90, 85)
    runner.sheet.arc(runner.heel, 90, THIGH - KNEE + 90 - 16, 50, "foot pitch")
    return runner.sheet


def foot_ahead() -> Sheet:
    """From under the knee to the ankle."""
    runner = _Runner("How far the ankle is from the line straight down from the knee", knee=54)
    runner.dashed(runner.knee, 0, 75)
    level = runner.knee[0], runner.ankle[1]
    runner.sheet.arrow(level, runner.ankle, colour=ACCENT)
    runner.sheet.words((level[0] + 8, level[1] + 22), "foot ahead", colour=ACCENT, bold=True)
    return runner.sheet


def pelvis_rotation() -> Sheet:
    """The hips from above."""
    sheet = Sheet(WIDTH_PX, 170, "The hips from above: how far their line is turned off square")
    middle = (150.0, 90.0)
    sheet.line((150, 20), (150, 160), colour=ACCENT, width=1.5, dashed=True)
    left, right = step(middle, 198, 62), step(middle, 18, 62)
    sheet.line(left, right, width=5)
    for at, word in ((left, "left hip"), (right, "right hip")):
        sheet.disc(at, 8)
        sheet.words((at[0] + 14, at[1] + 5), word)
    sheet.arc(middle, 0, 18, 50, "")
    sheet.words((172, 122), "rotation", colour=ACCENT, bold=True)
    sheet.arrow((215, 90), (285, 90), colour=SECOND)
    sheet.words((217, 80), "the run", colour=SECOND)
    return sheet


class _Facing:
    """A runner who comes towards the camera, his left leg up."""

    def __init__(self, alt: str, tilt_deg: float = 0.0, inwards: float = 0.0) -> None:
        self.sheet = Sheet(WIDTH_PX, HEIGHT_PX, alt)
        middle = (150.0, 135.0)
        self.right, self.left = step(middle, 270 + tilt_deg, 22), step(middle, 90 + tilt_deg, 22)
        self.knee = self.left[0] - inwards, self.left[1] + 12
        self.sheet.line((10, 258), (290, 258), colour=FAINT)
        self.sheet.disc((150, 38), 15, filled=False)
        self.sheet.line((150, 54), middle, width=4)
        self.sheet.line((112, 110), (118, 72), (182, 72), (188, 110), width=3)
        self.sheet.line(self.right, self.left, width=5)
        self.sheet.line(self.right, (self.right[0], 195), (self.right[0], 256), width=4)
        self.sheet.line(self.left, self.knee, (self.knee[0], self.knee[1] + 48), width=4)
        for at in (self.right, self.left, self.knee):
            self.sheet.disc(at, 4)


def pelvis_obliquity() -> Sheet:
    """The hips' line against level."""
    facing = _Facing("The hips from the front: how far their line is off level", tilt_deg=9)
    facing.sheet.line((70, 135), (240, 135), colour=ACCENT, width=1.5, dashed=True)
    facing.sheet.arc((150, 135), 90, 99, 62, "pelvis tilt")
    return facing.sheet


def knee_height() -> Sheet:
    """The knee against the hip."""
    facing = _Facing("From the front: how far the knee is above or below the hip")
    facing.sheet.line((150, facing.left[1]), (240, facing.left[1]), colour=ACCENT, dashed=True)
    facing.sheet.line((150, facing.knee[1]), (240, facing.knee[1]), colour=ACCENT, dashed=True)
    facing.sheet.words((186, facing.knee[1] + 18), "knee height", colour=ACCENT, bold=True)
    return facing.sheet


def knee_across() -> Sheet:
    """The knee against the middle of the hips."""
    facing = _Facing("From the front: how far the knee comes past the middle", inwards=36)
    facing.sheet.line((150, 60), (150, 250), colour=ACCENT, width=1.5, dashed=True)
    facing.sheet.arrow((150, facing.knee[1]), facing.knee, colour=ACCENT)
    facing.sheet.words((160, 225), "across the middle", colour=ACCENT, bold=True)
    return facing.sheet


def _times(alt: str, start: float, end: float, label: str) -> Sheet:
    """Contacts of both feet on a line of time, and one span of it."""
    sheet = Sheet(460, 150, alt)
    for row, (side, spans) in enumerate(
        (("left", ((70, 130), (330, 390))), ("right", ((200, 260),)))
    ):
        y = 50 + 32 * row
        sheet.words((12, y + 5), side)
        sheet.line((60, y), (440, y), colour=FAINT)
        for left, right in spans:
            sheet.line((left, y), (right, y), colour=(ACCENT, SECOND)[row], width=10)
    sheet.words((66, 34), "contact", colour=ACCENT)
    sheet.words((134, 34), "the left knee drive", colour=ACCENT)
    for x in (start, end):
        sheet.line((x, 40), (x, 122), width=1.5, dashed=True)
    sheet.arrow((start, 118), (end, 118), both=end - start > 25)
    sheet.words(((start + end) / 2, 140), label, anchor="middle", bold=True)
    return sheet


def contact_time() -> Sheet:
    """Touchdown to toe-off."""
    return _times("From touchdown to toe-off of one foot", 70, 130, "contact time")


def flight_time() -> Sheet:
    """Toe-off to the other foot's touchdown."""
    return _times("From a toe-off to the touchdown of the other foot", 130, 200, "flight time")


def step_frequency() -> Sheet:
    """One over the time of a step."""
    return _times(
        "From a touchdown to that of the other foot", 70, 200, "one step; frequency is 1 / step"
    )


def delay() -> Sheet:
    """Toe-off until the thigh swings forward."""
    return _times("From toe-off until the thigh swings forward", 130, 152, "delay")


METRIC_DRAWINGS: dict[str, Callable[[], Sheet]] = {
    "hip_flexion_deg": hip_flexion,
    "thigh_deg": thigh,
    "trunk_lean_deg": trunk_lean,
    "knee_flexion_deg": knee_flexion,
    "ankle_dorsiflexion_deg": ankle_dorsiflexion,
    "foot_pitch_deg": foot_pitch,
    "foot_ahead_of_knee_shank": foot_ahead,
    "pelvis_rotation_deg": pelvis_rotation,
    "pelvis_obliquity_deg": pelvis_obliquity,
    "knee_height_thigh": knee_height,
    "knee_across_middle_thigh": knee_across,
    "knee_drive_delay_s": delay,
    "contact_time_s": contact_time,
    "flight_time_s": flight_time,
    "step_frequency_hz": step_frequency,
}
"""A drawing for every metric of `kneedrive_cv.result.METRICS`."""

STAGES = (
    ("clip", "a file", ""),
    ("video", "frames and times", "video/reader.py"),
    ("athlete", "who, where: crops", "athlete/"),
    ("pose", "landmarks, px", "pose/estimator.py"),
    ("clean", "repaired, smooth", "clean/"),
    ("scene", "view, tilt, direction", "scene/"),
    ("kinematics", "angles, events", "kinematics/"),
    ("technique", "strides, checks", "technique/rules/"),
    ("report, export", "pages, files", "report/  export/"),
)
JOINING = {
    "video": "a kind of clip",
    "pose": "a model, or a reader in pose/files/",
    "scene": "a view",
    "kinematics": "a metric's formula",
    "technique": "a check, a metric",
    "report, export": "a picture, a format",
}


def data_flow() -> Sheet:
    """The stages in order, what each hands on, and where something new goes."""
    sheet = Sheet(640, 60 + 54 * len(STAGES), "The stages from a clip to the report, in order")
    sheet.words((30, 28), "stage, and what it hands on", bold=True)
    sheet.words((262, 28), "where", bold=True)
    sheet.words((410, 28), "what new goes in there", bold=True)
    for row, (stage, gives, where) in enumerate(STAGES):
        top = 44 + 54 * row
        sheet.box(20, top, 220, 38, colour=ACCENT)
        sheet.words((30, top + 17), stage, bold=True)
        sheet.words((30, top + 32), gives)
        sheet.words((262, top + 24), where)
        if stage in JOINING:
            sheet.arrow((404, top + 19), (380, top + 19), colour=SECOND)
            sheet.words((410, top + 24), JOINING[stage], colour=SECOND)
        if row + 1 < len(STAGES):
            sheet.arrow((130, top + 38), (130, top + 53))
    return sheet
