"""Runs past a camera before or behind them: which leg is which, when feet land, how hips turn.

Run it as ``python -m validation.passing --clips DIR [--count N] [--workers N]``. Four of five clips
are filmed by a camera that stands up to 12 degrees beside the run, the others by one that goes
along; half of the pelvises turn more to one side. Clips and results that are in the folder already
are used again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from validation.accuracy import groups
from validation.accuracy.compare import ClipErrors, compare
from validation.accuracy.grade import Work, do_all, kept_in, load, source_key
from validation.common import print_table
from validation.pelvis import draw
from validation.sprinter.body import load_body
from validation.sprinter.gait import build_gait
from validation.sprinter.leg import Unreachable
from validation.sprinter.parameters import ClipParameters
from validation.truth import load_truth

FIRST_SEED = 5000
VIEWS = ("front", "rear")
TURNS_DEG = (4.0, 24.0)
MORE_DEG = (-10.0, 10.0)
MOST_TURN_DEG = (-4.0, 34.0)
STANDS_SHARE = 0.8
TRIES = 9


def main() -> int:
    """Render, grade and print the tables."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--clips", type=Path, required=True, help="folder of the clips")
    made.add_argument("--count", type=int, default=32)
    made.add_argument("--seed", type=int, default=FIRST_SEED, help="of the first of them")
    made.add_argument("--workers", type=int, default=1)
    asked = made.parse_args()
    sources = source_key()
    works = []
    for seed in range(asked.seed, asked.seed + asked.count):
        clip = asked.clips / f"{_view(seed)}_{seed}.mp4"
        works.append(Work(clip, passing(seed), kept_in(clip, sources)))
    do_all(works, workers=asked.workers)
    print_passing([_compared(work) for work in works])
    return 0


def _view(seed: int) -> str:
    return VIEWS[seed % len(VIEWS)]


def _compared(work: Work) -> ClipErrors:
    return compare(work.clip.stem, load_truth(work.clip), load(work.clip, work.kept))


def passing(seed: int) -> ClipParameters:
    """The run of a seed, as `validation.pelvis` draws them, past a camera.

    Raises
    ------
    Unreachable
        Nothing that legs can run was drawn in several tries.
    """
    for attempt in range(seed, seed + TRIES * 100_000, 100_000):
        clip = _drawn(attempt, _view(seed))
        try:
            build_gait(load_body(clip.body.name, clip.body.stature_m), clip.technique)
        except Unreachable:
            continue  # another runner: these legs are too short for the speed
        return clip
    raise Unreachable(f"seed {seed}: no stride within reach of the legs")


def _drawn(seed: int, view: str) -> ClipParameters:
    rng = np.random.default_rng((seed, 5))
    asked: dict[str, Any] = draw(seed, view).model_dump()
    turn_deg = rng.uniform(*TURNS_DEG)
    more_deg = rng.choice([0.0, rng.uniform(*MORE_DEG)])
    for side, sign in (("left", -1), ("right", 1)):
        own_deg = np.clip(turn_deg + sign * more_deg, *MOST_TURN_DEG)
        asked["technique"][side]["pelvis_rotation_deg"] = float(own_deg)
    stands = rng.random() < STANDS_SHARE
    asked["camera"]["motion"] = "fixed" if stands else "along"
    asked["camera"]["shake_px"] = float(rng.choice([0, 3])) if stands else 0.0
    asked["video"] |= {"duration_s": 1.4, "width_px": 960, "height_px": 720}
    asked["technique"].pop("drill")
    return ClipParameters.model_validate(asked)


def print_passing(clips: list[ClipErrors]) -> None:
    """The tables, by view."""
    by_view = {view: [clip for clip in clips if clip.view == view] for view in VIEWS}
    rows: list[list[object]] = []
    for view, own in by_view.items():
        found = [e for kind in ("touchdown", "toe_off") for e in groups.events(own, kind)]
        spread = [float(np.std(groups.event_errors_ms(groups.events(own, kind))))
                  for kind in ("touchdown", "toe_off")]  # fmt: skip
        true = sum(bool(np.isfinite(event.true_s)) for event in found)
        rows.append(
            [view, len(own), f"{groups.swapped_percent(own):.1f}", true, groups.missed(found),
             groups.false(found), *(f"{each:.0f}" for each in spread)]
        )  # fmt: skip
    head = ("view", "clips", "legs swapped, % of frames", "events", "missed", "false",
            "touchdown, spread, ms", "toe-off, spread, ms")  # fmt: skip
    print_table(head, rows)
    print()
    print_table(
        ("view", "metric", "means", "mean absolute error", "intervals that hold, %"),
        [
            [view, metric, *_told(own, metric)]
            for metric in ("pelvis_rotation_deg", "contact_time_s", "step_frequency_hz")
            for view, own in by_view.items()
        ],
    )
    print()
    for view, own in by_view.items():
        counts = groups.verdicts(groups.checks(own, "pelvis_rotation"))
        print(f"{view}: a pelvis that turns too far: clear faults {counts['clear fault']}, "
              f"clean ones {counts['clean']}")  # fmt: skip


def _told(clips: list[ClipErrors], metric: str) -> list[object]:
    found = groups.readings(clips, metric, "mean")
    hold, given = groups.held(found)
    off = np.abs(groups.claimed_errors(found))
    return [given, f"{off.mean() if given else float('nan'):.3g}",
            f"{groups.percent(hold, given):.0f}"]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
