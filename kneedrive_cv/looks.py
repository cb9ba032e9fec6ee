"""Looks at the athlete: the pose in every frame, and again where it is doubtful."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.clean.doubt import find_doubtful
from kneedrive_cv.clean.lean import find_lean
from kneedrive_cv.config import Settings
from kneedrive_cv.kinematics.frontal import SIZE_CUTOFF_HZ
from kneedrive_cv.kinematics.smoothing import smooth
from kneedrive_cv.pose.estimate import PosePool, estimate_at_sizes
from kneedrive_cv.pose.landmarks import INDEX, N_LANDMARKS, SIDES
from kneedrive_cv.pose.pelvis import WINDOW_TRUNKS, PelvisNetwork, PelvisSeen, cut_window
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.view import find_sight
from kneedrive_cv.video.ahead import read_ahead
from kneedrive_cv.video.metadata import VideoMetadata
from kneedrive_cv.video.reader import Frame, VideoReader

BoolArray = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
"""Called with the stage, the frames done in it and how many there will be (0: not known)."""
Beside = Callable[[Frame], None]

FIRST: Final = "reading the pose"
AGAIN: Final = "looking again"
PELVIS: Final = "looking at the pelvis"
MAX_WAITING_BYTES: Final = 32_000_000
SOLES: Final = tuple(INDEX[f"{s}_{part}"] for s in SIDES for part in ("heel", "foot_index"))

WIDE_SHARE: Final = 0.75
WIDE_OVER_S: Final = 0.5
"""Who runs upright has a box half as wide as it is tall, who crouches or leans as out of the blocks
one as wide as it is tall, on average over more than a step."""

LEAN_EVERY: Final = 6
LEAN_LOOKS: Final = 3
LEAN_AGREES_DEG: Final = 3.0
"""One frame in so many tells how far he leans. What leans more in its crop is read as leaning less
than it does, so it is looked at up to so many times, each time turned by what was read, until that
changes no more."""

TIGHT_SHARE: Final = 0.05
TIGHT_PERCENT: Final = 5.0
FEET_ROOM: Final = 0.1
"""Feet that are so near to a crop's lower end in more than so many of the frames are cut off in
some; so much room below them is usual. In shares of the crop's side."""

LEAST_AGAIN: Final = 40
"""Frames that may be looked at again in the shortest clip too: of one that begins at the blocks
half may be hard."""

TURNED_LESS_DEG: Final = 12.0
"""A doubtful frame of who leans is looked at in a crop that is turned less, too: where both legs
fall on one in crops of every size, this often sets them apart."""

LEAST_PELVIS_FRAMES: Final = 9
"""In fewer frames nothing goes with the stride."""


def _look(
    reader: VideoReader,
    crops: Crops,
    pool: PosePool,
    settings: Settings,
    progress: Progress,
    stage: str,
    sizes: Sequence[float],
    beside: Beside | None = None,
) -> list[PoseTrack]:
    """Landmarks in crops of each size."""
    wanted = frozenset(crops.frame.tolist())
    ahead = frames_ahead(reader.metadata)
    with closing(read_ahead(reader.frames(wanted), depth=ahead)) as frames:
        return estimate_at_sizes(
            _shown(frames, beside) if beside else frames,
            crops,
            pool,
            sizes=sizes,
            crop_px=settings.athlete.crop_px,
            progress=lambda done: progress(stage, done, len(sizes) * len(crops)),
        )


def _shown(frames: Iterable[Frame], beside: Beside) -> Iterator[Frame]:
    """The frames, each shown to somebody beside who looks for something else."""
    for frame in frames:
        beside(frame)
        yield frame


