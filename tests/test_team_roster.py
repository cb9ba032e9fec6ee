"""Whose clip it is."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kneedrive_cv.errors import ConfigError
from kneedrive_cv.team.clips import find_clips, result_folders
from kneedrive_cv.team.roster import Assignment, Roster, from_path, read_roster


@pytest.fixture
def roster(tmp_path):
    def write(*lines, encoding="utf-8"):
        path = tmp_path / "roster.csv"
        path.write_text("\n".join(lines), encoding=encoding)
        return read_roster(path)

    return write


@pytest.mark.parametrize(
    ("path", "athlete", "day", "label"),
    [
        ("Ann Lee/2026-05-01_60m_1.mov", "Ann Lee", "2026-05-01", "60m_1"),
        ("Ann Lee/60m_1.mov", "Ann Lee", "", "60m_1"),
        ("2026-05-01/Ann/1.mov", "Ann", "2026-05-01", "1"),
        ("2026-05-01 track/Ann/1.mov", "Ann", "2026-05-01", "1"),
        ("2026-05-01 track/1.mov", "", "2026-05-01", "1"),
        ("Ann Lee 2026-05-01/1.mov", "Ann Lee", "2026-05-01", "1"),
        ("Ann/2026-05-01/IMG_20260502.mov", "Ann", "2026-05-02", "IMG"),
        ("Ann Lee_2026-05-01_60m_1.mov", "Ann Lee", "2026-05-01", "60m_1"),
        ("Ann/2026-13-45_1.mov", "Ann", "", "1"),
        ("IMG_0001.mov", "", "", "IMG_0001"),
        ("20260501.mov", "", "2026-05-01", ""),
    ],
)
def test_without_a_roster_folders_and_names_say_whose_clip_it_is(path, athlete, day, label):
    found = Roster().assign(path)
    assert (found.athlete, found.day, found.label) == (athlete, day, label)
    assert bool(found.why) == (not athlete)


@pytest.mark.parametrize(
    "path",
    [
        "VID_20260501_101112.mp4",
        "VID-20260501-WA0003.mp4",
        "vid_20260501_101112.mp4",
        "PXL_20260501_101112345.TS.mp4",
        "IMG_20260501_101112.mov",
        "IMG_0042_2026-05-01.mov",
        "MVI_20260501.avi",
        "DSC00042 2026-05-01.mov",
        "WIN_20260501_10_11_12_Pro.mp4",
        "WhatsApp Video 2026-05-01 at 10.11.12.mp4",
        "Screen Recording 2026-05-01 at 10.11.12.mov",
        "Screen_Recording_20260501_101112.mp4",
        "signal-2026-05-01-10-11-12.mp4",
        "2026-05-01/VID_20260501_101112.mp4",
        "2026-05-01 track/PXL_20260501_101112345.mp4",
        "DCIM/100APPLE/VID_20260501_101112.mp4",
        "202604__/IMG_0042 2026-05-01.mov",
        "WhatsApp Video/VID-20260501-WA0003.mp4",
    ],
)
def test_what_a_camera_or_an_app_calls_its_clips_is_no_athlete(path):
    found = Roster().assign(path)
    assert (found.athlete, found.day) == ("", "2026-05-01")
    assert found.why == "neither its folder nor its name says whose it is"


@pytest.mark.parametrize(
    ("path", "athlete"),
    [
        ("Vid_2026-05-01_60m.mov", "Vid"),
        ("Winona_2026-05-01.mov", "Winona"),
        ("Imogen Screen 2026-05-01.mov", "Imogen Screen"),
        ("Ann/VID_20260501_101112.mp4", "Ann"),
        ("20231234/VID_20260501_101112.mp4", "20231234"),
        ("DCIM/Ann/VID_20260501_101112.mp4", "Ann"),
        ("WhatsApp Video 2026-05-01/Ann_2026-05-01.mp4", "Ann"),
    ],
)
def test_a_name_that_is_like_a_cameras_or_beside_it_is_an_athlete(path, athlete):
    assert from_path(path).athlete == athlete


@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1))
def test_any_name_of_a_folder_is_taken_or_refused_but_never_breaks(name):
    assert isinstance(from_path(f"{name}/clip.mov"), Assignment)


def test_a_roster_names_files_and_patterns(roster):
    found = roster(
        "Athlete,File,Date,Height,Group,Notes",
        "Ann,day1/IMG_0001.mov,2026-05-01,171,Girls,left knee",
        "Bo,day1/*.mov,2026-05-01,1.82,Boys,",
        "Bo,*_bo.mp4,,,,",
    )
    assert found.assign("day1/IMG_0001.mov").athlete == "Ann"
    assert found.assign("day1/img_0002.MOV").athlete == "Bo"
    assert found.assign("other/5_bo.mp4") == Assignment(
        "Bo", "", "5_bo", height_m=pytest.approx(1.82)
    )
    assert found.people["Ann"].height_m == pytest.approx(1.71)
    assert found.people["Bo"].height_m == pytest.approx(1.82)
    assert (found.people["Bo"].group, found.people["Ann"].notes) == ("Boys", "left knee")


def test_a_roster_names_a_file_whose_name_looks_like_a_pattern(roster):
    found = roster("athlete,file", "Ann,60m [1].mov", "Bo,Bo/60m [2].mov")
    assert found.assign("monday/60m [1].mov").athlete == "Ann"
    assert found.assign("Bo/60m [2].mov").athlete == "Bo"


def test_a_roster_written_on_windows_parts_folders_by_backslashes(roster):
    found = roster("athlete,file", "Ann,girls\\a.mov", "Bo,boys\\*.mov")
    assert found.assign("girls/a.mov").athlete == "Ann"
    assert found.assign("boys/b.mov").athlete == "Bo"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_lines_of_a_note_stay_words_of_their_own(tmp_path, ends):
    path = tmp_path / "roster.csv"
    text = ends.join(("athlete,file,notes", 'Ann,a.mov,"left', 'knee"', "Bo,b.mov,", ""))
    path.write_bytes(text.encode())
    found = read_roster(path)
    assert found.people["Ann"].notes == "left knee"
    assert found.assign("b.mov").athlete == "Bo"


def test_what_no_row_fits_goes_by_the_folder_and_otherwise_stays_open(roster):
    found = roster("athlete", "Ann", "Bo")
    assert found.assign("ann/2026-05-01.mov").athlete == "Ann"
    assert found.assign("Cleo/1.mov").why == "no row of the roster fits"


def test_a_clip_that_two_athletes_claim_is_given_to_neither(roster):
    found = roster("athlete,file", "Ann,*.mov", "Bo,1*.mov")
    assert found.assign("12.mov").why == "the roster gives Ann and Bo"
    assert found.assign("22.mov").athlete == "Ann"


def test_names_are_the_same_however_their_accents_are_written(roster):
    name = "Zoë"
    found = roster("athlete,file", f"{name},{name}/*")
    decomposed = unicodedata.normalize("NFD", name)
    assert found.assign(f"{decomposed}/1.mov").athlete == name
    assert from_path(f"{decomposed}/1.mov").athlete == name


def test_two_spellings_of_a_name_are_one_athlete_with_all_that_was_said_of_him(roster):
    found = roster("athlete,height,group", "Ann  Lee,171,Girls", "ann lee,,")
    assert list(found.people) == ["Ann  Lee"]
    given = found.assign("ANN LEE/1.mov")
    assert (given.athlete, given.height_m) == ("Ann  Lee", 1.71)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("athlete,file", "Lee, Ann,*.mp4"), "line 2: has more cells than the first line names"),
        (("athlete,file", '"Ann,a.mp4', "Bo,b.mp4"), "is no CSV"),
    ],
)
def test_a_comma_or_a_quotation_mark_too_many_is_told(roster, lines, told):
    with pytest.raises(ConfigError, match=told):
        roster(*lines)


def test_empty_cells_that_a_spreadsheet_puts_behind_a_row_are_passed_over(roster):
    assert list(roster("athlete,file", "Ann,a.mp4,,,").people) == ["Ann"]


def test_semicolons_and_a_byte_order_mark_of_a_spreadsheet_are_read(roster):
    found = roster("athlete;height", "Ann;1,71", encoding="utf-8-sig")
    assert found.people["Ann"].height_m == pytest.approx(1.71)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["name,file", "Ann,1.mov"], "unknown column 'name'"),
        (["file", "1.mov"], "has no column 'athlete'"),
        ([""], "has no column 'athlete'"),
        (["athlete"], "names no athlete"),
        (["athlete,file", ",1.mov"], "line 2: names no athlete"),
        (["athlete,height", "Ann,tall"], "line 2: 'tall' is no height"),
        (["athlete,height", "Ann,17"], "line 2: '17' is no height"),
        (["athlete,file,date", "Ann,1.mov,May"], "line 2: 'May' is no date"),
        (["athlete,file,date", "Ann,,May"], "line 2: 'May' is no date"),
        (["athlete,date", "Ann,2026-05-01"], "line 2: a date needs a file"),
    ],
)
def test_a_roster_that_does_not_fit_is_refused_with_its_line(roster, lines, words):
    with pytest.raises(ConfigError, match=words):
        roster(*lines)


def test_a_roster_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes("athlete\nZoë".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        read_roster(path)


def test_clips_are_found_but_neither_results_nor_what_is_hidden(tmp_path):
    for name in ("b/2.MOV", "a/1.mp4", "a/notes.txt", ".hidden/3.mp4", "a/.4.mp4", "out/x/5.mp4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    results = tmp_path / "a" / "earlier"
    results.mkdir()
    (results / "overlay.mp4").touch()
    (results / "result.json").touch()
    found = find_clips(tmp_path, leave_out=tmp_path / "out")
    assert [clip.path for clip in found] == ["a/1.mp4", "b/2.MOV"]


def test_a_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="holds no clip"):
        find_clips(tmp_path)
    with pytest.raises(ConfigError, match="does not exist"):
        find_clips(tmp_path / "none")


@pytest.fixture
def closed(tmp_path, monkeypatch):
    """A folder that may not be entered, also not by root."""
    folder = tmp_path / "in" / "closed"
    folder.mkdir(parents=True)

    def guard(name):
        ask = getattr(os, name)

        def asked(path, *args, **more):
            if isinstance(path, str | os.PathLike) and (
                folder in Path(path).parents or (name == "scandir" and Path(path) == folder)
            ):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return ask(path, *args, **more)

        monkeypatch.setattr(os, name, asked)

    guard("stat")
    guard("scandir")
    return folder


def test_a_folder_that_may_not_be_entered_is_passed_over(closed):
    (closed.parent / "1.mp4").touch()
    assert [clip.path for clip in find_clips(closed.parent)] == ["1.mp4"]


def test_a_folder_of_footage_that_may_not_be_entered_is_said_to_be_so(closed):
    with pytest.raises(ConfigError, match=r"cannot be read \(Permission denied\)"):
        find_clips(closed)


def test_folders_that_begin_with_a_dot_are_not_even_searched(tmp_path, monkeypatch):
    (tmp_path / ".unfinished" / "a").mkdir(parents=True)
    (tmp_path / "1.mp4").touch()
    searched = []
    look = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: searched.append(Path(path)) or look(path))
    find_clips(tmp_path)
    assert set(searched) == {tmp_path}


def test_a_name_that_is_no_text_is_spelt_so_that_it_can_be_kept(tmp_path):
    (tmp_path / "caf\udce9.mp4").touch()
    (clip,) = find_clips(tmp_path)
    assert clip.path == "caf\\udce9.mp4"
    assert clip.path.encode()


@given(st.lists(st.sampled_from(["a/1.mov", "a/1.mp4", "A/1.MP4", "a/1", "b/1.mov"]), unique=True))
def test_no_two_clips_share_a_folder_of_results(paths):
    folders = result_folders(paths)
    assert len({str(folder) for folder in folders.values()}) == len(paths)


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["Ann.mp4", "ann/1.mp4"], ["Ann.mp4", "ann/1"]),
        (["Ann.mp4", "Ann/1.mp4", "ANN.MP4/1.mov"], ["Ann.mp4~2", "Ann/1", "ANN.MP4/1"]),
        (["Ann.mov", "Ann.mp4", "Ann.mp4.mov"], ["Ann.mov", "Ann.mp4", "Ann.mp4.mov"]),
        (["1.mp4", "1.MP4"], ["1.mp4~2", "1.MP4~3"]),
    ],
)
def test_no_results_lie_in_or_around_those_of_another_clip(paths, names):
    assert [str(folder) for folder in result_folders(paths).values()] == names
