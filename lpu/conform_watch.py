"""How far a run of `lpu conform` is, on a terminal."""

from __future__ import annotations

import sys
import time

from conform.reduce import Reducer
from lpu.progress import CLEAR_LINE, SHOW_SECONDS


class Watch:
    """One line on standard error, rewritten a few times a second; nothing where that is no terminal."""

    def __init__(self, programs: int) -> None:
        self.programs = programs
        self.is_shown = sys.stderr.isatty()
        self.start = self.shown = time.monotonic()

    def running(self, done: int, differing: int) -> None:
        rate = done / max(time.monotonic() - self.start, SHOW_SECONDS)
        differ = f", {differing:,} differ" if differing else ""
        self.show(f"{done:,} of {self.programs:,} programs, {rate:,.0f} a second{differ}")

    def reducing(self, number: int, reducer: Reducer) -> None:
        left = f"{reducer.best.ops} ops are left, {len(reducer.tried) - 1:,} programs tried"
        self.show(f"program {number} differs; reducing it: {left} (Ctrl-C writes it as it is)")

    def show(self, line: str) -> None:
        now = time.monotonic()
        if self.is_shown and now - self.shown > SHOW_SECONDS:
            self.shown = now
            print(f"{CLEAR_LINE}{line}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.is_shown:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)

    def ended(self, done: int) -> None:
        """How long it took."""
        self.clear()
        if self.is_shown and done:
            seconds = time.monotonic() - self.start
            print(f"{done:,} programs in {seconds:,.1f} s, {done / max(seconds, 0.1):,.0f} a second", file=sys.stderr)
