"""What an op read to make one lane of its result: spots of the machine, in the cycle in which it read them.

What moves between lanes, and what comes from where, is said once for each semantics; vector ALUs are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from debugger.why.replay import Replay
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
    Group,
    Made,
    Spot,
    V,
    groups,
    upstream,
)  # fmt: skip
from debugger.why.values import bits
from isa.codec import Op
from isa.faults import CONDITION_CODE
from isa.machine import BYTES_PER_WORD, LANES_PER_SUPERLANE
from isa.places import SCALARS, V_REGISTERS, is_scalar, is_stream
from isa.records import NamedTuple
from isa.row import MEM, READ, SLICE_ROW, VECTOR
from isa.table import TENSOR_ROWS
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, LINK, VXM
from vm.floorplan import position

WORD_MASK = 0xFFFFFFFF
ZERO_ENTRY = 0xFFFF  # of a map: the lane becomes zero
NIBBLES = 2

BYTEWISE = (
    "vand",
    "vor",
    "vxor",
    "vnot",
    "vmov",
    "vsel",
)  # semantics that make each byte of the same of each source

DATA, ADDRESS, SELECTION = "data", "address", "selection"


class Source(NamedTuple):
    """A spot that an op read, as its data, its address, or to select by; `type` is the element type, if known."""

    spot: Spot
    role: str = DATA
    type: str = ""


def sources(replay: Replay, made: Made) -> list[Source]:
    """Everything that a part of a result depends on, data first, in operand order."""
    op = made.event.op
    if not op.row.tensor:
        return list(_scalar(replay, made))
    if op.row.units.where == LINK:
        return []
    function = _vector if op.row.units.where == VXM else SEMANTICS[op.row.semantics]
    return [*function(replay, made), *_base_registers(made.event)]


# Scalar ops -----------------------------------------------------------------------------------
def _scalar(replay: Replay, made: Made) -> Iterator[Source]:
    event = made.event
    op, row = event.op, event.op.row
    if row.memory == "load":
        addresses = scalar_addresses(replay, event)
        yield Source(Spot(MEMORY, event.cycle, width=len(addresses), addresses=addresses))
    for operand in row.operands:
        if operand.kind not in (MEM, SLICE_ROW) and operand.role == READ:
            yield register(event.cycle, op[operand.fields[0]], ADDRESS if _is_lane(op, operand.fields[0]) else DATA)
    if row.reads_cc:
        yield register(event.cycle, CONDITION_CODE, SELECTION)
    for operand in row.operands:
        if operand.kind in (MEM, SLICE_ROW):
            names = [name for name in operand.fields if name in row.reads]
            yield from (register(event.cycle, op[name], ADDRESS) for name in names)


def _is_lane(op: Op, name: str) -> bool:
    """Whether a register of a lane access says which lane."""
    return bool(op.row.memory) and name == "rb"


def register(cycle: int, number: int, role: str = DATA) -> Source:
    return Source(Spot(REGISTER, cycle, number), role)


def scalar_addresses(replay: Replay, event: Event) -> tuple[int, ...]:
    """The bytes of SRAM that a scalar access touched, lowest of the value first."""
    op, registers = event.op, replay.state(event.cycle).registers
    values = {name: registers[number] if name in op.row.reads else number for name, number in op.fields.items()}
    if not op.row.width:
        factor = values["scale"] if "scale" in values else values.get("rc", 0)
        word = values["disp"] + values.get("ra", 0) * factor + values.get("rb", 0) & WORD_MASK
        return tuple(range(word * BYTES_PER_WORD, (word + 1) * BYTES_PER_WORD))
    lane = values["lane"] if "lane" in values else values["rb"]
    row = values["row"] + values.get("ra", 0) & WORD_MASK
    return tuple(row_address(replay, op["slice"] + k, row) + lane for k in range(op.row.width))


# Rows of slices -------------------------------------------------------------------------------
def row_address(replay: Replay, number: int, row: int) -> int:
    """The byte of the linear map where a row of a slice begins, rows counted through its banks."""
    hemisphere, index = divmod(number, HEMISPHERE_SLICES)
    bank, row = divmod(row, replay.spec.rows)
    return replay.spec.word_address(hemisphere, index, bank, row) * BYTES_PER_WORD


def row_of(replay: Replay, event: Event) -> int:
    """The row that an element of a burst accesses."""
    fields, registers = event.op.fields, replay.state(event.started).registers
    base = sum(registers[number] for number in event.op.registers_read)
    return fields["row"] + base + event.step * fields["stride"] + event.round * fields["stride2"] & WORD_MASK


def lane_address(replay: Replay, event: Event, lane: int, byte: int) -> int:
    """The byte of SRAM that an op on slices accesses in a lane, `byte` slices from its first."""
    op = event.op
    if "bank" not in op.row.format.names:
        return row_address(replay, op["slice"] + byte, row_of(replay, event)) + lane
    row = op["bank"] * replay.spec.rows + mapped_row(replay, event, lane)
    return row_address(replay, op["slice"], row) + lane


def mapped_row(replay: Replay, event: Event, lane: int) -> int:
    """The row that a superlane's entry names: lane 0 of the superlane of the map that is sampled."""
    (group,) = [group for group in groups(event.op, READ) if event.op.row.operands[group.operand].fields == ("map",)]
    spot = sampled(replay, event, group, lane - lane % LANES_PER_SUPERLANE)
    return bits(replay, spot) or 0


