"""The angle curves of the report, as SVG that takes its colours from the page."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kneedrive_cv.analysis import Analysis, Angles, FloatArray
from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES, Side

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE_IN: Final = (4.0, 2.4)
"""384 by 230 pixels of a page: nearly one to one on a phone, two in a row on a desk."""
_MARGIN_S: Final = 0.15
"""What is shown before the first event and after the last."""
_MOST_NUMBERS: Final = 8
"""More numbers at the peaks would run into each other."""
_LEAST_SPAN_DEG: Final = 30.0
"""A steady angle must look steady: no curve is blown up further than this."""
_LINE: Final[dict[Side, str]] = {"left": "-", "right": (0, (4.5, 1.8))}  # type: ignore[dict-item]
_RC: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kneedrive",
    "font.size": 10.0,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
}

_CSS: Final[dict[str, str]] = {
    "#010203": "var(--ink)",
    "#020304": "var(--muted)",
    "#030405": "var(--line)",
    "#040506": "var(--left)",
    "#050607": "var(--right)",
    "#060708": "var(--target)",
    "#070809": "var(--paper)",
}
"""Stand-in colours, exchanged for the page's own so that the curves follow its dark mode."""
_COLOUR: Final[dict[str, str]] = {css[6:-1]: stand_in for stand_in, css in _CSS.items()}


@dataclass(frozen=True)
class Curve:
    """What one figure shows."""

    key: str
    title: str
    zero: str
    columns: tuple[str, ...]
    both_sides: bool


@dataclass(frozen=True)
class Figure:
    """A figure ready for the page: inline SVG with its title and its text alternative."""

    key: str
    title: str
    zero: str
    svg: str
    alt: str


CURVES: Final[tuple[Curve, ...]] = (
    Curve("hip_flexion", "Hip flexion", "0° = thigh in line with the trunk",
          ("hip_flexion_deg",), True),
    Curve("thigh", "Thigh", "0° = straight down, 90° = parallel to the track",
          ("thigh_deg",), True),
    Curve("knee_flexion", "Knee flexion", "0° = leg straight", ("knee_flexion_deg",), True),
    Curve("ankle", "Ankle", "0° = sole square to the shank, + = toes up",
          ("ankle_dorsiflexion_deg",), True),
    Curve("foot", "Foot", "0° = sole parallel to the track, + = toes up",
          ("foot_pitch_deg",), True),
    Curve("trunk", "Trunk", "0° = upright, + = leaning forward", ("trunk_lean_deg",), False),
)  # fmt: skip


def angle_figures(analysis: Analysis, targets: Targets) -> list[Figure]:
    """Draw the curves of all angles over time.

    Parameters
    ----------
    analysis : Analysis
        Angles, events and strides. Curves without a single value are left out.
    targets : Targets
        The bands and lines that are drawn with them.

    Returns
    -------
    list of Figure
        One for each angle, in the order of `CURVES`.
    """
    import matplotlib

    # The context holds the settings for this call alone; nothing global stays changed.
    analysis = _while_running(analysis)
    with matplotlib.rc_context(_RC):
        return [_figure(analysis, curve, targets) for curve in CURVES if _series(analysis, curve)]


def _while_running(analysis: Analysis) -> Analysis:
    """The part around the events: a crouch before it would squeeze what matters."""
    events, angles = analysis.result.events, analysis.angles
    if not events:
        return analysis
    times_s = [event.time_s for event in events]
    inside = (angles.time_s >= min(times_s) - _MARGIN_S) & (
        angles.time_s <= max(times_s) + _MARGIN_S
    )
    if not inside.any():
        return analysis
    columns = {name: column[inside] for name, column in angles.columns.items()}
    cut = Angles(frame=angles.frame[inside], time_s=angles.time_s[inside], columns=columns)
    return replace(analysis, angles=cut)


