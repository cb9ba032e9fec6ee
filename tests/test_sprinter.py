"""The rendered sprinter shows what is dialled in, and its truth is true."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from validation.sprinter.body import PARENTS, body_names, load_body
from validation.sprinter.cameras import Camera
from validation.sprinter.clip import make_clip, write_clip
from validation.sprinter.gait import SIDES, build_gait
from validation.sprinter.leg import Unreachable
from validation.sprinter.parameters import ClipParameters, Technique, read_parameters
from validation.sprinter.truth import angles, contacts, events, in_contact, knee_drive, sole_m

SOLES_OFF_M = {"march": 0.004, "skip": 0.001}
"""As the foot of a drill leaves; the soles of a run stand exactly on the ground."""

MAN = load_body("man_african", 1.8)
WOMAN = load_body("woman_asian", 1.62)

TECHNIQUES = {
    "good": {},
    "low knee": {"peak_thigh_deg": 48.0},
    "past parallel": {"peak_thigh_deg": 100.0},
    "plantarflexed": {"ankle_at_peak_deg": -30.0, "touchdown_foot_pitch_deg": -25.0},
    "foot ahead": {"foot_ahead_of_knee_share": 0.5},
    "foot behind": {"foot_ahead_of_knee_share": -0.65},
    "foot pitched": {"foot_pitch_at_peak_deg": -45.0},
    "late": {"knee_drive_delay_s": 0.07, "peak_thigh_deg": 65.0},
    "reaching": {"touchdown_ahead_share": 0.48, "touchdown_foot_pitch_deg": 8.0},
    "twisted": {"pelvis_rotation_deg": 24.0},
    "out of the blocks": {"block_start_lean_deg": 38.0, "speed_mps": 5.0, "contact_time_s": 0.15},
    "one side": {"left": {"peak_thigh_deg": 60.0, "contact_time_s": 0.112}},
    "quick": {"speed_mps": 10.5, "contact_time_s": 0.09, "step_rate_hz": 4.7},
    "high knees": {"drill": "high_knees"},
    "high knees on the spot": {"drill": "high_knees", "speed_mps": 0.0},
    "march": {"drill": "a_march"},
    "skip": {"drill": "a_skip"},
    "jog": {"drill": "jog"},
}
SPRINTS = [name for name, asked in TECHNIQUES.items() if "drill" not in asked]


@cache
def gait_of(name, who="man"):
    asked = TECHNIQUES[name]
    slower = {} if who == "man" else {"speed_mps": min(7.8, asked.get("speed_mps", 9.0))}
    return build_gait(MAN if who == "man" else WOMAN, Technique(**(asked | slower)))


@cache
def contact_of(name, side):
    return contacts(gait_of(name), side)


@pytest.fixture(params=TECHNIQUES)
def gait(request):
    return gait_of(request.param)


def truth_at(gait, time_s):
    return angles(gait.body.points(gait.pose(time_s)))


@pytest.mark.parametrize(
    ("name", "who"),
    [(name, "man") for name in SPRINTS] + [(name, "woman") for name in ("good", "twisted")],
)
def test_what_is_dialled_in_comes_out_in_the_truth(name, who):
    gait = gait_of(name, who)
    for side in SIDES:
        asked, drive = getattr(gait.technique, side), knee_drive(gait, side)
        assert drive.thigh_deg == pytest.approx(asked.peak_thigh_deg, abs=0.2)
        assert drive.foot_ahead_of_knee_shank == pytest.approx(
            asked.foot_ahead_of_knee_share, abs=0.01
        )
        if asked.foot_pitch_at_peak_deg is None:
            assert drive.ankle_dorsiflexion_deg == pytest.approx(asked.ankle_at_peak_deg, abs=0.2)
        else:
            assert drive.foot_pitch_deg == pytest.approx(asked.foot_pitch_at_peak_deg, abs=0.2)
        assert drive.knee_drive_delay_s == pytest.approx(asked.knee_drive_delay_s, abs=0.001)
        assert drive.contact_time_s == pytest.approx(asked.contact_time_s, abs=0.001)
        assert drive.trunk_lean_deg == pytest.approx(gait.lean_deg(drive.time_s), abs=0.2)
        assert drive.hip_flexion_deg == pytest.approx(drive.thigh_deg + drive.trunk_lean_deg)


@pytest.mark.parametrize("name", [name for name in TECHNIQUES if name not in SPRINTS])
def test_a_drill_lifts_the_knee_as_high_as_asked(name):
    gait = gait_of(name)
    for side in SIDES:
        asked, drive = getattr(gait.technique, side), knee_drive(gait, side)
        assert drive.thigh_deg == pytest.approx(asked.peak_thigh_deg, abs=0.2)
        assert drive.ankle_dorsiflexion_deg == pytest.approx(asked.ankle_at_peak_deg, abs=1)


def test_a_march_has_both_feet_down_at_times_and_never_flies():
    gait = gait_of("march")
    step_s = gait.pelvis.stride_s / 2
    for side in SIDES:
        ((down, up),) = contact_of("march", side)
        assert step_s < up - down < 1.2 * step_s


def test_a_skip_hops_on_the_standing_leg_before_the_other_comes_down():
    gait = gait_of("skip")
    (first_down, first_up), (second_down, second_up) = contact_of("skip", "right")
    assert second_down - first_up == pytest.approx(gait.technique.hop_s, abs=0.01)
    assert second_up < first_down + gait.pelvis.stride_s / 2
    in_the_air = (first_up + second_down) / 2
    assert min(sole_m(gait, side, in_the_air)[:, 2].min() for side in SIDES) > 0.03


def test_high_knees_on_the_spot_go_nowhere():
    gait = gait_of("high knees on the spot")
    assert gait.pelvis.centre_m(5.0)[0] == gait.pelvis.centre_m(0.0)[0] == 0.0


def test_what_a_drill_asks_may_be_asked_otherwise():
    assert Technique(drill="high_knees").step_rate_hz == 3.6
    changed = Technique(drill="high_knees", step_rate_hz=4.0, left={"peak_thigh_deg": 70.0})
    assert changed.step_rate_hz == 4.0
    assert (changed.left.peak_thigh_deg, changed.right.peak_thigh_deg) == (70.0, 90.0)


def test_each_hip_comes_ahead_as_far_as_asked():
    asked = {"left": {"pelvis_rotation_deg": 6.0}, "right": {"pelvis_rotation_deg": 18.0}}
    gait = build_gait(MAN, Technique(**asked))
    times = np.arange(0, gait.pelvis.stride_s, 0.002)
    turned = [truth_at(gait, t)["pelvis_rotation_deg"] for t in times]
    assert max(turned) == pytest.approx(18, abs=0.1)
    assert min(turned) == pytest.approx(-6, abs=0.1)


@pytest.mark.parametrize("name", TECHNIQUES)
def test_soles_stand_on_the_ground_all_through_contact(name):
    gait = gait_of(name)
    for side in SIDES:
        for down, up in contact_of(name, side):
            lowest = [sole_m(gait, side, t)[:, 2].min() for t in np.linspace(down, up, 30)]
            assert np.abs(lowest).max() < SOLES_OFF_M.get(name, 1e-6)


def test_no_foot_ever_goes_through_the_ground(gait):
    for side in SIDES:
        times = np.linspace(0, gait.pelvis.stride_s, 80)
        assert min(sole_m(gait, side, t)[:, 2].min() for t in times) > -0.0002


def test_a_standing_foot_does_not_slip(gait):
    for side in SIDES:
        leg = gait.legs[side]
        for start, end in leg.hop.stands_s():
            flat = 0.55 if leg.hop.hop_s else 0.7  # then the toes roll
            times = leg.touchdown_s + start + (end - start) * np.linspace(0.01, flat, 12)
            balls = [gait.legs_pose(t)[f"ball_{side[0]}"][1][:2] for t in times]
            assert np.ptp(balls, axis=0).max() < 0.005


def test_nothing_jumps_at_touchdown_or_toe_off(gait):
    for side in SIDES:
        leg = gait.legs[side]
        down = leg.touchdown_s
        for moment in (down, down + leg.technique.contact_time_s):
            before, after = (truth_at(gait, moment + d) for d in (-1e-5, 1e-5))
            assert max(abs(after[k] - before[k]) for k in before) < 0.1


@pytest.mark.parametrize("name", TECHNIQUES)
def test_events_are_the_contacts_of_the_mesh(name):
    gait = gait_of(name)
    for side in SIDES:
        for contact in contact_of(name, side):
            around = [in_contact(gait, side, t + d) for t in contact for d in (-0.001, 0.001)]
            assert around == [False, True, True, False]


def test_every_stride_has_four_events_in_their_order():
    found = events(gait_of("good"), 0.02, 0.02 + 2 / 4.4)
    order = [(event.side, event.type) for event in found]
    assert order == [
        ("right", "toe_off"),
        ("left", "touchdown"),
        ("left", "toe_off"),
        ("right", "touchdown"),
    ]


@pytest.mark.parametrize("name", body_names())
def test_limbs_keep_their_length(name):
    gait = build_gait(load_body(name, 1.75), Technique(speed_mps=8.0))
    times = np.linspace(0, gait.pelvis.stride_s, 25)
    poses = [gait.pose(t) for t in times]
    for bone, parent in PARENTS.items():
        lengths = [np.linalg.norm(pose[bone][1] - pose[parent][1]) for pose in poses]
        assert np.ptp(lengths) < 1e-9


@pytest.mark.parametrize("name", body_names())
def test_hip_centres_lie_inside_and_ahead_of_the_rigs(name):
    body = load_body(name, 1.8)
    shift = body.heads_m["thigh_l"] - body.rig_hips_m["left"]
    assert 0.015 < shift[0] < 0.035
    assert -0.025 < shift[1] < -0.005
    assert 0.16 < 2 * body.heads_m["thigh_l"][1] < 0.19


def test_stature_is_what_is_asked():
    for stature_m in (1.5, 2.0):
        assert np.ptp(load_body("woman_african", stature_m).vertices_m[:, 2]) == pytest.approx(
            stature_m, abs=1e-6
        )


def test_a_stride_too_long_for_the_legs_is_refused_in_plain_words():
    with pytest.raises(Unreachable, match="lower speed_mps or contact_time_s"):
        build_gait(load_body("woman_asian", 1.5), Technique(speed_mps=11, contact_time_s=0.14))


def test_a_side_takes_what_is_set_for_both_unless_it_says_otherwise():
    technique = Technique(peak_thigh_deg=70, left={"peak_thigh_deg": 50})
    assert (technique.left.peak_thigh_deg, technique.right.peak_thigh_deg) == (50, 70)


def test_settings_come_from_a_file_and_from_words(tmp_path):
    path = tmp_path / "clip.toml"
    path.write_text("[technique]\npeak_thigh_deg = 70\n[technique.left]\npeak_thigh_deg = 50\n")
    read = read_parameters(path, ["camera.view=front", "technique.left.peak_thigh_deg=55"])
    assert read.camera.view == "front"
    assert (read.technique.left.peak_thigh_deg, read.technique.right.peak_thigh_deg) == (55, 70)


CAMERAS = {
    "side": [],
    "left": ["video.running=left"],
    "following": ["camera.motion=follow", "camera.shake_px=5"],
    "fixed": ["camera.motion=fixed", "camera.distance_m=14"],
    "panning": ["camera.motion=pan", "camera.shake_px=3"],
    "oblique": ["camera.off_square_deg=30"],
    "tilted": ["camera.roll_deg=8"],
    "front": ["camera.view=front", "camera.motion=fixed", "camera.distance_m=25"],
    "rear": ["camera.view=rear"],
}
SHORT = ["video.duration_s=0.2", "camera.athlete_height_px=300"]


@pytest.mark.parametrize("camera", CAMERAS)
def test_pixels_are_the_projection_of_the_points_in_space(camera):
    clip = make_clip(read_parameters(None, SHORT + CAMERAS[camera]))
    truth = clip.truth()
    for name, seen in truth["points_px"].items():
        for frame, time_s in enumerate(clip.times_s()):
            view = clip.camera.at(time_s)
            x, y, z, w = view.matrix() @ [*truth["points_m"][name][frame], 1.0]
            assert seen[frame] == pytest.approx(
                ((x / w + 1) * view.size_px[0] / 2, (1 - y / w) * view.size_px[1] / 2), abs=0.2
            )
            assert -1 < z / w < 1


def test_the_athlete_is_as_tall_as_asked():
    for motion in ("along", "fixed", "pan"):
        asked = ["camera.athlete_height_px=300", f"camera.motion={motion}", "video.duration_s=0.4"]
        parameters = read_parameters(None, asked)
        view = Camera(parameters, 0.0, 0.4).at(0.2)
        x = parameters.technique.speed_mps * 0.2
        feet, crown = view.project(np.array([[x, 0, 0], [x, 0, 1.8]]))
        assert feet[1] - crown[1] == pytest.approx(300, rel=0.02)


def test_running_to_the_left_is_the_mirror_picture_of_the_other_legs_running_to_the_right():
    sides = {"left": {"peak_thigh_deg": 60.0}, "right": {"peak_thigh_deg": 85.0}}
    swapped = {"left": sides["right"], "right": sides["left"]}
    half = {"duration_s": 0.2, "start_phase": 0.5}
    right = make_clip(ClipParameters(technique=sides, video={"duration_s": 0.2}))
    left = make_clip(ClipParameters(technique=swapped, video=half | {"running": "left"}))
    seen, mirrored = right.truth()["points_px"], left.truth()["points_px"]
    for name, at in seen.items():
        other = name.replace("left", "?").replace("right", "left").replace("?", "right")
        flipped = np.array(mirrored[other]) * [-1, 1] + [1280, 0]
        # The bodies' own two halves differ by millimetres.
        assert np.abs(flipped - at).max() < 2.0, name


def test_the_same_settings_give_the_same_truth():
    asked = [*SHORT, "camera.shake_px=4", "look.seed=7", "look.second_runner=true"]
    one, two = (make_clip(read_parameters(None, asked)) for _ in range(2))
    assert json.dumps(one.truth()) == json.dumps(two.truth())
    assert [o.look for o in one.others()] == [o.look for o in two.others()]


def test_truth_has_a_value_for_every_frame():
    truth = make_clip(read_parameters(None, SHORT)).truth()
    columns = [*truth["angles"].values(), *truth["points_px"].values(), truth["athlete_box_px"]]
    assert {len(column) for column in columns} == {truth["frames"]} == {12}
    assert set(truth["in_contact"]["right"]) == {0, 1}


def test_a_rendered_frame_shows_the_athlete_where_the_truth_says(opengl):
    asked = ["video.width_px=320", "video.height_px=180", "camera.athlete_height_px=140"]
    clip = make_clip(read_parameters(None, [*asked, "video.duration_s=0.02", "video.grain=0"]))
    picture, again = next(clip.pictures()), next(clip.pictures())
    np.testing.assert_array_equal(picture, again)
    assert picture.shape == (180, 320, 3)
    left, top, right, bottom = (round(x) for x in clip.truth()["athlete_box_px"][0])
    assert 0 < left < right < 320
    assert 0 < top < bottom < 180
    x, y = (round(value) for value in clip.truth()["points_px"]["right_hip"][0])
    difference = picture[y, x].astype(int) - picture[y, left - 12]
    assert np.abs(difference).max() > 10


def test_a_clip_is_written_with_its_truth_beside_it(opengl, tmp_path):
    import cv2

    asked = ["video.width_px=160", "video.height_px=96", "camera.athlete_height_px=70"]
    path = tmp_path / "short.mp4"
    write_clip(read_parameters(None, [*asked, "video.duration_s=0.1"]), path)
    capture = cv2.VideoCapture(str(path))
    frames = 0
    while capture.read()[0]:
        frames += 1
    assert frames == json.loads(path.with_suffix(".json").read_text())["frames"] == 6
