"""Real time: doubled frames taken out, slow motion told from the rate of the steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import Gait
from kneedrive_cv.scene.slowed import slow_stretch, stands
from kneedrive_cv.scene.steps import steps_of
from kneedrive_cv.video.metadata import VideoMetadata

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SAME_RATE = 0.2
"""Rates that differ by less than this share are the same."""

DOUBLED_SHARE = 0.1
"""With more repeated frames than this the clip went through a change of frame rate."""

SLOWEST_STEP_HZ = 2.2
"""Running has more steps a second; fewer, with the legs of a run, is slow motion."""

USUAL_STEP_HZ = 4.2
USUAL_JOG_HZ = 2.8
JOG_KNEE_BELOW_DEG = 95.0
"""A jogger bends the knee to 82 in the swing, sprinters to 106 and more."""

CAMERA_FPS = (30.0, 50.0, 60.0, 100.0, 120.0, 200.0, 240.0)
PHONE_FPS = (60.0, 120.0, 240.0)
"""What phones film slow motion at, whatever the rate that an editor then shows it at."""
RARE_FPS = (24.0, 25.0, 48.0, 90.0, 300.0, 480.0, 960.0)
RARE = 0.25
"""A rare rate, or one that is no phone's and no multiple of what is shown, must explain the steps
better than a common one by this much, in logs of the rate: a sprinter who takes 3.4 steps a second
or 5.2 is likelier than a camera of 300 frames a second."""

LEAST_FACTOR = 1.5
"""Nobody slows by less, and cameras' rates are rounded."""

MIN_KNEE_OF_RUN_DEG = 80.0
"""A walker's knee bends to 60 to 70 in the swing, a runner's past 90."""

SLOWEST_SPRINT_HZ = 2.6
MIN_KNEE_OF_SPRINT_DEG = 110.0
"""Joggers take 2.4 to 3 steps a second with knees bent to 80 to 100, sprinters bend them to 115 to
145: with so few steps they are played at half speed."""

AT_END_S = 0.25
"""A slow stretch that begins or ends so near to an end of the clip lies at it: in the blocks a few
frames before he holds still may be misread, or show him rise."""

USUAL_HZ: dict[Gait, tuple[str, float, float]] = {
    "sprint": ("a sprint", 3.1, 5.5),
    "A-march": ("an A-march", 1.2, np.inf),
    "A-skip": ("an A-skip", 1.2, np.inf),
}
"""Sprinters take 3.9 to 5 steps a second, the slowest of 16 real ones 3.2; marching and skipping
take 1.4 to 2.2. With fewer or more the clip is likelier to play at another speed than it was filmed
at."""

FASTEST_STEP_HZ = 6.5
"""Nobody takes more steps a second. An editor, or a phone in poor light, may leave a tag of slow
motion on a clip that plays in real time."""

GIVEN = "given by the user"
UNUSUAL = (
    "inferred: {:.1f} steps a second are not usual for {}, so the clip may play faster or slower "
    "than it was filmed"
)

MISTAGGED = (
    "inferred: the clip seems to play in real time, for at the {fps:.0f} frames a second that the "
    "phone wrote ({tag}) it would show {hz:.1f} steps a second"
)
UNEVEN = "inferred: parts of the clip play at different speeds, so none of its times is sure"


@dataclass(frozen=True)
class Timing:
    """How playback time becomes real time.

    Attributes
    ----------
    playback_fps : float
        Median rate of the frames' own timestamps, doubled frames left out.
    capture_fps : float
        Rate in real time.
    slow_motion : float
        How many times slower than real time the clip plays.
    source : str
        Where the capture rate comes from, in words.
    inferred : bool
        It was told from the steps, so times are less sure.
    rows : slice or None
        Rows of the pose that play at this speed, where only the middle is slowed.
    """

    playback_fps: float
    capture_fps: float
    slow_motion: float
    source: str
    inferred: bool
    rows: slice | None = None

    @property
    def said_slower(self) -> float:
        """How many times slower than real time it plays by what the user said; 1 if nothing."""
        return self.slow_motion if self.source == GIVEN else 1.0


