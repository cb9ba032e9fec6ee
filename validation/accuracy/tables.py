"""The error table in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kneedrive_cv.result import METRICS
from validation.accuracy import groups
from validation.accuracy.compare import ClipErrors, Leg, Reading
from validation.accuracy.groups import GROUPS, Group
from validation.accuracy.targets import TWICE, Target, targets
from validation.common import ErrorSummary, table
from validation.truth import LEG_ANGLES

TRUNK_ANGLES = ("trunk_lean_deg", "pelvis_rotation_deg", "pelvis_obliquity_deg")
ANGLES = (*LEG_ANGLES, *TRUNK_ANGLES)
SUMMARY_HEAD = ("bias", "MAE", "RMS", "P95", "n")
CHECK_HEAD = ("fault", "borderline", "pass", "not measurable")


@dataclass(frozen=True)
class Header:
    """What stands at the top of the page."""

    seeds: str
    command: str
    expected: int


def page(clips: Sequence[ClipErrors], header: Header) -> str:
    """The whole page.

    Parameters
    ----------
    clips : sequence of ClipErrors
    header : Header

    Returns
    -------
    str
        Markdown.
    """
    target = groups.group_of(clips, "target")
    parts = [
        _top(clips, header),
        ["## Targets", "", *_about_targets(target), "", *target_table(targets(clips))],
        *(_twice(clips, name) for name in TWICE),
        ["## Angles, all frames", "", *_angle_table(target)],
        _angles_by_group(clips),
        ["## Metrics, each knee drive", "", *_metric_table(target)],
        _metrics_by_group(clips),
        ["## Intervals", "", *_interval_table(clips)],
        ["## Tilt of the camera", "", *_tilt_table(clips)],
        ["## Touchdown and toe-off", "", *_event_table(clips)],
        ["## Legs swapped, athlete lost, clips refused", "", *_loss_table(clips), "", *_why(clips)],
        ["## Checks", "", *_check_table(clips)],
        ["## Clips", "", *_clip_table(clips)],
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _top(clips: Sequence[ClipErrors], header: Header) -> list[str]:
    return [
        "# Accuracy",
        "",
        f"Errors of `kneedrive` on {len(clips)} of {header.expected} rendered clips of known "
        f"truth, {header.seeds}. Made by `{header.command}`; how it is counted stands in "
        "[validation/README.md](../validation/README.md#the-error-table). All numbers, of every "
        "group, are in [accuracy.json](accuracy.json).",
        "",
        "Errors are measured minus true. MAE is the mean absolute error, P95 the 95th percentile "
        "of the absolute error. The near leg is the one nearer to the camera.",
    ]


def _about_targets(target: Group) -> list[str]:
    return [
        f"On {len(target)} clips: {GROUPS['target'][0]}. Both legs count alike. "
        + _how_filmed(target),
    ]


def _how_filmed(target: Group) -> str:
    """What of real footage these clips have and have not."""
    blurred = sum(clip.parameters["video"]["blur_samples"] > 1 for clip in target)
    tilted = sum(abs(clip.parameters["camera"]["roll_deg"]) > 0 for clip in target)
    along = sum(clip.parameters["camera"]["motion"] == "along" for clip in target)
    return (
        f"Of them {blurred} have motion blur, {tilted} a camera that is tilted; in {along} it "
        "glides along beside the athlete, in the others it stands, pans or follows by hand."
    )


def target_table(lines: Sequence[Target]) -> list[str]:
    """Target, reached, and whether it holds."""
    return table(
        ("", "target", "reached", "n", "holds"),
        [[line.name, line.limit, _reached(line), line.n, _holds(line)] for line in lines],
    )


def _reached(line: Target) -> str:
    if not np.isfinite(line.reached):
        return "–"
    number = f"{line.reached:.2f}" if line.unit == "%" and line.high < 1 else f"{line.reached:.1f}"
    return f"{number} {line.unit}" if line.unit else f"{line.reached:.0f}"


def _holds(line: Target) -> str:
    if not np.isfinite(line.reached):
        return "not measured"
    return "yes" if line.holds else "no"


def _twice(clips: Sequence[ClipErrors], name: str) -> list[str]:
    chosen = groups.group_of(clips, name)
    about = f"At most twice: {GROUPS[name][0]} ({len(chosen)} clips)"
    return [f"### {about}", "", *target_table(targets(clips, name))]


def _cells(numbers: ErrorSummary, digits: int = 1) -> list[object]:
    shown = (numbers.bias, numbers.mae, numbers.rms, numbers.p95)
    return [*(f"{n:.{digits}f}" if np.isfinite(n) else "–" for n in shown), numbers.n]


def _angle_table(clips: Group) -> list[str]:
    rows: list[list[object]] = []
    for angle in ANGLES:
        for leg in groups.LEGS:
            numbers = groups.summary(groups.angle_errors(clips, angle, leg))
            if numbers.n:
                rows.append([angle, leg, *_cells(numbers)])
    return table(("angle", "leg", *SUMMARY_HEAD), rows)


def _angles_by_group(clips: Sequence[ClipErrors]) -> list[str]:
    rows = []
    for angle, leg in _legs(ANGLES):
        found = [_mae_n(groups.angle_errors(g, angle, *leg)) for g in _groups(clips)]
        if any(cell != "–" for cell in found):
            rows.append([angle, _word(leg), *found])
    about = "Mean absolute error by view, frame rate and size, degrees (n frames):"
    return [about, "", *table(("angle", "leg", *GROUPS), rows)]


def _legs(names: Sequence[str]) -> list[tuple[str, tuple[Leg, ...]]]:
    """Near and far apart, where an angle has a leg; from the front the legs are alike."""
    pairs: list[tuple[str, tuple[Leg, ...]]] = []
    for name in names:
        if name in TRUNK_ANGLES:
            pairs.append((name, ()))
        else:
            pairs += [(name, ("near",)), (name, ("far",))]
    return pairs


def _word(leg: tuple[Leg, ...]) -> str:
    return leg[0] if leg else "both"


def _groups(clips: Sequence[ClipErrors]) -> list[Group]:
    return [groups.group_of(clips, name) for name in GROUPS]


def _mae_n(errors: groups.FloatArray, scale: float = 1.0, digits: int = 1) -> str:
    numbers = groups.summary(errors, scale)
    return f"{numbers.mae:.{digits}f} ({numbers.n})" if numbers.n else "–"


def _digits(metric: str) -> int:
    return 2 if metric.endswith("_hz") else 1


def _metric_table(clips: Group) -> list[str]:
    rows: list[list[object]] = []
    for metric in METRICS:
        scale, unit = groups.unit_of(metric)
        for leg in groups.LEGS:
            found = groups.readings(clips, metric, "stride", leg)
            if found:
                numbers = groups.summary(groups.claimed_errors(found), scale)
                unsaid = sum(not reading.claimed for reading in found)
                cells = _cells(numbers, _digits(metric))
                rows.append([metric, unit, leg, *cells, unsaid])
    return table(("metric", "unit", "leg", *SUMMARY_HEAD, "not claimed"), rows)


def _metrics_by_group(clips: Sequence[ClipErrors]) -> list[str]:
    rows = []
    for metric in METRICS:
        scale, unit = groups.unit_of(metric)
        found = [
            _mae_n(groups.claimed_errors(groups.readings(g, metric)), scale, _digits(metric))
            for g in _groups(clips)
        ]
        rows.append([metric, unit, *found])
    about = "Mean absolute error by view, frame rate and size (n knee drives):"
    return [about, "", *table(("metric", "unit", *GROUPS), rows)]


def _interval_table(clips: Sequence[ClipErrors]) -> list[str]:
    """How many of the 95 % intervals hold the truth, in percent."""
    rows: list[list[object]] = []
    for metric in METRICS:
        for of, word in (("stride", "each knee drive"), ("mean", "mean of a leg")):
            cells = [_share(*groups.held(groups.readings(g, metric, of))) for g in _groups(clips)]
            rows.append([metric, word, *cells])
    lines = table(("metric", "interval of", *GROUPS), rows)
    claims = len(groups.wrong_claims(clips))
    return [
        "Share of the 95 % intervals that hold the truth (intervals given):",
        "",
        *lines,
        "",
        f"Numbers given that the view cannot show: {claims}.",
        "",
        *_confident(clips),
    ]


def _confident(clips: Sequence[ClipErrors]) -> list[str]:
    """The means that are wrong with confidence, each in a line."""
    found = [(clip, reading) for clip in clips for reading in groups.amiss([clip])]
    about = (
        "Means of a leg that are called measured and lie outside of their interval by more than 5 "
        f"degrees, 20 ms, 0.4 steps a second or a tenth of a segment: {len(found)}."
    )
    return [about, "", *(_off(clip, reading) for clip, reading in found)]


def _off(clip: ClipErrors, reading: Reading) -> str:
    scale, unit = groups.unit_of(reading.metric)
    told, low, high, true = (
        f"{scale * number:.1f}"
        for number in (reading.value, reading.low, reading.high, reading.true)
    )
    what = f"{clip.name}, {reading.metric}, {reading.leg}"
    return f"- {what}: {told} ({low} to {high}) {unit}, true {true}"


def _share(part: int, whole: int) -> str:
    return f"{groups.percent(part, whole):.0f} % ({whole})" if whole else "–"


def _tilt_table(clips: Sequence[ClipErrors]) -> list[str]:
    """Roll of the camera, told minus true."""
    rows: list[list[object]] = []
    for name in GROUPS:
        chosen = groups.group_of(clips, name)
        off_deg, error_deg = groups.tilts(chosen)
        if len(off_deg):
            told, held = np.sqrt(np.mean(error_deg**2)), _share(*groups.tilts_held(chosen))
            rows.append([name, *_cells(groups.summary(off_deg)), f"{told:.1f}", held])
    about = (
        "Told minus true, degrees, in the clips in which it was told; the standard error that was "
        "told with it (root mean square), and the share of its 95 % intervals that hold."
    )
    return [about, "", *table(("clips", *SUMMARY_HEAD, "told error", "intervals"), rows)]


def _event_table(clips: Sequence[ClipErrors]) -> list[str]:
    rows: list[list[object]] = []
    for name in GROUPS:
        chosen = groups.group_of(clips, name)
        for kind in ("touchdown", "toe_off"):
            found = groups.events(chosen, kind)
            if found:
                numbers = _cells(groups.summary(groups.event_errors_ms(found)))
                rows.append([name, kind, *numbers, groups.missed(found), groups.false(found)])
        tops = groups.drives(chosen)
        if tops:
            numbers = _cells(groups.summary(groups.event_errors_ms(tops)))
            row = [name, "top of the knee drive", *numbers, groups.missed(tops), groups.false(tops)]
            rows.append(row)
        contact = groups.summary(groups.contact_errors_ms(chosen))
        if contact.n:
            rows.append([name, "contact time, mean of a clip", *_cells(contact), "", ""])
    return table(("clips", "ms", *SUMMARY_HEAD, "missed", "false"), rows)


def _loss_table(clips: Sequence[ClipErrors]) -> list[str]:
    rows = []
    for name in GROUPS:
        chosen = groups.group_of(clips, name)
        if chosen:
            refused = sum(bool(clip.refused) for clip in chosen)
            swapped, lost = groups.swapped_percent(chosen), groups.lost_percent(chosen)
            rows.append([name, len(chosen), f"{swapped:.2f} %", f"{lost:.1f} %", refused])
    return table(("clips", "n", "legs swapped", "athlete lost", "refused"), rows)


def _why(clips: Sequence[ClipErrors]) -> list[str]:
    return [f"- {clip.name}: {clip.refused}." for clip in clips if clip.refused]


def _check_table(clips: Sequence[ClipErrors]) -> list[str]:
    """All graded side views together; one leg of one clip counts once."""
    codes = list(dict.fromkeys(judged.code for clip in clips for judged in clip.checks))
    rows: list[list[object]] = []
    for code in codes:
        for kind, counts in groups.verdicts(groups.checks(clips, code)).items():
            if any(counts.values()):
                rows.append([code, kind, *counts.values()])
    return [
        "Legs of all clips whose view can show it, by what the truth says (a clear fault lies "
        "beyond the target by 5 degrees, 20 ms or 10 % of the shank; a near one by less), and how "
        "they were judged.",
        "",
        *table(("check", "truth", *CHECK_HEAD), rows),
    ]


def _clip_table(clips: Sequence[ClipErrors]) -> list[str]:
    rows: list[list[object]] = []
    for clip in clips:
        camera, video = clip.parameters["camera"], clip.parameters["video"]
        where = f"{camera['view']} {camera['off_square_deg']:+.0f}"
        thigh = groups.claimed_errors(groups.readings([clip], "thigh_deg"))
        found = [e for kind in ("touchdown", "toe_off") for e in groups.events([clip], kind)]
        rows.append(
            [
                clip.name,
                clip.parameters["body"]["name"],
                f"{where}, {camera['motion']}",
                f"{video['fps_hz']:.0f}",
                f"{camera['athlete_height_px']:.0f}",
                clip.frames,
                _mae_n(groups.angle_errors([clip], "thigh_deg")),
                _mae_n(thigh),
                _mae_n(groups.event_errors_ms(found)),
                f"{groups.missed(found)} / {groups.false(found)}",
                clip.swapped,
                clip.lost,
            ]
        )
    head = ("clip", "body", "camera", "fps", "px", "frames", "thigh", "peak thigh", "events ms")
    return table((*head, "missed / false", "swapped", "lost"), rows)
