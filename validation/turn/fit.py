"""How far the turn of the pelvis can be told, from landmarks and from the picture.

    python -m validation.turn.fit front.npz [more.npz ...] [--clips DIR]

Landmarks, and the edges in the window around the hips, go with the stride. A ridge regression takes
what of that is unlike between left and right to the amplitude of the pelvis's turn. It is measured
on bodies that are left out of the fit, with more and more strides to learn from, and on the clips
of `validation.pelvis`, whose bodies were never learned.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.body_frame import mirrored
from kneedrive_cv.pose.landmarks import INDEX, SIDES
from kneedrive_cv.video.reader import VideoReader
from validation.common import print_table
from validation.pelvis import Read, read_all
from validation.turn.collect import USUAL_PHASE
from validation.turn.window import WINDOW_PX, cut_windows

FloatArray = NDArray[np.float64]
Image = NDArray[np.uint8]

FOLDS: Final = 3
PENALTY: Final = 0.1
"""Of the ridge regression, in mean squares of the features of a stride."""

SHARES: Final = (0.25, 0.5, 1.0)
PAIRS: Final = ("ear", "shoulder", "elbow", "hip", "knee")
LANDMARKS: Final = ("nose", *(f"{side}_{part}" for part in PAIRS for side in SIDES))
"""Ankles and feet add nothing."""

CELL_PX: Final = 8
_EDGES: Final = ((WINDOW_PX,) * 2, (2 * CELL_PX,) * 2, (CELL_PX,) * 2, (CELL_PX,) * 2, 9)


@dataclass(frozen=True)
class Example:
    """What goes with the stride in one clip.

    Attributes
    ----------
    seen : dict of str to ndarray, shape (2 F,)
        First harmonic of the features, in step with a usual turn and a quarter of a stride
        later, by their kind.
    turn_deg : float
        Amplitude of the pelvis's turn; negative where it turns against the usual way.
    body : str
    """

    seen: dict[str, FloatArray]
    turn_deg: float
    body: str


def harmonic(
    signal: FloatArray, phase: FloatArray, weight: FloatArray | None = None
) -> FloatArray:
    """What of signals (T, F) goes with the stride, shape (2 F,); the second harmonic is taken out.

    First what is greatest when a sprinter's right hip is ahead, then what is a quarter of a
    stride later.
    """
    phase = phase - 2 * np.pi * USUAL_PHASE
    parts = [f(k * phase) for k in (1, 2) for f in (np.cos, np.sin)]
    counts = np.ones((len(phase), 1)) if weight is None else np.sqrt(weight)[:, None]
    waves = counts * np.column_stack([np.ones(len(phase)), *parts])
    fit = np.linalg.lstsq(waves, counts * signal, rcond=None)[0]
    return np.concatenate([fit[1], fit[2]])


def edges(windows: Image) -> FloatArray:
    """What is unlike between the edges of windows and of their mirror images, shape (T, F)."""
    found = cv2.HOGDescriptor(*_EDGES)

    def of(images: Image) -> FloatArray:
        return np.array([found.compute(np.ascontiguousarray(i)) for i in images], dtype=float)

    return (of(windows) - of(windows[:, :, ::-1])) / 2


def unlike(xy_px: FloatArray) -> FloatArray:
    """What is unlike between landmarks (T, K, 2) and their mirror image, trunk lengths, (T, F)."""
    hip, shoulder = (
        (xy_px[:, INDEX[f"left_{part}"]] + xy_px[:, INDEX[f"right_{part}"]]) / 2
        for part in ("hip", "shoulder")
    )
    trunk_px = np.median(np.linalg.norm(shoulder - hip, axis=1))
    flat = (xy_px - hip[:, None]) / trunk_px
    odd = (flat - mirrored(flat)) / 2
    sway = (hip - hip.mean(axis=0))[:, :1] / trunk_px
    chosen = odd[:, [INDEX[name] for name in LANDMARKS]]
    return np.concatenate([chosen.reshape(len(odd), -1), sway], axis=1)


def as_front(windows: Image, view: str) -> Image:
    """Windows (..., side, side, 3), mirrored where they are of the rear."""
    return windows[..., ::-1, :] if view == "rear" else windows


def example(
    windows: Image,
    xy_px: FloatArray,
    turn_deg: FloatArray,
    phase: FloatArray,
    *,
    view: str,
    body: str,
) -> Example:
    """The example of a clip; what is seen from the rear is taken as the front's mirror image."""
    windows = as_front(windows, view)
    if view == "rear":
        xy_px = xy_px * (-1.0, 1.0)
    seen = {"edges": harmonic(edges(windows), phase)}
    if np.isfinite(xy_px).all():
        seen["landmarks"] = harmonic(unlike(xy_px), phase)
    return Example(seen, float(harmonic(turn_deg[:, None], phase)[0]), body)


def read_examples(paths: Sequence[Path]) -> list[Example]:
    """The strides of some training sets of one view."""
    found = []
    for path in paths:
        with np.load(path) as file:
            data = {name: file[name] for name in file.files}
        found += [
            example(
                data["windows"][i],
                data["xy_px"][i],
                data["turn_deg"][i],
                data["phase"][i],
                view=str(data["view"][i]),
                body=str(data["body"][i]),
            )
            for i in range(len(data["body"]))
        ]
    return found


