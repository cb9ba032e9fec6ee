"""What the page shows, put into words and percentages, so that the templates only place it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.report.formats import against, marked, number, value_interval
from kneedrive_cv.report.words import short_title, unit_of
from kneedrive_cv.result import METRICS, AnalysisResult, Check, Drill, Fault, Status, Stride, Value
from kneedrive_cv.technique.not_a_sprint import is_drill
from kneedrive_cv.technique.rules import RULES, compared_metric, read_metric
from kneedrive_cv.technique.verdict import JUDGED_UPRIGHT, STRONG_LEAN_DEG

VERDICT_WORDS: Final = {
    "pass": "Good",
    "borderline": "Borderline",
    "fault": "Work on it",
    "not_measurable": "Not measured",
}
SEVERITY_WORDS: Final = {"minor": "small", "clear": "clear", "severe": "large"}
CHECK_NAMES: Final = {
    "hip_flexion_low": "Hip flexion at the top",
    "thigh_below_parallel": "Thigh passes parallel",
    "pelvis_rotation": "Hips stay square",
    "ankle_not_dorsiflexed": "Toes pulled up",
    "foot_not_under_knee": "Foot under the knee",
    "foot_not_parallel": "Foot parallel to the track",
    "late_knee_drive": "Knee drive starts at once",
}
"""What each check looks for: a fault's own title would read wrongly beside 'Good'."""
_METRIC_OF: Final = {rule.code: rule.metric for rule in RULES}
_FAULT_OF: Final = {rule.metric: rule.code for rule in RULES} | {"knee_height_thigh": ""}
_AT_A_GLANCE: Final = 2


@dataclass(frozen=True)
class Cell:
    """A verdict for one leg, or for both."""

    verdict: str
    word: str
    value: str
    interval: str
    reason: str
    strides: str
    why: str
    """Why this leg was not measured, where the reason does not hold for the whole clip."""


@dataclass(frozen=True)
class CheckRow:
    """A line of the technique with its cell for each leg, or one for both together."""

    title: str
    target: str
    limit: str
    source: str
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Scale:
    """A value with its interval against its threshold, as percentages along a strip."""

    value: float
    low: float
    width: float
    threshold: float
    below_is_fault: bool


@dataclass(frozen=True)
class SideFault:
    """A fault of one leg; behind its number stands where it was read, or against what."""

    side: Side
    value: str
    brief: str
    where: str
    interval: str
    limit: str
    severity: str
    sentence: str
    strides_at_fault: str
    stride: int
    frame: int
    time_s: float | None
    scale: Scale
    key: str
    alt: str


@dataclass(frozen=True)
class FaultCard:
    """A fault with all legs that show it."""

    code: str
    title: str
    sides: list[SideFault]
    drills: list[Drill]
    source: str
    note: str


def limit_words(threshold: float, fault_when: str, unit: str, borderline: float) -> str:
    """The threshold of a check as words."""
    limit = f"{'at least' if fault_when == 'below' else 'at most'} {number(threshold, unit)}"
    if borderline != threshold:
        edge = "from" if fault_when == "below" else "to"
        limit += f", borderline {edge} {number(borderline, unit)}"
    return limit + _unit_words(unit)


def _unit_words(unit: str) -> str:
    return f" of the {unit}'s length" if unit in ("shank", "thigh") else ""


def check_rows(result: AnalysisResult) -> list[CheckRow]:
    """The checks, a row each, in the order of the result."""
    rows: dict[str, CheckRow] = {}
    for check in result.checks:
        name = check_name(check)
        row = rows.setdefault(
            name,
            CheckRow(
                name,
                check.target,
                limit_words(check.threshold, check.fault_when, check.unit, check.borderline),
                check.source,
                {},
            ),
        )
        row.cells[check.side or "both"] = _check_cell(check, result)
    return list(rows.values())


def check_name(check: Check) -> str:
    """What a check looks for."""
    if check.code == "asymmetry":
        return check.title.replace("Left and right differ", "Left and right alike")
    return CHECK_NAMES.get(check.code, check.title)


def off_zero(value: float, low: float, high: float) -> tuple[float, float, float]:
    """A difference and its interval without the sign."""
    if low < 0 < high:
        return abs(value), 0.0, max(-low, high)
    return abs(value), min(abs(low), abs(high)), max(abs(low), abs(high))


def _unsigned(check: Check) -> Value:
    value = check.value
    if check.code != "asymmetry" or value.value is None or value.low is None or value.high is None:
        return value
    number_, low, high = off_zero(value.value, value.low, value.high)
    return value.model_copy(update={"value": number_, "low": low, "high": high})


