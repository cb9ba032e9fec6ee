"""Fit the correction of the estimator's errors to a training set, and say what it gains.

    python -m validation.correction.fit training.npz [more.npz ...] --out models/correction.npz

Prints errors on bodies that are left out of the fit, then fits on all of them and writes the file.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.body_frame import (
    N_FLAT,
    N_POSED,
    SEGMENTS,
    body_size,
    features,
    mirrored_segments,
    segment_vectors,
)
from kneedrive_cv.clean.correction import FARTHEST, Correction, Network
from kneedrive_cv.pose.landmarks import INDEX, LEFT_LEG, RIGHT_LEG
from validation.common import print_table
from validation.correction.collect import FPS_HZ

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

HIDDEN = (256, 128, 64)
NETWORKS = 8
"""Every second one is not told the estimator's 3D landmarks: it reads feet and events better, the
others the thigh, and both together as well as the better of them."""

PENALTY = 0.2
TIP_DEG = (-5.0, 50.0)
TIP_WITHIN_DEG = 20.0
"""So far off the side a body that leans looks as if it were turned in the picture."""

LOST = 0.3
"""A frame with a segment this many body lengths off is a lost leg, which is repaired elsewhere:
nothing is to be learned from it."""

LEFT_OUT_EVERY = 3
"""One pair of bodies of three is left out to measure."""

N = len(SEGMENTS)


@dataclass(frozen=True)
class Lessons:
    """What is learned from.

    Attributes
    ----------
    given : ndarray, shape (T, F)
    wanted : ndarray, shape (T, O)
        Offsets as `Correction.offsets` gives them.
    seen, true : ndarray, shape (T, S, 2)
        Segments as read and as they are in the sagittal plane, body lengths, running right.
    body : ndarray of str, shape (T,)
    off_deg : ndarray, shape (T,)
    """

    given: FloatArray
    wanted: FloatArray
    seen: FloatArray
    true: FloatArray
    body: NDArray[np.str_]
    off_deg: FloatArray

    def only(self, rows: BoolArray) -> Lessons:
        """Some of the rows."""
        return Lessons(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def unswapped(xy: FloatArray, world: FloatArray, true: FloatArray) -> None:
    """Exchange the legs, in place, where they lie nearer to the other leg's truth."""
    left, right = list(LEFT_LEG), list(RIGHT_LEG)

    def apart(a: list[int], b: list[int]) -> FloatArray:
        return np.asarray(np.linalg.norm(xy[:, a[1:]] - true[:, b[1:]], axis=2).sum(axis=1))

    swapped = apart(left, right) + apart(right, left) < apart(left, left) + apart(right, right)
    for points in (xy, world):
        exchanged = points[swapped]
        exchanged[:, left], exchanged[:, right] = exchanged[:, right], exchanged[:, left]
        points[swapped] = exchanged


def tipped(points: FloatArray, by_deg: float) -> FloatArray:
    """Points (T, K, 2 or 3), x to the right and y down, turned clockwise about the origin."""
    turn = np.deg2rad(by_deg)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.concatenate([points[..., :2] @ axes.T, points[..., 2:]], axis=-1)


def lessons_of(data: dict[str, NDArray[Any]], clip: int, *, tip_deg: float = 0.0) -> Lessons:
    """The frames of one clip.

    A runner who leans is looked at in a crop that is turned upright, so the estimator errs as it
    does on one who does not, turned by the lean. So each clip also tells of a runner whose whole
    body leans `tip_deg` further forward, as in the first steps out of the blocks.
    """
    rows = np.flatnonzero(data["clip"] == clip)
    forward, roll_deg = float(data["forward"][rows[0]]), float(data["roll_deg"][rows[0]])
    xy, world, true_px = (
        tipped(data[name][rows].astype(float), forward * tip_deg - roll_deg)
        for name in ("xy_px", "world_m", "truth_px")
    )
    true_m = data["truth_m"][rows].astype(float)
    side_m = tipped(np.stack([true_m[..., 0], -true_m[..., 2]], axis=-1), tip_deg)
    unswapped(xy, world, true_px)
    vectors = segment_vectors(xy)
    size_px = np.full(len(rows), np.nanmedian(body_size(vectors)))
    per_size = 1 / size_px[:, None, None]
    seen = mirrored_segments(vectors, forward=forward) * per_size
    pictured = mirrored_segments(segment_vectors(true_px), forward=forward) * per_size
    sagittal = segment_vectors(side_m * (forward, 1.0))
    true = mirrored_segments(sagittal, forward=forward)
    true = true / np.median(body_size(segment_vectors(true_m)))
    shift = (_hips(true_px) - _hips(xy)) * (forward, 1.0) / size_px[:, None]
    offsets = [(true - seen).reshape(len(rows), -1), (pictured - seen).reshape(len(rows), -1)]
    return Lessons(
        given=features(xy, world, size_px, np.arange(len(rows)) / FPS_HZ, forward=forward),
        wanted=np.concatenate([*offsets, shift], axis=1),
        seen=seen,
        true=true,
        body=data["body"][rows],
        off_deg=data["off_deg"][rows],
    )


def _hips(points: FloatArray) -> FloatArray:
    return np.asarray((points[:, INDEX["left_hip"]] + points[:, INDEX["right_hip"]]) / 2)


