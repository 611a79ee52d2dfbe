"""What an element of an op made of a value that it read, and where that then is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from debugger.why.replay import Replay
from debugger.why.sources import BYTEWISE, lane_address, scalar_addresses, sources, weight_rows
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
from isa.machine import LANES_PER_SUPERLANE
from isa.places import LANE_BYTES, V_REGISTERS, is_v
from isa.records import NamedTuple
from isa.row import VECTOR, WRITE
from isa.units import SXM
from vm.floorplan import position

SETS_ROW = ("acc.set", "acc.add", "accw")  # the semantics that change an accumulator row
MAP_BYTES = 2


class Datum(NamedTuple):
    """A value, or one in each of some lanes, that is held from `since` on: where, as in a Spot.

    On streams `since` is the cycle in which it leaves `place`, where it was made; at an exit the only one.
    """

    kind: str
    since: int
    number: int = -1
    place: int = -1
    lanes: tuple[int, ...] = ()
    width: int = 4
    addresses: tuple[int, ...] = ()

    def has(self, spot: Spot) -> bool:
        """Whether a spot that is read while this lasts is of it, or of a part of it."""
        if spot.kind != self.kind:
            return False
        if self.kind == MEMORY:
            return not set(self.addresses).isdisjoint(spot.addresses)
        if self.kind == REGISTER:
            return spot.number == self.number
        if spot.lane not in self.lanes:
            return False
        if self.kind == STREAMS:
            return _meet(spot.number, spot.width, self.number, self.width)
        if self.kind in (ARRAY, BUFFER):
            return spot.number == self.number and _meet(spot.place, spot.width, self.place, self.width)
        return (spot.number, spot.place) == (self.number, self.place)


def _meet(first: int, width: int, other: int, other_width: int) -> bool:
    return first < other + other_width and other < first + width


def made_of(replay: Replay, event: Event, datum: Datum) -> list[Datum]:
    """The results of an element that depend on a datum, as data of their own."""
    if not event.op.row.tensor:
        return list(_scalar_results(replay, event))
    if event.op.row.units.name == "IW":
        return [datum._replace(kind=ARRAY, since=event.cycle + 1)]
    found: list[Datum] = []
    for number in _result_numbers(event, replay.spec.lanes):
        parts = [
            (lane, byte)
            for lane in _candidates(replay, event, datum)
            for byte in _pieces(event.op)
            if _depends(replay, Made(event, lane, number, byte.start, len(byte)), datum)
        ]
        if parts:
            lanes = tuple(sorted({lane for lane, _ in parts}))
            bytes_ = range(min(byte.start for _, byte in parts), max(byte.stop for _, byte in parts))
            found += _results(replay, Made(event, -1, number, bytes_.start, len(bytes_)), lanes)
    return found


# Which lanes and bytes ------------------------------------------------------------------------
def _result_numbers(event: Event, lanes: int) -> range:
    """The numbers of an element's results: of weights the rows that there are, else the groups of streams."""
    op = event.op
    if op.row.units.name == "LW":
        first = op["row0"] + weight_rows(op) * event.step
        return range(first, min(first + weight_rows(op), lanes))
    return range(max(1, len(groups(op, WRITE))))


def _pieces(op: Op) -> list[range]:
    """The bytes of a lane of a result: one by one where an op only moves bytes."""
    if op.row.width or op.row.semantics in BYTEWISE:
        return [range(byte, byte + 1) for byte in range(_width(op))]
    return [range(_width(op))]


def _width(op: Op) -> int:
    """Bytes of a lane of a result."""
    written = [operand.width for operand in op.row.operands if operand.role == WRITE]
    others = {"LW": op.row.claims, "LM": MAP_BYTES, "WP": op.row.width}
    return written[0] if written else others.get(op.row.units.name, LANE_BYTES)


def _candidates(replay: Replay, event: Event, datum: Datum) -> Iterable[int]:
    """The lanes of results that may depend on a datum."""
    row = event.op.row
    if datum.kind == MEMORY:
        return sorted({address % replay.spec.lanes for address in datum.addresses})
    if datum.kind == REGISTER or row.units.where == SXM or (row.units.name == "ABC" and datum.kind == STREAMS):
        return range(replay.spec.lanes)
    if "map" in row.format.names:
        firsts = sorted({lane - lane % LANES_PER_SUPERLANE for lane in datum.lanes})
        return [first + k for first in firsts for k in range(LANES_PER_SUPERLANE)]
    return datum.lanes


def _depends(replay: Replay, made: Made, datum: Datum) -> bool:
    """Whether a part of a result was made of a datum."""
    op = made.event.op
    if op.row.units.name == "ABC" and datum.kind == STREAMS:
        return True  # each column of each activation
    if op.row.units.name == "RD":
        span = LANES_PER_SUPERLANE if op["span"] else replay.spec.lanes
        return any(lane // span == made.lane // span for lane in datum.lanes)
    return any(datum.has(source.spot) for source in sources(replay, made))


# Where results are ----------------------------------------------------------------------------
def _scalar_results(replay: Replay, event: Event) -> Iterator[Datum]:
    op = event.op
    if op.row.write:
        yield Datum(REGISTER, event.cycle + op.latency, op[op.row.write])
    if op.row.writes_cc:
        yield Datum(REGISTER, event.cycle + op.latency, CONDITION_CODE)
    if op.row.memory == "store":
        addresses = scalar_addresses(replay, event)
        yield Datum(MEMORY, event.cycle + 1, width=len(addresses), addresses=addresses)


def _results(replay: Replay, made: Made, lanes: tuple[int, ...]) -> Iterator[Datum]:
    """Where some lanes of one result of an element are held."""
    event, op, fields = made.event, made.event.op, made.event.op.fields
    landing, after = event.cycle + op.latency, event.cycle + 1
    for group in groups(op, WRITE)[made.group : made.group + 1]:
        here = position(replay.spec, op.row, fields)
        yield Datum(STREAMS, landing, group.stream + made.first, here, lanes, made.width)
    if op.row.memory == "write":
        bytes_ = range(made.first, made.first + made.width)
        addresses = tuple(lane_address(replay, event, lane, byte) for lane in lanes for byte in bytes_)
        yield Datum(MEMORY, after, width=made.width, addresses=addresses)
    if any(operand.kind == VECTOR and operand.role == WRITE and is_v(op["dst"]) for operand in op.row.operands):
        yield Datum(V, landing, op["dst"] - V_REGISTERS, lanes=lanes, width=made.width)
    if op.row.semantics in SETS_ROW:
        yield Datum(ACCUMULATOR, after, op["acc"] + event.step, op["plane"], lanes)
    yield from _kept(made, lanes)


def _kept(made: Made, lanes: tuple[int, ...]) -> Iterator[Datum]:
    """What goes to the buffer or the exit of a plane, or to a map."""
    event, fields = made.event, made.event.op.fields
    name = event.op.row.units.name
    if name == "LW":
        yield Datum(BUFFER, event.cycle + 1, made.group, fields["plane"], lanes, made.width)
    if name == "ABC":
        yield Datum(EXIT, event.cycle + event.op.latency, place=fields["plane"], lanes=lanes)
    if name == "LM":
        yield Datum(MAP, event.cycle + 1, fields["number"], fields["hemi"], lanes, MAP_BYTES)