def _check_cell(check: Check, result: AnalysisResult) -> Cell:
    own = read_metric(check)
    missed = check.verdict == "not_measurable" and own not in result.summary.not_measured
    return Cell(
        verdict=check.verdict,
        word=VERDICT_WORDS[check.verdict],
        value=marked(number(_unsigned(check).value, check.unit), check.value),
        interval=value_interval(_unsigned(check), check.unit),
        reason=check.value.reason,
        strides=_counted(check, result.strides),
        why=check.value.reason if missed else "",
    )


def _counted(check: Check, strides: Sequence[Stride]) -> str:
    """How many strides are at fault; of a comparison of the legs, how many were compared.

    There all strides of the weaker leg are those at fault. The line names the edge that it counts
    beyond: under 'Good' a bare count would read as how many were good.
    """
    if check.code == "asymmetry":
        metric = compared_metric(check.title)
        own = [s for s in strides if metric in s.metrics and s.metrics[metric].value is not None]
        known = own if check.verdict != "not_measurable" else []
        return f"{len(known)} knee drives compared" if known else ""
    if check.strides_at_fault and len(check.strides) > 1:
        edge = "limit" if check.borderline == check.threshold else "borderline"
        return f"{len(check.strides_at_fault)} of {len(check.strides)} strides beyond the {edge}"
    return ""