def _load(replay: Replay, made: Made) -> Iterator[Source]:
    """A row, or the row that a map names, onto a stream."""
    event = made.event
    bytes_ = range(made.first, made.first + made.width)
    addresses = tuple(lane_address(replay, event, made.lane, byte) for byte in bytes_)
    yield Source(Spot(MEMORY, event.cycle, lane=made.lane, width=len(addresses), addresses=addresses))
    yield from _entry_of_superlane(replay, made)


def _store(replay: Replay, made: Made) -> Iterator[Source]:
    """A stream into a row, or the row that a map names."""
    event = made.event
    group = groups(event.op, READ)[0]
    yield stream_source(replay, event, group.part(made.first, made.width), made.lane)
    yield from _entry_of_superlane(replay, made)


def _entry_of_superlane(replay: Replay, made: Made) -> Iterator[Source]:
    for group in groups(made.event.op, READ):
        if made.event.op.row.operands[group.operand].fields == ("map",):
            lane = made.lane - made.lane % LANES_PER_SUPERLANE
            yield stream_source(replay, made.event, group, lane, ADDRESS, "u16")


def _base_registers(event: Event) -> Iterator[Source]:
    """The registers that an op on slices adds to its row, kept from its first element."""
    for operand in event.op.row.operands:
        if operand.kind == SLICE_ROW and "ra" in operand.fields:
            yield register(event.started, event.op["ra"], ADDRESS)


# Streams --------------------------------------------------------------------------------------
def sampled(replay: Replay, event: Event, group: Group, lane: int) -> Spot:
    """What an element samples of a group of streams, on its way out of the position before."""
    here = position(replay.spec, event.op.row, event.op.fields)
    return Spot(STREAMS, event.cycle, group.stream, upstream(group.stream, here), lane, group.width)


def stream_source(replay: Replay, event: Event, group: Group, lane: int, role: str = DATA, type_: str = "") -> Source:
    return Source(sampled(replay, event, group, lane), role, type_)


def one_lane(replay: Replay, made: Made, group: int, lane: int) -> Iterator[Source]:
    """One lane of one of the groups sampled."""
    event = made.event
    source = groups(event.op, READ)[group]
    if event.op.row.width:
        source = source.part(made.first, made.width)  # what moves bytes moves each by itself
    yield stream_source(replay, event, source, lane, type_=event.op.row.type)


# Vector ALUs ----------------------------------------------------------------------------------
def _vector(replay: Replay, made: Made) -> Iterator[Source]:
    event = made.event
    streams = iter(groups(event.op, READ))
    for operand in event.op.row.operands:
        if operand.kind != VECTOR or operand.role != READ:
            continue
        number = event.op[operand.fields[0]]
        if is_stream(number):
            group = next(streams)
            bytewise = event.op.row.semantics in BYTEWISE and group.width == TYPES[event.op.row.type].planes
            source = group.part(made.first, made.width) if bytewise else group
            yield stream_source(replay, event, source, made.lane, type_=operand.type)
        elif is_scalar(number):
            spot = Spot(REGISTER, event.started, number - SCALARS, width=operand.width)
            yield Source(spot, type=operand.type)
        else:
            spot = Spot(V, event.cycle, number - V_REGISTERS, lane=made.lane, width=operand.width)
            yield Source(spot, type=operand.type)


# Matrix planes --------------------------------------------------------------------------------
def _load_weights(replay: Replay, made: Made) -> Iterator[Source]:
    """Weight row `group`, column `lane`: a lane of one of the groups sampled."""
    number, _ = weight_group(made.event, made.group)
    group = groups(made.event.op, READ)[number].part(made.first, made.width)
    yield stream_source(replay, made.event, group, made.lane, type_=made.event.op.row.type)


def weight_rows(op: Op) -> int:
    """Rows of weights that an element loads."""
    return len(groups(op, READ)) * (NIBBLES if TYPES[op.row.type].bits < 8 else 1)


