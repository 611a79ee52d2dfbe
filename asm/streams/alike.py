"""Bodies that are alike but for rows and numbers: what was found out about the time of one holds for the others."""

from __future__ import annotations

from collections.abc import Hashable

from asm.streams.graph import Body, Node
from asm.streams.route import Plan
from asm.streams.times import Timed, plans
from isa.machine import MachineSpec


class Timings:
    """The ways of timing bodies, found once for all that are alike."""

    def __init__(self, spec: MachineSpec) -> None:
        self.spec = spec
        self.known: dict[Hashable, tuple[Body, list[Timed]]] = {}

    def plans(self, body: Body) -> list[Timed]:
        """The same as `times.plans`. Raises Unfit."""
        if any(node.tiles for node in body.nodes):
            return plans(body, self.spec)
        pattern = _pattern(body)
        if pattern not in self.known:
            self.known[pattern] = body, plans(body, self.spec)
            return self.known[pattern][1]
        other, found = self.known[pattern]
        return [Timed(timed.end, timed.cost, _moved(timed.plan, other, body)) for timed in found]


def _pattern(body: Body) -> Hashable:
    """All that the times of a body depend on."""
    numbers = {node: number for number, node in enumerate(body.nodes)}
    return tuple(_of_node(node, numbers) for node in body.nodes)


def _of_node(node: Node, numbers: dict[Node, int]) -> Hashable:
    op = node.op
    shape = (op.row.id, op.unit_pin, op.cycle_pin, node.position, node.hemisphere, node.count, node.spacing)
    sources = tuple(
        (name, numbers[value.maker], value.maker.results.index(value)) for name, value in node.sources.items()
    )
    results = tuple((value.width, value.count, value.pin) for value in node.results)
    waits = tuple((numbers[other], node.wait(other)) for other in node.after if other in numbers)
    return shape, node.planes, node.extra, len(node.rest), sources, results, waits


def _moved(plan: Plan, body: Body, other: Body) -> Plan:
    """A plan of one body as that of another which is alike."""
    nodes = dict(zip(body.nodes, other.nodes, strict=True))
    values = {value: same for node in body.nodes for value, same in zip(node.results, nodes[node].results, strict=True)}
    moved = Plan(plan.spec, {}, frozenset(values[value] for value in plan.outward))
    moved.straight = {values[value] for value in plan.straight}
    moved.position = {nodes[node]: position for node, position in plan.position.items()}
    moved.time = {nodes[node]: time for node, time in plan.time.items()}
    return moved
