"""Draw the repaired legs on the frames where the thighs cross, for looking at.

Run it as ``python -m validation.contact_sheet CLIP [CLIP ...] --out DIR``.

Writes DIR/<clip>.png: for each crossing the frames just before, at and after it, left leg blue,
right leg orange. Where the legs are swapped, the colours change legs from one frame to the next.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Settings
from kneedrive_cv.errors import UngradableError
from kneedrive_cv.pipeline import analyze
from kneedrive_cv.pose.landmarks import LEG_PARTS, SIDES
from kneedrive_cv.report.palette import SIDE_ON_PICTURE, bgr
from kneedrive_cv.video.reader import VideoReader

Image = NDArray[np.uint8]

AROUND = (-2, -1, 0, 1, 2)
"""Frames of the track around each crossing."""

TILE_PX = 240
COLUMNS = 2 * len(AROUND)


def main() -> int:
    """Write one picture for each clip."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("clips", nargs="+", type=Path)
    made.add_argument("--out", type=Path, required=True)
    arguments = made.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for clip in arguments.clips:
        try:
            analysis = analyze(clip)
        except UngradableError as error:
            print(f"{clip.name}: refused: {error}")
            continue
        rows = crossing_rows(analysis)
        path = arguments.out / f"{clip.stem}.png"
        cv2.imwrite(str(path), sheet(tiles(analysis, rows)))
        print(f"{path}: {len(rows)} frames around the crossings of the thighs")
    return 0


def crossing_rows(analysis: Analysis) -> list[int]:
    """Rows of the track in which the thighs pass each other, and those around them."""
    columns = analysis.angles.columns
    apart = columns["left_thigh_deg"] - columns["right_thigh_deg"]
    crossings = np.flatnonzero(apart[:-1] * apart[1:] <= 0)
    rows = [int(row) + step for row in crossings for step in AROUND]
    return [row for row in rows if 0 <= row < len(apart)]


def tiles(analysis: Analysis, rows: list[int]) -> list[Image]:
    """The athlete in each of the rows, his legs drawn."""
    wanted = {int(analysis.pose.frame[row]): row for row in rows}
    drawn: dict[int, Image] = {}
    for frame in VideoReader(analysis.clip_path, Settings().reader):
        if frame.index in wanted:
            row = wanted[frame.index]
            drawn[row] = tile(analysis, row, frame.image_bgr)
    return [drawn[row] for row in rows if row in drawn]


def tile(analysis: Analysis, row: int, picture: Image) -> Image:
    """One frame, cut around the hips and enlarged."""
    pose = analysis.pose
    reach = 0.55 * analysis.result.athlete.height_px
    hip = (pose.point("left_hip")[row] + pose.point("right_hip")[row]) / 2
    centre = np.nan_to_num(hip) + np.array([0.0, 0.25 * reach])
    scale = TILE_PX / (2 * reach)
    move = np.array(
        [[scale, 0, TILE_PX / 2 - scale * centre[0]], [0, scale, TILE_PX / 2 - scale * centre[1]]]
    )
    out = cv2.warpAffine(picture, move, (TILE_PX, TILE_PX))
    for side in SIDES:
        leg = np.array([pose.point(f"{side}_{part}")[row] for part in LEG_PARTS])
        if np.isfinite(leg).all():
            points = np.round((leg @ move[:, :2].T + move[:, 2]) * 8).astype(np.int32)
            cv2.polylines(out, [points], False, bgr(SIDE_ON_PICTURE[side]), 2, cv2.LINE_AA, 3)
    cv2.putText(out, str(pose.frame[row]), (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255,) * 3, 1)
    return np.asarray(out, dtype=np.uint8)


def sheet(images: list[Image]) -> Image:
    """The tiles in rows."""
    blank = np.zeros((TILE_PX, TILE_PX, 3), dtype=np.uint8)
    count = -(-max(len(images), 1) // COLUMNS) * COLUMNS
    filled = images + [blank] * (count - len(images))
    lines = [np.hstack(filled[i : i + COLUMNS]) for i in range(0, count, COLUMNS)]
    return np.asarray(np.vstack(lines), dtype=np.uint8)


if __name__ == "__main__":
    sys.exit(main())
