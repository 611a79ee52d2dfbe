"""The state of the tensor face as plain items: what both engines give, take and must agree on, bit for bit.

An item is whole numbers and bytes. A result of width w is `data` of w bytes a lane, all lanes of byte 0 first.
Of an op in the program `pc` and `slot` say which, `issued` when this element did, `element` its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from struct import Struct
from typing import Any, TypeAlias, overload

from isa.machine import MachineSpec
from isa.records import NamedTuple


class Value(NamedTuple):
    """Stream `stream` holds this byte per lane at `position` as of the end of the last cycle: out(position)."""

    stream: int
    position: int
    issued: int
    unit: int
    pc: int
    slot: int
    element: int
    width: int
    byte: int
    sampled: int
    data: bytes


class Result(NamedTuple):
    """One byte per lane that will replace stream `stream` on its way out of `position` in cycle `landing`."""

    landing: int
    stream: int
    position: int
    issued: int
    unit: int
    pc: int
    slot: int
    element: int
    width: int
    byte: int
    data: bytes


class Vector(NamedTuple):
    """v register `register` holds `width` bytes a lane."""

    register: int
    width: int
    data: bytes


class VectorWrite(NamedTuple):
    """A result on its way to a v register."""

    landing: int
    register: int
    issued: int
    pc: int
    slot: int
    element: int
    width: int
    data: bytes


class Plane(NamedTuple):
    """The buffer (`installed` 0) or array (1) of a plane; those without a type are left out.

    `type` is a code of isa.tensor.TYPE_CODE. `data` is a byte per weight, rows first: of i4 sign-extended, of a
    16-bit type the low bytes in the even plane and the high ones in the odd. Behind them, of a buffer, a byte per
    row: 1 if it was loaded, of an array 1 for every row. Rows not loaded are zero.
    """

    plane: int
    installed: int
    type: int
    data: bytes


class Exit(NamedTuple):
    """What stands at a plane's exit in cycle `landing`: 4 bytes a lane, lane by lane, i32 or (`floats`) f32."""

    plane: int
    landing: int
    issued: int
    pc: int
    slot: int
    element: int
    floats: int
    data: bytes


class Accumulator(NamedTuple):
    """An accumulator row that was set: 4 bytes a lane, lane by lane."""

    plane: int
    row: int
    data: bytes


class Map(NamedTuple):
    """A map register that was loaded: 2 bytes a lane, lane by lane."""

    hemi: int
    number: int
    data: bytes


class Burst(NamedTuple):
    """A burst that holds its units, begun in `started`; the registers it read are `data`, 4 bytes each.

    What it read is in operand order: the base row, or the vector operands that are scalar registers.
    """

    pc: int
    slot: int
    started: int
    data: bytes


class Lost(NamedTuple):
    """How many values that an op made for a stream (-1: for an exit) nobody sampled."""

    pc: int
    slot: int
    stream: int
    losses: int
    data: bytes = b""


Item: TypeAlias = Value | Result | Vector | VectorWrite | Plane | Exit | Accumulator | Map | Burst | Lost
KINDS: tuple[type[Item], ...] = (Value, Result, Vector, VectorWrite, Plane, Exit, Accumulator, Map, Burst, Lost)


def in_order(items: list[Item]) -> tuple[Item, ...]:
    """Items in the one order in which states are compared: by kind, then by their numbers."""
    kinds: dict[type[Item], list[Any]] = {kind: [] for kind in KINDS}
    for item in items:
        kinds[type(item)].append(item)
    return tuple(chain.from_iterable(map(sorted, kinds.values())))


def blocks(found: Sequence[Item]) -> Iterator[bytes]:
    """The objects that hold the data of items."""
    if isinstance(found, Packed):
        return iter([found.block])
    return (item.data for item in found)


# In one block ---------------------------------------------------------------------------------
HEADER = Struct("=14q")  # kind, numbers, bytes of data, which are filled up to a multiple of ALIGNMENT
ALIGNMENT = 8


class Packed(Sequence[Item]):
    """Items as an engine packs them, in one block; like a tuple of them, in order, that is made once somebody looks.

    They are part of a state of a machine in a cycle; `source` is something of the engine that packed them.
    """

    def __init__(self, block: bytes, spec: MachineSpec, cycle: int, source: object) -> None:
        self.block, self.spec, self.cycle, self.source = block, spec, cycle, source

    @property
    def size(self) -> int:
        """Bytes of the block."""
        return len(self.block)

    def is_of(self, spec: MachineSpec, cycle: int, source: object) -> bool:
        """Whether an engine packed them for a state of that cycle."""
        return self.source is source and self.fits(spec, cycle)

    def fits(self, spec: MachineSpec, cycle: int) -> bool:
        """Whether they were packed for a state of that cycle, of a machine alike."""
        return self.cycle == cycle and self.spec == spec

    @cached_property
    def all(self) -> tuple[Item, ...]:
        return in_order(list(unpacked(self.block)))

    def __bool__(self) -> bool:
        return self.size > 0

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.all)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        return self.all[index]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Packed):
            return self.block == other.block or self.all == other.all
        return self.all == other

    def __hash__(self) -> int:
        return hash(self.all)

    def __repr__(self) -> str:
        return repr(self.all)

    def __reduce__(self) -> tuple[type[tuple[Item, ...]], tuple[list[Item]]]:
        return tuple, (list(self.all),)


def unpacked(block: bytes) -> Iterator[Item]:
    place = 0
    while place < len(block):
        kind, *numbers, size = HEADER.unpack(block[place : place + HEADER.size])
        data = place + HEADER.size
        fields = len(KINDS[kind]._fields) - 1
        yield KINDS[kind](*numbers[:fields], block[data : data + size])
        place = data + -(-size // ALIGNMENT) * ALIGNMENT
