"""Settings and targets: what is sane is taken, the rest refused in words that help."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from kneedrive_cv.arguments import OPTIONS
from kneedrive_cv.config import PoseSettings, Settings, Targets, chosen_settings
from kneedrive_cv.errors import ConfigError

NONSENSE: list[tuple[str, dict[str, Any]]] = [
    ("capture_fps", {"capture_fps": 1e-300}),
    ("capture_fps", {"capture_fps": 1e300}),
    ("athlete.crop_scale", {"athlete": {"crop_scale": 1e6}}),
    ("athlete.crop_px", {"athlete": {"crop_px": 1_000_000}}),
    ("athlete.detect_every_s", {"athlete": {"detect_every_s": 1e9}}),
    ("athlete.whole_every_s", {"athlete": {"whole_every_s": 1e9}}),
    ("targets.thigh_parallel_deg", {"targets": {"thigh_parallel_deg": 1e308}}),
    ("targets.asymmetry_max_deg", {"targets": {"asymmetry_max_deg": -1.0}}),
    ("pose.workers", {"pose": {"workers": 500}}),
    ("pose.second_look_scales", {"pose": {"second_look_scales": [0.0]}}),
    ("pose.second_look_scales", {"pose": {"second_look_scales": [1.0] * 100}}),
    ("reader.max_damaged_run", {"reader": {"max_damaged_run": 1_000_000_000}}),
    ("clean.foot_cutoff_hz", {"clean": {"foot_cutoff_hz": 1e-300}}),
    ("known_distance", {"known_distance": [0, 0, 1e300, 0, 5]}),
    ("targets.hip_flexion_low_deg", {"targets": {"hip_flexion_low_deg": True}}),
    ("targets.hip_flexion_low_deg", {"targets": {"hip_flexion_low_deg": 300.0}}),
    ("targets.thigh_borderline_deg", {"targets": {"thigh_borderline_deg": 800.0}}),
    ("capture_fps", {"capture_fps": True}),
]


@pytest.mark.parametrize(("key", "data"), NONSENSE)
def test_a_value_that_makes_no_sense_is_refused_by_its_key(key: str, data: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=f"settings: {key}: "):
        Settings.from_dict(data)


def _numbers(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every number in a schema, those of rows and of what may be left out among them."""
    inner = [
        *schema.get("properties", {}).values(),
        *schema.get("$defs", {}).values(),
        *schema.get("anyOf", []),
        *schema.get("prefixItems", []),
        *([schema["items"]] if isinstance(schema.get("items"), dict) else []),
    ]
    own = [schema] if schema.get("type") in ("number", "integer") else []
    return own + [number for each in inner for number in _numbers(each)]


def test_every_number_has_a_limit_on_both_sides() -> None:
    numbers = _numbers(Settings.model_json_schema())
    assert len(numbers) > 35
    for number in numbers:
        assert {"minimum", "exclusiveMinimum"} & number.keys(), number
        assert {"maximum", "exclusiveMaximum"} & number.keys(), number


def test_the_defaults_are_within_their_own_limits() -> None:
    assert Settings.from_dict(Settings().model_dump()) == Settings()


@pytest.mark.parametrize(
    ("data", "there"),
    [
        ({"pose": {"modle": "lite"}}, "pose.modle: unknown key. There are: model, workers, "),
        ({"heigth_m": 1.8}, "heigth_m: unknown key. There are: reader, .*, height_m, "),
    ],
)
def test_an_unknown_key_is_told_with_those_that_there_are(data: dict[str, Any], there: str) -> None:
    with pytest.raises(ConfigError, match=there):
        Settings.from_dict(data)


def test_a_faint_score_above_the_least_score_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"faint_score, 0.5, is above min_score, 0.35"):
        Settings.from_dict({"athlete": {"faint_score": 0.5}})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"known_distance": ["1", "2", "3"]}, "^--distance: a number is missing "),
        ({"known_distance": ["1"] * 6}, "^--distance: there are too many numbers "),
        ({"height_m": 0.18}, "^--height: Input should be greater"),
        ({"pick_athlete": "9" * 20}, "^--athlete: Input should be less"),
    ],
)
def test_what_the_command_line_says_is_refused_by_the_option_that_said_it(
    said: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        chosen_settings(options=OPTIONS, **said)


def test_plain_data_and_settings_are_both_a_base_for_more() -> None:
    for base in ({"pose": {"model": "lite"}}, Settings.from_dict({"pose": {"model": "lite"}})):
        chosen = chosen_settings(base, height_m=1.8)
        assert (chosen.pose.model, chosen.height_m) == ("lite", 1.8)


@pytest.mark.parametrize("base", [3, [1.0], Targets()])
def test_settings_that_are_none_are_refused(base: Any) -> None:
    with pytest.raises(ConfigError, match="settings: Input should be"):
        chosen_settings(base)


def test_settings_that_a_windows_editor_saved_with_its_mark_are_read(tmp_path):
    file = tmp_path / "my.toml"
    file.write_text("[targets]\nthigh_parallel_deg = 85.0\n", encoding="utf-8-sig")
    assert Settings.from_toml(file).targets.thigh_parallel_deg == 85.0


@pytest.mark.parametrize(
    "name", ["pelvis_rotation_max_deg", "foot_pitch_max_deg", "foot_ahead_of_knee_max_shank"]
)
def test_a_target_for_a_distance_from_zero_is_not_below_zero(name):
    with pytest.raises(ConfigError, match=rf"{name}.*greater than or equal to 0"):
        Settings.from_dict({"targets": {name: -0.2}})


@pytest.mark.parametrize(
    ("section", "data", "told"),
    [
        (Targets, {"hip_low": 1}, "^Targets: hip_low: unknown key. There are: hip_flexion_low_deg"),
        (Settings, {"capture_fps": -1}, "^Settings: capture_fps: Input should be .*rate of capt"),
        (Settings, {"pose": {"modle": "lite"}}, "^Settings: pose.modle: unknown key"),
        (PoseSettings, {"workers": 500}, "^PoseSettings: workers: "),
    ],
)
def test_what_does_not_fit_is_told_in_one_line_where_settings_are_made_by_hand(
    section: type[Any], data: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        section(**data)
    assert "\n" not in str(caught.value)


def test_settings_made_by_hand_come_back_from_a_copy_and_from_another_process() -> None:
    made = Settings(capture_fps=120.0, targets=Targets(thigh_parallel_deg=85.0))
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made
