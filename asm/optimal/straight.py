"""The shortest schedule of a straight block, for what is in flight when it is entered.

Its length is what the heuristic's is measured by (`end_of`): the block is over when its last op has issued, and when
what it owes to the blocks that follow has landed far enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from asm.facts import FACTS, register_written
from asm.optimal.resources import Resource, give_units, resources
from asm.optimal.solve import solve
from asm.schedule.graph import Graph
from asm.schedule.place import InFlight, Placed, earliest_cycles, land
from isa.records import dataclass

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar


def end_of(placed: Placed, owed: Mapping[int, int]) -> int:
    """The cycle of the last op, or what it would have to be so that each register r lands by then + owed[r]."""
    late = [landing - owed[register] for register, landing in placed.landings.items() if register in owed]
    return max(*placed.issue, *late) if late else max(placed.issue)


@dataclass(frozen=True, slots=True)
class Block:
    """The problem: `first` is the cycle before which each op cannot issue, `tail` the cycles it needs until the end."""

    graph: Graph
    entry: InFlight
    owed: Mapping[int, int]
    shared: list[Resource]
    first: list[int]
    tail: list[int]

    @property
    def bound(self) -> int:
        """A cycle before which the block cannot end: by paths, and by units and banks between paths."""
        ends = [landing - self.owed[register] for register, landing in self.entry.items() if register in self.owed]
        ends += [first + tail for first, tail in zip(self.first, self.tail, strict=True)]
        return max([*ends, *(self._crowd(resource) for resource in self.shared)])

    def _crowd(self, resource: Resource) -> int:
        """The least end for the ops that share something: of every set by first cycle and tail."""
        best = 0
        pairs = [(self.first[number], self.tail[number]) for number in resource.members]
        for head in {first for first, _ in pairs}:
            tails = sorted((tail for first, tail in pairs if first >= head), reverse=True)
            rounds = ((count // resource.capacity, tail) for count, tail in enumerate(tails))
            best = max(best, *(head + whole + tail for whole, tail in rounds))
        return best


def block_of(graph: Graph, entry: InFlight, owed: Mapping[int, int]) -> Block:
    """The problem that a block poses."""
    return Block(graph, entry, owed, resources(graph.ops), _first(graph, entry), _tails(graph, owed))


def _first(graph: Graph, entry: InFlight) -> list[int]:
    first = earliest_cycles(graph, entry)
    for number, edges in enumerate(graph.after):
        first[number] = max(first[number], graph.ops[number].cycle_pin or 0)
        for to, latency in edges:
            first[to] = max(first[to], first[number] + latency)
    if _ends_with_control(graph):
        first[-1] = max(first)
    return first


def _tails(graph: Graph, owed: Mapping[int, int]) -> list[int]:
    """The longest way from each op to the end of the block."""
    tails = [0] * len(graph.ops)
    for number in range(len(tails) - 1, -1, -1):
        register, latency = _lands(graph, number)
        tails[number] = max(0, latency - owed[register] if register in owed else 0)
        for to, wait in graph.after[number]:
            tails[number] = max(tails[number], wait + tails[to])
    return tails


def _lands(graph: Graph, number: int) -> tuple[int, int]:
    """The register that an op writes (-1 for none) and after how many cycles."""
    facts = FACTS[graph.ops[number].row.id]
    return register_written(facts, graph.ops[number].values), facts.latency


def _ends_with_control(graph: Graph) -> bool:
    return bool(FACTS[graph.ops[-1].row.id].control)


class Shortest:
    """The search of one block; `bound` is the best that is known of what any schedule needs."""

    def __init__(self, block: Block, limit: float) -> None:
        self.block = block
        self.limit = limit
        self.bound = block.bound

    def shorter_than(self, end: int) -> Placed | None:
        """A schedule that ends before a cycle, as early as can be, and of those the one that leaves least in flight."""
        if self.bound >= end:
            return None
        model, issue, last = self._model(end - 1)
        model.minimize(last)
        answer = solve(model, [*issue, last], self.limit)
        if answer.values is None:
            self.bound = end if answer.is_proved else max(self.bound, answer.bound)
            return None
        self.bound = answer.values[-1] if answer.is_proved else max(self.bound, answer.bound)
        return self._placed(self._settled(answer.values))

    def _settled(self, found: list[int]) -> list[int]:
        """The issue cycles of a schedule of the same length whose registers land as early as can be."""
        model, issue, _ = self._model(found[-1])
        writers = [number for number in range(len(issue)) if _lands(self.block.graph, number)[0] >= 0]
        model.minimize(sum(issue[number] for number in writers))
        for variable, value in zip(issue, found, strict=False):
            model.add_hint(variable, value)
        return solve(model, issue, self.limit).values or found[:-1]

    def _model(self, end: int) -> tuple[CpModel, list[IntVar], IntVar]:
        """A model of all schedules that end no later than a cycle, the issue cycles, and the end."""
        from ortools.sat.python import cp_model

        graph = self.block.graph
        model = cp_model.CpModel()
        windows = zip(self.block.first, self.block.tail, strict=True)
        issue = [model.new_int_var(first, end - tail, "") for first, tail in windows]
        last = model.new_int_var(self.bound, end, "")
        for number, edges in enumerate(graph.after):
            model.add(issue[number] + self.block.tail[number] <= last)
            for to, latency in edges:
                model.add(issue[to] >= issue[number] + latency)
        if _ends_with_control(graph):
            for other in issue[:-1]:
                model.add(other <= issue[-1])
        for op, variable in zip(graph.ops, issue, strict=True):
            if op.cycle_pin is not None:
                model.add(variable == op.cycle_pin)
        for resource in self.block.shared:
            share(model, resource, issue)
        return model, issue, last

    def _placed(self, issue: list[int]) -> Placed:
        graph = self.block.graph
        placed = Placed(issue, give_units(graph.ops, issue), dict(self.block.entry))
        land(graph, placed)
        return placed


def share(model: CpModel, resource: Resource, cycles: Sequence[IntVar]) -> None:
    """Only as many of the members issue in a cycle as there is capacity."""
    members = [cycles[number] for number in resource.members]
    if resource.capacity == 1:
        model.add_all_different(members)
        return
    spans = [model.new_fixed_size_interval_var(cycle, 1, "") for cycle in members]
    model.add_cumulative(spans, [1] * len(spans), resource.capacity)
