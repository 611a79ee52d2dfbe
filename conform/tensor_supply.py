"""Ops that make what another op needs: a group of streams, a v register, an array, a result, a map."""

from __future__ import annotations

from functools import cache
from random import Random

from conform.build import op as make
from conform.tensor_ops import any_op
from isa.codec import Op
from isa.machine import HEMISPHERES, SLICES_PER_QUAD, MachineSpec
from isa.places import SCALARS, STREAMS, V_REGISTERS, WEST_FLOW, flows_west
from isa.records import NamedTuple
from isa.row import IMM, STREAM, VECTOR, WRITE, Operand, Row
from isa.table import TENSOR_ROWS
from isa.tensor import LOAD_STREAMS
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, PLANE, SLICE, SXM, VXM
from vm.floorplan import position

ENTRIES = 0xFFFF  # the most that an entry of a map can be
ENTRY_WIDTH = 2
WIDEST = 4
SHAPE = ("n", "d", "m", "e")
DELAYS = (0, 0, 0, 1, 2, 7)
SHALLOW = 2  # deeper than this, only ops that need nothing on streams


class Need(NamedTuple):
    """A group of streams that an element samples at a position, whose elements are at most `most`."""

    stream: int
    width: int
    position: int
    most: int = ENTRIES


def target_of(row: Row) -> Operand | None:
    """The operand that names the streams or the v register an op writes."""
    return next((each for each in row.operands if each.role == WRITE and each.kind in (STREAM, VECTOR)), None)


@cache
def makers(where: str, width: int, bounded: bool) -> list[list[Row]]:
    """Rows whose results have a width, by what they do; `bounded` ones make entries no higher than their immediate."""
    found: dict[str, list[Row]] = {}
    for row in TENSOR_ROWS:
        target = target_of(row)
        if row.units.where == where and target and target.width == width and (not bounded or bounds(row)):
            found.setdefault(row.semantics, []).append(row)
    return list(found.values())


def bounds(row: Row) -> bool:
    """Whether no element of the result is above the immediate."""
    return row.semantics in ("vmov", "vand") and any(each.kind == IMM and each.type == "u16" for each in row.operands)


def most_of(op: Op) -> int:
    """The most that an entry in an op's result can be."""
    return op["imm"] if bounds(op.row) else ENTRIES


def least_of(op: Op) -> int:
    """The least that an entry in an op's result can be."""
    return op["imm"] if bounds(op.row) and not op.row.vector_reads else 0


# Streams --------------------------------------------------------------------------------------
class Place(NamedTuple):
    """A row whose ops make what is needed, the fields that say where, and how many cycles ahead they issue."""

    row: Row
    fields: dict[str, int]
    ahead: int


def producer(rng: Random, spec: MachineSpec, user: Op, need: Need, depth: int, place: Place) -> Op:
    """An op in a place that puts onto streams what `user` needs."""
    target = target_of(place.row)
    assert target is not None
    op = any_op(rng, spec, place.row).with_field(target.fields[0], need.stream)
    for name, value in place.fields.items():
        op = op.with_field(name, value)
    op = shaped(op, user)
    if depth >= SHALLOW and op.row.units.where == VXM:
        op = without_streams(rng, spec, op)
    return op.with_field("imm", rng.randint(0, need.most)) if need.most < ENTRIES else op


def upstream(rng: Random, spec: MachineSpec, need: Need, depth: int) -> Place | None:
    """A place upstream of what is needed, or none where the one drawn is not there or not upstream."""
    width = need.width
    if width == 1 and rng.randrange(4):
        width = next(w for w in (WIDEST, 2, 1) if need.stream % w == 0)
    bounded = need.most < ENTRIES
    deep = [] if depth >= SHALLOW else [SXM, PLANE]
    where = rng.choice([each for each in (SLICE, VXM, VXM, *deep) if makers(each, width, bounded)])
    row = rng.choice(rng.choice(makers(where, width, bounded)))
    fields = standing(rng, spec, row, need)
    if fields is None:
        return None
    if "delay" in row.format.names:
        fields["delay"] = rng.choice(DELAYS)
    there = position(spec, row, fields)
    distance = there - need.position if flows_west(need.stream) else need.position - there
    return Place(row, fields, distance + row.latency + fields.get("delay", 0)) if distance > 0 else None


def standing(rng: Random, spec: MachineSpec, row: Row, need: Need) -> dict[str, int] | None:
    """The field that says where an op stands whose streams flow as needed; None where the machine has no such place."""
    west = flows_west(need.stream)
    if row.units.where == SLICE:
        return {"slice": upstream_slice(rng, spec, row, need)}
    if row.units.where == SXM:
        return {"hemi": int(west)}
    if row.units.where == PLANE:
        planes = [HEMISPHERES * west + k for k in range(0, HEMISPHERES, row.claims)]
        found = [plane for plane in planes if spec.has_plane(plane)]
        return {"plane": rng.choice(found)} if found else None
    return {}


