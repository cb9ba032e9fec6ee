"""What a notebook shows while a clip is graded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from time import monotonic
from typing import Any, Final

from kneedrive_cv.looks import Progress

_EVERY_S: Final = 0.2
"""A browser draws no faster than this, and each change is a message to it."""


@contextmanager
def progress_line(progress: Progress | None) -> Iterator[Progress | None]:
    """The progress that was asked for; without one a bar in a notebook, nothing elsewhere.

    The bar is gone when the work has ended, so that a stored notebook does not hold it.
    """
    if progress is not None or not in_notebook():
        yield progress
        return
    show = import_module("IPython.display")
    line = _Line(show.display(show.HTML(""), display_id=True), show.HTML)
    try:
        yield line.show
    finally:
        line.clear()


def in_notebook() -> bool:
    """Whether this runs in the kernel of a notebook: there alone IPython draws HTML."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


class _Line:
    """A bar that is drawn in place."""

    def __init__(self, handle: Any, html: Any) -> None:
        self._handle = handle
        self._html = html
        self._drawn_s = 0.0

    def show(self, stage: str, done: int, total: int) -> None:
        """Draw it, but not too often."""
        if monotonic() - self._drawn_s < _EVERY_S:
            return
        self._drawn_s = monotonic()
        self._handle.update(self._html(bar_html(stage, done, total)))

    def clear(self) -> None:
        """Take it away."""
        self._handle.update(self._html(""))


def bar_html(stage: str, done: int, total: int) -> str:
    """The bar as HTML.

    Examples
    --------
    >>> bar_html("reading the pose", 30, 60)
    '<progress value="30" max="60"></progress> reading the pose, 30 of 60 frames'
    """
    most = max(total, done, 1)
    words = f"{escape(stage)}, {done} of {most} frames"
    return f'<progress value="{done}" max="{most}"></progress> {words}'
