"""From a clip to its grade: the stages in reading order."""

from __future__ import annotations

import os
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

from kneedrive_cv.analysis import Analysis, Angles, single_pose
from kneedrive_cv.athlete import PersonDetector, find_athlete, survey
from kneedrive_cv.clean.correction import load_correction
from kneedrive_cv.clean.outliers import leaves_picture, outside_picture, remove
from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.clean.standing import hold_standing_toes
from kneedrive_cv.clean.swaps import best_look
from kneedrive_cv.config import ModelName, Settings
from kneedrive_cv.describe import describe_athlete, describe_clip, describe_scene, find_warnings
from kneedrive_cv.describe import versions as package_versions
from kneedrive_cv.errors import UngradableError
from kneedrive_cv.footage import (
    Footage,
    background_of,
    beside_clip,
    camera_of,
    crops_to_read,
    footage_of_pose,
    level_of,
    no_clip,
    scale_of,
    tilt_of,
    turns_round,
    with_breaks,
)
from kneedrive_cv.interrupt import hold_interrupts
from kneedrive_cv.looks import (
    Progress,
    first_look,
    frames_ahead,
    look_again,
    look_at_pelvis,
)
from kneedrive_cv.pose.estimate import PosePool
from kneedrive_cv.pose.files.reading import GivenPose, as_given
from kneedrive_cv.pose.pelvis import PelvisNetwork
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import AnalysisResult, Gait
from kneedrive_cv.scene.breaks import ELSEWHERE, frames_of, longest_part
from kneedrive_cv.scene.lines import Lines
from kneedrive_cv.scene.tilt import Tilt
from kneedrive_cv.scene.timing import Timing, doubt_unusual, frame_rate_hz, tell_timing
from kneedrive_cv.scene.view import Sight, find_sight, pointing_sign, running_sign
from kneedrive_cv.technique import not_a_sprint
from kneedrive_cv.technique.as_seen import measure_as_seen
from kneedrive_cv.technique.checks import mean_metrics, mean_of, metrics_of, run_checks
from kneedrive_cv.technique.combine import combine
from kneedrive_cv.technique.doubted import doubted
from kneedrive_cv.technique.drills import drills_for
from kneedrive_cv.technique.faults import find_faults
from kneedrive_cv.technique.gait_name import name_gait
from kneedrive_cv.technique.gradable import require_pose, require_run
from kneedrive_cv.technique.measure import Motion, make_events, make_strides
from kneedrive_cv.technique.pelvis import with_pelvis
from kneedrive_cv.technique.summary import summarise
from kneedrive_cv.technique.travel import with_travel
from kneedrive_cv.technique.turned import shown_turned
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.video.ahead import read_ahead
from kneedrive_cv.video.metadata import read_metadata
from kneedrive_cv.video.reader import VideoReader
from kneedrive_cv.weights import model_path

DETECTOR = "person_detector_nanodet_416.onnx"
WHOLE_PICTURE = "whole_picture.tflite"
CORRECTION = "correction.npz"
PELVIS = "pelvis_{view}.onnx"


def analyze(
    clip: str | Path,
    settings: Settings | None = None,
    *,
    also: str | Path | None = None,
    progress: Progress | None = None,
    pool: PosePool | None = None,
) -> Analysis:
    """Grade the knee drive in one clip.

    Parameters
    ----------
    clip : str or Path
        A video file.
    settings : Settings, optional
        By default those of `kneedrive_cv.config`.
    also : str or Path, optional
        A second clip of the same run from another view: what the first cannot show is read from
        it. Its view and its rate of capture are told from itself.
    progress : callable, optional
        Called as ``progress(stage, done, total)``.
    pool : PosePool, optional
        Estimators with the model of the settings, from `open_pose_pool`, that are used again for
        other clips; by default they are loaded for this clip alone.

    Returns
    -------
    Analysis
        The result and the arrays behind it, those of the first clip.

    Raises
    ------
    VideoError
        The clip cannot be read.
    UngradableError
        It can be read, but no sprint can be graded from it; the message says why.
    ModelError
        A model file is missing or damaged.
    """
    settings = settings or Settings()
    progress = progress or _silent
    estimators = nullcontext(pool) if pool else open_pose_pool(settings)
    with hold_interrupts(), estimators as opened:
        first = _analyze(clip, settings, progress, opened)
        if also is None:
            return first
        # what the user says of the first clip does not hold for the second
        said = {"view": "auto", "capture_fps": None, "pick_athlete": None, "known_distance": None}
        second = _analyze(also, settings.model_copy(update=said), progress, opened)
    return replace(first, result=combine(first.result, second.result, settings.targets))


def _analyze(clip: str | Path, settings: Settings, progress: Progress, pool: PosePool) -> Analysis:
    """Grade one clip by itself."""
    footage, looks = _read(clip, settings, progress, pool)
    return _measured(footage, looks, settings)


