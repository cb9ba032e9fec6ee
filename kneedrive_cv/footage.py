"""What is known of a clip once it was read, or of a pose file in its place."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.athlete import AthleteTrack, Crops, Survey
from kneedrive_cv.athlete.active import active_part, ground_step_px, one_way
from kneedrive_cv.athlete.unsure import Unsure
from kneedrive_cv.athlete.waiting import change_within, moving_part, overlap
from kneedrive_cv.config import AthleteSettings, Settings
from kneedrive_cv.errors import PoseFileError
from kneedrive_cv.looks import frames_ahead
from kneedrive_cv.pose.files.reading import GivenPose
from kneedrive_cv.pose.pelvis import PelvisSeen
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.scene.breaks import LEAPS_ABOUT, leaps_of
from kneedrive_cv.scene.camera import camera_moves, camera_trembles
from kneedrive_cv.scene.lanes import Horizon, find_horizon
from kneedrive_cv.scene.level import Level
from kneedrive_cv.scene.lines import Lines
from kneedrive_cv.scene.scale import Scale, find_scale
from kneedrive_cv.scene.tilt import RISES_BY_GROWING, Tilt, find_tilt
from kneedrive_cv.scene.timing import even_times, frame_rate_hz
from kneedrive_cv.scene.uprights import Plumb, find_plumb, skewed_deg
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.video.ahead import read_ahead
from kneedrive_cv.video.metadata import VideoMetadata, read_metadata
from kneedrive_cv.video.reader import VideoReader

FloatArray = NDArray[np.float64]

STANDING_PERCENTILE = 75
OVER_LANDMARKS = 1.1
"""A runner is as tall as the upper quarter of his boxes, and hair and soles lie beyond them."""


@dataclass(frozen=True)
class Footage:
    """What is known of a clip once it was read: the file, the survey and the athlete."""

    metadata: VideoMetadata
    seen: Survey
    damaged: int
    truncated: bool
    athlete: AthleteTrack
    given: str = ""
    """The program that the pose came from; empty where it was read here."""
    pelvis: PelvisSeen | None = None
    """What was told of the pelvis; None from the side and of a given pose."""
    lines: Lines | None = None
    """Of the background; None of a given pose."""
    breaks: tuple[int, ...] = ()
    """The first frames after those where the run breaks off; graded is one part of it."""


def no_clip(path: Path, width_px: int, height_px: int, fps: float | None) -> VideoMetadata:
    """In place of what a container says, for a pose without a clip: it has no codec."""
    return VideoMetadata(path, width_px, height_px, 0, "", fps, None)


def footage_of_pose(
    given: GivenPose, track: PoseTrack, metadata: VideoMetadata, frames: int, damaged: int = 0
) -> Footage:
    """Footage of a pose that another program has found.

    Nothing is known of the background: it counts as standing still, and nothing that hangs on it
    is told from it.

    Parameters
    ----------
    given : GivenPose
    track : PoseTrack
        In playback time.
    metadata : VideoMetadata
        Of the clip, or `no_clip`.
    frames : int
        Frames of the clip.
    damaged : int
        Frames of the clip that cannot be decoded.
    """
    box = _boxes(track.xy_px)
    height_px = _height_px(box)
    crops = Crops(
        frame=track.frame,
        time_s=track.time_s,
        center_px=(box[:, :2] + box[:, 2:]) / 2,
        side_px=np.full(len(track), 1.3 * height_px),
        box=box,
        confidence=track.visibility.max(axis=1),
        turn_deg=np.zeros(len(track)),
    )
    athlete = AthleteTrack(crops, given.number, given.people_found, height_px, 0.0)
    seen = _survey(track, metadata, frames)
    return Footage(metadata, seen, damaged, False, athlete, given.source)


def _boxes(xy_px: FloatArray) -> FloatArray:
    """Left, top, right and bottom of the landmarks; between frames where none was seen."""
    missing = np.isnan(xy_px)
    low = np.where(missing, np.inf, xy_px).min(axis=1)
    high = np.where(missing, -np.inf, xy_px).max(axis=1)
    box = np.concatenate([low, high], axis=1)
    known = np.isfinite(box).all(axis=1)
    rows = np.arange(len(box))
    return np.stack([np.interp(rows, rows[known], side[known]) for side in box.T], axis=1)


def _height_px(box: FloatArray) -> float:
    extent = np.maximum(box[:, 3] - box[:, 1], box[:, 2] - box[:, 0])
    return OVER_LANDMARKS * float(np.percentile(extent, STANDING_PERCENTILE))


def _survey(track: PoseTrack, metadata: VideoMetadata, frames: int) -> Survey:
    """A survey of as many frames as the clip has, in which nothing moves but the athlete."""
    number = np.arange(max(frames, int(track.frame[-1]) + 1), dtype=np.int64)
    rate_hz = frame_rate_hz(track.time_s) or 1.0
    known = np.clip(number, track.frame[0], track.frame[-1])
    time_s = np.interp(known, track.frame, track.time_s) + (number - known) / rate_hz
    still = np.tile(np.eye(2, 3), (len(number), 1, 1))
    return Survey(
        frame=number,
        time_s=time_s,
        width_px=metadata.width_px,
        height_px=metadata.height_px,
        background_motion=still,
        repeated=np.zeros(len(number), dtype=bool),
        change=np.zeros((len(number), 1, 1), dtype=np.uint8),
        searched=np.zeros(len(number), dtype=bool),
        row=np.zeros(0, dtype=np.int64),
        box=np.zeros((0, 4)),
        score=np.zeros(0),
        look=np.zeros((0, 1)),
    )


def crops_to_read(footage: Footage) -> Crops:
    """The crops of the run, without frames that only repeat the one before, evenly timed."""
    seen = footage.seen
    crops = footage.athlete.crops.only(run_of(footage))
    repeated = seen.repeated[np.searchsorted(seen.frame, crops.frame)].copy()
    repeated[0] = False
    return replace(crops.only(~repeated), time_s=even_times(crops.time_s, repeated))


def run_of(footage: Footage) -> slice:
    """Rows of the athlete's track in which he runs, by his way and by how his picture changes."""
    crops, seen, background = footage.athlete.crops, footage.seen, background_of(footage)
    level = change_within(
        crops.box, seen.change[_rows(footage)], width_px=seen.width_px, height_px=seen.height_px
    )
    place = np.cumsum(ground_step_px(crops, background), axis=0) / footage.athlete.height_px
    return overlap(active_part(crops, background), moving_part(level, place))


