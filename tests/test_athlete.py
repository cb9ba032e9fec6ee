"""The athlete is found, told from others, followed and cut out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from kneedrive_cv.athlete import PersonDetector, Survey, cut, find_athlete, survey
from kneedrive_cv.athlete.crop import standing_height_px, to_picture
from kneedrive_cv.athlete.repeats import find_repeats
from kneedrive_cv.athlete.track import link
from kneedrive_cv.config import AthleteSettings
from kneedrive_cv.errors import AthleteError, ConfigError, ModelError
from kneedrive_cv.video.reader import VideoReader
from tests.clip_maker import write_clip
from tests.scene_maker import FPS, HEIGHT_PX, WIDTH_PX, Bar, BarDetector, frames

SETTINGS = AthleteSettings()


def runner(speed_px: float = 8.0, start: float = 60.0, **changes: object) -> Bar:
    return Bar(lambda k: (start + speed_px * k, 200.0), **changes)  # type: ignore[arg-type]


def bystander(x: float = 500.0, **changes: object) -> Bar:
    return Bar(lambda k: (x, 190.0), **changes)  # type: ignore[arg-type]


def look_at(bars: list[Bar], count: int = 60, **scene: Callable[[int], float]) -> Survey:
    return survey(frames(bars, count, **scene), BarDetector(bars), SETTINGS)


def test_a_moving_person_is_followed_in_every_frame() -> None:
    track = find_athlete(look_at([runner()]), SETTINGS)
    crops = track.crops
    np.testing.assert_array_equal(crops.frame, np.arange(60))
    np.testing.assert_allclose(crops.center_px[:, 0], 60 + 8 * np.arange(60), atol=10)
    assert track.height_px == pytest.approx(100, rel=0.05)


def test_the_track_begins_and_ends_with_the_person_in_the_picture() -> None:
    seen = look_at([runner(speed_px=16, start=-200)], 75)
    crops = find_athlete(seen, SETTINGS).crops
    middle = -200 + 16 * crops.frame
    assert middle.min() == pytest.approx(0, abs=40)
    assert middle.max() == pytest.approx(WIDTH_PX, abs=40)


def test_a_still_bystander_is_never_the_athlete_even_as_the_surest_and_largest() -> None:
    bars = [runner(score=0.5), bystander(height_px=200, width_px=80, red=120, score=0.99)]
    track = find_athlete(look_at(bars), SETTINGS)
    assert track.people_found == 2
    assert track.crops.center_px[20, 0] == pytest.approx(60 + 8 * 20, abs=15)


def test_of_two_who_move_the_faster_one_is_the_athlete_though_the_other_is_larger() -> None:
    walker = Bar(lambda k: (500.0 - 2 * k, 180.0), height_px=220, width_px=90, red=60)
    track = find_athlete(look_at([runner(), walker]), SETTINGS)
    assert track.height_px == pytest.approx(100, rel=0.05)


def test_of_two_who_run_alike_the_larger_one_is_the_athlete_though_seen_less_surely() -> None:
    farther = Bar(lambda k: (40 + 8.0 * k, 150.0), height_px=95, red=60, score=0.95)
    track = find_athlete(look_at([runner(height_px=110, score=0.75), farther]), SETTINGS)
    assert track.height_px == pytest.approx(110, rel=0.05)


def test_of_two_who_run_alike_he_is_the_athlete_whom_the_camera_keeps_in_the_middle() -> None:
    """The other is nearer, and so larger, but nobody films whom he lets run at the border."""

    def pan(k: int) -> float:
        return 9.0 * k

    meant = Bar(lambda k: (320.0 + 15 * np.sin(k / 9), 200.0), red=255, score=0.75)
    beside = Bar(lambda k: (480.0 - 10 * np.sin(k / 9), 210.0), height_px=112, red=60)
    track = find_athlete(look_at([meant, beside], pan_px=pan), SETTINGS)
    np.testing.assert_allclose(track.crops.center_px[:, 0], 320, atol=25)


def test_with_only_still_people_there_is_no_athlete() -> None:
    with pytest.raises(AthleteError, match="stand still"):
        find_athlete(look_at([bystander()]), SETTINGS)


def test_an_empty_scene_has_nobody_in_it() -> None:
    with pytest.raises(AthleteError, match="no person"):
        find_athlete(look_at([]), SETTINGS)


def test_two_people_who_cross_keep_their_tracks() -> None:
    bars = [runner(red=255), Bar(lambda k: (560.0 - 6 * k, 185.0), red=60)]
    seen = look_at(bars, 60)
    for number in (1, 2):
        crops = find_athlete(seen, SETTINGS, pick=number).crops
        x = crops.center_px[:, 0]
        forward = 60 + 8 * crops.frame
        back = 560 - 6 * crops.frame
        assert min(abs(x - forward).max(), abs(x - back).max()) < 30


def test_when_the_camera_follows_he_who_stays_in_the_picture_is_the_athlete() -> None:
    def pan(k: int) -> float:
        return 9.0 * k

    athlete = Bar(lambda k: (300.0, 200.0), red=255)
    other = Bar(lambda k: (600.0 - pan(k), 190.0), red=60, score=0.95)
    track = find_athlete(look_at([athlete, other], pan_px=pan), SETTINGS)
    np.testing.assert_allclose(track.crops.center_px[:, 0], 300, atol=10)


def test_he_is_not_taken_for_the_one_who_comes_to_where_he_was() -> None:
    """Seen once, nobody's speed is known: on the ground he may stand, or a camera goes with him."""

    def pan(k: int) -> float:
        return 9.0 * k

    between_looks = round(SETTINGS.detect_every_s * FPS)
    athlete = Bar(lambda k: (300.0, 200.0), red=255)
    hidden_at_first = Bar(
        lambda k: (300.0 - pan(between_looks), 205.0 if k else -500.0), height_px=90.0, red=200
    )
    seen = look_at([athlete, hidden_at_first], pan_px=pan)
    np.testing.assert_allclose(find_athlete(seen, SETTINGS).crops.center_px[:, 0], 300, atol=10)


