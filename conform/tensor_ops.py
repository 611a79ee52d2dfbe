"""Ops of the tensor face that mostly make sense on a small machine: short bursts, few places, rows that are there.

The generators of tensor programs draw from a `random.Random`, thousands of times a program: a seed is the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from random import Random

from isa.codec import Op
from isa.formats import Field
from isa.machine import MachineSpec
from isa.places import SCALARS, STREAMS, V_REGISTERS, WEST_FLOW
from isa.row import IMM, STREAM, VECTOR, WRITE, Operand, Row
from isa.table import TENSOR_ROWS
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, HEMISPHERES, LINK, PLANE, PLANES, VXM

BASES = range(24, 28)  # registers that hold their place in this range: base rows, and broadcast operands
COUNTER = 23  # the register that loops count up, from 0
WORDS = (
    0, 1, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x0000000F,
    0x3F800000, 0xBF800000, 0x00000001, 0x007FFFFF, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00001, 0x42B17218,
    0x3C003C00, 0x7BFF0001, 0x7C00FC00, 0x7E018000, 0x3F807F7F, 0x7F80FF80,
)  # fmt: skip
LEISURELY, SLOW = 40, 120  # one in so many bursts has this many cycles between elements, at most
FEW = 3  # the most elements of those
# How far above its least a field mostly goes.
REACH = {"n": 6, "d": 2, "m": 2, "e": 2, "amount": 40, "acc": 5, "row0": 40, "number": 2}


@cache
def families() -> dict[str, list[list[Row]]]:
    """Rows by class of units, then by what they do, so that neither is drawn more often for having many types."""
    found: dict[str, dict[str, list[Row]]] = {}
    for row in TENSOR_ROWS:
        found.setdefault(row.units.name, {}).setdefault(row.semantics, []).append(row)
    return {name: list(rows.values()) for name, rows in found.items()}


@cache
def classes(planes: bool) -> tuple[str, ...]:
    """The classes of units that a machine with or without planes has; links, which only fault, are left out."""
    where = {row.units.name: row.units.where for row in TENSOR_ROWS}
    return tuple(name for name in families() if where[name] != LINK and (planes or where[name] != PLANE))


def any_row(rng: Random, spec: MachineSpec) -> Row:
    """A row whose unit the machine has."""
    return rng.choice(rng.choice(families()[rng.choice(classes(spec.mxm_planes > 0))]))


def any_op(rng: Random, spec: MachineSpec, row: Row) -> Op:
    """A legal op of a row, mostly within the machine."""
    values = {field.name: field_value(rng, spec, row, field) for field in row.format.fields}
    if row.units.where == PLANE:
        values["plane"] = rng.choice([plane for plane in range(0, PLANES, row.claims) if spec.has_plane(plane)])
    for operand in row.operands:
        if operand.kind in (STREAM, VECTOR):
            values[operand.fields[0]] = place(rng, spec, operand, values)
        elif operand.kind == IMM:
            values["imm"] = rng.choice(WORDS) & (1 << TYPES[operand.type].bits) - 1
    mend_burst(row, values)
    return Op(row, tuple(values[name] for name in row.format.names))


def field_value(rng: Random, spec: MachineSpec, row: Row, field: Field) -> int:
    """A value of a field, mostly such that it leads somewhere."""
    name = field.name
    if name == "u":
        return rng.randrange(min(row.instances, spec.vxm_alus) if row.units.where == VXM else row.instances)
    if name == "slice":
        return HEMISPHERE_SLICES * rng.randrange(HEMISPHERES) + slice_index(rng, spec, row)
    if name == "row":
        return rng.randrange(spec.rows * spec.banks)
    if name == "ra":
        register: int = rng.choice([*BASES, COUNTER])
        return register
    if name in ("n", "m") and rng.randrange(2):
        return field.low
    if name in ("d", "e") and rng.randrange(LEISURELY) == 0:
        return rng.randint(field.low, min(field.high, SLOW))
    if name in ("stride", "stride2"):
        return rng.randint(-2, 2)
    return rng.randint(field.low, min(field.high, field.low + REACH.get(name, field.high)))


def slice_index(rng: Random, spec: MachineSpec, row: Row) -> int:
    """The first of as many slices of one quad as an op accesses."""
    return rng.randrange(spec.slices // row.width) * row.width


def place(rng: Random, spec: MachineSpec, operand: Operand, values: dict[str, int]) -> int:
    """A group of streams, a v register or a scalar register for an operand."""
    registers = vector_registers(spec, operand, values)
    if registers and rng.randrange(3) == 0:
        return rng.choice(registers)
    return rng.choice(groups(spec, operand, values.get("plane", 0)))


def vector_registers(spec: MachineSpec, operand: Operand, values: dict[str, int]) -> Sequence[int]:
    """The registers that an operand of a vector op can name."""
    if operand.kind != VECTOR:
        return ()
    if operand.role == WRITE:
        return (V_REGISTERS + values["u"],)
    return (*range(V_REGISTERS, V_REGISTERS + spec.vxm_alus), *(SCALARS + number for number in BASES))


def groups(spec: MachineSpec, operand: Operand, plane: int) -> Sequence[int]:
    """The first streams of the groups that an operand can name."""
    size = operand.width * operand.groups
    directions: Iterable[int] = (0, WEST_FLOW)
    if operand.flow:
        directions = (WEST_FLOW if (plane < HEMISPHERES) == (operand.flow == "in") else 0,)
    return [base + first for base in directions for first in range(0, max(spec.streams, size) % (STREAMS + 1), size)]


def mend_burst(row: Row, values: dict[str, int]) -> None:
    """Rounds follow each other; one round has no e and no stride2."""
    if "d" not in values:
        return
    values["d"] = max(values["d"], row.interval)
    if values["d"] > LEISURELY:  # else a burst would outlast its program by far
        values["n"] = min(values["n"], FEW)
        values |= {"m": 1} if "m" in values else {}
    if values.get("m", 1) > 1:
        values["e"] += (values["n"] - 1) * values["d"] + row.interval
    elif "m" in values:
        values |= {name: 0 for name in ("e", "stride2") if name in values}
