"""Ops as Hypothesis strategies, derived from the table: any legal op of a row, with the edges of its fields likely."""

from __future__ import annotations

from hypothesis import strategies as st

from isa.codec import Op
from isa.formats import Field
from isa.legal import WEST_PLANES
from isa.places import SCALAR_COUNT, SCALARS, STREAMS, V_COUNT, V_REGISTERS, WEST_FLOW
from isa.row import IMM, STREAM, VECTOR, WRITE, Operand, Row
from isa.types import TYPES
from isa.units import PLANE


def field_values(row: Row, field: Field) -> st.SearchStrategy[int]:
    """Values within the bounds of a field, its ends and the edge of its base part made likely."""
    if field.name == "u":
        return st.integers(0, row.instances - 1)
    edge = (1 << field.width) + field.bias
    corners = [v for v in (field.low, field.high, edge - 1, edge) if field.low <= v <= field.high]
    return st.sampled_from(corners) | st.integers(field.low, field.high)


@st.composite
def ops_of(draw: st.DrawFn, row: Row) -> Op:
    """A legal op of a row."""
    values = {field.name: draw(field_values(row, field)) for field in row.format.fields}
    if row.units.where == PLANE:
        values["plane"] = draw(st.sampled_from(range(0, 4, row.claims)))
    for operand in row.operands:
        if operand.kind == STREAM:
            values[operand.fields[0]] = draw(stream_groups(operand, values))
        elif operand.kind == VECTOR:
            values[operand.fields[0]] = draw(vector_places(operand, values))
        elif operand.kind == IMM and row.tensor:
            values["imm"] &= (1 << TYPES[operand.type].bits) - 1
    if "d" in values:
        _mend_burst(row, values)
    return Op(row, tuple(values[name] for name in row.format.names))


def stream_groups(operand: Operand, values: dict[str, int]) -> st.SearchStrategy[int]:
    """First streams of the groups an operand may name."""
    size = operand.width * operand.groups
    directions = [0, WEST_FLOW]
    if operand.flow:
        directions = [WEST_FLOW if (values["plane"] < WEST_PLANES) == (operand.flow == "in") else 0]
    return st.sampled_from([first + base for first in directions for base in range(0, STREAMS, size)])


def vector_places(operand: Operand, values: dict[str, int]) -> st.SearchStrategy[int]:
    """Streams or the own v register of what is written; streams, v and scalar registers of what is read."""
    if operand.role == WRITE:
        return stream_groups(operand, values) | st.just(V_REGISTERS + values["u"])
    registers = [*range(V_REGISTERS, V_REGISTERS + V_COUNT), *range(SCALARS, SCALARS + SCALAR_COUNT)]
    return stream_groups(operand, values) | st.sampled_from(registers)


def _mend_burst(row: Row, values: dict[str, int]) -> None:
    """Make rounds follow each other; one round has no e and no stride2."""
    values["d"] = max(values["d"], row.interval)
    if "m" not in values:
        return
    least = (values["n"] - 1) * values["d"] + row.interval
    if values["m"] > 1 and least <= row.format.field("e").high:
        values["e"] = max(values["e"], least)
        return
    values["m"], values["e"] = 1, 0
    if "stride2" in values:
        values["stride2"] = 0
