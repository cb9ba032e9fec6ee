"""What a clip can be asked for; every default and range stands here.

The defaults of when the pelvis turns and the knee folds follow the published sprint of Dorn et
al. 2012 (0.6 to 0.65 of the stride, 0.38 of the contact).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from validation.sprinter.body import body_names
from validation.sprinter.drills import DRILLS

Drill = Literal["high_knees", "a_march", "a_skip", "jog"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BodyParameters(_Section):
    """Who runs."""

    name: str = Field("man_african", description="one of the bundle's bodies")
    stature_m: float = Field(1.80, ge=1.5, le=2.0, description="height in shoes")

    @field_validator("name")
    @classmethod
    def _is_there(cls, name: str) -> str:
        if name not in body_names():
            raise ValueError(f"there is no body {name}; there are {', '.join(body_names())}")
        return name


class SideTechnique(_Section):
    """How one leg runs. What is dialled in comes out in the truth."""

    contact_time_s: float = Field(
        0.104, ge=0.06, le=1.2, description="to the last toe-off, a hop on the way included"
    )
    peak_thigh_deg: float = Field(82.0, ge=25, le=115, description="90 = parallel to the track")
    ankle_at_peak_deg: float = Field(2.0, ge=-50, le=30, description="dorsiflexion")
    foot_ahead_of_knee_share: float = Field(
        -0.18, ge=-0.8, le=0.8, description="ankle ahead of the knee at the peak, of the shank"
    )
    foot_pitch_at_peak_deg: float | None = Field(
        None, ge=-90, le=60, description="toes up; where given, the ankle follows from it"
    )
    knee_drive_delay_s: float = Field(
        0.012, ge=0, le=0.12, description="from toe-off until the thigh starts forward"
    )
    pelvis_rotation_deg: float = Field(
        10.0, ge=-10, le=35, description="how far this hip comes ahead at most"
    )
    swing_knee_deg: float = Field(138.0, ge=80, le=155, description="most flexion in the swing")
    fold_share: float = Field(
        0.38, ge=0.1, le=0.9, description="of the other leg's contact, when the knee bends most"
    )
    swing_ankle_extra_deg: float = Field(
        0.0, ge=-30, le=30, description="dorsiflexion on top, halfway from toe-off to the peak"
    )
    touchdown_foot_pitch_deg: float = Field(-6.0, ge=-35, le=15, description="toes up")
    toe_off_foot_pitch_deg: float = Field(-66.0, ge=-80, le=-30, description="toes up")
    touchdown_ahead_share: float = Field(
        0.39, ge=0.1, le=0.7, description="of the way over the ground, what lies ahead of the hip"
    )
    forefoot_ahead_m: float = Field(
        0.0, ge=-0.1, le=0.2, description="on top of it: where the foot stands on the spot"
    )
    touchdown_reach_share: float = Field(
        0.972, ge=0.9, le=0.993, description="how straight the leg is at touchdown, of straight"
    )
    peak_share: float | None = Field(
        None,
        ge=0.1,
        le=0.9,
        description="when the thigh is highest, of the other leg's contact; by default just "
        "after it, as in a sprint",
    )


class Technique(_Section):
    """How the athlete runs. Keys of a side may stand here for both; ``left``, ``right`` win."""

    drill: Drill | None = Field(None, description="what is not given is as in it: see drills.py")
    speed_mps: float = Field(9.0, ge=0, le=12.5)
    step_rate_hz: float = Field(4.4, ge=1, le=5.2)
    hop_s: float = Field(
        0.0, ge=0, le=0.4, description="in the air within a contact, as in a skip; 0 for none"
    )
    swing_pace: float = Field(
        1.0, ge=0.1, le=1.5, description="how abruptly the feet leave and land, of a sprinter's"
    )
    arm_share: float = Field(1.0, ge=0, le=1.3, description="swing of the arms, of a sprinter's")
    trunk_lean_deg: float = Field(6.0, ge=-10, le=50)
    block_start_lean_deg: float = Field(
        0.0, ge=0, le=45, description="lean on top of it when the clip begins"
    )
    block_rise_s: float = Field(0.8, ge=0.1, le=5, description="in which it falls to 1/e")
    pelvis_obliquity_deg: float = Field(5.0, ge=0, le=12)
    pelvis_ahead_phase: float = Field(
        0.63, ge=0, lt=1, description="of the stride from right touchdown, the right hip ahead"
    )
    pelvis_up_phase: float = Field(0.79, ge=0, lt=1, description="the right hip up")
    shoulder_rotation_deg: float = Field(12.0, ge=0, le=30)
    shoulder_back_phase: float = Field(0.63, ge=0, lt=1, description="the right shoulder back")
    step_width_m: float = Field(0.09, ge=0, le=0.25)
    left: SideTechnique = SideTechnique()
    right: SideTechnique = SideTechnique()

    @model_validator(mode="before")
    @classmethod
    def _share_between_sides(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = DRILLS.get(data.get("drill") or "", {}) | data
        both = {k: v for k, v in data.items() if k in SideTechnique.model_fields}
        rest = {k: v for k, v in data.items() if k not in both}
        for side in ("left", "right"):
            own = rest.get(side, {})
            own = own.model_dump(exclude_unset=True) if isinstance(own, SideTechnique) else own
            rest[side] = both | own
        return rest

    @model_validator(mode="after")
    def _step_is_possible(self) -> Self:
        step_s = 1 / self.step_rate_hz
        longest = {"a_march": 1.2 * step_s}.get(self.drill or "", step_s - 0.03)
        for side in (self.left, self.right):
            if side.contact_time_s > longest + 1e-9:
                raise ValueError(
                    f"contact_time_s {side.contact_time_s} leaves no flight in a step of "
                    f"{step_s:.3f} s: lower step_rate_hz or contact_time_s"
                )
            if self.hop_s > 0.6 * side.contact_time_s:
                raise ValueError(f"hop_s {self.hop_s} leaves no time for the foot to stand")
        return self


class CameraParameters(_Section):
    """Where the camera stands and how it moves."""

    view: Literal["side", "front", "rear"] = "side"
    off_square_deg: float = Field(
        0.0, ge=-60, le=60, description="off the view's own direction; side: positive sees the face"
    )
    motion: Literal["along", "follow", "fixed", "pan"] = Field(
        "along", description="along: beside the athlete; follow: the same, but unsteadily"
    )
    athlete_height_px: float = Field(400.0, ge=40, le=4000, description="halfway through the clip")
    distance_m: float = Field(9.0, ge=3, le=80, description="halfway through the clip")
    height_m: float = Field(1.3, ge=0.2, le=10)
    roll_deg: float = Field(0.0, ge=-20, le=20, description="tilt of the picture")
    pitch_deg: float = Field(0.0, ge=-20, le=20, description="looks so far above the athlete")
    shake_px: float = Field(0.0, ge=0, le=40, description="of a hand: how far the picture strays")


class LookParameters(_Section):
    """What it looks like; all of it is drawn from the seed."""

    seed: int = Field(0, ge=0)
    second_runner: bool = False
    bystander: bool = Field(False, description="stands still beside the track")
    post: bool = Field(False, description="a post that the athlete passes behind")


class VideoParameters(_Section):
    """How it is filmed."""

    fps_hz: float = Field(60.0, ge=10, le=240)
    duration_s: float = Field(2.0, gt=0, le=20)
    width_px: int = Field(1280, ge=64, le=3840, multiple_of=2)
    height_px: int = Field(720, ge=64, le=2160, multiple_of=2)
    crf: int = Field(20, ge=0, le=45, description="compression of H.264; higher is coarser")
    shutter_share: float = Field(0.35, ge=0, le=1, description="of a frame's time, open")
    blur_samples: int = Field(1, ge=1, le=16, description="pictures averaged; 1 = no blur")
    grain: float = Field(0.012, ge=0, le=0.1)
    running: Literal["right", "left"] = Field("right", description="as the side view sees it")
    start_phase: float = Field(0.0, ge=0, lt=1, description="of a stride from right touchdown")


class ClipParameters(_Section):
    """One clip."""

    body: BodyParameters = BodyParameters()
    technique: Technique = Technique()
    camera: CameraParameters = CameraParameters()
    look: LookParameters = LookParameters()
    video: VideoParameters = VideoParameters()


def read_parameters(path: Path | None, changes: list[str] | None = None) -> ClipParameters:
    """Parameters from a TOML file, then from words like ``technique.left.peak_thigh_deg=60``.

    Parameters
    ----------
    path : Path or None
        The file; None for the defaults.
    changes : list of str, optional
        Values in TOML's writing; bare words are taken as strings.

    Returns
    -------
    ClipParameters

    Raises
    ------
    pydantic.ValidationError
        A name is unknown or a value out of range.
    """
    data: dict[str, Any] = tomllib.loads(path.read_text()) if path else {}
    for change in changes or []:
        name, _, value = change.partition("=")
        *sections, key = name.strip().split(".")
        place = data
        for section in sections:
            place = place.setdefault(section, {})
        place[key] = _value(value.strip())
    return ClipParameters.model_validate(data)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text
