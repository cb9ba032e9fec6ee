"""``result.json`` and its schema."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.export.rounding import decimals_of
from kneedrive_cv.result import SCHEMA_VERSION, AnalysisResult

_NAMELESS: Final = frozenset(
    {"value", "low", "high", "threshold", "borderline", "left", "right", "side"}
)
"""Keys whose unit is that of the object around them."""


def schema() -> dict[str, Any]:
    """The JSON schema of ``result.json`` (draft 2020-12)."""
    body = AnalysisResult.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"kneedrive result {SCHEMA_VERSION}",
        **{key: value for key, value in body.items() if key != "title"},
    }


def _rounded(item: Any, name: str) -> Any:
    """Round every float by the unit of the nearest name; JSON knows no NaN: it becomes null."""
    if isinstance(item, float):
        return round(item, decimals_of(name)) if math.isfinite(item) else None
    if isinstance(item, list):
        return [_rounded(entry, name) for entry in item]
    if isinstance(item, dict):
        own = str(item.get("unit", "")) or name
        return {
            key: _rounded(entry, own if key in _NAMELESS else str(key))
            for key, entry in item.items()
        }
    return item


def to_json(result: AnalysisResult) -> str:
    """The result as JSON text: angles to 0.01 degrees, times to 0.1 ms, never NaN."""
    plain = _rounded(result.model_dump(mode="python"), "")
    return json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_result(result: AnalysisResult, path: Path) -> None:
    """Write ``result.json``."""
    path.write_text(to_json(result), encoding="utf-8")


def read_result(path: Path) -> AnalysisResult:
    """Read a ``result.json``.

    Raises
    ------
    ConfigError
        It cannot be read, or is no result of this version.
    """
    try:
        return AnalysisResult.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot be read ({error.strerror})",
            where=str(path),
            fix="Name the folder that kneedrive analyze has written for a clip.",
        ) from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"is no result of schema {SCHEMA_VERSION}",
            where=str(path),
            fix="Grade the clip again with this version.",
        ) from error
