"""How large a report is, how soon a browser has opened it, and what the overlay costs.

``python benchmarks/report.py CLIP ... [--runs 5]``

Each clip is graded. Opening is measured against an empty page, in turn with it, each in a fresh
context: from the navigation until the page is laid out and its video can be played. The overlay is
compared with the time that the pose takes for the same frames.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import kneedrive_cv as kd
from kneedrive_cv.report.frames import clip_frames, run_frames
from kneedrive_cv.report.overlay import OverlayPainter
from kneedrive_cv.report.window import Window
from kneedrive_cv.video.writer import OverlayWriter

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EMPTY = "<!DOCTYPE html><html lang='en'><title>empty</title><p>Nothing.</p></html>"
PLAYABLE = """() => { const video = document.querySelector("video");
  return !video || video.readyState >= 2 || new Promise(done => video.oncanplay = done); }"""
MB = 1_000_000
POSES = 20


def open_s(browser: Any, page: Path) -> float:
    """Seconds until a page is there and its video can be played."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    start_s = time.perf_counter()
    tab.goto(page.as_uri())
    tab.evaluate(PLAYABLE)
    taken_s = time.perf_counter() - start_s
    context.close()
    return taken_s


def opening(report: Path, runs: int) -> tuple[float, float] | None:
    """Median seconds for an empty page and for the report; None without a browser."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    empty = report.with_name("empty.html")
    empty.write_text(EMPTY, encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path)
        open_s(browser, empty)  # the first page of a browser pays for its start
        pairs = [(open_s(browser, empty), open_s(browser, report)) for _ in range(runs)]
        browser.close()
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def overlay_cpu_s(run: kd.Analysis, folder: Path) -> float:
    """Seconds of processor time to draw and encode the overlay, without reading the clip."""
    spent_s = 0.0
    with OverlayWriter(folder / "overlay.mp4") as writer:
        painter = OverlayPainter(run)
        for frame in clip_frames(run):
            start_s = time.thread_time()
            writer.write(painter.paint(frame), frame.time_s)
            spent_s += time.thread_time() - start_s
        start_s = time.thread_time()
    return spent_s + time.thread_time() - start_s


def pose_cpu_s(run: kd.Analysis, frames: int) -> float:
    """Seconds of processor time that the pose of one frame takes, times the frames."""
    from kneedrive_cv.pose.estimator import PoseEstimator
    from kneedrive_cv.weights import model_path

    settings = run.result.settings
    model, crop_px = settings["pose"]["model"], settings["athlete"]["crop_px"]
    first = run.pose.frame[len(run.pose) // 2]
    frame = next(f for f in clip_frames(run) if f.index == first).image_bgr
    centre = np.nanmean(run.pose.xy_px[len(run.pose) // 2], axis=0)
    height_px = run.result.athlete.height_px
    window = Window.about(
        centre, seen_px=1.8 * height_px, width_px=crop_px, height_px=crop_px
    ).cut(frame)
    image = np.ascontiguousarray(window[..., ::-1])
    estimator = PoseEstimator(model_path(f"pose_landmarker_{model}.task"))
    estimator.find(image)
    start_s = time.process_time()  # MediaPipe works in threads of its own
    for _ in range(POSES):
        estimator.find(image)
    spent_s = time.process_time() - start_s
    estimator.close()
    return spent_s / POSES * frames


def show(clip: Path, runs: int, folder: Path) -> None:
    """Grade a clip and print its line of the table."""
    run = kd.analyze(clip)
    report = kd.write_outputs(run, folder) / "report.html"
    times_s = opening(report, runs)
    frames = len(run_frames(run))
    drawn_s, pose_s = overlay_cpu_s(run, folder), pose_cpu_s(run, frames)
    opened = "no browser" if times_s is None else f"{times_s[0]:.2f} / {times_s[1]:.2f} s"
    print(
        f"| {clip.name} | {frames} | {report.stat().st_size / MB:.1f} MB | {opened} | "
        f"{1000 * drawn_s / frames:.1f} / {1000 * pose_s / frames:.0f} ms | "
        f"{drawn_s / pose_s:.2f} |"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each clip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args(arguments)
    print("| clip | frames | report | empty / report opened | overlay / pose a frame | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for clip in chosen.clips:
        with tempfile.TemporaryDirectory() as folder:
            show(clip, chosen.runs, Path(folder))


if __name__ == "__main__":
    main()
