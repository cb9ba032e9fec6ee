"""Bad input gives a line or two that say what to do, the right exit code, and leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kneedrive_cv.video.reader import VideoReader
from tests.cli_run import assert_refused, kneedrive
from tests.clip_maker import pattern, write_clip

WRONG_USE, UNGRADABLE = 2, 3
Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def frames(sample_clip: Path) -> list[Image]:
    return [frame.image_bgr for frame in islice(VideoReader(sample_clip), 24)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder that does not exist yet."""
    return tmp_path / "results" / "runs"


@pytest.fixture
def refuses(out: Path) -> Callable[..., None]:
    """Analyze a clip, expect a refusal that leaves no folder behind."""

    def refuse(clip: str | Path, code: int, *words: str, options: tuple[str, ...] = ()) -> None:
        ran = kneedrive("analyze", clip, "--out", out, "--model", "lite", *options)
        assert_refused(ran, code, *words)
        assert not out.parent.exists()

    return refuse


def test_a_clip_that_does_not_exist_is_named(refuses, tmp_path):
    refuses(tmp_path / "none.mp4", WRONG_USE, "none.mp4: no such file. Check the path.")


def test_a_folder_is_no_clip(refuses, tmp_path):
    refuses(tmp_path, WRONG_USE, f"{tmp_path}: is a folder, not a clip. Name one file in it.")


def test_an_empty_file_is_named_as_such(refuses, tmp_path):
    clip = tmp_path / "empty.mp4"
    clip.touch()
    refuses(clip, WRONG_USE, "empty.mp4: the file is empty.", "copy it again")


def test_text_named_mp4_is_no_video(refuses, tmp_path):
    clip = tmp_path / "notes.mp4"
    clip.write_text("Monday: two sets of 25 yards.\n" * 40, encoding="utf-8")
    refuses(clip, WRONG_USE, "notes.mp4: is not a video that can be read. Give a clip")


def test_a_still_picture_named_mp4_is_no_video(refuses, tmp_path, frames):
    clip = tmp_path / "still.mp4"
    clip.write_bytes(cv2.imencode(".jpg", frames[0])[1].tobytes())
    refuses(clip, WRONG_USE, "still.mp4: is a still picture, not a video. Give a clip")


def test_the_shared_picture_named_mp4_is_no_video(refuses, shared_path):
    clip = shared_path("clips", "other", "jpeg_named_mp4.mp4")
    refuses(clip, WRONG_USE, "is a still picture, not a video. Give a clip")


def test_a_clip_whose_index_was_cut_off_is_to_be_copied_again(refuses, tmp_path):
    """A phone writes the index last: without it no frame can be found."""
    clip = write_clip(tmp_path / "half.mp4", (pattern(k) for k in range(30)))
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) // 2])
    refuses(clip, WRONG_USE, "half.mp4: is not a video that can be read.", "copy it again")


def test_sound_alone_is_no_clip(refuses, tmp_path):
    clip = tmp_path / "voice.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("aac", rate=44_100)
        sound = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        sound.sample_rate = 44_100
        sound.planes[0].update(bytes(sound.planes[0].buffer_size))
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    refuses(clip, WRONG_USE, "voice.mp4: has no video in it.")


def test_a_clip_without_anybody_is_refused_with_its_name(refuses, tmp_path):
    clip = write_clip(tmp_path / "plain.mp4", [pattern(k, (320, 180)) for k in range(30)])
    refuses(clip, UNGRADABLE, "plain.mp4: no person was found in the clip. Film one sprinter")


def test_an_athlete_who_is_too_small_is_refused_with_his_size(refuses, tmp_path, sample_clip):
    def smaller(image: Image) -> Image:
        part = cv2.resize(image, None, fx=0.16, fy=0.16, interpolation=cv2.INTER_AREA)
        wide = np.full((360, 640, 3), image.mean((0, 1)), np.uint8)
        wide[150 : 150 + part.shape[0], 200 : 200 + part.shape[1]] = part
        return wide

    images = (smaller(frame.image_bgr) for frame in VideoReader(sample_clip))
    clip = write_clip(tmp_path / "far.mp4", images, fps=60)
    refuses(clip, UNGRADABLE, "far.mp4: the athlete is too small:", "at least 90 are needed")


def test_less_than_one_knee_drive_is_refused(refuses, tmp_path, frames):
    clip = write_clip(tmp_path / "short.mp4", frames[:12], fps=60)
    refuses(clip, UNGRADABLE, "short.mp4: no whole knee drive", "Film at least two strides")


@pytest.mark.slow
def test_walking_is_no_sprint(refuses, shared_path):
    clip = shared_path("clips", "other", "walking.mp4")
    refuses(clip, UNGRADABLE, "walking.mp4: the athlete walks, he does not sprint. Film a sprint")


