"""Figures of a run for a notebook: angles over time, and one stride."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import ConfigError, VideoError
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.catalogue import (
    Angle,
    angles_of,
    series,
    target_band,
    target_words,
    targets_of,
)
from kneedrive_cv.report.charts import contact_spans, shown_time
from kneedrive_cv.report.formats import number, value_interval
from kneedrive_cv.report.palette import INK
from kneedrive_cv.report.picture import Plot, frame_picture
from kneedrive_cv.result import Stride

LINES: Final[dict[Side | None, tuple[str, str]]] = {
    "left": ("#0a6ebd", "-"),
    "right": ("#c25e00", "--"),
    None: ("#444c56", "-"),
}
"""Colour and kind of the line of each leg: told apart without colours too."""

_GOOD: Final = "#7ee0b5"
_WIDTH_IN: Final = 9.0
_ROW_IN: Final = 2.1
_DPI: Final = 100


def plot_angles(analysis: Analysis, names: Sequence[str] = ()) -> Plot:
    """Angles over the time of the run; arguments as `kneedrive_cv.run.Plots.angles`.

    Raises
    ------
    ConfigError
        There is no angle of a name, or none at all.
    """
    chosen = _chosen(analysis, names)
    figure = Plot(figsize=(_WIDTH_IN, _ROW_IN * len(chosen)), dpi=_DPI, layout="constrained")
    axes = figure.subplots(len(chosen), 1, sharex=True, squeeze=False)[:, 0]
    for axis, angle in zip(axes, chosen, strict=True):
        _draw_angle(axis, analysis, angle)
        _draw_contacts(axis, analysis)
        _draw_tops(axis, analysis, angle)
    shown = shown_time(analysis.angles, analysis.result)
    if shown is not None:
        axes[-1].set_xlim(shown.low, shown.high)
    axes[-1].set_xlabel("s")
    beside_title = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.1}
    axes[0].legend(**beside_title, ncols=3, frameon=False, fontsize="small")
    return figure


_LEAST_SPAN_DEG = 20.0
"""An axis shows no less: a trunk that is held still must not look as if it swayed."""


def _chosen(analysis: Analysis, names: Sequence[str]) -> list[Angle]:
    there = {angle.key: angle for angle in angles_of(analysis.angles)}
    wanted = [name.removesuffix("_deg") for name in names] or list(there)
    unknown = [name for name in wanted if name not in there]
    if unknown or not wanted:
        what = f"shows no angle {unknown[0]!r}" if unknown else "shows no angle"
        raise ConfigError(
            what, where=analysis.result.clip.name, fix=f"It has {', '.join(there) or 'none'}."
        )
    return [there[name] for name in wanted]


def _draw_angle(axis: Any, analysis: Analysis, angle: Angle) -> None:
    for side, values in series(analysis.angles, angle).items():
        colour, kind = LINES[side]
        label = side or angle.title.lower()
        axis.plot(analysis.angles.time_s, values, kind, color=colour, label=label, linewidth=1.6)
    low, high = axis.get_ylim()
    if high - low < _LEAST_SPAN_DEG:
        axis.set_ylim(*((low + high + side * _LEAST_SPAN_DEG) / 2 for side in (-1, 1)))
    _draw_target(axis, analysis, angle)
    target = target_words(angle.key, targets_of(analysis.result))
    words = ", ".join(filter(None, (angle.zero, target)))
    axis.set_title(f"{angle.title}, {words}", loc="left", fontsize="small")
    axis.set_ylabel("°", rotation=0)
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="y", alpha=0.25)


def _draw_target(axis: Any, analysis: Analysis, angle: Angle) -> None:
    """Where the angle should get to: an area, or a line."""
    band = target_band(angle.key, targets_of(analysis.result))
    if band is None:
        return
    axis.axhspan(*band, color=_GOOD, alpha=0.45, linewidth=0)
    if band[0] == band[1]:
        axis.axhline(band[0], color=_GOOD, linewidth=2)


def _draw_contacts(axis: Any, analysis: Analysis) -> None:
    """When each foot is on the ground, along the bottom."""
    for row, side in enumerate(SIDES):
        for start, end in contact_spans(analysis.result, analysis.angles, side):
            low = 0.04 * row
            axis.axvspan(start, end, low, low + 0.035, color=LINES[side][0], alpha=0.7, lw=0)


def _draw_tops(axis: Any, analysis: Analysis, angle: Angle) -> None:
    """The top of each knee drive, on the line of its leg, with the interval."""
    for stride in analysis.result.strides:
        value = stride.metrics.get(f"{angle.key}_deg")
        if angle.both_sides and value is not None and value.value is not None:
            _point(axis, stride.peak_time_s, value, LINES[stride.side][0])


def _point(axis: Any, at_s: float, value: Any, colour: str) -> None:
    """A value with its 95 % interval."""
    reach = [[value.value - (value.low or 0.0)], [(value.high or 0.0) - value.value]]
    axis.errorbar([at_s], [value.value], reach, fmt="o", color=colour, capsize=3, markersize=4)


def plot_stride(analysis: Analysis, wanted: int) -> Plot:
    """One knee drive; arguments as `kneedrive_cv.run.Plots.stride`.

    Raises
    ------
    ConfigError
        There is no such stride.
    """
    stride = _stride(analysis, wanted)
    shown = [angle for angle in angles_of(analysis.angles) if angle.both_sides][:4]
    figure = Plot(figsize=(_WIDTH_IN, 4.6), dpi=_DPI, layout="constrained")
    left, right = np.ravel(figure.subfigures(1, 2, width_ratios=(0.8, 1.2), squeeze=False))
    _draw_top(left.subplots(), analysis, stride)
    axes = right.subplots(max(len(shown), 1), 1, sharex=True, squeeze=False)[:, 0]
    for axis, angle in zip(axes, shown, strict=False):
        _draw_drive(axis, analysis, stride, angle)
    axes[-1].set_xlabel("ms after toe-off")
    _name_moments(axes[0], stride)
    figure.suptitle(
        f"Knee drive {stride.number}, {stride.side}: {_told(stride)}", fontsize="medium", color=INK
    )
    return figure


def _name_moments(axis: Any, stride: Stride) -> None:
    """Say above the topmost angle what the lines through all of them are."""
    moments = {
        "toe-off": stride.toe_off_time_s,
        "top": stride.peak_time_s,
        "touchdown": stride.touchdown_time_s,
    }
    for word, at_s in moments.items():
        axis.annotate(
            word,
            (1000 * (at_s - stride.toe_off_time_s), 1.0),
            xycoords=axis.get_xaxis_transform(),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize="small",
        )


def _stride(analysis: Analysis, wanted: int) -> Stride:
    for stride in analysis.result.strides:
        if stride.number == wanted:
            return stride
    count = len(analysis.result.strides)
    raise ConfigError(
        f"has no stride {wanted}",
        where=analysis.result.clip.name,
        fix=f"They are numbered 1 to {count}." if count else "",
    )


def _told(stride: Stride) -> str:
    value = stride.metrics["hip_flexion_deg"]
    if value.value is None:
        return "hip flexion not measured"
    return f"hip flexion {number(value.value, 'deg')} ({value_interval(value, 'deg')})"


def _draw_top(axis: Any, analysis: Analysis, stride: Stride) -> None:
    axis.set_axis_off()
    try:
        axis.imshow(frame_picture(analysis, stride.peak_frame, near=True).image_rgb)
        axis.set_title(f"frame {stride.peak_frame}", fontsize="small")
    except (VideoError, ConfigError):
        # the numbers are whole without the clip
        axis.text(0.5, 0.5, "The clip is no longer there.", ha="center")


def _draw_drive(axis: Any, analysis: Analysis, stride: Stride, angle: Angle) -> None:
    """An angle of the driving leg from a little before its toe-off to its touchdown."""
    time_s, values = analysis.angles.time_s, series(analysis.angles, angle)
    start_s, end_s = stride.toe_off_time_s, stride.touchdown_time_s
    spare_s = 0.15 * (end_s - start_s)
    inside = (time_s >= start_s - spare_s) & (time_s <= end_s + spare_s)
    after_ms = 1000 * (time_s[inside] - start_s)
    colour, kind = LINES[stride.side]
    column = values.get(stride.side)
    if column is not None:
        axis.plot(after_ms, column[inside], kind, color=colour, linewidth=1.6)
    value = stride.metrics.get(f"{angle.key}_deg")
    if value is not None and value.value is not None and np.isfinite(value.value):
        _point(axis, 1000 * (stride.peak_time_s - start_s), value, colour)
    for at_s in (start_s, stride.peak_time_s, end_s):
        axis.axvline(1000 * (at_s - start_s), color=INK, alpha=0.25, linewidth=1)
    _draw_target(axis, analysis, angle)
    axis.set_ylabel(f"{angle.title}, °", fontsize="small")
    axis.spines[["top", "right"]].set_visible(False)
    axis.tick_params(labelsize="small")
