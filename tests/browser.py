"""A browser for the tests of the pages, and clips whose frames tell their number."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kneedrive_cv.video.reader import Frame

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
BITS = 8
BLOCK_PX = 48
_SIZE = (720, 1280)

READ_NUMBER = f"""(video) => {{
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const pen = canvas.getContext("2d", {{ willReadFrequently: true }});
  pen.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < {BITS}; bit += 1) {{
    const x = canvas.width - {BLOCK_PX} * (bit + 1) + {BLOCK_PX // 2};
    if (pen.getImageData(x, {BLOCK_PX // 2}, 1, 1).data[0] > 127) number += 1 << bit;
  }}
  return number;
}}"""
"""Reads the number of the frame off the picture itself, not off what the page says of it."""


def numbered_frames(count: int, fps: float = 60.0) -> Iterator[Frame]:
    """Grey frames with their number as black and white blocks in the upper right corner."""
    for i in range(count):
        image = np.full((*_SIZE, 3), 90, np.uint8)
        for bit in range(BITS):
            x = _SIZE[1] - BLOCK_PX * (bit + 1)
            white = 255 if i >> bit & 1 else 0
            cv2.rectangle(image, (x, 0), (x + BLOCK_PX - 1, BLOCK_PX - 1), (white,) * 3, -1)
        yield Frame(i, i / fps, image)


@contextmanager
def open_browser() -> Iterator[Browser]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium or Chrome is installed on this machine")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path)
        yield browser
        browser.close()


class Watched:
    """A page, with everything that went wrong on it or left the machine."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        page.on("request", self._note_request)
        page.goto(path.as_uri())

    def _note_console(self, message: object) -> None:
        self.wrong.append(f"console: {message}")

    def _note_request(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not url.startswith(("blob:", "data:")) and not url.endswith(".html"):
            self.wrong.append(f"request: {url[:100]}")
