"""How a clip was read, in the terms of ``result.json``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np

from kneedrive_cv.athlete import AthleteTrack, Survey
from kneedrive_cv.athlete.shots import shot_of
from kneedrive_cv.clean.outliers import leaves_picture
from kneedrive_cv.clean.repair import CleanPose
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import GIVEN, MODEL, Athlete, Clip, Gait, Scene, UnsureFrames
from kneedrive_cv.scene.breaks import ELSEWHERE, frames_of
from kneedrive_cv.scene.scale import Scale
from kneedrive_cv.scene.tilt import Tilt
from kneedrive_cv.scene.timing import DOUBLED_SHARE, Timing, frame_rate_hz
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.verdict import STRONG_LEAN_DEG
from kneedrive_cv.version import __version__
from kneedrive_cv.video.metadata import VideoMetadata

GOOD_HEIGHT_PX = 150.0

PACKAGES = ("mediapipe", "opencv-contrib-python", "av", "numpy", "scipy")


def describe_clip(
    metadata: VideoMetadata, seen: Survey, timing: Timing, athlete: Athlete, frames_damaged: int
) -> Clip:
    """The file and its time."""
    rate_hz = frame_rate_hz(seen.time_s)
    step_s = 1.0 / rate_hz if rate_hz > 0 else 0.0
    playback_s = float(seen.time_s[-1] - seen.time_s[0] + step_s)
    slowed_s = playback_s
    if timing.rows is not None:  # only what was read is slowed, the rest plays in real time
        read = athlete.first_read_frame or 0, athlete.last_read_frame or seen.frame[-1]
        slowed_s = float(np.ptp(seen.time_s[np.searchsorted(seen.frame, read)])) + step_s
    return Clip(
        name=metadata.path.name,
        path=str(metadata.path),
        width_px=seen.width_px,
        height_px=seen.height_px,
        codec=metadata.codec,
        rotation_deg=metadata.rotation_deg,
        frames=len(seen),
        frames_damaged=frames_damaged,
        frames_repeated=int(seen.repeated.sum()),
        duration_s=playback_s - slowed_s + slowed_s / timing.slow_motion,
        playback_fps=rate_hz,
        capture_fps=timing.capture_fps,
        slow_motion=timing.slow_motion,
        capture_fps_source=timing.source,
        recorded=metadata.recorded,
    )


def describe_athlete(athlete: AthleteTrack, clean: CleanPose, width_px: int) -> Athlete:
    """Who was graded, and in how many of the frames that were read he was found."""
    track, crops = clean.track, athlete.crops
    found = np.asarray(np.isfinite(track.xy_px).any(axis=(1, 2)))
    box = crops.box[np.searchsorted(crops.frame, track.frame)]
    whole = ~leaves_picture(box, width_px=width_px)
    return Athlete(
        number=athlete.number,
        people_found=athlete.people_found,
        height_px=athlete.height_px,
        first_frame=int(athlete.crops.frame[0]),
        last_frame=int(athlete.crops.frame[-1]),
        followed_fraction=float(found[whole].mean() if whole.any() else found.mean()),
        first_read_frame=int(track.frame[0]),
        last_read_frame=int(track.frame[-1]),
        people=list(athlete.people),
        unsure=unsure_frames(athlete, track),
        tremble_px=clean.tremble_px if np.isfinite(clean.tremble_px) else None,
    )


def unsure_frames(athlete: AthleteTrack, track: PoseTrack) -> list[UnsureFrames]:
    """Where the athlete was unsure among the frames that were read."""
    first, last = int(track.frame[0]), int(track.frame[-1])
    return [
        UnsureFrames(
            first_frame=max(span.first_frame, first),
            last_frame=min(span.last_frame, last),
            reason=span.reason,
        )
        for span in athlete.unsure
        if span.first_frame <= last and span.last_frame >= first
    ]


def describe_scene(
    sight: Sight, tilt: Tilt, scale: Scale | None, gait: Gait, *, moving: bool
) -> Scene:
    """View, camera and scale."""
    return Scene(
        view=sight.view,
        running_direction=sight.running_direction,
        near_side=sight.near_side,
        tilt_deg=tilt.deg,
        tilt_error_deg=tilt.error_deg if tilt.seen else None,
        converging_deg=tilt.converging_deg,
        camera="moving" if moving else "fixed",
        gait=gait,
        leg_length_m=scale.leg_m if scale else None,
        scale_source=scale.source if scale else "",
    )


def find_warnings(
    timing: Timing,
    sight: Sight,
    seen: Survey,
    athlete: AthleteTrack,
    *,
    trunk_lean_deg: float,
    truncated: bool,
    damaged: int,
    breaks: Sequence[int] = (),
    turns: bool = False,
    given: str = "",
    unsure: Sequence[UnsureFrames] = (),
    gait: str = "",
    tilt_seen: bool = True,
) -> list[str]:
    """What the user should know before he believes the numbers."""
    shot, shots = shot_of(seen, int(athlete.crops.frame[0]))
    from_s, to_s = (float(athlete.crops.time_s[k]) for k in (0, -1))
    said = {
        f"The clip is cut together of {shots} shots; graded is number {shot}, {from_s:.1f} to "
        f"{to_s:.1f} s. With --athlete another runner is graded.": shots > 1,
        f"The pose came from elsewhere ({given}). Its errors were not measured here, so the "
        "intervals are wide; nothing is corrected but leg swaps and outliers, and a tilt of the "
        "camera stays in the angles.": bool(given),
        "The clip breaks off before its end; it was graded as far as it goes.": truncated,
        f"{damaged} damaged frames were skipped.": damaged > 0,
        f"At {frames_of(breaks)} {ELSEWHERE}; graded is the longest part without that.": (
            len(breaks) > 0
        ),
        "He turns round, or the clip plays on in reverse; graded is the first of his fast ways.": (
            turns
        ),
        f"Slow motion was {timing.source}. Give --capture-fps if you know it.": timing.inferred,
        "Only a part of the clip is slowed; that part was graded, what plays faster left out.": (
            timing.rows is not None
        ),
        "Frames are doubled or mixed, as by a change of frame rate or speed; those were left out "
        "and the rest spaced evenly.": seen.repeated.mean() > DOUBLED_SHARE,
        "The camera stood well off the side, so the angles are less sure.": sight.view == "oblique",
        "How the camera was tilted could not be told, so it stays in the angles of thigh, trunk "
        "and foot: hold it level, and let him run through the picture.": (
            not (tilt_seen or sight.frontal)
        ),
        f"The trunk leans forward by {trunk_lean_deg:.0f} degrees, as when accelerating. The lean "
        "adds to the hip flexion, and thigh and foot are judged against upright running.": (
            trunk_lean_deg > STRONG_LEAN_DEG
        ),
        f"The athlete is only {athlete.height_px:.0f} px tall; film nearer for surer numbers.": (
            athlete.height_px < GOOD_HEIGHT_PX
        ),
    }
    return [
        *([gait] if gait else []),
        *(
            f"Frames {span.first_frame} to {span.last_frame}: {span.reason}, so it is not sure "
            "that the athlete was followed; what falls into them is of low confidence."
            for span in unsure
        ),
        *(sentence for sentence, holds in said.items() if holds),
    ]


def versions(model: str, given: str = "") -> dict[str, str]:
    """Versions of what had a part in the numbers."""
    pose_model = f"{GIVEN}{given}" if given else f"{MODEL}{model}"
    out = {"kneedrive": __version__, "pose_model": pose_model}
    for name in PACKAGES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "unknown"
    return out
