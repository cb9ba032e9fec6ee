"""The set: every line of how phones and people make clips, on real and on rendered ones."""

from __future__ import annotations

from functools import partial
from typing import Any

from validation.common import ROOT
from validation.variants import edits as e
from validation.variants import files as f
from validation.variants.files import read
from validation.variants.scales import marked_in
from validation.variants.variant import (
    SAME_RUN_FIXED,
    SAME_RUN_PANNING,
    Real,
    Rendered,
    Sample,
    Variant,
)

GOOD, FAULT, PANNING = Sample("side_good"), Sample("side_one_fault"), Sample("panning")
FAST, FASTEST = Rendered("fast_clean"), Rendered("fastest_clean")
BLOCKS, WOMAN, SCREEN = Real("hato72/b4"), Real("other/woman_side_right"), Real("hato72/running")
TREADMILL, WALK = Real("other/treadmill_side_left"), Real("other/walking")
RUN_S = (2.0, 4.4)
"""Where the athlete of `BLOCKS` runs."""

SAME_RUN: dict[str, Any] = {
    "technique": {"speed_mps": 8.5, "peak_thigh_deg": 84.0},
    "look": {"seed": 21},
    "video": {"duration_s": 1.5, "start_phase": 0.2},
}
STOOD = {"distance_m": 15.0, "athlete_height_px": 270.0, "height_m": 1.3}
FIXED = Rendered("same_run_fixed_1", SAME_RUN | {"camera": STOOD | {"motion": "fixed"}})
SAME_RUNS = (
    (1, SAME_RUN),
    (2, SAME_RUN | {"look": {"seed": 22}, "video": {"duration_s": 1.5, "start_phase": 0.45}}),
    (3, SAME_RUN | {"look": {"seed": 23}, "video": {"duration_s": 1.5, "running": "left"}}),
    (4, SAME_RUN | {"look": {"seed": 24}, "technique": {"speed_mps": 8.0, "peak_thigh_deg": 70.0}}),
    (5, SAME_RUN | {"look": {"seed": 25}, "technique": {"speed_mps": 8.8, "peak_thigh_deg": 96.0}}),
)
"""Runs that are filmed twice, by a camera that stands still and by one that pans."""
ASKEW = Rendered("roll_12", SAME_RUN | {"camera": {"roll_deg": 12.0, "athlete_height_px": 380.0}})
FOUR_K = Rendered(
    "four_k",
    SAME_RUN
    | {
        "camera": {"athlete_height_px": 1200.0},
        "video": {"duration_s": 1.2, "width_px": 3840, "height_px": 2160},
    },
)
TAG_APPLE = "com.apple.quicktime.capture.fps"
TAG_ANDROID = "com.android.capture.fps"


def sample(name: str) -> Any:
    """The pictures of a sample clip, read anew at each call."""
    return partial(read, ROOT / "sample_videos" / f"{name}.mp4")


def variants() -> list[Variant]:
    """All of them, by line."""
    return [*_originals(), *_time(), *_picture(), *_camera(), *_people(), *_drills(), *_scale(),
            *_refused()]  # fmt: skip


def _originals() -> list[Variant]:
    line = "as it is"
    cut = (e.part(*RUN_S),)
    return [
        Variant("side_good", line, GOOD),
        Variant("side_one_fault", line, FAULT),
        Variant("panning", line, PANNING),
        Variant("fast_120", line, FAST),
        Variant("fastest_240", line, FASTEST),
        Variant("real_blocks", line, BLOCKS),
        Variant("real_run", line, BLOCKS, cut),
        Variant("real_woman", line, WOMAN),
        Variant("real_a3", line, Real("hato72/a3")),
        Variant("real_treadmill", line, TREADMILL, (e.part(0, 5),)),
    ]


