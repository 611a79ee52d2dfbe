"""The check made on every loop over tensor code of which rounds overlap: it does what its rounds do one by one.

Registers are given numbers, the loop is run for as many rounds as fill it and some more, and its bursts as they issue
must leave in memory what the statements of those rounds leave one after the other; registers must be left as they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asm.check.bursts import burst_of
from asm.program import Item
from asm.streams.graph import ANYWHERE, Node
from asm.streams.loops.body import TileLoop
from asm.streams.loops.reads import WORD_MASK
from asm.streams.loops.replay import Replay, resolved
from asm.streams.proof.check import flaw_for
from isa.machine import MachineSpec
from isa.records import replace

MOST_TURNS = 2  # of a kernel
START, APART = 1 << 12, 1 << 14  # what registers hold at first
TENSORS = 1 << 20  # rows from one tensor to the next


def flaw(items: Sequence[Item], loop: TileLoop, rounds: int, spec: MachineSpec, independent: bool) -> str:
    """What items do that a number of rounds of a loop do not, in words; empty when nothing was found."""
    for apart in (APART,) if independent else (0, APART):
        start = {register: START + number * apart for number, register in enumerate(loop.steps)}
        count = {loop.control.value("ra"): rounds} if "ra" in loop.control.row.format.names else {}
        replay = Replay({**count, **start}, _apart(loop.nodes), MOST_TURNS)
        replay.run(items)
        done = rounds - replay.skipped
        for register, first in start.items():
            if replay.registers[register] != (first + done * loop.steps[register]) & WORD_MASK:
                return f"r{register} differs after {done} rounds"
        found = _memory(replay, loop, done, spec, start)
        if found:
            return f"{found} after {done} rounds"
    return ""


def _memory(replay: Replay, loop: TileLoop, rounds: int, spec: MachineSpec, start: Mapping[int, int]) -> str:
    """What the bursts of a replay leave in memory that those of some rounds in order do not."""
    issues = [(cycle, burst_of(spec, op.row, op.values)) for cycle, op in replay.bursts]
    nodes = []
    for number in range(rounds):
        held = {register: first + number * loop.steps[register] for register, first in start.items()}
        held = {register: value + loop.origins[register] for register, value in held.items()}
        nodes += [_with_numbers(node, held, replay.apart.get(node.tensor, 0)) for node in loop.nodes]
    return flaw_for(nodes, issues, spec, lambda number: number)


def _apart(nodes: Sequence[Node]) -> dict[str, int]:
    """Rows between tensors that registers point to, which are those of no other whatever the registers hold."""
    based = [node.tensor for node in nodes if node.rows is not None and node.rows.register != ANYWHERE]
    looked_up = {node.tensor for node in nodes if node.rows is not None and not node.rows.path}
    names = [name for name in dict.fromkeys(based) if name not in looked_up]
    return {name: number * TENSORS for number, name in enumerate(names)}


def _with_numbers(node: Node, held: Mapping[int, int], apart: int) -> Node:
    """A node of a round in which registers hold these numbers."""
    rows = node.rows
    if rows is not None and rows.register != ANYWHERE:
        first = apart + held.get(rows.register, 0)
        rows = replace(rows, register=0, offsets=[row + first for row in rows.offsets])
    elif rows is not None:
        rows = replace(rows, order=[row + apart for row in rows.order])
    return replace(node, op=resolved(node.op, lambda register: held.get(register, 0)), rows=rows)
