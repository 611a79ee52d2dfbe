"""What became of a loop, and why: its bounds, the initiation intervals tried, the names needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from asm.program import AsmOp


class Attempt(NamedTuple):
    """`interval` and why it failed; `reason` is empty for the one that was taken."""

    interval: int
    reason: str = ""


@dataclass(slots=True)
class LoopReport:
    """One innermost loop. `listed` are the cycles of a round without pipelining, `critical` the recurrence's ops.

    `reason` says why the loop stays as it is; empty for one that is pipelined, with `interval`, `stages`,
    `copies` of the kernel and `extra` registers.
    """

    loop: AsmOp
    reason: str = ""
    listed: int = 0
    resources: dict[str, int] = field(default_factory=dict)
    recurrence: int = 0
    critical: list[AsmOp] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    interval: int = 0
    stages: int = 0
    copies: int = 0
    extra: int = 0

    @property
    def bound(self) -> int:
        """The least initiation interval that units, banks and recurrences allow (MII)."""
        return max([1, self.recurrence, *self.resources.values()])

    def lines(self) -> Iterator[str]:
        """The report as text."""
        place = self.loop.place
        yield f"{place.file}:{place.line}: {self._verdict()}"
        if self.resources:
            units = ", ".join(f"{name} {bound}" for name, bound in self.resources.items())
            yield f"  by units and banks at least: {units}"
            yield f"  by recurrence at least: {self.recurrence}{self._cycle()}"
        for attempt in self.attempts:
            yield f"  interval {attempt.interval}: {attempt.reason or 'fits'}"

    def _verdict(self) -> str:
        if self.reason:
            return f"not pipelined: {self.reason}"
        every = "cycle" if self.interval == 1 else f"{self.interval} cycles"
        names = f"{self.copies} copies, {self.extra} more registers" if self.copies > 1 else "no more registers"
        return f"a round every {every} instead of {self.listed}; {self.stages} rounds under way; {names}"

    def _cycle(self) -> str:
        ops = " -> ".join(f"`{op.row.mnemonic}` in line {op.place.line}" for op in self.critical)
        return f" ({ops})" if ops else ""
