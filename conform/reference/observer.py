"""What happens in a machine, as events: every change from the start of one cycle to the start of the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from isa.faults import CONDITION_CODE
from isa.machine import BYTES_PER_WORD
from isa.records import NamedTuple
from vm.engine import CHANGE_BYTES, Engine, State

PIECE = 1024  # bytes of memory compared at once


class Event(NamedTuple):
    """A unit of the machine holds a value from the start of a cycle on; "issue" is the bundle issued before it."""

    cycle: int
    unit: str
    value: str


class Observer:
    """Looks at an engine now and then, and says what has changed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.state, self.counts = engine.state, engine.issue_counts()
        self.memory = bytearray(engine.sram())
        self.forget()

    def forget(self) -> None:
        changed = self.engine.changed()
        changed[:] = bytes(len(changed))

    def look(self) -> Iterator[Event]:
        """Events since the last look: the bundle issued, registers, what is new on the tensor face, words of memory."""
        before, self.state = self.state, self.engine.state
        counts, self.counts = self.counts, self.engine.issue_counts()
        issued = (("issue", str(address)) for address, count in self.counts.items() if count != counts.get(address, 0))
        found = chain(issued, registers(before, self.state), items(before, self.state), self.words())
        return (Event(self.state.cycle, unit, value) for unit, value in found)

    def words(self) -> Iterator[tuple[str, str]]:
        """Words of memory that are others now, in order of address."""
        now = self.engine.sram()
        for page in [number for number, changed in enumerate(self.engine.changed()) if changed]:
            start = page * CHANGE_BYTES
            new = bytes(now[start : start + CHANGE_BYTES])
            yield from different(self.memory[start : start + CHANGE_BYTES], new, start)
            self.memory[start : start + CHANGE_BYTES] = new
        self.forget()


def different(before: bytes | bytearray, after: bytes, start: int) -> Iterator[tuple[str, str]]:
    """Words that are others, looked for piece by piece: most are as they were."""
    for piece in range(0, len(after), PIECE):
        if after[piece : piece + PIECE] == before[piece : piece + PIECE]:
            continue
        for place in range(piece, min(piece + PIECE, len(after)), BYTES_PER_WORD):
            word = after[place : place + BYTES_PER_WORD]
            if word != before[place : place + BYTES_PER_WORD]:
                yield f"m{start + place}", word.hex()


def registers(before: State, after: State) -> Iterator[tuple[str, str]]:
    old, new = (*before.registers, before.cc), (*after.registers, after.cc)
    for number, (was, value) in enumerate(zip(old, new, strict=True)):
        if was != value:
            yield "cc" if number == CONDITION_CODE else f"r{number}", str(value)


def items(before: State, after: State) -> Iterator[tuple[str, str]]:
    """Items that were not there, in their order; their numbers are part of the unit's name."""
    known = set(before.tensor)
    for item in after.tensor:
        if item not in known:
            yield ".".join([type(item).__name__.lower(), *map(str, item[:-1])]), item.data.hex() or "-"