def test_somebody_who_is_hidden_does_not_push_the_athlete_onto_the_one_beside_him() -> None:
    """A camera pans with two runners, seen as one at first, past somebody who is then hidden."""
    look = round(SETTINGS.detect_every_s * FPS)

    def shown(place: Callable[[int], float], when: Callable[[int], bool]) -> Bar:
        return Bar(lambda k: (place(k), 200.0 if when(k) else -500.0), red=140)

    athlete = Bar(lambda k: (320.0, 200.0), height_px=104)
    beside = shown(lambda k: 330.0 + 2.4 * k, lambda k: k >= 1.5 * look)
    passed = shown(lambda k: 9.0 * k - 40, lambda k: not 1.5 * look <= k < 2.5 * look)
    seen = look_at([athlete, beside, passed], pan_px=lambda k: -9.0 * k)
    np.testing.assert_allclose(find_athlete(seen, SETTINGS).crops.center_px[:, 0], 320, atol=12)


def test_the_backgrounds_motion_is_measured() -> None:
    seen = look_at([runner()], 30, pan_px=lambda k: 5.0 * k)
    np.testing.assert_allclose(seen.background_motion[1:, 0, 2], -5, atol=0.5)
    np.testing.assert_allclose(seen.background_motion[1:, 1, 2], 0, atol=0.5)
    np.testing.assert_array_equal(seen.background_motion[0], [[1, 0, 0], [0, 1, 0]])


def test_the_backgrounds_motion_is_measured_where_it_is_plain_and_the_athletes_stand_out() -> None:
    bars = [Bar(lambda k, x=x: (x, 200.0), width_px=30, red=60) for x in range(150, 500, 50)]
    scene = frames(bars, 30, pan_px=lambda k: 5.0 * k, contrast=0.08)
    seen = survey(scene, BarDetector(bars), SETTINGS)
    np.testing.assert_allclose(seen.background_motion[1:, 0, 2], -5, atol=0.5)


