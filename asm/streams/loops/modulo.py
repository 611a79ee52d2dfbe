"""Modulo scheduling of rigid bodies (after Rau, 1994): each gets a start such that rounds can begin every interval.

Bodies are placed one after the other, each in the way and at the start in which it ends first. Where that leaves no
room for a later one, it is tried once more with the bodies that take most placed first, in the ways that take least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from asm.streams.burst import Piece
from asm.streams.explain import no_room
from asm.streams.graph import Body, Node
from asm.streams.loops.depend import WIDEST, Edge
from asm.streams.loops.stretch import stretched
from asm.streams.loops.table import ModuloTable
from asm.streams.pieces import pieces_of
from asm.streams.route import Unfit
from asm.streams.table import Conflict
from asm.streams.times import Timed
from isa.machine import MachineSpec
from isa.records import NamedTuple, dataclass


class Choice(NamedTuple):
    """A body and the ways in which it can be timed."""

    body: Body
    ways: list[Timed]


@dataclass(slots=True)
class Kernel:
    """Bursts in the time of their round, the first in cycle 0 or later; a round begins every `interval` cycles and
    has landed in cycle `end` of its own."""

    interval: int
    pieces: list[tuple[int, Piece]]
    end: int

    @property
    def stages(self) -> int:
        """How many rounds issue at once."""
        return max(time for time, _ in self.pieces) // self.interval + 1


def modulo_schedule(choices: Sequence[Choice], edges: Sequence[Edge], interval: int, spec: MachineSpec) -> Kernel | str:
    """A kernel of a given interval, or what forbids it."""
    heavy = sorted(choices, key=lambda choice: -sum(node.span for node in choice.body.nodes))
    frugal = [Choice(body, sorted(ways, key=lambda timed: timed.cost)) for body, ways in heavy]
    reasons = []
    for order in (choices, frugal) if len(choices) > 1 else (choices,):
        found = _Search(edges, interval, spec).run(order)
        if isinstance(found, Kernel):
            return found
        reasons.append(found)
    return reasons[0]


class _Search:
    """The state of one search: what is placed, and the start of each node."""

    def __init__(self, edges: Sequence[Edge], interval: int, spec: MachineSpec) -> None:
        self.edges = edges
        self.interval = interval
        self.table = ModuloTable(spec, interval)
        self.time: dict[Node, int] = {}
        self.placed: list[tuple[int, Piece]] = []
        self.end = 0
        self.reason = ""

    def run(self, choices: Sequence[Choice]) -> Kernel | str:
        for choice in choices:
            best = min(self._fits(choice), key=lambda each: each[:2], default=None)
            if best is None:
                return self.reason
            self._take(choice.body, best[1], best[2])
        kernel = self._from_zero()
        return kernel if kernel.stages <= WIDEST else f"{kernel.stages} rounds would be under way"

    def _fits(self, choice: Choice) -> Iterator[tuple[int, int, Timed]]:
        """(end, start, way) of each way of a body that fits."""
        for way in choice.ways:
            try:
                timed = stretched(choice.body, way, self.interval, self.table.spec)
            except Unfit as problem:
                self._note(problem)
                continue
            start = self._first_start(choice.body, timed)
            if start is not None:
                yield start + timed.end, start, timed

    def _take(self, body: Body, start: int, timed: Timed) -> None:
        pieces = list(pieces_of(timed.plan, body.nodes))
        self.table.place(pieces, start)
        self.placed += [(start + piece.time, piece) for piece in pieces if piece.twin is None]
        self.time.update((node, start + timed.plan.time[node]) for node in body.nodes)
        self.end = max(self.end, start + timed.end)

    def _first_start(self, body: Body, timed: Timed) -> int | None:
        """The first cycle in which a body may begin, None if there is none."""
        first, last = self._window(body, timed)
        pieces = list(pieces_of(timed.plan, body.nodes))
        while first <= last:
            mark = len(self.table.log)
            try:
                self.table.place(pieces, first)
            except Conflict as conflict:
                self._note(no_room(conflict, pieces, self.table.spec))
                first += conflict.later
                continue
            self.table.undo(mark)
            return first
        return None

    def _window(self, body: Body, timed: Timed) -> tuple[int, int]:
        """The first and last start that memory allows and that is worth a try; none when it allows none."""
        own, time = set(body.nodes), timed.plan.time
        low, high = [], []
        for edge in self.edges:
            apart = edge.wait - edge.distance * self.interval
            if edge.first in own and edge.second in own:
                if time[edge.first] + apart > time[edge.second]:
                    return self._no_window(edge)
            elif edge.second in own and edge.first in self.time:
                low.append(self.time[edge.first] + apart - time[edge.second])
            elif edge.first in own and edge.second in self.time:
                high.append((self.time[edge.second] - apart - time[edge.first], edge))
        last = min(high, key=lambda each: each[0], default=None)
        first = max(low, default=0 if last is None else min(0, last[0] - self.interval + 1))
        if last is not None and last[0] < first:
            return self._no_window(last[1])
        return first, first + self.interval - 1 if last is None else min(first + self.interval - 1, last[0])

    def _no_window(self, edge: Edge) -> tuple[int, int]:
        what = [f"`{node.statement.mnemonic}` in line {node.place.line}" for node in (edge.first, edge.second)]
        self.reason = self.reason or f"{what[1]} waits for {what[0]} of a round before"
        return 0, -1

    def _note(self, problem: Unfit) -> None:
        self.reason = self.reason or problem.diagnostic.message

    def _from_zero(self) -> Kernel:
        """What was found, later or earlier such that the first burst begins in the first stage.

        A burst issues in the last cycle of the interval: a hardware loop ends with a bundle of its own.
        """
        first = min(time for time, _ in self.placed)
        rows = {(time - first) % self.interval for time, _ in self.placed}
        later = self.interval - 1 - max(rows) - first
        return Kernel(self.interval, [(time + later, piece) for time, piece in self.placed], self.end + later)
