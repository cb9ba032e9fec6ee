"""A long clip in which the sprint takes seconds: time against pose on every frame, and memory.

``python benchmarks/long_clip.py CLIP [--minutes 20] [--model heavy]``

Around the clip, brought to 1080p and 30 frames a second, stands the empty track: the median of its
frames, with the noise of a sensor. A clip by a camera that stands still is best. Time is processor
time, of all threads, so that other work on the machine does not count. Pose on every frame is
what it takes to decode a frame, cut out a square and run one estimator on it, measured on some
frames of the clip and multiplied. Where nobody is in the square MediaPipe's estimator is done
sooner, as soon as it has found nobody: the time against that is printed beside it. Needs Linux or
macOS.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from itertools import chain, count, cycle
from pathlib import Path

import av
import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
FPS = 30
SIZE = (1920, 1080)
QUIET_FRAMES = 300
"""Of the empty track, over and over; as many from one picture that stands alone to the next, which
is more than phones have."""
SPRINT_AT = 0.75
NOISE_LEVELS = 1.5
BARE_FRAMES = 60
LIMIT_MB = 700
LIMIT_SHARE = 0.3


def images(clip: Path) -> Iterator[np.ndarray]:
    """The frames of a clip at 30 frames a second and 1080p."""
    due_s = 0.0
    with av.open(str(clip)) as source:
        for frame in source.decode(video=0):
            if float(frame.time or 0.0) >= due_s - 1e-6:
                due_s += 1 / FPS
                image = frame.to_ndarray(format="bgr24")
                yield cv2.resize(image, SIZE, interpolation=cv2.INTER_LINEAR)


def empty_track(clip: Path) -> Iterator[np.ndarray]:
    """Seconds of the place without anybody, with the noise of a sensor."""
    some = [image for k, image in enumerate(images(clip)) if k % 12 == 0]
    place = np.median(np.stack(some), axis=0)
    random = np.random.default_rng(0)
    for _ in range(QUIET_FRAMES):
        noise = random.normal(0.0, NOISE_LEVELS, (*place.shape[:2], 1))
        yield np.clip(place + noise, 0, 255).astype(np.uint8)


def encode(target: Path, shown: Iterator[np.ndarray]) -> None:
    """Write pictures; all files alike, so that their packets can be put together."""
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "bf": "0", "crf": "23"}
        stream.options |= {"g": str(QUIET_FRAMES), "sc_threshold": "0"}
        stream.codec_context.thread_count = 1
        for image in shown:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))


def packets(clip: Path) -> list[tuple[bytes, bool]]:
    """The packets of a clip, with whether each can be begun with."""
    with av.open(str(clip)) as source:
        return [(bytes(p), p.is_keyframe) for p in source.demux(video=0) if p.dts is not None]


def join(quiet: Path, sprint: Path, target: Path, minutes: float) -> int:
    """The sprint in a long clip of the empty track, without encoding anew; how many frames."""
    total, middle = round(minutes * 60 * FPS), packets(sprint)
    before = round(SPRINT_AT * (total - len(middle)))
    empty = packets(quiet)
    before -= before % len(empty)
    with av.open(str(quiet)) as source, av.open(str(target), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        order = chain((p for p, _ in zip(cycle(empty), range(before), strict=False)), middle)
        for k, (content, key) in zip(count(), chain(order, cycle(empty)), strict=False):
            if k >= total:
                break
            packet = av.Packet(content)
            packet.time_base, packet.duration = Fraction(1, FPS), 1
            packet.pts = packet.dts = k
            packet.is_keyframe = key
            packet.stream = stream
            container.mux(packet)
    return total


def run(command: list[object]) -> tuple[int, float, float]:
    """Exit code, processor time in seconds and peak memory in MB of a process."""
    process = subprocess.Popen([*map(str, command)], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6


def bare_frame_s(clip: Path, model: str) -> tuple[float, float]:
    """Processor time of one frame, decoded and with its pose; then of one that shows nobody."""
    from kneedrive_cv import pipeline
    from kneedrive_cv.athlete.crop import cut
    from kneedrive_cv.config import Settings
    from kneedrive_cv.pose.estimator import PoseEstimator
    from kneedrive_cv.weights import model_path

    footage, _ = pipeline.find_in_clip(clip, Settings())
    crops = pipeline.crops_to_read(footage)
    crops = crops.only(slice(0, BARE_FRAMES))
    rows = {int(frame): row for row, frame in enumerate(crops.frame)}
    with closing(PoseEstimator(model_path(f"pose_landmarker_{model}.task"))) as estimator:
        began_s, decoded = time.process_time(), 0
        capture = cv2.VideoCapture(str(clip))
        spent_s = empty_s = 0.0
        while decoded <= crops.frame[-1] and (read := capture.read())[0]:
            row = rows.get(decoded)
            decoded += 1
            if row is not None:
                before_s = time.process_time()
                crop, _ = cut(read[1], crops.center_px[row], float(crops.side_px[row]), 256)
                estimator.find(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB))
                with_him_s = time.process_time()
                estimator.find(np.full_like(crop, crop.mean(axis=(0, 1), dtype=float)))
                spent_s += with_him_s - before_s
                empty_s += time.process_time() - with_him_s
        decode_s = (time.process_time() - began_s - spent_s - empty_s) / decoded
    return decode_s + spent_s / len(crops), decode_s + empty_s / len(crops)


def main() -> int:
    """Print one line; 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--model", default="heavy", choices=["lite", "full", "heavy"])
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        quiet, sprint, clip = (Path(folder, f"{n}.mp4") for n in ("quiet", "sprint", "long"))
        encode(quiet, empty_track(said.clip))
        encode(sprint, images(said.clip))
        frames = join(quiet, sprint, clip, said.minutes)
        command = [sys.executable, "-m", "kneedrive_cv", "analyze", clip, "--out", folder]
        code, spent_s, peak_mb = run([*command, "--model", said.model])
        pose_s, empty_s = (frames * each for each in bare_frame_s(sprint, said.model))
    share = spent_s / pose_s
    print(
        f"{said.minutes:g} minutes of 1080p, {frames} frames, {said.model}: exit code {code}, "
        f"{spent_s:.0f} s of processor time, {share:.2f} of pose on every frame ({pose_s:.0f} s; "
        f"{LIMIT_SHARE} allowed; {spent_s / empty_s:.2f} of {empty_s:.0f} s if all are empty), "
        f"peak {peak_mb:.0f} MB ({LIMIT_MB} allowed)"
    )
    return int(code != 0 or share > LIMIT_SHARE or peak_mb > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