def read_clips(folder: Path, view: str) -> Iterator[Example]:
    """The clips of `validation.pelvis` that show a view."""
    for clip in read_all(folder, view):
        yield _of_clip(clip)


@dataclass(frozen=True)
class Seen:
    """The windows of a clip in the frames in which the pose was found, with its truth."""

    windows: Image
    xy_px: FloatArray
    turn_deg: FloatArray
    phase: FloatArray


def seen_in(clip: Read) -> Seen:
    """What a clip shows in the frames in which the pose was found."""
    whole = clip.clean.unsmoothed
    track = whole.only(np.isfinite(whole.xy_px).all(axis=(1, 2)) & (whole.frame < len(clip.truth)))
    wanted = set(track.frame.tolist())
    reader = VideoReader(clip.path)
    images = [frame.image_bgr for frame in reader if frame.index in wanted]
    asked = clip.truth.parameters
    stride_s = 2 / asked["technique"]["step_rate_hz"]
    return Seen(
        cut_windows(images, track, asked["camera"]["roll_deg"]),
        track.xy_px,
        clip.truth.angles_deg["pelvis_rotation_deg"][track.frame],
        2 * np.pi * (track.time_s / stride_s + asked["video"]["start_phase"]),
    )


def _of_clip(clip: Read) -> Example:
    """The example of a clip."""
    seen, body = seen_in(clip), clip.truth.parameters["body"]["name"]
    return example(
        seen.windows, seen.xy_px, seen.turn_deg, seen.phase, view=clip.view, body=body
    )


@dataclass(frozen=True)
class Line:
    """A ridge regression: the turn from features."""

    mean: FloatArray
    spread: FloatArray
    weights: FloatArray
    turn_deg: float

    def __call__(self, seen: FloatArray) -> FloatArray:
        """Turns in degrees, shape (N,), of features (N, F)."""
        return np.asarray(((seen - self.mean) / self.spread) @ self.weights + self.turn_deg)


def learn(examples: Sequence[Example], kind: str) -> Line:
    """A ridge regression in its dual form: there are more features than strides."""
    seen, turn_deg = features(examples, kind), np.array([e.turn_deg for e in examples])
    mean, spread = seen.mean(axis=0), seen.std(axis=0)
    spread = spread + 0.3 * spread.mean()
    x = (seen - mean) / spread
    alike = x @ x.T
    alike += PENALTY * np.trace(alike) / len(x) * np.eye(len(x))
    weights = x.T @ np.linalg.solve(alike, turn_deg - turn_deg.mean())
    return Line(mean, spread, weights, float(turn_deg.mean()))


def features(examples: Sequence[Example], kind: str) -> FloatArray:
    """The features of some examples, shape (N, F)."""
    return np.array([e.seen[kind] for e in examples])


def left_out(examples: Sequence[Example], kind: str, share: float) -> FloatArray:
    """What is told of each example by others of other bodies, of which a share is learned."""
    bodies = sorted({e.body for e in examples})
    fold = np.array([bodies.index(e.body) % FOLDS for e in examples])
    told = np.empty(len(examples))
    for each in range(FOLDS):
        others = [e for e, f in zip(examples, fold, strict=True) if f != each]
        own = [int(i) for i in np.flatnonzero(fold == each)]
        line = learn(others[: max(2, round(share * len(others)))], kind)
        told[own] = line(features([examples[i] for i in own], kind))
    return told


def judged(told: FloatArray, examples: Sequence[Example]) -> tuple[object, ...]:
    """Correlation and slope against truth, and errors with that of a constant beside them."""
    true = np.array([e.turn_deg for e in examples])
    rest = ~np.eye(len(true), dtype=bool)
    lines = [np.polyfit(told[r], true[r], 1) for r in rest]
    fitted = np.array([np.polyval(line, t) for line, t in zip(lines, told, strict=True)])
    constant = np.array([np.median(true[r]) for r in rest])
    return (
        f"{np.corrcoef(told, true)[0, 1]:.2f}",
        f"{np.polyfit(true, told, 1)[0]:.2f}",
        float(np.abs(told - true).mean()),
        float(np.abs(fitted - true).mean()),
        float(np.abs(constant - true).mean()),
    )


def main() -> None:
    """Print what was reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", type=Path, help="of one view")
    parser.add_argument("--clips", type=Path, help="folder of clips from validation.pelvis")
    arguments = parser.parse_args()
    examples = read_examples(arguments.sets)
    order = np.random.default_rng(0).permutation(len(examples))
    examples = [examples[i] for i in order]
    with np.load(arguments.sets[0]) as file:
        view = str(file["view"][0])
    clips = list(read_clips(arguments.clips, view)) if arguments.clips else []
    rows: list[list[object]] = []
    for kind in ("landmarks", "edges"):
        known = [e for e in examples if kind in e.seen]
        if len(known) < 4 * FOLDS:
            continue
        for share in SHARES:
            told = left_out(known, kind, share)
            learned = round(share * len(known) * (FOLDS - 1) / FOLDS)
            rows.append([view, kind, "other bodies", learned, len(known), *judged(told, known)])
        if clips:
            told = learn(known, kind)(features(clips, kind))
            rows.append([view, kind, "clips", len(known), len(clips), *judged(told, clips)])
    head = ("view", "from", "measured on", "strides learned", "number", "correlation", "slope",
            "MAE", "MAE, a line fitted", "MAE of a constant")  # fmt: skip
    print_table(head, rows)


if __name__ == "__main__":
    main()
