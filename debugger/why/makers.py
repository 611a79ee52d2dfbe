"""Who made what a spot holds: the element of an op that issued, or what was there without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from debugger.elements import element_of
from debugger.why.edits import edit_of
from debugger.why.replay import Replay
from debugger.why.sources import scalar_addresses, weight_rows
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
    Origin,
    Spot,
    V,
    groups,
)  # fmt: skip
from isa.image import Image
from isa.machine import BYTES_PER_WORD
from isa.records import NamedTuple
from isa.row import WRITE
from isa.tensor import TYPE_CODE
from isa.types import TYPES
from isa.units import CLASSES, HEMISPHERE_SLICES
from vm import stops
from vm.flow import offset
from vm.items import Exit, Result, Value
from vm.stops import Stop, Watch

TYPE_NAMES = tuple(TYPE_CODE)
ON_ITS_WAY = 1  # cycles from issue to the stop of what takes effect at once


class Part(NamedTuple):
    """Some of the bytes of a spot, `first` its first, all from one maker."""

    spot: Spot
    maker: Made | Origin
    first: int = 0


def makers(replay: Replay, spot: Spot) -> list[Part]:
    """Who made the bytes of a spot, in parts as large as have one maker."""
    with replay.visit():
        found = MAKERS[spot.kind](replay, spot)
        return [_edited(replay, part) for part in found] if replay.history.edits else found


def _edited(replay: Replay, part: Part) -> Part:
    """A part, made by an edit where that came after its maker."""
    edit = edit_of(replay, part.spot, held_since(replay, part))
    return part._replace(maker=edit) if edit else part


def held_since(replay: Replay, part: Part) -> int:
    """The cycle from which on a spot holds what it does; of streams that in which it left the maker."""
    if isinstance(part.maker, Origin):
        return part.maker.cycle if part.maker.kind == "edit" else replay.history.start
    event = part.maker.event
    return event.cycle + (event.op.latency if part.spot.kind in (REGISTER, STREAMS, V, EXIT) else 1)


# Scalar registers -----------------------------------------------------------------------------
def _register(replay: Replay, spot: Spot) -> list[Part]:
    (stop,) = replay.last([Watch(stops.REGISTER, spot.number, spot.number)], spot.cycle + 1)
    return [Part(spot, _landed(replay, stop, spot) or _reset(replay))]


def _reset(replay: Replay) -> Origin:
    """A register that nothing wrote is as the run began."""
    return Origin("reset", "as the run began; nothing wrote it", replay.history.start)


def _landed(replay: Replay, stop: Stop | None, spot: Spot) -> Made | None:
    """The op whose result became visible where a stop says."""
    op = replay.op(stop.pc, stop.slot) if stop else None
    event = replay.event(stop.pc, stop.slot, stop.cycle - op.latency) if stop and op else None
    return Made(event, spot.lane, width=spot.width) if event else None


# Memory ---------------------------------------------------------------------------------------
def _memory(replay: Replay, spot: Spot) -> list[Part]:
    """Byte by byte; neighbours of one element of an op are one part."""
    found = replay.last([Watch(stops.WRITE, address, address) for address in spot.addresses], spot.cycle + 1)
    origin = None if all(found) else origin_of_bytes(replay, spot)
    makers = [
        _stored(replay, stop, address) or origin or Origin("nothing")
        for stop, address in zip(found, spot.addresses, strict=True)
    ]
    return list(_joined(spot, makers))


def origin_of_bytes(replay: Replay, spot: Spot) -> Origin:
    """Where bytes that no op stored came from."""
    _, written = replay.memory(spot.cycle, spot.addresses)
    if not written:
        return Origin("nothing", "never written")
    element = element_of(replay.image, spot.addresses)
    if element and element.tensor.is_input:
        return Origin("input", "input")
    return Origin("data", "initial data" if _is_initial(replay.image, spot.addresses) else "set before the run began")


def _is_initial(image: Image, addresses: Sequence[int]) -> bool:
    """Whether the executable has data for bytes; those of one element may lie in blocks of several slices."""
    spec = image.machine
    starts = [
        (spec.words_per_bank * block.bank + spec.words_per_row * block.row + block.word) * BYTES_PER_WORD
        for block in image.blocks
    ]
    filled = [range(start, start + len(block.data)) for start, block in zip(starts, image.blocks, strict=True)]
    return all(any(address in data for data in filled) for address in addresses)


def _stored(replay: Replay, stop: Stop | None, address: int) -> Made | None:
    """The byte of an op's result that a stop says it stored."""
    event = replay.event(stop.pc, stop.slot, stop.cycle - ON_ITS_WAY) if stop else None
    if event is None:
        return None
    if not event.op.row.tensor:
        return Made(event, first=scalar_addresses(replay, event).index(address), width=1)
    bank, rest = divmod(address, replay.spec.rows * replay.spec.lanes)
    hemisphere, index, _ = replay.spec.bank_place(bank)
    byte = hemisphere * HEMISPHERE_SLICES + index - event.op["slice"]
    return Made(event, rest % replay.spec.lanes, first=byte, width=1)


def _joined(spot: Spot, makers: Sequence[Made | Origin]) -> Iterator[Part]:
    """The bytes of a spot, those of one maker together."""
    start = 0
    for k in range(1, len(makers) + 1):
        if k == len(makers) or not _follows(makers[k - 1], makers[k]):
            yield Part(_narrowed(spot, start, k), _widened(makers[start], k - start), start)
            start = k


