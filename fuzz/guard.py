"""While hostile input is at work in this process, it writes no file and starts nothing, and no run is without end."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

REFUSED = ("os.", "shutil.", "subprocess.", "socket.", "tempfile.")
HARMLESS = ("os.listdir", "os.scandir", "os.walk", "os.putenv", "os.unsetenv")
WRITES = os.O_WRONLY | os.O_RDWR
SECONDS = 2.0  # of the processor, until a run is interrupted; again after each more of them

_blocks: list[object] = []  # that are guarded at present


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _blocks and _does_harm(event, arguments):
        raise OSError(errno.EACCES, "the guard of the fuzzers lets nothing be written or started")


@cache
def _install() -> None:
    """For good: such hooks cannot be taken off."""
    sys.addaudithook(_hook)


def _does_harm(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "open":
        return isinstance(arguments[2], int) and bool(arguments[2] & WRITES)
    return event.startswith(REFUSED) and event not in HARMLESS


@contextmanager
def guarded() -> Iterator[None]:
    """Whatever would write a file, start a process or open a connection in the block raises OSError."""
    _install()
    _blocks.append(None)
    try:
        yield
    finally:
        _blocks.pop()


@contextmanager
def interrupted(pause: Callable[[], None]) -> Iterator[None]:
    """Call `pause` every two seconds of the processor that the block takes, as somebody with Ctrl-C does."""

    def handle(number: int, frame: FrameType | None) -> None:
        pause()

    before = signal.signal(signal.SIGVTALRM, handle)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
