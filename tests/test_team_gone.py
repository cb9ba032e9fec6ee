"""Clips that were moved, renamed or deleted since they were graded."""

from __future__ import annotations

import pytest

from kneedrive_cv.team.outputs import write_team
from tests.team_folder import grade, inline_crew, make_folder


@pytest.fixture(autouse=True)
def _inline(monkeypatch):
    monkeypatch.setattr("kneedrive_cv.team.batch.open_crew", inline_crew)


@pytest.fixture
def folder(tmp_path):
    texts = {"Ann/2026-05-01.mp4": "ok 80", "Bo/2026-05-01.mp4": "ok 60"}
    return make_folder(tmp_path / "in", texts)


@pytest.fixture
def squad(folder, tmp_path):
    """Grade the folder as it is now."""

    def read(footage=folder, **more):
        run = grade(footage, tmp_path / "out", **more)
        return write_team(run.store, run.out, title=run.title)

    return read


def shown(squad):
    return {s.name: [clip.path for clip in s.clips] for s in squad.standings}


def test_a_clip_that_was_moved_to_another_athlete_counts_for_him_alone(folder, squad):
    squad()
    (folder / "Ann/2026-05-01.mp4").rename(folder / "Bo/2026-05-01_2.mp4")
    found = squad()
    assert shown(found) == {"Bo": ["Bo/2026-05-01.mp4", "Bo/2026-05-01_2.mp4"]}
    assert found.without_clip == []


def test_a_clip_that_was_given_another_day_counts_on_that_day_alone(folder, squad):
    squad()
    (folder / "Ann/2026-05-01.mp4").rename(folder / "Ann/2026-05-08.mp4")
    ann = next(s for s in squad().standings if s.name == "Ann")
    assert (ann.day, ann.compared) == ("2026-05-08", "")


def test_a_graded_clip_whose_footage_was_deleted_stays(folder, squad):
    before = shown(squad())
    (folder / "Ann/2026-05-01.mp4").unlink()
    assert shown(squad()) == before


def test_a_clip_that_is_gone_and_was_never_graded_is_not_listed(folder, squad):
    texts = {"Cleo/1.mp4": "nobody x", "IMG_1.mp4": "ok 70", "IMG_2.mp4": "memory"}
    make_folder(folder, texts)
    first = squad()
    assert {clip.path for clip in first.failed} == {"Cleo/1.mp4", "IMG_2.mp4"}
    for name in texts:
        (folder / name).unlink()
    found = squad()
    assert (found.failed, found.loose, found.without_clip) == ([], [], [])


def test_a_clip_that_comes_back_counts_again_without_being_graded_anew(folder, squad, tmp_path):
    before = shown(squad())
    clip = folder / "Ann/2026-05-01.mp4"
    other = clip.rename(folder / "Bo/2026-05-01_2.mp4")
    squad()
    other.rename(clip)
    assert grade(folder, tmp_path / "out").outcomes == {}
    assert shown(squad()) == before


def test_what_of_another_folder_is_in_the_store_is_not_taken_for_gone(squad, tmp_path):
    store = tmp_path / "season.sqlite"
    squad(store=store)
    friday = make_folder(tmp_path / "friday", {"Cleo/1.mp4": "nobody x"})
    squad(friday, store=store)
    found = squad(store=store)
    assert [clip.path for clip in found.failed] == ["Cleo/1.mp4"]
    assert set(shown(found)) == {"Ann", "Bo"}


def test_footage_that_was_moved_as_a_whole_is_not_graded_again_and_stands_once(
    folder, squad, tmp_path
):
    make_folder(folder, {"Cleo/1.mp4": "nobody x", "IMG_1.mp4": "ok 70"})
    before = squad()
    moved = folder.rename(tmp_path / "other drive")
    assert grade(moved, tmp_path / "out").outcomes == {}
    after = squad(moved)
    assert shown(after) == shown(before)
    assert [clip.path for clip in after.failed] == ["Cleo/1.mp4"]
    assert [clip.path for clip in after.loose] == ["IMG_1.mp4"]


def test_other_footage_of_the_same_names_is_not_taken_for_what_was_moved(folder, squad, tmp_path):
    squad()
    folder.rename(tmp_path / "put away")
    make_folder(folder, {"Ann/2026-05-01.mp4": "ok 33"})
    other = folder.rename(tmp_path / "tuesday")
    found = {s.name: sorted(clip.points for clip in s.clips) for s in squad(other).standings}
    assert found == {"Ann": [33.0, 80.0], "Bo": [60.0]}


def test_a_run_taken_up_elsewhere_is_found_where_its_results_are(folder, tmp_path):
    store = tmp_path / "season.sqlite"
    with pytest.raises(KeyboardInterrupt):
        grade(folder, tmp_path / "first", store=store, watcher=Stopping())
    run = grade(folder, tmp_path / "second", store=store)
    assert run.outcomes
    assert grade(folder, tmp_path / "second", store=store).outcomes == {}


class Stopping:
    """A watcher who stops the run before it begins."""

    def planned(self, *_):
        raise KeyboardInterrupt
