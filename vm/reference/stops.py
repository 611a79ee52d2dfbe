"""What a cycle of the golden model touches, and which watches see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from vm.engine import InFlight
from vm.reference.program import Program
from vm.stops import (
    ACCESS,
    ACCUMULATOR,
    ANYWHERE,
    READ,
    REGISTER,
    STREAM,
    UNIT,
    VECTOR,
    WRITE,
    Stop,
    Stops,
    Toucher,
    Watch,
    in_order,
)  # fmt: skip

if TYPE_CHECKING:
    from vm.reference.bursts import Element
    from vm.reference.cycle import Cycle
    from vm.reference.face import Face
    from vm.reference.issue import Issue
    from vm.reference.values import Maker

KINDS_OF_ACCESS = {"load": (READ, ACCESS), "read": (READ, ACCESS), "store": (WRITE, ACCESS), "write": (WRITE, ACCESS)}


class Touch(NamedTuple):
    """An op touches these numbers of what watches of some kinds look at."""

    kinds: tuple[str, ...]
    numbers: Iterable[int]
    by: Toucher
    place: int = ANYWHERE

    def meets(self, watch: Watch) -> list[int]:
        """The numbers touched that a watch looks at."""
        if watch.kind not in self.kinds or watch.place != self.place:
            return []
        return [number for number in self.numbers if watch.first <= number <= watch.last]


def seen(stops: Stops, touches: list[Touch], cycle: int) -> list[tuple[Toucher, Stop]]:
    """For each watch that sees something touched the first touch, by unit, then by number."""
    found = []
    for number, watch in enumerate(stops.watches):
        touched = [(touch.by.unit, address, touch.by) for touch in touches for address in touch.meets(watch)]
        if touched:
            _, address, by = min(touched)
            found.append((by, Stop(watch.kind, number, cycle, by.pc, by.slot, address)))
    return found


def all_seen(stops: Stops, touches: list[Touch], cycle: int, fetched: int | None) -> tuple[Stop, ...]:
    """The stops of a cycle in order; `fetched` is the address of the bundle about to be fetched, if one is."""
    found = seen(stops, touches, cycle)
    if fetched is not None and fetched in stops.breakpoints:
        found.append((Toucher(-1, fetched, -1), Stop("breakpoint", -1, cycle, fetched, -1, fetched)))
    return in_order(found)


# What is touched ------------------------------------------------------------------------------
def of_cycle(issue: Issue) -> Iterator[Touch]:
    """What a cycle that issues touches, before its effects are taken."""
    for element in issue.elements:
        yield Touch((UNIT,), element.op.claims, toucher(element))
    for element, addresses in issue.claims.accesses:
        yield Touch(KINDS_OF_ACCESS[element.op.row.memory], addresses, toucher(element))
    if issue.tensor:
        yield from accumulators(issue.tensor, issue.elements)
        yield from values(issue.tensor)


def toucher(element: Element) -> Toucher:
    return Toucher(element.op.unit, element.pc, element.op.slot)


def maker(made_by: Maker) -> Toucher:
    return Toucher(made_by.unit, made_by.pc, made_by.slot)


def accumulators(cycle: Cycle, elements: list[Element]) -> Iterator[Touch]:
    """Rows that are set, by the one element on the accumulators of their plane."""
    for plane, row in cycle.accumulators:
        (element,) = (each for each in elements if "acc" in each.op.fields and each.op.fields["plane"] == plane)
        yield Touch((ACCUMULATOR,), (row,), toucher(element), plane)


def values(cycle: Cycle) -> Iterator[Touch]:
    """Results that enter a stream, and whatever leaves a position."""
    leaving = {
        (stream, position): value
        for stream, line in enumerate(cycle.arriving)
        for position, value in enumerate(line)
        if value is not None
    }
    entering = cycle.face.streams.due.get(cycle.number, {})
    for (stream, _), value in entering.items():
        yield Touch((STREAM,), (stream,), maker(value.maker))
    for (stream, position), value in {**leaving, **entering}.items():
        yield Touch((STREAM,), (stream,), maker(value.maker), position)


def of_landings(program: Program, writes: Iterable[InFlight]) -> Iterator[Touch]:
    """Registers whose writes become visible; a state from outside may name ops that are not in the program."""
    for write in writes:
        op = program.op_at(write.pc, write.slot)
        unit = op.unit if op and not op.row.tensor else -1
        yield Touch((REGISTER,), (write.register,), Toucher(unit, write.pc, write.slot))


def of_vectors(face: Face, cycle: int) -> Iterator[Touch]:
    """v registers whose results become visible in a cycle."""
    for write in face.vector_writes:
        if write.landing <= cycle:
            yield Touch((VECTOR,), (write.register,), maker(write.maker))
