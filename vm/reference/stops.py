"""What a cycle of the golden model touches, and which watches see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from isa.records import NamedTuple
from vm.conditions import Condition, Elements
from vm.engine import InFlight
from vm.reference.conditions import first_fulfilling, register_fulfils
from vm.reference.program import Program
from vm.stops import (
    ACCESS,
    ACCUMULATOR,
    ANYWHERE,
    BREAKPOINT,
    GUARD,
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
)  # fmt: skip

if TYPE_CHECKING:
    from vm.reference.bursts import Element
    from vm.reference.cycle import Cycle
    from vm.reference.face import Face
    from vm.reference.issue import Issue
    from vm.reference.memory import Memory
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


class Here(NamedTuple):
    """What tests look at, in the cycle in which a run may stop: registers, the condition code behind them, memory."""

    cycle: int
    registers: tuple[int, ...]
    memory: Memory


def seen(stops: Stops, touches: list[Touch], here: Here) -> list[tuple[Toucher, Stop]]:
    """What each watch sees of what was touched, if anything."""
    found = []
    for number, watch in enumerate(stops.watches):
        touched = [(touch.by.unit, address, touch.by) for touch in touches for address in touch.meets(watch)]
        for address, by in first_seen(watch, touched, here):
            found.append((by, Stop(watch.kind, number, here.cycle, by.pc, by.slot, address)))
    return found


def first_seen(watch: Watch, touched: list[tuple[int, int, Toucher]], here: Here) -> Iterator[tuple[int, Toucher]]:
    """The first of some touches by unit, then by number; of elements the first by number that passes the test."""
    if watch.test and watch.elements:
        yield from first_element(watch.test, watch.elements, touched, here.memory)
        return
    passing = [touch for touch in touched if not watch.test or register_fulfils(watch.test, here.registers[touch[1]])]
    if passing:
        _, address, by = min(passing)
        yield address, by


def first_element(
    test: Condition, elements: Elements, touched: list[tuple[int, int, Toucher]], memory: Memory
) -> Iterator[tuple[int, Toucher]]:
    """The first byte of the first element that passes the test, and who touched it."""
    found = first_fulfilling(test, elements, (address for _, address, _ in touched), memory)
    if found:
        _, by = min((unit, by) for unit, address, by in touched if address in found)
        yield found[0], by


def at_bundle(stops: Stops, fetched: int, here: Here, ignored: list[int]) -> Iterator[tuple[Toucher, Stop]]:
    """The breakpoint and the guards at the bundle about to be fetched; `ignored` counts how often each guard was."""
    by = Toucher(-1, fetched, -1)
    if fetched in stops.breakpoints:
        yield by, Stop(BREAKPOINT, -1, here.cycle, fetched, -1, fetched)
    for number, guard in enumerate(stops.guards):
        if guard.address != fetched or not register_fulfils(guard.test, here.registers[guard.register]):
            continue
        if ignored[number] < guard.ignore:
            ignored[number] += 1
        else:
            yield by, Stop(GUARD, number, here.cycle, fetched, -1, fetched)


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
