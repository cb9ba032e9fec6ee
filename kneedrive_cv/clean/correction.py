"""Take out the estimator's steady errors: a correction that was learned on rendered sprints.

An estimator errs in ways that depend on the pose: the hips stand ahead of the joint centres, the
knee slides along a bent leg, the far foot follows the near one. On rendered sprints the truth is
known, so what is wrong can be learned as a function of legs and trunk and how they move. A few
small networks (their mean is taken) read the landmarks in the body's own terms and give, for each
segment, what to add to it: once as the picture shows the joint centres, and once as they lie
in the runner's sagittal plane, with the camera's angle taken out.

`validation/correction/` makes the training set and fits the networks; the bodies and seeds that
accuracy is measured on are not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.body_frame import (
    N_FLAT,
    SEGMENTS,
    body_size,
    features,
    mirrored_segments,
    segment_vectors,
    steady_size,
)
from kneedrive_cv.errors import ModelError
from kneedrive_cv.pose.landmarks import INDEX
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

FARTHEST = 4.0
"""A pose further than this many standard deviations from the training set, in any one of its
numbers, is read as if it lay there: outside what was learned nothing is known."""

ONE_AT_MOST = 5.0
"""A single landmark that is far off does not make a pose unlike."""

UNLIKE = (1.6, 2.2)
"""Root mean square of the places in standard deviations, at which the correction begins to fade and
is gone. In the training set it is 1; on real runs, first steps included, up to 1.4, in the steepest
starts 2, in a crouch in the blocks up to 2.3: there the networks would make up legs nobody has."""


@dataclass(frozen=True)
class Network:
    """One network: layers of weights (in, out) and biases (out,), tanh between them."""

    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]

    def __call__(self, x: FloatArray) -> FloatArray:
        """Outputs (T, out) of inputs (T, in)."""
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = x @ weight + bias
            x = x if i == last else np.tanh(x)
        return x


@dataclass(frozen=True)
class Correction:
    """The learned correction.

    Attributes
    ----------
    mean, spread : ndarray, shape (F,)
        Of the features in the training set.
    scale : ndarray, shape (O,)
        Spread of each output there.
    networks : tuple of Network
        Their mean is the correction: 2 numbers a segment for the sagittal plane, 2 a segment for
        the picture, and the shift of the middle of the hips in the picture; body lengths.
    """

    mean: FloatArray
    spread: FloatArray
    scale: FloatArray
    networks: tuple[Network, ...]

    def share(self, given: FloatArray) -> FloatArray:
        """How far a pose is like those that were learned on, 0 to 1, (T,) for features (T, F)."""
        places = np.nan_to_num(((given - self.mean) / self.spread)[:, :N_FLAT])
        unlike = np.sqrt(np.mean(np.clip(places, -ONE_AT_MOST, ONE_AT_MOST) ** 2, axis=1))
        return np.asarray(np.clip((UNLIKE[1] - unlike) / (UNLIKE[1] - UNLIKE[0]), 0.0, 1.0))

    def offsets(self, given: FloatArray) -> FloatArray:
        """What to add, (T, O) body lengths, for features (T, F)."""
        x = np.nan_to_num((given - self.mean) / self.spread)  # what was not seen counts as usual
        x = np.clip(x, -FARTHEST, FARTHEST)
        offsets = np.mean([network(x) for network in self.networks], axis=0) * self.scale
        return np.asarray(self.share(given)[:, None] * offsets)


@dataclass(frozen=True)
class Joints:
    """The landmarks of every frame, moved to the joint centres.

    Attributes
    ----------
    picture : PoseTrack
        Where they are in the picture.
    sagittal : PoseTrack
        In the runner's sagittal plane, in pixels of a picture taken square from the side.
    share : ndarray, shape (T,), optional
        How much of the correction was applied; None where there is none.
    """

    picture: PoseTrack
    sagittal: PoseTrack
    share: FloatArray | None = None


def load_correction(path: Path) -> Correction:
    """Read a correction as `validation.correction.fit` writes it.

    Raises
    ------
    ModelError
        The file is no such correction.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: np.asarray(data[name], dtype=float) for name in data.files}
        layers, networks = int(arrays["layers"]), int(arrays["networks"])
        return Correction(
            mean=arrays["mean"],
            spread=arrays["spread"],
            scale=arrays["scale"],
            networks=tuple(_network(arrays, n, layers) for n in range(networks)),
        )
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(
            "the correction of the pose cannot be read",
            where=str(path),
            fix="Install kneedrive again.",
        ) from error


def _network(arrays: Mapping[str, FloatArray], number: int, layers: int) -> Network:
    return Network(
        weights=tuple(arrays[f"weight_{number}_{layer}"] for layer in range(layers)),
        biases=tuple(arrays[f"bias_{number}_{layer}"] for layer in range(layers)),
    )


def correct(track: PoseTrack, correction: Correction, *, forward: float) -> Joints:
    """Joint centres from the landmarks of a side view.

    Parameters
    ----------
    track : PoseTrack
        Repaired, not smoothed: left and right are right, gaps are filled or NaN.
    correction : Correction
    forward : float
        +1 when running to the right, -1 to the left.

    Returns
    -------
    Joints
    """
    vectors = segment_vectors(track.xy_px)
    size_px = steady_size(body_size(vectors), track.time_s)
    given = features(track.xy_px, track.world_m, size_px, track.time_s, forward=forward)
    offsets = correction.offsets(given)
    n = 2 * len(SEGMENTS)
    sagittal, picture = (
        vectors
        + size_px[:, None, None]
        * mirrored_segments(part.reshape(-1, len(SEGMENTS), 2), forward=forward)
        for part in (offsets[:, :n], offsets[:, n : 2 * n])
    )
    hips_px = (track.point("left_hip") + track.point("right_hip")) / 2
    moved_px = hips_px + size_px[:, None] * offsets[:, 2 * n :] * (forward, 1.0)
    return Joints(
        picture=_moved(track, moved_px, picture),
        sagittal=_moved(track, moved_px, sagittal),
        share=correction.share(given),
    )


def _moved(track: PoseTrack, hips_px: FloatArray, vectors: FloatArray) -> PoseTrack:
    """The track with its landmarks at the ends of the segments, from the hips outwards."""
    points = {"hips": hips_px}
    for (start, end), vector in zip(SEGMENTS.values(), vectors.transpose(1, 0, 2), strict=True):
        points[end] = points[start] + vector
    # the two shoulders keep their distance, their middle moves
    shoulders_px = (track.point("left_shoulder") + track.point("right_shoulder")) / 2
    shift_px = points["shoulders"] - shoulders_px
    xy_px = track.xy_px.copy()
    for name, index in INDEX.items():
        if name in points:
            xy_px[:, index] = points[name]
        elif name.endswith("shoulder"):
            xy_px[:, index] += shift_px
    return track.replace(xy_px=xy_px)