def _time() -> list[Variant]:
    line = "time"

    def of(name: str, source: Any, *edits: e.Edit, **more: Any) -> Variant:
        return Variant(name, line, source, edits, **more)

    slow_8 = {"slow_motion": 8.0, "same_as": "fastest_240"}
    slow_4 = {"slow_motion": 4.0, "same_as": "fast_120"}
    tag_240, tag_120 = ((TAG_APPLE, "240"),), ((TAG_ANDROID, "120.0"),)
    run = e.part(*RUN_S)
    return [
        of("slow_240_no_tag", FASTEST, e.slowed(8), **slow_8),
        of("slow_240_tag_apple", FASTEST, e.slowed(8), metadata=tag_240, **slow_8),
        of("slow_240_said", FASTEST, e.slowed(8), settings={"capture_fps": 240.0}, **slow_8),
        of("slow_120_no_tag", FAST, e.slowed(4), **slow_4),
        of("slow_120_tag_android", FAST, e.slowed(4), metadata=tag_120, **slow_4),
        of("slow_60_no_tag", GOOD, e.slowed(2), slow_motion=2.0, same_as="side_good"),
        of("slow_real_no_tag", BLOCKS, run, e.slowed(4), slow_motion=4.0, same_as="real_run"),
        of("slow_mixed", GOOD, e.mixed(2), slow_motion=2.0, same_as="side_good", says="mixed"),
        of("slow_mixed_real", BLOCKS, run, e.mixed(2), slow_motion=2.0, same_as="real_run",
           says="mixed"),
        of("sped_up_real", BLOCKS, run, e.slowed(2 / 3), says="not usual"),
        of("backwards_real", BLOCKS, run, e.backwards, expected="refused", says="backwards"),
        of("backwards_upright", FAULT, e.backwards, expected="refused", says="backwards"),
        of("there_and_back", FAULT, e.there_and_back, same_as="side_one_fault",
           says="turns round"),
        of("cut_within", FAULT, e.cut_out(0.8, 0.94), same_as="side_one_fault", other_run=True,
           says="elsewhere"),
        # he rises all along, so what is left leans less than the whole
        of("cut_within_real", BLOCKS, run, e.cut_out(0.99, 1.19), other_run=True,
           says="elsewhere"),
        of("cut_short_real", BLOCKS, e.part(RUN_S[0], 3.4), same_as="real_run"),
        of("slow_middle", FAST, e.slowed_middle(4, 0.15, 0.85), other_run=True, says="slow"),
        of("slow_middle_short", FAST, e.slowed_middle(4, 0.4, 0.6), expected="unclear",
           other_run=True),
        of("thinned_240_to_120", FASTEST, e.thinned(2), same_as="fastest_240"),
        of("thinned_240_to_60", FASTEST, e.thinned(4), same_as="fastest_240"),
        of("thinned_120_to_60", FAST, e.thinned(2), same_as="fast_120"),
        of("thinned_120_to_30", FAST, e.thinned(4), same_as="fast_120"),
        of("rate_59_94", GOOD, e.at_rate(60000 / 1001), same_as="side_good"),
        of("rate_29_97", GOOD, e.thinned(2), e.at_rate(30000 / 1001), same_as="side_good"),
        of("uneven_times", GOOD, e.uneven(3), same_as="side_good"),
        of("uneven_times_real", BLOCKS, run, e.uneven(4), same_as="real_run"),
        of("each_twice", GOOD, e.repeated(2), same_as="side_good"),
        of("each_thrice_real", BLOCKS, run, e.repeated(3), same_as="real_run"),
        of("pulled_down", GOOD, e.thinned(2), e.pulled_down, same_as="side_good"),
        of("frames_lost", GOOD, e.frozen, same_as="side_good"),
        of("screen_thrice", SCREEN, slow_motion=3.0),
        of("starts_mid_stride", GOOD, e.part(0.3, 1.6), same_as="side_good", other_run=True),
        of("cut_two_athletes", GOOD, e.after([sample("side_one_fault")]), other_run=True,
           says="shots"),
        of("cut_same_twice", GOOD, e.after([sample("side_good")]), other_run=True,
           same_as="side_good", says="shots"),
        of("cut_front_behind", GOOD, e.after([sample("front_twist")]), other_run=True,
           says="shots"),
    ]  # fmt: skip