def _follows(one: Made | Origin, other: Made | Origin) -> bool:
    """Whether one byte comes right behind another in what the same element, or none, made."""
    if isinstance(one, Origin) or isinstance(other, Origin):
        return one == other
    return one._replace(first=one.first + 1) == other


def _widened(maker: Made | Origin, width: int) -> Made | Origin:
    return maker._replace(width=width) if isinstance(maker, Made) else maker


def _narrowed(spot: Spot, start: int, stop: int) -> Spot:
    """Some bytes of a spot in memory or on streams."""
    if spot.kind == STREAMS:
        return spot._replace(number=spot.number + start, width=stop - start)
    return spot._replace(addresses=spot.addresses[start:stop], width=stop - start)


# What items name the makers of ----------------------------------------------------------------
def _streams(replay: Replay, spot: Spot) -> list[Part]:
    held = replay.contents(spot.cycle)
    values = [held.value(spot.number + k, spot.place) for k in range(spot.width)]
    return list(_joined(spot, [_of_value(replay, value, spot.lane) for value in values]))


def _of_value(replay: Replay, value: Value | None, lane: int) -> Made | Origin:
    if value is None:
        return Origin("nothing", "the stream holds nothing here")
    event = event_of(replay, value)
    if event is None:
        return Origin("edit", "put there from outside")
    results = groups(event.op, WRITE)
    number = sum(each.stream + each.width <= value.stream for each in results)
    return Made(event, lane, number, value.byte, 1)


def event_of(replay: Replay, item: Value | Result | Exit) -> Event | None:
    """The element that made what an item is."""
    op = replay.op(item.pc, item.slot)
    started = item.issued - offset(op, item.element) if op else item.issued
    return Event(item.pc, item.slot, item.issued, item.element, started, op) if op else None


def _exit(replay: Replay, spot: Spot) -> list[Part]:
    item = replay.contents(spot.cycle).exit(spot.place, spot.cycle)
    event = event_of(replay, item) if item else None
    return [Part(spot, Made(event, spot.lane) if event else Origin("nothing", "nothing stands at the exit"))]


# What is looked for among the stops of a unit -------------------------------------------------
def _vector(replay: Replay, spot: Spot) -> list[Part]:
    (stop,) = replay.last([Watch(stops.VECTOR, spot.number, spot.number)], spot.cycle + 1)
    never = Origin("nothing", "never written")
    return [Part(spot, _landed(replay, stop, spot) or never)]


def _accumulator(replay: Replay, spot: Spot) -> list[Part]:
    watch = Watch(stops.ACCUMULATOR, spot.number, spot.number, spot.place)
    (stop,) = replay.last([watch], spot.cycle + 1)
    event = replay.event(stop.pc, stop.slot, stop.cycle - ON_ITS_WAY) if stop else None
    never = Origin("nothing", "never set")
    return [Part(spot, Made(event, spot.lane) if event else never)]


def _array(replay: Replay, spot: Spot) -> list[Part]:
    """Weights in an array: what installed it."""
    held = replay.contents(spot.cycle).plane(spot.place, installed=True)
    wide = held is not None and TYPES[TYPE_NAMES[held.type]].planes > 1
    plane = spot.place - spot.place % 2 if wide else spot.place
    event = last_of_unit(replay, CLASSES["IW"].order({"plane": plane}), spot.cycle, lambda event: True)
    never = Origin("nothing", "no weights were ever installed")
    return [Part(spot, _weight(event, spot) if event else never)]


def _buffer(replay: Replay, spot: Spot) -> list[Part]:
    """Weights in a buffer: the element of a load whose rows have this one among them."""

    def loads_row(event: Event) -> bool:
        first = event.op["row0"] + weight_rows(event.op) * event.step
        return spot.number in range(first, first + weight_rows(event.op))

    held = replay.contents(spot.cycle).plane(spot.place, installed=False)
    loaded = held is not None and held.data[replay.spec.lanes**2 + spot.number]
    unit = CLASSES["LW"].order({"plane": spot.place})
    event = last_of_unit(replay, unit, spot.cycle, loads_row) if loaded else None
    never = Origin("reset", "the row was not loaded; its weights are 0")
    return [Part(spot, _weight(event, spot) if event else never)]


def _weight(event: Event, spot: Spot) -> Made:
    return Made(event, spot.lane, spot.number, spot.place - event.op["plane"], spot.width)


def _map(replay: Replay, spot: Spot) -> list[Part]:
    unit = CLASSES["LM"].order({"hemi": spot.place})
    event = last_of_unit(replay, unit, spot.cycle, lambda event: event.op["number"] == spot.number)
    never = Origin("nothing", "never loaded")
    return [Part(spot, Made(event, spot.lane, width=spot.width) if event else never)]


def last_of_unit(replay: Replay, unit: int, before: int, accept: Callable[[Event], bool]) -> Event | None:
    """The last element that issued on a unit before a cycle, of those that will do."""

    def event_of_stop(stop: Stop) -> Event | None:
        event = replay.event(stop.pc, stop.slot, stop.cycle - ON_ITS_WAY)
        return event if event and accept(event) else None

    return replay.last_where(Watch(stops.UNIT, unit, unit), before + 1, event_of_stop)


MAKERS: dict[str, Callable[[Replay, Spot], list[Part]]] = {
    REGISTER: _register, MEMORY: _memory, STREAMS: _streams, V: _vector, ACCUMULATOR: _accumulator, EXIT: _exit,
    ARRAY: _array, BUFFER: _buffer, MAP: _map,
}  # fmt: skip
