"""`goes`: from a value to those who read it, to what they made of it, and so on to outputs or to where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from debugger.elements import bytes_name, element_of
from debugger.why.cause import Cause, summed_up
from debugger.why.flows import Datum, made_of
from debugger.why.lives import Life, life_of
from debugger.why.makers import Part, held_since, makers
from debugger.why.replay import Replay
from debugger.why.spots import MEMORY, STREAMS, Event, Made, Spot
from debugger.why.tree import spot_text
from debugger.why.types import made_type, moves, spot_type
from debugger.why.words import event_text, place_of, plural, spot_name
from isa.places import flows_west, place_name
from vm.floorplan import position, position_name

SHOWN = 3  # lanes that are named one by one


def goes_of(replay: Replay, spot: Spot, type_: str = "") -> Cause:
    """What becomes of what a spot holds, from where it was made on."""
    with replay.visit():
        parts = makers(replay, spot)
        type_ = spot_type(replay, parts, spot) or type_
        value = spot_text(replay, spot, type_)
        data = [datum for part in parts for datum in data_of(replay, part)]
        text = f"what becomes of {spot_name(replay, spot)} = {value}"
        return Cause(
            text, "value", spot.cycle, value=value, lane=spot.lane, unfold=partial(_fates, replay, data, type_)
        )


def data_of(replay: Replay, part: Part) -> list[Datum]:
    """What a part of a spot holds as a datum, from the cycle on in which it came there."""
    spot, maker = part.spot, part.maker
    place = spot.place
    if spot.kind == STREAMS and isinstance(maker, Made):
        place = position(replay.spec, maker.event.op.row, maker.event.op.fields)
    return [_datum(spot, held_since(replay, part), place)]


def _datum(spot: Spot, since: int, place: int) -> Datum:
    lanes = (spot.lane,) if spot.lane >= 0 else ()
    return Datum(spot.kind, since, spot.number, place, lanes, spot.width, spot.addresses)


def _fates(replay: Replay, data: Sequence[Datum], type_: str) -> list[Cause]:
    """Who reads some data, and how they end. `type_` is the element type that they have, where that is known."""
    with replay.visit():
        return [cause for datum in data for cause in _fate(replay, datum, type_)]


def _fate(replay: Replay, datum: Datum, type_: str) -> list[Cause]:
    life = life_of(replay, datum)
    readers = summed_up(life.readers, partial(_reader, replay, datum, type_), _more_readers)
    return [*readers, _end(replay, datum, life)]


def _more_readers(rest: Sequence[Event]) -> str:
    return f"{plural(len(rest), 'more reader')}, the last in cycle {rest[-1].cycle}"


def _reader(replay: Replay, datum: Datum, type_: str, event: Event) -> Cause:
    """An element that read a datum, and what it made of it; what only moves it leaves it of its type."""
    data = made_of(replay, event, datum)
    made = Made(event, data[0].lanes[0] if data and data[0].lanes else -1)
    type_ = type_ if moves(made) and type_ else made_type(replay, made) or type_
    results = "; ".join(_made_text(replay, each, type_) for each in data)
    nothing = "by it is seen where to go on" if event.op.row.control else "nothing of its result is made of it"
    text = f"read by {event_text(replay, event)}: {results or nothing}"
    return Cause(
        text, "op", event.cycle, event.pc, event.slot, place_of(replay, event.pc, event.slot), element=event.element,
        lane=data[0].lanes[0] if data and len(data[0].lanes) == 1 else -1,
        unfold=partial(_fates, replay, data, type_) if data else None,
    )  # fmt: skip


# In words -------------------------------------------------------------------------------------
def _made_text(replay: Replay, datum: Datum, type_: str) -> str:
    """Where a result is, what it is, and whether it is an output."""
    element = element_of(replay.image, datum.addresses[: datum.width]) if datum.kind == MEMORY else None
    is_output = element is not None and element.tensor.is_output
    return _datum_text(replay, datum) + _value_text(replay, datum, type_) + (", an output" if is_output else "")


def _value_text(replay: Replay, datum: Datum, type_: str) -> str:
    """The value of a result that is but one."""
    if len(datum.lanes) > 1 or len(datum.addresses) > datum.width:
        return ""
    seen = datum.since + (datum.kind == STREAMS)  # on a stream it is seen on its way out of where it was made
    if not replay.reaches(seen):
        return ""
    lane = datum.lanes[0] if datum.lanes else -1
    spot = Spot(datum.kind, seen, datum.number, datum.place, lane, datum.width, datum.addresses)
    element = element_of(replay.image, spot.addresses) if spot.kind == MEMORY else None
    type_ = element.tensor.dtype if element else type_
    return f" = {spot_text(replay, spot, type_)}"


def _datum_text(replay: Replay, datum: Datum) -> str:
    """Where a result is."""
    if datum.kind == MEMORY:
        return _memory_text(replay, datum)
    if datum.kind == STREAMS:
        last = f"..{place_name(datum.number + datum.width - 1)}" if datum.width > 1 else ""
        return f"{place_name(datum.number)}{last}{_lanes_text(replay, datum)}"
    spot = Spot(datum.kind, datum.since, datum.number, datum.place, datum.lanes[0] if datum.lanes else -1, datum.width)
    name = spot_name(replay, spot).partition(", lane")[0]
    return f"{name}{_lanes_text(replay, datum)}"


def _lanes_text(replay: Replay, datum: Datum) -> str:
    lanes = datum.lanes
    if not lanes:
        return ""
    if len(lanes) == 1:
        return f", lane {lanes[0]}"
    if len(lanes) == replay.spec.lanes:
        return ", all lanes"
    if lanes[-1] - lanes[0] == len(lanes) - 1:
        return f", lanes {lanes[0]} to {lanes[-1]}"
    return f", {len(lanes)} lanes from {lanes[0]} on"


def _memory_text(replay: Replay, datum: Datum) -> str:
    """The elements stored."""
    count = len(datum.addresses) // datum.width
    first = datum.addresses[: datum.width]
    return bytes_name(replay.image, first) + (f" and {plural(count - 1, 'element')} more" if count > 1 else "")


def _end(replay: Replay, datum: Datum, life: Life) -> Cause:
    """What ended a datum, or that nothing did."""
    until, by = life.until, life.by
    if life.edit:
        return Cause(f"until `{life.edit}` in cycle {until}", "edit", until or 0)
    if by is not None:
        text = f"until {event_text(replay, by)} took its place"
        place = place_of(replay, by.pc, by.slot)
        return Cause(text, "overwritten", by.cycle, by.pc, by.slot, place, element=by.element)
    if until is not None and datum.kind == STREAMS:
        edge = position_name(replay.spec, 0 if flows_west(datum.number) else replay.spec.positions - 1)
        return Cause(f"it left the machine at {edge} in cycle {until}", "dropped", until)
    if until is not None:
        return Cause(f"it was there until cycle {until - 1}", "gone", until)
    return Cause("there to the end" if life.is_known else "there as far as was looked", "kept")
