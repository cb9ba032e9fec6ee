"""From a repaired pose to angles, contacts and strides with their values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.clean.bones import hold_bones
from kneedrive_cv.clean.correction import Correction, Joints, correct
from kneedrive_cv.clean.feet import hold_feet
from kneedrive_cv.clean.repair import CleanPose, smooth_landmarks
from kneedrive_cv.clean.swaps import leg_length_px
from kneedrive_cv.config import PARALLEL_DEG, CleanSettings
from kneedrive_cv.kinematics.angles import compute_hanging_angle, compute_knee_flexion
from kneedrive_cv.kinematics.contact import Contact
from kneedrive_cv.kinematics.events import find_contacts
from kneedrive_cv.kinematics.frontal import fit_frontal_step_frequency
from kneedrive_cv.kinematics.gait import compute_angles
from kneedrive_cv.kinematics.lifts import find_lifts
from kneedrive_cv.kinematics.series import rows_between, value_at
from kneedrive_cv.kinematics.smoothing import smooth
from kneedrive_cv.kinematics.strides import (
    KneeDrive,
    find_knee_drives,
    fit_rate_hz,
    fit_step_frequency,
)
from kneedrive_cv.pose.landmarks import LANDMARKS, SIDES
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import Event, Stride, Value
from kneedrive_cv.scene.level import Level
from kneedrive_cv.technique.uncertainty import Quality
from kneedrive_cv.technique.values import drive_values, uncorrected

FloatArray = NDArray[np.float64]

PEAK_EARLY_S = 0.002
"""The smoothed curve of the thigh turns before the thigh does, at any frame rate: by 2.6 ms on
rendered runs (seed 0 of the error table), near leg and far. On another renderer's it turns 3.1 ms
late. With this the knee, which turns a degree in a millisecond, is as far off on both."""

LEAST_TOP_DEG = 10.0
"""A thigh that comes no further forward at its top did not drive: in a crouch in the blocks a foot
that is misread seems to leave and to land. A jogger's comes to 29 and more, a walker's to 25."""

MIN_RUNNING_FRAMES = 5

SLOWER_FPS = 0.8
"""A knee drive in which frames came at less than this share of the clip's rate is as sure as one of
a slower clip; a smaller difference is the rounding of frame times."""


@dataclass(frozen=True)
class Motion:
    """What a repaired pose says of the run.

    Attributes
    ----------
    track : PoseTrack
        The joint centres in the picture.
    angles : dict of str to ndarray, shape (T,)
    contacts : list of Contact
        None in a drill, whose feet come down otherwise than in a run.
    drives : list of KneeDrive
        In a drill its knee lifts.
    swing_knee_deg : float
        How far the knees bend, from the landmarks as they were read: what was learned on
        sprints must not make a walk look like one. NaN if never seen.
    leg_px : float
        Thigh plus shank in the picture; NaN from the front and the rear.
    corrected : ndarray, shape (T,), optional
        How much of the correction was applied, 0 to 1; None where none is.
    frontal : bool
        Seen from the front or the rear, where a touchdown is often hidden.
    sides_told : bool
        Whether it was told how much more the pelvis turns to one side.
    """

    track: PoseTrack
    angles: dict[str, FloatArray]
    contacts: list[Contact]
    drives: list[KneeDrive]
    swing_knee_deg: float
    leg_px: float = float("nan")
    corrected: FloatArray | None = None
    frontal: bool = False
    sides_told: bool = False

    def step_frequency_hz(self) -> float:
        """Steps a second over the run, in a drill lifts; NaN with too few of them."""
        if self.contacts and self.frontal:
            return fit_frontal_step_frequency(self.contacts)
        if self.contacts:
            return fit_step_frequency(self.contacts)
        return fit_rate_hz([drive.peak_s for drive in self.drives])

    def lean_deg(self) -> float:
        """Lean of the trunk at the tops of the knee drives, on average; 0 where it is not seen."""
        lean = self.angles.get("trunk_lean_deg")
        if lean is None:
            return 0.0
        at_tops = [value_at(lean, self.track.time_s, drive.peak_s) for drive in self.drives]
        seen = [each for each in at_tops if np.isfinite(each)]
        return float(np.mean(seen)) if seen else 0.0


def measure_motion(
    clean: CleanPose,
    *,
    forward: float,
    settings: CleanSettings,
    correction: Correction | None,
    level: Level | None = None,
    square: bool = False,
) -> Motion:
    """Angles of every frame, ground contacts and knee drives.

    Parameters
    ----------
    clean : CleanPose
    forward : float
        +1 when running to the right, -1 to the left.
    settings : CleanSettings
    correction : Correction or None
        Takes the landmarks to the joint centres; None where they are taken as they are.
    level : Level, optional
        How the camera was held: what was not level is taken out of the angles.
    square : bool
        Bones keep their length in the picture, as the camera stands square to the run. Where there
        is a correction it takes the camera's angle out, and that does not matter.
    """
    level = level or Level()
    straight = level.straightened(clean.unsmoothed)
    read = Joints(picture=straight, sagittal=straight)
    if correction is not None:
        read = correct(straight, correction, forward=forward)
    joints = hold_bones(read) if square or correction is not None else read
    sagittal = joints.sagittal.replace(xy_px=smooth_landmarks(joints.sagittal, settings))
    held = hold_feet(read.sagittal)
    feet = held.replace(xy_px=smooth_landmarks(held, settings))
    track = level.as_filmed(joints.picture)
    track = track.replace(xy_px=smooth_landmarks(track, settings))
    points = {name: sagittal.point(name) for name in LANDMARKS}
    time_s = track.time_s
    angles = compute_angles(
        points, time_s=time_s, forward=forward, trunk_cutoff_hz=settings.trunk_cutoff_hz
    )
    hip = (points["left_hip"] + points["right_hip"]) / 2
    leg_px = leg_length_px(sagittal)
    contacts = find_contacts(
        {side: feet.point(f"{side}_foot_index") for side in SIDES},
        {side: feet.point(f"{side}_ankle") for side in SIDES},
        smooth(hip, time_s, cutoff_hz=settings.hip_cutoff_hz),
        time_s=time_s,
        forward=forward,
        leg_length=leg_px,
    )
    angles |= {
        f"{side}_foot_ahead_leg": forward * (points[f"{side}_ankle"] - hip)[:, 0] / leg_px
        for side in SIDES
    }
    early_s = 0.0 if correction is None else PEAK_EARLY_S
    contacts, drives = _lifts_or_drives(angles, contacts, time_s, peak_early_s=early_s)
    bent = bent_knee_deg(clean.track, forward=forward)
    return Motion(track, angles, contacts, drives, bent, leg_px, read.share)


def _lifts_or_drives(
    angles: dict[str, FloatArray],
    contacts: list[Contact],
    time_s: FloatArray,
    *,
    peak_early_s: float,
) -> tuple[list[Contact], list[KneeDrive]]:
    """The knees' lifts of a drill, or else contacts and knee drives of a run."""
    thigh = {side: angles[f"{side}_thigh_deg"] for side in SIDES}
    ahead = {side: angles[f"{side}_foot_ahead_leg"] for side in SIDES}
    lifts = find_lifts(thigh, ahead, time_s)
    if lifts:  # a foot that comes down from a lift looks like a contact of a run, and is none
        return [], lifts
    return contacts, find_knee_drives(
        contacts, thigh, time_s, peak_early_s=peak_early_s, least_top=LEAST_TOP_DEG
    )


