"""What may be asked instead of the heuristics; `asm.optimal` has one that proves its answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from asm.schedule.flow import Flow
    from asm.schedule.loops.body import Body
    from asm.schedule.loops.modulo import Kernel
    from asm.schedule.loops.names import Names
    from asm.schedule.loops.report import LoopReport
    from asm.schedule.memory import Aliases
    from asm.streams.graph import Node
    from asm.streams.placing import Placed as Run
    from isa.diagnostics import Diagnostic
    from isa.machine import MachineSpec


class Oracle(Protocol):
    """Schedules that are legal, and notes on how good they are."""

    def flow(self, listed: Flow) -> Flow:
        """The schedules of all blocks of a program; `listed` has those of the list scheduler."""

    def kernel(
        self, body: Body, free: Sequence[int], aliases: Aliases, report: LoopReport
    ) -> tuple[Kernel, Names] | None:
        """A kernel of least interval that is less than a round, with names out of `free`; `report` is told of all."""

    def run(self, nodes: list[Node], placed: list[Run], spec: MachineSpec) -> list[Run]:
        """Bodies of streams placed such that they are over soonest; `placed` is how they are."""

    def notes(self) -> list[Diagnostic]:
        """What is to be said of all that was asked."""
