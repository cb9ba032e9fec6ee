"""Directives of the pages; each prints what the code or a measurement says."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from kneedrive_docs.commands import describe_commands
from kneedrive_docs.drawings import METRIC_DRAWINGS, data_flow
from kneedrive_docs.tables import table

ACCURACY = Path(__file__).resolve().parents[2] / "accuracy.json"

GROUPS = {
    "target": "from the side, 60 fps, 200 px and more",
    "small": "athlete under 200 px",
    "fps_30": "30 fps",
    "fps_120": "120 fps",
    "fps_240": "240 fps",
    "off_30": "30° off the side",
    "front": "from the front",
    "rear": "from the rear",
}


@cache
def accuracy() -> dict[str, Any]:
    """What ``make accuracy`` measured."""
    data: dict[str, Any] = json.loads(ACCURACY.read_text(encoding="utf-8"))
    return data


def error_rows(metric: str) -> list[tuple[str, ...]]:
    """The measured error of a metric: a row for each kind of clip."""
    rows = []
    for group, words in GROUPS.items():
        found = accuracy()["groups"].get(group, {}).get("metrics", {}).get(metric, {})
        legs = [found[leg] for leg in ("near", "far", "both") if found.get(leg, {}).get("n")]
        legs = [leg for leg in legs if leg["mae"] is not None]
        if legs:
            rows.append((words, *_error_cells(legs, found["stride_intervals"]["percent"])))
    return rows


def _error_cells(legs: list[dict[str, Any]], hold_percent: float | None) -> tuple[str, ...]:
    numbers = (" / ".join(f"{leg[key]:.1f}" for leg in legs) for key in ("mae", "bias", "p95"))
    count = " / ".join(str(leg["n"]) for leg in legs)
    return (*numbers, count, "none given" if hold_percent is None else f"{hold_percent:.0f} %")


def describe_metric(metric: str) -> str:
    """What the code says of a metric: name, unit, checks with their sources, and its errors."""
    from kneedrive_cv.result import METRICS
    from kneedrive_cv.technique.values import PARTS

    title, unit = METRICS[metric]
    parts = ", ".join(part.replace("foot_index", "toe") for part in PARTS[metric])
    text = f"*{title}.* `{metric}`, unit: {unit}; read from the landmarks of {parts}.\n\n"
    return text + _checks_of(metric) + _errors_of(metric)


def _checks_of(metric: str) -> str:
    from kneedrive_cv.config import Targets
    from kneedrive_cv.technique.rules import RULES

    usual = Targets()
    lines = [
        f"**Check `{rule.code}`**: {rule.target_words(usual)}. Source: {rule.where_from(usual)}"
        for rule in RULES
        if rule.metric == metric
    ]
    return "\n\n".join(lines) + "\n\n" if lines else "No check judges it.\n\n"


def _errors_of(metric: str) -> str:
    rows = error_rows(metric)
    if not rows:
        return "No error is given: it is read from no view that was rendered.\n"
    unit = next(
        group["metrics"][metric]["unit"]
        for group in accuracy()["groups"].values()
        if len(group["metrics"].get(metric, {})) > 3
    )
    head = ("clips", "mean error", "bias", "95 % within", "knee drives", "intervals hold")
    words = (
        f"Errors of each knee drive against rendered truth, in {unit}; near leg / far leg, or both "
        "legs together (`make accuracy`):\n\n"
    )
    return words + table(head, rows) + "\n"


def describe_checks(_: str) -> str:
    """All checks as a table."""
    from kneedrive_cv.config import Targets
    from kneedrive_cv.technique.rules import RULES

    rows = [(f"`{r.code}`", r.title, f"`{r.metric}`", r.target_words(Targets())) for r in RULES]
    return table(("code", "fault", "read from", "target"), rows)


def describe_schema(_: str) -> str:
    """``result.json``, a table for each kind of object."""
    from kneedrive_cv.export.json import schema

    whole = schema()
    parts = {"AnalysisResult (the file)": whole} | whole["$defs"]
    texts = [
        f"### {name}\n\n{part.get('description', '').splitlines()[0]}\n\n"
        + table(
            ("field", "type", "meaning"),
            [
                (f"`{field}`", _type(spec), spec.get("description", ""))
                for field, spec in part.get("properties", {}).items()
            ],
        )
        for name, part in parts.items()
        if part.get("description")
    ]
    return "\n\n".join(texts)


def _type(spec: dict[str, Any]) -> str:
    """A field's type in words."""
    if "$ref" in spec:
        return spec["$ref"].rpartition("/")[2]
    if "anyOf" in spec:
        return " or ".join(_type(each) for each in spec["anyOf"])
    if "enum" in spec:
        return ", ".join(map(str, spec["enum"]))
    if spec.get("type") == "array":
        return f"list of {_type(spec.get('items', {}))}"
    if isinstance(spec.get("additionalProperties"), dict):
        return f"object of {_type(spec['additionalProperties'])}"
    return str(spec.get("const", spec.get("type", "anything")))


