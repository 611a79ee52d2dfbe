"""The search for a kernel: from the lower bound up, until one fits units, names and size."""

from __future__ import annotations

from collections.abc import Sequence

from asm.program import AsmOp
from asm.schedule.blocks import Block
from asm.schedule.flow import leave
from asm.schedule.graph import build
from asm.schedule.loops.body import Body
from asm.schedule.loops.bounds import recurrence_bound, resource_bounds
from asm.schedule.loops.depend import WIDEST, dependences
from asm.schedule.loops.modulo import Kernel, modulo_schedule
from asm.schedule.loops.names import MOST_COPIES, Names, give_names, names_needed
from asm.schedule.loops.report import Attempt, LoopReport
from asm.schedule.memory import Aliases
from asm.schedule.place import InFlight, place
from isa.faults import CONDITION_CODE

MOST_OPS = 512  # in a turn of the kernel
MOST_TRIED = 48  # initiation intervals


def find_kernel(body: Body, free: Sequence[int], aliases: Aliases, report: LoopReport) -> tuple[Kernel, Names] | None:
    """The kernel of least interval that is less than a round, with names out of `free`; `report` is told of all."""
    renamed = {register for register in body.writers if register != CONDITION_CODE}
    edges = dependences(body, renamed, aliases)
    report.resources = resource_bounds(body)
    report.recurrence, critical = recurrence_bound(len(body.ops), edges)
    report.critical = [body.ops[number] for number in critical]
    for interval in range(report.bound, min(report.listed, report.bound + MOST_TRIED)):
        kernel = modulo_schedule(body, edges, interval)
        found = named(body, kernel, renamed, free) if kernel else report.crowded(interval)
        if not isinstance(found, str):
            assert kernel is not None
            report.attempts.append(Attempt(interval))
            return kernel, found
        report.attempts.append(Attempt(interval, found))
    return None


def find_short(body: Body, aliases: Aliases, below: int) -> Kernel | None:
    """A kernel of two stages and no more names, for few rounds; its interval is less than `below`."""
    edges = dependences(body, set(), aliases)
    bound = max(recurrence_bound(len(body.ops), edges)[0], *resource_bounds(body).values())
    for interval in range(bound, min(below, bound + MOST_TRIED)):
        kernel = modulo_schedule(body, edges, interval)
        if kernel and kernel.stages == 2:
            return kernel
    return None


def named(body: Body, kernel: Kernel, renamed: set[int], free: Sequence[int]) -> Names | str:
    """The names that a kernel needs, or why it cannot have them."""
    needed = names_needed(body, kernel, renamed)
    if kernel.stages < 2:
        return "no two rounds overlap"
    if kernel.stages > WIDEST:
        return f"{kernel.stages} rounds would be under way"
    copies = max(needed.values(), default=1)
    if copies > MOST_COPIES or copies * len(body.ops) > MOST_OPS:
        return f"its kernel would hold {copies} rounds"
    extra = sum(needed.values()) - len(needed)
    names = give_names(needed, free)
    return names or f"it needs {extra} more registers and the file leaves {len(free)}"


def listed_round(ops: list[AsmOp], aliases: Aliases) -> int:
    """The cycles of a round as the list scheduler makes it, one after the other; a jump back is taken."""
    block = Block(ops=ops, control=ops[-1] if ops[-1].row.control else None)
    graph = build(ops, aliases)
    entry: InFlight = {}
    cycles = 0
    for _ in range(3):
        placed = place(graph, entry)
        cycles = leave(block, placed, taken=True)
        entry = {register: left - cycles for register, left in placed.landings.items() if left > cycles}
    return cycles