def upstream_slice(rng: Random, spec: MachineSpec, row: Row, need: Need) -> int:
    """A slice in a quad upstream, or any where there is none."""
    west = flows_west(need.stream)
    found = []
    for hemisphere in range(HEMISPHERES):
        for quad in range(spec.quads):
            place = spec.slice_position(hemisphere, quad * SLICES_PER_QUAD)
            if place > need.position if west else place < need.position:
                found.append(hemisphere * HEMISPHERE_SLICES + quad * SLICES_PER_QUAD)
    return rng.choice(found or [0]) + rng.randrange(SLICES_PER_QUAD // row.width) * row.width


def shaped(op: Op, user: Op) -> Op:
    """The op as a burst of the user's shape, as far as it takes one."""
    for name in SHAPE:
        if name in op.row.format.names and name in user.row.format.names:
            op = op.with_field(name, user[name])
    if "m" in op.row.format.names and "m" not in user.row.format.names:
        op = op.with_field("m", 1).with_field("e", 0)
    if "stride2" in op.row.format.names and op["m"] == 1:
        op = op.with_field("stride2", 0)
    return op


def without_streams(rng: Random, spec: MachineSpec, op: Op) -> Op:
    """A vector op that reads registers only."""
    for name in op.row.vector_reads:
        registers = (V_REGISTERS + rng.randrange(spec.vxm_alus), SCALARS + rng.randrange(STREAMS))
        op = op.with_field(name, rng.choice(registers))
    return op


# Registers ------------------------------------------------------------------------------------
def writer_of(rng: Random, spec: MachineSpec, register: int, width: int) -> Op:
    """An op that writes a v register this wide, or wider."""
    row = rng.choice(rng.choice(makers(VXM, rng.choice([w for w in (1, 2, WIDEST) if w >= width]), False)))
    op = any_op(rng, spec, row).with_field("u", register)
    target = target_of(row)
    assert target is not None
    op = op.with_field(target.fields[0], V_REGISTERS + register)
    op = without_streams(rng, spec, op) if rng.randrange(2) else op
    return once(op)


def once(op: Op) -> Op:
    """The op as a burst of one element."""
    for name, value in (("n", 1), ("m", 1), ("e", 0), ("stride2", 0)):
        if name in op.row.format.names:
            op = op.with_field(name, value)
    return op


# Planes ---------------------------------------------------------------------------------------
def loader(rng: Random, spec: MachineSpec, user: Op) -> Op:
    """A load of weights that go with the activations of `user`."""
    floats = TYPES[user.row.type].kind == "f"
    name = user.row.type if floats else rng.choice(("i4", "i8", "u8"))
    base = WEST_FLOW if user["plane"] < HEMISPHERES else 0
    first = base + rng.randrange(0, spec.streams, LOAD_STREAMS)
    key = f"lw.{name} plane, stream"
    return make(key, plane=user["plane"], stream=first, n=rng.randint(1, 2), row0=rng.choice((0, 0, 3)))


def installer(user: Op) -> Op:
    return make("iw plane", plane=user["plane"])


def activation(rng: Random, spec: MachineSpec, user: Op) -> Op:
    """An activation whose results `user` can take."""
    names = ("i8", "u8") if user["plane"] % 2 or not spec.has_plane(1) else ("i8", "u8", "f16", "bf16")
    name = rng.choice(names)
    width = TYPES[name].planes
    base = WEST_FLOW if user["plane"] < HEMISPHERES else 0
    op = make(f"abc.{name} plane, stream", plane=user["plane"])
    return shaped(op.with_field("stream", base + rng.randrange(0, spec.streams, width)), user)


def row_writer(rng: Random, spec: MachineSpec, plane: int, row: int) -> Op:
    """An op that sets an accumulator row from streams."""
    base = WEST_FLOW if plane < HEMISPHERES else 0
    stream = base + rng.randrange(0, spec.streams, WIDEST)
    return make("accw plane, acc, stream", plane=plane, acc=row, stream=stream)


# Maps -----------------------------------------------------------------------------------------
def map_loader(rng: Random, spec: MachineSpec, user: Op) -> Op:
    """A load of the map that `user` goes by, from streams that come from the vector unit."""
    stream = (0 if user["hemi"] else WEST_FLOW) + rng.randrange(0, spec.streams, ENTRY_WIDTH)
    return make("lmap hemi, number, from", hemi=user["hemi"], number=user["number"], **{"from": stream})
