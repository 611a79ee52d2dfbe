"""What outlasts the ops that make it: registers, memory, weights, accumulators, maps. There order must be kept.

Where two timelines touch one location and at least one of them writes, the first has to be done with it: a read of the
second comes no sooner than the last write of the first has landed, a write of the second no sooner than the last read
of the first issues, and it lands after every write of the first.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asm.check.bursts import EXITS, Group
from asm.check.events import Array, offsets
from asm.facts import FACTS, register_written, registers_read
from asm.overlap.memory import Grain, Reach, place_text, places
from asm.overlap.steps import Step, Steps
from isa.faults import CONDITION_CODE
from isa.machine import MachineSpec
from isa.places import is_stream, place_name
from isa.records import NamedTuple
from isa.units import CLASSES, PLANE, SXM

REGISTER, VECTOR, ACCUMULATOR, BUFFER, ARRAY, MAP, MEMORY = range(7)
KIND_BITS = 40  # a location is a kind and, below these bits, a number
LOAD, INSTALL, ACTIVATE, SUMS, MAPS = (CLASSES[name] for name in ("LW", "IW", "ABC", "ACC", "LM"))
ROWS = 1 << 10  # accumulator rows of a plane
MAPS_EACH = 1 << 3  # map registers of a switch
STORES = ("store", "write")


class Touch(NamedTuple):
    """Locations of a kind, each read in a cycle; or written: from `begins` on under way, visible from `cycles` on."""

    kind: int
    numbers: Array
    cycles: Array
    begins: Array | None = None


class Column(NamedTuple):
    """Locations, each with a cycle and the number of the step that touches it."""

    locations: Array
    cycles: Array
    steps: Array


class Order(NamedTuple):
    """The second timeline has to begin `least` cycles after the first or later, for the sake of a location."""

    least: int
    location: int
    first: Step
    second: Step


def touches(
    step: Step, reach: Reach | None, grain: Grain, paired: frozenset[int], spec: MachineSpec
) -> Iterator[Touch]:
    """All that a step reads and writes of what lasts; planes in `paired` count as those of their pair."""
    cycles = step.cycle + offsets(step.burst)
    ends = np.array([cycles[0], cycles[-1]])
    yield from _registers(step)
    if step.op.row.tensor:
        yield from _vectors(step.burst.samples, ends, None)
        yield from _vectors(step.burst.results, ends + step.burst.latency, ends + step.burst.latency - 1)
    if step.burst.row.units.where == PLANE:
        yield from _plane(step, cycles, ends, paired)
    if step.burst.row.units.where == SXM and "number" in step.burst.fields:
        number = np.repeat(step.burst.fields["hemi"] * MAPS_EACH + step.burst.fields["number"], 2)
        yield Touch(MAP, number, ends) if step.burst.row.units is not MAPS else Touch(MAP, number, ends + 1, ends)
    if reach is not None:
        numbers, when = places(reach, grain, spec)
        yield Touch(MEMORY, numbers, when + 1, when) if step.op.row.memory in STORES else Touch(MEMORY, numbers, when)


def _registers(step: Step) -> Iterator[Touch]:
    facts, values, issue = FACTS[step.op.row.id], step.op.values, np.array([step.cycle])
    for register in registers_read(facts, values):
        yield Touch(REGISTER, np.array([register]), issue)
    written = register_written(facts, values)
    if written >= 0:
        yield Touch(REGISTER, np.array([written]), issue + facts.latency, issue)


def _vectors(groups: tuple[Group, ...], ends: Array, begins: Array | None) -> Iterator[Touch]:
    for group in groups:
        if not is_stream(group.first) and group.first < EXITS:
            yield Touch(VECTOR, np.repeat(group.first, 2), ends, begins)


def _plane(step: Step, cycles: Array, ends: Array, paired: frozenset[int]) -> Iterator[Touch]:
    """Buffers, arrays and accumulators. Loads of the cycle of an `iw` come after it has emptied the buffer."""
    first, units = step.burst.fields["plane"], step.burst.row.units
    planes = {plane & ~1 if plane in paired else plane for plane in range(first, first + step.burst.row.claims)}
    both = np.repeat(np.array(sorted(planes)), 2)
    times = np.tile(ends, len(planes))
    if units is LOAD:
        yield Touch(BUFFER, both, times + 1, times)
    elif units is INSTALL:
        yield from (
            Touch(BUFFER, both, times),
            Touch(BUFFER, both, times, times - 1),
            Touch(ARRAY, both, times + 1, times),
        )
    elif units is ACTIVATE:
        yield Touch(ARRAY, both, times)
    elif units is SUMS and "acc" in step.burst.fields:
        fields = step.burst.fields
        rows = np.tile(np.arange(fields["n"]) + fields["acc"] + first * ROWS, fields["m"])
        yield from (Touch(ACCUMULATOR, rows, cycles), Touch(ACCUMULATOR, rows, cycles + 1, cycles))


def pairs_of(steps: Steps) -> frozenset[int]:
    """The planes of which some op takes two as one."""
    firsts = {
        step.burst.fields["plane"] for step in steps if step.burst.row.units.where == PLANE and step.op.row.claims > 1
    }
    return frozenset(plane + k for plane in firsts for k in (0, 1))


# Order --------------------------------------------------------------------------------------------
class State(NamedTuple):
    """What the steps of a timeline read, begin to write, and have written."""

    reads: Column
    begins: Column
    written: Column


def state_of(touched: list[list[Touch]]) -> State:
    """The touches of each step, in columns."""
    reads, begins, written = [], [], []
    for number, each in enumerate(touched):
        for touch in each:
            locations = (touch.kind << KIND_BITS) + touch.numbers
            if touch.begins is None:
                reads.append((locations, touch.cycles, number))
            else:
                begins.append((locations, touch.begins, number))
                written.append((locations, touch.cycles, number))
    return State(_column(reads), _column(begins), _column(written))


def _column(parts: list[tuple[Array, Array, int]]) -> Column:
    if not parts:
        empty = np.zeros(0, np.int64)
        return Column(empty, empty, empty)
    locations, cycles, _ = (list(each) for each in zip(*parts, strict=True))
    steps = [np.full(len(each), number) for each, _, number in parts]
    return Column(np.concatenate(locations), np.concatenate(cycles), np.concatenate(steps))


def orders(states: tuple[State, State], one: Steps, other: Steps) -> Iterator[Order]:
    """What has to come after what, for each way in which a location is shared the latest."""
    first, second = states
    for before, after, gap in (
        (first.written, second.reads, 0),
        (first.reads, second.begins, 0),
        (first.written, second.written, 1),
        (first.begins, second.begins, 1),
    ):
        found = _latest(before, after)
        if found is not None:
            i, j = found
            least = int(before.cycles[i] - after.cycles[j]) + gap
            yield Order(least, int(before.locations[i]), one[int(before.steps[i])], other[int(after.steps[j])])


def _latest(before: Column, after: Column) -> tuple[int, int] | None:
    """Of a location in both columns the last of one and the first of the other, where they are furthest apart."""
    last = np.lexsort((-before.cycles, before.locations))
    soon = np.lexsort((after.cycles, after.locations))
    _, left, right = np.intersect1d(before.locations[last], after.locations[soon], return_indices=True)
    if not len(left):
        return None
    i, j = last[left], soon[right]
    worst = int((before.cycles[i] - after.cycles[j]).argmax())
    return int(i[worst]), int(j[worst])


def location_text(location: int, grain: Grain, spec: MachineSpec) -> str:
    """A location for messages."""
    kind, number = location >> KIND_BITS, location & (1 << KIND_BITS) - 1
    if kind == REGISTER:
        return "the condition code" if number == CONDITION_CODE else f"r{number}"
    if kind == ACCUMULATOR:
        return f"accumulator row {number % ROWS} of plane {number // ROWS}"
    if kind == MAP:
        return f"map {number % MAPS_EACH} of {'WE'[number // MAPS_EACH]}"
    if kind == MEMORY:
        return place_text(number, grain, spec)
    return place_name(number) if kind == VECTOR else f"the {'buffer' if kind == BUFFER else 'array'} of plane {number}"
