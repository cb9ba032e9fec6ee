"""The second page of ``report.pdf``: curves, strides, drills, and how far to trust it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.pose.landmarks import Side
from kneedrive_cv.report.asymmetry import pairs
from kneedrive_cv.report.catalogue import Angle, readable_angles, target_band, targets_of
from kneedrive_cv.report.charts import LEAST_SPAN_DEG, stride_charts
from kneedrive_cv.report.cycles import LegCurve, leg_curves
from kneedrive_cv.report.drill_figures import DRAWINGS
from kneedrive_cv.report.figurine import Figurine, Stroke, bounds
from kneedrive_cv.report.figurine_svg import arrow_head
from kneedrive_cv.report.history import History
from kneedrive_cv.report.sheet import (
    A4_MM,
    INK,
    LEFT,
    LINE,
    MARGIN_MM,
    MUTED,
    RIGHT,
    SOFT,
    TARGET,
    VERDICTS,
    Sheet,
    wrap,
)
from kneedrive_cv.report.stride_table import stride_table
from kneedrive_cv.report.trust import by_reason, doubted, film_tips, not_measured
from kneedrive_cv.result import AnalysisResult
from kneedrive_cv.technique.drills import DRILLS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH: Final = A4_MM[0] - 2 * MARGIN_MM
_COLOUR: Final[dict[Side, str]] = {"left": LEFT, "right": RIGHT}
_DASHES: Final[dict[Side, str | tuple[int, tuple[float, ...]]]] = {
    "left": "-", "right": (0, (4.0, 1.6)),
}  # fmt: skip
_MOST_CHARTS: Final = 6
_MOST_ROWS: Final = 12
_MOST_DRILLS: Final = 8
_FIGURE_MM: Final = 13.0
"""Height of the body in the line figures."""
_JUMP: Final = 1.3
"""Height of their frame over that of the body: some stand on a step."""


def draw_details(sheet: Sheet, analysis: Analysis, history: History | None = None) -> None:
    """Fill the second page."""
    y = _draw_curves(sheet, analysis, MARGIN_MM - 2)
    y = _draw_strides(sheet, analysis.result, y)
    y = _draw_pairs(sheet, analysis.result, y)
    y = _draw_drills(sheet, analysis.result, y)
    y = _draw_history(sheet, history, y)
    _draw_trust(sheet, analysis.result, y)


def _draw_curves(sheet: Sheet, analysis: Analysis, y: float) -> float:
    if not stride_charts(analysis):
        return y
    y = sheet.text(MARGIN_MM, y, "The angles over the stride", 11, bold=True)
    words = (
        "From toe-off (0 %) to the same foot's next toe-off (100 %). Left full, right dashed; each "
        "stride thin, the mean thick; vertical lines: touchdown; green: target."
    )
    y = sheet.text(MARGIN_MM, y, words, 6.6, colour=MUTED, width=_WIDTH) + 1
    shown = 0
    for angle in readable_angles(analysis.angles, analysis.result):
        columns = _columns(angle)
        curves = leg_curves(analysis.angles, analysis.result, columns) if columns else {}
        if curves and shown < _MOST_CHARTS:
            x = MARGIN_MM + (shown % 3) * (_WIDTH + 4) / 3
            _draw_chart(sheet, analysis.result, angle, curves, x, y + (shown // 3) * 40)
            shown += 1
    return y + 40 * ((shown + 2) // 3) + 1


def _columns(angle: Angle) -> dict[Side, str]:
    if angle.both_sides and len(angle.columns) < 2:
        return {}
    sides: tuple[Side, Side] = ("left", "right")
    return {side: angle.columns.get(side) or angle.columns[None] for side in sides}


def _draw_chart(
    sheet: Sheet, result: AnalysisResult, angle: Angle, curves: dict[Side, LegCurve], x: float,
    y: float,
) -> None:  # fmt: skip
    sheet.text(x, y, angle.title, 8, bold=True)
    axes = sheet.axes(x + 7, y + 5, (_WIDTH - 8) / 3 - 8, 28)
    band = target_band(angle.key, targets_of(result))
    if band is not None and band[0] < band[1]:
        axes.axhspan(*band, color=TARGET, alpha=0.25, linewidth=0)
    elif band is not None:
        axes.axhline(band[0], color=TARGET, linewidth=1.3)
    percent = np.linspace(0.0, 100.0, next(iter(curves.values())).lines.shape[1])
    for side, curve in curves.items():
        colour = _COLOUR[side]
        axes.plot(percent, curve.lines.T, color=colour, linewidth=0.5, alpha=0.5)
        axes.plot(percent, curve.mean, color=colour, linewidth=1.4, linestyle=_DASHES[side])
        axes.axvline(curve.touchdown_percent, color=colour, linewidth=0.7, linestyle=_DASHES[side])
    low, high = axes.get_ylim()
    spare = max(LEAST_SPAN_DEG - (high - low), 0.0) / 2
    axes.set_ylim(low - spare, high + spare)
    _style(axes)


def _style(axes: Axes) -> None:
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.xaxis.set_major_formatter("{x:.0f} %")
    axes.yaxis.set_major_formatter("{x:.0f}°")
    axes.tick_params(colors=MUTED, length=2, width=0.5, labelsize=5.5, pad=1.5)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.patch.set_visible(False)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(LINE)


def _draw_strides(sheet: Sheet, result: AnalysisResult, y: float) -> float:
    table = stride_table(result)
    y = sheet.text(MARGIN_MM, y, "Every knee drive", 11, bold=True) + 0.8
    step = (_WIDTH - 34) / max(len(table.columns), 1)
    ends = [y + 5.4]
    for i, column in enumerate(table.columns):
        x = MARGIN_MM + 34 + i * step
        ends.append(sheet.text(x, y, column.title, 5.8, bold=True, width=step - 1, most=3))
    y = max(ends) + 0.4
    for row in table.rows[:_MOST_ROWS]:
        sheet.rule(y)
        side = row.stride.side
        sheet.text(MARGIN_MM, y + 0.5, f"{row.stride.number}", 6.8, bold=True)
        sheet.text(MARGIN_MM + 5, y + 0.5, side, 6.8, bold=True, colour=_COLOUR[side])
        when = f"{row.stride.peak_time_s:.2f} s, fr. {row.stride.peak_frame}"
        sheet.text(MARGIN_MM + 13, y + 0.7, when, 5.8, colour=MUTED)
        for i, cell in enumerate(row.cells):
            x = MARGIN_MM + 34 + i * step
            mark = "*" if cell.status == "low_confidence" else ""
            sheet.text(x, y + 0.4, f"{cell.value}{mark}", 6.8)
            sheet.text(x, y + 3.0, cell.interval, 4.6, colour=MUTED)
        y += 5.3
    rest = len(table.rows) - _MOST_ROWS
    more = f" {rest} more in strides.csv." if rest > 0 else ""
    words = f"Angles {table.when}; small: 95 % interval; *: low confidence.{more}"
    return sheet.text(MARGIN_MM, y + 0.3, words, 5.8, colour=MUTED) + 1.5


def _draw_pairs(sheet: Sheet, result: AnalysisResult, y: float) -> float:
    both = pairs(result)
    if not both:
        return y
    real = [
        f"{p.title.lower()} by {p.difference} ({p.words}; 95 % interval {p.interval})"
        for p in both if p.real
    ]  # fmt: skip
    alike = [p.title.lower() for p in both if not p.real]
    words = f"Left and right really differ in {'; '.join(real)}. " if real else ""
    words += f"No difference that can be told in {', '.join(alike)}." if alike else ""
    y = sheet.text(MARGIN_MM, y, "Left against right", 11, bold=True) + 0.3
    return sheet.text(MARGIN_MM, y, words, 7, width=_WIDTH, most=3) + 2


def _draw_drills(sheet: Sheet, result: AnalysisResult, y: float) -> float:
    drills = result.drills[:_MOST_DRILLS]
    if not drills:
        return y
    y = sheet.text(MARGIN_MM, y, "What to train", 11, bold=True) + 1
    column = (_WIDTH - 9) / 4
    ends: list[float] = []
    for i, drill in enumerate(drills):
        x = MARGIN_MM + (i % 4) * (column + 3)
        top = y if i < 4 else max(ends[:4]) + 1.5
        at = top
        if drill.code in DRAWINGS:
            _draw_figurine(sheet, DRAWINGS[drill.code], x, top, column)
            at = top + _FIGURE_MM * _JUMP
        at = sheet.text(x, at, drill.title, 7.4, bold=True, width=column, most=1)
        if drill.dose:
            at = sheet.text(x, at, drill.dose, 6, bold=True, colour=MUTED, width=column, most=2)
        ends.append(sheet.text(x, at, drill.how, 6, width=column, most=5))
    return max(ends) + 2


def _draw_history(sheet: Sheet, history: History | None, y: float) -> float:
    """What has changed, in words: the chart stands on the page for the screen."""
    if history is None:
        return y
    y = sheet.text(MARGIN_MM, y, "How it has changed", 11, bold=True) + 0.3
    y = sheet.text(MARGIN_MM, y, history.headline, 7, bold=True, width=_WIDTH, most=2) + 0.3
    words = " ".join(f"{line[0].upper()}{line[1:]}." for line in history.words)
    return sheet.text(MARGIN_MM, y, words, 6.2, colour=MUTED, width=_WIDTH, most=4) + 2


def _draw_figurine(sheet: Sheet, figurine: Figurine, x: float, y: float, width: float) -> None:
    strokes = figurine.strokes()
    _, lowest = bounds(strokes)
    axes = sheet.axes(x, y, width, _FIGURE_MM * _JUMP)
    for stroke in strokes:
        _draw_stroke(axes, stroke)
    axes.set_xlim(0, width / _FIGURE_MM)
    axes.set_ylim(lowest + 0.03, lowest + 0.03 - _JUMP)
    axes.set_axis_off()


_STROKES: Final = {
    "near": (LEFT, 2.6), "far": (RIGHT, 2.2), "trunk": (INK, 2.6), "ghost": (LINE, 2.4),
    "ground": (MUTED, 0.6), "prop": (MUTED, 0.8), "arrow": (TARGET, 1.2), "right": (TARGET, 1.2),
    "wrong": (VERDICTS["fault"], 1.2),
}  # fmt: skip


def _draw_stroke(axes: Axes, stroke: Stroke) -> None:
    from matplotlib.patches import Circle

    colour, width = _STROKES[stroke.kind]
    if stroke.radius:
        axes.add_patch(Circle(stroke.points[0], stroke.radius, color=colour, linewidth=0))
        return
    lines = [stroke.points]
    if stroke.kind == "arrow":
        lines.append(arrow_head(stroke.points))
    for points in lines:
        x, y = zip(*points, strict=True)
        axes.plot(x, y, color=colour, linewidth=width, solid_capstyle="round",
                  solid_joinstyle="round")  # fmt: skip


def _draw_trust(sheet: Sheet, result: AnalysisResult, y: float) -> None:
    after = DRILLS["after_strain"]
    advice = (
        f"Training advice, no medical advice. {after.title}: {after.dose.lower()}. {after.how} If "
        "pain stays, see a doctor."
    )
    foot = A4_MM[1] - MARGIN_MM - 4
    sheet.box(MARGIN_MM, foot - 2, _WIDTH, 7.5, SOFT)
    sheet.text(MARGIN_MM + 2, foot - 1.3, advice, 6, width=_WIDTH - 4, most=2)
    unsure = [f"Low confidence (*): {line}" for line in by_reason(doubted(result))]
    missing = by_reason(not_measured(result))
    half = (_WIDTH - 6) / 2
    columns = (
        # What speaks against the numbers that are told comes first: the room may run out.
        ("How far to trust it", [*unsure, *result.warnings, *missing]),
        ("How to film it next time", film_tips(result)),
    )
    for i, (title, lines) in enumerate(columns):
        x = MARGIN_MM + i * (half + 6)
        at = sheet.text(x, y, title, 9, bold=True) + 0.5
        for line in lines or ["Everything this view can show was measured."][: 1 - i]:
            if at + 2.9 * (len(wrap(f"– {line}", 6.2, half, most=5)) + 1) >= foot - 2:
                sheet.text(x, at, "– More stands in report.html.", 6.2, width=half, most=1)
                break
            at = sheet.text(x, at, f"– {line}", 6.2, width=half, most=5) + 0.4
