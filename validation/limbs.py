"""Limbs keep their length, and a foot that stands does not move: how far the pose holds to it.

Run it as ``python -m validation.limbs [--shared DIR] [--only NAME ...] [--clips DIR]``.

For each clip of upright running (trunk within 20 degrees of the vertical, from the first contact
to the last) the length of the near leg's thigh and shank in the picture, over the body's size:
standard deviation over mean. The size is a parabola through trunk, thigh and shank together over
time, so what grows because the athlete comes nearer is taken out, and what a single limb does is
not. A limb that swings towards the camera is truly shorter in the picture; the truth of rendered
clips says by how much.

For each clip of a camera that stands: how far the toe moves in the picture while the foot stands,
in leg lengths: the distance from its middle position, as root mean square, and the greatest
distance between two of its positions, both as means over the contacts. Only the middle part of a
contact is taken, in which the toe lies flat: before it the toes come down, after it the shoe rolls
over its tip. It is the finished pose that is measured, in which a toe that stands is held half of
the way to its place (`kneedrive_cv.clean.standing`): without that it moves twice as far.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.clean.body_frame import body_size, segment_vectors
from kneedrive_cv.clean.standing import FLAT_SHARE
from kneedrive_cv.clean.swaps import leg_length_px
from kneedrive_cv.errors import KneedriveError
from kneedrive_cv.pipeline import analyze
from kneedrive_cv.pose.landmarks import INDEX, SIDES, Side
from kneedrive_cv.pose.track import PoseTrack
from validation.accuracy.clips import clip_path, render
from validation.accuracy.matrix import CELLS, parameters_of
from validation.common import Requirements, parser, print_table
from validation.truth import Truth, load_truth

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

UPRIGHT_DEG = 20.0
LEAST_FRAMES = 10
MOST_LENGTH_PERCENT = 5.0
MOST_SLIP_PERCENT = 2.0
LIMBS = {"thigh": ("hip", "knee"), "shank": ("knee", "ankle")}
RENDERED_SEED = 0
TREADMILL = "treadmill"
"""On it the ground moves."""


@dataclass(frozen=True)
class Contact:
    """A contact that was seen whole."""

    side: Side
    touchdown_s: float
    toe_off_s: float


def contacts_of(events: Sequence[Any]) -> list[Contact]:
    """Touchdowns with the toe-off of the same foot that follows; of anything with those fields."""
    found = []
    for side in SIDES:
        own = sorted((e for e in events if e.side == side), key=lambda e: float(e.time_s))
        for down, off in pairwise(own):
            if (down.type, off.type) == ("touchdown", "toe_off"):
                found.append(Contact(side, down.time_s, off.time_s))
    return found


def upright_rows(pose: PoseTrack, lean_deg: FloatArray, contacts: Sequence[Contact]) -> BoolArray:
    """Frames of upright running, shape (T,)."""
    if not contacts:
        return np.zeros(len(pose), dtype=bool)
    first_s = min(contact.touchdown_s for contact in contacts)
    last_s = max(contact.toe_off_s for contact in contacts)
    running = (pose.time_s >= first_s) & (pose.time_s <= last_s)
    return np.asarray(running & (np.abs(lean_deg) < UPRIGHT_DEG))


def limb_variation(pose: PoseTrack, side: Side, rows: BoolArray) -> dict[str, float]:
    """Standard deviation over mean of a leg's limbs in some frames, percent; NaN of too few."""
    size = body_size(segment_vectors(pose.xy_px))
    found = {}
    for limb, (upper, lower) in LIMBS.items():
        along = pose.point(f"{side}_{lower}") - pose.point(f"{side}_{upper}")
        length = np.linalg.norm(along, axis=1)
        known = rows & np.isfinite(length) & np.isfinite(size)
        if known.sum() < LEAST_FRAMES:
            found[limb] = float("nan")
            continue
        trend = np.polynomial.Polynomial.fit(pose.time_s[known], size[known], 2)
        share = length[known] / trend(pose.time_s[known])
        found[limb] = 100.0 * float(share.std() / share.mean())
    return found


def slip(
    toe: Mapping[Side, FloatArray], time_s: FloatArray, contacts: Sequence[Contact], leg_px: float
) -> tuple[float, float, int]:
    """How far the toes move while they lie flat, in percent of the leg's length.

    Parameters
    ----------
    toe : mapping of side to ndarray, shape (T, 2)
        In the picture of a camera that stands.
    time_s : ndarray, shape (T,)
    contacts : sequence of Contact
    leg_px : float

    Returns
    -------
    tuple of float, float, int
        Root mean square distance from the middle position, greatest distance of two positions,
        each as the mean over the contacts; and how many contacts were seen in two frames or more.
    """
    spreads, ranges = [], []
    for contact in contacts:
        share = (time_s - contact.touchdown_s) / (contact.toe_off_s - contact.touchdown_s)
        points = toe[contact.side][(share >= FLAT_SHARE[0]) & (share <= FLAT_SHARE[1])]
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) < 2:
            continue
        off = points - points.mean(axis=0)
        spreads.append(float(np.sqrt((off**2).sum(axis=1).mean())))
        ranges.append(float(pdist(points).max()))
    if not spreads:
        return float("nan"), float("nan"), 0
    shares = 100.0 / leg_px * np.array([spreads, ranges])
    return float(shares[0].mean()), float(shares[1].mean()), len(spreads)


