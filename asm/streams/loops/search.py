"""The search for a kernel: from the lower bound up, until one fits the machine and the registers that step."""

from __future__ import annotations

from asm.schedule.loops.report import Attempt, LoopReport
from asm.streams.graph import bodies
from asm.streams.loops.body import TileLoop
from asm.streams.loops.bounds import recurrence, resource_bounds
from asm.streams.loops.depend import edges
from asm.streams.loops.modulo import Choice, Kernel, modulo_schedule
from asm.streams.loops.tracks import Track, tracks_of
from asm.streams.times import plans
from isa.machine import MachineSpec

MOST_TRIED = 48  # intervals


def find_kernel(
    loop: TileLoop, independent: bool, spec: MachineSpec, report: LoopReport
) -> tuple[Kernel, list[Track]] | None:
    """The kernel of the least interval that is less than a round; `report` is told of all that was tried."""
    choices = [Choice(body, plans(body, spec)) for body in bodies(loop.nodes)]
    waits = edges(loop.nodes, loop.steps, independent)
    report.resources = resource_bounds(choices, spec)
    report.recurrence, critical = recurrence(choices, waits)
    report.critical = [node.op for node in critical]
    for interval in range(report.bound, min(report.listed, report.bound + MOST_TRIED)):
        kernel = modulo_schedule(choices, waits, interval, spec)
        found = tracks_of(kernel, loop.steps, loop.origins) if isinstance(kernel, Kernel) else kernel
        report.attempts.append(Attempt(interval, found if isinstance(found, str) else ""))
        if not isinstance(found, str):
            assert isinstance(kernel, Kernel)
            return kernel, found
    return None