def test_an_athlete_who_is_not_there_gives_a_list_of_who_is(refuses, sample_clip):
    refuses(
        sample_clip,
        WRONG_USE,
        "--athlete: there is no athlete 9; found: 1: moving,",
        "Choose one of these numbers.",
        options=("--athlete", "9"),
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--height", "18"), "kneedrive: --height: "),
        (("--height", "5.11"), "kneedrive: --height: Input should be less than or equal to 2.6"),
        (("--distance", "1,2,3"), "kneedrive: --distance: a number is missing"),
        (("--distance", "here,2,3,4,5"), "kneedrive: --distance: "),
    ],
)
def test_a_scale_that_cannot_be_is_refused_before_the_clip_is_read(refuses, options, words):
    refuses("clip.mp4", WRONG_USE, words, options=options)


@pytest.mark.parametrize("everybody", [("--all-athletes",), ("--athlete", "list")])
@pytest.mark.parametrize(
    "beside", [("--json",), ("--also", "front.mp4"), ("--pose", "pose.json")], ids=str
)
def test_what_holds_for_one_athlete_does_not_go_with_everybody(refuses, everybody, beside):
    words = f"{' '.join(everybody)} and {beside[0]} do not go together"
    refuses("clip.mp4", WRONG_USE, words, options=everybody + beside)


@pytest.mark.parametrize("beside", [("--name", "Ann"), ("--height", "1.82")], ids=str)
def test_what_is_said_of_one_person_is_not_taken_for_all(refuses, beside):
    words = f"--all-athletes and {beside[0]} do not go together"
    refuses("clip.mp4", WRONG_USE, words, options=("--all-athletes", *beside))


def test_the_clip_itself_is_refused_as_its_second_view(refuses, tmp_path):
    clip = tmp_path / "side.mp4"
    clip.write_bytes(b"no clip")
    words = "side.mp4: the second clip is the first one. Give a clip of the same run from another"
    refuses(clip, WRONG_USE, words, options=("--also", str(clip)))


def test_one_athlete_does_not_go_with_everybody(refuses):
    words = "--all-athletes and --athlete do not go together"
    refuses("clip.mp4", WRONG_USE, words, options=("--all-athletes", "--athlete", "1"))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_an_athletes_name_that_is_no_text_is_refused_before_the_clip_is_read(refuses):
    name = os.fsdecode(b"J\xf6rg")
    refuses("clip.mp4", WRONG_USE, "name: 'J\\udcf6rg' is no valid text", options=("--name", name))


@pytest.mark.slow
def test_the_people_of_a_clip_are_listed_with_their_numbers(sample_clip):
    ran = kneedrive("analyze", sample_clip, "--athlete", "list")
    assert ran.code == 0
    assert ran.out.startswith("1: moving, ")
    assert " px, " in ran.out


@pytest.mark.slow
def test_everybody_who_moves_is_graded_into_a_folder_of_his_own(sample_clip, tmp_path):
    ran = kneedrive(
        "analyze", sample_clip, "--all-athletes", "--model", "lite", "--out", tmp_path
    )
    assert ran.code == 0
    assert (tmp_path / "athlete_1" / "side_good" / "result.json").exists()


@pytest.mark.parametrize("place", ["in_the_way", "in_the_way/deeper", "/proc/nothing/here"])
def test_an_output_folder_that_cannot_be_made_is_refused_before_the_work(
    tmp_path, sample_clip, place
):
    (tmp_path / "in_the_way").write_text("mine", encoding="utf-8")
    ran = kneedrive("analyze", sample_clip, "--out", tmp_path / place)
    assert_refused(ran, WRONG_USE, place, "cannot be written", "Choose another folder with --out.")
    assert (tmp_path / "in_the_way").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every folder")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path, sample_clip):
    tmp_path.chmod(0o555)
    ran = kneedrive("analyze", sample_clip, "--out", tmp_path)
    tmp_path.chmod(0o755)
    assert_refused(ran, WRONG_USE, "cannot be written (Permission denied)", "--out")


