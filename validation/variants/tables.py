"""The table of the variants, and which requirement holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from kneedrive_cv.result import METRICS, TRAVEL, AnalysisResult
from validation.common import table
from validation.sprinter.parameters import ClipParameters
from validation.truth import Truth, load_truth
from validation.variants.grading import Outcome
from validation.variants.judging import Against, against_original, against_truth, event_errors_ms
from validation.variants.scales import Length, lengths_of
from validation.variants.variant import (
    SAME_RUN_FIXED,
    SAME_RUN_PANNING,
    Places,
    Rendered,
    Sample,
    Variant,
)

MOST_BETWEEN_CAMERAS_DEG = 1.5
MOST_BETWEEN_CAMERAS_MS = 8.0
LEAST_GRADED = 0.9
HEAD = (
    "clip",
    "expected",
    "came out",
    "drives",
    "against the truth: deg",
    "ms",
    "events found",
    "ms",
    "against the original: deg",
    "ms",
    "inside",
    "wrong with confidence",
)
LENGTH_HEAD = ("clip", "length", "came out", "95 % interval", "true", "error", "holds")


@dataclass(frozen=True)
class Judged:
    """A variant, what came of it and how it compares."""

    variant: Variant
    outcome: Outcome
    result: AnalysisResult | None
    truth: Against | None
    events: tuple[int, int, float] | None
    """True events that were found, all of them, and the mean absolute error in ms."""
    original: Against | None
    lengths: tuple[Length, ...] = ()

    @property
    def as_expected(self) -> bool:
        """Whether it came out as it should, with the word that should be said."""
        expected, came = self.variant.expected, self.outcome.came
        if expected == "unclear":
            return came in ("graded", "refused")
        if self.variant.gait and self.result and self.result.scene.gait != self.variant.gait:
            return False
        said = self.outcome.reason if self.result is None else " ".join(self.result.warnings)
        return came == expected and self.variant.says in said

    @property
    def amiss(self) -> tuple[str, ...]:
        """Numbers that are wrong with confidence: against the truth, where there is one."""
        against = self.truth or self.original
        lengths = tuple(
            f"{length.metric} {length.value:.3g} for {length.true:.3g}"
            for length in self.lengths
            if length.amiss
        )
        return (against.amiss if against else ()) + lengths


def judge(
    variants: list[Variant], outcomes: Mapping[str, Outcome], places: Places
) -> list[Judged]:
    """Compare all that there is."""
    results = {name: outcome.graded() for name, outcome in outcomes.items()}
    return [
        _judge(each, outcomes[each.name], results, places)
        for each in variants
        if each.name in outcomes
    ]


def _judge(
    variant: Variant,
    outcome: Outcome,
    results: Mapping[str, AnalysisResult | None],
    places: Places,
) -> Judged:
    result = results[variant.name]
    if result is None:
        return Judged(variant, outcome, None, None, None, None)
    path = None if variant.other_run else places.truth(variant.source)
    truth = events = None
    if path is not None:
        known = load_truth(path)
        truth = against_truth(
            result, known, mirrored=variant.mirrored, slow_motion=variant.slow_motion
        )
        events = _events(result, known, mirrored=variant.mirrored)
    before = results.get(variant.same_as)
    original = before and against_original(result, before, mirrored=variant.mirrored)
    lengths: tuple[Length, ...] = ()
    if path is not None and isinstance(variant.source, Rendered | Sample):
        asked = ClipParameters.model_validate(json.loads(path.read_text("utf-8"))["parameters"])
        lengths = tuple(lengths_of(result, path, asked))
    return Judged(variant, outcome, result, truth, events, original or None, lengths)


def _events(result: AnalysisResult, truth: Truth, *, mirrored: bool) -> tuple[int, int, float]:
    errors, wanted = event_errors_ms(result, truth, mirrored=mirrored)
    return len(errors), wanted, float(np.abs(errors).mean()) if len(errors) else float("nan")


def lines_of(judged: list[Judged]) -> list[str]:
    """The tables in Markdown, one for each line of the requirements."""
    lines: list[str] = []
    for line in dict.fromkeys(each.variant.line for each in judged):
        rows = [_row(each) for each in judged if each.variant.line == line]
        lines += [f"## {line.capitalize()}", "", *table(HEAD, rows), ""]
        lengths = [r for each in judged if each.variant.line == line for r in _length_rows(each)]
        if line == "scale" and lengths:
            lines += [*table(LENGTH_HEAD, lengths), ""]
    return lines


def _length_rows(each: Judged) -> list[list[object]]:
    """What came out in metres against the truth, a row a length."""
    return [
        [
            each.variant.name,
            TRAVEL[length.metric][0],
            f"{length.value:.2f} {TRAVEL[length.metric][1]}",
            f"{length.low:.2f} to {length.high:.2f}",
            f"{length.true:.2f}",
            f"{length.value - length.true:+.2f}",
            "yes" if length.holds else "**no**",
        ]
        for length in each.lengths
    ]


def _row(each: Judged) -> list[object]:
    truth, original, events = each.truth, each.original, each.events
    came = each.outcome.came if each.as_expected else f"**{each.outcome.came}**"
    if each.outcome.came == "refused":
        came += f": {each.outcome.reason.split('.')[0].split(': ', 1)[-1]}"
    if each.variant.gait and each.result:
        came += f" as {each.result.scene.gait}"
    drives = sum(each.result.summary.knee_drives.values()) if each.result else ""
    return [
        each.variant.name,
        each.variant.expected,
        came,
        drives,
        truth.angle_deg if truth else "",
        truth.time_ms if truth else "",
        f"{events[0]} of {events[1]}" if events else "",
        events[2] if events else "",
        original.angle_deg if original else "",
        original.time_ms if original else "",
        f"{original.inside} of {original.numbers}" if original else "",
        "; ".join(each.amiss),
    ]


def requirements(judged: list[Judged]) -> list[tuple[bool, str]]:
    """Each requirement with whether it holds."""
    came = [each.outcome.came for each in judged]
    broken = [e.variant.name for e in judged if e.outcome.came in ("crashed", "hung")]
    can = [e for e in judged if e.variant.expected == "graded"]
    graded = [e for e in can if e.outcome.came == "graded"]
    refusable = [e for e in judged if e.variant.expected == "refused"]
    wrong = [e.variant.name for e in refusable if e.outcome.came == "graded"]
    amiss = [e.variant.name for e in judged if e.amiss]
    unlike = [e.variant.name for e in judged if not e.as_expected]
    asked = [e for e in judged if e.variant.gait]
    called = [e for e in asked if e.result and e.result.scene.gait == e.variant.gait]
    lengths = [length for e in judged if e.variant.line == "scale" for length in e.lengths]
    compared = [e.original for e in judged if e.original]
    numbers, inside = sum(c.numbers for c in compared), sum(c.inside for c in compared)
    return [
        (len(judged) >= 60, f"{len(judged)} variants, of {len(set(came))} outcomes"),
        (not broken, f"none crashes or hangs{_named(broken)}"),
        (
            len(graded) >= LEAST_GRADED * len(can),
            f"{len(graded)} of {len(can)} that a person can judge are graded",
        ),
        (not wrong, f"none is graded that should be refused{_named(wrong)}"),
        (
            not unlike,
            "of those that should be refused, or graded with a word of warning, each says the "
            f"reason that is true{_named(unlike)}",
        ),
        (not amiss, f"none has a number that is wrong with confidence{_named(amiss)}"),
        (
            inside >= 0.95 * numbers,
            f"{inside} of {numbers} numbers of changed clips hold the original's in their "
            "95 % interval",
        ),
        *_cameras(judged),
        *(
            [(len(called) == len(asked), f"{len(called)} of {len(asked)} drills are named")]
            if asked
            else []
        ),
        *(
            [
                (
                    sum(n.holds for n in lengths) >= 0.9 * len(lengths),
                    f"{sum(n.holds for n in lengths)} of {len(lengths)} lengths and speeds in "
                    "metres hold the truth in their 95 % interval",
                )
            ]
            if lengths
            else []
        ),
    ]


def _cameras(judged: list[Judged]) -> list[tuple[bool, str]]:
    """The panning against the fixed clips of the same rendered runs: means of a leg's metric."""
    named = {each.variant.name: each.result for each in judged if each.result is not None}
    apart: dict[str, list[float]] = {}
    for name, fixed in named.items():
        panned = named.get(name.replace(SAME_RUN_FIXED, SAME_RUN_PANNING))
        if SAME_RUN_FIXED not in name or panned is None:
            continue
        for metric, side in product(METRICS, ("left", "right")):
            pair = [r.summary.metrics.get(metric, {}).get(side) for r in (fixed, panned)]
            numbers = [v.value for v in pair if v is not None and v.status == "measured"]
            if len(numbers) == 2 and None not in numbers:
                apart.setdefault(metric, []).append(abs(numbers[0] - numbers[1]))  # type: ignore[operator]
    lines = []
    for unit, shown, most, factor in (
        ("deg", "degrees", MOST_BETWEEN_CAMERAS_DEG, 1),
        ("s", "ms", MOST_BETWEEN_CAMERAS_MS, 1000),
    ):
        means = {n: factor * float(np.mean(v)) for n, v in apart.items() if METRICS[n][1] == unit}
        if means:
            worst = max(means, key=means.__getitem__)
            single = max(means, key=lambda n: max(apart[n]))
            furthest = factor * max(apart[single])
            lines.append(
                (
                    furthest < most,
                    f"no two numbers of panning and fixed differ by {most:g} {shown} or more: at "
                    f"most by {furthest:.1f} ({single}); on average by "
                    f"{np.mean(list(means.values())):.1f}, the mean of a metric by at most "
                    f"{means[worst]:.1f} ({worst})",
                )
            )
    return lines


def _named(names: list[str]) -> str:
    return f": {', '.join(names)}" if names else ""
