"""One clip of the bench against its truth: every error, event, interval and verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kneedrive_cv.analysis import Analysis
from kneedrive_cv.config import Targets
from kneedrive_cv.pose.landmarks import SIDES, Side
from kneedrive_cv.result import METRICS, Check, Value, Verdict
from kneedrive_cv.technique.frontal_errors import FRONTAL_METRICS
from kneedrive_cv.technique.rule import Rule
from kneedrive_cv.technique.rules import ASYMMETRY_METRICS, RULES
from kneedrive_cv.technique.uncertainty import SAGITTAL
from kneedrive_cv.technique.verdict import SEVERE_BEYOND
from validation.accuracy.grade import Refused
from validation.common import AMISS, count_swaps, match, stride_of, true_mean, true_verdict
from validation.truth import LEG_ANGLES, TrueDrive, Truth

FloatArray = NDArray[np.float64]
Leg = Literal["near", "far", "both"]

EVENT_WITHIN_S = 0.05
"""A found event serves a true one of its kind and foot that is no further off."""
EDGE_FRAMES = 1.5
"""A true event nearer to the first or last frame has no frames on one side to be told by."""
EDGE_S = 0.05
"""An event without a true one this near to the clip's ends may have its truth outside."""
ELSEWHERE_SHARE = 0.25
"""Hips further from the true ones than this share of the athlete's height are another's."""


