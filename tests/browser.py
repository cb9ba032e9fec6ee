"""Open a page in headless Chromium and see what it has become."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), "")
LONGEST_S = 120
NARROWEST_PX = 500
"""Chromium makes no window narrower than this; a frame in it can be."""


def needs_chromium() -> None:
    """Skip the test where there is no browser."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")


def see(page: Path, script: str, *, width_px: int = 1280, height_px: int = 900) -> Any:
    """What ``script`` returns in the page, run after the page's own scripts.

    The page is opened in a frame of the width, as on a phone; the script may use ``document`` of
    the page and ``errors``, what its console and its policy complained of.
    """
    copy = page.with_name(f".seen_{page.name}")
    copy.write_text(_with_probe(page.read_text(encoding="utf-8"), script), encoding="utf-8")
    outer = page.with_name(f".frame_{page.name}")
    outer.write_text(
        f'<body style="margin:0"><iframe src="{copy.name}" width="{width_px}" '
        f'height="{height_px}" style="border:0"></iframe><script>'
        'window.addEventListener("message", (e) => { document.title = e.data; });</script>',
        encoding="utf-8",
    )
    try:
        done = subprocess.run(
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--virtual-time-budget=5000",
                f"--window-size={max(width_px, NARROWEST_PX)},{height_px}",
                "--dump-dom",
                outer.as_uri(),
            ],
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=True,
        )
    finally:
        copy.unlink()
        outer.unlink()
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.S)
    assert title, done.stdout[-500:]
    return json.loads(unescape(title[1]))


def _with_probe(page: str, script: str) -> str:
    """The page with two more scripts, which its policy is told of."""
    watch = (
        "const errors = []; window.addEventListener('error', (e) => errors.push(e.message));"
        "document.addEventListener('securitypolicyviolation', (e) => errors.push(e.blockedURI));"
    )
    ask = (
        "window.addEventListener('load', () => setTimeout(() => parent.postMessage("
        f"JSON.stringify((() => {{ {script} }})()), '*'), 50));"
    )
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" for code in (watch, ask)
    )
    page = page.replace("script-src ", f"script-src {hashes} ", 1)
    page = page.replace("<title>", f"<script>{watch}</script>\n<title>", 1)
    return page.replace("</body>", f"<script>{ask}</script>\n</body>", 1)