def _series(analysis: Analysis, curve: Curve) -> dict[Side | None, FloatArray]:
    columns = analysis.angles.columns
    names: dict[Side | None, str] = (
        {side: f"{side}_{curve.columns[0]}" for side in SIDES}
        if curve.both_sides
        else {None: curve.columns[0]}
    )
    found = {side: columns[name] for side, name in names.items() if name in columns}
    return {side: y for side, y in found.items() if np.isfinite(y).any()}


def _figure(analysis: Analysis, curve: Curve, targets: Targets) -> Figure:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as MplFigure

    figure = MplFigure(figsize=_SIZE_IN)
    canvas = FigureCanvasSVG(figure)
    axes = figure.add_axes((0.105, 0.115, 0.882, 0.86))
    series = _series(analysis, curve)
    _limits(axes, analysis, series, curve, targets)
    _targets(axes, curve.key, targets)
    if curve.both_sides:
        _contacts(axes, analysis)
    for side, y in series.items():
        axes.plot(
            analysis.angles.time_s, y, color=_COLOUR[side or "ink"], linewidth=1.7,
            linestyle=_LINE[side] if side else "-", solid_capstyle="round",
        )  # fmt: skip
    _peaks(axes, analysis, curve, series)
    _style(axes)
    target = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    canvas.print_svg(target, metadata=nothing)  # type: ignore[no-untyped-call]
    svg = _inline(target.getvalue(), curve.key)
    return Figure(curve.key, curve.title, _words(curve, targets), svg, _alt(curve, series))


def _limits(
    axes: Axes,
    analysis: Analysis,
    series: dict[Side | None, FloatArray],
    curve: Curve,
    targets: Targets,
) -> None:
    time_s = analysis.angles.time_s
    axes.set_xlim(float(time_s[0]), float(max(time_s[-1], time_s[0] + 1e-3)))
    low = min(float(np.nanmin(y)) for y in series.values())
    high = max(float(np.nanmax(y)) for y in series.values())
    if curve.key == "hip_flexion":
        high = max(high, targets.hip_flexion_target_high_deg)
    if curve.key == "thigh":
        high = max(high, targets.thigh_parallel_deg)
    spare = max(_LEAST_SPAN_DEG - (high - low), 0.0) / 2
    low, high = low - spare, high + spare
    room = 0.07 * (high - low)
    # Room below for the strips that show the contacts.
    axes.set_ylim(low - (2.4 if curve.both_sides else 1.0) * room, high + 1.4 * room)


def _targets(axes: Axes, key: str, targets: Targets) -> None:
    if key == "hip_flexion":
        band = targets.hip_flexion_low_deg, targets.hip_flexion_target_high_deg
        axes.axhspan(*band, color=_COLOUR["target"], alpha=0.25, linewidth=0)
    elif key == "thigh":
        axes.axhline(targets.thigh_parallel_deg, color=_COLOUR["target"], linewidth=1.4)


def _words(curve: Curve, targets: Targets) -> str:
    """What zero is, and what the green band or line is."""
    if curve.key == "hip_flexion":
        low, high = targets.hip_flexion_low_deg, targets.hip_flexion_target_high_deg
        return f"{curve.zero}; green band = target, {low:.0f} to {high:.0f}°"
    if curve.key == "thigh":
        return f"{curve.zero} (green line)"
    return curve.zero


def _contacts(axes: Axes, analysis: Analysis) -> None:
    """A strip for each leg along the bottom while its foot is on the ground, shaded above."""
    low, high = axes.get_ylim()
    unit = 0.01 * (high - low)
    for row, side in enumerate(SIDES):
        y, colour = low + (6.5 - 4.5 * row) * unit, _COLOUR[side]
        spans = [(a, b - a) for a, b in contact_spans(analysis, side)]
        axes.broken_barh(spans, (low, high - low), color=colour, alpha=0.08, linewidth=0)
        axes.broken_barh(spans, (y - unit, 2 * unit), color=colour, linewidth=0)
        for kind, mark in (("touchdown", "v"), ("toe_off", "^")):
            times_s = [
                e.time_s for e in analysis.result.events if e.side == side and e.type == kind
            ]
            _marks(axes, times_s, [y] * len(times_s), mark, side)


