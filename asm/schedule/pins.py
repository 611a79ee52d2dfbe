"""What is said of an op that could not have the cycle it is pinned to."""

from __future__ import annotations

from collections.abc import Iterable

from asm.facts import FACTS, LONGEST_WAIT
from asm.program import AsmOp
from asm.schedule.blocks import MAX_ACCESSES, Block
from asm.schedule.graph import Graph
from asm.schedule.place import Placed
from isa.diagnostics import Diagnostic, Note


def far_pins(blocks: Iterable[Block]) -> list[Diagnostic]:
    """E-PIN for every op pinned further away than can be reached; such pins are dropped."""
    problems = []
    for block in blocks:
        for op in block.ops:
            if op.cycle_pin is not None and (block.continues or op.cycle_pin > LONGEST_WAIT):
                problems.append(_far(op, op.cycle_pin))
                op.cycle_pin = None
    return problems


def _far(op: AsmOp, pin: int) -> Diagnostic:
    if pin > LONGEST_WAIT:
        message = f"`{op.row.mnemonic}` cannot issue in cycle {pin}; a wait is at most {LONGEST_WAIT} cycles"
        return Diagnostic("E-PIN", message, op.place)
    message = f"`{op.row.mnemonic}` is pinned to a cycle of a block that is too long to count in"
    help = f"put a label before it: a block counts as far as {MAX_ACCESSES} loads and stores"
    return Diagnostic("E-PIN", message, op.place, help=help)


def missed_pins(graph: Graph, placed: Placed) -> list[Diagnostic]:
    """E-PIN for every op of a block that is not in its cycle, with what kept it from there."""
    return [_missed(graph, placed, number, first) for number, first in placed.missed.items()]


def _missed(graph: Graph, placed: Placed, number: int, first: int) -> Diagnostic:
    op = graph.ops[number]
    pin = op.cycle_pin or 0
    blame = _blame(graph, placed, number, pin)
    if blame is None and first <= pin:
        message = f"`{op.row.mnemonic}` cannot issue in cycle {pin}: its unit or bank is taken in that cycle"
        return Diagnostic("E-PIN", message, op.place, help="pin it to another cycle or unit")
    message = f"`{op.row.mnemonic}` cannot issue in cycle {pin} of its block; cycle {first} is the first it can have"
    notes = (Note(f"it waits for `{blame.row.mnemonic}`", blame.place),) if blame else ()
    return Diagnostic("E-PIN", message, op.place, notes, f"write `!cycle={first}`, or pin what it waits for earlier")


def _blame(graph: Graph, placed: Placed, number: int, pin: int) -> AsmOp | None:
    """The op whose edge keeps this one from its cycle longest; for a control op also one that is not over."""
    worst, blamed = pin, None
    is_control = bool(FACTS[graph.ops[number].row.id].control)
    for other, edges in enumerate(graph.after):
        delays = [latency for to, latency in edges if to == number] + [0] * (is_control and other != number)
        if delays and placed.issue[other] + max(delays) > worst:
            worst, blamed = placed.issue[other] + max(delays), graph.ops[other]
    return blamed
