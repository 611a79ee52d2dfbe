"""What a planner counts: the elements of bursts, the bytes of their results, the diagonals that carry them."""

from __future__ import annotations

from collections.abc import Iterator

from conform.tensor_supply import ENTRIES
from isa.codec import Op
from isa.places import V_REGISTERS, flows_west, is_v
from isa.records import NamedTuple
from isa.row import READ, VECTOR
from isa.types import TYPES


class Byte(NamedTuple):
    """What a stream holds: a byte of a result, and between what its elements are, if that is known."""

    result: tuple[int, int]
    width: int
    byte: int
    most: int = ENTRIES
    least: int = 0


class Element(NamedTuple):
    """Element (j, i) of an op that issued in `start`, itself in `cycle`; `depth` ops deep in what is needed."""

    op: Op
    start: int
    cycle: int
    j: int
    i: int
    depth: int


def elements_of(op: Op, start: int, depth: int) -> Iterator[Element]:
    """The elements of an op that issues in `start`, in order of time."""
    fields = op.fields
    for j in range(fields.get("m", 1)):
        for i in range(fields.get("n", 1)):
            yield Element(op, start, start + j * fields.get("e", 0) + i * fields.get("d", 1), j, i, depth)


def diagonal(stream: int, position: int, cycle: int) -> tuple[str, int, int]:
    """The place of what passes a position on a stream in a cycle: it moves one position a cycle."""
    return "stream", stream, cycle + position if flows_west(stream) else cycle - position


def is_whole(group: list[Byte]) -> bool:
    """Whether values can be sampled as one group."""
    first = group[0]
    if len(group) == 1 or first.width == 1:
        return len(group) == 1 or all(byte.width == 1 for byte in group)
    return all((byte.result, byte.byte) == (first.result, k) for k, byte in enumerate(group))


def registers_needed(op: Op) -> Iterator[tuple[int, int]]:
    """The v registers that an op reads, and how wide."""
    for operand in op.row.operands:
        if operand.role == READ and operand.kind == VECTOR and is_v(op[operand.fields[0]]):
            yield op[operand.fields[0]] - V_REGISTERS, operand.width


def wide(name: str | None) -> bool:
    """Whether weights of a type take both planes of a hemisphere."""
    return name is not None and TYPES[name].planes > 1
