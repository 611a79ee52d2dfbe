"""Lower bounds of the initiation interval: by units and banks (ResMII) and by cycles of dependences (RecMII)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from asm.facts import FACTS
from asm.program import FREE, AsmOp
from asm.schedule.loops.body import Body
from asm.schedule.loops.depend import Dependence
from isa.units import CLASSES


def resource_bounds(body: Body) -> dict[str, int]:
    """The cycles a round needs of each group of units, and of each bank known to be the only one of its ops."""
    needs = Counter(map(units_of, body.ops))
    bounds = {}
    for units in needs:
        inside = sum(count for other, count in needs.items() if set(other) <= set(units))
        bounds[" ".join(units)] = ceil(inside / len(units))
    return bounds | dict(_banks(body.ops))


def _banks(ops: Sequence[AsmOp]) -> Iterator[tuple[str, int]]:
    """The accesses of each bank, called after the symbols that lie in it."""
    symbols: dict[int, list[str]] = {}
    for op in ops:
        if op.access is not None and len(op.access.banks) == 1:
            symbols.setdefault(min(op.access.banks), []).append(op.access.symbol)
    for bank, names in symbols.items():
        known = " ".join(dict.fromkeys(filter(None, names)))
        yield f"bank of {known}" if known else f"bank {bank}", len(names)


def units_of(op: AsmOp) -> tuple[str, ...]:
    """The names of the units that may take an op."""
    facts = FACTS[op.row.id]
    names = list(CLASSES.values())[facts.unit_class].names
    return names[: facts.instances] if op.unit_pin == FREE else (names[op.unit_pin],)


def busy_units(ops: Sequence[AsmOp], units: Sequence[int]) -> dict[str, int]:
    """The ops that each unit runs, in the order of units, when each op runs on the unit of its class given."""
    numbers = Counter(
        (op.row.units.first + unit, op.row.units.names[unit]) for op, unit in zip(ops, units, strict=True)
    )
    return {name: count for (_, name), count in sorted(numbers.items())}


def recurrence_bound(count: int, edges: Sequence[Dependence]) -> tuple[int, list[int]]:
    """The least interval that no cycle of dependences forbids, and the ops of a cycle that forbids one less."""
    critical: list[int] = []
    low, high = 1, 1 + sum(max(0, edge.latency) for edge in edges)
    while low < high:
        middle = (low + high) // 2
        cycle = forbidding_cycle(count, edges, middle)
        if cycle:
            low, critical = middle + 1, cycle
        else:
            high = middle
    return low, critical


def forbidding_cycle(count: int, edges: Sequence[Dependence], interval: int) -> list[int]:
    """The ops of a cycle that makes an op wait for itself longer than its rounds last; empty when there is none."""
    latest = [0] * count
    via = [-1] * count
    moved = -1
    for _ in range(count + 1):
        moved = -1
        for edge in edges:
            time = latest[edge.start] + edge.latency - interval * edge.distance
            if time > latest[edge.end]:
                latest[edge.end], via[edge.end], moved = time, edge.start, edge.end
        if moved < 0:
            return []
    for _ in range(count):
        moved = via[moved]
    cycle = [moved]
    while via[cycle[-1]] != moved:
        cycle.append(via[cycle[-1]])
    return cycle[::-1]