def even_times(time_s: FloatArray, repeated: BoolArray) -> FloatArray:
    """Times of the frames that are no repeats, put right where frames were doubled.

    A converter doubles frames to reach another rate; the camera took the rest evenly. Where
    frames are doubled throughout, those that are left are spaced evenly from the first repeat to
    the last: beyond nothing moves that would show one.

    Parameters
    ----------
    time_s : ndarray, shape (T,)
        Playback time of every frame.
    repeated : ndarray of bool, shape (T,)

    Returns
    -------
    ndarray, shape (frames not repeated,)
    """
    kept_s = time_s[~repeated]
    if len(kept_s) < 3 or repeated.mean() <= DOUBLED_SHARE:
        return kept_s
    repeats, kept = np.flatnonzero(repeated), np.flatnonzero(~repeated)
    between = (kept >= repeats[0] - 1) & (kept <= repeats[-1] + 1)
    if between.sum() < 3:  # a picture that freezes at an end
        return kept_s
    gaps = np.diff(kept[between])
    few, many = np.percentile(gaps, [5, 95])
    if many - few > 1:
        # no even pattern, so frames are missing or hold still at places: their own times are best
        return kept_s
    even_s = kept_s.copy()
    first_s, *_, last_s = even_s[between]
    even_s[between] = np.linspace(first_s, last_s, int(between.sum()))
    return even_s


def frame_rate_hz(time_s: FloatArray) -> float:
    """Usual rate of the frames: the mean of the steps that are near the median.

    The median alone is off where a container rounds its timestamps to milliseconds; 0 for a
    single frame.

    Examples
    --------
    >>> round(frame_rate_hz(np.array([0.0, 0.017, 0.033, 0.05, 0.5, 0.517])), 1)
    59.7
    """
    steps = np.diff(time_s)
    if not len(steps):
        return 0.0
    usual = np.percentile(steps, 50, method="lower")  # one of them, so that one is near it
    near = steps[(steps > 0.5 * usual) & (steps < 1.5 * usual)]
    return float(1.0 / near.mean())


def tell_timing(
    track: PoseTrack,
    metadata: VideoMetadata,
    *,
    given_fps: float | None,
    swap_cost: float,
    frontal: bool = False,
) -> tuple[Timing, Timing]:
    """Timing of a clip from its tags and from the steps in a raw pose.

    Parameters
    ----------
    track : PoseTrack
        The best looks, in playback time, with the legs named alike throughout: exchanged from frame
        to frame they would seem to move fast.
    metadata : VideoMetadata
    given_fps : float or None
        Rate of capture that the user names.
    swap_cost : float
        As for `choose_looks`.
    frontal : bool
        Seen from the front or the rear.

    Returns
    -------
    Timing
        Of the slowed part, where only a part is slowed; else of the whole.
    Timing
        Of the whole, unsure where parts of it seem to play at different speeds.
    """
    steps = steps_of(track, swap_cost, frontal=frontal)
    found = _find(track, metadata, given_fps, *steps)
    rows = slow_stretch(track)
    if rows is None:
        return found, found
    unsure = replace(found, inferred=True, source=UNEVEN)
    slow = track.only(rows)
    own = steps_of(slow, swap_cost, frontal=frontal)
    own = own if np.isfinite(own[0]) else steps  # too few steps in it: those of the whole
    if is_slowed(*own):
        return replace(_find(slow, metadata, given_fps, *own), rows=rows), unsure
    before_s, after_s = np.abs(track.time_s[[rows.start, rows.stop - 1]] - track.time_s[[0, -1]])
    within = min(before_s, after_s) > AT_END_S  # somebody who waits does so at an end
    if within and found.source != GIVEN and not stands(slow):
        return unsure, unsure
    return found, found


def doubt_unusual(timing: Timing, step_hz: float, gait: Gait) -> Timing:
    """The timing, unsure where his steps come faster or slower than is usual for what he does.

    Parameters
    ----------
    timing : Timing
    step_hz : float
        Steps a second by this timing; NaN where not known.
    gait : str
    """
    called, slowest, fastest = USUAL_HZ.get(gait, ("", 0.0, np.inf))
    if not (step_hz < slowest or step_hz > fastest) or timing.inferred or timing.source == GIVEN:
        return timing
    return replace(timing, inferred=True, source=UNUSUAL.format(step_hz, called))


