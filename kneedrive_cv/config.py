"""Settings and targets: every default of the package stands here and nowhere else."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from kneedrive_cv.errors import ConfigError

ModelName = Literal["lite", "full", "heavy"]
ViewChoice = Literal["auto", "side", "front", "rear"]

# Limits that nobody reaches on purpose: beyond them stands a slip, such as a missing point.
Share = Annotated[float, Field(ge=0, le=1)]
Score = Annotated[float, Field(gt=0, lt=1)]
CutOff = Annotated[float, Field(ge=0.1, le=1000)]
Degrees = Annotated[float, Field(ge=-180, le=360)]
HipBend = Annotated[float, Field(ge=0, le=150)]
ThighUp = Annotated[float, Field(ge=0, le=135)]
Toes = Annotated[float, Field(ge=-90, le=45)]
"""What a body can do: a target beyond it is a slip of the keyboard, and would blame everybody."""
Distance = Annotated[float, Field(ge=0, le=90)]
"""Degrees from zero, either way."""

PARALLEL_DEG: Final = 90.0
"""A thigh parallel to the track."""

Pixels = Annotated[float, Field(ge=-100_000, le=100_000)]

_PLAINER: Final = {
    "extra_forbidden": "unknown key",
    "missing": "a number is missing",
    "too_long": "there are too many numbers",
}
"""What pydantic says of a value, in words that fit here: only rows of numbers have a length."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _require_no_truth(cls, value: object) -> object:
        """A switch is no number, though ``true`` would count as 1."""
        if isinstance(value, bool):
            raise ValueError("must be a value, not true or false")
        return value

    if not TYPE_CHECKING:  # type checkers know the fields by themselves

        def __init__(self, **data: Any) -> None:
            try:
                super().__init__(**data)
            except ValidationError as error:
                raise _misfit(type(self), error, type(self).__name__, {}) from error

        # As pydantic marks its own: a section within another is then made without it, and what
        # does not fit there is told by its whole name.
        __init__.__pydantic_base_init__ = True

    @classmethod
    def from_dict(
        cls,
        data: Self | dict[str, Any],
        *,
        where: str = "settings",
        options: Mapping[str, str] | None = None,
    ) -> Self:
        """Take plain data, or what was made of it before, with one clear line for a misfit.

        Parameters
        ----------
        data : dict
        where : str, optional
            Who said it, for that line.
        options : mapping of str to str, optional
            Field to the name under which the user said it, where that is another.

        Raises
        ------
        ConfigError
            There is an unknown key or an unfit value.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise _misfit(cls, error, where, options or {}) from error


class ReaderSettings(_Section):
    """How a clip is read."""

    max_damaged_share: Share = Field(0.1, description="more damaged frames end it")
    max_damaged_run: int = Field(
        30, ge=1, le=10_000, description="damaged frames in a row that end it"
    )


class AthleteSettings(_Section):
    """Who is looked for, and how he is followed and cut out."""

    detect_every_s: float = Field(
        0.25, gt=0, le=10, description="seconds of playback between detections"
    )
    whole_every_s: float = Field(
        1.0, gt=0, le=60, description="seconds of playback between looks at the whole picture"
    )
    min_score: Score = Field(0.35, description="least detector score of a person")
    faint_score: Score = Field(
        0.15, description="least score that prolongs a track that is already there"
    )
    min_height_px: float = Field(
        90.0, gt=0, le=10_000, description="least height of a gradable athlete"
    )
    crop_scale: float = Field(
        1.3, gt=1, le=3, description="side of the crop over the athlete's height"
    )
    crop_px: int = Field(256, ge=128, le=1024, description="size that crops are brought to")

    @model_validator(mode="after")
    def _faint_is_less(self) -> Self:
        if self.faint_score > self.min_score:
            raise ValueError(
                f"faint_score, {self.faint_score:g}, is above min_score, {self.min_score:g}"
            )
        return self


class PoseSettings(_Section):
    """The pose estimator."""

    model: ModelName = "heavy"
    workers: int = Field(0, ge=0, le=64, description="estimators side by side; 0: one per core")
    second_look_share: Share = Field(
        0.35,
        description="at most this share of the frames is looked at again, or 40 of them; 0: none",
    )
    second_look_scales: tuple[Annotated[float, Field(ge=0.3, le=3)], ...] = Field(
        (0.7, 1.3), max_length=6, description="sizes of the crop for it, against the first"
    )


class CleanSettings(_Section):
    """Repair of the pose. Cut-offs are in real time: slow motion scales them."""

    max_gap_s: float = Field(
        0.07, ge=0, le=5, description="longest gap that is filled; one frame of 24 a second is too"
    )
    swap_cost: float = Field(
        0.05, ge=0, le=1000, description="price of a change of sides, leg lengths^2"
    )
    thigh_cutoff_hz: CutOff = Field(15.0, description="hips, knees, upper body")
    foot_cutoff_hz: CutOff = Field(18.0, description="ankles, heels and toes")
    hip_cutoff_hz: CutOff = Field(8.0, description="middle of the hips, for the events")
    frontal_foot_cutoff_hz: CutOff = Field(
        12.0, description="heights of the feet, seen from the front or the rear"
    )
    pelvis_cutoff_hz: CutOff = Field(8.0, description="the hips' line from front and rear")
    trunk_cutoff_hz: CutOff = Field(1.5, description="trunk lean: it changes slowly")


class Targets(_Section):
    """Thresholds of the checks. The source of each stands in its description."""

    hip_flexion_low_deg: HipBend = Field(
        75.0, description="Coach's article: the hip bends to 75 to 90 degrees."
    )
    hip_flexion_target_high_deg: HipBend = Field(
        90.0, description="Coach's article: 75 to 90 degrees; over 90 is no fault by itself."
    )
    thigh_parallel_deg: ThighUp = Field(
        90.0, description="Coach's article: the thigh passes parallel to the track."
    )
    thigh_borderline_deg: ThighUp = Field(
        80.0, description="A real sprinter at 9.8 m/s shows 80 (motion capture)."
    )
    pelvis_rotation_max_deg: Distance = Field(
        15.0, description="Nagahara 2018: about 16 at speed; article: hips square."
    )
    ankle_dorsiflexion_min_deg: Toes = Field(
        -10.0, description="Article: ankle dorsiflexed; a real sprinter at 9.8 m/s shows -3."
    )
    foot_ahead_of_knee_max_shank: float = Field(
        0.45, ge=0, le=5, description="Article: foot under the knee."
    )
    foot_pitch_max_deg: Distance = Field(
        35.0, description="Article: foot parallel to the ground; a real sprinter shows 25 down."
    )
    knee_drive_delay_max_s: float = Field(
        0.06,
        ge=-5,
        le=5,
        description="Article: the thigh swings forward as soon as the foot leaves.",
    )
    asymmetry_max_deg: Distance = Field(
        8.0,
        description="Left and right differ by more than this and than their uncertainty.",
    )
    asymmetry_max_thigh: float = Field(
        0.14,
        ge=0,
        le=5,
        description="The same for knee heights: 8 degrees of a thigh near parallel.",
    )

    def source_of(self, setting: str) -> str:
        """Where a target comes from.

        Examples
        --------
        >>> Targets(pelvis_rotation_max_deg=10).source_of("pelvis_rotation_max_deg")
        'set by the user in place of 15. Nagahara 2018: about 16 at speed; article: hips square.'
        """
        field = type(self).model_fields[setting]
        described = field.description or ""
        if getattr(self, setting) == field.default:
            return described
        return f"set by the user in place of {field.default:g}. {described}"

    @property
    def hip_flexion_range_deg(self) -> tuple[float, float]:
        """Where the hip's flexion should get to: from, to; both the same where it has no end.

        A lower end that is set above the upper one alone takes its place.
        """
        low = self.hip_flexion_low_deg
        return low, max(low, self.hip_flexion_target_high_deg)

    @property
    def hip_flexion_words(self) -> str:
        """The same in words.

        Examples
        --------
        >>> Targets().hip_flexion_words, Targets(hip_flexion_low_deg=95).hip_flexion_words
        ('75 to 90', '95 or more')
        """
        low, high = self.hip_flexion_range_deg
        return f"{low:g} to {high:g}" if high > low else f"{low:g} or more"

    @property
    def thigh_words(self) -> str:
        """How high the thigh should come, in words.

        Examples
        --------
        >>> Targets().thigh_words
        'the thigh passes parallel to the track (90 degrees)'
        >>> Targets(thigh_parallel_deg=85).thigh_words
        'the thigh rises to 85 degrees or more'
        """
        if self.thigh_parallel_deg == PARALLEL_DEG:
            return f"the thigh passes parallel to the track ({PARALLEL_DEG:g} degrees)"
        return f"the thigh rises to {self.thigh_parallel_deg:g} degrees or more"


class GradeSettings(_Section):
    """What a clip must show to be graded as a sprint."""

    min_pose_share: Share = Field(0.5, description="least share of frames with a pose")
    min_feet_share: Share = Field(0.5, description="least share with feet in sight")
    max_double_support: Share = Field(0.1, description="more contact overlap is walking")
    min_swing_knee_deg: Degrees = Field(75.0, description="a runner's knee bends further")


class Settings(_Section):
    """All settings of one analysis."""

    reader: ReaderSettings = ReaderSettings()
    athlete: AthleteSettings = AthleteSettings()
    pose: PoseSettings = PoseSettings()
    clean: CleanSettings = CleanSettings()
    grade: GradeSettings = GradeSettings()
    targets: Targets = Targets()
    capture_fps: float | None = Field(
        None, ge=1, le=100_000, description="rate of capture, if known"
    )
    height_m: float | None = Field(
        None, ge=0.8, le=2.6, description="the athlete's height, for lengths in metres"
    )
    known_distance: (
        tuple[Pixels, Pixels, Pixels, Pixels, Annotated[float, Field(ge=0, le=10_000)]] | None
    ) = Field(
        None,
        description="x, y, x, y in pixels of two points on the athlete's lane, and the metres "
        "between them; goes before the height",
    )
    pick_athlete: int | None = Field(
        None, ge=1, le=10_000, description="who, by the number that is shown"
    )
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
            data = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ConfigError(
                f"cannot be read ({error.strerror})", where=str(path), fix="Check --settings."
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(
                "is not UTF-8 text", where=str(path), fix="Save it as UTF-8."
            ) from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"is not TOML ({error})", where=str(path)) from error
        return cls.from_dict(data, where=str(path))


def chosen_settings(
    base: Settings | dict[str, Any] | str | Path | None = None,
    *,
    capture_fps: float | None = None,
    pick_athlete: int | None = None,
    view: str | None = None,
    model: str | None = None,
    height_m: float | None = None,
    known_distance: Sequence[float | str] | None = None,
    options: Mapping[str, str] | None = None,
) -> Settings:
    """Settings, or those of a TOML file, with what was said on top of them.

    Parameters
    ----------
    base : Settings, dict, str or Path, optional
        By default the defaults.
    capture_fps, pick_athlete, view, model, height_m, known_distance : optional
        Fields of `Settings` and of its pose; None leaves them as they are.
    options : mapping of str to str, optional
        The names under which the user said them, for the message where one does not fit.

    Raises
    ------
    ConfigError
        The file cannot be read, or a value does not fit.
    """
    data: dict[str, Any] = _base(base).model_dump()
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
    return Settings.from_dict(data, where="the call", options=options)


def _base(given: Settings | dict[str, Any] | str | Path | None) -> Settings:
    if isinstance(given, str | Path):
        return Settings.from_toml(given)
    return Settings.from_dict({} if given is None else given)


def _misfit(
    section: type[BaseModel], error: ValidationError, where: str, options: Mapping[str, str]
) -> ConfigError:
    """The first thing that does not fit: what it is, what it means, what there is instead."""
    first = error.errors()[0]
    what = _PLAINER.get(first["type"], first["msg"].removeprefix("Value error, "))
    # the number within a row says nothing to who gave the row as one text
    names = [part for part in first["loc"] if isinstance(part, str)]
    for name in names[:-1]:
        inner = section.model_fields[name].annotation
        assert isinstance(inner, type)
        section = inner
    if names and names[0] in options:
        where, key = options[names[0]], ""
    else:
        key = ".".join(names)
    what = f"{key}: {what}" if key else what
    if first["type"] == "extra_forbidden":
        there = f"There are: {', '.join(section.model_fields)}."
        return ConfigError(what, where=where, fix=there)
    field = section.model_fields.get(names[-1]) if names else None
    meaning = (field.description or "").rstrip(".") if field else ""
    return ConfigError(f"{what} ({meaning})" if meaning else what, where=where)
