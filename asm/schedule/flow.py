"""What is in flight where: the worst case over all ways to a block, found together with its schedule.

A block's schedule depends on what is in flight when it is entered, and decides what is in flight when it is
left. States only grow, latencies bound them, so going on until nothing changes ends; and the end is sound,
because every block was last scheduled for at least what any of its predecessors leaves behind.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from heapq import heappop, heappush

from asm.facts import FACTS, REGISTERS, cycles_of, uses_of
from asm.program import AsmOp, Explicit
from asm.schedule.blocks import OUTSIDE, Block
from asm.schedule.graph import Graph, Graphs
from asm.schedule.memory import Aliases
from asm.schedule.paths import EVERYTHING, Edge
from asm.schedule.place import InFlight, Placed, place


class Flow:
    """`entry[b]` is what may be in flight on entry to block b, `placed[b]` its schedule for that."""

    def __init__(self, blocks: list[Block], edges: list[list[Edge]], aliases: Aliases) -> None:
        self.blocks = blocks
        self.edges = edges
        self.aliases = aliases
        graphs = Graphs(aliases)
        self.graphs: list[Graph] = [graphs.of(block.ops) for block in blocks]
        self.known: dict[Hashable, Placed] = {}  # schedules by what they depend on
        self.entry: list[InFlight] = [{} for _ in blocks]
        self.placed: list[Placed] = [Placed([], []) for _ in blocks]
        self.allowed: dict[int, InFlight] = {}
        self._settle()

    def _settle(self) -> None:
        waiting = list(range(len(self.blocks)))
        queued = set(waiting)
        while waiting:
            number = heappop(waiting)
            queued.discard(number)
            for grown in self._visit(number):
                if grown not in queued:
                    queued.add(grown)
                    heappush(waiting, grown)

    def _visit(self, number: int) -> list[int]:
        """Schedule a block; the blocks whose entry state grew."""
        block = self.blocks[number]
        entry = self.entry[number]
        placed = land_bundles(block.bundles, entry) if block.is_explicit else self.place(number)
        self.placed[number] = placed
        grown = []
        for edge in self.edges[number]:
            if edge.to != OUTSIDE and self._flow(placed.landings, leave(block, placed, edge.taken), edge):
                grown.append(edge.to)
        return grown

    def place(self, number: int) -> Placed:
        """The schedule of a linear block for what is in flight now."""
        graph, entry, is_pipelined = self.graphs[number], self.entry[number], self.blocks[number].is_pipelined
        key = graph.kind, is_pipelined, frozenset(entry.items())
        if key not in self.known:
            self.known[key] = _best(graph, entry) if is_pipelined else place(graph, entry)
        return self.known[key]

    def owed(self, number: int) -> InFlight:
        """By how many cycles after the last op of a block each register has to land; where nothing follows, all."""
        control = self.blocks[number].control
        owed: InFlight = {}
        for edge in self.edges[number] or [Edge(OUTSIDE, False, EVERYTHING)]:
            after = control.row.taken_latency if control is not None and edge.taken else cycles_of(control)
            for register in range(REGISTERS):
                if edge.settles >> register & 1:
                    limit = after + self._allowed(edge.to).get(register, 0)
                    owed[register] = min(owed.get(register, limit), limit)
        return owed

    def _flow(self, landings: InFlight, leaving: int, edge: Edge) -> bool:
        entry = self.entry[edge.to]
        grew = False
        for register, landing in landings.items():
            left = landing - leaving
            if left > entry.get(register, 0) and not edge.settles >> register & 1:
                entry[register] = left
                grew = True
        return grew

    def shortfall(self, number: int) -> int:
        """The cycles by which a linear block must leave later, so that its edges settle what they have to."""
        placed = self.placed[number]
        late = 0
        for edge in self.edges[number]:
            if not edge.settles:
                continue
            allowed = self._allowed(edge.to)
            leaving = leave(self.blocks[number], placed, edge.taken)
            for register, landing in placed.landings.items():
                if edge.settles >> register & 1:
                    late = max(late, landing - leaving - allowed.get(register, 0))
        return late

    def _allowed(self, number: int) -> InFlight:
        """How long results may still be on their way when a block is entered that is placed for other ones.

        They must have landed when the block needs that, or leaves; nothing may be left to those after it.
        """
        if number == OUTSIDE:
            return {}
        if number not in self.allowed:
            block, placed = self.blocks[number], self.placed[number]
            until = min(leave(block, placed, edge.taken) for edge in self.edges[number] or [Edge(OUTSIDE, False)])
            if placed.limits is None:
                placed.limits = _limits(block, placed)
            allowed = dict.fromkeys(range(REGISTERS), until)
            for register, limit in placed.limits.items():
                allowed[register] = min(until, limit)
            for register, left in self.entry[number].items():
                allowed[register] = max(allowed[register], left)
            self.allowed[number] = allowed
        return self.allowed[number]


def _best(graph: Graph, entry: InFlight) -> Placed:
    """Of a block of the scheduler's own: as its heights say, or in the order in which it is."""
    as_listed = replace(graph, heights=list(range(len(graph.ops), 0, -1)))
    return min(place(graph, entry), place(as_listed, entry), key=lambda each: max(each.issue, default=0))


def _issues(block: Block, placed: Placed) -> Iterator[tuple[AsmOp, int]]:
    """The ops of a block with the cycles, from its start, in which they issue."""
    if not block.is_explicit:
        yield from zip(block.ops, placed.issue, strict=True)
    for bundle, issue in zip(block.bundles, placed.issue, strict=False):
        for op in bundle.ops:
            yield op, issue


def _limits(block: Block, placed: Placed) -> InFlight:
    """What an op reads must have landed when it issues, and what it writes before that lands again."""
    limits: InFlight = {}
    for op, issue in _issues(block, placed):
        uses = uses_of(op)
        for register in uses.reads:
            limits[register] = min(limits.get(register, issue), issue)
        if uses.write >= 0:
            before = issue + FACTS[op.row.id].latency - 1
            limits[uses.write] = min(limits.get(uses.write, before), before)
    return limits


def leave(block: Block, placed: Placed, taken: bool) -> int:
    """The cycle, from the start of the block, in which the next one is entered."""
    if not placed.issue:
        return 0
    last = placed.issue[-1]
    if block.control is None:
        return max(placed.issue) + 1
    if taken:
        return last + block.control.row.taken_latency
    return last + cycles_of(block.control)


def land_bundles(bundles: list[Explicit], entry: InFlight) -> Placed:
    """The times of bundles that issue as they stand: one `issue` a bundle, and what they leave in flight."""
    placed = Placed([], [], dict(entry))
    now = 0
    for bundle in bundles:
        placed.issue.append(now)
        following = now + 1
        for op in bundle.ops:
            facts, register = FACTS[op.row.id], uses_of(op).write
            if register >= 0:
                placed.landings[register] = max(placed.landings.get(register, 0), now + facts.latency)
            if facts.control:
                following = now + cycles_of(op)
        now = following
    return placed
