"""Where the operands of a row go: a row ready to be filled."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from asm.program import FREE
from asm.scope.registers import register_indices
from isa.formats import Field
from isa.records import NamedTuple, dataclass
from isa.row import MEM, REG, SLICE_ROW, STREAM, VECTOR, Operand, Row

Shape: TypeAlias = str | tuple[str, ...]
EXPR, OTHER = "expr", "other"
PLACE = "place"  # a stream, a v register or, in an op of the tensor face, a scalar register


@dataclass(frozen=True, slots=True)
class Slot:
    """`field` is the operand's first field and `index` its place in an op's values; `where` has every field's."""

    operand: Operand
    field: Field
    index: int
    where: dict[str, int]


class Form(NamedTuple):
    """A row ready to be filled: the values an op starts from and a slot per operand, attributes after the others."""

    row: Row
    blank: tuple[int, ...]
    slots: tuple[Slot, ...]
    registers: tuple[int, ...]  # where the values hold registers


def shape_of(operand: Operand) -> Shape:
    """What an operand must look like to be taken for one of this form."""
    if operand.kind in (MEM, SLICE_ROW):
        return operand.fields
    if operand.kind in (STREAM, VECTOR):
        return PLACE
    return REG if operand.kind == REG else EXPR


@cache
def form_of(row: Row) -> Form:
    where = {name: index for index, name in enumerate(row.format.names)}
    blank = [field.bias for field in row.format.fields]
    if "u" in where:
        blank[where["u"]] = FREE
    slots = tuple(_slot(operand, row, where) for operand in (*row.positional, *row.attributes.values()))
    for slot in slots:
        if slot.operand.default is not None:
            blank[slot.index] = slot.operand.default
    return Form(row, tuple(blank), slots, register_indices(row))


def _slot(operand: Operand, row: Row, where: dict[str, int]) -> Slot:
    first = operand.fields[0]
    return Slot(operand, row.format.field(first), where[first], where)
