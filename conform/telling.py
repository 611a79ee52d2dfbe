"""What holds a value, as users spell it: registers, streams at their positions, planes, rows of slices."""

from __future__ import annotations

from isa.faults import CONDITION_CODE
from isa.machine import MachineSpec
from isa.places import V_REGISTERS, place_name
from isa.records import NamedTuple
from vm.floorplan import position_name
from vm.items import Accumulator, Burst, Exit, Item, Lost, Map, Plane, Result, Value, Vector, VectorWrite

ARRAY, BUFFER = "array", "buffer"
SHOWN_BYTES = 16


class Face(NamedTuple):
    """Of one kind of item: the fields that say which it is, and the section of docs/machine.md about it."""

    key: tuple[str, ...]
    section: int


# A result that comes too late or early is the same result, so that when it lands is no part of what it is.
FACES: dict[type[Item], Face] = {
    Value: Face(("stream", "position"), 11),
    Result: Face(("stream", "position", "issued", "pc", "slot", "element", "byte"), 11),
    Vector: Face(("register",), 15),
    VectorWrite: Face(("register", "issued", "pc", "slot", "element"), 15),
    Plane: Face(("plane", "installed"), 16),
    Exit: Face(("plane", "issued", "pc", "slot", "element"), 16),
    Accumulator: Face(("plane", "row"), 16),
    Map: Face(("hemi", "number"), 17),
    Burst: Face(("pc", "slot", "started"), 13),
    Lost: Face(("pc", "slot", "stream"), 18),
}


def key(item: Item) -> tuple[object, ...]:
    """What is the same of an item in two implementations of which one is wrong."""
    kind = type(item)
    return kind.__name__, *(getattr(item, name) for name in FACES[kind].key)


def item_name(spec: MachineSpec, item: Item) -> str:
    """What an item is, and where: `v3`, `se4 at the VXM`, `accumulator row 7 of plane 2`."""
    if isinstance(item, Value):
        return f"{place_name(item.stream)} at {position_name(spec, item.position)}"
    if isinstance(item, Result):
        return f"the result for {place_name(item.stream)} at {position_name(spec, item.position)}"
    if isinstance(item, Vector):
        return place_name(V_REGISTERS + item.register)
    if isinstance(item, VectorWrite):
        return f"the result for {place_name(V_REGISTERS + item.register)}"
    if isinstance(item, Plane):
        return f"the {ARRAY if item.installed else BUFFER} of plane {item.plane}"
    if isinstance(item, Exit):
        return f"the result for the exit of plane {item.plane}"
    if isinstance(item, Accumulator):
        return f"accumulator row {item.row} of plane {item.plane}"
    if isinstance(item, Map):
        return f"map {item.number} of SXM.{'WE'[item.hemi]}"
    if isinstance(item, Burst):
        return f"the burst begun in cycle {item.started}"
    return f"the count of values lost on {place_name(item.stream) if item.stream >= 0 else 'the way out of a plane'}"


def register_name(number: int) -> str:
    return "cc" if number == CONDITION_CODE else f"r{number}"


def byte_name(spec: MachineSpec, address: int) -> str:
    """The row and the lane of a byte of SRAM, and its address there."""
    row, lane = divmod(address, spec.lanes)
    bank, row = divmod(row, spec.rows)
    return f"lane {lane} of row {row} of {spec.bank_name(bank)} (byte {address} of SRAM)"


class Cell(NamedTuple):
    """A part of an item's data: its name, as a place within the item, and the bytes of it, low ones first."""

    name: str
    places: tuple[int, ...]

    def of(self, data: bytes) -> str:
        """What it holds, in hex."""
        held = bytes(data[place] for place in self.places if place < len(data))
        return f"0x{held[::-1].hex()}"


def cell(spec: MachineSpec, item: Item, place: int) -> Cell:
    """The lane, weight or word that a byte of an item's data belongs to."""
    lanes = spec.lanes
    if isinstance(item, Vector | VectorWrite):
        return Cell(f"lane {place % lanes}", tuple(range(place % lanes, lanes * item.width, lanes)))
    if isinstance(item, Accumulator | Exit | Map):
        size = 2 if isinstance(item, Map) else 4
        lane = place // size
        return Cell(f"lane {lane}", tuple(range(lane * size, (lane + 1) * size)))
    if isinstance(item, Plane):
        row, lane = divmod(place, lanes)
        name = f"row {row}, lane {lane}" if row < lanes else f"whether row {place - lanes * lanes} is loaded"
        return Cell(name, (place,))
    if isinstance(item, Burst):
        return Cell(f"register {place // 4} that it read", tuple(range(place // 4 * 4, place // 4 * 4 + 4)))
    return Cell(f"lane {place}", (place,))


def shown(data: bytes) -> str:
    """Bytes in hex, the first of many."""
    return data[:SHOWN_BYTES].hex() + ("..." if len(data) > SHOWN_BYTES else "")
