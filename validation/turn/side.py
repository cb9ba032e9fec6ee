"""How far the turn of the pelvis can be told from the side, by what the correction is told.

    python -m validation.turn.side wide.npz [more.npz ...]

The sets are those of `validation.correction.collect`. A network like the correction's is fitted to
the turn in each frame, and measured on bodies that are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.body_frame import N_POSED
from kneedrive_cv.pose.landmarks import INDEX
from validation.common import print_table
from validation.correction.fit import LEFT_OUT_EVERY, lessons_of, untaught

FloatArray = NDArray[np.float64]

HIDDEN: Final = (256, 128)
PENALTY: Final = 1.0
SCALE_DEG: Final = 10.0
LEAST_TURN_DEG: Final = 1.0
NEAR_SIDE_DEG: Final = 20.0


@dataclass(frozen=True)
class Run:
    """The frames of one clip: features (T, F) and the pelvis's turn (T,) in degrees."""

    given: FloatArray
    turn_deg: FloatArray
    body: str


def read_runs(paths: Sequence[Path]) -> Iterator[Run]:
    """The clips within 20 degrees of the side in which the pose was found throughout."""
    for path in paths:
        with np.load(path) as file:
            data = {name: file[name] for name in file.files}
        for clip in np.unique(data["clip"]):
            run = _run(data, int(clip))
            if run is not None:
                yield run


def _run(data: dict[str, NDArray[Any]], clip: int) -> Run | None:
    rows = np.flatnonzero(data["clip"] == clip)
    if abs(data["off_deg"][rows[0]]) > NEAR_SIDE_DEG or not np.isfinite(data["xy_px"][rows]).all():
        return None
    points = data["truth_m"][rows].astype(float)
    hips = points[:, INDEX["right_hip"]] - points[:, INDEX["left_hip"]]
    # a run to the left is learned as its mirror image
    turn_deg = data["forward"][rows] * np.rad2deg(np.arctan2(hips[:, 0], -hips[:, 1]))
    return Run(lessons_of(data, clip).given[:, :N_POSED], turn_deg, str(data["body"][rows[0]]))


def amplitudes(true_deg: FloatArray, told_deg: FloatArray) -> tuple[float, float]:
    """True amplitude of a clip, and what is told of it in step with the truth; degrees.

    The time of the turn is taken from the truth, which favours what is told.
    """
    true, told = true_deg - true_deg.mean(), told_deg - told_deg.mean()
    size = float(np.sqrt(2 * (true**2).mean()))
    return size, float(told @ true / (true @ true) * size)


def main() -> None:
    """Fit on two bodies of three, print what is told of the third."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path)
    runs = list(read_runs(parser.parse_args().sets))
    held = [int(run.body.rsplit("_", 1)[1]) // 2 % LEFT_OUT_EVERY == 0 for run in runs]
    learned = [run for run, out in zip(runs, held, strict=True) if not out]
    given = np.concatenate([run.given for run in learned])
    mean, spread = given.mean(axis=0), given.std(axis=0) + 1e-6
    model = untaught(HIDDEN, penalty=PENALTY, rounds=60, patience=6)
    wanted = np.concatenate([run.turn_deg for run in learned]) / SCALE_DEG
    model.fit(np.clip((given - mean) / spread, -4, 4), wanted)
    frames, clips = [], []
    for run in (run for run, out in zip(runs, held, strict=True) if out):
        told = SCALE_DEG * model.predict(np.clip((run.given - mean) / spread, -4, 4))
        frames.append(np.column_stack([run.turn_deg, told]))
        pair = amplitudes(run.turn_deg, told)
        if pair[0] > LEAST_TURN_DEG:
            clips.append(pair)
    rows = [
        _row("each frame", np.concatenate(frames)),
        _row("amplitude of a clip", np.array(clips)),
    ]
    head = ("of", "number", "correlation", "slope", "MAE, a line fitted", "MAE of a constant")
    print_table(head, rows)


def _row(name: str, pairs: FloatArray) -> list[object]:
    true, told = pairs.T
    fitted = np.polyval(np.polyfit(told, true, 1), told)
    return [
        name,
        len(true),
        f"{np.corrcoef(told, true)[0, 1]:.2f}",
        f"{np.polyfit(true, told, 1)[0]:.2f}",
        float(np.abs(fitted - true).mean()),
        float(np.abs(true - np.median(true)).mean()),
    ]


if __name__ == "__main__":
    main()
