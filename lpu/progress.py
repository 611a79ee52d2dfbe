"""Running in slices, so that a long run can say how far it is."""

from __future__ import annotations

import sys
import time

from vm.machine import LIMIT, Machine

FIRST_SLICE = 1 << 12  # cycles; slices double until one takes SLICE_SECONDS
SLICE_SECONDS = 0.05
QUIET_SECONDS = 2.0
SHOW_SECONDS = 0.2
CLEAR_LINE = "\r\x1b[K"


class Progress:
    """One line on a terminal, rewritten a few times a second once a run has taken a while."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.start = self.shown = time.monotonic()
        self.visible = False

    def update(self, cycle: int) -> None:
        now = time.monotonic()
        if now - self.start < QUIET_SECONDS or now - self.shown < SHOW_SECONDS:
            return
        self.shown = now
        self.visible = True
        rate = cycle / (now - self.start)
        line = f"cycle {cycle:,} of at most {self.limit:,}, {rate / 1e6:,.2f} million a second"
        print(f"{CLEAR_LINE}{line}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self.visible:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)


def run(machine: Machine, limit: int) -> str:
    """Run to the end or to a cycle count: "halted" or "limit". Raises MachineFault, KeyboardInterrupt."""
    progress = Progress(limit) if sys.stderr.isatty() else None
    try:
        return _slices(machine, limit, progress) if progress else machine.run(max_cycles=limit)
    finally:
        if progress:
            progress.close()


def _slices(machine: Machine, limit: int, progress: Progress) -> str:
    size = FIRST_SLICE
    while True:
        start = time.monotonic()
        until = min(machine.cycle + size, limit)
        status = machine.run(max_cycles=until)
        if status != LIMIT or until == limit:
            return status
        if time.monotonic() - start < SLICE_SECONDS:
            size *= 2
        progress.update(until)
