"""How long a value lasts, who reads it meanwhile, and what ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from debugger.why.edits import changed
from debugger.why.flows import Datum
from debugger.why.makers import TYPE_NAMES, event_of
from debugger.why.replay import Replay, Seen
from debugger.why.sources import sources, weight_rows
from debugger.why.spots import (
    ACCUMULATOR,
    ARRAY,
    BUFFER,
    EXIT,
    MAP,
    MEMORY,
    REGISTER,
    STREAMS,
    Event,
    Made,
    Spot,
    V,
    groups,
)
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.places import V_REGISTERS, flows_west
from isa.records import NamedTuple, replace
from isa.row import READ, WRITE
from isa.types import TYPES
from isa.units import CLASSES
from vm import stops
from vm.floorplan import position
from vm.flow import hops, offset
from vm.stats import elements_of
from vm.stops import Stop, Stops, Watch

MOST_READERS = 4096  # of a register
LOOK_AHEAD = 1 << 22  # cycles after which something that lasts is no longer followed


class Life(NamedTuple):
    """The elements that read a datum, in order, and what ended it in `until`: an element, an edit, or nothing.

    `until` is the first cycle in which it is not there any more; None where it is still there when the run ends, or
    as far as was looked (`is_known` False).
    """

    readers: list[Event]
    until: int | None = None
    by: Event | None = None
    is_known: bool = True
    edit: str = ""


def spots_of(datum: Datum, cycle: int) -> list[Spot]:
    """Where a datum is in a cycle, lane by lane."""
    place, hops_gone = datum.place, cycle - datum.since - 1
    if datum.kind == STREAMS:
        place += -hops_gone if flows_west(datum.number) else hops_gone
    spot = Spot(datum.kind, cycle, datum.number, place, -1, datum.width, datum.addresses)
    return [spot._replace(lane=lane) for lane in datum.lanes] or [spot]


def life_of(replay: Replay, datum: Datum) -> Life:
    """What becomes of a datum."""
    with replay.visit():
        return _until_edited(replay, datum, LIVES[datum.kind](replay, datum))


def _until_edited(replay: Replay, datum: Datum, life: Life) -> Life:
    """A life that an edit may cut short."""
    for number, edit in enumerate(replay.history.edits):
        is_within = datum.since < edit.cycle and (life.until is None or edit.cycle < life.until)
        if is_within and any(changed(replay, number, spot) for spot in spots_of(datum, edit.cycle)):
            return Life([event for event in life.readers if event.cycle < edit.cycle], edit.cycle, edit=edit.text)
    return life


# Scalar registers -----------------------------------------------------------------------------
def _register(replay: Replay, datum: Datum) -> Life:
    """The bundles that read it are breakpoints; tensor ops read their registers when they begin."""
    reading = {
        (pc, slot)
        for pc, slot, op in replay.ops()
        if datum.number in op.registers_read or (op.row.reads_cc and datum.number == CONDITION_CODE)
    }
    ends = Watch(stops.REGISTER, datum.number, datum.number)
    wanted = Stops(frozenset(pc for pc, _ in reading), (ends,))
    seen = replay.ahead(wanted, datum.since - 1, datum.since + LOOK_AHEAD)
    end = next((stop for stop in seen.stops if stop.number == 0 and stop.cycle > datum.since), None)
    until = end.cycle if end else seen.until
    fetched = [(stop.pc, stop.cycle) for stop in seen.stops if stop.number < 0 and datum.since <= stop.cycle < until]
    first = [replay.event(pc, slot, cycle) for at, cycle in fetched for pc, slot in sorted(reading) if pc == at]
    readers = [element for event in first if event for element in _elements(replay, event)]
    return Life(readers[:MOST_READERS], *_ending(replay, end, seen))


def _elements(replay: Replay, first: Event) -> Iterator[Event]:
    """All elements of a burst that issued: they go by the registers that it read when it began."""
    end = replay.history.end
    for element in range(elements_of(first.op)):
        event = replace(first, cycle=first.cycle + offset(first.op, element), element=element) if element else first
        if end is None or event.cycle < end:
            yield event


def _ending(replay: Replay, end: Stop | None, seen: Seen) -> tuple[int | None, Event | None, bool]:
    """Until when, by what, and whether that is known, by the stop at which something else took its place."""
    return (end.cycle, _toucher(replay, end), True) if end else (None, None, seen.is_over)


def _toucher(replay: Replay, stop: Stop) -> Event | None:
    """The element that a stop is about, by how long after its issue it stops."""
    op = replay.op(stop.pc, stop.slot)
    latency = op.latency if op else 0
    late = {stops.REGISTER: latency, stops.VECTOR: latency}
    return replay.event(stop.pc, stop.slot, stop.cycle - late.get(stop.kind, 1))


# What issues on units --------------------------------------------------------------------------
class Question(NamedTuple):
    """Which units may read a datum, what may end it, and which elements do read or end it; cycles to look at."""

    units: Iterable[int]
    ends: tuple[Watch, ...]
    reads: Callable[[Event], bool]
    is_end: Callable[[Event], bool] = lambda event: True
    cycles: int = LOOK_AHEAD


def _asked(replay: Replay, datum: Datum, question: Question) -> Life:
    watches = (*question.ends, *(Watch(stops.UNIT, unit, unit) for unit in sorted(set(question.units))))
    seen = replay.ahead(Stops(watches=watches), datum.since, datum.since + question.cycles)
    readers: dict[Event, None] = {}
    end = None
    for stop in seen.stops:
        if end and stop.cycle > end.cycle:
            break
        event = _toucher(replay, stop)
        if stop.number < len(question.ends):
            end = end or (stop if event is None or question.is_end(event) else None)
        elif event and question.reads(event):
            readers[event] = None
    return Life(list(readers), *_ending(replay, end, seen))


def _vector(replay: Replay, datum: Datum) -> Life:
    number = V_REGISTERS + datum.number
    readers = [op for _, _, op in replay.ops() if number in (op[name] for name in op.row.vector_reads)]
    reading = set(readers)
    ends = (Watch(stops.VECTOR, datum.number, datum.number),)
    return _asked(replay, datum, Question((op.unit_order for op in readers), ends, lambda event: event.op in reading))


def _memory(replay: Replay, datum: Datum) -> Life:
    """Bytes end when the first of them is written again."""
    runs = list(_runs(datum.addresses))
    ends = tuple(Watch(stops.WRITE, run[0], run[-1]) for run in runs)
    reads = tuple(Watch(stops.READ, run[0], run[-1]) for run in runs)
    seen = replay.ahead(Stops(watches=(*ends, *reads)), datum.since, datum.since + LOOK_AHEAD)
    end = next((stop for stop in seen.stops if stop.kind == stops.WRITE), None)
    within = [stop for stop in seen.stops if stop.kind == stops.READ and not (end and stop.cycle > end.cycle)]
    readers = dict.fromkeys(event for stop in within if (event := _toucher(replay, stop)))
    return Life(list(readers), *_ending(replay, end, seen))


def _runs(addresses: Iterable[int]) -> Iterable[range]:
    """Addresses as runs of neighbours."""
    run = range(0)
    for address in sorted(addresses):
        if run and address == run.stop:
            run = range(run.start, address + 1)
            continue
        yield from [run] if run else []
        run = range(address, address + 1)
    yield from [run] if run else []


def _stream(replay: Replay, datum: Datum) -> Life:
    """On its way a value is in each place for one cycle, in which ops sample it."""
    streams = range(datum.number, datum.number + datum.width)
    until, by = _way_ends(replay, datum, streams)
    reading = {op for _, _, op in replay.ops() if op.row.tensor and _takes(op, READ, streams)}

    def samples(event: Event) -> bool:
        return event.op in reading and event.cycle == datum.since + _hops(replay, datum, event.op)

    units = (op.unit_order for op in reading)
    life = _asked(replay, datum, Question(units, (), samples, cycles=replay.spec.positions + 1))
    readers = [event for event in life.readers if event.cycle > datum.since and (until is None or event.cycle < until)]
    return Life(readers, until, by)


def _way_ends(replay: Replay, datum: Datum, streams: range) -> tuple[int | None, Event | None]:
    """When a value on a stream is no longer there, and the result that took its place: at the edge there is none."""
    west = flows_west(datum.number)
    writers = [op for _, _, op in replay.ops() if op.row.tensor and _takes(op, WRITE, streams)]
    for after in sorted({_hops(replay, datum, op) for op in writers}):
        passed, place = datum.since + after + 1, datum.place + (-after if west else after)
        if after > 0 and replay.reaches(passed):
            found = replay.contents(passed).value(datum.number, place)
            by = event_of(replay, found) if found else None
            if by and by.cycle + by.op.latency == datum.since + after:
                return passed, by
    dropped = datum.since + hops(datum.number, datum.place, 0 if west else replay.spec.positions - 1) + 1
    return (dropped if replay.reaches(dropped) else None), None


def _hops(replay: Replay, datum: Datum, op: Op) -> int:
    """How far downstream of where a value was made an op stands."""
    return hops(datum.number, datum.place, position(replay.spec, op.row, op.fields))


def _takes(op: Op, role: str, streams: range) -> bool:
    """Whether an op reads, or writes, some of these streams."""
    return any(group.stream < streams.stop and streams.start < group.stream + group.width for group in groups(op, role))


# Planes and maps ------------------------------------------------------------------------------
def _accumulator(replay: Replay, datum: Datum) -> Life:
    ends = (Watch(stops.ACCUMULATOR, datum.number, datum.number, datum.place),)
    unit = CLASSES["ACC"].order({"plane": datum.place})
    return _asked(replay, datum, Question([unit], ends, lambda event: _reads(replay, event, datum)))


def _exit(replay: Replay, datum: Datum) -> Life:
    """A result stands at an exit for one cycle."""
    unit = CLASSES["ACC"].order({"plane": datum.place})

    def reads(event: Event) -> bool:
        return event.cycle == datum.since and _reads(replay, event, datum)

    life = _asked(replay, datum, Question([unit], (), reads, cycles=2))
    return life._replace(until=datum.since + 1 if replay.reaches(datum.since + 1) else None)


def _reads(replay: Replay, event: Event, datum: Datum) -> bool:
    return any(datum.has(source.spot) for source in sources(replay, Made(event, datum.lanes[0])))


def _buffer(replay: Replay, datum: Datum) -> Life:
    """A row of a buffer goes to the array when that is installed, unless it is loaded again or the type changes. One
    that was never loaded stays so when the buffer is installed or emptied."""
    was_loaded = datum.since > 0
    even = datum.place - datum.place % 2
    installs = sorted({CLASSES["IW"].order({"plane": plane}) for plane in (even, datum.place)})
    load = CLASSES["LW"].order({"plane": datum.place})

    def takes(event: Event) -> bool:
        return event.op["plane"] == datum.place or _is_wide(replay, event.cycle, datum.place, False)

    def is_end(event: Event) -> bool:
        op = event.op
        if not op.row.type:
            return was_loaded and takes(event)
        first = op["row0"] + weight_rows(op) * event.step
        held = replay.contents(event.cycle).plane(datum.place, installed=False)
        other_type = held is not None and TYPE_NAMES[held.type] != op.row.type
        return (was_loaded and other_type) or datum.number in range(first, first + weight_rows(op))

    ends = tuple(Watch(stops.UNIT, unit, unit) for unit in (*installs, load))
    return _asked(replay, datum, Question(installs, ends, takes, is_end))


def _array(replay: Replay, datum: Datum) -> Life:
    """An array lasts until another is installed, also in the other half of one that takes both planes."""
    wide = _is_wide(replay, datum.since, datum.place, True)

    def is_end(event: Event) -> bool:
        plane = event.op["plane"]
        return wide or plane == datum.place or _is_wide(replay, event.cycle, plane, False)

    even = datum.place - datum.place % 2
    installs = [CLASSES["IW"].order({"plane": plane}) for plane in {even, datum.place, even + wide}]
    ends = tuple(Watch(stops.UNIT, unit, unit) for unit in sorted(installs))
    unit = CLASSES["ABC"].order({"plane": datum.place})
    return _asked(replay, datum, Question([unit], ends, lambda event: True, is_end))


def _is_wide(replay: Replay, cycle: int, plane: int, installed: bool) -> bool:
    """Whether the buffer or the array of a plane is of a type that takes both planes of a hemisphere."""
    held = replay.contents(cycle).plane(plane, installed)
    return held is not None and TYPES[TYPE_NAMES[held.type]].planes > 1


def _map(replay: Replay, datum: Datum) -> Life:
    mapped = [op for _, _, op in replay.ops() if "number" in op.row.format.names and op["hemi"] == datum.place]
    units = {op.unit_order for op in mapped}
    load = CLASSES["LM"].order({"hemi": datum.place})

    def of_it(event: Event) -> bool:
        return event.op["number"] == datum.number

    return _asked(replay, datum, Question(units - {load}, (Watch(stops.UNIT, load, load),), of_it, of_it))


LIVES: dict[str, Callable[[Replay, Datum], Life]] = {
    REGISTER: _register, V: _vector, MEMORY: _memory, STREAMS: _stream, ACCUMULATOR: _accumulator, EXIT: _exit,
    BUFFER: _buffer, ARRAY: _array, MAP: _map,
}  # fmt: skip
