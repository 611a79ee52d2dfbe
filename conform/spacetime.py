"""What is where, and when: the places of the tensor face over all of a run, and what ops have claimed of them.

A place (a stream's diagonal, a v register, an accumulator row) holds what was last written to it. Ops are
entered in any order of time, so a write may not come between an earlier entered write and a read that relies on it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from isa.records import dataclass, field

Place: TypeAlias = tuple[Hashable, ...]  # a kind of place, and which
NEVER = 1 << 62


class Refused(Exception):
    """An op cannot stand where it was tried. With a code: it would be that fault in that cycle, if none comes first."""

    def __init__(self, code: str = "", cycle: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.cycle = cycle


def require(holds: bool, code: str = "", cycle: int = 0) -> None:
    """Raises Refused: where `holds` is false an op would be the fault of that code in that cycle."""
    if not holds:
        raise Refused(code, cycle)


@dataclass(slots=True)
class Timeline:
    """One place: what it holds from which cycle on, and the cycles in which it is looked at."""

    cycles: list[int] = field(default_factory=list)
    held: dict[int, Any] = field(default_factory=dict)
    looks: list[int] = field(default_factory=list)

    def at(self, cycle: int) -> Any:
        """What is held in a cycle, or None."""
        index = bisect_right(self.cycles, cycle)
        return self.held[self.cycles[index - 1]] if index else None

    def admits(self, cycle: int) -> bool:
        """Whether holding something new from a cycle on leaves all looks as they were."""
        later = bisect_right(self.cycles, cycle)
        until = self.cycles[later] if later < len(self.cycles) else NEVER
        look = bisect_left(self.looks, cycle)
        return cycle not in self.held and not (look < len(self.looks) and self.looks[look] < until)


class Spacetime:
    """All places and claims, and how to take back what was entered last."""

    def __init__(self) -> None:
        self._lines: dict[Place, Timeline] = {}
        self._claims: dict[Place, int] = {}
        self._journal: list[Callable[[], object]] = []

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is entered inside is taken back when it ends in Refused, which passes on."""
        mark = len(self._journal)
        try:
            yield
        except Refused:
            while len(self._journal) > mark:
                self._journal.pop()()
            raise

    def note(self, undo: Callable[[], object]) -> None:
        self._journal.append(undo)

    def at(self, place: Place, cycle: int) -> Any:
        """What a place holds in a cycle, without relying on it."""
        return self._lines[place].at(cycle) if place in self._lines else None

    def look(self, place: Place, cycle: int) -> Any:
        """The same, relying on it from now on."""
        line = self._lines.setdefault(place, Timeline())
        insort(line.looks, cycle)
        self.note(lambda: line.looks.remove(cycle))
        return line.at(cycle)

    def hold(self, place: Place, cycle: int, what: Any) -> None:
        """A place holds something from a cycle on. Raises Refused where that is taken or another is relied on."""
        line = self._lines.setdefault(place, Timeline())
        if not line.admits(cycle):
            raise Refused
        insort(line.cycles, cycle)
        line.held[cycle] = what
        self.note(lambda: line.cycles.remove(cycle))
        self.note(lambda: line.held.pop(cycle))

    def begun(self, place: Place, cycle: int) -> Any:
        """What a place holds from exactly this cycle on, or None."""
        return self._lines[place].held.get(cycle) if place in self._lines else None

    def unseen(self, kind: str) -> Iterator[tuple[tuple[Any, ...], int, int]]:
        """What no op looked at in places of a kind: (place, first cycle, cycle of the next held there, or NEVER)."""
        for place, line in self._lines.items():
            for begin, until in zip(line.cycles, [*line.cycles[1:], NEVER], strict=False):
                if place[0] == kind and not any(begin <= look < until for look in line.looks):
                    yield place, begin, until

    def claimed(self, kind: str) -> list[Any]:
        """What is taken of a kind, as (which, cycle)."""
        return sorted(tuple(thing[1:]) for thing in self._claims if thing[0] == kind)

    def claim(self, thing: Place, since: int, code: str) -> None:
        """Take what only one can have, such as a bank in a cycle. Raises Refused with the later of both cycles."""
        if thing in self._claims:
            raise Refused(code, max(since, self._claims[thing]))
        self._claims[thing] = since
        self.note(lambda: self._claims.pop(thing))