def first_look(
    reader: VideoReader,
    crops: Crops,
    pool: PosePool,
    settings: Settings,
    progress: Progress,
    beside: Beside | None = None,
) -> tuple[Crops, PoseTrack]:
    """Landmarks in every frame, and the crops that they were read in.

    Where he leans as out of the blocks the crops are turned until he stands upright in them: the
    estimator was taught on upright people. How far he leans is told first, from a few frames.
    Where the first crops turn out to cut the feet off, it is they that are looked at once more.

    ``beside`` is called with every frame that is read, with some more than once.
    """
    looked = 0

    def look(rows: BoolArray, crops: Crops) -> PoseTrack:
        """Landmarks in some of the frames, missing in the others."""
        nonlocal looked
        if not rows.any():
            return _spread(None, crops, rows)
        before, looked = looked, looked + int(rows.sum())
        total = max(looked, len(crops))
        part = _look(
            reader,
            crops.only(rows),
            pool,
            settings,
            lambda stage, done, _: progress(stage, before + done, total),
            FIRST,
            (1.0,),
            beside,
        )[0]
        return _spread(part, crops, rows)

    some = np.full(len(crops), _is_wide(crops)) & (np.arange(len(crops)) % LEAN_EVERY == 0)
    first, again = _spread(None, crops, some), some
    for _ in range(LEAN_LOOKS):
        first = _joined(first, look(again, crops), again)
        lean_deg = find_lean(first)
        again = some & (np.abs(lean_deg - crops.turn_deg) > LEAN_AGREES_DEG)
        crops = replace(crops, turn_deg=np.where(again | ~some, lean_deg, crops.turn_deg))
    left = ~some | again
    first = _joined(first, look(left, crops), left)
    roomy = with_room_for_feet(crops, first)
    return (crops, first) if roomy is crops else (roomy, look(np.ones_like(some), roomy))


def with_room_for_feet(crops: Crops, first: PoseTrack) -> Crops:
    """The crops, further down where the feet stand at their lower end.

    A detector that looks a few times a second may see him in flight alone, with his feet drawn
    up, and then its boxes end above the ground.

    Parameters
    ----------
    crops : Crops
    first : PoseTrack
        What was read in them.

    Returns
    -------
    Crops
        The same where they have room.
    """
    feet_px = first.xy_px[:, list(SOLES), 1]
    seen = np.isfinite(feet_px).any(axis=1) & (crops.turn_deg == 0)
    if not seen.any():
        return crops
    lowest_px = np.nanmax(feet_px[seen], axis=1)
    end_px = (crops.center_px[:, 1] + crops.side_px / 2)[seen]
    room = float(np.percentile((end_px - lowest_px) / crops.side_px[seen], TIGHT_PERCENT))
    if room >= TIGHT_SHARE:
        return crops
    more_px = (FEET_ROOM - room) * crops.side_px
    down_px = np.column_stack([np.zeros_like(more_px), more_px / 2])
    return replace(crops, center_px=crops.center_px + down_px, side_px=crops.side_px + more_px)


def _is_wide(crops: Crops) -> bool:
    """Whether his box is anywhere about as wide as it is tall."""
    width, height = (crops.box[:, 2:] - crops.box[:, :2]).T
    step_s = float(np.median(np.diff(crops.time_s))) if len(crops) > 1 else WIDE_OVER_S
    over = max(1, round(WIDE_OVER_S / step_s))
    return bool((uniform_filter1d(width / height, over) > WIDE_SHARE).any())


def look_again(
    reader: VideoReader,
    first: PoseTrack,
    crops: Crops,
    pool: PosePool,
    settings: Settings,
    progress: Progress,
) -> list[PoseTrack]:
    """The first look with further ones, missing where there was no need of them.

    Where the body leans, an upright crop takes the first look's place: the estimator was taught
    on upright people. Frames that are doubtful then are looked at in crops of other sizes, and
    where he leans in one that is turned less.
    """

    def at(rows: BoolArray, sizes: Sequence[float], crops: Crops) -> list[PoseTrack]:
        """Looks at some frames, a size each."""
        if not rows.any() or not sizes:
            return []
        found = _look(reader, crops.only(rows), pool, settings, progress, AGAIN, sizes)
        return [_spread(part, crops, rows) for part in found]

    frontal = find_sight(first, forward=1.0, choice=settings.view).frontal
    seen = np.isfinite(first.xy_px).any(axis=(1, 2))
    lean_deg = find_lean(first)
    leans = seen & (crops.turn_deg == 0) & (lean_deg != 0)
    crops = replace(crops, turn_deg=np.where(leans, lean_deg, crops.turn_deg))
    upright_looks = at(leans, (1.0,), crops)
    best = _joined(first, upright_looks[0], leans) if upright_looks else first
    doubtful = seen & find_doubtful(
        [best],
        swap_cost=settings.clean.swap_cost,
        most_share=settings.pose.second_look_share,
        least=LEAST_AGAIN if settings.pose.second_look_share else 0,
        frontal=frontal,
    )
    scales = settings.pose.second_look_scales
    less_deg = crops.turn_deg - TURNED_LESS_DEG * np.sign(crops.turn_deg)
    turned = doubtful & (crops.turn_deg != 0) & bool(scales)
    less_turned = at(turned, (1.0,), replace(crops, turn_deg=less_deg))
    return [best, *at(doubtful, scales, crops), *less_turned]


