"""Metres: from the athlete's height or a marked distance, and never without either."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.config import Settings
from kneedrive_cv.errors import ConfigError
from kneedrive_cv.kinematics.strides import KneeDrive
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.track import PoseTrack
from kneedrive_cv.result import METRICS, TRAVEL, Stride, Value
from kneedrive_cv.scene.scale import LEG_SHARE, Scale, find_scale, lengthening
from kneedrive_cv.scene.view import Sight
from kneedrive_cv.technique.measure import Motion
from kneedrive_cv.technique.travel import mean_travel, with_travel
from kneedrive_cv.technique.uncertainty import LEAST_SURE_HEIGHT_PX, Quality
from kneedrive_cv.technique.values import as_value

TIME_S = np.linspace(0.0, 0.6, 37)
VIEWS = st.sampled_from(["side", "oblique", "front", "rear"])


def quality_of(view: str = "side", *, width: float = 0.1, **more: float) -> Quality:
    near = None if view in ("front", "rear") else "right"
    sight = Sight(view=view, forward=1.0, near_side=near, shoulder_width_trunk=width)  # type: ignore[arg-type]
    asked = {"capture_fps": 60.0, "height_px": 300.0, "time_inferred": False} | more
    return Quality(sight, **asked)  # type: ignore[arg-type]


def drive_of(speed: float = 9.0) -> KneeDrive:
    return KneeDrive("left", 0.1, 0.25, 0.45, 80.0, 0.1, 0.13, 4.4, 0.01, speed)


def motion_of(
    drive: KneeDrive, angles: dict[str, np.ndarray], corrected: float | None = None
) -> Motion:
    shape = (len(TIME_S), N_LANDMARKS)
    track = PoseTrack(
        time_s=TIME_S,
        frame=np.arange(len(TIME_S)),
        xy_px=np.zeros((*shape, 2)),
        world_m=np.zeros((*shape, 3)),
        visibility=np.ones(shape),
    )
    share = None if corrected is None else np.full(len(TIME_S), corrected)
    return Motion(track, angles, [], [drive], 110.0, corrected=share)


def stride_of(share: float = 1.0) -> Stride:
    return Stride(
        number=1,
        side="left",
        toe_off_frame=6,
        peak_frame=15,
        touchdown_frame=27,
        toe_off_time_s=0.1,
        peak_time_s=0.25,
        touchdown_time_s=0.45,
        passes_parallel=False,
        valid_fraction=share,
        metrics={},
    )


def travel_of(quality: Quality, scale: Scale | None, **more: float) -> dict[str, Value]:
    angles = {"left_foot_ahead_leg": np.full(len(TIME_S), 0.3)}
    stride = stride_of(more.pop("share", 1.0))
    corrected = more.pop("corrected", None)
    motion = motion_of(drive_of(**more), angles, corrected)
    return with_travel([stride], motion, quality, scale)[0].travel


def test_without_a_scale_lengths_come_in_leg_lengths_alone() -> None:
    travel = travel_of(quality_of(), None)
    assert travel["speed_legps"].value == pytest.approx(9.0)
    assert travel["step_length_leg"].value == pytest.approx(9.0 / 4.4)
    assert travel["touchdown_ahead_leg"].value == pytest.approx(0.3)
    for name in ("speed_mps", "step_length_m", "touchdown_ahead_m"):
        assert travel[name].status == "not_measurable"
        assert "--height" in travel[name].reason


def test_the_height_makes_metres_with_a_wider_interval() -> None:
    scale = find_scale(Settings(height_m=1.82), leg_px=170.0, moving=True)
    assert scale is not None
    travel = travel_of(quality_of(), scale)
    speed, legs = travel["speed_mps"], travel["speed_legps"]
    assert speed.value == pytest.approx(9.0 * LEG_SHARE * 1.82)
    assert speed.low is not None
    assert speed.high is not None
    assert legs.low is not None
    assert legs.high is not None
    assert (speed.high - speed.low) / (legs.high - legs.low) > scale.leg_m


def test_a_marked_distance_goes_before_the_height() -> None:
    mark = (100.0, 500.0, 1100.0, 500.0, 5.0)
    settings = Settings(height_m=1.82, known_distance=mark)
    scale = find_scale(settings, leg_px=176.0, moving=False)
    assert scale is not None
    assert scale.leg_m == pytest.approx(0.88)
    assert "5 m" in scale.source
    assert scale.error_share < 0.03
    assert not scale.doubt


def test_a_marked_distance_is_doubted_when_the_camera_moves() -> None:
    settings = Settings(known_distance=(100.0, 500.0, 1100.0, 500.0, 5.0))
    scale = find_scale(settings, leg_px=176.0, moving=True)
    travel = travel_of(quality_of(), scale)
    assert travel["speed_mps"].status == "low_confidence"
    assert "camera moves" in travel["speed_mps"].reason
    assert travel["speed_legps"].status == "measured"


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ((100.0, 500.0, 110.0, 500.0, 5.0), "10 px"),
        ((100.0, 500.0, 1100.0, 500.0, 0.0), "0 m apart"),
        ((100.0, 500.0, 1100.0, 500.0, 50.0), "m tall"),
        ((100.0, 500.0, 1100.0, 500.0, 0.5), "m tall"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(
    mark: tuple[float, float, float, float, float], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        find_scale(Settings(known_distance=mark), leg_px=176.0, moving=False)


def test_a_height_that_nobody_has_is_refused() -> None:
    with pytest.raises(ConfigError, match="height_m"):
        Settings.from_dict({"height_m": 182})


def test_the_shortened_track_of_an_oblique_view_is_lengthened() -> None:
    square = travel_of(quality_of(width=0.0), None)
    oblique = travel_of(quality_of("oblique", width=0.45), None)
    assert oblique["speed_legps"].value > 1.05 * square["speed_legps"].value  # type: ignore[operator]
    assert oblique["speed_legps"].status == "low_confidence"


def test_a_pose_that_was_corrected_to_the_side_is_lengthened_by_half_of_it() -> None:
    square, plain, corrected = (
        travel_of(quality_of(view, width=width), None, **share)
        for view, width, share in (
            ("side", 0.0, {}),
            ("oblique", 0.45, {}),
            ("oblique", 0.45, {"corrected": 1.0}),
        )
    )
    for name in ("speed_legps", "step_length_leg", "touchdown_ahead_leg"):
        first, second, third = (each[name].value for each in (square, corrected, plain))
        assert first is not None
        assert second is not None
        assert third is not None
        assert second / first == pytest.approx((third / first) ** 0.5)


@pytest.mark.parametrize(
    ("off_deg", "seen"), [(0.0, 1.0), (15.0, 0.982), (30.0, 0.941), (40.0, 0.888)]
)
def test_legs_are_seen_as_much_shorter_from_off_the_side_as_rendered_ones(
    off_deg: float, seen: float
) -> None:
    along = np.cos(np.deg2rad(off_deg))
    assert lengthening(off_deg) * along == pytest.approx(seen, abs=0.01)


@given(view=VIEWS, share=st.floats(0, 1), speed=st.floats(1, 14) | st.just(np.nan))
def test_what_is_read_of_the_way_carries_a_status_with_its_reason(
    view: str, share: float, speed: float
) -> None:
    quality = quality_of(view)
    scale = Scale(0.88, 0.03, "a height")
    travel = travel_of(quality, scale, share=share, speed=speed)
    mean = mean_travel([stride_of().model_copy(update={"travel": travel})], quality, scale)
    assert list(travel) == list(mean) == list(TRAVEL)
    for value in (*travel.values(), *mean.values()):
        assert_is_told(value)


@given(
    view=VIEWS,
    share=st.floats(0, 1),
    number=st.floats(-120, 120) | st.just(np.nan),
    capture_fps=st.floats(8, 300),
    height_px=st.floats(20, 1500),
    time_inferred=st.booleans(),
    metric=st.sampled_from(list(METRICS)),
)
def test_every_metric_is_measured_or_says_why_not(
    view: str,
    share: float,
    number: float,
    capture_fps: float,
    height_px: float,
    time_inferred: bool,
    metric: str,
) -> None:
    quality = quality_of(
        view, capture_fps=capture_fps, height_px=height_px, time_inferred=time_inferred
    )
    if metric in ("contact_time_s", "flight_time_s", "step_frequency_hz"):
        number = abs(number)  # between two events: it cannot be negative
    value = as_value(metric, number, "left", share, quality)
    assert_is_told(value)
    if not np.isfinite(number) or share < 0.5:
        assert value.status == "not_measurable"
    if height_px < LEAST_SURE_HEIGHT_PX:
        assert value.status != "measured"


def assert_is_told(value: Value) -> None:
    """A number has an interval around it; what is no plain number says why."""
    if value.status == "not_measurable":
        assert (value.value, value.low, value.high) == (None, None, None)
    else:
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        assert value.low <= value.value <= value.high
    assert bool(value.reason) == (value.status != "measured")