def true_pose(truth: Truth, like: PoseTrack) -> PoseTrack:
    """The truth's points in the frames of a pose; landmarks it does not have are missing."""
    xy_px = np.full_like(like.xy_px, np.nan)
    for name, points in truth.points_px.items():
        if name in INDEX:
            xy_px[:, INDEX[name]] = points[like.frame]
    return like.replace(xy_px=xy_px)


def toes(pose: PoseTrack) -> dict[Side, FloatArray]:
    """Both toes of a pose."""
    return {side: pose.point(f"{side}_foot_index") for side in SIDES}


def clips(shared: Path, rendered: Path, only: list[str] | None) -> Iterator[tuple[str, Path]]:
    """Names and paths: real clips, then rendered ones of a camera that stands."""
    names = sorted((shared / "clips").glob("*/*.mp4"))
    found = [(f"{path.parent.name}/{path.stem}", path) for path in names]
    for cell in CELLS:
        if (cell.motion, cell.view) == ("fixed", "side"):
            asked = parameters_of(cell, RENDERED_SEED)
            found.append((f"rendered/{cell.name}", clip_path(rendered, cell.name, asked)))
    for name, path in found:
        if not only or any(word in name for word in only):
            if name.startswith("rendered/"):
                cell = next(cell for cell in CELLS if name == f"rendered/{cell.name}")
                render(path, parameters_of(cell, RENDERED_SEED))
            yield name, path


def limb_row(name: str, analysis: Analysis, truth: Truth | None) -> list[object] | None:
    """Near leg's limbs of a clip, with those of the truth; None without upright running."""
    side = analysis.result.scene.near_side
    contacts = contacts_of(analysis.result.events)
    lean_deg = analysis.angles.columns["trunk_lean_deg"]
    rows = upright_rows(analysis.pose, lean_deg, contacts)
    if side is None or rows.sum() < LEAST_FRAMES:
        return None
    found = limb_variation(analysis.pose, side, rows)
    true: dict[str, object] = dict.fromkeys(LIMBS, "")
    if truth is not None:
        true |= limb_variation(true_pose(truth, analysis.pose), side, rows)
    return [name, int(rows.sum()), *(each[limb] for limb in LIMBS for each in (found, true))]


def slip_row(name: str, analysis: Analysis, truth: Truth | None) -> list[object] | None:
    """How far feet slip in a clip, with the truth; None where the camera or the ground moves."""
    if analysis.result.scene.camera != "fixed" or TREADMILL in name:
        return None
    pose, leg_px = analysis.pose, leg_length_px(analysis.pose)
    spread, reach, n = slip(toes(pose), pose.time_s, contacts_of(analysis.result.events), leg_px)
    if not n:
        return None
    true: list[object] = ["", ""]
    if truth is not None:
        own = contacts_of(truth.events)
        true = list(slip(toes(true_pose(truth, pose)), pose.time_s, own, leg_px)[:2])
    return [name, n, spread, true[0], reach, true[1]]


def main() -> int:
    """Print both tables; 1 when a bound does not hold."""
    made = parser(__doc__ or "")
    made.add_argument("--only", nargs="*", help="clips whose names contain one of these")
    made.add_argument("--clips", type=Path, default=Path(".accuracy"), help="the rendered clips")
    arguments = made.parse_args()
    limbs: list[list[object]] = []
    slips: list[list[object]] = []
    for name, path in clips(arguments.shared, arguments.clips, arguments.only):
        print(f"reading {name} ...", file=sys.stderr, flush=True)
        try:
            analysis = analyze(path)
        except KneedriveError as error:
            print(f"{name}: refused: {error}", file=sys.stderr)
            continue
        truth = load_truth(path) if name.startswith("rendered/") else None
        for rows, row in ((limbs, limb_row), (slips, slip_row)):
            if (cells := row(name, analysis, truth)) is not None:
                rows.append(cells)
    return report(limbs, slips)


def report(limbs: list[list[object]], slips: list[list[object]]) -> int:
    """The tables and what is asked of them; the exit code."""
    verdict = Requirements()
    verdict.check(bool(limbs and slips), "some clips were graded")
    print_table(("clip", "frames", "thigh %", "true", "shank %", "true"), limbs)
    for name, _, thigh, _, shank, _ in limbs:
        worst = max(float(str(thigh)), float(str(shank)))
        line = f"{name}: the near leg's limbs vary by at most {worst:.1f} %, asked under 5"
        verdict.check(worst < MOST_LENGTH_PERCENT, line)
    print()
    print_table(("clip", "contacts", "toe, rms %", "true", "toe moves %", "true"), slips)
    for name, _, spread, *_ in slips:
        slipped = float(str(spread))
        line = f"{name}: a standing toe is {slipped:.1f} % of the leg off its place, asked under 2"
        verdict.check(slipped < MOST_SLIP_PERCENT, line)
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