def _marks(axes: Axes, x: list[float], y: list[float], mark: str, side: Side) -> None:
    axes.plot(
        x, y, mark, color=_COLOUR[side], markersize=5.4, markeredgecolor=_COLOUR["paper"],
        markeredgewidth=0.8, linestyle="",
    )  # fmt: skip


def contact_spans(analysis: Analysis, side: Side) -> list[tuple[float, float]]:
    """When a foot is on the ground: seconds from each touchdown to the next toe-off.

    A contact under way at the beginning or the end reaches to the end of the track.
    """
    time_s = analysis.angles.time_s
    if not len(time_s):
        return []
    spans: list[tuple[float, float]] = []
    started: float | None = None
    for event in sorted(analysis.result.events, key=lambda e: e.time_s):
        if event.side != side:
            continue
        if event.type == "touchdown":
            started = event.time_s
        elif started is not None or not spans:
            spans.append((float(time_s[0]) if started is None else started, event.time_s))
            started = None
    if started is not None:
        spans.append((started, float(time_s[-1])))
    return spans


def _peaks(
    axes: Axes, analysis: Analysis, curve: Curve, series: dict[Side | None, FloatArray]
) -> None:
    for side in SIDES:
        y = series.get(side)
        if y is None:
            continue
        times_s = [s.peak_time_s for s in analysis.result.strides if s.side == side]
        heights = np.interp(times_s, analysis.angles.time_s, y).tolist()
        _marks(axes, times_s, heights, "o" if side == "left" else "s", side)
        few = len(analysis.result.strides) <= _MOST_NUMBERS
        if few and curve.key in ("hip_flexion", "thigh"):
            for x, height in zip(times_s, heights, strict=True):
                _peak_number(axes, x, height)


def _peak_number(axes: Axes, x: float, height: float) -> None:
    if np.isfinite(height):
        axes.annotate(
            f"{height:.0f}°", (x, height), (0, 5), textcoords="offset points", ha="center",
            fontsize=8.5, color=_COLOUR["ink"],
        )  # fmt: skip


def _style(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_formatter("{x:.0f}°")
    axes.xaxis.set_major_formatter("{x:g} s")
    axes.tick_params(colors=_COLOUR["muted"], length=3, width=0.7, labelsize=8.5, pad=2)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.grid(axis="y", color=_COLOUR["line"], linewidth=0.7)
    axes.set_axisbelow(True)
    axes.patch.set_visible(False)
    axes.figure.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(_COLOUR["line"])


def _inline(svg: str, key: str) -> str:
    """What a page needs of an SVG file: no prolog, no namespace, own ids, the page's colours."""
    svg = svg[svg.index("<svg") :]
    # Its style rule would hold for the whole page.
    svg = re.sub(r"<style.*?</style>", "", svg, count=1, flags=re.DOTALL)
    for name in ("xmlns:xlink", "xmlns"):
        start = svg.find(f' {name}="')
        if start >= 0:
            svg = svg[:start] + svg[svg.index('"', start + len(name) + 3) + 1 :]
    for stand_in, variable in _CSS.items():
        svg = svg.replace(stand_in, variable)
    for mark in ('id="', 'href="#', "url(#"):
        svg = svg.replace(mark, f"{mark}{key}-")
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _alt(curve: Curve, series: dict[Side | None, FloatArray]) -> str:
    ranges = [
        f"{side or 'angle'} from {np.nanmin(y):.0f} to {np.nanmax(y):.0f} degrees"
        for side, y in series.items()
    ]
    return f"{curve.title} over time, {curve.zero}: " + "; ".join(ranges) + "."
