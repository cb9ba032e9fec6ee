"""What every page is made with: templates, scripts, what a browser may do, what is put into it.

Nothing here draws or measures, so that a page of what a store holds loads no library that does.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

MAX_EMBEDDED_BYTES: Final = 24_000_000
"""A longer overlay stays beside the page, which then plays it from there."""
_OPTION: Final = re.compile(r"(?<!\S)--[a-z]+(?:-[a-z]+)*")
_CHUNK_BYTES: Final = 3 * 256 * 1024
"""A multiple of three, so that the pieces of base64 can be put one behind the other."""


def is_embedded(video: Path | None) -> bool:
    """Whether a video goes into the page."""
    return video is not None and video.stat().st_size <= MAX_EMBEDDED_BYTES


def embed_video(video: Path, name: str) -> Iterator[str]:
    """A video as the text of an element that browsers do not run."""
    yield f'<script type="text/plain" id="{name}">'
    with video.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield b64encode(chunk).decode("ascii")
    yield "</script>\n"


def read_script(*names: str) -> str:
    """The scripts of a page, one behind the other."""
    loader, environment = _loader(), page_environment()
    return "\n".join(loader.get_source(environment, name)[0] for name in names)


def content_policy(script: str, *, embedded: bool) -> str:
    """What a browser may do with the page: run its own script, and fetch nothing."""
    digest = b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
    media = "blob:" if embedded else "blob: file: 'self'"
    return (
        f"default-src 'none'; img-src data:; media-src {media}; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'"
    )


def page_environment() -> Environment:
    """The templates, in which everything from outside is escaped."""
    environment = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["options"] = with_options
    return environment


def with_options(text: str) -> Markup:
    """A text with the options of the command in one piece each, which a line would break.

    Examples
    --------
    >>> with_options("Add <it> by --also.")
    Markup('Add &lt;it&gt; by <code>--also</code>.')
    """
    return Markup(_OPTION.sub(r"<code>\g<0></code>", str(escape(text))))


def _loader() -> PackageLoader:
    return PackageLoader("kneedrive_cv.report", "templates")


def jpeg_uri(jpeg: bytes) -> str:
    """A JPEG as an address that holds it."""
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
