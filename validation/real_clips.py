"""Real clips: events against labels by eye, cadence, and that each is graded or truly refused.

Run it as ``python -m validation.real_clips [--shared DIR] [--only NAME ...]``.

An event counts as found when an event of its kind lies within 1.5 frames of the label, each event
serving one label. Events between the first and the last labelled frame that serve no label are
surplus. Two clips were labelled with the clips, nine by this project (`events_by_eye.json`).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from kneedrive_cv.errors import UngradableError
from kneedrive_cv.pipeline import analyze
from kneedrive_cv.result import AnalysisResult
from validation.common import Requirements, match, parser, print_table

WITHIN_FRAMES = 1.5
LEAST_FOUND = 0.85
MOST_SURPLUS = 0.10
OWN_LABELS = Path(__file__).with_name("events_by_eye.json")
LABELLED = ("hato72/a1.mp4", "hato72/b4.mp4")
TREADMILL = "other/treadmill_side_left.mp4"
WALKING = "other/walking.mp4"
CADENCE_WITHIN = 2.0
OTHERS = ("other/woman_side_right.mp4", TREADMILL, WALKING, "other/block_start_slowmo.mp4")
TO_BE_GRADED = (*LABELLED, TREADMILL)


def main() -> int:
    """Print the table of all clips; 1 when a requirement does not hold."""
    made = parser(__doc__ or "")
    made.add_argument("--only", nargs="*", help="clips whose names contain one of these")
    arguments = made.parse_args()
    clips: Path = arguments.shared / "clips"
    labels = read_labels(clips)
    names = [f"hato72/{path.name}" for path in sorted((clips / "hato72").glob("*.mp4"))]
    names = [
        name
        for name in (*names, *OTHERS)
        if not arguments.only or any(part in name for part in arguments.only)
    ]
    results = {name: grade(clips / name) for name in names}
    print_table(
        ("clip", "frames", "pose in", "view", "height px", "knee drives", "steps/min", "verdict"),
        [row(name, result) for name, result in results.items()],
    )
    verdict = Requirements()
    for name, result in results.items():
        check(name, result, labels.get(name, {}), verdict)
    return verdict.exit_code


def read_labels(clips: Path) -> dict[str, Any]:
    """What was seen by eye, by the names of the clips."""
    return {
        name: label
        for file in (OWN_LABELS, clips / "labels.json")
        for name, label in json.loads(file.read_text(encoding="utf-8")).items()
    }


def grade(clip: Path) -> AnalysisResult | str:
    """The result, or the reason why the clip was refused."""
    print(f"reading {clip.name} ...", file=sys.stderr, flush=True)
    try:
        return analyze(clip).result
    except UngradableError as error:
        return str(error)


def row(name: str, result: AnalysisResult | str) -> list[object]:
    """One line of the table."""
    if isinstance(result, str):
        return [name, "", "", "", "", "refused", "", result]
    hz = result.summary.step_frequency_hz.value
    drives = result.summary.knee_drives
    return [
        name,
        result.clip.frames,
        f"{result.athlete.followed_fraction:.0%}",
        result.scene.view,
        f"{result.athlete.height_px:.0f}",
        f"{drives['left']} left, {drives['right']} right",
        "" if hz is None else 60.0 * hz,
        result.summary.headline,
    ]


def check(
    name: str, result: AnalysisResult | str, label: dict[str, Any], verdict: Requirements
) -> None:
    """What is required of one clip."""
    if name == WALKING:
        verdict.check(isinstance(result, str) and "walk" in result, f"{name}: refused as a walk")
        return
    if isinstance(result, str):
        verdict.check(name not in TO_BE_GRADED, f"{name}: refused: {result}")
        return
    drives = sum(result.summary.knee_drives.values())
    verdict.check(drives > 0, f"{name}: graded with {drives} full knee drives")
    if "toe_off" in label:
        check_events(name, result, label, verdict)
    if name == TREADMILL:
        check_cadence(name, result, label["cadence_steps_per_minute"], verdict)


def compare_events(
    result: AnalysisResult, label: dict[str, Any]
) -> tuple[int, int, int, list[float]]:
    """Events that are labelled, claimed within the labelled stretch, and too many of these.

    The last is how many frames each labelled event that was found lies off.
    """
    labelled = surplus = claimed = 0
    offsets: list[float] = []
    first, last = label["first_labelled_frame"], label["last_labelled_frame"]
    for kind in ("touchdown", "toe_off"):
        wanted = np.array(label[kind], dtype=float)
        found = np.array([e.frame for e in result.events if e.type == kind], dtype=float)
        pairs = match(wanted, found, within=WITHIN_FRAMES)
        served = {j for _, j in pairs}
        inside = [j for j, frame in enumerate(found) if first <= frame <= last]
        labelled += len(wanted)
        claimed += len(inside)
        surplus += sum(j not in served for j in inside)
        offsets += [float(found[j] - wanted[i]) for i, j in pairs]
    return labelled, claimed, surplus, offsets


def check_events(
    name: str, result: AnalysisResult, label: dict[str, Any], verdict: Requirements
) -> None:
    """Events against the labels."""
    labelled, claimed, surplus, offsets = compare_events(result, label)
    hits = len(offsets)
    share = surplus / claimed if claimed else 1.0
    verdict.check(
        hits >= LEAST_FOUND * labelled,
        f"{name}: {hits} of {labelled} labelled events found within {WITHIN_FRAMES} frames "
        f"({hits / labelled:.0%}), on average {np.mean(offsets):+.2f} frames off",
    )
    verdict.check(
        share <= MOST_SURPLUS,
        f"{name}: {surplus} of {claimed} events in the labelled stretch match no label",
    )


def check_cadence(name: str, result: AnalysisResult, true: float, verdict: Requirements) -> None:
    """Steps a minute against the recorded cadence."""
    value = result.summary.step_frequency_hz.value
    cadence = 60.0 * value if value is not None else float("nan")
    verdict.check(
        abs(cadence - true) <= CADENCE_WITHIN,
        f"{name}: cadence {cadence:.1f}, recorded {true} +- {CADENCE_WITHIN:.0f} steps a minute",
    )


if __name__ == "__main__":
    sys.exit(main())