@dataclass(frozen=True)
class Reading:
    """A number that was given, or not given, where the truth has one.

    Attributes
    ----------
    metric, leg : str
    of : str
        ``stride`` or ``mean``, over the strides of a leg.
    true, value, low, high : float
        NaN where nothing was claimed.
    shown : bool
        Whether the view can show it at all.
    status : str
        What the product calls it.
    """

    metric: str
    leg: Leg
    of: Literal["stride", "mean"]
    true: float
    value: float
    low: float
    high: float
    shown: bool
    status: str = "measured"

    @property
    def error(self) -> float:
        """Measured minus true."""
        return self.value - self.true

    @property
    def claimed(self) -> bool:
        """Whether a number was given."""
        return bool(np.isfinite(self.value))

    @property
    def holds(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.true <= self.high

    @property
    def amiss(self) -> bool:
        """Whether it is wrong with confidence: called measured, and far outside its interval."""
        beyond = max(self.low - self.true, self.true - self.high)
        return self.status == "measured" and beyond > AMISS[METRICS[self.metric][1]]


@dataclass(frozen=True)
class FoundDrive:
    """A true knee drive and what was found of it; NaN on either side where there is none."""

    leg: Leg
    true_s: float
    found_s: float


@dataclass(frozen=True)
class FoundEvent:
    """A true event and what was found of it; NaN on either side where there is none."""

    type: str
    leg: Leg
    true_s: float
    found_s: float


@dataclass(frozen=True)
class Judged:
    """One check on one leg: what the truth says, and what the product says.

    Attributes
    ----------
    code, leg : str
    true : str
        The verdict on the true mean.
    clear : bool
        Whether the truth lies well beyond the target, so that it has to be found.
    verdict : str
    shown : bool
        Whether the view can show it at all.
    """

    code: str
    leg: Leg
    true: Verdict
    clear: bool
    verdict: Verdict
    shown: bool


@dataclass(frozen=True)
class ClipErrors:
    """Everything that was compared in one clip.

    Attributes
    ----------
    name : str
    parameters : dict
        What the clip was made from.
    refused : str
        Why it was not graded; empty if it was.
    frames, lost, swapped : int
        Frames of the clip; those without the athlete's pose; those with swapped legs.
    angles : dict of (name, leg) to ndarray
        Measured minus true, of every frame with a measurement.
    readings, events, drives, checks : list
    contact_s, true_contact_s : float
        Mean contact time of the clip.
    pelvis_deg, true_pelvis_deg : float
        Half of the pelvis's way from one side to the other.
    tilt_off_deg, tilt_error_deg : float
        Roll of the camera, told minus true, and the standard error that was told; NaN where it
        was not told.
    """

    name: str
    parameters: dict[str, Any]
    refused: str
    frames: int
    lost: int
    swapped: int
    angles: dict[tuple[str, Leg], FloatArray] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    events: list[FoundEvent] = field(default_factory=list)
    drives: list[FoundDrive] = field(default_factory=list)
    checks: list[Judged] = field(default_factory=list)
    contact_s: float = float("nan")
    true_contact_s: float = float("nan")
    pelvis_deg: float = float("nan")
    true_pelvis_deg: float = float("nan")
    tilt_off_deg: float = float("nan")
    tilt_error_deg: float = float("nan")

    @property
    def view(self) -> str:
        """``side``, ``front`` or ``rear``."""
        return str(self.parameters["camera"]["view"])


def is_shown(metric: str, view: str) -> bool:
    """Whether a view can show a metric at all."""
    if metric in (*SAGITTAL, "knee_drive_delay_s"):
        return view == "side"
    return metric not in FRONTAL_METRICS or view != "side"


def compare(name: str, truth: Truth, graded: Analysis | Refused) -> ClipErrors:
    """Compare what was measured in a clip with its truth.

    Parameters
    ----------
    name : str
    truth : Truth
    graded : Analysis or Refused
        A refused clip claims nothing, and misses every event.
    """
    analysis = None if isinstance(graded, Refused) else graded
    contacts = [drive.metrics["contact_time_s"] for drive in truth.drives]
    measured = analysis.result.summary.contact_time_s.value if analysis else None
    turned, true_turned = _pelvis(truth, analysis)
    scene = analysis.result.scene if analysis else None
    told = scene is not None and scene.tilt_error_deg is not None
    return ClipErrors(
        name=name,
        parameters=truth.parameters,
        refused=graded.reason if isinstance(graded, Refused) else "",
        frames=len(truth),
        lost=_lost(truth, analysis),
        swapped=count_swaps(analysis, truth) if analysis else 0,
        angles=dict(_angles(truth, analysis)) if analysis else {},
        readings=list(_readings(truth, analysis)),
        events=list(_events(truth, analysis)),
        drives=list(_drives(truth, analysis)),
        checks=list(_checks(truth, analysis)),
        contact_s=float("nan") if measured is None else measured,
        true_contact_s=float(np.mean(contacts)) if contacts else float("nan"),
        pelvis_deg=turned,
        true_pelvis_deg=true_turned,
        tilt_off_deg=scene.tilt_deg - truth.parameters["camera"]["roll_deg"] if told else np.nan,
        tilt_error_deg=scene.tilt_error_deg if told else np.nan,
    )


def _view(truth: Truth) -> str:
    camera = truth.parameters.get("camera", {})
    return str(camera.get("view", "side"))


def leg_of(truth: Truth, side: Side) -> Leg:
    """Near or far; both where neither is nearer."""
    if truth.near_side is None:
        return "both"
    return "near" if side == truth.near_side else "far"


def _lost(truth: Truth, analysis: Analysis | None) -> int:
    """Frames without a pose of the athlete: none was found, or somebody else's."""
    if analysis is None:
        return len(truth)
    pose = analysis.raw_pose
    true = (truth.points_px["left_hip"] + truth.points_px["right_hip"])[pose.frame] / 2
    tall = np.linalg.norm(truth.points_px["nose"] - truth.points_px["left_heel"], axis=1)
    off = np.linalg.norm((pose.point("left_hip") + pose.point("right_hip")) / 2 - true, axis=1)
    with_pose = off < ELSEWHERE_SHARE * np.nanmax(tall)
    return len(truth) - int(with_pose.sum())


def _angles(truth: Truth, analysis: Analysis) -> Iterator[tuple[tuple[str, Leg], FloatArray]]:
    """Errors of every frame, for the angles that the view can show."""
    rows, columns, view = analysis.angles.frame, analysis.angles.columns, _view(truth)

    def errors(name: str) -> FloatArray:
        off = columns[name] - truth.angles_deg[name][rows]
        off = (off + 180.0) % 360.0 - 180.0
        return np.asarray(off[np.isfinite(off)])

    for side in SIDES:
        for name in LEG_ANGLES:
            if is_shown(name, view) and f"{side}_{name}" in columns:
                yield (name, leg_of(truth, side)), errors(f"{side}_{name}")
    for name in ("trunk_lean_deg", "pelvis_rotation_deg", "pelvis_obliquity_deg"):
        if is_shown(name, view) and name in columns:
            yield (name, "both"), errors(name)


def _pelvis(truth: Truth, analysis: Analysis | None) -> tuple[float, float]:
    """Amplitude of the pelvis's turn, measured and true, over the frames that were measured."""
    if analysis is None:
        return float("nan"), float("nan")
    turn = analysis.angles.columns["pelvis_rotation_deg"]
    seen = np.isfinite(turn)
    if not seen.any():
        return float("nan"), float("nan")
    true = truth.angles_deg["pelvis_rotation_deg"][analysis.angles.frame[seen]]
    return float(np.ptp(turn[seen]) / 2), float(np.ptp(true) / 2)


def _readings(truth: Truth, analysis: Analysis | None) -> Iterator[Reading]:
    """Every metric of every whole knee drive, and the means of each leg."""
    strides = analysis.result.strides if analysis else []
    for drive in truth.drives:
        stride = stride_of(drive, strides)
        for metric in METRICS:
            value = stride.metrics[metric] if stride else None
            yield _reading(truth, metric, drive.side, "stride", drive.metrics[metric], value)
    if analysis is None:
        return
    for metric, of_side in analysis.result.summary.metrics.items():
        for side, value in of_side.items():
            seen = [d for d in truth.drives if d.side == side and stride_of(d, strides)]
            true = true_mean(seen, metric, side)
            yield _reading(truth, metric, side, "mean", true, value)


def _reading(
    truth: Truth,
    metric: str,
    side: Side,
    of: Literal["stride", "mean"],
    true: float,
    value: Value | None,
) -> Reading:
    given = value or Value(value=None)
    number, low, high = (
        float("nan") if each is None else each for each in (given.value, given.low, given.high)
    )
    shown = is_shown(metric, _view(truth))
    leg = leg_of(truth, side)
    return Reading(metric, leg, of, true, number, low, high, shown, given.status)


def _drives(truth: Truth, analysis: Analysis | None) -> Iterator[FoundDrive]:
    """The times of the peaks: of true knee drives, then of those told where there is none.

    One is missed only where its toe-off and its touchdown count as events.
    """
    strides, missing = analysis.result.strides if analysis else [], float("nan")
    served, edge_s = [], EDGE_FRAMES / truth.fps_hz
    for drive in truth.drives:
        stride = stride_of(drive, strides)
        served.append(stride)
        whole = drive.toe_off_s > edge_s and drive.touchdown_s < truth.last_s - edge_s
        if stride is not None or whole:
            found_s = missing if stride is None else stride.peak_time_s
            yield FoundDrive(leg_of(truth, drive.side), drive.peak_s, found_s)
    for stride in strides:
        inside = stride.toe_off_time_s > EDGE_S and stride.touchdown_time_s < truth.last_s - EDGE_S
        if inside and stride not in served:
            yield FoundDrive(leg_of(truth, stride.side), missing, stride.peak_time_s)


def _events(truth: Truth, analysis: Analysis | None) -> Iterator[FoundEvent]:
    """True events with those that serve them, then those that serve none."""
    missing, edge_s = float("nan"), EDGE_FRAMES / truth.fps_hz
    found_all = analysis.result.events if analysis else []
    for kind in ("touchdown", "toe_off"):
        for side in SIDES:
            leg, true = leg_of(truth, side), truth.times_s(kind, side)
            inside = (true > edge_s) & (true < truth.last_s - edge_s)
            found = np.array([e.time_s for e in found_all if (e.type, e.side) == (kind, side)])
            pairs = dict(match(true, found, within=EVENT_WITHIN_S))
            for i in np.flatnonzero(inside):
                found_s = float(found[pairs[int(i)]]) if i in pairs else missing
                yield FoundEvent(kind, leg, float(true[i]), found_s)
            for j in set(range(len(found))) - set(pairs.values()):
                if EDGE_S < found[j] < truth.last_s - EDGE_S:
                    yield FoundEvent(kind, leg, missing, float(found[j]))


def _checks(truth: Truth, analysis: Analysis | None) -> Iterator[Judged]:
    """Each rule on each leg, then the comparison of the legs."""
    targets, view = Targets(), _view(truth)
    checks = analysis.result.checks if analysis else []
    for rule in RULES:
        for side in SIDES:
            true = true_mean(truth.drives, rule.metric, side)
            given = [c.verdict for c in checks if (c.code, c.side) == (rule.code, side)]
            yield Judged(
                code=rule.code,
                leg=leg_of(truth, side),
                true=true_verdict(rule, true, targets),
                clear=_is_clear(rule, true, targets),
                verdict=given[0] if given else "not_measurable",
                shown=is_shown(rule.metric, view),
            )
    yield from _asymmetries(truth.drives, checks, targets, view)


def _is_clear(rule: Rule, true: float, targets: Targets) -> bool:
    """Whether the truth is a fault by as much as the product calls clear."""
    beyond = SEVERE_BEYOND[rule.unit][0] * (1.0 if rule.fault_when == "below" else -1.0)
    number = abs(true) if rule.read == "distance from zero" else true
    return true_verdict(rule, number + beyond, targets) == "fault"


def _asymmetries(
    drives: tuple[TrueDrive, ...], checks: list[Check], targets: Targets, view: str
) -> Iterator[Judged]:
    clear_deg = SEVERE_BEYOND["deg"][0]
    for metric, word in ASYMMETRY_METRICS.items():
        apart = abs(true_mean(drives, metric, "left") - true_mean(drives, metric, "right"))
        true: Verdict = "fault" if apart > targets.asymmetry_max_deg else "pass"
        given = [c.verdict for c in checks if c.code == "asymmetry" and c.title.endswith(word)]
        yield Judged(
            code=f"asymmetry: {word}",
            leg="both",
            true=true if np.isfinite(apart) else "not_measurable",
            clear=apart > targets.asymmetry_max_deg + clear_deg,
            verdict=given[0] if given else "not_measurable",
            shown=is_shown(metric, view),
        )