def weight_group(event: Event, row: int) -> tuple[int, int]:
    """Which of the groups sampled brings a weight row, and which nibble of it (0 low; 0 of whole bytes)."""
    after = row - event.op["row0"] - weight_rows(event.op) * event.step
    return divmod(after, NIBBLES) if TYPES[event.op.row.type].bits < 8 else (after, 0)


def _install(replay: Replay, made: Made) -> Iterator[Source]:
    event = made.event
    yield Source(Spot(BUFFER, event.cycle, made.group, event.op["plane"] + made.first, made.lane, made.width))


def _activate(replay: Replay, made: Made) -> Iterator[Source]:
    """Column `lane`: every lane of the activations, and every row of the column."""
    for k in range(replay.spec.lanes):
        yield from term(replay, made, k)


def term(replay: Replay, made: Made, k: int) -> Iterator[Source]:
    """The activation and the weight that product k of a column is of."""
    yield from one_lane(replay, made, 0, k)
    event = made.event
    spot = Spot(ARRAY, event.cycle, k, event.op["plane"], made.lane, TYPES[event.op.row.type].planes)
    yield Source(spot)


def _exit(replay: Replay, made: Made) -> Iterator[Source]:
    event = made.event
    yield Source(Spot(EXIT, event.cycle, place=event.op["plane"], lane=made.lane))


def _row(replay: Replay, made: Made) -> Iterator[Source]:
    event = made.event
    plane, row = event.op["plane"], event.op["acc"] + event.step
    yield Source(Spot(ACCUMULATOR, event.cycle, row, plane, made.lane))


def _add(replay: Replay, made: Made) -> Iterator[Source]:
    yield from _row(replay, made)
    yield from _exit(replay, made)


def _same_lane(replay: Replay, made: Made) -> Iterator[Source]:
    yield from one_lane(replay, made, 0, made.lane)


# Switches -------------------------------------------------------------------------------------
def _shift(direction: int, edge: bool, replay: Replay, made: Made) -> Iterator[Source]:
    """Lane l is lane l - amount (up) or l + amount (down); beyond the edge it is zero, or the edge lane."""
    wanted = made.lane - direction * made.event.op["amount"]
    inside = min(max(wanted, 0), replay.spec.lanes - 1)
    if edge or wanted == inside:
        yield from one_lane(replay, made, 0, inside)


def _select(replay: Replay, made: Made) -> Iterator[Source]:
    yield from one_lane(replay, made, 0 if made.lane < made.event.op["amount"] else 1, made.lane)


def _mapped(span: int, replay: Replay, made: Made) -> Iterator[Source]:
    """The lane that the map names, counted from the first of its span (0: of all lanes)."""
    event = made.event
    spot = Spot(MAP, event.cycle, event.op["number"], event.op["hemi"], made.lane, 2)
    named = bits(replay, spot)
    if named is not None and named != ZERO_ENTRY:
        yield from one_lane(replay, made, 0, (made.lane - made.lane % span if span else 0) + named)
    yield Source(spot, SELECTION, "u16")


def _transpose(replay: Replay, made: Made) -> Iterator[Source]:
    """Lane l of output stream j is lane j of input stream l, in each superlane."""
    first, lane = made.lane - made.lane % LANES_PER_SUPERLANE, made.lane % LANES_PER_SUPERLANE
    yield from one_lane(replay, made, lane, first + made.group)


def _reduce(replay: Replay, made: Made) -> Iterator[Source]:
    """All lanes, or the 16 of the superlane."""
    span = LANES_PER_SUPERLANE if made.event.op["span"] else replay.spec.lanes
    first = made.lane - made.lane % span
    for lane in range(first, first + span):
        yield from one_lane(replay, made, 0, lane)


SEMANTICS: dict[str, Callable[[Replay, Made], Iterator[Source]]] = {
    "read": _load, "gather": _load, "write": _store, "scatter": _store,
    "lw": _load_weights, "iw": _install, "abc": _activate,
    "acc.set": _exit, "acc.emit": _exit, "acc.add": _add, "accr": _row, "accw": _same_lane,
    "shift.up": partial(_shift, 1, False), "shift.down": partial(_shift, -1, False),
    "shift.up.edge": partial(_shift, 1, True), "shift.down.edge": partial(_shift, -1, True),
    "select": _select, "permute": partial(_mapped, 0), "distribute": partial(_mapped, LANES_PER_SUPERLANE),
    "transpose": _transpose, "lmap": _same_lane,
    "reduce.add": _reduce, "reduce.max": _reduce, "reduce.min": _reduce,
}  # fmt: skip


def _prove() -> None:
    """Every semantics outside the vector unit and the links has exactly one function."""
    named = {row.semantics for row in TENSOR_ROWS if row.units.where not in (VXM, LINK)}
    if set(SEMANTICS) != named:
        raise AssertionError(f"what results depend on, and the table, differ in {set(SEMANTICS) ^ named}")


_prove()
