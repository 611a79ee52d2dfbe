"""What an op does to its sources, as far as numbers that stand for values are concerned."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from asm.streams.graph import MAP
from asm.streams.route import MOVES, TURNS
from isa.places import SCALARS, is_scalar
from isa.row import BURST_FIELDS, READ, STREAM, VECTOR, Row

COPIES = {row.semantics for row in MOVES.values()}
TURNED = {row.id for row in TURNS.values()}
WHERE = {"u", "hemi", "plane", "slice", "row", "ra", "bank", "delay", "acc", "row0", MAP, *BURST_FIELDS}
ARRAY, SUM = -1, -2  # kinds that no row has
Registers = Callable[[int], int]  # what a scalar register holds


def kind_of(row: Row, values: Mapping[str, int], registers: Registers) -> list[int]:
    """The op, its constants, and what it takes of scalar registers."""
    places = {name for operand in row.operands if operand.kind in (STREAM, VECTOR) for name in operand.fields}
    constants = [value for name, value in values.items() if name not in WHERE and name not in places]
    scalars = [(name, registers(values[name] - SCALARS)) for name in broadcast(row, values)]
    return [
        row.id,
        *constants,
        *(number for name, value in scalars for number in (row.format.names.index(name), value)),
    ]


def broadcast(row: Row, values: Mapping[str, int]) -> list[str]:
    """The sources of a vector op that are scalar registers."""
    read = [operand.fields[0] for operand in row.operands if operand.kind == VECTOR and operand.role == READ]
    return [name for name in read if is_scalar(values[name])]


def copies(row: Row, values: Mapping[str, int]) -> bool:
    """Whether an op only brings its source on its way."""
    moves = row.semantics in COPIES and "sa" in values and not broadcast(row, values)
    return moves or (row.id in TURNED and values["amount"] == 0)
