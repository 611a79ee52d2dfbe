"""What became of a loop, and why: its bounds, the initiation intervals tried, the names needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asm.program import AsmOp
from asm.schedule.loops.body import Body
from asm.schedule.loops.bounds import busy_units
from asm.schedule.loops.modulo import Kernel
from asm.schedule.loops.names import Names, lifetimes
from asm.tree import OpStmt
from isa.diagnostics import Place
from isa.faults import CONDITION_CODE
from isa.records import NamedTuple, dataclass, field


class Attempt(NamedTuple):
    """`interval` and why it failed; `reason` is empty for the one that was taken."""

    interval: int
    reason: str = ""


class Life(NamedTuple):
    """A register that keeps a value of one round for `cycles` cycles, and the registers that do so by turns."""

    register: int
    cycles: int
    names: tuple[int, ...]


@dataclass(slots=True)
class LoopReport:
    """One innermost loop, with the ops of its `body`. `listed` are the cycles of a round without pipelining, `critical`
    the ops of the recurrence.

    `reason` says why the loop stays as it is; empty for one that is pipelined, with `interval`, `stages`, `copies` of
    the kernel and `extra` registers; `busy` are the cycles of an interval that each unit is busy, and `lives` the
    registers that rounds under way must not share.
    """

    loop: AsmOp
    body: list[AsmOp] = field(default_factory=list)
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
    busy: dict[str, int] = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)

    def settle(self, body: Body, kernel: Kernel, names: Names) -> None:
        """A kernel was taken."""
        self.interval, self.stages, self.copies = kernel.interval, kernel.stages, names.copies
        self.extra = sum(len(each) - 1 for each in names.names.values())
        self.busy = busy_units(body.ops, kernel.units)
        registers = body.writers.keys() - {CONDITION_CODE}
        for register, cycles in lifetimes(body, kernel, registers).items():
            self.lives.append(Life(register, cycles, names.names.get(register, (register,))))

    @property
    def place(self) -> Place:
        return self.loop.place

    @property
    def statements(self) -> list[OpStmt]:
        """What it explains."""
        return [op.statement for op in (self.loop, *self.body)]

    @property
    def bound(self) -> int:
        """The least initiation interval that units, banks and recurrences allow (MII)."""
        return max([1, self.recurrence, *self.resources.values()])

    def crowded(self, interval: int) -> str:
        """Why the search may have found no schedule of an interval: what has no cycle of it to spare."""
        full = [name for name, bound in self.resources.items() if bound == interval]
        full += ["the recurrence"] * (self.recurrence == interval)
        why = f"; {', '.join(full)} {'has' if len(full) == 1 else 'have'} no cycle to spare" if full else ""
        return f"no schedule found within the budget{why}"

    def lines(self) -> Iterator[str]:
        """The report as text."""
        from asm.explain.loop import lines

        return lines(self)

    def data(self) -> dict[str, Any]:
        """The report as data."""
        from asm.explain.loop import data

        return data(self)
