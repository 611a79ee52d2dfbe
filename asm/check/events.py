"""What meets what: every value written to a stream, a v register or an exit, and every sample taken there.

A value that leaves position p of an eastward stream in cycle t is at position q in cycle t + q - p: it stays on the
*line* t - p (westward: t + p). On a line, events are in the order of their positions, and a sample meets the last
value written at a position before its own; so nothing has to be moved, and lines are sorted once. A v register is
one line in order of time; each cycle of an exit is a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from asm.check.bursts import EXITS, Burst, Group
from asm.check.stretch import Stretch, Timed
from isa.machine import MachineSpec
from isa.places import flows_west, is_stream
from isa.records import dataclass

Array = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
NONE = -1  # the index of no event


@dataclass(frozen=True, eq=False)
class Block:
    """All events of a group: place k, element i has index first + k*count + i."""

    timed: Timed
    group: Group
    first: int
    writes: bool

    @property
    def count(self) -> int:
        return self.timed.burst.count

    @property
    def size(self) -> int:
        return self.group.size * self.count


def offsets(burst: Burst) -> Array:
    """The cycles of all elements, in order, from the first."""
    n, d, m, e = (burst.fields.get(name, default) for name, default in (("n", 1), ("d", 1), ("m", 1), ("e", 0)))
    return (np.arange(m)[:, None] * e + np.arange(n) * d).reshape(-1)


class Events:
    """The events of a stretch; arrays are indexed by event, in the order of `blocks`.

    `places` and `elements` say which event of its block each is. `cycle` is when a value is sampled or lands, `met`
    the write whose value a sample finds (NONE for none), `over` the write that takes the place of a written value
    (NONE: none does), `sampled` whether it was sampled.
    """

    def __init__(self, stretch: Stretch, spec: MachineSpec) -> None:
        self.spec = spec
        self.blocks = list(_blocks(stretch.ops))
        self.block: Array = np.repeat(np.arange(len(self.blocks)), [block.size for block in self.blocks])
        self.writes: Mask = self.each(block.writes for block in self.blocks) > 0
        self.flows: Mask = self.each(is_stream(block.group.first) for block in self.blocks) > 0
        self.exits: Mask = self.each(block.group.first >= EXITS for block in self.blocks) > 0
        within = np.arange(len(self.block)) - self.each(block.first for block in self.blocks)
        self.counts = self.each(block.count for block in self.blocks)
        self.places, self.elements = within // self.counts, within % self.counts
        self.cycle = self._cycles()
        tracks, self.line, orders = self._columns()
        self._meet(tracks, self.line, orders)

    def each(self, numbers: Iterable[int]) -> Array:
        """A number of each block, for all of its events."""
        column: Array = np.array(list(numbers), np.int64)[self.block]
        return column

    def _cycles(self) -> Array:
        bursts = [block.timed.burst for block in self.blocks]
        n, d, e = (
            self.each(burst.fields.get(name, default) for burst in bursts)
            for name, default in (("n", 1), ("d", 1), ("e", 0))
        )
        first = (block.timed.cycle + block.writes * block.timed.burst.latency for block in self.blocks)
        cycles: Array = self.each(first) + self.elements // n * e + self.elements % n * d
        return cycles

    def _columns(self) -> tuple[Array, Array, Array]:
        """Track, line and order on the line of all events."""
        tracks = self.each(block.group.first for block in self.blocks) + self.places
        along, late = self.each(map(self._along, self.blocks)), np.where(self.writes, 0, 1)
        lines = np.where(self.flows, self.cycle - along, np.where(self.exits, self.cycle, 0))
        orders = np.where(self.exits, late, 2 * self.cycle + late)
        return tracks, lines, np.where(self.flows, 2 * along + 1 - late, orders)

    def _along(self, block: Block) -> int:
        """How far the place of a block is along its stream."""
        position = block.timed.burst.position
        return self.spec.positions - 1 - position if flows_west(block.group.first) else position

    def _meet(self, tracks: Array, lines: Array, orders: Array) -> None:
        """Sort the events of each line, then look back for the last write and ahead for the next."""
        sort = np.lexsort((orders, lines, tracks))
        index = np.arange(len(sort))
        same = (np.diff(tracks[sort], prepend=NONE) == 0) & (np.diff(lines[sort], prepend=NONE) == 0)
        start = np.maximum.accumulate(np.where(same, 0, index))
        writes = self.writes[sort]
        last = np.maximum.accumulate(np.where(writes, index, NONE))
        met = np.where(~writes & (last >= start), sort[last], NONE)
        self.met = _scattered(sort, met)
        self.sampled = np.zeros(len(sort), bool)
        self.sampled[met[met >= 0]] = True
        self.over = _scattered(sort, self._next(sort, start, writes))
        clashing = np.flatnonzero(writes[1:] & writes[:-1] & same[1:] & (np.diff(orders[sort]) == 0))
        self.clashes = self._one_each(sort[clashing], sort[clashing + 1])

    def _one_each(self, first: Array, second: Array) -> list[tuple[int, int]]:
        """Of pairs of events the earliest for each pair of blocks."""
        by_time = np.argsort(self.cycle[first], kind="stable")
        first, second = first[by_time], second[by_time]
        _, which = np.unique(self.block[first] * len(self.blocks) + self.block[second], return_index=True)
        return [(int(first[i]), int(second[i])) for i in np.sort(which)]

    def _next(self, sort: Array, start: Array, writes: Mask) -> Array:
        """For each event in sorted order the next write on its line."""
        count = len(sort)
        ahead = np.minimum.accumulate(np.where(writes, np.arange(count), count)[::-1])[::-1]
        following = np.append(ahead[1:], count)
        known = following < count
        known[known] = start[following[known]] == start[known]
        return np.where(known, sort[np.minimum(following, count - 1)], NONE)

    def block_of(self, event: int) -> Block:
        return self.blocks[int(self.block[event])]

    def element(self, event: int) -> tuple[Timed, int, int]:
        """The op of an event, the number of its element, and its place in the group."""
        block = self.block_of(event)
        place, element = divmod(int(event) - block.first, block.count)
        return block.timed, element, place

    @cached_property
    def width(self) -> Array:
        """The width of the group that each event belongs to."""
        return self.each(block.group.width for block in self.blocks)

    @cached_property
    def byte(self) -> Array:
        """The number of each value in its result."""
        return self.places % self.width

    @cached_property
    def result(self) -> Array:
        """A number for the result that each value is a byte of."""
        number: Array = (self.block * (1 << 16) + self.places // self.width) * (1 << 32) + self.elements
        return number


def _scattered(sort: Array, values: Array) -> Array:
    """Values in sorted order brought back to the order of events."""
    out = np.empty_like(values)
    out[sort] = values
    return out


def _blocks(ops: Iterable[Timed]) -> Iterator[Block]:
    first = 0
    for timed in ops:
        for writes, groups in ((False, timed.burst.samples), (True, timed.burst.results)):
            for group in groups:
                block = Block(timed, group, first, writes)
                first += block.size
                yield block