def analyze_pose(
    pose: GivenPose | PoseTrack | str | Path,
    clip: str | Path | None = None,
    settings: Settings | None = None,
) -> Analysis:
    """Grade the knee drive in a pose that another program has found.

    The learned correction is left out, since it was learned on this package's own estimator; the
    intervals are wider (`kneedrive_cv.technique.uncertainty.GIVEN_ERROR`), and what is read off the
    background, the camera's tilt above all, is not known.

    Parameters
    ----------
    pose : GivenPose, PoseTrack, str or Path
        A pose file, what `kneedrive_cv.pose.files.reading.read_pose` made of it, or a track of
        one's own in real time.
    clip : str or Path, optional
        The clip that it was read from: it says the time of each frame, and the report shows it.
    settings : Settings, optional

    Returns
    -------
    Analysis

    Raises
    ------
    PoseFileError
        The time of the frames is not known, or they are not those of the clip.
    VideoError
        The clip cannot be read.
    UngradableError
        No sprint can be graded from it; the message says why.
    """
    settings = settings or Settings()
    given = as_given(pose, settings.pick_athlete)
    require_pose(given.xy_px, settings.grade)  # before anything is worked out from it
    if clip is None:
        track = given.track(fps=settings.capture_fps)
        metadata = no_clip(given.path, *given.size_px, frame_rate_hz(track.time_s))
        footage = footage_of_pose(given, track, metadata, len(track))
    else:
        footage, track = beside_clip(given, clip, settings)
    own = given.time_s is not None
    said = own and settings.capture_fps is not None
    if (own or clip is None) and not said:  # the file's time is real time
        settings = settings.model_copy(update={"capture_fps": frame_rate_hz(track.time_s)})
    graded = _measured(footage, [track], settings)
    if said or not own:
        return graded
    read = graded.result.clip.model_copy(update={"capture_fps_source": "the pose's own times"})
    return graded.with_result(graded.result.model_copy(update={"clip": read}))


def _measured(footage: Footage, looks: list[PoseTrack], settings: Settings) -> Analysis:
    """From the pose to the grade: of its longest part, where the run breaks off."""
    footage, breaks = with_breaks(footage, looks[0], settings.athlete)
    if not breaks:
        return _unbroken(footage, looks, settings)
    part = longest_part(breaks, len(looks[0]))
    cut = replace(footage, breaks=tuple(looks[0].frame[breaks].tolist()))
    try:
        return _unbroken(cut, [look.only(part) for look in looks], settings)
    except UngradableError as error:
        what = f"at {frames_of(cut.breaks)} {ELSEWHERE}, and in the longest part without that "
        raise UngradableError(what + error.what, fix=error.fix) from error


def _unbroken(footage: Footage, looks: list[PoseTrack], settings: Settings) -> Analysis:
    """From a pose without a break to the grade."""
    swap_cost = settings.clean.swap_cost
    frontal = find_sight(looks[0], forward=1.0, choice=settings.view).frontal
    timing, whole = tell_timing(
        best_look(looks, switch_cost=swap_cost, frontal=frontal),
        footage.metadata,
        given_fps=settings.capture_fps,
        swap_cost=swap_cost,
        frontal=frontal,
    )
    if timing.rows is None:
        return _timed(footage, looks, timing, settings)
    try:
        return _timed(footage, [look.only(timing.rows) for look in looks], timing, settings)
    except UngradableError:  # what seemed slowed may be a part in which he is slow
        return _timed(footage, looks, whole, settings)


def _timed(
    footage: Footage, looks: list[PoseTrack], timing: Timing, settings: Settings
) -> Analysis:
    """From the pose of a part that plays at one speed to the grade."""
    raw = looks[0]
    looks = [look.replace(time_s=look.time_s / timing.slow_motion) for look in looks]
    forward = (
        pointing_sign(raw)
        if footage.given
        else running_sign(raw, footage.athlete.crops, background_of(footage))
    )
    size = {"width_px": footage.seen.width_px, "height_px": footage.seen.height_px}
    seen = find_sight(raw, forward=forward, choice=settings.view)
    tilt = tilt_of(footage, raw, capture_fps=timing.capture_fps, frontal=seen.frontal)
    correction = None if footage.given else load_correction(model_path(CORRECTION))
    clean, motion, sight = measure_as_seen(
        looks,
        forward=forward,
        level=level_of(footage, tilt),
        size=size,
        settings=settings,
        correction=correction,
    )
    require_run(motion, outside_picture(raw, **size), sight, settings.grade, timing.said_slower)
    moves, trembles = camera_of(footage)
    if not (footage.given or moves or trembles):
        held = hold_standing_toes(motion.track, motion.contacts, leg_px=motion.leg_px)
        motion = replace(motion, track=held)
    if sight.frontal and not footage.given:
        motion = with_pelvis(motion, footage.pelvis, sight.view, footage.seen)
    result = _grade(footage, clean, motion, timing, sight, tilt, settings, moving=moves)
    angles = Angles.of(motion.track, motion.angles)
    whole = not (footage.given or footage.damaged)
    times_s = footage.seen.time_s if whole else None
    track = single_pose(motion.track)
    return Analysis(footage.metadata.path, result, track, looks[0], angles, times_s)


def _silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


