"""Grade a folder of forty clips, eight of them broken, and say what became of each.

    python -m validation.team_footage [--shared ../shared] [--out runs/team_footage] [--model lite]

The footage: the sample clips, the rendered and the real ones of ``--shared``, and cheap variants of
them (cut, mirrored, made smaller), until there are 32. Exits with 1 where a broken clip got a grade
or was not explained, or a sound one was lost.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np

from kneedrive_cv.config import Settings
from kneedrive_cv.team.batch import grade_team
from kneedrive_cv.team.outputs import write_team
from kneedrive_cv.team.terminal import TeamProgress, print_squad
from validation.common import ROOT

SOUND = 32
FRAMES = 90
Change = Callable[[np.ndarray], np.ndarray]


def sources(shared: Path) -> list[Path]:
    """The clips that there are."""
    clips = sorted((ROOT / "sample_videos").glob("*.mp4"))
    for part in ("synth", "clips/hato72", "clips/other"):
        clips += sorted((shared / part).glob("*.mp4"))
    return [clip for clip in clips if clip.stem != "jpeg_named_mp4"]


def images(clip: Path) -> Iterator[np.ndarray]:
    """The frames of a clip."""
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="bgr24")


def encode(target: Path, frames: Iterator[np.ndarray], fps: int = 60) -> None:
    """Write frames as a clip."""
    with av.open(str(target), "w") as container:
        stream = None
        for image in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=Fraction(fps))
                stream.height, stream.width = (side // 2 * 2 for side in image.shape[:2])
                stream.pix_fmt = "yuv420p"
                stream.options = {"preset": "ultrafast"}
            whole = np.ascontiguousarray(image[: stream.height, : stream.width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(whole, format="bgr24")))
        if stream is not None:
            container.mux(stream.encode(None))


CHANGES: tuple[tuple[str, Change], ...] = (
    ("mirrored", lambda image: image[:, ::-1]),
    ("dark", lambda image: (image * 0.7).astype(np.uint8)),
    ("bright", lambda image: np.clip(image * 1.25, 0, 255).astype(np.uint8)),
)


def sound_clips(folder: Path, shared: Path) -> None:
    """Thirty-two clips in folders of athletes."""
    found = sources(shared)
    for i in range(SOUND):
        clip = found[i % len(found)]
        athlete = folder / f"Athlete {i % 8 + 1}"
        athlete.mkdir(exist_ok=True)
        target = athlete / f"2026-05-{1 + 7 * (i // 16):02d}_{clip.stem}_{i:02d}.mp4"
        if i < len(found):
            shutil.copy(clip, target)
        else:
            _, change = CHANGES[i % len(CHANGES)]
            # The end of a clip: at its start many still stand in the blocks.
            encode(target, (change(image) for image in deque(images(clip), maxlen=FRAMES)))


def broken_clips(folder: Path) -> list[str]:
    """Eight clips that cannot be graded, each in another way."""
    bad = folder / "Broken"
    bad.mkdir()
    sample = ROOT / "sample_videos" / "side_good.mp4"
    content = sample.read_bytes()
    noise = np.random.default_rng(0)
    (bad / "empty.mp4").touch()
    (bad / "text.mp4").write_text("no video at all\n" * 50, encoding="utf-8")
    (bad / "cut_off.mp4").write_bytes(content[: len(content) // 3])
    scrambled = bytearray(content)
    for start in range(len(content) // 20, len(content) - len(content) // 10, 400):
        scrambled[start : start + 200] = noise.bytes(200)
    (bad / "scrambled.mp4").write_bytes(scrambled)
    grey = (noise.integers(90, 120, (480, 640, 3), np.uint8) for _ in range(60))
    encode(bad / "nobody.mp4", grey)
    encode(bad / "one_frame.mp4", islice(images(sample), 1))
    with av.open(str(bad / "sound_only.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (bad / "picture.mp4").write_bytes(_jpeg(next(images(sample))))
    return sorted(f"Broken/{path.name}" for path in bad.iterdir())


def _jpeg(image: np.ndarray) -> bytes:
    import cv2

    return bytes(cv2.imencode(".jpg", image)[1])


def main() -> None:
    """Make the folder, grade it, and check what is said of each clip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--out", type=Path, default=Path("runs") / "team_footage")
    parser.add_argument("--model", default="lite")
    parser.add_argument("--workers", type=int)
    args = parser.parse_args()
    folder = args.out.with_name(f"{args.out.name}_clips")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sound_clips(folder, args.shared)
    broken = broken_clips(folder)
    began_s = time.monotonic()
    with TeamProgress() as progress:
        run = grade_team(
            folder,
            out=args.out,
            settings=Settings.from_dict({"pose": {"model": args.model}}),
            workers=args.workers,
            watcher=progress,
        )
    print(f"{run.clips} clips in {time.monotonic() - began_s:.0f} s")
    print_squad(write_team(run.store, run.out, title=run.title), run)
    sys.exit(not explained(run.outcomes, broken))


def explained(outcomes: dict, broken: list[str]) -> bool:
    """Whether every clip has a grade or a reason, and no broken one a grade.

    A clip that was graded before and did not change has no outcome in this run.
    """
    kept = all(outcome.status == "graded" or outcome.reason for outcome in outcomes.values())
    refused = all(
        outcomes[path].status in ("unreadable", "ungradable") for path in broken if path in outcomes
    )
    graded = sum(outcome.status == "graded" for outcome in outcomes.values())
    print(f"{graded} graded, {len(outcomes) - graded} explained, {len(broken)} of them broken")
    return kept and refused


if __name__ == "__main__":
    main()
