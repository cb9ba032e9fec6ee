"""Errors on rendered sprints with known truth: angles, knee drives, swaps and faults.

Run it as ``python -m validation.rendered [--shared DIR]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.pipeline import analyze
from kneedrive_cv.pose.landmarks import SIDES
from validation.common import (
    RENDERED,
    Requirements,
    angle_errors,
    count_swaps,
    found_faults,
    parser,
    print_table,
    stride_of,
    summarise_errors,
    true_faults,
)
from validation.truth import Truth, load_truth

MAX_THIGH_ERROR_DEG = 4.0
MAX_HIP_ERROR_DEG = 6.0
LIMITED = ("side_good", "side_low_knee")
"""Clips filmed square from the side: for them the limits are promised."""


def main() -> int:
    """Print the tables; 1 when a requirement does not hold."""
    arguments = parser(__doc__ or "").parse_args()
    verdict = Requirements()
    for name in RENDERED:
        clip: Path = arguments.shared / "synth" / f"{name}.mp4"
        analysis, truth = analyze(clip), load_truth(clip)
        print(f"## {name}\n")
        print_drives(name, analysis, truth, verdict)
        print_angles(analysis, truth)
        print_events(analysis, truth)
        verdict.check(count_swaps(analysis, truth) == 0, f"{name}: no frame with swapped legs")
        print_faults(name, analysis, truth, verdict)
        print()
    return verdict.exit_code


def print_drives(name: str, analysis: Analysis, truth: Truth, verdict: Requirements) -> None:
    """Peak thigh and hip flexion of every full knee drive."""
    near, rows, within = truth.near_side, [], True
    for drive in truth.drives:
        stride = stride_of(drive, analysis.result.strides)
        leg = "near" if drive.side == near else "far"
        errors: list[float] = []
        cells: list[object] = [leg, drive.side, f"{drive.peak_s:.3f}"]
        for metric in ("thigh_deg", "hip_flexion_deg"):
            value = stride.metrics[metric].value if stride else None
            error = float("nan") if value is None else value - drive.metrics[metric]
            errors.append(error)
            cells += [drive.metrics[metric], "missing" if value is None else value, error]
        rows.append(cells)
        if leg == "near":
            within &= abs(errors[0]) <= MAX_THIGH_ERROR_DEG and abs(errors[1]) <= MAX_HIP_ERROR_DEG
    head = ("leg", "side", "peak s", "thigh", "measured", "error", "hip flexion", "measured")
    print_table((*head, "error"), rows)
    if name in LIMITED:
        verdict.check(
            within,
            f"{name}: every full knee drive of the near leg within {MAX_THIGH_ERROR_DEG:.0f} "
            f"(thigh) and {MAX_HIP_ERROR_DEG:.0f} degrees (hip flexion)",
        )


def print_angles(analysis: Analysis, truth: Truth) -> None:
    """Errors over all frames."""
    near = truth.near_side
    rows: list[list[object]] = []
    for side in sorted(SIDES, key=lambda side: side != near):
        rows += [
            ["near" if side == near else "far", angle, e.bias, e.mae, e.varying, e.rms, e.p95]
            for angle, e in angle_errors(analysis, truth, side).items()
        ]
    name = "trunk_lean_deg"
    trunk = summarise_errors(
        analysis.angles.columns[name], truth.angles_deg[name][analysis.angles.frame]
    )
    rows.append(["-", "trunk_lean_deg", trunk.bias, trunk.mae, trunk.varying, trunk.rms, trunk.p95])
    print()
    print_table(("leg", "angle", "bias", "MAE", "MAE without bias", "RMS", "P95"), rows)


def print_events(analysis: Analysis, truth: Truth) -> None:
    """Touchdowns and toe-offs against the planned contacts."""
    rows: list[list[object]] = []
    for kind in ("touchdown", "toe_off"):
        found = [e for e in analysis.result.events if e.type == kind]
        planned = [e for e in truth.events if e.type == kind and 0.0 < e.time_s < truth.last_s]
        errors_ms = [
            1000 * (mine.time_s - true.time_s)
            for true in planned
            for mine in found
            if mine.side == true.side and abs(mine.time_s - true.time_s) < 0.1
        ]
        bias = sum(errors_ms) / len(errors_ms) if errors_ms else float("nan")
        worst = max((abs(e) for e in errors_ms), default=float("nan"))
        rows.append([kind, len(planned), len(errors_ms), len(found), bias, worst])
    print_table(("event", "planned", "found", "events in all", "bias ms", "worst ms"), rows)


def print_faults(name: str, analysis: Analysis, truth: Truth, verdict: Requirements) -> None:
    """Faults found against those that the truth has."""
    found, true = found_faults(analysis), true_faults(truth, Targets())
    print(f"faults of the truth: {sorted(true)}; found: {sorted(found)}")
    if name == "side_good":
        verdict.check(found <= true, "side_good: no fault that its truth does not have")
    if name == "side_low_knee":
        wanted = {
            (code, side) for code in ("thigh_below_parallel", "hip_flexion_low") for side in SIDES
        }
        verdict.check(
            wanted <= found,
            "side_low_knee: thigh_below_parallel and hip_flexion_low on both sides",
        )


if __name__ == "__main__":
    sys.exit(main())