def _picture() -> list[Variant]:
    line = "picture"

    def of(name: str, *changes: Any, source: Any = GOOD, **more: Any) -> Variant:
        more.setdefault("same_as", "side_good" if source is GOOD else "")
        return Variant(name, line, source, tuple(e.each(c) for c in changes), **more)

    run = e.part(*RUN_S)

    def real(name: str, *changes: Any, **more: Any) -> Variant:
        more.setdefault("same_as", "real_run")
        return Variant(name, line, BLOCKS, (run, *(e.each(c) for c in changes)), **more)

    return [
        of("turned_90", e.quarter_turned(1), rotation_deg=90),
        of("turned_180", e.quarter_turned(2), rotation_deg=180),
        of("turned_270", e.quarter_turned(3), rotation_deg=270),
        real("turned_90_real", e.quarter_turned(1), rotation_deg=90),
        of("portrait", e.column(0.22, 0.78)),
        of("portrait_turned", e.column(0.22, 0.78), e.quarter_turned(1), rotation_deg=90),
        of("mirrored", e.mirrored, mirrored=True),
        real("mirrored_real", e.mirrored, mirrored=True),
        of("mirrored_fault", e.mirrored, source=FAULT, same_as="side_one_fault", mirrored=True),
        of("hevc", coder=f.HEVC),
        of("hevc_10_bit", coder=f.HEVC_10),
        of("vp9", coder=f.VP9),
        of("prores", coder=f.PRORES),
        of("mjpeg", coder=f.MJPEG),
        real("hevc_real", coder=f.HEVC),
        real("vp9_real", coder=f.VP9),
        of("coarse", coder=f.COARSE),
        real("coarse_real", coder=f.COARSE),
        of("four_k", source=FOUR_K),
        of("half_size", e.scaled(0.5)),
        real("larger_real", e.scaled(1.5)),
        of("black_bars", e.pillarboxed),
        of("player", e.with_player),
        real("player_real", e.with_player),
        of("backlit", e.backlit),
        real("backlit_real", e.backlit),
        Variant("dusk", line, GOOD, (e.dusk(5),), same_as="side_good"),
        of("smeared", e.smeared(9)),
        of("blurred", source=Rendered("pitch_both_blur")),
    ]


def _filmed_twice(number: int, asked: dict[str, Any]) -> tuple[Variant, Variant]:
    """A run as a camera that stands still and one that pans see it."""
    fixed, panned = (
        Rendered(f"same_run_{motion}_{number}", asked | {"camera": STOOD | {"motion": motion}})
        for motion in ("fixed", "pan")
    )
    name = f"{SAME_RUN_FIXED}_{number}"
    return (
        Variant(name, "camera", fixed),
        Variant(f"{SAME_RUN_PANNING}_{number}", "camera", panned, same_as=name),
    )


def _camera() -> list[Variant]:
    line = "camera"

    def cell(name: str, **more: Any) -> Variant:
        return Variant(name, line, Rendered(name), **more)

    run = e.part(*RUN_S)
    return [
        *(variant for number, asked in SAME_RUNS for variant in _filmed_twice(number, asked)),
        Variant("tilted_12", line, ASKEW),
        Variant("shaken", line, GOOD, (e.shaken(4, 1),), same_as="side_good"),
        Variant("shaken_real", line, BLOCKS, (run, e.shaken(4, 2)), same_as="real_run"),
        Variant("tilted_6_real", line, BLOCKS, (run, e.each(e.rolled(6))), same_as="real_run"),
        cell("clean_follow"),
        cell("any_tilted"),
        cell("any_20"),
        cell("off_30_low"),
        cell("off_40_clean"),
        Variant("front_twist", line, Sample("front_twist")),
        cell("rear_twist"),
    ]


def _people() -> list[Variant]:
    line = "people"
    by_both = Rendered(
        "post_and_bystander",
        SAME_RUN
        | {
            "camera": STOOD | {"motion": "pan"},
            "look": {"seed": 30, "post": True, "bystander": True},
        },
    )
    return [
        Variant("company", line, Rendered("company")),
        Variant("post", line, Rendered("post")),
        Variant("post_and_bystander", line, by_both),
        Variant("small_120_px", line, Rendered("small_clean")),
    ]