def camera_of(footage: Footage) -> tuple[bool, bool]:
    """Whether the camera moves while he runs, and whether it trembles; not told of a given pose."""
    if footage.given:
        return False, False
    run, rows = run_of(footage), _rows(footage)
    motion = background_of(footage)[run]
    where_px = np.median(footage.athlete.crops.center_px[run], axis=0)
    moves = camera_moves(motion, footage.athlete.height_px, where_px)
    return moves, camera_trembles(motion, footage.seen.repeated[rows][run])


def turns_round(footage: Footage) -> bool:
    """Whether he goes back some way; that is not seen in a given pose."""
    crops = footage.athlete.crops
    return not footage.given and one_way(crops, background_of(footage)) != slice(0, len(crops))


def with_breaks(
    footage: Footage, raw: PoseTrack, settings: AthleteSettings
) -> tuple[Footage, list[int]]:
    """Rows of the pose that are the first after a break, none of a given pose; and the footage.

    Its athlete is unsure in every frame where his hips leap about.
    """
    if footage.given:
        return footage, []
    crops = footage.athlete.crops
    height_px = np.interp(raw.frame, crops.frame, crops.side_px / settings.crop_scale)
    leaps = leaps_of(raw, height_px, footage.seen)
    if leaps.are_everywhere():
        every = Unsure(int(raw.frame[0]), int(raw.frame[-1]), LEAPS_ABOUT)
        footage = replace(footage, athlete=replace(footage.athlete, unsure=(every,)))
    return footage, leaps.breaks()


def tilt_of(footage: Footage, raw: PoseTrack, *, capture_fps: float, frontal: bool) -> Tilt:
    """How the camera was tilted, told from the frames in which he runs.

    None is taken out of a given pose, whose errors hold it, nor is one told of who runs at the
    camera.
    """
    if footage.given:
        return Tilt(error_deg=0.0)
    if frontal:
        return Tilt()
    run = run_of(footage)
    crops, background = footage.athlete.crops.only(run), background_of(footage)[run]
    looks = footage.lines.within(raw.frame[0], raw.frame[-1]) if footage.lines else {}
    plumb = plumb_of(footage, looks, raw, capture_fps)
    return find_tilt(crops, background, raw, plumb=plumb, horizon=horizon_of(footage, looks, raw))


