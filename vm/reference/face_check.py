"""Which items a program cannot have left: each result must be one that the op it names makes."""

from __future__ import annotations

from collections.abc import Sequence

from isa.machine import MachineSpec
from isa.places import LANE_BYTES, V_REGISTERS
from isa.row import WRITE
from isa.types import TYPES
from isa.units import CLASSES, LINK
from vm import items
from vm.floorplan import position
from vm.items import Item
from vm.reference.program import Group, Issued, Program
from vm.reference.streams import STREAM_OF_EXITS


def check_makers(spec: MachineSpec, program: Program, cycle: int, found: Sequence[Item]) -> None:
    """Raises ValueError naming the first item that no op of the program leaves at the start of a cycle."""
    for item in found:
        if not is_left(spec, program, cycle, item):
            numbers = ", ".join(f"{name} {value}" for name, value in item._asdict().items() if name != "data")
            raise ValueError(f"no run of this program leaves a {type(item).__name__} with {numbers}")


def is_left(spec: MachineSpec, program: Program, cycle: int, item: Item) -> bool:
    match item:
        case items.Value():
            op = maker(program, item)
            return op is not None and makes_stream(op, item) and item.issued + op.latency < cycle
        case items.Result():
            op = maker(program, item)
            here = op is not None and makes_stream(op, item) and position(spec, op.row, op.fields) == item.position
            return here and lands(op, item)
        case items.VectorWrite():
            op = maker(program, item)
            return op is not None and target(op) == (V_REGISTERS + item.register, item.width) and lands(op, item)
        case items.Exit():
            op = maker(program, item)
            return op is not None and feeds_exit(op) and is_exit_of(op, item) and lands(op, item)
        case items.Burst():
            op = program.op_at(item.pc, item.slot)
            return op is not None and is_burst(op) and len(item.data) == LANE_BYTES * len(op.registers)
        case items.Lost():
            op = program.op_at(item.pc, item.slot)
            return op is not None and item.stream in streams_lost(op)
    return True


def maker(program: Program, item: items.Value | items.Result | items.VectorWrite | items.Exit) -> Issued | None:
    """The op that an item names, if it has such an element."""
    op = program.op_at(item.pc, item.slot)
    return op if op and item.element < op.elements else None


def lands(op: Issued | None, item: items.Result | items.VectorWrite | items.Exit) -> bool:
    return op is not None and item.landing == item.issued + op.latency


def makes_stream(op: Issued, item: items.Value | items.Result) -> bool:
    """Whether an op makes that byte of a result for that stream."""
    bytes_ = {group.stream + k: (group.width, k) for group in op.results for k in range(group.width)}
    return op.unit == item.unit and bytes_.get(item.stream) == (item.width, item.byte)


def target(op: Issued) -> tuple[int, int] | None:
    """What a vector op writes, and how many bytes a lane."""
    found = [(op.fields[o.fields[0]], o.width) for o in op.row.operands if o.role == WRITE]
    return found[0] if found else None


def feeds_exit(op: Issued) -> bool:
    return op.row.units is CLASSES["ABC"]


def is_exit_of(op: Issued, item: items.Exit) -> bool:
    return op.fields["plane"] == item.plane and (TYPES[op.row.type].kind == "f") == bool(item.floats)


def is_burst(op: Issued) -> bool:
    return op.row.tensor and op.row.units.where != LINK


def streams_lost(op: Issued) -> list[int]:
    """The streams of an op's results; of an activation that of the exits."""
    streams = [stream for group in op.results for stream in streams_of(group)]
    return [STREAM_OF_EXITS] if feeds_exit(op) else streams


def streams_of(group: Group) -> range:
    return range(group.stream, group.stream + group.width)
