"""Cycles that are taken, all from one to another or some of them, and whether others want the same."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, TypeAlias

from asm.streams.burst import Piece

SOLID = -1


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

    def clear_of(self, other: Taken) -> int:
        """The fewest cycles by which this must be later to meet the other no more."""
        last = other.end - self.start
        if self.mask == other.mask == SOLID:
            return last
        return next(later for later in range(1, last + 1) if not self.meets(other, later))

    def clear_before(self, other: Taken) -> int:
        """The fewest cycles by which this must be earlier to meet the other no more."""
        last = self.end - other.start
        if self.mask == other.mask == SOLID:
            return last
        return next(earlier for earlier in range(1, last + 1) if not self.meets(other, -earlier))


Wanted: TypeAlias = list[tuple[str, Taken]]


@cache
def pulses(count: int, spacing: int) -> int:
    """A bit for each of some elements, the first in cycle 0."""
    return ((1 << count * spacing) - 1) // ((1 << spacing) - 1)
