"""Settings and targets: every default of the package stands here and nowhere else."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kneedrive_cv.errors import ConfigError

ModelName = Literal["lite", "full", "heavy"]
ViewChoice = Literal["auto", "side", "front", "rear"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ReaderSettings(_Section):
    """How a clip is read."""

    max_damaged_share: float = Field(0.1, ge=0, le=1, description="more damaged frames end it")
    max_damaged_run: int = Field(30, ge=1, description="damaged frames in a row that end it")


class AthleteSettings(_Section):
    """Who is looked for, and how he is followed and cut out."""

    detect_every_s: float = Field(0.25, gt=0, description="seconds of playback between detections")
    whole_every_s: float = Field(
        1.0, gt=0, description="seconds of playback between looks at the whole picture"
    )
    min_score: float = Field(0.35, gt=0, lt=1, description="least detector score of a person")
    faint_score: float = Field(
        0.15, gt=0, lt=1, description="least score that prolongs a track that is already there"
    )
    min_height_px: float = Field(90.0, gt=0, description="least height of a gradable athlete")
    crop_scale: float = Field(1.3, gt=1, description="side of the crop over the athlete's height")
    crop_px: int = Field(256, ge=128, description="size that crops are brought to")


class PoseSettings(_Section):
    """The pose estimator."""

    model: ModelName = "heavy"
    workers: int = Field(0, ge=0, description="estimators side by side; 0: one per core")
    second_look_share: float = Field(
        0.35, ge=0, le=1, description="at most this share of the frames is looked at again, "
        "or 40 of them; 0: none"
    )
    second_look_scales: tuple[float, ...] = Field(
        (0.7, 1.3), description="sizes of the crop for it, against the first"
    )


class CleanSettings(_Section):
    """Repair of the pose. Cut-offs are in real time: slow motion scales them."""

    max_gap_s: float = Field(0.07, ge=0, description="longest gap that is filled")
    swap_cost: float = Field(0.05, ge=0, description="price of a change of sides, leg lengths^2")
    thigh_cutoff_hz: float = Field(15.0, gt=0, description="hips, knees, upper body")
    foot_cutoff_hz: float = Field(18.0, gt=0, description="ankles, heels and toes")
    hip_cutoff_hz: float = Field(8.0, gt=0, description="middle of the hips, for the events")
    frontal_foot_cutoff_hz: float = Field(
        12.0, gt=0, description="heights of the feet, seen from the front or the rear"
    )
    pelvis_cutoff_hz: float = Field(8.0, gt=0, description="the hips' line from front and rear")
    trunk_cutoff_hz: float = Field(1.5, gt=0, description="trunk lean: it changes slowly")


class Targets(_Section):
    """Thresholds of the checks. The source of each stands in its description."""

    hip_flexion_low_deg: float = Field(
        75.0, description="Coach's article: the hip bends to 75 to 90 degrees."
    )
    hip_flexion_target_high_deg: float = Field(
        90.0, description="Coach's article: 75 to 90 degrees; over 90 is no fault by itself."
    )
    thigh_parallel_deg: float = Field(
        90.0, description="Coach's article: the thigh passes parallel to the track."
    )
    thigh_borderline_deg: float = Field(
        80.0, description="A real sprinter at 9.8 m/s shows 80 (motion capture)."
    )
    pelvis_rotation_max_deg: float = Field(
        15.0, description="Nagahara 2018: about 16 at speed; article: hips square."
    )
    ankle_dorsiflexion_min_deg: float = Field(
        -10.0, description="Article: ankle dorsiflexed; a real sprinter at 9.8 m/s shows -3."
    )
    foot_ahead_of_knee_max_shank: float = Field(
        0.45, description="Article: foot under the knee."
    )
    foot_pitch_max_deg: float = Field(
        35.0, description="Article: foot parallel to the ground; a real sprinter shows 25 down."
    )
    knee_drive_delay_max_s: float = Field(
        0.06, description="Article: the thigh swings forward as soon as the foot leaves."
    )
    asymmetry_max_deg: float = Field(
        8.0, description="Left and right differ by more than this and than their uncertainty."
    )
    asymmetry_max_thigh: float = Field(
        0.14, description="The same for knee heights: 8 degrees of a thigh near parallel."
    )


class GradeSettings(_Section):
    """What a clip must show to be graded as a sprint."""

    min_pose_share: float = Field(0.5, ge=0, le=1, description="least share of frames with a pose")
    min_feet_share: float = Field(0.5, ge=0, le=1, description="least share with feet in sight")
    max_double_support: float = Field(0.1, description="more contact overlap is walking")
    min_swing_knee_deg: float = Field(75.0, description="a runner's knee bends further")


class Settings(_Section):
    """All settings of one analysis."""

    reader: ReaderSettings = ReaderSettings()
    athlete: AthleteSettings = AthleteSettings()
    pose: PoseSettings = PoseSettings()
    clean: CleanSettings = CleanSettings()
    grade: GradeSettings = GradeSettings()
    targets: Targets = Targets()
    capture_fps: float | None = Field(None, gt=0, description="rate of capture, if known")
    height_m: float | None = Field(
        None, ge=0.8, le=2.6, description="the athlete's height, for lengths in metres"
    )
    known_distance: tuple[float, float, float, float, float] | None = Field(
        None,
        description="x, y, x, y in pixels of two points on the athlete's lane, and the metres "
        "between them; goes before the height",
    )
    pick_athlete: int | None = Field(None, description="who, by the number that is shown")
    view: ViewChoice = "auto"

    @classmethod
    def from_toml(cls, path: str | Path) -> Settings:
        """Read settings from a TOML file; what it leaves out keeps its default.

        Raises
        ------
        ConfigError
            The file cannot be read, is no TOML, or has an unknown key or an unfit value.
        """
        try:
            data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(
                f"cannot be read ({error.strerror})", where=str(path), fix="Check --settings."
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"is not TOML ({error})", where=str(path)) from error
        return cls.from_dict(data, where=str(path))

    @classmethod
    def from_dict(cls, data: dict[str, Any], *, where: str = "settings") -> Settings:
        """Build settings from plain data, with one clear line for what does not fit."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            what = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
            raise ConfigError(
                f"{key}: {what}", where=where, fix="The README lists the settings."
            ) from error


def chosen_settings(
    base: Settings | str | Path | None = None,
    *,
    capture_fps: float | None = None,
    pick_athlete: int | None = None,
    view: str | None = None,
    model: str | None = None,
    height_m: float | None = None,
    known_distance: Sequence[float | str] | None = None,
    where: str = "the call",
) -> Settings:
    """Settings, or those of a TOML file, with what was said on top of them.

    Parameters
    ----------
    base : Settings, str or Path, optional
        By default the defaults.
    capture_fps, pick_athlete, view, model, height_m, known_distance : optional
        Fields of `Settings` and of its pose; None leaves them as they are.
    where : str
        Who said it, for the message where it does not fit.

    Raises
    ------
    ConfigError
        The file cannot be read, or a value does not fit.
    """
    settings = Settings.from_toml(base) if isinstance(base, str | Path) else base or Settings()
    data: dict[str, Any] = settings.model_dump()
    said = {
        "capture_fps": capture_fps,
        "pick_athlete": pick_athlete,
        "view": view,
        "height_m": height_m,
        "known_distance": known_distance,
    }
    data |= {key: value for key, value in said.items() if value is not None}
    if model is not None:
        data["pose"]["model"] = model
    return Settings.from_dict(data, where=where)
