"""The tensor face of the golden model to items and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from isa.machine import MachineSpec
from isa.places import LANE_BYTES
from isa.tensor import TYPE_CODE
from isa.types import TYPES
from isa.units import CLASSES
from vm import items
from vm.items import Item
from vm.reference.bursts import Burst
from vm.reference.face import Exit, Face, Sums, VectorWrite, Weights
from vm.reference.face_check import check_makers
from vm.reference.program import Program
from vm.reference.streams import Streams
from vm.reference.values import Bytes, Maker, Planes, Value, planes
from vm.tensor_state import MAP_BYTES

TYPE_NAMES = tuple(TYPES)


# To items -------------------------------------------------------------------------------------
def to_items(face: Face) -> tuple[Item, ...]:
    """The state of the face, in the order of vm.items."""
    return items.in_order([*_streams(face.streams), *_vectors(face), *_planes(face), *_others(face)])


def _streams(streams: Streams) -> Iterator[Item]:
    for stream, line in enumerate(streams.out):
        for position, value in enumerate(line):
            if value is not None:
                byte = value.width, value.byte
                yield items.Value(
                    stream, position, *_maker(value.maker), *byte, int(value.sampled), value.data.tobytes()
                )
    for landing, results in streams.due.items():
        for (stream, position), value in results.items():
            byte = value.width, value.byte
            yield items.Result(landing, stream, position, *_maker(value.maker), *byte, value.data.tobytes())


def _maker(maker: Maker) -> tuple[int, int, int, int, int]:
    return maker.issued, maker.unit, maker.pc, maker.slot, maker.element


def _vectors(face: Face) -> Iterator[Item]:
    for register, held in face.vectors.items():
        yield items.Vector(register, held.width, held.data.tobytes())
    for write in face.vector_writes:
        m = write.maker
        element = m.issued, m.pc, m.slot, m.element
        yield items.VectorWrite(
            write.landing, write.register, *element, write.planes.width, write.planes.data.tobytes()
        )


def _planes(face: Face) -> Iterator[Item]:
    for installed, known in enumerate((face.buffers, face.arrays)):
        for plane, weights in known.items():
            rows = np.ones_like(weights.loaded) if installed else weights.loaded
            yield items.Plane(plane, installed, TYPE_CODE[weights.type], weights.data.tobytes() + rows.tobytes())
    for each in face.exits:
        m = each.maker
        element = m.issued, m.pc, m.slot, m.element
        yield items.Exit(each.plane, each.landing, *element, int(each.floats), each.sums.words.tobytes())


def _others(face: Face) -> Iterator[Item]:
    for (plane, row), sums in face.accumulators.items():
        yield items.Accumulator(plane, row, sums.words.tobytes())
    for (hemi, number), entries in face.maps.items():
        yield items.Map(hemi, number, entries.words().tobytes())
    for burst in face.bursts:
        read = b"".join(value.to_bytes(LANE_BYTES, "little") for value in burst.read)
        yield items.Burst(burst.pc, burst.op.slot, burst.started, read)
    for (pc, slot, stream), losses in face.lost.items():
        yield items.Lost(pc, slot, stream, losses)


# From items -----------------------------------------------------------------------------------
def from_items(spec: MachineSpec, program: Program, cycle: int, found: Sequence[Item]) -> Face:
    """The face of a state that vm.state accepts. Raises ValueError for items that the program does not leave."""
    check_makers(spec, program, cycle, found)
    face = Face(Streams(spec))
    for item in found:
        _put_back(face, spec, program, item)
    _check_bursts(face.bursts, cycle)
    return face


def _put_back(face: Face, spec: MachineSpec, program: Program, item: Item) -> None:
    match item:
        case items.Value():
            face.streams.out[item.stream][item.position] = _value(item, bool(item.sampled))
        case items.Result():
            face.streams.due.setdefault(item.landing, {})[item.stream, item.position] = _value(item, False)
        case items.Vector():
            face.vectors[item.register] = Planes(_table(item.data, item.width))
        case items.VectorWrite():
            maker = Maker(item.issued, CLASSES["V"].first + item.register, item.pc, item.slot, item.element)
            wide = Planes(_table(item.data, item.width))
            face.vector_writes.append(VectorWrite(item.landing, item.register, maker, wide))
        case items.Plane():
            (face.arrays if item.installed else face.buffers)[item.plane] = _weights(spec, item)
        case items.Exit():
            unit = CLASSES["ABC"].order({"plane": item.plane})
            maker = Maker(item.issued, unit, item.pc, item.slot, item.element)
            face.exits.append(Exit(item.plane, item.landing, maker, bool(item.floats), Sums(_words(item.data))))
        case items.Accumulator():
            face.accumulators[item.plane, item.row] = Sums(_words(item.data))
        case items.Map():
            face.maps[item.hemi, item.number] = planes(np.frombuffer(item.data, f"<u{MAP_BYTES}"))
        case items.Burst():
            face.bursts.append(_burst(program, item))
        case items.Lost():
            face.lost[item.pc, item.slot, item.stream] = item.losses


def _value(item: items.Value | items.Result, sampled: bool) -> Value:
    maker = Maker(item.issued, item.unit, item.pc, item.slot, item.element)
    return Value(maker, item.width, item.byte, np.frombuffer(item.data, np.uint8), sampled=sampled)


def _table(data: bytes, rows: int) -> Bytes:
    return np.frombuffer(data, np.uint8).reshape(rows, -1)


def _words(data: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(data, "<u4")


def _weights(spec: MachineSpec, item: items.Plane) -> Weights:
    data, loaded = item.data[: spec.lanes**2], item.data[spec.lanes**2 :]
    return Weights(TYPE_NAMES[item.type], _table(data, spec.lanes), np.frombuffer(loaded, np.bool_))


def _burst(program: Program, item: items.Burst) -> Burst:
    op = program.op_at(item.pc, item.slot)
    assert op is not None  # check_makers saw it
    return Burst(op, item.pc, item.started, tuple(int(word) for word in _words(item.data)))


def _check_bursts(bursts: list[Burst], cycle: int) -> None:
    """Raises ValueError for a burst that is over, and for two that hold one unit."""
    for burst in bursts:
        if burst.free <= cycle:
            raise ValueError(f"the burst begun in cycle {burst.started} held its units until {burst.free - 1} only")
    held = Counter(unit for burst in bursts for unit in burst.op.claims)
    if held and max(held.values()) > 1:
        raise ValueError(f"unit {held.most_common(1)[0][0]} is held by two bursts")
