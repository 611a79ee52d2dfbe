"""How early the nodes of a run can be at best, whatever sides, ways, units and streams are chosen for them."""

from __future__ import annotations

from collections.abc import Iterable

from asm.streams.graph import ANYWHERE, Node
from asm.streams.plane import lead
from asm.streams.route import MOVE, TURN, Plan
from isa.machine import EAST, HEMISPHERES, WEST, MachineSpec
from isa.records import NamedTuple

START, STREAM, MEMORY, WEIGHTS, PIN = "start", "stream", "memory", "weights", "pin"


class Step(NamedTuple):
    """A node of a chain: it issues in `cycle`. `link` says what it waits for: what the step before makes (or stores),
    which takes `way` cycles to get here and then waits for `slack` cycles."""

    node: Node
    cycle: int
    link: str
    way: int
    slack: int = 0


class _Best(NamedTuple):
    """The first cycle of a node at a position, and what decides it: a node at a position, the link, its way."""

    cycle: int
    before: tuple[Node, int] | None
    link: str
    way: int


class Limits:
    """For each node, at each position that it may have, the first cycle in which it can issue, as far as that is
    decided by these nodes; each comes after all that it takes and all whose memory it waits for."""

    def __init__(self, nodes: Iterable[Node], spec: MachineSpec) -> None:
        self.spec = spec
        self.best: dict[Node, dict[int, _Best]] = {}
        for node in nodes:
            self.best[node] = {where: self._at(node, where) for where in positions(node, spec)}

    def early(self, node: Node) -> int:
        """The first cycle in which a node can issue anywhere."""
        return min(best.cycle for best in self.best[node].values())

    @property
    def landing(self) -> int:
        """The first cycle in which everything can have landed."""
        return max(self._landing(node) for node in self.best)

    def chain(self) -> list[Step]:
        """The nodes that the last landing waits for, one after the other."""
        last = max(self.best, key=self._landing)
        here: tuple[Node, int] | None = (last, min(self.best[last], key=lambda where: self.best[last][where].cycle))
        steps = []
        while here is not None:
            node, where = here
            cycle, here, link, way = self.best[node][where]
            steps.append(Step(node, cycle, link, way))
        return steps[::-1]

    def tails(self) -> dict[Node, int]:
        """For each node the least number of cycles from its issue until all that hangs on it has landed."""
        nodes = list(self.best)
        tails = {node: node.span - 1 + node.latency for node in nodes}
        for node in reversed(nodes):
            for name, value in node.sources.items():
                way = min(self._way(start, where) for start, where in self._pairs(value.maker, node)) + node.lead(name)
                tails[value.maker] = max(tails[value.maker], value.maker.latency + way + tails[node])
            for other in filter(self.best.__contains__, node.after):
                tails[other] = max(tails[other], node.wait(other) + tails[node])
        return tails

    def _pairs(self, maker: Node, user: Node) -> Iterable[tuple[int, int]]:
        return ((start, where) for start in self.best[maker] for where in self.best[user])

    def _landing(self, node: Node) -> int:
        return self.early(node) + node.span - 1 + node.latency

    def _at(self, node: Node, where: int) -> _Best:
        first = lead(Plan(self.spec, {node: where}, frozenset()), node)
        found = [_Best(first, None, WEIGHTS if first else START, first)]
        if node.op.cycle_pin is not None:
            found.append(_Best(node.op.cycle_pin, None, PIN, node.op.cycle_pin))
        for name, value in node.sources.items():
            arrivals = [self._arrival(value.maker, start, where, node.lead(name)) for start in self.best[value.maker]]
            found.append(min(arrivals, key=_cycle))
        for other in filter(self.best.__contains__, node.after):
            found.append(_Best(self.early(other) + node.wait(other), self._where(other), MEMORY, node.wait(other)))
        return max(found, key=_cycle)

    def _where(self, node: Node) -> tuple[Node, int]:
        return node, min(self.best[node], key=lambda where: self.best[node][where].cycle)

    def _arrival(self, maker: Node, start: int, where: int, ahead: int) -> _Best:
        way = self._way(start, where) + ahead
        return _Best(self.best[maker][start].cycle + maker.latency + way, (maker, start), STREAM, way)

    def _way(self, start: int, where: int) -> int:
        """The fewest cycles between two places; what is to come back is sent on by a vector ALU or a switch."""
        centre = self.spec.vxm_position
        if start != where or start == centre:
            return abs(where - start)
        switches = [self.spec.sxm_position(side) for side in (WEST, EAST)]
        turns = [2 * abs(switch - start) + TURN for switch in switches if switch != start]
        return min([2 * abs(centre - start) + MOVE, *turns])


def positions(node: Node, spec: MachineSpec) -> list[int]:
    """Where a node may stand."""
    if node.position != ANYWHERE:
        return [node.position]
    sides = range(HEMISPHERES) if node.hemisphere == ANYWHERE else [node.hemisphere]
    return [node.stands(spec, side) for side in sides]


def _cycle(best: _Best) -> int:
    return best.cycle
