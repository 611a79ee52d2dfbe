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

    `cycle` is when a value is sampled or lands, `met` the write whose value a sample finds (NONE for none),
    `over` the write that takes the place of a written value (NONE: none does), `sampled` whether it was sampled.
    """

    def __init__(self, stretch: Stretch, spec: MachineSpec) -> None:
        self.spec = spec
        self.blocks = list(_blocks(stretch.ops))
        tracks, lines, orders = (np.concatenate(column) for column in zip(*map(self._column, self.blocks), strict=True))
        self.cycle: Array = np.concatenate([self._cycles(block) for block in self.blocks])
        self.line: Array = lines
        self.block: Array = np.repeat(np.arange(len(self.blocks)), [block.size for block in self.blocks])
        self.writes = np.array([block.writes for block in self.blocks])[self.block]
        self._meet(tracks, lines, orders)

    def _cycles(self, block: Block) -> Array:
        burst = block.timed.burst
        each = offsets(burst) + block.timed.cycle + (burst.latency if block.writes else 0)
        return np.tile(each, block.group.size)

    def _column(self, block: Block) -> tuple[Array, Array, Array]:
        """Track, line and order on the line of a block's events."""
        cycles = self._cycles(block)
        track = np.repeat(np.array(block.group.places), block.count)
        number = block.group.first
        if is_stream(number):
            position = block.timed.burst.position
            along = self.spec.positions - 1 - position if flows_west(number) else position
            return track, cycles - along, np.full(len(cycles), 2 * along + block.writes)
        if number >= EXITS:
            return track, cycles, np.full(len(cycles), int(not block.writes))
        return track, np.zeros_like(cycles), 2 * cycles + (not block.writes)

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
        return np.array([block.group.width for block in self.blocks])[self.block]

    @cached_property
    def byte(self) -> Array:
        """The number of each value in its result."""
        return self._place_and_element[0] % self.width

    @cached_property
    def result(self) -> Array:
        """A number for the result that each value is a byte of."""
        place, element = self._place_and_element
        return (self.block * (1 << 16) + place // self.width) * (1 << 32) + element

    @cached_property
    def _place_and_element(self) -> tuple[Array, Array]:
        first = np.array([block.first for block in self.blocks])[self.block]
        count = np.array([block.count for block in self.blocks])[self.block]
        place, element = np.divmod(np.arange(len(self.block)) - first, count)
        return place, element


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
