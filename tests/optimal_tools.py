"""Exhaustive searches for small schedules, and random blocks, for the tests of the oracle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, product
from random import Random

from asm.facts import FACTS
from asm.program import FREE, Access, AsmOp
from asm.schedule.graph import Graph
from asm.schedule.loops.body import Body
from asm.schedule.loops.depend import Dependence
from asm.schedule.loops.modulo import Kernel
from asm.schedule.loops.names import names_needed
from asm.schedule.memory import share_a_bank
from asm.schedule.place import InFlight, Placed, earliest_cycles, land
from conform.linear import DIVIDE, SAFE, SYMBOLS, make_op
from isa.row import REG, Row


def finds_units(ops: Sequence[AsmOp]) -> bool:
    """Whether ops can issue in one cycle: some choice of units gives each its own, and no two may meet in a bank."""
    memory = [op.access.banks if op.access else frozenset() for op in ops if op.row.memory]
    if any(share_a_bank(one, other) for place, one in enumerate(memory) for other in memory[:place]):
        return False
    choices = [range(FACTS[op.row.id].instances) if op.unit_pin == FREE else [op.unit_pin] for op in ops]
    classes = [FACTS[op.row.id].unit_class for op in ops]
    return any(len({*zip(classes, units, strict=True)}) == len(ops) for units in product(*choices))


def shortest_end(graph: Graph, entry: InFlight, owed: Mapping[int, int]) -> int:
    """The least end of a block, by trying the cycles of its ops one after the other."""
    return next(end for end in count() if _fits(graph, earliest_cycles(graph, entry), entry, owed, end, []))


def _fits(graph: Graph, first: list[int], entry: InFlight, owed: Mapping[int, int], end: int, issue: list[int]) -> bool:
    number = len(issue)
    if number == len(graph.ops):
        placed = Placed(issue, [0] * number, dict(entry))
        land(graph, placed)
        return all(placed.landings.get(register, 0) - after <= end for register, after in owed.items())
    waits = [issue[start] + wait for start in range(number) for to, wait in graph.after[start] if to == number]
    if FACTS[graph.ops[number].row.id].control:
        waits += issue
    for cycle in range(max([first[number], *waits]), end + 1):
        together = [graph.ops[other] for other, its in enumerate(issue) if its == cycle]
        if finds_units([*together, graph.ops[number]]) and _fits(graph, first, entry, owed, end, [*issue, cycle]):
            return True
    return False


def has_kernel(body: Body, edges: Sequence[Dependence], renamed: set[int], free: int, interval: int, last: int) -> bool:
    """Whether a kernel of an interval exists whose ops issue by cycle `last` of their round, by trying all."""
    return _kernel(body, edges, renamed, free, interval, last, [])


def _kernel(
    body: Body, edges: Sequence[Dependence], renamed: set[int], free: int, interval: int, last: int, times: list[int]
) -> bool:
    number = len(times)
    met = (edge for edge in edges if max(edge.start, edge.end) < number)
    if any(times[edge.end] < times[edge.start] + edge.latency - interval * edge.distance for edge in met):
        return False
    if number == len(body.ops):
        needed = names_needed(body, Kernel(interval, times, []), renamed)
        return sum(needed.values()) - len(needed) <= free and max(needed.values(), default=1) <= 16
    for time in range(last + 1):
        together = [body.ops[other] for other, its in enumerate(times) if (its - time) % interval == 0]
        if finds_units([*together, body.ops[number]]) and _kernel(
            body, edges, renamed, free, interval, last, [*times, time]
        ):
            return True
    return False


def random_block(random: Random, length: int, latest: int = 100) -> list[AsmOp]:
    """Straight ops on few registers: loads and stores, arithmetic that takes up to `latest` cycles."""
    rows = [row for row in (*SAFE, *DIVIDE * 4) if row.latency <= latest]
    return [_access(random) if random.random() < 0.25 else _arithmetic(random, rows) for _ in range(length)]


def _arithmetic(random: Random, rows: Sequence[Row]) -> AsmOp:
    row = random.choice(rows)
    fields = {}
    for operand in row.operands:
        spec = row.format.field(operand.fields[0])
        fields[spec.name] = random.randrange(10) if operand.kind == REG else min(3, spec.high)
    return make_op(row, fields)


def _access(random: Random) -> AsmOp:
    symbol = random.choice([*SYMBOLS])
    base, bank = SYMBOLS[symbol]
    offset, index = random.randrange(3), random.randrange(16, 20)
    access = Access(symbol, frozenset() if bank is None else frozenset((bank,)), (index,), offset)
    key = random.choice(["ld rt, [disp + rb]", "st [disp + rb], rt"])
    return make_op(key, {"rt": random.randrange(10), "disp": base + offset, "rb": index}, "", access)
