"""What the turn of the pelvis is told from (`validation/turn/`)."""

from __future__ import annotations

import numpy as np
import pytest

from kneedrive_cv.clean.body_frame import mirrored
from kneedrive_cv.pose.landmarks import N_LANDMARKS
from kneedrive_cv.pose.pelvis import POINTS, read_maps, turn_of
from validation.sprinter.cameras import View
from validation.sprinter.clip import make_clip
from validation.sprinter.parameters import read_parameters
from validation.turn.collect import USUAL_PHASE, main
from validation.turn.fit import Example, edges, features, harmonic, judged, learn, unlike
from validation.turn.window import WINDOW_PX, Part, astray, render_windows

PHASE = 2 * np.pi * np.arange(8) / 8 + 0.3


def test_a_usual_turn_is_told_with_its_sign_and_twice_a_stride_counts_for_nothing():
    usual = np.cos(PHASE - 2 * np.pi * USUAL_PHASE)
    signal = np.column_stack([16 * usual + 3, -16 * usual + np.cos(2 * PHASE)])
    assert harmonic(signal, PHASE) == pytest.approx([16, -16, 0, 0], abs=1e-9)


def test_windows_and_landmarks_that_are_their_own_mirror_image_show_no_turn():
    rng = np.random.default_rng(0)
    half = rng.integers(0, 255, (2, WINDOW_PX, WINDOW_PX // 2, 3), dtype=np.uint8)
    windows = np.concatenate([half, half[:, :, ::-1]], axis=2)
    assert edges(windows) == pytest.approx(0, abs=1e-6)
    assert np.abs(edges(np.roll(windows, 5, axis=2))).max() > 0.01
    points = rng.normal(size=(8, N_LANDMARKS, 2))
    alike = points + mirrored(points)
    assert unlike(alike) == pytest.approx(0, abs=1e-12)


def test_a_pose_and_its_mirror_image_turn_the_opposite_way():
    points = np.random.default_rng(1).normal(size=(8, N_LANDMARKS, 2))
    assert unlike(mirrored(points)) == pytest.approx(-unlike(points))


def test_the_regression_tells_turns_of_strides_that_it_did_not_learn():
    rng = np.random.default_rng(2)
    turn_deg = rng.uniform(-27, 27, 120)
    seen = np.outer(turn_deg, rng.normal(size=40)) + rng.normal(0, 20, (120, 40))
    examples = [
        Example({"edges": row}, float(true), f"body_{i % 6}")
        for i, (row, true) in enumerate(zip(seen, turn_deg, strict=True))
    ]
    told = learn(examples[:80], "edges")(features(examples[80:], "edges"))
    correlation, _, error_deg, _, constant_deg = judged(told, examples[80:])
    assert float(str(correlation)) > 0.9
    assert error_deg < 0.5 * constant_deg


def test_a_part_of_a_picture_shows_what_the_whole_shows_there():
    view = View(np.array([0.0, -9.0, 1.2]), _looking_along_y(), 800.0, (640, 480))
    part = Part(view.eye_m, view.axes, view.focal_px, view.size_px, np.array([300.0, 200.0]), 80)
    point = np.array([0.1, 0.0, 1.3])
    in_whole = view.project(point)
    x, y, _, depth = part.matrix() @ [*point, 1.0]
    in_part = (np.array([x, -y]) / depth + 1) * 40
    assert in_part == pytest.approx(in_whole - (300 - 40, 200 - 40))


def _looking_along_y():
    """Right, up and back of a camera that looks along y, shape (3, 3)."""
    return np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def test_the_misread_hips_stray_by_few_pixels():
    strayed = np.array([astray(8, np.random.default_rng(seed)) for seed in range(50)])
    assert 1.0 < strayed.std() < 3.0


def test_the_seeds_of_the_bench_are_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["collect", "front", "--seeds", "0", "5", "--out", "x.npz"])
    with pytest.raises(SystemExit):
        main()
    assert "bench" in capsys.readouterr().err


def test_what_is_learned_is_what_is_read():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra [turn])")
    from validation.turn.network import _read, _turn_of

    maps = np.random.default_rng(4).normal(size=(2, 3 * len(POINTS) + 3, 16, 16))
    points, rest_deg, weight = read_maps(maps)
    taught = _read(torch.tensor(maps, dtype=torch.float32))
    assert taught.points.numpy() == pytest.approx(points, abs=1e-3)
    assert taught.rest_deg.numpy() == pytest.approx(rest_deg, abs=1e-3)
    assert taught.weight.numpy() == pytest.approx(weight, rel=1e-3)
    assert _turn_of(taught.points).numpy() == pytest.approx(turn_of(points), abs=0.01)


def test_the_network_is_taught_the_wave_that_the_product_fits():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra [turn])")
    from validation.turn.network import _wave

    rng = np.random.default_rng(5)
    turn_deg, phase = rng.normal(0, 9, (2, 8)), np.arange(8) * np.pi / 4 + [[0.3], [2.0]]
    told = [torch.tensor(x, dtype=torch.float32) for x in (turn_deg, np.ones((2, 8)), phase)]
    usual = 2 * np.pi * USUAL_PHASE
    waves = [
        harmonic(turn[:, None], at + usual) for turn, at in zip(turn_deg, phase, strict=True)
    ]
    assert _wave(*told).numpy() == pytest.approx(np.array(waves), abs=0.01)


def test_the_points_of_a_window_lie_on_the_pelvis_that_it_shows():
    camera = ["camera.view=front", "camera.athlete_height_px=220", "video.duration_s=0.1"]
    clip = make_clip(read_parameters(None, ["video.width_px=320", "video.height_px=320", *camera]))
    windows, points = render_windows(clip, np.random.default_rng(5))
    assert windows.shape[1:] == (WINDOW_PX, WINDOW_PX, 3)
    middle = points[:, -2:].mean(axis=1)
    assert middle == pytest.approx(np.full(middle.shape, WINDOW_PX / 2), abs=6)
    turn_deg = [clip.gait.pelvis.rotation_deg(t) for t in clip.times_s()]
    assert turn_of(points) == pytest.approx(turn_deg, abs=3)
