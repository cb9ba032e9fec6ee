"""Decode beside the work: run an iterator in a thread, a few items ahead."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import TypeVar

from kneedrive_cv.interrupt import let_through

Item = TypeVar("Item")
POLL_S = 0.1


class _End:
    """What the thread puts last: the error that stopped it, if any."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(source: Iterable[Item], depth: int = 4) -> Generator[Item]:
    """Give the items of ``source``, made in a thread up to ``depth`` items ahead.

    An error in the source is raised here. When the caller stops early, also by an exception
    or Ctrl-C, the thread is told to stop and waited for.

    Parameters
    ----------
    source : iterable
        Where the items come from; it is used by the thread alone.
    depth : int
        Most items that wait.
    """
    waiting: queue.Queue[Item | _End] = queue.Queue(maxsize=depth)
    stop = threading.Event()
    thread = threading.Thread(
        target=_fill, args=(source, waiting, stop), name="read-ahead", daemon=True
    )
    thread.start()
    try:
        while True:
            item = _next(waiting)
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stop.set()
        thread.join()


def _next(waiting: queue.Queue[Item | _End]) -> Item | _End:
    """The next item, with an ear for Ctrl-C while it is waited for."""
    while True:
        let_through()
        with suppress(queue.Empty):
            return waiting.get(timeout=POLL_S)


def _fill(source: Iterable[Item], waiting: queue.Queue[Item | _End], stop: threading.Event) -> None:
    end = _End()
    iterator = iter(source)
    try:
        for item in iterator:
            if not _put(item, waiting, stop):
                break
    except BaseException as error:  # handed to the caller, who raises it
        end = _End(error)
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
        _put(end, waiting, stop)


def _put(item: Item | _End, waiting: queue.Queue[Item | _End], stop: threading.Event) -> bool:
    while not stop.is_set():
        try:
            waiting.put(item, timeout=POLL_S)
            return True
        except queue.Full:
            continue
    return False
