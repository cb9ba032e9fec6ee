"""A trunk leans as far at the left of the picture as at the right, where the camera is put level.

Run it as ``python -m validation.level [--shared DIR] [--only NAME ...]``.

Who runs upright at a steady speed leans as far wherever he is. By a camera that stands and looks up
or down he seems to lean less and less, or more and more, on his way through the picture. For each
clip of a camera that stands and of upright running over a third of the picture: the roll that was
told and its standard error, how much what stands upright leans apart across the picture, and how
much the trunk's lean changes across the picture as filmed and once it is put level. Nothing in the
clip's grading looks at that change.
"""

from __future__ import annotations

import sys

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.errors import KneedriveError
from kneedrive_cv.pipeline import analyze
from validation.common import parser, print_table
from validation.limbs import TREADMILL, contacts_of, upright_rows

LEAST_WAY = 0.33
HEADER = (
    "clip", "frames", "roll, degrees", "its error", "uprights lean apart",
    "trunk as filmed", "trunk put level",
)  # fmt: skip


def row_of(name: str, analysis: Analysis) -> list[object] | None:
    """What is told of a clip; None where it does not show it."""
    scene, clip = analysis.result.scene, analysis.result.clip
    if scene.camera != "fixed" or not scene.shows_legs:
        return None
    pose = analysis.pose
    lean_deg = analysis.angles.columns["trunk_lean_deg"]
    rows = upright_rows(pose, lean_deg, contacts_of(analysis.result.events))
    side_px = max(clip.width_px, clip.height_px)
    place = (pose.point("left_hip") + pose.point("right_hip"))[:, 0] / (2 * side_px)
    rows &= np.isfinite(place) & np.isfinite(lean_deg)
    if not rows.any() or np.ptp(place[rows]) < LEAST_WAY:
        return None
    forward = 1.0 if scene.running_direction == "right" else -1.0
    filmed_deg = lean_deg + forward * scene.converging_deg * (place - clip.width_px / (2 * side_px))
    changes = [np.polyfit(place[rows], each[rows], 1)[0] for each in (filmed_deg, lean_deg)]
    error = "" if scene.tilt_error_deg is None else f"{scene.tilt_error_deg:.1f}"
    told = f"{scene.converging_deg:.1f}" if scene.converging_deg else "not told"
    return [name, int(rows.sum()), scene.tilt_deg, error, told, *map(float, changes)]


def main() -> int:
    """Print the table; 2 where there is nothing to measure."""
    made = parser(__doc__ or "")
    made.add_argument("--only", nargs="*", help="clips whose names contain one of these")
    asked = made.parse_args()
    table: list[list[object]] = []
    for path in sorted((asked.shared / "clips").glob("*/*.mp4")):
        name = f"{path.parent.name}/{path.stem}"
        if TREADMILL in name or (asked.only and not any(word in name for word in asked.only)):
            continue
        print(f"reading {name} ...", file=sys.stderr, flush=True)
        try:
            row = row_of(name, analyze(path))
        except KneedriveError as error:
            print(f"{name}: refused: {error}", file=sys.stderr)
            continue
        table += [row] if row else []
    if not table:
        print("no clip of a camera that stands shows an upright run", file=sys.stderr)
        return 2
    print_table(HEADER, table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
