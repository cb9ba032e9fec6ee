"""The first look: how far he leans is told from a few frames, then all are read upright."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kneedrive_cv import looks
from kneedrive_cv.athlete.crop import Crops
from kneedrive_cv.config import Settings
from kneedrive_cv.looks import LEAN_AGREES_DEG, LEAN_EVERY, TURNED_LESS_DEG, first_look
from kneedrive_cv.pose.track import PoseTrack
from tests.conftest import ROOT
from tests.gait_maker import pose_of
from tests.test_clean_lean import leaning
from validation.truth import load_truth

POSE = pose_of(load_truth(ROOT / "sample_videos" / "side_good.json"))
OWN_DEG = 5.0
"""How far the body of that clip leans."""


class Estimator:
    """Reads a body as leaning less than it does, by half of what it leans in its crop.

    Each landmark's visibility holds the turn of the crop that it was read in.
    """

    def __init__(self, lean_deg: np.ndarray) -> None:
        self.lean_deg = lean_deg
        self.looked = np.zeros(len(POSE), dtype=int)

    def __call__(
        self, reader, crops, pool, settings, progress, stage, sizes, beside=None
    ) -> list[PoseTrack]:
        rows = np.searchsorted(POSE.frame, crops.frame)
        self.looked[rows] += 1
        read_deg = crops.turn_deg + 0.5 * (self.lean_deg[rows] - crops.turn_deg)
        part = POSE.only(rows)
        xy_px = [
            leaning(part.only(np.array([i])), lean - OWN_DEG).xy_px[0]
            for i, lean in enumerate(read_deg)
        ]
        turns = np.repeat(crops.turn_deg[:, None], POSE.xy_px.shape[1], axis=1)
        for done in range(1, len(rows) + 1):
            progress(stage, done, len(rows))
        return [part.replace(xy_px=np.array(xy_px), visibility=turns)]


def crops_of(width_share: float) -> Crops:
    """Crops of an athlete whose box is so wide, in shares of its height."""
    xy_px = POSE.xy_px
    middle = np.nanmean(xy_px, axis=1)
    tall = np.nanmax(xy_px[..., 1]) - np.nanmin(xy_px[..., 1])
    half = np.array([width_share, 1.0]) * tall / 2
    return Crops(
        frame=POSE.frame,
        time_s=POSE.time_s,
        center_px=middle,
        side_px=np.full(len(POSE), 4.0 * tall),
        box=np.concatenate([middle - half, middle + half], axis=1),
        confidence=np.ones(len(POSE)),
        turn_deg=np.zeros(len(POSE)),
    )


@pytest.fixture
def look(monkeypatch):
    """Look at a body that leans, with a box of some shape: crops, track, looks, progress."""

    def looked(lean_deg, width_share):
        estimator = Estimator(np.broadcast_to(lean_deg, len(POSE)))
        monkeypatch.setattr(looks, "_look", estimator)
        seen = []
        crops, track = first_look(
            None, crops_of(width_share), None, Settings(), lambda *step: seen.append(step[1:])
        )
        return crops, track, estimator.looked, seen

    return looked


def assert_all_read(track: PoseTrack) -> None:
    """Each frame has the landmarks that the truth knows."""
    known = np.isfinite(POSE.xy_px[: len(track)])
    np.testing.assert_array_equal(np.isfinite(track.xy_px), known)


def test_who_runs_upright_is_looked_at_once_in_every_frame(look):
    crops, track, looked, _ = look(OWN_DEG, 0.5)
    assert np.all(looked == 1)
    assert not crops.turn_deg.any()
    assert_all_read(track)


def test_the_frames_that_told_that_he_does_not_lean_are_not_looked_at_again(look):
    crops, track, looked, _ = look(OWN_DEG, 1.0)
    assert np.all(looked == 1)
    assert not crops.turn_deg.any()
    assert_all_read(track)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_who_leans_out_of_the_blocks_is_read_almost_upright_though_he_is_read_as_leaning_less(
    look, sign
):
    lean_deg = sign * np.linspace(50.0, 25.0, len(POSE))
    crops, _, looked, _ = look(lean_deg, 1.0)
    # an eighth is left after three halvings, and smoothing rounds the ends
    assert np.abs(crops.turn_deg - lean_deg).max() < 50.0 / 8 + 4.0
    assert np.all(looked[np.arange(len(POSE)) % LEAN_EVERY != 0] == 1)
    assert looked.sum() < 1.6 * len(POSE)


def test_every_frame_is_read_in_the_crop_that_is_told_of_it(look):
    """The repair takes landmarks of turned crops back by the turn that the crops say."""
    crops, track, _, _ = look(np.linspace(50.0, 0.0, len(POSE)), 1.0)
    turns = np.repeat(crops.turn_deg[:, None], POSE.xy_px.shape[1], axis=1)
    np.testing.assert_allclose(track.visibility, turns)


def test_a_lean_that_is_read_the_same_again_is_not_read_a_third_time(look, monkeypatch):
    monkeypatch.setattr(looks, "LEAN_LOOKS", 9)
    _, _, looked, _ = look(30.0, 1.0)
    halvings = np.log2((30.0 - OWN_DEG) / LEAN_AGREES_DEG)
    assert 2 <= looked.max() <= halvings + 2


def test_progress_never_goes_back_nor_beyond_its_end(look):
    for lean_deg in (0.0, 45.0):
        _, _, looked, seen = look(lean_deg, 1.0)
        done = [step[0] for step in seen]
        assert done == list(range(1, looked.sum() + 1))
        assert all(count <= total for count, total in seen)
        assert seen[-1][0] == seen[-1][1]


def test_a_single_frame_is_looked_at(monkeypatch):
    monkeypatch.setattr(looks, "_look", Estimator(np.full(len(POSE), 40.0)))
    one = crops_of(1.0).only(np.array([0]))
    crops, track = first_look(None, replace(one), None, Settings(), lambda *_: None)
    assert len(crops) == len(track) == 1
    assert_all_read(track)


def test_doubtful_frames_of_who_leans_are_looked_at_in_a_crop_that_is_turned_less_too(monkeypatch):
    """Those of who runs upright only in crops of other sizes."""
    doubtful = np.arange(len(POSE)) % 10 == 0
    monkeypatch.setattr(looks, "find_doubtful", lambda *_, **__: doubtful)
    turns_deg = np.where(np.arange(len(POSE)) < 50, -40.0, 0.0)
    seen = []

    def look(reader, crops, pool, settings, progress, stage, sizes):
        rows = np.searchsorted(POSE.frame, crops.frame)
        seen.append((rows.tolist(), crops.turn_deg.tolist(), sizes))
        return [POSE.only(rows) for _ in sizes]

    monkeypatch.setattr(looks, "_look", look)
    crops = replace(crops_of(1.0), turn_deg=turns_deg)
    given = looks.look_again(None, POSE, crops, None, Settings(), lambda *_: None)
    rows = np.flatnonzero(doubtful)
    leaning_rows = rows[rows < 50]
    scales = Settings().pose.second_look_scales
    assert sorted(seen, key=lambda each: each[2]) == [
        (rows.tolist(), turns_deg[rows].tolist(), scales),
        (leaning_rows.tolist(), [-40.0 + TURNED_LESS_DEG] * len(leaning_rows), (1.0,)),
    ]
    assert len(given) == 1 + len(scales) + 1
    assert np.isnan(given[-1].xy_px[50:]).all()
