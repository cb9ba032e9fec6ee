"""What the validation scripts share: arguments, the clips, truth per knee drive, tables."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import Stride, Value, Verdict
from kneedrive_cv.technique.rule import Rule
from kneedrive_cv.technique.rules import RULES
from kneedrive_cv.technique.verdict import as_judged, judge
from validation.truth import LEG_ANGLES, TrueDrive, Truth

FloatArray = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
RENDERED = ("side_good", "side_low_knee", "oblique_good")

SWAP_PARTS = ("knee", "ankle", "heel", "foot_index")


def parser(about: str) -> argparse.ArgumentParser:
    """A parser with the argument that all scripts take."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument(
        "--shared",
        type=Path,
        default=ROOT.parent / "shared",
        help="folder with clips/ and synth/; by default ../shared beside the repository",
    )
    return made


AMISS = {"deg": 5.0, "s": 0.02, "hz": 0.4, "shank": 0.1, "thigh": 0.1}
"""Beyond its own 95 % interval by more than this, a number that is called measured is wrong with
confidence: 5 degrees, 20 ms and a tenth of the shank are where the product calls a fault clear."""


def stride_of(drive: TrueDrive, strides: Sequence[Stride]) -> Stride | None:
    """The measured stride that belongs to a true knee drive, None if it was not found."""
    for stride in strides:
        if stride.side == drive.side and abs(stride.peak_time_s - drive.peak_s) < 0.1:
            return stride
    return None


def true_faults(truth: Truth, targets: Targets) -> set[tuple[str, Side]]:
    """Codes and sides of the faults that the truth itself has, by the same rules."""
    return {
        (rule.code, side)
        for rule in RULES
        for side in SIDES
        if true_verdict(rule, true_mean(truth.drives, rule.metric, side), targets) == "fault"
    }


def true_mean(drives: Iterable[TrueDrive], metric: str, side: Side) -> float:
    """Mean of a metric over a leg's true knee drives; NaN where it has none."""
    numbers = [drive.metrics[metric] for drive in drives if drive.side == side]
    return float(np.mean(numbers)) if numbers else float("nan")


def true_verdict(rule: Rule, number: float, targets: Targets) -> Verdict:
    """What a rule says of a number that is known exactly."""
    known = np.isfinite(number)
    value = Value(value=number, low=number, high=number) if known else Value(value=None)
    return judge(
        as_judged(rule, value),
        threshold=rule.threshold(targets),
        borderline=rule.borderline(targets),
        fault_when=rule.fault_when,
    )


def found_faults(analysis: Analysis) -> set[tuple[str, Side]]:
    """Codes and sides of the faults in a result."""
    return {(fault.code, fault.side) for fault in analysis.result.faults}


def count_swaps(analysis: Analysis, truth: Truth) -> int:
    """Frames whose legs, taken as a whole, lie nearer to the other leg's truth than to their own.

    Knee, ankle, heel and toe of both legs are compared; frames without a pose do not count.
    """
    pose = analysis.pose
    own, other = np.zeros(len(pose)), np.zeros(len(pose))
    for side, opposite in (SIDES, SIDES[::-1]):
        for part in SWAP_PARTS:
            here = pose.point(f"{side}_{part}")
            true_own = truth.points_px[f"{side}_{part}"][pose.frame]
            true_other = truth.points_px[f"{opposite}_{part}"][pose.frame]
            own += np.nan_to_num(np.linalg.norm(here - true_own, axis=1))
            other += np.nan_to_num(np.linalg.norm(here - true_other, axis=1))
    return int((other < own).sum())


def match(wanted: FloatArray, found: FloatArray, *, within: float) -> list[tuple[int, int]]:
    """Pairs of what is wanted and found within a limit, as many as can be, each used once."""
    if not len(wanted) or not len(found):
        return []
    apart = np.abs(wanted[:, None] - found[None, :])
    rows, columns = linear_sum_assignment(np.where(apart <= within, apart, 1e6))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if apart[i, j] <= within]


@dataclass(frozen=True)
class ErrorSummary:
    """Errors of one signal: measured minus true; NaN where there is none."""

    n: int
    bias: float
    mae: float
    rms: float
    p95: float
    varying: float
    """Mean absolute error with the bias taken out."""


def summarise_errors(
    measured: FloatArray, true: FloatArray, *, turn: float = 360.0
) -> ErrorSummary:
    """Bias, mean absolute error, RMS, 95th percentile of the absolute error.

    Parameters
    ----------
    measured, true : ndarray
    turn : float
        What a full turn is: an error is never more than half of it. Infinite for what is no angle.
    """
    error = measured - true
    if np.isfinite(turn):
        error = (error + turn / 2) % turn - turn / 2
    error = error[np.isfinite(error)]
    if not len(error):
        return ErrorSummary(0, *[float("nan")] * 5)
    return ErrorSummary(
        n=len(error),
        bias=float(error.mean()),
        mae=float(np.abs(error).mean()),
        rms=float(np.sqrt((error**2).mean())),
        p95=float(np.percentile(np.abs(error), 95)),
        varying=float(np.abs(error - error.mean()).mean()),
    )


def angle_errors(analysis: Analysis, truth: Truth, side: Side) -> dict[str, ErrorSummary]:
    """Errors of a leg's angles over all frames of the analysis."""
    rows, columns = analysis.angles.frame, analysis.angles.columns
    return {
        name: summarise_errors(columns[f"{side}_{name}"], truth.angles_deg[f"{side}_{name}"][rows])
        for name in LEG_ANGLES
    }


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown, so that it can be pasted as it is."""
    print("\n".join(table(head, rows)) + "\n", flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lines of a table in Markdown; numbers with one decimal, a dash for NaN."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return lines + ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.1f}" if np.isfinite(value) else "–"


class Requirements:
    """Collects what holds and what does not, and gives the exit code."""

    def __init__(self) -> None:
        self.failed = 0

    def check(self, holds: bool, line: str) -> None:
        """Print one line of the requirements and whether it holds."""
        self.failed += not holds
        print(f"{'holds' if holds else 'DOES NOT HOLD'}: {line}", flush=True)

    @property
    def exit_code(self) -> int:
        """0 when everything holds, else 1."""
        return int(self.failed > 0)