def describe_settings(_: str) -> str:
    """All settings with their defaults and limits, a table for each section."""
    from kneedrive_cv.config import Settings

    sections: dict[str, Any] = {
        name: field.annotation.model_fields
        for name, field in Settings.model_fields.items()
        if hasattr(field.annotation, "model_fields")
    }
    alone = {name: field for name, field in Settings.model_fields.items() if name not in sections}
    texts = [f"## [{name}]\n\n{_settings_table(fields)}" for name, fields in sections.items()]
    return "\n\n".join([f"## Above the sections\n\n{_settings_table(alone)}", *texts])


def _settings_table(fields: dict[str, Any]) -> str:
    rows = [
        (f"`{key}`", f"`{one.default}`", _limits(one.metadata), one.description or "")
        for key, one in fields.items()
    ]
    return table(("key", "default", "limits", "meaning"), rows)


def _limits(metadata: list[Any]) -> str:
    """What a number may be, in words."""
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    return " ".join(
        f"{word} {getattr(limit, name):g}"
        for limit in metadata
        for name, word in words.items()
        if hasattr(limit, name)
    )


def describe_columns(_: str) -> str:
    """The columns of the two tables."""
    from kneedrive_cv.analysis import ANGLE_COLUMNS
    from kneedrive_cv.export.csv import STRIDE_COLUMNS

    angles = ", ".join(f"`{name}`" for name in ("frame", "time_s", *ANGLE_COLUMNS))
    strides = ", ".join(f"`{name}`" for name in STRIDE_COLUMNS)
    return f"`angles.csv`: {angles}.\n\n`strides.csv`: {strides}."


def describe_landmarks(_: str) -> str:
    """The landmarks of ``pose.npz``, in order."""
    from kneedrive_cv.pose.landmarks import LANDMARKS

    return ", ".join(f"{i} `{name}`" for i, name in enumerate(LANDMARKS)) + "."


def _directive(describe: Callable[[str], str], arguments: int = 0) -> type[SphinxDirective]:
    """A directive that prints a text in Markdown."""

    class Described(SphinxDirective):
        required_arguments = arguments

        def run(self) -> list[nodes.Node]:
            text = describe(self.arguments[0] if self.arguments else "")
            return self.parse_text_to_nodes(text, allow_section_headings=True)

    return Described


class _Drawing(SphinxDirective):
    """A picture of a metric, or of the way of the data."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        sheet = data_flow() if name == "data_flow" else METRIC_DRAWINGS[name]()
        return [nodes.raw("", f'<p class="drawing">{sheet.svg()}</p>', format="html")]


DIRECTIVES: dict[str, type[SphinxDirective]] = {
    "kneedrive-checks": _directive(describe_checks),
    "kneedrive-columns": _directive(describe_columns),
    "kneedrive-commands": _directive(describe_commands),
    "kneedrive-drawing": _Drawing,
    "kneedrive-landmarks": _directive(describe_landmarks),
    "kneedrive-metric": _directive(describe_metric, 1),
    "kneedrive-schema": _directive(describe_schema),
    "kneedrive-settings": _directive(describe_settings),
}
