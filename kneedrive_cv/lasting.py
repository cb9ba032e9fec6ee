"""Python's search for cycles of garbage, spared where nothing becomes garbage."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

_done = Event()


@contextmanager
def lasting() -> Iterator[None]:
    """What is made in this block stays to the end of the process, and is never searched.

    Libraries make some hundred thousand objects when they are imported. The collector would go
    over them again and again while they come, in every later search, and once more at the end.
    Only the first block of a process does anything: later ones find the libraries there.
    """
    if _done.is_set() or not gc.isenabled():
        yield
        return
    _done.set()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        atexit.register(gc.freeze)
