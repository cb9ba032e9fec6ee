"""The table of knee drives: a column for each metric that was measured, with its footnotes."""

from __future__ import annotations

from dataclasses import dataclass

from kneedrive_cv.report.formats import number, value_interval
from kneedrive_cv.report.travel import travel_metrics
from kneedrive_cv.report.words import meaning, short_title, unit_of, unit_words
from kneedrive_cv.result import AnalysisResult, Stride, Value


@dataclass(frozen=True)
class Column:
    """A column with what its title says when asked."""

    metric: str
    title: str
    hint: str
    unit: str


@dataclass(frozen=True)
class StrideCell:
    """A measured number of a stride; ``note`` is the letter of its footnote."""

    value: str
    interval: str
    status: str
    reason: str
    note: str
    sort: float | None


@dataclass(frozen=True)
class StrideRow:
    """A row of the table of strides."""

    stride: Stride
    parallel: str
    valid: str
    cells: list[StrideCell]


@dataclass(frozen=True)
class StrideTable:
    """The table, and its footnotes: letter -> text."""

    columns: list[Column]
    rows: list[StrideRow]
    notes: dict[str, str]
    parallel: bool

    @property
    def when(self) -> str:
        """Where in the knee drive the angles are read."""
        turns = any(column.metric == "pelvis_rotation_deg" for column in self.columns)
        other = ", the pelvis's turn where it is greatest in the drive" if turns else ""
        return f"at the top of the knee drive{other}"


def stride_table(result: AnalysisResult, *, travel: bool = False) -> StrideTable:
    """The table of knee drives; a metric that no stride has is left out.

    Parameters
    ----------
    result : AnalysisResult
    travel : bool
        With speed, step length and where the foot lands.
    """
    letters: dict[str, str] = {}
    columns = [_column(metric) for metric in result.summary.metrics if _is_measured(result, metric)]
    if travel:
        columns += [_column(metric) for metric in travel_metrics(result.strides)]
    rows = [_row(stride, columns, letters) for stride in result.strides]
    notes = {letter: text for text, letter in letters.items()}
    parallel = any(stride.passes_parallel is not None for stride in result.strides)
    return StrideTable(columns, rows, notes, parallel)


def _is_measured(result: AnalysisResult, metric: str) -> bool:
    return any(
        metric in stride.metrics and stride.metrics[metric].value is not None
        for stride in result.strides
    )


def _column(metric: str) -> Column:
    unit = unit_words(unit_of(metric))
    return Column(metric, short_title(metric), f"{meaning(metric)} Unit: {unit}.", unit)


def _row(stride: Stride, columns: list[Column], letters: dict[str, str]) -> StrideRow:
    values = stride.metrics | stride.travel
    cells = [_cell(values.get(c.metric), unit_of(c.metric), letters) for c in columns]
    parallel = {True: "yes", False: "no", None: "–"}[stride.passes_parallel]
    return StrideRow(stride, parallel, f"{100 * stride.valid_fraction:.0f} %", cells)


def _cell(value: Value | None, unit: str, letters: dict[str, str]) -> StrideCell:
    if value is None:
        value = Value(value=None, status="not_measurable", reason="Not part of this result.")
    note = ""
    if value.status != "measured":
        word = "Low confidence" if value.status == "low_confidence" else "Not measurable"
        reason = value.reason[:1].upper() + value.reason[1:]
        text = f"{word}: {reason}" if reason else f"{word}."
        note = letters.setdefault(text, _letter(len(letters)))
    return StrideCell(
        value=number(value.value, unit),
        interval=value_interval(value, unit),
        status=value.status,
        reason=value.reason,
        note=note,
        sort=value.value,
    )


def _letter(i: int) -> str:
    return chr(ord("a") + i) if i < 26 else f"a{i}"
