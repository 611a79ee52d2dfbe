"""Cycles that are taken, all from one to another or some of them, and whether others want the same."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import TypeAlias

from asm.streams.burst import Piece
from isa.records import NamedTuple

SOLID = -1
ENDLESS = 1 << 20


class Taken(NamedTuple):
    """Cycles [start, end) of a unit, register or bank; of a stream the diagonals, at positions [near, far).

    `mask` has a bit for each of them that is taken, from the start on; SOLID are all.
    """

    start: int
    end: int
    holder: Piece
    near: int = 0
    far: int = 1
    mask: int = SOLID

    def meets(self, other: Taken, later: int = 0) -> bool:
        """Whether both take the same, this `later` cycles later."""
        start, end = self.start + later, self.end + later
        if start >= other.end or other.start >= end or self.near >= other.far or other.near >= self.far:
            return False
        if self.mask == other.mask == SOLID:
            return True
        if start < other.start:
            return bool(self.bits >> (other.start - start) & other.bits)
        return bool(other.bits >> (start - other.start) & self.bits)

    @property
    def bits(self) -> int:
        return pulses(self.end - self.start, 1) if self.mask == SOLID else self.mask

    @property
    def is_flat(self) -> bool:
        """Whether it has no extent but its cycles, none of them before cycle 0 or without end."""
        return self.near == 0 and self.far == 1 and self.start >= 0 and self.end < ENDLESS

    @property
    def is_solid(self) -> bool:
        return self.mask == SOLID or self.mask == (1 << self.end - self.start) - 1

    def clear_of(self, other: Taken, later: int = 0) -> int:
        """The fewest cycles, more than `later`, by which this must be later to meet the other no more."""
        last = other.end - self.start
        if self.mask == other.mask == SOLID:
            return last
        return next(cycles for cycles in range(later + 1, last + 1) if not self.meets(other, cycles))

    def clear_before(self, other: Taken) -> int:
        """The fewest cycles by which this must be earlier to meet the other no more."""
        last = self.end - other.start
        if self.mask == other.mask == SOLID:
            return last
        return next(earlier for earlier in range(1, last + 1) if not self.meets(other, -earlier))


Wanted: TypeAlias = list[tuple[str, Taken]]


class Occupied:
    """All that is taken of one thing, in the order of its cycles.

    While it has no extent, as units and banks have none, `busy` has a bit for each cycle from 0 on that is taken.
    """

    def __init__(self) -> None:
        self.items: list[Taken] = []
        self.longest = 0  # of what was ever taken, in cycles
        self.busy: int | None = 0

    def __iter__(self) -> Iterator[Taken]:
        return iter(self.items)

    def add(self, taken: Taken) -> None:
        items = self.items
        if not items or items[-1].start <= taken.start:
            items.append(taken)
        else:
            insort(items, taken, key=_start)
        self.longest = max(self.longest, taken.end - taken.start)
        if self.busy is not None:
            self.busy = self.busy | taken.bits << taken.start if taken.is_flat else None

    def remove(self, taken: Taken) -> None:
        if self.busy is not None:
            self.busy ^= taken.bits << taken.start
        index = len(self.items) - 1
        if self.items[index] is not taken:
            index = bisect_left(self.items, taken.start, key=_start)
            while self.items[index] is not taken:
                index += 1
        del self.items[index]

    def _since(self, taken: Taken) -> Iterator[Taken]:
        """Those that another could meet now or later."""
        first = bisect_left(self.items, taken.start - self.longest, key=_start)
        return islice(self.items, first, None)

    def in_the_way(self, taken: Taken) -> Taken | None:
        """The first that meets another."""
        if self.busy is not None and taken.is_flat and not self.busy >> taken.start & taken.bits:
            return None
        for other in self._since(taken):
            if other.start >= taken.end:
                break
            if taken.meets(other):
                return other
        return None

    def clear_of(self, taken: Taken) -> int:
        """The cycles by which another must be later at least to meet nothing."""
        if self.busy is not None and taken.is_flat and taken.is_solid:
            return _first_gap(self.busy >> taken.start, taken.end - taken.start)
        later = 0
        for other in self._since(taken):
            if other.start >= taken.end + later:
                break
            if taken.meets(other, later):
                later = taken.clear_of(other, later)
        return later


_start = attrgetter("start")


def _first_gap(busy: int, length: int) -> int:
    """The first bit from which on so many are 0."""
    covered = 1
    while covered < length:
        step = min(covered, length - covered)
        busy |= busy >> step
        covered += step
    return (~busy & busy + 1).bit_length() - 1


@cache
def pulses(count: int, spacing: int) -> int:
    """A bit for each of some elements, the first in cycle 0."""
    return ((1 << count * spacing) - 1) // ((1 << spacing) - 1)
