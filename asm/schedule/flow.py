"""What is in flight where: the worst case over all ways to a block, found together with its schedule.

A block's schedule depends on what is in flight when it is entered, and decides what is in flight when it is
left. States only grow, latencies bound them, so going on until nothing changes ends; and the end is sound,
because every block was last scheduled for at least what any of its predecessors leaves behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from heapq import heappop, heappush

from asm.facts import REGISTERS, cycles_of
from asm.kinds import MOST_KINDS, BundleKind, kind_of
from asm.schedule.blocks import OUTSIDE, Block
from asm.schedule.graph import Graph
from asm.schedule.paths import EVERYTHING, Edge
from asm.schedule.place import InFlight, Placed


class Flow:
    """`entry[b]` is what may be in flight on entry to block b, `placed[b]` its schedule for that."""

    def __init__(self, blocks: list[Block], edges: list[list[Edge]]) -> None:
        self.blocks = blocks
        self.edges = edges
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

    def _visit(self, number: int) -> Iterator[int]:
        """Schedule a block; the blocks whose entry state grew."""
        block = self.blocks[number]
        entry = self.entry[number]
        placed = land_bundles(block, entry) if block.is_explicit else self.place(number)
        self.placed[number] = placed
        for edge in self.edges[number]:
            late = placed.late(leave(block, placed, edge.taken))
            if late and edge.to != OUTSIDE and self._flow(late, edge):
                yield edge.to

    def place(self, number: int) -> Placed:
        """The schedule of a linear block for what is in flight now."""
        block = self.blocks[number]
        return block.kind.place(self.entry[number], block.is_pipelined)

    def graph(self, number: int) -> Graph:
        """The dependence graph of a block."""
        block = self.blocks[number]
        return block.kind.graph(block.ops)

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

    def _flow(self, late: InFlight, edge: Edge) -> bool:
        """Add what is late at the end of an edge to what may be in flight there; whether that is more than before."""
        entry = self.entry[edge.to]
        grew = False
        for register, left in late.items():
            if left > entry.get(register, 0) and not edge.settles >> register & 1:
                entry[register] = left
                grew = True
        return grew

    def shortfall(self, number: int) -> int:
        """The cycles by which a linear block must leave later, so that its edges settle what they have to."""
        block, placed = self.blocks[number], self.placed[number]
        most = 0
        for edge in self.edges[number]:
            late = placed.late(leave(block, placed, edge.taken)) if edge.settles else None
            for register, left in late.items() if late else ():
                if left > most and edge.settles >> register & 1:
                    most = max(most, left - self._allowed(edge.to).get(register, 0))
        return most

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
                placed.limits = limits_of(block, placed)
            allowed = dict.fromkeys(range(REGISTERS), until)
            for register, limit in placed.limits.items():
                allowed[register] = min(until, limit)
            for register, left in self.entry[number].items():
                allowed[register] = max(allowed[register], left)
            self.allowed[number] = allowed
        return self.allowed[number]


def _issues(block: Block, placed: Placed) -> Iterator[tuple[BundleKind, int]]:
    """What the ops of a block do to registers, with the cycles, from its start, in which they issue."""
    kinds = block.bundle_kinds() if block.is_explicit else [kind_of((op,)) for op in block.ops]
    return zip(kinds, placed.issue, strict=True)


def limits_of(block: Block, placed: Placed) -> InFlight:
    """What an op reads must have landed when it issues, and what it writes before that lands again."""
    limits: InFlight = {}
    for kind, issue in _issues(block, placed):
        for register in kind.reads:
            limits[register] = min(limits.get(register, issue), issue)
        for register, latency in kind.writes:
            before = issue + latency - 1
            limits[register] = min(limits.get(register, before), before)
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


def land_bundles(block: Block, entry: InFlight) -> Placed:
    """The times of bundles that issue as they stand: one `issue` a bundle, and what they leave in flight."""
    kinds = tuple(block.bundle_kinds())
    cycles = tuple([
        cycles_of(bundle.control(kind)) if kind.control >= 0 else 1
        for bundle, kind in zip(block.bundles, kinds, strict=True)
    ])  # fmt: skip
    return _land(kinds, cycles, tuple(entry.items()))


@lru_cache(MOST_KINDS)
def _land(kinds: tuple[BundleKind, ...], cycles: tuple[int, ...], entry: tuple[tuple[int, int], ...]) -> Placed:
    """The same for all blocks that are alike in what their bundles do to registers and in how long they take."""
    placed = Placed([], [], dict(entry))
    landings = placed.landings
    now = 0
    for kind, taken in zip(kinds, cycles, strict=True):
        placed.issue.append(now)
        for register, latency in kind.writes:
            landings[register] = max(landings.get(register, 0), now + latency)
        now += taken
    return placed