def look_at_pelvis(
    reader: VideoReader,
    track: PoseTrack,
    network: PelvisNetwork,
    view: str,
    progress: Progress,
) -> PelvisSeen:
    """Turn and tilt of the pelvis in each frame in which hips and shoulders were found.

    Parameters
    ----------
    reader : VideoReader
    track : PoseTrack
        As read, of a run seen from the front or the rear.
    network : PelvisNetwork
        Taught on that view.
    view : str
    progress : callable
    """
    hip, shoulder = (
        (track.point(f"left_{part}") + track.point(f"right_{part}")) / 2
        for part in ("hip", "shoulder")
    )
    found = np.flatnonzero(np.isfinite(hip + shoulder).all(axis=1))
    told = np.full((3, len(track)), np.nan)
    if len(found) < LEAST_PELVIS_FRAMES:
        return PelvisSeen(view, track.frame, *told)
    trunk = (shoulder - hip)[found]
    # a runner's trunk is upright on average: what it leans to a side is the camera's tilt
    roll_deg = float(np.rad2deg(np.median(np.arctan2(trunk[:, 0], -trunk[:, 1]))))
    length = np.log(np.linalg.norm(trunk, axis=1))
    side_px = WINDOW_TRUNKS * np.exp(
        smooth(length, track.time_s[found], cutoff_hz=SIZE_CUTOFF_HZ)
    )
    rows = {int(track.frame[row]): (row, side) for row, side in zip(found, side_px, strict=True)}
    frames = reader.frames(frozenset(rows))
    with closing(read_ahead(frames, depth=frames_ahead(reader.metadata))) as ahead:
        for done, frame in enumerate(ahead, start=1):
            row, side = rows[frame.index]
            window = cut_window(frame.image_bgr, hip[row], float(side), roll_deg)
            told[:, row] = np.ravel(network([window]))
            progress(PELVIS, done, len(rows))
    return PelvisSeen(view, track.frame, *told)


def _joined(track: PoseTrack, other: PoseTrack, rows: BoolArray) -> PoseTrack:
    """A track with some of its rows from another one."""
    return track.replace(
        xy_px=np.where(rows[:, None, None], other.xy_px, track.xy_px),
        world_m=np.where(rows[:, None, None], other.world_m, track.world_m),
        visibility=np.where(rows[:, None], other.visibility, track.visibility),
    )


def _spread(part: PoseTrack | None, crops: Crops, rows: BoolArray) -> PoseTrack:
    """A look at some rows of the crops as a track of all rows, missing in the others."""
    shape = (len(crops), N_LANDMARKS)
    xy_px, world_m = np.full((*shape, 2), np.nan), np.full((*shape, 3), np.nan)
    visibility = np.zeros(shape)
    if part is not None:
        xy_px[rows], world_m[rows], visibility[rows] = part.xy_px, part.world_m, part.visibility
    return PoseTrack(crops.time_s, crops.frame, xy_px, world_m, visibility)


def frames_ahead(metadata: VideoMetadata) -> int:
    """How many decoded frames may wait: four, or fewer of a picture as large as 4K."""
    frame_bytes = 3 * metadata.width_px * metadata.height_px
    return max(1, min(4, MAX_WAITING_BYTES // frame_bytes))