def _find(
    track: PoseTrack,
    metadata: VideoMetadata,
    given_fps: float | None,
    step_hz: float,
    swing_knee_deg: float,
) -> Timing:
    """Timing of a track that plays at one speed."""
    tagged_fps = metadata.capture_fps
    if tagged_fps and metadata.fps and abs(tagged_fps / metadata.fps - 1) < SAME_RATE:
        tagged_fps = None  # it plays as it was taken, whichever of its frames are repeats
    return find_timing(
        frame_rate_hz(track.time_s),
        step_hz=step_hz,
        swing_knee_deg=swing_knee_deg,
        given_fps=given_fps,
        tagged_fps=tagged_fps,
        tag=metadata.capture_fps_tag,
    )


def find_timing(
    playback_fps: float,
    *,
    step_hz: float,
    swing_knee_deg: float,
    given_fps: float | None,
    tagged_fps: float | None,
    tag: str | None,
) -> Timing:
    """Choose the capture rate: what the user says, what the phone wrote, else the steps.

    Parameters
    ----------
    playback_fps : float
    step_hz : float
        Steps a second of playback; NaN if there are too few.
    swing_knee_deg : float
        Greatest knee flexion: it tells a slowed run from a walk.
    given_fps, tagged_fps : float or None
        Capture rate from the user and from the container's tags.
    tag : str or None
        Name of that tag.
    """
    if given_fps is not None:
        return _timing(playback_fps, given_fps / playback_fps, GIVEN)
    if tagged_fps is not None and tagged_fps > (1 + SAME_RATE) * playback_fps:
        factor, told_hz = tagged_fps / playback_fps, step_hz * tagged_fps / playback_fps
        if told_hz > FASTEST_STEP_HZ and not is_slowed(step_hz, swing_knee_deg):
            told = MISTAGGED.format(tag=tag, fps=tagged_fps, hz=told_hz)
            return _timing(playback_fps, 1.0, told, inferred=True)
        return _timing(playback_fps, factor, f"written by the phone ({tag})")
    if is_slowed(step_hz, swing_knee_deg):
        jogs = swing_knee_deg < JOG_KNEE_BELOW_DEG
        usual_hz = USUAL_JOG_HZ if jogs else USUAL_STEP_HZ
        factor = likely_factor(playback_fps, step_hz, usual_hz)
        told = f"inferred: {step_hz:.2f} steps a second of playback are no run in real time"
        return _timing(playback_fps, factor, told, inferred=True)
    return _timing(playback_fps, 1.0, "the clip's own timestamps")


def is_slowed(step_hz: float, swing_knee_deg: float) -> bool:
    """Whether steps as rare as these, with the knees bent as far, are a run in slow motion."""
    run = step_hz < SLOWEST_STEP_HZ and swing_knee_deg > MIN_KNEE_OF_RUN_DEG
    return run or (step_hz < SLOWEST_SPRINT_HZ and swing_knee_deg > MIN_KNEE_OF_SPRINT_DEG)


def likely_factor(
    playback_fps: float, step_hz: float, usual_hz: float = USUAL_STEP_HZ
) -> float:
    """How many times a run is slowed: by what a camera's rate makes the usual steps.

    Parameters
    ----------
    playback_fps : float
    step_hz : float
        Steps a second of playback.
    usual_hz : float
        Steps a second in real time.

    Examples
    --------
    >>> likely_factor(29.97, 0.43), likely_factor(29.97, 0.7, USUAL_JOG_HZ)
    (8.0, 4.0)
    """
    shown_fps = round(playback_fps) if playback_fps >= 20 else playback_fps

    def cost(fps: float) -> float:
        """How unlikely a capture rate is."""
        away = abs(np.log(fps / shown_fps * step_hz / usual_hz))
        usual = fps in PHONE_FPS or (fps in CAMERA_FPS and (fps / shown_fps).is_integer())
        return float(away) + (0.0 if usual else RARE)

    rates = [fps for fps in CAMERA_FPS + RARE_FPS if fps >= LEAST_FACTOR * shown_fps]
    return min(rates, key=cost, default=shown_fps) / shown_fps


def _timing(playback_fps: float, factor: float, source: str, *, inferred: bool = False) -> Timing:
    return Timing(
        playback_fps=playback_fps,
        capture_fps=playback_fps * factor,
        slow_motion=factor,
        source=source,
        inferred=inferred,
    )