def plumb_of(
    footage: Footage, looks: Mapping[int, FloatArray], raw: PoseTrack, capture_fps: float
) -> Plumb | None:
    """What stands upright says of the camera in the frames of the pose, if enough does."""
    told = find_plumb(list(looks.values()))
    if told is None:
        return None
    # not those that only repeat the one before: in them nothing goes by
    read = np.isin(footage.athlete.crops.frame, raw.frame)
    step_px = float(np.median(np.abs(background_of(footage)[read, 0, 2])))
    skew_deg = skewed_deg(step_px * capture_fps, footage.seen.height_px, capture_fps)
    return replace(told, error_deg=float(np.hypot(told.error_deg, skew_deg)))


def horizon_of(
    footage: Footage, looks: Mapping[int, FloatArray], raw: PoseTrack
) -> Horizon | None:
    """What is level says of the camera, which is held a little above his hips."""
    hips_px = (raw.point("left_hip") + raw.point("right_hip")) / 2
    known = np.isfinite(hips_px).all(axis=1)
    if not known.any():
        return None
    size_px = np.array([footage.seen.width_px, footage.seen.height_px])
    side_px = size_px.max()
    frames, crops = list(looks), footage.athlete.crops
    grown = np.interp(frames, crops.frame, crops.side_px / np.median(crops.side_px))
    tall = footage.athlete.height_px / side_px * grown
    at_px = [np.interp(frames, raw.frame[known], each) for each in hips_px[known].T]
    eye = (np.stack(at_px, axis=1) - size_px / 2) / side_px
    eye[:, 1] -= RISES_BY_GROWING[0] * tall
    return find_horizon(list(looks.values()), eye, tall)


def level_of(footage: Footage, tilt: Tilt) -> Level:
    """What takes the picture to one of a camera that is held level."""
    return Level(tilt.deg, tilt.converging_deg, footage.seen.width_px, footage.seen.height_px)


def scale_of(
    footage: Footage,
    sight: Sight,
    settings: Settings,
    level: Level,
    *,
    leg_px: float,
    moving: bool,
) -> Scale | None:
    """Pixels a metre of the level picture, as far as the user said anything to tell it by."""
    if sight.frontal:
        return None
    if settings.known_distance is not None:
        *marks_px, metres = settings.known_distance
        x1, y1, x2, y2 = level.straight_px(np.reshape(marks_px, (2, 2))).ravel().tolist()
        settings = settings.model_copy(update={"known_distance": (x1, y1, x2, y2, metres)})
    return find_scale(
        settings,
        leg_px=leg_px,
        moving=moving or bool(footage.given),  # unknown where it is given
        off_side_deg=sight.off_side_deg,
    )


def background_of(footage: Footage) -> FloatArray:
    """Motion of the background into each frame of the athlete's track, (T, 2, 3)."""
    return footage.seen.background_motion[_rows(footage)]


def _rows(footage: Footage) -> NDArray[np.int64]:
    """Rows of the survey for the frames of the athlete's track."""
    return np.searchsorted(footage.seen.frame, footage.athlete.crops.frame)


def beside_clip(
    given: GivenPose, clip: str | Path, settings: Settings
) -> tuple[Footage, PoseTrack]:
    """Footage and track of a given pose whose clip is there: its frames have the clip's times."""
    if given.in_space:  # the skeleton would stand anywhere in the pictures
        raise PoseFileError(
            "holds markers in space, which do not lie in the picture of a clip",
            where=str(given.path),
            fix="Leave the clip out.",
        )
    metadata = read_metadata(clip)
    reader = VideoReader(metadata.path, settings.reader, metadata)
    with closing(read_ahead(reader, depth=frames_ahead(metadata))) as frames:
        times_s = {frame.index: frame.time_s for frame in frames}
    if not set(given.frame.tolist()) <= set(times_s):
        raise PoseFileError(
            f"has frames up to {given.frame[-1]}, the clip has {len(times_s)}",
            where=str(given.path),
            fix="Give the clip that the pose was read from.",
        )
    track = given.track(time_s=np.array([times_s[frame] for frame in given.frame.tolist()]))
    if given.time_s is not None:
        track = track.replace(time_s=given.time_s)
    return footage_of_pose(given, track, metadata, len(times_s), reader.damaged), track
