"""Ctrl-C while a verb is at work: the run pauses; asked again and again, the verb is given up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from debugger.repl.console import Console

PATIENCE = 2  # signals after which a verb that does not pause is broken off


@contextmanager
def pausing(console: Console) -> Iterator[None]:
    """Turn the signal of Ctrl-C into a pause of the session, as long as the block lasts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    count = 0

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        console.interrupted = True
        if count > PATIENCE:
            raise KeyboardInterrupt
        console.session.pause()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        console.session.history.pause_asked = False