def bent_knee_deg(track: PoseTrack, *, forward: float) -> float:
    """How far the knees bend: the 90th percentile of the more bent knee; NaN if never seen."""
    hanging = {
        (side, upper): compute_hanging_angle(
            track.point(f"{side}_{upper}"), track.point(f"{side}_{lower}"), forward=forward
        )
        for side in SIDES
        for upper, lower in (("hip", "knee"), ("knee", "ankle"))
    }
    left, right = (compute_knee_flexion(hanging[s, "hip"], hanging[s, "knee"]) for s in SIDES)
    more = np.fmax(left, right)
    seen = more[np.isfinite(more)]
    return float(np.percentile(seen, 90)) if len(seen) else float("nan")


def make_strides(motion: Motion, clean: CleanPose, quality: Quality) -> list[Stride]:
    """The knee drives as strides with values, numbered in order of time."""
    track = motion.track
    ok = {name: clean.valid[:, i] for i, name in enumerate(LANDMARKS)}
    strides = []
    for number, drive in enumerate(motion.drives, start=1):
        there = _as_filmed(drive, track.time_s, quality)
        values = drive_values(drive, motion.angles, track.time_s, ok, there)
        if motion.corrected is not None:
            values = uncorrected(values, value_at(motion.corrected, track.time_s, drive.peak_s))
        strides.append(_stride(number, drive, values, track))
    return strides