def test_a_folder_with_files_of_others_is_left_alone(tmp_path, sample_clip):
    theirs = tmp_path / sample_clip.stem / "thesis.docx"
    theirs.parent.mkdir()
    theirs.write_text("mine", encoding="utf-8")
    ran = kneedrive("analyze", sample_clip, "--out", tmp_path)
    assert_refused(ran, WRONG_USE, "holds other things than the results of a clip", "--out")
    assert [path.name for path in tmp_path.rglob("*.*")] == ["thesis.docx"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[targets]\nhip_flexion_lowest = 3", "targets.hip_flexion_lowest: unknown key"),
        ('[pose]\nmodel = "giant"', "pose.model: Input should be 'lite', 'full' or 'heavy'"),
        ('[reader]\nmax_damaged_share = "some"', "reader.max_damaged_share: Input should be"),
        ("[targets\n", "is not TOML"),
        ("view = 3", "view: Input should be 'auto', 'side', 'front' or 'rear'"),
        ("pose = 3", "pose: "),
    ],
)
def test_settings_that_do_not_fit_are_named_by_file_and_key(refuses, tmp_path, content, words):
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    refuses("clip.mp4", WRONG_USE, "mine.toml: " + words, options=("--settings", str(path)))


def test_a_settings_file_of_another_encoding_is_said_to_be_one(refuses, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes("# Höhe".encode("utf-16"))
    words = "mine.toml: is not UTF-8 text. Save it as UTF-8."
    refuses("clip.mp4", WRONG_USE, words, options=("--settings", str(path)))


def test_a_settings_file_that_does_not_exist_is_named(refuses):
    words = "nowhere.toml: cannot be read (No such file or directory). Check --settings."
    refuses("clip.mp4", WRONG_USE, words, options=("--settings", "nowhere.toml"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("analyze", "clip.mp4", "--bogus"), "No such option: --bogus"),
        (("analyze", "clip.mp4", "--model", "giant"), "'--model'"),
        (("analyze", "clip.mp4", "--view", "above"), "'--view'"),
        (("analyze", "clip.mp4", "--capture-fps", "fast"), "'--capture-fps'"),
        (("analyze", "clip.mp4", "--capture-fps", "nan"), "'--capture-fps'"),
        (("analyze", "clip.mp4", "--athlete", "0"), "'--athlete'"),
        (("analyze", "clip.mp4", "--athlete", "the tall one"), "'--athlete'"),
        (("analyze", "clip.mp4", "--athlete", "²"), "'--athlete'"),
        (("analyze", "clip.mp4", "--slower", "nan"), "'--slower'"),
        (("analyze", "clip.mp4", "--out"), "'--out' requires an argument"),
        (("analyze", "one.mp4", "two.mp4"), "unexpected extra argument"),
        (("anal",), "No such command 'anal'"),
    ],
)
def test_wrong_arguments_are_told_in_two_plain_lines(arguments, words):
    ran = kneedrive(*arguments)
    assert_refused(ran, WRONG_USE, words, "\nTry: kneedrive")


def test_no_arguments_at_all_show_the_help():
    ran = kneedrive()
    assert ran.code == WRONG_USE
    assert "analyze" in ran.err
    assert "doctor" in ran.err


def test_models_that_are_missing_are_an_error_that_names_the_variable(tmp_path, sample_clip, out):
    ran = kneedrive("analyze", sample_clip, "--out", out, KNEEDRIVE_MODELS=str(tmp_path))
    assert_refused(ran, WRONG_USE, "SHA256SUMS: the list of model files cannot be read")
    assert "Check the folder that KNEEDRIVE_MODELS names, or unset it." in ran.err
    assert not out.parent.exists()


def test_a_clip_that_kneedrive_does_not_know_how_to_spell_is_still_named(refuses, tmp_path):
    refuses(tmp_path / "no\nsuch clip 🏃.mp4", WRONG_USE, "🏃.mp4: no such file")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_is_no_text_is_refused(refuses, tmp_path, sample_clip):
    clip = tmp_path / os.fsdecode(b"bad\xff.mp4")
    try:
        clip.write_bytes(sample_clip.read_bytes())
    except OSError:
        pytest.skip("this file system has no such names")
    refuses(clip, WRONG_USE, "the name is no valid text (UTF-8). Rename the file.")


def test_a_rate_of_capture_without_end_is_refused(refuses, sample_clip):
    refuses(sample_clip, WRONG_USE, "--capture-fps:", options=("--capture-fps", "inf"))


@pytest.mark.parametrize("module", ["kneedrive_cv.cli", "kneedrive_cv"])
def test_the_command_line_loads_nothing_heavy(root, module):
    """This is what keeps ``kneedrive --help`` quick."""
    heavy = ("cv2", "mediapipe", "matplotlib", "scipy", "pydantic", "numpy", "av", "rich", "jinja2")
    code = f"import sys, {module}; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("arguments", [("--help",), ("analyze", "--help"), ("doctor", "--help")])
def test_help_goes_to_stdout_in_plain_lines(arguments):
    ran = kneedrive(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Usage: kneedrive")
    assert ran.out.isascii()
    assert max(map(len, ran.out.splitlines())) <= 80
