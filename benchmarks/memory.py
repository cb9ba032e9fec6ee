"""Peak memory of ``kneedrive analyze`` for clips of growing length: it must not grow with them.

``python benchmarks/memory.py [--model lite] [--seconds 10 60 180] [--clip FILE]``

The clip is looped, every second time mirrored, so that a runner who crosses the picture comes
back; it is brought to 30 frames a second. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from pathlib import Path

import av
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_videos" / "side_good.mp4"
FPS = 30
LIMIT_MB = 700


def images(clip: Path) -> Iterator[np.ndarray]:
    """The frames of a clip, and then their mirror images."""
    for mirrored in (False, True):
        with av.open(str(clip)) as source:
            for frame in source.decode(video=0):
                image = frame.to_ndarray(format="bgr24")
                yield np.ascontiguousarray(image[:, ::-1]) if mirrored else image


def encode_once(clip: Path, target: Path) -> None:
    """The clip and then its mirror image, at 30 frames a second.

    One frame at a time: what this process holds would count as the memory of those it starts.
    """
    stream = None
    with av.open(str(target), "w") as container:
        for image in images(clip):
            if stream is None:
                stream = container.add_stream("libx264", rate=FPS)
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.options = {"preset": "ultrafast", "bf": "0"}
                stream.codec_context.thread_count = 1
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        if stream is not None:
            container.mux(stream.encode(None))


def packets(clip: Path) -> Iterator[av.Packet]:
    """The packets of a clip, again and again."""
    while True:
        with av.open(str(clip)) as source:
            yield from (p for p in source.demux(video=0) if p.dts is not None)


def loop(clip: Path, target: Path, seconds: float) -> None:
    """Repeat a clip without encoding it anew."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        for k, packet in zip(count(), packets(clip), strict=False):
            if k >= seconds * FPS:
                break
            packet.time_base = Fraction(1, FPS)
            packet.pts = packet.dts = k
            packet.duration = 1
            packet.stream = stream
            container.mux(packet)


def measure(clip: Path, model: str, out: Path) -> tuple[int, float, float]:
    """Exit code, peak memory in MB and seconds of one run."""
    command = [sys.executable, "-m", "kneedrive_cv", "analyze", clip, "--model", model]
    start_s = time.perf_counter()
    command += ["--out", out]
    process = subprocess.Popen([*map(str, command)], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, usage.ru_maxrss * unit / 1e6, time.perf_counter() - start_s


def main() -> int:
    """Print a line for each length; 1 if a run fails or takes more than the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="lite", choices=["lite", "full", "heavy"])
    parser.add_argument("--seconds", type=float, nargs="+", default=[10, 60, 180])
    parser.add_argument("--clip", type=Path, default=SAMPLE)
    said = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        once = Path(folder, "once.mp4")
        encode_once(said.clip, once)
        for seconds in said.seconds:
            clip = Path(folder, f"long_{seconds:g}.mp4")
            loop(once, clip, seconds)
            code, peak_mb, took_s = measure(clip, said.model, Path(folder))
            bad += code != 0 or peak_mb > LIMIT_MB
            print(
                f"{seconds:6g} s of clip, {said.model}: exit code {code}, "
                f"peak {peak_mb:.0f} MB, {took_s:.0f} s",
                flush=True,
            )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
