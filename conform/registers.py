"""Scalar registers over all of a run: when they are read, and which writes are in flight when."""

from __future__ import annotations

from typing import TypeVar

from conform.spacetime import Refused, Spacetime, require

Entry = TypeVar("Entry")


class Registers:
    """What ops entered so far read and write, by register; 32 is the condition code."""

    def __init__(self, world: Spacetime) -> None:
        self.world = world
        self.reads: dict[int, list[int]] = {}
        self.writes: dict[int, list[tuple[int, int]]] = {}  # (cycle of issue, cycle of landing)

    def read(self, register: int, cycle: int) -> None:
        """Raises Refused where a write is in flight."""
        in_flight = any(issued < cycle < landing for issued, landing in self.writes.get(register, ()))
        require(not in_flight, "E-HAZARD", cycle)
        self._enter(self.reads, register, cycle)

    def write(self, register: int, issued: int, landing: int) -> None:
        """Raises Refused where it would land out of order, or be in flight at a read."""
        for other, lands in self.writes.get(register, ()):
            if other == issued or (other < issued and lands >= landing) or (other > issued and lands <= landing):
                raise Refused("E-WRITE-CLASH", max(other, issued))
        late = [cycle for cycle in self.reads.get(register, ()) if issued < cycle < landing]
        require(not late, "E-HAZARD", min(late, default=0))
        self._enter(self.writes, register, (issued, landing))

    def _enter(self, lists: dict[int, list[Entry]], register: int, what: Entry) -> None:
        found = lists.setdefault(register, [])
        found.append(what)
        self.world.note(found.pop)
