"""Runs side by side: their differences, curves laid over each other, videos in step, the trend."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import numpy as np
from markupsafe import Markup

from kneedrive_cv.errors import ConfigError, OutputError
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.catalogue import angles_of, target_band, target_words, targets_of
from kneedrive_cv.report.changes import Change, find_changes, unlike
from kneedrive_cv.report.charts import angle_scale
from kneedrive_cv.report.cycles import LegCurve, find_cycles, leg_curve
from kneedrive_cv.report.formats import change_interval, number, signed, value_interval
from kneedrive_cv.report.pages import (
    MAX_EMBEDDED_BYTES,
    content_policy,
    embed_video,
    page_environment,
    read_script,
)
from kneedrive_cv.report.playback import athlete_places, clip_times
from kneedrive_cv.report.run_folder import Run, find_runs, load_run
from kneedrive_cv.report.scales import GRID, Tick, path, ribbon, ticks
from kneedrive_cv.report.trend import Trend, trends
from kneedrive_cv.report.words import meaning_by_leg, short_title, unit_of
from kneedrive_cv.result import Value
from kneedrive_cv.technique.verdict import is_off_zero

MAX_RUNS: Final = 8
"""More curves over each other nobody can tell apart."""
_TITLE: Final = b"<title>Comparison: "
_HEAD_BYTES: Final = 4096
"""By what stands in the head of a file a comparison is known."""
_TAIL: Final = "</body>\n</html>\n"


@dataclass(frozen=True)
class Row:
    """A line of the table of differences."""

    title: str
    hint: str
    side: Side | None
    values: list[tuple[str, str]]
    changes: list[tuple[str, str, bool, str]]


@dataclass(frozen=True)
class Overlay:
    """The mean curves of one leg of all runs over the stride."""

    key: str
    title: str
    side: Side
    alt: str
    lines: list[tuple[int, str, str]]
    target: tuple[float, float] | None
    target_words: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]


def load_runs(paths: Sequence[Path]) -> list[Run]:
    """Read the runs, in order of their dates where all have one.

    Raises
    ------
    ConfigError
        A folder holds no run, or there are too few or too many.
    """
    runs = [load_run(folder) for folder in find_runs(paths)]
    if len(runs) < 2:
        raise ConfigError("one run cannot be compared", fix="Name two or more folders of runs.")
    if len(runs) > MAX_RUNS:
        raise ConfigError(f"{len(runs)} runs are too many", fix=f"Name at most {MAX_RUNS}.")
    dates = [run.result.clip.recorded for run in runs]
    return sorted(runs, key=lambda run: run.result.clip.recorded) if all(dates) else runs


def write_comparison(runs: Sequence[Run], target: Path) -> None:
    """Write the page; it appears when it is whole. Only an older comparison is replaced.

    Raises
    ------
    OutputError
        It cannot be written, or something else bears its name.
    """
    _require_free(target)
    part = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
        part = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for piece in comparison_pieces(runs, target.parent):
                file.write(piece)
        part.chmod(0o644)
        part.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"cannot be written ({reason})", where=str(target), fix="Choose another --out."
        ) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _require_free(target: Path) -> None:
    """Raise `OutputError` where a file of that name is no comparison: it may be a clip."""
    try:
        with target.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return  # there is none, or what keeps it from being read keeps it from being written
    if head and _TITLE not in head:
        what = "is there already, and is no comparison of kneedrive"
        raise OutputError(what, where=str(target), fix="Choose another --out.")


def comparison_pieces(runs: Sequence[Run], beside: Path) -> Iterator[str]:
    """The page in pieces.

    Parameters
    ----------
    runs : sequence of Run
        The first is what the others are set against.
    beside : Path
        The folder of the page, for videos that are too large to go into it.
    """
    results = [run.result for run in runs]
    script = read_script("player.js", "compare.js")
    embedded = [_fits(run, len(runs)) for run in runs]
    yield page_environment().get_template("compare.html.j2").render(
        runs=runs,
        letters=letters(len(runs)),
        script=Markup(script),
        policy=content_policy(script, embedded=all(embedded)),
        addresses=[_address(run, beside) for run in runs],
        embedded=embedded,
        data={"runs": [_play_data(run) for run in runs]},
        playable=all(run.video is not None and find_cycles(run.result) for run in runs),
        rows=[_row(change) for change in find_changes(results)],
        overlays=overlays(runs),
        stops=list(letters(len(runs))),
        trends=trends(results) if len(runs) > 2 else list[Trend](),
        notes=unlike(results),
    )
    for i, run in enumerate(runs):
        if run.video is not None and embedded[i]:
            yield from embed_video(run.video, f"clip-{i}")
    yield _TAIL


def letters(count: int) -> str:
    """A letter for each run."""
    return "ABCDEFGH"[:count]


def _fits(run: Run, count: int) -> bool:
    return run.video is not None and run.video.stat().st_size <= 2 * MAX_EMBEDDED_BYTES / count


def _address(run: Run, beside: Path) -> str:
    if run.video is None:
        return ""
    return quote(Path(os.path.relpath(run.video.resolve(), beside.resolve())).as_posix())


def _play_data(run: Run) -> dict[str, Any]:
    """When the video shows each frame, and the cycles of each leg in real time."""
    cycles = find_cycles(run.result)
    return {
        "frames": [s.frame for s in run.shown],
        "shown_s": [round(s.at_s, 6) for s in run.shown],
        "real_s": np.round(clip_times(run.angles, run.result.clip, run.shown), 4).tolist(),
        "athlete": athlete_places(
            run.pose, run.result.clip, run.shown, run.result.athlete.height_px
        ),
        "cycles": {
            side: [
                [round(c.start_s, 4), round(c.end_s, 4)] for c in cycles if c.stride.side == side
            ]
            for side in SIDES
        },
    }


def _row(change: Change) -> Row:
    unit = unit_of(change.metric)
    return Row(
        title=short_title(change.metric),
        hint=meaning_by_leg(change.metric),
        side=change.side,
        values=[(number(v.value, unit), value_interval(v, unit)) for v in change.values],
        changes=[
            (signed(c.value, unit), change_interval(c, unit), is_off_zero(c), _words(c))
            for c in change.changes
        ],
    )


def _words(change: Value) -> str:
    if change.value is None:
        return "not measured in both"
    if is_off_zero(change):
        return "real: more" if change.value > 0 else "real: less"
    return "cannot be told from none"


def overlays(runs: Sequence[Run]) -> list[Overlay]:
    """A chart for each angle and leg that at least two runs have."""
    names = {angle.key: angle for run in runs for angle in angles_of(run.angles)}
    out = []
    for key, angle in names.items():
        for side in SIDES:
            column = angle.columns.get(side) or angle.columns.get(None)
            curves = [_curve(run, side, column) for run in runs]
            if column is not None and sum(c is not None for c in curves) >= 2:
                out.append(_overlay(runs, key, angle.title, side, curves))
    return out


def _curve(run: Run, side: Side, column: str | None) -> LegCurve | None:
    return leg_curve(run.angles, find_cycles(run.result), side, column) if column else None


def _overlay(
    runs: Sequence[Run], key: str, title: str, side: Side, curves: list[LegCurve | None]
) -> Overlay:
    targets = targets_of(runs[0].result)
    band = target_band(key, targets)
    known = [c for c in curves if c is not None]
    edges = [edge for c in known for edge in (c.mean, c.mean - c.spread, c.mean + c.spread)]
    y = angle_scale([edge for edge in edges if np.isfinite(edge).any()], band)
    across = np.linspace(0.0, GRID, len(known[0].mean))
    lines, words = [], []
    for i, curve in enumerate(curves):
        if curve is None:
            continue
        low, high = (y.units(curve.mean + sign * curve.spread) for sign in (-1.0, 1.0))
        lines.append((i, path(across, y.units(curve.mean)), ribbon(across, low, high)))
        top = int(np.nanargmax(curve.mean))
        words.append(f"{letters(len(runs))[i]}: greatest {curve.mean[top]:.0f} degrees at {top} %")
    return Overlay(
        key=key,
        title=title,
        side=side,
        alt=f"{title} of the {side} leg over the stride. {'; '.join(words)}.",
        lines=lines,
        target=None if band is None else (y.percent(band[1]), y.percent(band[0])),
        target_words=target_words(key, targets),
        x_ticks=[Tick(float(p), f"{p} %") for p in (0, 25, 50, 75, 100)],
        y_ticks=ticks(y),
    )


