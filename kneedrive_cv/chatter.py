"""Keeps what C libraries write to the terminal away from what the program says there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def own_stderr() -> Iterator[None]:
    """Within the block file descriptor 2 leads nowhere, and `sys.stderr` to where it led before.

    MediaPipe's C++ warns of its own memory now and then, in words that mean nothing to a coach. It
    knows no way to be silent, and such a line may come with any picture.
    """
    try:
        own, kept = sys.stderr, os.dup(2)
    except OSError:  # closed by who started the program: no file of ours may get its number
        os.open(os.devnull, os.O_WRONLY)
        yield
        return
    mine = _moved(own, kept)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    os.close(sink)
    sys.stderr = mine
    try:
        yield
    finally:
        sys.stderr = own
        if mine is not own:
            mine.close()
        os.dup2(kept, 2)
        os.close(kept)


def _moved(stream: TextIO, kept: int) -> TextIO:
    """The stream on a copy of a descriptor, if it wrote to descriptor 2; else as it is."""
    try:
        if stream.fileno() != 2:
            return stream
        stream.flush()
    except (AttributeError, OSError, ValueError):  # none, closed, or one that a test has put there
        return stream
    return os.fdopen(
        os.dup(kept), "w", buffering=1, encoding=stream.encoding, errors=stream.errors
    )