def glance(result: AnalysisResult) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The numbers at the top: (title, [(whose, value, interval)])."""
    blocks = []
    for metric in _most_telling(result):
        sides, unit = result.summary.metrics[metric], unit_of(metric)
        entries = [
            (str(s), marked(number(sides[s].value, unit), sides[s]), value_interval(sides[s], unit))
            for s in SIDES
            if s in sides
        ]
        blocks.append((short_title(metric), entries))
    summary = result.summary
    for title, value, unit in (
        ("Steps a second", summary.step_frequency_hz, "hz"),
        ("Ground contact", summary.contact_time_s, "s"),
    ):
        if is_drill(result.scene.gait) and value is summary.contact_time_s:
            continue  # it has none of a run's
        told = marked(number(value.value, unit), value)
        blocks.append((title, [("", told, value_interval(value, unit))]))
    return blocks


def doubts(result: AnalysisResult) -> list[str]:
    """Why numbers of the checks, or at the top, are of low confidence, each reason once."""
    summary = result.summary
    values = [v for m in _most_telling(result) for v in summary.metrics[m].values()]
    values += [summary.step_frequency_hz, summary.contact_time_s]
    return list(dict.fromkeys([*check_doubts(result), *_reasons(values)]))


def doubted(result: AnalysisResult) -> dict[str, str]:
    """Which numbers each reason of `doubts` is about."""
    summary = result.summary
    read = {_METRIC_OF.get(check.code) for check in result.checks}
    told = {f"{check_name(c)} {c.side or ''}".strip(): c.value for c in result.checks}
    told |= {
        f"{short_title(metric)} {side}": value
        for metric in _most_telling(result)
        for side, value in summary.metrics[metric].items()
        if metric not in read
    }
    told |= {"Steps a second": summary.step_frequency_hz, "Ground contact": summary.contact_time_s}
    return {
        reason: ", ".join(n for n, v in told.items() if [reason] == _reasons([v])).lower()
        for reason in doubts(result)
    }


def check_doubts(result: AnalysisResult) -> list[str]:
    """The same of the checks alone, for where nothing else is shown."""
    return _reasons([check.value for check in result.checks])


def _reasons(values: Sequence[Value]) -> list[str]:
    reasons = [v.reason.rstrip(".") for v in values if v.status == "low_confidence"]
    return list(dict.fromkeys(reasons))


def _most_telling(result: AnalysisResult) -> list[str]:
    """The first angles or heights of the result that this view could show."""
    told = ("deg", "thigh")
    angles = [m for m in METRICS if unit_of(m) in told and m in result.summary.metrics]
    known = [
        m for m in angles if any(v.value is not None for v in result.summary.metrics[m].values())
    ]
    return (known or angles)[:_AT_A_GLANCE]


def fault_cards(result: AnalysisResult, keys: dict[int, str]) -> list[FaultCard]:
    """The faults, those of one code on one card.

    A difference of the legs whose weaker leg is at fault itself comes after the other faults: to
    mend the one mends both. What the headline names stays first.

    Parameters
    ----------
    result : AnalysisResult
        The faults and drills.
    keys : dict of int to str
        Place in ``result.faults`` -> key of its picture.
    """
    drills = {drill.code: drill for drill in result.drills}
    cards: dict[str, FaultCard] = {}
    for i, fault in enumerate(result.faults):
        known = [drills[code] for code in fault.drills if code in drills]
        card = cards.setdefault(
            fault.title,
            FaultCard(fault.code, fault.title, [], known, fault.source, _leaning(fault, result)),
        )
        card.sides.append(_side_fault(result, _without_sign(fault), keys[i]))
    told = list(cards.values())
    return [*told[:1], *sorted(told[1:], key=lambda card: _follows(card, result))]


def _leaning(fault: Fault, result: AnalysisResult) -> str:
    """What to know of a fault that is judged against upright running; empty for an upright run."""
    known = result.summary.metrics.get("trunk_lean_deg", {}).values()
    leans_deg = [value.value for value in known if value.value is not None]
    lean_deg = sum(leans_deg) / len(leans_deg) if leans_deg else 0.0
    if fault.code not in JUDGED_UPRIGHT or lean_deg <= STRONG_LEAN_DEG:
        return ""
    return (
        "Judged against upright running; here the trunk leans forward by "
        f"{number(lean_deg, 'deg')}, as when accelerating."
    )


def _follows(card: FaultCard, result: AnalysisResult) -> bool:
    """Whether a difference of the legs only follows from what the weaker leg is told anyway."""
    if card.code != "asymmetry":
        return False
    own = _FAULT_OF[compared_metric(card.title)]
    weaker = {leg.side for leg in card.sides}
    return any(fault.code == own and fault.side in weaker for fault in result.faults)


def _without_sign(fault: Fault) -> Fault:
    if fault.code != "asymmetry":
        return fault
    value, low, high = off_zero(fault.value, fault.low, fault.high)
    return fault.model_copy(update={"value": value, "low": low, "high": high})


def _side_fault(result: AnalysisResult, fault: Fault, key: str) -> SideFault:
    below = _is_below(result, fault)
    value, limit = against(fault.value, fault.threshold, fault.unit)
    words = f"{'at least' if below else 'at most'} {limit}{_unit_words(fault.unit)}"
    status: Status = "low_confidence" if _is_unsure(result, fault) else "measured"
    measured = Value(value=fault.value, low=fault.low, high=fault.high, status=status)
    # A difference of two legs is no number of the knee drive that the picture shows.
    differs, other = fault.code == "asymmetry", "right" if fault.side == "left" else "left"
    return SideFault(
        side=fault.side,
        value=marked(value, measured),
        brief=f"{marked(value, measured)}{' less' if differs else ''}",
        where=f"less than the {other} leg" if differs else f"in knee drive {fault.stride}",
        interval=value_interval(measured, fault.unit),
        limit=words,
        severity=SEVERITY_WORDS[fault.severity],
        sentence=fault.sentence,
        strides_at_fault=fault.strides_at_fault,
        stride=fault.stride,
        frame=fault.frame,
        time_s=_time_s(result, fault),
        scale=_scale(fault, below),
        key=key,
        alt=f"Frame {fault.frame}, {fault.side} leg, stride {fault.stride}: the skeleton drawn on "
        f"the athlete. {fault.title}: {value}, wanted {words}.",
    )


def _time_s(result: AnalysisResult, fault: Fault) -> float | None:
    """When the frame that shows a fault was filmed: the top of its stride, else its toe-off."""
    times_s = {
        frame: time_s
        for stride in result.strides
        if stride.number == fault.stride
        for frame, time_s in (
            (stride.toe_off_frame, stride.toe_off_time_s),
            (stride.peak_frame, stride.peak_time_s),
        )
    }
    return times_s.get(fault.frame)


def _is_unsure(result: AnalysisResult, fault: Fault) -> bool:
    """Whether the check that found it read a number of low confidence."""
    return any(
        check.value.status == "low_confidence"
        for check in result.checks
        if (check.code, check.title) == (fault.code, fault.title)
        and check.side in (fault.side, None)
    )


def _is_below(result: AnalysisResult, fault: Fault) -> bool:
    for check in result.checks:
        if check.code == fault.code:
            return check.fault_when == "below"
    return fault.value < fault.threshold


def _scale(fault: Fault, below: bool) -> Scale:
    points = (fault.low, fault.high, fault.value, fault.threshold)
    low, high = min(points), max(points)
    room = 0.25 * (high - low) or 1.0
    low, span = low - room, high - low + 2 * room

    def percent(x: float) -> float:
        """Where a number stands on the scale."""
        return round(100.0 * (x - low) / span, 1)

    width = round(percent(fault.high) - percent(fault.low), 1)
    return Scale(percent(fault.value), percent(fault.low), width, percent(fault.threshold), below)
