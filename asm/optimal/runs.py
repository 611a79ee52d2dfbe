"""The shortest way to place the bodies of a run of linear tensor code, each in one of the ways to time it.

Ways and starts are chosen for what bodies need at once (`uses`), which gives a bound; then they are placed like that,
unit by unit and stream by stream, or as soon after that as they fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from asm.explain.demand import bounds
from asm.explain.limits import Limits
from asm.optimal.solve import Answer, solve
from asm.optimal.uses import Use, uses_of
from asm.streams.graph import Body, Node, bodies
from asm.streams.pieces import pieces_of
from asm.streams.placing import Placed, Refused, after_memory, fitting
from asm.streams.table import Conflict, Table
from asm.streams.times import Timed, plans
from isa.machine import MachineSpec
from isa.records import NamedTuple, dataclass

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntervalVar, IntVar, LinearExprT


class Way(NamedTuple):
    """A body in time, and what it needs."""

    timed: Timed
    uses: list[Use]


@dataclass(frozen=True, slots=True)
class Part:
    """A body with all ways to time it; `start` is where it has to begin, None when that is free."""

    body: Body
    ways: list[Way]
    start: int | None


class Found(NamedTuple):
    """`placed` are bodies that are over sooner, none when nothing was found; nothing is over before `bound`."""

    placed: list[Placed]
    bound: int


def least_end(nodes: Sequence[Node], spec: MachineSpec) -> int:
    """A cycle before which no schedule is over, by chains of statements and by what they need of each resource."""
    limits = Limits(nodes, spec)
    return max([limits.landing, *(bound.cycles for bound in bounds(nodes, limits))])


def parts_of(nodes: list[Node], placed: Sequence[Placed], spec: MachineSpec) -> list[Part]:
    """The parts of a run, with the ways that fit an idle machine."""
    parts = []
    for body, now in zip(bodies(nodes), placed, strict=True):
        fit = [timed for timed in plans(body, spec) if not isinstance(fitting(body, timed, spec), Refused)]
        ways = [Way(timed, uses_of(pieces_of(timed.plan, body.nodes), spec)) for timed in fit]
        pinned = any(node.op.cycle_pin is not None for node in body.nodes)
        parts.append(Part(body, ways, now.start if pinned else None))
    return parts


def sooner(parts: list[Part], end: int, spec: MachineSpec, limit: float) -> Found:
    """A way to place all parts that is over before a cycle, if there is one; and what none is over before."""
    model = _Model(parts, end - 1)
    answer = model.solve(limit)
    if answer.values is None:
        return Found([], end if answer.is_proved else answer.bound)
    chosen = model.choice(answer.values)
    attempts = [_place(parts, chosen, spec, wait) for wait in (True, False)]
    fit = [placed for placed in attempts if end_of_run(placed) < end and _keeps_pins(parts, placed)]
    return Found(min(fit, key=end_of_run, default=[]), answer.bound)


def end_of_run(placed: Sequence[Placed]) -> int:
    """The cycle in which everything has landed."""
    return max(each.end for each in placed)


def _keeps_pins(parts: list[Part], placed: list[Placed]) -> bool:
    return all(part.start in (None, each.start) for part, each in zip(parts, placed, strict=True))


class _Model:
    """Which way and start each part has, `last` the cycle in which the last is over."""

    def __init__(self, parts: list[Part], end: int) -> None:
        from ortools.sat.python import cp_model

        self.parts = parts
        self.end = end
        self.model: CpModel = cp_model.CpModel()
        self.last = self.model.new_int_var(0, end, "")
        self.chosen = [[self.model.new_bool_var("") for _ in part.ways] for part in parts]
        self.starts = [self._start(part, chosen) for part, chosen in zip(parts, self.chosen, strict=True)]
        self._wait_for_memory()
        self._share()
        self.model.minimize(self.last)

    def solve(self, limit: float) -> Answer:
        return solve(self.model, [*self.starts, *(literal for each in self.chosen for literal in each)], limit)

    def choice(self, values: list[int]) -> list[tuple[int, int]]:
        """(way, start) of each part in a solution."""
        starts, literals = values[: len(self.parts)], iter(values[len(self.parts) :])
        ways = [[next(literals) for _ in part.ways].index(1) for part in self.parts]
        return list(zip(ways, starts, strict=True))

    def _start(self, part: Part, chosen: Sequence[IntVar]) -> IntVar:
        start = self.model.new_int_var(0, self.end, "")
        self.model.add_exactly_one(chosen)
        for way, literal in zip(part.ways, chosen, strict=True):
            self.model.add(start + way.timed.end <= self.last).only_enforce_if(literal)
        if part.start is not None:
            self.model.add(start == part.start)
        return start

    def _wait_for_memory(self) -> None:
        where = {node: number for number, part in enumerate(self.parts) for node in part.body.nodes}
        for node, number in where.items():
            for other in node.after:
                if where[other] != number:
                    self.model.add(self._time(number, node) >= self._time(where[other], other) + node.wait(other))

    def _time(self, number: int, node: Node) -> LinearExprT:
        """The cycle of a node."""
        ways = zip(self.parts[number].ways, self.chosen[number], strict=True)
        return self.starts[number] + sum(literal * way.timed.plan.time[node] for way, literal in ways)

    def _share(self) -> None:
        """No more is in use of anything than there is."""
        users: dict[tuple[str, int], list[tuple[int, int, Use]]] = {}
        for number, part in enumerate(self.parts):
            for choice, way in enumerate(part.ways):
                for use in way.uses:
                    users.setdefault((use.name, use.capacity), []).append((number, choice, use))
        for (_, capacity), found in users.items():
            if len({number for number, *_ in found}) > 1:
                spans = [self._span(*each) for each in found]
                self.model.add_cumulative(spans, [use.demand for *_, use in found], capacity)

    def _span(self, number: int, choice: int, use: Use) -> IntervalVar:
        start, literal = self.starts[number] + use.begin, self.chosen[number][choice]
        return self.model.new_optional_fixed_size_interval_var(start, use.length, literal, "")


# Places -----------------------------------------------------------------------------------------
def _place(parts: list[Part], chosen: list[tuple[int, int]], spec: MachineSpec, wait: bool) -> list[Placed]:
    """The parts in the order of their starts, as far as memory allows, each as soon as it fits; with `wait` no sooner
    than its start."""
    table = Table(spec)
    cycle: dict[Node, int] = {}
    placed: dict[int, Placed] = {}
    left = sorted(range(len(parts)), key=lambda number: (chosen[number][1], number))
    while left:
        number = next(number for number in left if _is_ready(parts[number], cycle))
        left.remove(number)
        way, start = chosen[number]
        part, timed = parts[number], parts[number].ways[way].timed
        placed[number] = _first_fit(part, timed, table, cycle, start if wait else part.start or 0)
        cycle |= {node: placed[number].start + timed.plan.time[node] for node in part.body.nodes}
    return [placed[number] for number in range(len(parts))]


def _is_ready(part: Part, cycle: dict[Node, int]) -> bool:
    own = set(part.body.nodes)
    return all(other in cycle or other in own for node in own for other in node.after)


def _first_fit(part: Part, timed: Timed, table: Table, cycle: dict[Node, int], first: int) -> Placed:
    pieces = list(pieces_of(timed.plan, part.body.nodes))
    first = max(first, after_memory(part.body, timed.plan, cycle))
    while True:
        try:
            table.place(pieces, first)
        except Conflict as conflict:
            first += conflict.later
        else:
            return Placed(first, first + timed.end, [piece for piece in pieces if piece.twin is None], timed)
