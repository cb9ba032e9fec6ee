"""Where a run breaks off: from one frame to the next the athlete is somewhere else.

That is so where a clip was cut without a change of the background, where the picture stood still
for a while, and where another runner was taken for him. Across it no leg can be followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal import find_peaks

from kneedrive_cv.athlete.active import step_over_ground_px
from kneedrive_cv.athlete.linking import Chain
from kneedrive_cv.athlete.survey import Survey
from kneedrive_cv.pose.track import PoseTrack

FloatArray = NDArray[np.float64]

ELSEWHERE: Final = "he is suddenly elsewhere, as at a cut or where another runner is taken for him"
JUMP_HEIGHTS: Final = 0.2
JUMP_STEPS: Final = {"seen": 1.5, "over the ground": 3.0}
"""Body heights by which the hips are elsewhere than their speed takes them, and his usual steps
from frame to frame: both in the picture and over the ground, or over the ground alone, as a camera
that follows him shows a cut. In whole runs, real and rendered, it is 0.15 at most, or one step; six
frames of 30 a second cut out of a sprint make 0.55. A camera that is itself not followed for a
frame or two moves everybody over the ground by a step or two, but not in the picture."""

NEAR_FRAMES: Final = 6
"""His speed is the median over so many frames to either side."""

BESIDE: Final = 3
"""His place is the median over so many: one frame that is misread is no jump."""

LEAPS_ABOUT: Final = "his hips leap about, as where two runners are read as one"
ABOUT_HEIGHTS: Final = 0.065
"""In a quarter of the frames they are further from where they should be: two of a trial of two who
run as one reach 0.05 and 0.08, whole runs and those with one break 0.046 at most."""


@dataclass(frozen=True)
class Leaps:
    """How far the hips are from where their speed takes them, in body heights.

    Attributes
    ----------
    rows : ndarray of int, shape (R,)
        Rows of the track in which they are seen; none where they are seen too seldom.
    steps : ndarray, shape (R, 2)
        Over the ground into these rows.
    over_ground, in_picture : ndarray, shape (R,)
    """

    rows: NDArray[np.int64]
    steps: FloatArray
    over_ground: FloatArray
    in_picture: FloatArray

    def breaks(self) -> list[int]:
        """Rows of the track that are the first after a break, in order."""
        usual = float(np.median(np.linalg.norm(self.steps, axis=1))) if len(self.rows) else 0.0
        enough = {name: max(JUMP_HEIGHTS, steps * usual) for name, steps in JUMP_STEPS.items()}
        both = np.minimum(self.over_ground, self.in_picture) >= enough["seen"]
        breaks = both | (self.over_ground >= enough["over the ground"])
        tops = find_peaks(np.where(breaks, self.over_ground, 0.0), distance=NEAR_FRAMES)[0]
        if not len(tops):
            return []
        # a median of three jumps a frame early or late as well: the longest step is the one
        way = np.linalg.norm(self.steps - np.median(self.steps, axis=0), axis=1)
        return [int(self.rows[k - 1 + np.argmax(way[k - 1 : k + 2])]) for k in tops]

    def are_everywhere(self) -> bool:
        """Whether the hips are all the time elsewhere than their speed takes them."""
        both = np.minimum(self.over_ground, self.in_picture)
        return bool(len(self.rows) and np.percentile(both, 75) > ABOUT_HEIGHTS)


def leaps_of(track: PoseTrack, height_px: FloatArray, seen: Survey) -> Leaps:
    """How far the hips of a track leap.

    Parameters
    ----------
    track : PoseTrack
        As it was read, in playback time.
    height_px : ndarray, shape (T,)
        Of his body when upright.
    seen : Survey
        How the background moves.
    """
    hip_px = (track.point("left_hip") + track.point("right_hip")) / 2
    rows = np.flatnonzero(np.isfinite(hip_px).all(axis=1))
    if len(rows) <= 2 * BESIDE:
        return Leaps(rows[:0], np.zeros((0, 2)), np.zeros(0), np.zeros(0))
    motion = Chain(seen.background_motion).along(np.searchsorted(seen.frame, track.frame[rows]))
    hip_px, height = hip_px[rows], height_px[rows, None]
    over_ground = step_over_ground_px(hip_px, motion) / height
    seen_step = np.diff(hip_px, axis=0, prepend=hip_px[:1]) / height
    # frames may be spaced evenly though their times are not, or the other way round
    times = (track.time_s[rows], np.arange(len(rows), dtype=float))
    ground, picture = (
        np.min([_jumps(step, at) for at in times], axis=0) for step in (over_ground, seen_step)
    )
    return Leaps(rows, over_ground, ground, picture)


def longest_part(breaks: Sequence[int], count: int) -> slice:
    """The most rows in a row without a break, the first of several as long.

    Examples
    --------
    >>> longest_part([10, 40], 50)
    slice(10, 40, None)
    """
    parts = [slice(a, b) for a, b in pairwise([0, *breaks, count])]
    return max(parts, key=lambda part: part.stop - part.start)


def frames_of(breaks: Sequence[int]) -> str:
    """Some frames in words.

    Examples
    --------
    >>> frames_of([29]), frames_of([29, 61])
    ('frame 29', 'frames 29, 61')
    """
    return f"frame{'s' * (len(breaks) > 1)} {', '.join(map(str, breaks))}"


def _jumps(step: FloatArray, at: FloatArray) -> FloatArray:
    """How far each place is from where the speed near it would have taken him, shape (T,).

    That is the speed on both sides, or before or after: where a clip begins to play slower
    nobody leaps.
    """
    speed = np.pad(
        step[1:] / np.diff(at)[:, None], ((NEAR_FRAMES,) * 2, (0, 0)), constant_values=np.nan
    )
    near = np.delete(sliding_window_view(speed, 2 * NEAR_FRAMES + 1, axis=0), NEAR_FRAMES, axis=2)
    near = near[BESIDE - 1 : len(step) - BESIDE]
    place = sliding_window_view(np.cumsum(step, axis=0), 2 * BESIDE, axis=0)
    beside = sliding_window_view(at, 2 * BESIDE)[:, None]
    leaps = []
    for speeds in (near, near[..., :NEAR_FRAMES], near[..., NEAR_FRAMES:]):
        off = place - np.nanmedian(speeds, axis=2)[:, :, None] * beside
        leap = np.median(off[..., BESIDE:], axis=2) - np.median(off[..., :BESIDE], axis=2)
        leaps.append(np.linalg.norm(leap, axis=1))
    return np.pad(np.min(leaps, axis=0), (BESIDE, BESIDE - 1))
