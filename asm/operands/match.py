"""Op statements to ops: the operands as written are matched against the operand forms of the table.

Each operand has a *shape*: a register, an expression, or the fields its address needs. A mnemonic and the
shapes of its operands select the row; the row says how each operand is read and which fields it fills.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, TypeAlias, cast

from asm.operands.address import Located, locate_once, locate_row
from asm.operands.fill import FILL
from asm.operands.mismatch import EXPR, OTHER, no_form_fits, unknown_mnemonic
from asm.operands.pins import apply_pins
from asm.operands.slot import Slot
from asm.program import FREE, AsmOp
from asm.scope.registers import register_indices
from asm.scope.scope import NOT_EXPRESSIONS, Scope
from asm.tree import Expr, Indexed, Memory, Name, Number, Operand, OpStmt, Virtual
from isa.row import MEM, REG, SLICE_ROW, Row
from isa.row import Operand as OperandForm
from isa.table import MNEMONICS

Shape: TypeAlias = str | tuple[str, ...]
Reading: TypeAlias = int | Located | Expr


class Form(NamedTuple):
    """A row ready to be filled: the values an op starts from and a slot per operand."""

    row: Row
    blank: tuple[int, ...]
    slots: tuple[Slot, ...]
    registers: tuple[int, ...]  # where the values hold registers


def shape_of(operand: OperandForm) -> Shape:
    if operand.kind in (MEM, SLICE_ROW):
        return operand.fields
    return REG if operand.kind == REG else EXPR


@cache
def forms(mnemonic: str) -> dict[tuple[Shape, ...], Form]:
    """The operand forms of a mnemonic by the shapes they take; an operand with a default may be left out."""
    found: dict[tuple[Shape, ...], Form] = {}
    for row in MNEMONICS.get(mnemonic, ()):
        shapes = tuple(shape_of(operand) for operand in row.operands)
        found[shapes] = form = _form(row)
        if row.operands and row.operands[-1].default is not None:
            found[shapes[:-1]] = form
    return found


def _form(row: Row) -> Form:
    where = {name: index for index, name in enumerate(row.format.names)}
    blank = [field.bias for field in row.format.fields]
    if "u" in where:
        blank[where["u"]] = FREE
    slots = tuple(_slot(operand, row, where) for operand in row.operands)
    for slot in slots:
        if slot.operand.default is not None:
            blank[slot.index] = slot.operand.default
    return Form(row, tuple(blank), slots, register_indices(row))


def _slot(operand: OperandForm, row: Row, where: dict[str, int]) -> Slot:
    first = operand.fields[0]
    return Slot(operand, row.format.field(first), where[first], where)


def match(scope: Scope, statement: OpStmt) -> AsmOp:
    """The op a statement stands for. Raises SourceError (E-MNEMONIC, E-OPERAND, E-REGISTER, E-RANGE, ...)."""
    candidates = forms(statement.mnemonic)
    if not candidates:
        raise unknown_mnemonic(statement)
    shapes, readings = _read_operands(scope, statement)
    form = candidates.get(shapes)
    if form is None:
        raise no_form_fits(statement, shapes)
    op = AsmOp(form.row, list(form.blank), statement)
    for slot, reading, node in zip(form.slots, readings, statement.operands, strict=False):
        if type(reading) is int:
            op.values[slot.index] = reading
        else:
            FILL[slot.operand.kind](scope, op, slot, reading, node)
    scope.registers.note(op, form.registers)
    if statement.pins:
        apply_pins(scope, op)
    return op


def _read_operands(scope: Scope, statement: OpStmt) -> tuple[tuple[Shape, ...], list[Reading]]:
    shapes: list[Shape] = []
    readings: list[Reading] = []
    numbers = scope.registers.numbers
    for node in statement.operands:
        shape: Shape = REG
        reading: Reading | None = numbers.get(node.text) if type(node) is Name else None
        if reading is None:  # no register that is known: the slower way
            shape, reading = _read(scope, statement, node)
        shapes.append(shape)
        readings.append(reading)
    return tuple(shapes), readings


def _read(scope: Scope, statement: OpStmt, node: Operand) -> tuple[Shape, Reading]:
    if type(node) is Number:
        return EXPR, node
    if isinstance(node, (Name, Virtual)):
        register = scope.registers.find(node, statement.line)
        if register is not None:
            return REG, register
    if isinstance(node, Memory):
        located = locate_once(scope, statement.line, node)
        return ("disp", *located.fields), located
    if isinstance(node, Indexed):
        located = locate_row(scope, statement.line, node)
        return ("slice", "row", *located.fields), located
    return (OTHER if isinstance(node, NOT_EXPRESSIONS) else EXPR), cast(Expr, node)