def read_lessons(paths: list[Path]) -> Lessons:
    """All frames of some training sets that hold something to be learned."""
    parts, random = [], np.random.default_rng(0)
    for path in paths:
        with np.load(path) as file:
            data = {name: file[name] for name in file.files}
        for clip in np.unique(data["clip"]):
            parts.append(lessons_of(data, clip))
            if abs(float(data["off_deg"][data["clip"] == clip][0])) <= TIP_WITHIN_DEG:
                parts.append(lessons_of(data, clip, tip_deg=float(random.uniform(*TIP_DEG))))
    every = Lessons(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in Lessons.__annotations__)
    )
    posed = every.given[:, :N_POSED]
    whole = np.isfinite(posed).all(axis=1) & np.isfinite(every.wanted).all(axis=1)
    return every.only(whole & (np.abs(every.wanted[:, : 2 * N]).max(axis=1, initial=0) < LOST))


def untaught(
    hidden: tuple[int, ...], *, penalty: float, rounds: int, patience: int, seed: int = 0
) -> Any:
    """A network that stops when frames that it does not learn from are told no better."""
    from sklearn.neural_network import MLPRegressor

    return MLPRegressor(
        hidden_layer_sizes=hidden,
        activation="tanh",
        alpha=penalty,
        learning_rate_init=2e-3,
        batch_size=128,
        max_iter=rounds,
        early_stopping=True,
        n_iter_no_change=patience,
        random_state=seed,
    )


def fit(lessons: Lessons) -> Correction:
    """A correction; the networks differ by their random start and by what they are told."""
    from joblib import Parallel, delayed

    mean, spread = np.nanmean(lessons.given, axis=0), np.nanstd(lessons.given, axis=0) + 1e-6
    scale = lessons.wanted.std(axis=0) + 1e-6
    x = np.clip(np.nan_to_num((lessons.given - mean) / spread), -FARTHEST, FARTHEST)
    one = delayed(learn)
    networks = Parallel(n_jobs=-1)(one(x, lessons.wanted / scale, s) for s in range(NETWORKS))
    return Correction(mean, spread, scale, tuple(networks))


def learn(x: FloatArray, y: FloatArray, seed: int) -> Network:
    """One network, which has no weights for what it is not told."""
    told = np.ones(x.shape[1], dtype=bool)
    if seed % 2:
        of_frame = np.arange(x.shape[1]) % N_POSED
        told = of_frame < N_FLAT
    model = untaught(HIDDEN, penalty=PENALTY, rounds=300, patience=12, seed=seed)
    model.fit(x[:, told], y)
    first = np.zeros((x.shape[1], HIDDEN[0]))
    first[told] = model.coefs_[0]
    return Network((first, *model.coefs_[1:]), tuple(model.intercepts_))


def angles(segments: FloatArray, side: str) -> dict[str, FloatArray]:
    """The angles of one leg from segments (T, S, 2), x forward, y down; degrees."""
    at = {
        name: np.rad2deg(np.arctan2(segments[:, i, 0], segments[:, i, 1]))
        for i, name in enumerate(SEGMENTS)
    }
    lean = 180.0 - at["trunk"]
    pitch = at[f"{side}_foot"] - 90.0
    return {
        "thigh": at[f"{side}_thigh"],
        "hip": at[f"{side}_thigh"] + lean,
        "trunk": lean,
        "knee": at[f"{side}_thigh"] - at[f"{side}_shank"],
        "ankle": pitch - at[f"{side}_shank"],
        "foot": pitch,
    }


def errors(measured: FloatArray, true: FloatArray, side: str) -> dict[str, FloatArray]:
    """Measured minus true, -180 to 180 degrees."""
    a, b = angles(measured, side), angles(true, side)
    return {name: (a[name] - b[name] + 180.0) % 360.0 - 180.0 for name in a}


def report(lessons: Lessons, correction: Correction) -> None:
    """Mean absolute errors, as read and corrected."""
    offsets = correction.offsets(lessons.given)[:, : 2 * N].reshape(-1, N, 2)
    rows: list[list[object]] = []
    for label, inside in (
        ("within 20", np.abs(lessons.off_deg) < 20),
        ("20 to 40", np.abs(lessons.off_deg) >= 20),
    ):
        part, added = lessons.only(inside), offsets[inside]
        for side, leg in (("right", "near"), ("left", "far")):
            raw = errors(part.seen, part.true, side)
            better = errors(part.seen + added, part.true, side)
            rows += [
                [
                    label,
                    leg,
                    name,
                    len(raw[name]),
                    float(np.abs(raw[name]).mean()),
                    float(np.abs(raw[name] - raw[name].mean()).mean()),
                    float(np.abs(better[name]).mean()),
                    float(better[name].mean()),
                ]
                for name in raw
            ]
    head = ("degrees off", "leg", "angle", "frames", "MAE as read", "without bias", "corrected")
    print_table((*head, "bias then"), rows)


def write(correction: Correction, path: Path) -> None:
    """Write a correction as `kneedrive_cv.clean.correction.load_correction` reads it."""
    arrays = {
        f"{kind}_{n}_{layer}": array.astype(np.float16)
        for n, network in enumerate(correction.networks)
        for kind, arrays in (("weight", network.weights), ("bias", network.biases))
        for layer, array in enumerate(arrays)
    }
    np.savez_compressed(
        path,
        layers=len(HIDDEN) + 1,
        networks=len(correction.networks),
        mean=correction.mean.astype(np.float32),
        spread=correction.spread.astype(np.float32),
        scale=correction.scale.astype(np.float32),
        **arrays,
    )


def main() -> None:
    """Measure, then write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="where the correction goes")
    arguments = parser.parse_args()
    lessons = read_lessons(arguments.sets)
    number = np.array([int(name.rsplit("_", 1)[1]) for name in lessons.body])
    out = number // 2 % LEFT_OUT_EVERY == 0
    print(f"{len(out)} frames; {len(np.unique(lessons.body[out]))} bodies left out to measure\n")
    report(lessons.only(out), fit(lessons.only(~out)))
    if arguments.out:
        write(fit(lessons), arguments.out)


if __name__ == "__main__":
    main()
