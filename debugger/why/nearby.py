"""What was, or will be, near what a fault missed: values that pass a place, results at an exit, bytes around a byte."""

from __future__ import annotations

from collections.abc import Iterator

from debugger.why.makers import event_of
from debugger.why.replay import Replay
from debugger.why.spots import MEMORY, STREAMS, Event, Spot, groups, upstream
from isa.records import NamedTuple
from isa.row import WRITE
from isa.tensor import ACTIVATION_LATENCY
from isa.units import CLASSES
from vm import stops
from vm.floorplan import position
from vm.flow import hops, offset
from vm.items import Burst, Exit, Result, Value
from vm.stops import Stops, Watch

BEFORE = 256  # cycles that are looked back
NEAREST = 2  # that are told of on either side


class Arrival(NamedTuple):
    """A value of an element that is at a place in `cycle`; `spot` is where it can be seen, once it was made."""

    cycle: int
    event: Event
    spot: Spot | None


def nearest(found: list[Arrival], now: int) -> list[Arrival]:
    """The last before a cycle and the first from it on."""
    ordered = sorted(set(found), key=lambda each: (each.cycle, each.event.pc, each.event.slot))
    gone = [each for each in ordered if each.cycle < now]
    return [*gone[-NEAREST:], *[each for each in ordered if each.cycle >= now][:NEAREST]]


# Streams --------------------------------------------------------------------------------------
def arrivals(replay: Replay, stream: int, place: int, now: int) -> list[Arrival]:
    """The values of a stream that were last at a position, and that are there next as far as ops have begun."""
    return nearest([*_gone(replay, stream, place, now), *_coming(replay, stream, place, now)], now)


def _gone(replay: Replay, stream: int, place: int, now: int) -> Iterator[Arrival]:
    """What left the position before it came to this one in the next cycle, which is the cycle of the stop."""
    since = upstream(stream, place)
    if not 0 <= since < replay.spec.positions:
        return
    watch = Watch(stops.STREAM, stream, stream, since)
    for stop in replay.stops(Stops(watches=(watch,)), max(replay.history.start, now - BEFORE), now)[-NEAREST:]:
        value = replay.contents(stop.cycle).value(stream, since)
        event = event_of(replay, value) if value else None
        if event:
            yield Arrival(stop.cycle, event, Spot(STREAMS, stop.cycle, stream, since, 0, 1))


def _coming(replay: Replay, stream: int, place: int, now: int) -> Iterator[Arrival]:
    """Values and results that are under way, and elements of bursts still to issue."""
    for item in replay.state(now).tensor:
        if isinstance(item, Value | Result) and item.stream == stream and hops(stream, item.position, place) > 0:
            landed = now - 1 if isinstance(item, Value) else item.landing
            event = event_of(replay, item)
            seen = Spot(STREAMS, now, stream, item.position, 0, 1) if isinstance(item, Value) else None
            if event:
                yield Arrival(landed + hops(stream, item.position, place), event, seen)
        if isinstance(item, Burst):
            yield from _of_burst(replay, item, stream, place, now)


def _of_burst(replay: Replay, burst: Burst, stream: int, place: int, now: int) -> Iterator[Arrival]:
    """The next value for a stream of a burst that is still to issue some elements."""
    op = replay.op(burst.pc, burst.slot)
    if op is None or not any(stream in range(each.stream, each.stream + each.width) for each in groups(op, WRITE)):
        return
    way = hops(stream, position(replay.spec, op.row, op.fields), place)
    for element in range(op.fields.get("n", 1) * op.fields.get("m", 1)):
        issued = burst.started + offset(op, element)
        if issued >= now and way > 0:
            event = Event(burst.pc, burst.slot, issued, element, burst.started, op)
            yield Arrival(issued + op.latency + way, event, None)
            return


# Exits ----------------------------------------------------------------------------------------
def exits_nearby(replay: Replay, plane: int, now: int) -> list[Arrival]:
    """The results that stood last at the exit of a plane, and those that will."""
    found = []
    for item in replay.state(now).tensor:
        event = event_of(replay, item) if isinstance(item, Exit) and item.plane == plane else None
        if event and isinstance(item, Exit):
            found.append(Arrival(item.landing, event, None))
    unit = CLASSES["ABC"].order({"plane": plane})
    low = max(replay.history.start, now - ACTIVATION_LATENCY - BEFORE)
    for stop in replay.stops(Stops(watches=(Watch(stops.UNIT, unit, unit),)), low, now - ACTIVATION_LATENCY + 1):
        event = replay.event(stop.pc, stop.slot, stop.cycle - 1)
        if event and event.op["plane"] == plane:
            found.append(Arrival(stop.cycle - 1 + ACTIVATION_LATENCY, event, None))
    return nearest(found, now)


# Bytes ----------------------------------------------------------------------------------------
def neighbours(replay: Replay, address: int, now: int) -> list[Spot]:
    """The nearest bytes on either side, in the same row of SRAM, that were written."""
    lanes = replay.spec.lanes
    first = address - address % lanes
    row = range(first, first + lanes)
    is_written = {each: replay.memory(now, [each])[1] for each in row}
    before = [each for each in row if each < address and is_written[each]][-1:]
    after = [each for each in row if each > address and is_written[each]][:1]
    return [Spot(MEMORY, now, width=1, addresses=(each,)) for each in before + after]
