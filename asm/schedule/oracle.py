"""What may be asked instead of the heuristics; `asm.optimal` has one that proves its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from asm.schedule.graph import Graph
    from asm.schedule.loops.body import Body
    from asm.schedule.loops.modulo import Kernel
    from asm.schedule.loops.names import Names
    from asm.schedule.loops.report import LoopReport
    from asm.schedule.memory import Aliases
    from asm.schedule.place import InFlight, Placed
    from isa.diagnostics import Diagnostic


class Oracle(Protocol):
    """Schedules that are legal, and notes on how good they are."""

    def place(self, number: int, graph: Graph, entry: InFlight, owed: Mapping[int, int]) -> Placed:
        """Block `number`, entered with `entry` in flight; register r must land by owed[r] cycles after its last op."""

    def kernel(
        self, body: Body, free: Sequence[int], aliases: Aliases, report: LoopReport
    ) -> tuple[Kernel, Names] | None:
        """A kernel of least interval that is less than a round, with names out of `free`; `report` is told of all."""

    def notes(self) -> list[Diagnostic]:
        """What is to be said of all that was asked."""