def _drills() -> list[Variant]:
    """Drills and jogging, each to be called what it is; a run on the spot stays a run."""
    line = "drills"
    small = {"width_px": 704, "height_px": 396, "fps_hz": 30.0}
    large = {"width_px": 960, "height_px": 540, "fps_hz": 60.0}
    stands = {"motion": "fixed", "distance_m": 11.0, "athlete_height_px": 240.0}
    near = {"motion": "fixed", "athlete_height_px": 240.0}
    goes = {"motion": "follow", "shake_px": 3.0, "athlete_height_px": 240.0}
    lasts_s = {"high_knees": 3.0, "a_march": 4.0, "a_skip": 4.0, "jog": 3.0}
    called = {
        "high_knees": "high knees", "a_march": "A-march", "a_skip": "A-skip", "jog": "jog"
    }  # fmt: skip

    def of(name: str, drill: str, seed: int, camera: Any, **more: Any) -> Variant:
        video = small | {"duration_s": lasts_s[drill]} | more.pop("video", {})
        look = {"seed": seed} | more.pop("look", {})
        body = more.pop("body", {})
        technique = {"drill": drill} | more
        asked = {
            "body": body, "technique": technique, "camera": camera, "look": look, "video": video
        }  # fmt: skip
        return Variant(name, line, Rendered(name, asked), gait=called[drill])

    white, black = {"name": "man_caucasian"}, {"name": "woman_african"}
    short = {"name": "woman_asian", "stature_m": 1.63}
    panned = {"motion": "pan", "distance_m": 12.0, "athlete_height_px": 240.0}
    far = {"motion": "fixed", "distance_m": 14.0, "athlete_height_px": 190.0}
    tall = stands | {"athlete_height_px": 300.0}
    return [
        of("knees_on_the_spot", "high_knees", 3, stands, speed_mps=0.0),
        of("knees_moving", "high_knees", 4, stands, body=white),
        of("knees_followed", "high_knees", 5, goes, body=short, step_rate_hz=3.9),
        of("knees_panned", "high_knees", 6, panned, body=black, speed_mps=1.8, step_rate_hz=4.2,
           contact_time_s=0.14, peak_thigh_deg=78.0,
           video={"running": "left", "start_phase": 0.4}),
        of("knees_one_low", "high_knees", 7, stands, step_rate_hz=3.1, contact_time_s=0.2,
           left={"peak_thigh_deg": 72.0}, look={"bystander": True}),
        of("march_fixed", "a_march", 8, tall, video=large | {"duration_s": 4.5}),
        of("march_followed", "a_march", 9, goes, body=short, step_rate_hz=1.3,
           contact_time_s=0.84),
        of("march_on_the_spot", "a_march", 10, near, body=white, speed_mps=0.0),
        of("skip_fixed", "a_skip", 11, tall, video=large),
        of("skip_followed", "a_skip", 12, goes, body=black, speed_mps=1.6,
           video={"duration_s": 3.5}),
        of("skip_on_the_spot", "a_skip", 13, near, body=white, speed_mps=0.3, step_rate_hz=1.6,
           contact_time_s=0.58, hop_s=0.22, video={"running": "left"}),
        of("jog_along", "jog", 14, {"athlete_height_px": 240.0}),
        of("jog_fixed", "jog", 15, far, body=black, speed_mps=2.6, step_rate_hz=2.6),
        of("jog_followed", "jog", 16, goes | {"shake_px": 4.0}, body=white, speed_mps=3.4,
           step_rate_hz=2.8, contact_time_s=0.24),
        Variant("treadmill_jog", line, TREADMILL, (e.part(0, 4),), gait="jog"),
    ]  # fmt: skip


def _scale() -> list[Variant]:
    """Lengths and speed in metres, by the height and by a distance marked in the picture."""
    line = "scale"
    marked = marked_in(FIXED.parameters())
    tall, of_woman = {"height_m": 1.80}, {"height_m": 1.65}
    return [
        Variant("height_side_good", line, GOOD, settings=tall),
        Variant("height_fixed", line, FIXED, settings=tall),
        Variant("height_panning", line, PANNING, settings=of_woman),
        Variant("height_120_fps", line, FAST, settings={
            "height_m": FAST.parameters().body.stature_m}),
        Variant("distance_fixed", line, FIXED, settings={"known_distance": marked}),
    ]  # fmt: skip


def _refused() -> list[Variant]:
    line = "refused or marked"
    tiny = (e.each(e.scaled(0.15)),)
    return [
        Variant("walking", line, WALK, expected="refused", says="walk"),
        Variant("walking_slowed", line, WALK, (e.part(2, 6), e.slowed(4)), expected="refused",
                says="walk"),
        Variant("too_small", line, GOOD, tiny, expected="refused", says="small"),
        Variant("one_stride_cut", line, GOOD, (e.part(0.5, 0.72),), expected="refused"),
        Variant("ten_frames_a_second", line, GOOD, (e.thinned(6),), expected="unclear"),
        Variant("legs_cut_off", line, GOOD, (e.each(lambda im: im[:420]),), expected="refused"),
        Variant("nobody", line, GOOD, (e.each(lambda im: im[:160]),), expected="refused"),
        Variant("slow_30_fps", line, Rendered("slow_any")),
    ]  # fmt: skip
