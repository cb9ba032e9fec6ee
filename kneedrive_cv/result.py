"""The result of one clip as it is written to ``result.json``; its JSON schema is published."""

from __future__ import annotations

from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from kneedrive_cv.config import ModelName

SCHEMA_VERSION = "1.3"

Side = Literal["left", "right"]
Status = Literal["measured", "low_confidence", "not_measurable"]
Verdict = Literal["pass", "borderline", "fault", "not_measurable"]
View = Literal["side", "front", "rear", "oblique"]
Gait = Literal["sprint", "jog", "high knees", "A-skip", "A-march", "not told"]
Letter = Literal["A", "B", "C", "D", "E"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(_Model):
    """A measured number with its 95 % interval; ``value`` is None where it cannot be measured."""

    value: float | None
    low: float | None = None
    high: float | None = None
    valid_fraction: float = Field(0.0, description="share of valid frames behind the value, 0 to 1")
    status: Status = "measured"
    reason: str = Field("", description="why it is of low confidence or not measurable")
    source: str = Field("", description="view and clip it was read from, if not this one")


class Clip(_Model):
    """The file and how it was read."""

    name: str
    path: str
    width_px: int
    height_px: int
    codec: str = Field(description="empty: there was a pose and no clip")
    rotation_deg: int
    frames: int = Field(description="frames decoded")
    frames_damaged: int
    frames_repeated: int = Field(description="frames that only repeat or mix those beside them")
    duration_s: float = Field(description="in real time")
    playback_fps: float = Field(description="median rate of the frames' own timestamps")
    capture_fps: float = Field(description="rate in real time: playback times slow motion")
    slow_motion: float = Field(description="how many times slower than real time it plays")
    capture_fps_source: str
    recorded: str = Field("", description="date of the recording, YYYY-MM-DD; empty: not known")


class UnsureFrames(_Model):
    """Frames in which it is not sure that the athlete was followed, both ends inside."""

    first_frame: int
    last_frame: int
    reason: str


class Athlete(_Model):
    """Who was graded and how well he was followed."""

    number: int = Field(description="1-based number among the people found, for --athlete")
    people_found: int
    height_px: float = Field(description="median height of his box in the picture")
    first_frame: int
    last_frame: int
    followed_fraction: float = Field(
        description="share with a pose, of the frames read in which he is whole in the picture"
    )
    first_read_frame: int | None = Field(
        None,
        description="first frame that was graded: none in which he waits to run, none that plays "
        "at another speed",
    )
    last_read_frame: int | None = None
    name: str = Field("", description="as given; nothing is recognised")
    people: list[str] = Field(
        default_factory=list, description="everybody found, by number: what --athlete list shows"
    )
    unsure: list[UnsureFrames] = Field(
        default_factory=list, description="where he may have been lost or taken for another"
    )
    tremble_px: float | None = Field(
        None,
        description="standard deviation of a landmark from frame to frame, at 60 frames a second: "
        "how coarse the picture is; None: fewer than 24, or too few",
    )


class Scene(_Model):
    """View and geometry."""

    view: View
    running_direction: Literal["left", "right", "towards", "away"]
    near_side: Side | None = Field(description="the leg nearer to the camera")
    tilt_deg: float = Field(description="camera roll taken out of the angles")
    tilt_error_deg: float | None = Field(
        None, description="its standard error; None: the roll was not told"
    )
    converging_deg: float = Field(
        0.0,
        description="how much what stands upright leans more at the right of the picture than at "
        "the left, across its longer side: the camera looks up or down; taken out of the angles",
    )
    camera: Literal["fixed", "moving"]
    gait: Gait = Field("not told", description="what he does, as told from the side")
    leg_length_m: float | None = Field(
        None, description="thigh plus shank; None: no scale was given"
    )
    scale_source: str = Field("", description="what the metres stand on; empty: no scale")

    @property
    def shows_legs(self) -> bool:
        """Whether the angles of the legs show; from the front and the rear they are hidden."""
        return self.view in ("side", "oblique")


class Event(_Model):
    """A touchdown (first frame on the ground) or a toe-off (first frame off it)."""

    type: Literal["touchdown", "toe_off"]
    side: Side
    frame: int
    time_s: float


METRICS: dict[str, tuple[str, str]] = {
    "hip_flexion_deg": ("Hip flexion at the top of the knee drive", "deg"),
    "thigh_deg": ("Thigh from vertical, 90 = parallel to the track", "deg"),
    "trunk_lean_deg": ("Forward lean of the trunk", "deg"),
    "knee_flexion_deg": ("Knee flexion", "deg"),
    "ankle_dorsiflexion_deg": ("Ankle, toes up positive", "deg"),
    "foot_pitch_deg": ("Sole against the track, toes up positive", "deg"),
    "foot_ahead_of_knee_shank": ("Ankle ahead of the knee, in shank lengths", "shank"),
    "pelvis_rotation_deg": ("Pelvis off square, right hip ahead positive", "deg"),
    "pelvis_obliquity_deg": ("Hip of the driving leg above the other, off level", "deg"),
    "knee_height_thigh": ("Knee above the hip, in thigh lengths, 0 = thigh parallel", "thigh"),
    "knee_across_middle_thigh": (
        "Knee past the middle of the hips, mean of both legs, in thigh lengths",
        "thigh",
    ),
    "knee_drive_delay_s": ("From toe-off until the thigh swings forward", "s"),
    "contact_time_s": ("Ground contact before the knee drive", "s"),
    "flight_time_s": ("Flight after toe-off", "s"),
    "step_frequency_hz": ("Steps per second", "hz"),
}
"""Metrics of a stride: name -> (title, unit). Angles are read at the peak of the knee drive, the
turn of the pelvis all through it."""


TRAVEL: dict[str, tuple[str, str]] = {
    "speed_mps": ("Speed of the run", "m/s"),
    "step_length_m": ("Length of the step that the knee drive follows", "m"),
    "touchdown_ahead_m": ("Ankle ahead of the hips at the touchdown that ends it", "m"),
    "speed_legps": ("Speed of the run, in leg lengths a second", "legs/s"),
    "step_length_leg": ("Length of the step, in leg lengths", "legs"),
    "touchdown_ahead_leg": ("Ankle ahead of the hips at touchdown, in leg lengths", "legs"),
}
"""How the athlete gets along: name -> (title, unit). A leg is thigh plus shank."""


class Stride(_Model):
    """One knee drive: from a toe-off to the same foot's next touchdown.

    In a drill (`Scene.gait`) it is a knee lift, and toe-off and touchdown stand for the lows of the
    thigh before and after its top.
    """

    number: int = Field(description="1-based, in order of time over both legs")
    side: Side
    toe_off_frame: int
    peak_frame: int
    touchdown_frame: int
    toe_off_time_s: float
    peak_time_s: float
    touchdown_time_s: float
    passes_parallel: bool | None
    valid_fraction: float
    metrics: dict[str, Value]
    travel: dict[str, Value] = Field(
        default_factory=dict, description="speed, step length, foot ahead at touchdown"
    )


class Check(_Model):
    """One line of the technique, for one leg (``side``) or both (None), over its strides."""

    code: str
    title: str
    side: Side | None
    verdict: Verdict
    value: Value = Field(
        description="of an asymmetry left minus right; judged by its distance from zero"
    )
    unit: str
    threshold: float
    borderline: float = Field(description="where the borderline zone begins or ends")
    fault_when: Literal["below", "above"]
    target: str = Field(description="what good looks like, in words")
    source: str
    strides: list[int]
    strides_at_fault: list[int]


class Drill(_Model):
    """Something to train, from the coach's article."""

    code: str
    title: str
    dose: str
    how: str
    why: str


class Fault(_Model):
    """A check that failed, shown on the stride and the frame that show it most clearly."""

    code: str
    title: str
    side: Side
    stride: int
    value: float = Field(
        description="of an asymmetry left minus right; judged by its distance from zero"
    )
    low: float
    high: float
    unit: str
    threshold: float
    severity: Literal["minor", "clear", "severe"]
    frame: int
    sentence: str
    strides_at_fault: str = Field(description="for example '3 of 4'")
    drills: list[str] = Field(description="codes into AnalysisResult.drills")
    source: str


class PointsLost(_Model):
    """Points that one check cost."""

    code: str
    side: Side | None
    title: str
    points: float


class Score(_Model):
    """The grade, 0 to 100 (`kneedrive_cv.technique.score`); None where nothing was measured."""

    points: float | None
    low: float | None = Field(None, description="lower end of the 95 % interval")
    high: float | None = Field(None, description="upper end of the 95 % interval")
    letter: Letter | None
    explanation: str
    measured: int = Field(description="checks that count")
    checks: int = Field(description="checks that there are")
    lost: list[PointsLost] = Field(default_factory=list, description="the most first")


class Summary(_Model):
    """The verdict at a glance."""

    headline: str
    grade: Score
    knee_drives: dict[Side, int]
    metrics: dict[str, dict[Side, Value]] = Field(description="mean over the strides of a side")
    step_frequency_hz: Value
    contact_time_s: Value
    flight_time_s: Value
    travel: dict[str, Value] = Field(
        default_factory=dict, description="means over both legs, by the names of a stride's"
    )
    not_measured: dict[str, str] = Field(description="metric -> why, and how to film it")


class AnalysisResult(_Model):
    """Everything that was found in one clip; frames are 0-based frames as decoded."""

    schema_version: str = SCHEMA_VERSION
    clip: Clip
    athlete: Athlete
    scene: Scene
    events: list[Event]
    strides: list[Stride]
    checks: list[Check]
    faults: list[Fault]
    drills: list[Drill]
    summary: Summary
    warnings: list[str]
    settings: dict[str, object]
    versions: dict[str, str]


GIVEN = "given: "
MODEL: Final = "pose_landmarker_"
"""What the pose model is called by where another program has found the pose; its name follows."""


def given_by(result: AnalysisResult) -> str:
    """The program that the pose came from; empty where it was read here."""
    model = result.versions.get("pose_model", "")
    return model.removeprefix(GIVEN) if model.startswith(GIVEN) else ""


def pose_model_of(result: AnalysisResult) -> ModelName:
    """The model of this package that the pose was read with; the default where it was given."""
    name = result.versions.get("pose_model", "").removeprefix(MODEL)
    return next((model for model in get_args(ModelName) if model == name), "heavy")
