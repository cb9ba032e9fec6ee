"""How real cameras were held, told in three ways, and whether a trunk leans alike everywhere.

Run it as ``python -m validation.level [--shared DIR] [--only NAME ...]``.

The roll of each real clip from the side by the run alone (weighed with how level people hold a
phone), by what is level in the background and by what stands upright in it, each with its standard
error, and by all together.

Then of the clips of a camera that stands and of upright running over a third of the picture: how
much what stands upright leans apart across it, and how much the trunk's lean changes across it as
filmed and once it is put level. Who runs upright at a steady speed leans as far wherever he is; by
a camera that looks up or down he seems to lean less and less, or more and more. Nothing in the
clip's grading looks at that change.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Settings
from kneedrive_cv.errors import KneedriveError
from kneedrive_cv.footage import background_of, crops_to_read, horizon_of, plumb_of, run_of
from kneedrive_cv.looks import first_look
from kneedrive_cv.pipeline import analyze, find_in_clip, open_pose_pool
from kneedrive_cv.pose.estimate import PosePool
from kneedrive_cv.scene.lanes import Horizon
from kneedrive_cv.scene.lines import Lines
from kneedrive_cv.scene.tilt import Tilt, find_tilt
from kneedrive_cv.scene.uprights import Plumb
from validation.common import parser, print_table
from validation.limbs import TREADMILL, contacts_of, upright_rows

LEAST_WAY = 0.33
FPS = 30.0
SOURCES = ("clip", "run", "lanes", "posts", "all")
TRUNK = ("clip", "frames", "uprights lean apart", "trunk as filmed", "trunk put level")


def sources_row(name: str, path: Path, pool: PosePool) -> list[object]:
    """The roll by each source, in degrees."""
    settings = Settings()
    footage, reader = find_in_clip(path, settings)
    crops = crops_to_read(footage)
    lines = Lines(crops)
    _, raw = first_look(reader, crops, pool, settings, lambda *_: None, beside=lines.look)
    looks = lines.within(int(raw.frame[0]), int(raw.frame[-1]))
    plumb, horizon = plumb_of(footage, looks, raw, FPS), horizon_of(footage, looks, raw)
    run = run_of(footage)
    seen = footage.athlete.crops.only(run), background_of(footage)[run], raw
    alone, both = find_tilt(*seen), find_tilt(*seen, plumb=plumb, horizon=horizon)
    return [name, *map(_told, (alone if alone.seen else None, horizon, plumb, both))]


def _told(told: Tilt | Horizon | Plumb | None) -> str:
    return "not told" if told is None else f"{told.deg:.1f} ± {told.error_deg:.1f}"


def trunk_row(name: str, analysis: Analysis) -> list[object] | None:
    """How the trunk's lean changes across the picture; None where the clip does not show it."""
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
    told = f"{scene.converging_deg:.1f}" if scene.converging_deg else "not told"
    return [name, int(rows.sum()), told, *map(float, changes)]


def clips(shared: Path, only: list[str] | None) -> Iterator[tuple[str, Path]]:
    """Names and paths of the real clips in which somebody runs over the ground."""
    for path in sorted((shared / "clips").glob("*/*.mp4")):
        name = f"{path.parent.name}/{path.stem}"
        if TREADMILL not in name and (not only or any(word in name for word in only)):
            yield name, path


def main() -> int:
    """Print both tables; 2 where there is nothing to measure."""
    made = parser(__doc__ or "")
    made.add_argument("--only", nargs="*", help="clips whose names contain one of these")
    asked = made.parse_args()
    rolls: list[list[object]] = []
    trunks: list[list[object]] = []
    with open_pose_pool(Settings()) as pool:
        for name, path in clips(asked.shared, asked.only):
            print(f"reading {name} ...", file=sys.stderr, flush=True)
            try:
                analysis = analyze(path, pool=pool)
                if not analysis.result.scene.shows_legs:
                    continue
                rolls.append(sources_row(name, path, pool))
            except KneedriveError as error:
                print(f"{name}: refused: {error}", file=sys.stderr)
                continue
            if (row := trunk_row(name, analysis)) is not None:
                trunks.append(row)
    if not rolls:
        print("no clip was graded", file=sys.stderr)
        return 2
    print_table(SOURCES, rolls)
    print_table(TRUNK, trunks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