def _as_filmed(drive: KneeDrive, time_s: FloatArray, quality: Quality) -> Quality:
    """The quality of a knee drive: phones take fewer frames for a while where light is poor."""
    steps_s = np.diff(time_s[rows_between(time_s, drive.toe_off_s, drive.touchdown_s)])
    local_fps = 1.0 / float(np.median(steps_s)) if len(steps_s) else quality.capture_fps
    if local_fps > SLOWER_FPS * quality.capture_fps:
        return quality
    return replace(quality, capture_fps=local_fps)


def _stride(number: int, drive: KneeDrive, values: dict[str, Value], track: PoseTrack) -> Stride:
    thigh = values["thigh_deg"].value
    return Stride(
        number=number,
        side=drive.side,
        toe_off_frame=first_frame_from(track, drive.toe_off_s),
        peak_frame=nearest_frame(track, drive.peak_s),
        touchdown_frame=first_frame_from(track, drive.touchdown_s),
        toe_off_time_s=drive.toe_off_s,
        peak_time_s=drive.peak_s,
        touchdown_time_s=drive.touchdown_s,
        passes_parallel=None if thigh is None else thigh >= PARALLEL_DEG,
        valid_fraction=values["thigh_deg"].valid_fraction,
        metrics=values,
    )


def make_events(contacts: list[Contact], track: PoseTrack) -> list[Event]:
    """Touchdowns and toe-offs that were seen, in order of time."""
    seen = [
        (kind, contact.side, time_s)
        for contact in contacts
        for kind, time_s in (("touchdown", contact.touchdown_s), ("toe_off", contact.toe_off_s))
        if np.isfinite(time_s)
    ]
    return [
        Event(type=kind, side=side, frame=first_frame_from(track, time_s), time_s=time_s)
        for kind, side, time_s in sorted(seen, key=lambda event: event[2])
    ]


def first_frame_from(track: PoseTrack, at_s: float) -> int:
    """The container's frame that first shows what happened at a time: the next one."""
    row = min(int(np.searchsorted(track.time_s, at_s - 1e-9)), len(track) - 1)
    return int(track.frame[row])


def nearest_frame(track: PoseTrack, at_s: float) -> int:
    """The container's frame nearest to a time, the earlier of two."""
    after = int(np.clip(np.searchsorted(track.time_s, at_s), 1, max(len(track) - 1, 1)))
    around = track.time_s[after - 1 : after + 1]
    return int(track.frame[after - 1 + int(np.argmin(np.abs(around - at_s)))])


def running_part(track: PoseTrack, motion: Motion) -> PoseTrack:
    """The frames from the first contact to the last: before it he may crouch in the blocks."""
    times = [t for c in motion.contacts for t in (c.touchdown_s, c.toe_off_s) if np.isfinite(t)]
    inside = (track.time_s >= min(times, default=0)) & (track.time_s <= max(times, default=0))
    if inside.sum() < MIN_RUNNING_FRAMES:
        return track
    return track.only(inside)