def open_pose_pool(settings: Settings) -> PosePool:
    """The pose estimators of some settings, as a context manager; see `analyze`."""
    model = model_path(f"pose_landmarker_{settings.pose.model}.task")
    workers = settings.pose.workers or os.cpu_count() or 1
    return PosePool(model, model_path(WHOLE_PICTURE), workers)


def _read(
    clip: str | Path, settings: Settings, progress: Progress, pool: PosePool
) -> tuple[Footage, list[PoseTrack]]:
    """Find the athlete and read his pose; more than one look where it was looked at again."""
    pool.warm_up()
    footage, reader = find_in_clip(clip, settings, progress)
    crops = crops_to_read(footage)
    lines = Lines(crops)
    crops, first = first_look(reader, crops, pool, settings, progress, beside=lines.look)
    footage = replace(footage, lines=lines)
    require_pose(first.xy_px, settings.grade)
    leaving = leaves_picture(crops.box, width_px=footage.seen.width_px)
    first = remove(first, leaving[:, None])
    looks = look_again(reader, first, crops, pool, settings, progress)
    view = find_sight(looks[0], forward=1.0, choice=settings.view).view
    if view not in ("front", "rear"):
        return footage, looks
    network = PelvisNetwork(model_path(PELVIS.format(view=view)), view)
    seen = look_at_pelvis(reader, looks[0], network, view, progress)
    return replace(footage, pelvis=seen), looks


def find_in_clip(
    clip: str | Path, settings: Settings, progress: Progress = _silent
) -> tuple[Footage, VideoReader]:
    """Read the clip once and find the athlete in it.

    Returns
    -------
    Footage
    VideoReader
        It reads the clip again from its start each time it is iterated.
    """
    metadata = read_metadata(clip)
    reader = VideoReader(metadata.path, settings.reader, metadata)
    detector = PersonDetector(model_path(DETECTOR), settings.athlete)
    expected = round((metadata.fps or 0.0) * (metadata.duration_s or 0.0))
    # Closed here: after an interruption the thread that reads must end before the program does.
    with closing(read_ahead(reader, depth=frames_ahead(metadata))) as frames:
        seen = survey(
            frames,
            detector,
            settings.athlete,
            lambda done: progress("finding the athlete", done, max(expected, done)),
        )
    athlete = find_athlete(seen, settings.athlete, settings.pick_athlete)
    return Footage(metadata, seen, reader.damaged, reader.truncated, athlete), reader


def _grade(
    footage: Footage,
    clean: CleanPose,
    motion: Motion,
    timing: Timing,
    sight: Sight,
    tilt: Tilt,
    settings: Settings,
    *,
    moving: bool,
) -> AnalysisResult:
    """Strides, checks, faults and what to do about them."""
    gait, step_hz = name_gait(motion), motion.step_frequency_hz()
    timing = doubt_unusual(timing, step_hz, gait)
    quality = _quality(footage, clean, motion, timing, sight, tilt, gait, settings.pose.model)
    level = level_of(footage, tilt)
    scale = scale_of(footage, sight, settings, level, leg_px=motion.leg_px, moving=moving)
    strides = with_travel(make_strides(motion, clean, quality), motion, quality, scale)
    athlete = describe_athlete(footage.athlete, clean, footage.seen.width_px)
    strides = doubted(strides, athlete.unsure, step_hz, gait, frontal=sight.frontal)
    means = mean_metrics(strides, metrics_of(strides), quality)
    checks = run_checks(strides, means, settings.targets, gait=gait)
    faults = shown_turned(find_faults(checks, strides), strides, motion.angles, motion.track.time_s)
    return AnalysisResult(
        clip=describe_clip(footage.metadata, footage.seen, timing, athlete, footage.damaged),
        athlete=athlete,
        scene=describe_scene(sight, tilt, scale, gait, moving=moving),
        events=make_events(motion.contacts, motion.track),
        strides=strides,
        checks=checks,
        faults=faults,
        drills=drills_for([fault.code for fault in faults]),
        summary=summarise(strides, means, checks, faults, motion, quality, scale),
        warnings=find_warnings(
            timing,
            sight,
            footage.seen,
            footage.athlete,
            trunk_lean_deg=mean_of(strides, "trunk_lean_deg"),
            truncated=footage.truncated,
            damaged=footage.damaged,
            breaks=footage.breaks,
            turns=turns_round(footage),
            given=footage.given,
            unsure=athlete.unsure,
            gait=not_a_sprint.note(gait, means),
            tilt_seen=tilt.seen or bool(footage.given),
        ),
        settings=settings.model_dump(mode="json"),
        versions=package_versions(settings.pose.model, footage.given),
    )


def _quality(
    footage: Footage, clean: CleanPose, motion: Motion, timing: Timing, sight: Sight, tilt: Tilt,
    gait: Gait, model: ModelName,
) -> Quality:  # fmt: skip
    """What of the clip decides how sure its numbers are."""
    return Quality(
        sight,
        timing.capture_fps,
        footage.athlete.height_px,
        timing.inferred,
        given=footage.given,
        gait=gait,
        lean_deg=motion.lean_deg(),
        sides_told=motion.sides_told,
        tilt_error_deg=tilt.error_deg,
        model=model,
        tremble_px=clean.tremble_px,
    )