def test_a_small_athlete_is_refused_with_his_size() -> None:
    small = runner(height_px=50, width_px=20)
    with pytest.raises(AthleteError, match=r"too small: (49|50|51|52) px"):
        find_athlete(look_at([small]), SETTINGS)


def test_who_is_small_in_a_small_picture_is_asked_for_a_higher_resolution() -> None:
    seen = look_at([runner(height_px=50, width_px=20)])
    for height_px, said in ((180, "Film in a higher resolution"), (720, "Film from nearer")):
        with pytest.raises(AthleteError) as refusal:
            find_athlete(replace(seen, height_px=height_px), SETTINGS)
        assert refusal.value.fix.startswith(said)


def test_the_user_can_pick_and_an_unknown_number_lists_who_there_is() -> None:
    seen = look_at([runner(), bystander(red=100)])
    picked = find_athlete(seen, SETTINGS, pick=2)
    np.testing.assert_allclose(picked.crops.center_px[:, 0], 500, atol=5)
    with pytest.raises(ConfigError, match=r"1: moving.*2: still"):
        find_athlete(seen, SETTINGS, pick=3)


def test_the_survey_is_the_same_each_time() -> None:
    first, second = (look_at([runner(), bystander(red=100)], 40) for _ in range(2))
    for name in ("background_motion", "repeated", "change", "searched", "row", "box", "score"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_progress_counts_the_frames() -> None:
    counts: list[int] = []
    bars = [runner()]
    survey(frames(bars, 10), BarDetector(bars), SETTINGS, counts.append)
    assert counts == list(range(1, 11))


def test_the_side_of_the_crop_follows_the_standing_height_also_in_the_blocks() -> None:
    height = np.concatenate([np.full(60, 100.0), np.full(60, 160.0)])
    box = np.stack([0 * height, 300 - height, 0 * height + 90, 0 * height + 300], axis=1)
    standing = standing_height_px(box, np.arange(120) / 30)
    np.testing.assert_allclose(standing, 160, rtol=0.02)


def test_a_cut_is_black_outside_and_maps_back_to_the_picture() -> None:
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), 200, np.uint8)
    image[100:110, 40:50] = 0
    crop, mapping = cut(image, np.array([20.0, 105.0]), 128.0, 256)
    assert crop.shape == (256, 256, 3)
    assert crop[:, :80].max() == 0
    dark = np.argwhere((crop[..., 0] < 100) & (np.arange(256) > 100)[None, :])
    middle = (dark.mean(axis=0) + 0.5)[::-1]
    np.testing.assert_allclose(to_picture(middle, mapping), [45, 105], atol=0.3)


def test_a_turned_cut_shows_a_leaning_body_upright_and_maps_back() -> None:
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), 200, np.uint8)
    middle = np.array([WIDTH_PX / 2, HEIGHT_PX / 2])
    way = 30 * np.array([np.sin(np.deg2rad(40)), -np.cos(np.deg2rad(40))])
    cv2.circle(image, tuple(int(v) for v in np.round(middle + way - 0.5)), 4, (0, 0, 0), -1)
    crop, mapping = cut(image, middle, 100.0, 256, turn_deg=40.0)
    dark = np.argwhere(crop[..., 0] < 100)
    seen = (dark.mean(axis=0) + 0.5)[::-1]
    assert abs(seen[0] - 128) < 3
    assert seen[1] < 128
    np.testing.assert_allclose(to_picture(seen, mapping), middle + way, atol=0.8)


