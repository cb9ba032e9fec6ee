"""What the validation scripts share: arguments, the clips, truth per knee drive, tables."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.kinematics.series import extreme_between, value_at
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import Stride, Value
from kneedrive_cv.technique.checks import as_judged, judge
from kneedrive_cv.technique.rules import RULES
from tests.truth import Truth

FloatArray = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
RENDERED = ("side_good", "side_low_knee", "oblique_good")

TRUTH_NAMES = {
    "hip_flexion_deg": "hipflex",
    "thigh_deg": "thigh",
    "knee_flexion_deg": "knee",
    "ankle_dorsiflexion_deg": "ankle",
    "foot_pitch_deg": "footpitch",
}
"""Our names of a leg's angles -> those of the truth, which end in _l and _r."""


def true_angle(truth: Truth, name: str, side: Side) -> FloatArray:
    """One of a leg's angles in every frame, by our names and signs, shape (T,)."""
    values = truth.angles_deg[f"{TRUTH_NAMES[name]}_{side[0]}"]
    # the files count the pitch of the foot with the toes down positive
    return -values if name == "foot_pitch_deg" else values


SWAP_PARTS = {"knee": "knee", "ankle": "ankle", "heel": "heel", "foot_index": "toe"}


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


@dataclass(frozen=True)
class TrueDrive:
    """A knee drive that lies wholly in a rendered clip.

    Attributes
    ----------
    side : str
    toe_off_s, peak_s, touchdown_s : float
    metrics : dict of str to float
        By the names of a stride's metrics, as far as the truth has them.
    """

    side: Side
    toe_off_s: float
    peak_s: float
    touchdown_s: float
    metrics: dict[str, float]


def true_drives(truth: Truth) -> list[TrueDrive]:
    """Every knee drive from a planned toe-off to the same foot's next planned touchdown."""
    last_s = (len(truth) - 1) / truth.fps_hz
    drives = []
    for side in SIDES:
        own = [event for event in truth.events if event.side == side]
        drives += [
            _true_drive(truth, side, off.time_s, down.time_s)
            for off, down in pairwise(own)
            if off.type == "toe_off" and off.time_s >= 0 and down.time_s <= last_s
        ]
    return sorted(drives, key=lambda drive: drive.toe_off_s)


def _true_drive(truth: Truth, side: Side, toe_off_s: float, touchdown_s: float) -> TrueDrive:
    """Truth at the top of one knee drive, between frames as it is measured."""
    time_s, end = np.arange(len(truth)) / truth.fps_hz, f"_{side[0]}"
    angles = truth.angles_deg
    top = extreme_between(angles[f"thigh{end}"], time_s, toe_off_s, touchdown_s)
    assert top is not None
    metrics = {
        name: value_at(true_angle(truth, name, side), time_s, top.time_s) for name in TRUTH_NAMES
    }
    shank_deg = value_at(angles[f"shank{end}"], time_s, top.time_s)
    rearmost = extreme_between(
        angles[f"thigh{end}"], time_s, max(0.0, toe_off_s - 0.08), top.time_s, sign=-1.0
    )
    assert rearmost is not None
    metrics |= {
        "trunk_lean_deg": value_at(angles["trunk"], time_s, top.time_s),
        "foot_ahead_of_knee_shank": float(np.sin(np.deg2rad(shank_deg))),
        "knee_drive_delay_s": rearmost.time_s - toe_off_s,
        "pelvis_rotation_deg": value_at(angles["pelvis_rot"], time_s, top.time_s),
    }
    return TrueDrive(side, toe_off_s, top.time_s, touchdown_s, metrics)


def near_side(truth: Truth) -> Side:
    """The leg nearer to the camera: the right one of an athlete who runs to the right."""
    pointing = truth.xy_px["toe_r"][:, 0] - truth.xy_px["heel_r"][:, 0]
    return "right" if np.median(pointing) > 0 else "left"


def stride_of(drive: TrueDrive, strides: Sequence[Stride]) -> Stride | None:
    """The measured stride that belongs to a true knee drive, None if it was not found."""
    for stride in strides:
        if stride.side == drive.side and abs(stride.peak_time_s - drive.peak_s) < 0.1:
            return stride
    return None


def true_faults(truth: Truth, targets: Targets) -> set[tuple[str, Side]]:
    """Codes and sides of the faults that the truth itself has, by the same rules."""
    drives = true_drives(truth)
    faults: set[tuple[str, Side]] = set()
    for rule in RULES:
        for side in SIDES:
            numbers = [drive.metrics[rule.metric] for drive in drives if drive.side == side]
            mean = float(np.mean(numbers))
            verdict = judge(
                as_judged(rule, Value(value=mean, low=mean, high=mean)),
                threshold=rule.threshold(targets),
                borderline=rule.borderline(targets),
                fault_when=rule.fault_when,
            )
            if verdict == "fault":
                faults.add((rule.code, side))
    return faults


def found_faults(analysis: Analysis) -> set[tuple[str, Side]]:
    """Codes and sides of the faults in a result."""
    return {(fault.code, fault.side) for fault in analysis.result.faults}


def count_swaps(analysis: Analysis, truth: Truth) -> int:
    """Frames whose legs, taken as a whole, lie nearer to the other leg's truth than to their own.

    Knee, ankle, heel and toe of both legs are compared; frames without a pose do not count.
    """
    pose = analysis.pose
    own, other = np.zeros(len(pose)), np.zeros(len(pose))
    for side, opposite in (("left", "right"), ("right", "left")):
        for part, name in SWAP_PARTS.items():
            here = pose.point(f"{side}_{part}")
            true_own = truth.xy_px[f"{name}_{side[0]}"][pose.frame]
            true_other = truth.xy_px[f"{name}_{opposite[0]}"][pose.frame]
            own += np.nan_to_num(np.linalg.norm(here - true_own, axis=1))
            other += np.nan_to_num(np.linalg.norm(here - true_other, axis=1))
    return int((other < own).sum())


@dataclass(frozen=True)
class ErrorSummary:
    """Errors of one signal over frames: measured minus true."""

    bias: float
    mae: float
    rms: float
    p95: float
    varying: float
    """Mean absolute error with the bias taken out."""


def summarise_errors(measured: FloatArray, true: FloatArray) -> ErrorSummary:
    """Bias, mean absolute error, RMS, 95th percentile of the absolute error."""
    error = (measured - true + 180.0) % 360.0 - 180.0
    error = error[np.isfinite(error)]
    return ErrorSummary(
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
        name: summarise_errors(columns[f"{side}_{name}"], true_angle(truth, name, side)[rows])
        for name in TRUTH_NAMES
    }


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown, so that it can be pasted as it is."""
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(_cell(cell) for cell in row) + " |")
    print(flush=True)


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


class Verdict:
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
