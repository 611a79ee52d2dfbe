"""Op statements to ops: the operands as written are matched against the operand forms of the table.

Each operand has a *shape*: a register, an expression, or the fields its address needs. A mnemonic and the
shapes of its operands select the row; the row says how each operand is read and which fields it fills.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias, cast

from asm.operands.address import Located, locate_once, locate_row
from asm.operands.fill import FILL
from asm.operands.mismatch import no_form_fits, unknown_mnemonic
from asm.operands.pins import apply_pins
from asm.operands.slot import EXPR, OTHER, Form, Shape, form_of, shape_of
from asm.program import FREE, AsmOp
from asm.scope.scope import NOT_EXPRESSIONS, Scope
from asm.tree import Expr, Indexed, Memory, Name, Number, Operand, OpStmt, Virtual
from isa.row import REG
from isa.table import MNEMONICS

Reading: TypeAlias = int | Located | Expr


@cache
def forms(mnemonic: str) -> dict[tuple[Shape, ...], Form]:
    """The operand forms of a scalar mnemonic by the shapes they take; an operand with a default may be left out."""
    found: dict[tuple[Shape, ...], Form] = {}
    for row in MNEMONICS.get(mnemonic, ()):
        if row.tensor:
            return found
        shapes = tuple(shape_of(operand) for operand in row.operands)
        found[shapes] = form = form_of(row)
        if row.operands and row.operands[-1].default is not None:
            found[shapes[:-1]] = form
    return found


def match(scope: Scope, statement: OpStmt) -> AsmOp:
    """The op a statement stands for. Raises SourceError (E-MNEMONIC, E-OPERAND, E-REGISTER, E-RANGE, ...).

    Lines with the same text share their operands (asm.syntax.shapes), so what was found for one holds for all.
    """
    key = statement.mnemonic, id(statement.operands)
    known = scope.matched.get(key)
    if known is not None:
        op, values = known
        return AsmOp(op.row, list(values), statement, op.references, op.access)
    op = _match_anew(scope, statement)
    if _is_settled(scope, op):
        scope.matched[key] = op, tuple(op.values)
    return op


def is_known(scope: Scope, statement: OpStmt) -> bool:
    """Whether what was found for a statement holds for all with the same text."""
    return (statement.mnemonic, id(statement.operands)) in scope.matched


def _is_settled(scope: Scope, op: AsmOp) -> bool:
    """Whether nothing of an op is decided later or elsewhere: no pins, all registers have numbers, and all symbols are
    of this source."""
    if op.statement.pins or op.unit_pin != FREE or scope.registers.waits(op):
        return False
    return not op.references or not any(scope.is_extern(reference.symbol) for reference in op.references)


def _match_anew(scope: Scope, statement: OpStmt) -> AsmOp:
    candidates = forms(statement.mnemonic)
    if not candidates:
        return _match_other(scope, statement)
    shapes, readings = _read_operands(scope, statement)
    form = candidates.get(tuple(shapes))
    if form is None:
        raise no_form_fits(statement, tuple(shapes))
    values = list(form.blank)
    op = AsmOp(form.row, values, statement)
    for slot, reading, node in zip(form.slots, readings, statement.operands, strict=False):
        if type(reading) is int:
            values[slot.index] = reading
        else:
            FILL[slot.operand.kind](scope, op, slot, reading, node)
    scope.registers.note(op, form.registers)
    if statement.pins:
        apply_pins(scope, op)
    return op


def _match_other(scope: Scope, statement: OpStmt) -> AsmOp:
    """An op of the tensor face, or none at all."""
    if statement.mnemonic not in MNEMONICS:
        raise unknown_mnemonic(statement)
    from asm.operands.tensor import match_tensor  # what scalar programs do without

    return match_tensor(scope, statement)


def _read_operands(scope: Scope, statement: OpStmt) -> tuple[list[Shape], list[Reading]]:
    shapes: list[Shape] = []
    readings: list[Reading] = []
    numbers = scope.registers.numbers
    for node in statement.operands:
        shape: Shape = EXPR
        reading: Reading | None = None
        if type(node) is Number:
            reading = node
        elif type(node) is Name:
            shape, reading = REG, numbers.get(node.text)
        if reading is None:  # no number and no register that is known: the slower way
            shape, reading = _read(scope, statement, node)
        shapes.append(shape)
        readings.append(reading)
    return shapes, readings


def _read(scope: Scope, statement: OpStmt, node: Operand) -> tuple[Shape, Reading]:
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
