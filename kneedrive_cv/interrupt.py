"""Ctrl-C that is let through at safe points only, and once only."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn


class _Held:
    """Takes a Ctrl-C and keeps it for `let_through`."""

    def __init__(self, before: Callable[[int, FrameType | None], Any]) -> None:
        self._before = before
        self._came = False

    def take(self, number: int, frame: FrameType | None) -> None:
        """The signal's handler: only remember it."""
        self._came = True

    def let_through(self) -> None:
        """Do now what was to be done when it came."""
        if self._came:
            self._came = False
            self._before(signal.SIGINT, None)


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Keep Ctrl-C until `let_through` is called, or to the end of the block.

    Python raises `KeyboardInterrupt` between any two steps of the main thread, also between a
    queue's taking of its lock and the block that gives it back. The threads that wait for the
    lock then wait for ever, and so does whoever waits for the threads. Work that shares queues
    and futures with threads holds Ctrl-C back, and lets it through where it holds no lock.

    Blocks may lie in each other. In a thread other than the main one, or where Ctrl-C is
    ignored, it does nothing.
    """
    before = signal.getsignal(signal.SIGINT)
    main = threading.current_thread() is threading.main_thread()
    if not main or not callable(before) or _held() is not None:
        yield
        return
    held = _Held(before)
    signal.signal(signal.SIGINT, held.take)
    try:
        yield
    finally:
        if _held() is held:  # else whoever was told has changed it
            signal.signal(signal.SIGINT, before)
        held.let_through()


def let_through() -> None:
    """Raise the Ctrl-C that `hold_interrupts` keeps, if there is one, in the main thread.

    Raises
    ------
    KeyboardInterrupt
    """
    held = _held()
    if held is not None and threading.current_thread() is threading.main_thread():
        held.let_through()


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Keep Ctrl-C from the threads and processes that the calling thread starts in the block.

    A terminal sends it to all processes of the command. One that is still being started has no
    handler yet and would die of it, with a traceback. The command itself still gets it: in its
    main thread. On Windows, where signals cannot be blocked, it does nothing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # starting it later would open what is blocked here
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _held() -> _Held | None:
    owner = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    return owner if isinstance(owner, _Held) else None


class OneInterrupt:
    """Ctrl-C stops the work once; further ones must not break off the clearing up.

    So does what ends a program politely, where the system has it: SIGTERM, and SIGHUP of a terminal
    that is closed. Where Ctrl-C is ignored these keep what they do.
    """

    stopped = False

    def __enter__(self) -> None:
        self._before: dict[int, Any] = {}
        if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            return  # ignored on purpose, as by nohup
        self._take(signal.SIGINT, self._stop)
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) == signal.SIG_DFL:
                self._take(number, self._as_ctrl_c)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        for number, handler in self._before.items():
            if not (self.stopped and number == signal.SIGINT):
                signal.signal(number, handler)
        if not self.stopped:
            return
        if error is not None and not isinstance(error, KeyboardInterrupt):
            # Libraries, above all while they are imported, turn it into errors of their own.
            raise KeyboardInterrupt from error

    def _take(self, number: int, handler: Callable[..., Any]) -> None:
        self._before[number] = signal.signal(number, handler)

    def _stop(self, *_: object) -> NoReturn:
        self.stopped = True
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    def _as_ctrl_c(self, *_: object) -> None:
        signal.raise_signal(signal.SIGINT)  # held back where that is