def test_a_large_cut_is_averaged_down() -> None:
    board = (np.indices((600, 600)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop, _ = cut(np.dstack([board] * 3), np.array([300.0, 300.0]), 512.0, 128)
    assert np.ptp(crop.astype(int)) < 10


def test_every_second_frame_doubled_is_found_through_the_coders_noise(
    sample_clip: Path, tmp_path: Path
) -> None:
    images = [frame.image_bgr for frame in VideoReader(sample_clip) if frame.index < 30]
    pattern = [0, 0, 1, 2, 2, 3]
    order = [4 * (k // 6) + pattern[k % 6] for k in range(42)]
    doubled = write_clip(tmp_path / "doubled.mp4", (images[k] for k in order))
    seen = survey(VideoReader(doubled), BarDetector([]), SETTINGS)
    np.testing.assert_array_equal(seen.repeated, np.diff(order, prepend=-1) == 0)


def test_a_clip_without_doubled_frames_has_no_repeats(sample_clip: Path) -> None:
    seen = survey(VideoReader(sample_clip), BarDetector([]), SETTINGS)
    assert not seen.repeated.any()


def test_slow_changes_and_single_holds_are_no_repeats() -> None:
    k = np.arange(200)
    assert not find_repeats(10 + 6 * np.sin(k / 7)).any()
    hold = np.full(200, 20.0)
    hold[100] = 0.1
    assert not find_repeats(hold).any()


def test_a_missing_detector_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="person detector"):
        PersonDetector(tmp_path / "none.onnx")


def test_the_detector_finds_the_athlete_of_the_sample(root: Path, sample_clip: Path) -> None:
    detector = PersonDetector(root / "models" / "person_detector_nanodet_416.onnx")
    frame = next(iter(VideoReader(sample_clip)))
    boxes, scores = detector.detect(frame.image_bgr)
    assert scores[0] > 0.5
    truth = json.loads(sample_clip.with_suffix(".json").read_text(encoding="utf-8"))
    np.testing.assert_allclose(boxes[0], truth["athlete_box_px"][0], atol=20)
    assert len(boxes) == len(scores)


@pytest.mark.parametrize("enters_s", [1.05, 1.3, 1.6])
def test_who_runs_in_late_beside_a_still_bystander_is_seen_from_his_first_frame(
    enters_s: float,
) -> None:
    speed_px, first = 18.0, round(FPS * enters_s)
    late = Bar(lambda k: (-20 + speed_px * (k - first), 200.0), height_px=130, width_px=50)
    still = bystander(x=400.0, height_px=80, width_px=30, red=60)
    seen = look_at([late, still], first + 66)
    crops = find_athlete(seen, SETTINGS).crops
    whole = np.arange(first + 3, first + 36)
    assert np.isin(whole, crops.frame).all()


@pytest.mark.parametrize("ends_m", [2.0, 3.0, 4.0])
@pytest.mark.parametrize("away", [False, True])
def test_who_runs_at_the_camera_or_away_from_it_is_one_person_however_near(
    ends_m: float, away: bool
) -> None:
    far_m, count = ends_m + 24.0, 80

    def height_px(k: int) -> float:
        m = np.linspace(far_m, ends_m, count)[count - 1 - k if away else k]
        return float(300.0 * 1.8 / m)

    rows = np.arange(0, count, 8)
    half = np.array([[0.22 * height_px(k), 0.5 * height_px(k)] for k in rows])
    middle = np.array([[320.0, 180.0]])
    survey_of = replace(
        look_at([bystander()], count),
        row=rows,
        box=np.hstack([middle - half, middle + half]),
        score=np.full(len(rows), 0.8),
        look=np.zeros((len(rows), 9)),
    )
    (track,) = link(survey_of, SETTINGS)
    assert len(track.row) > 0.9 * count


def test_who_is_unlike_the_one_that_is_looked_for_is_another_person() -> None:
    rows = np.arange(0, 60, 8)
    middle = np.array([[100.0 + 3.0 * k, 200.0] for k in rows])
    other = rows >= 32
    look = np.where(other, 150.0, 0.0)[:, None] * np.ones(9)
    half = np.array([20.0, 50.0])
    seen = replace(
        look_at([bystander()], 60),
        row=rows,
        box=np.hstack([middle - half, middle + half]),
        score=np.full(len(rows), 0.8),
        look=look,
    )
    assert [int(track.row[0]) > 20 for track in link(seen, SETTINGS)] == [False, True]
