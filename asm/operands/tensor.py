"""Ops of the tensor face: operands matched by shape like those of scalar ops, then attributes, unit and rules."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias, cast

from asm.errors import error
from asm.operands.address import Located, locate_row
from asm.operands.attributes import fill_attributes, split_attributes
from asm.operands.fill_tensor import FILL, last_scalar
from asm.operands.mismatch import no_form_fits
from asm.operands.pins import apply_pins, take_own_alu
from asm.operands.places import find_place
from asm.operands.slot import EXPR, OTHER, PLACE, Form, Shape, form_of, shape_of
from asm.program import AsmOp
from asm.scope.scope import NOT_EXPRESSIONS, Scope
from asm.tree import Expr, Indexed, Name, Operand, OpStmt, Virtual
from isa.legal import absent, first_offence
from isa.places import SCALARS, WEST_FLOW, flows_west, place_name
from isa.row import STREAM, VECTOR
from isa.row import Operand as OperandForm
from isa.table import MNEMONICS

Reading: TypeAlias = int | Located | Expr


@cache
def forms(mnemonic: str) -> dict[tuple[Shape, ...], Form]:
    """The operand forms of a mnemonic by the shapes they take, attributes not counted."""
    return {tuple(map(shape_of, row.positional)): form_of(row) for row in MNEMONICS[mnemonic]}


def match_tensor(scope: Scope, statement: OpStmt) -> AsmOp:
    """The op a statement stands for. Raises SourceError (E-OPERAND, E-STREAM, E-PLACE, E-RANGE, E-TYPE, E-PIN)."""
    nodes, attributes = split_attributes(statement)
    shapes, readings = _read_operands(scope, statement, nodes)
    form = forms(statement.mnemonic).get(shapes)
    if form is None:
        raise no_form_fits(statement, shapes)
    op = AsmOp(form.row, list(form.blank), statement)
    for slot, reading, node in zip(form.slots, readings, nodes, strict=False):
        FILL[slot.operand.kind](scope, op, slot, reading, node)
    fill_attributes(scope, op, form, attributes)
    note_registers(scope, op, form)
    take_own_alu(op)
    apply_pins(scope, op)
    _check_rules(scope, op)
    return op


def _read_operands(
    scope: Scope, statement: OpStmt, nodes: tuple[Operand, ...]
) -> tuple[tuple[Shape, ...], list[Reading]]:
    found = [_read(scope, statement, node) for node in nodes]
    return tuple(shape for shape, _ in found), [reading for _, reading in found]


def _read(scope: Scope, statement: OpStmt, node: Operand) -> tuple[Shape, Reading]:
    line = statement.line
    if isinstance(node, Virtual):
        message = f"`%{node.name}` has no place: ops of the tensor face name their streams and registers"
        raise error("E-STREAM", message, line, node, "name a stream such as se0 or sw4, a v register, or r0 to r31")
    if isinstance(node, Name):
        place = find_place(scope, node, line)
        if place is not None:
            return PLACE, place
    if isinstance(node, Indexed):
        located = locate_row(scope, line, node)
        return ("slice", "row", *located.fields), located
    return (OTHER if isinstance(node, NOT_EXPRESSIONS) else EXPR), cast(Expr, node)


def note_registers(scope: Scope, op: AsmOp, form: Form) -> None:
    """Scalar registers: of a row, and those that are broadcast, which are numbered from SCALARS on."""
    scope.registers.note(op, form.registers)
    names = op.row.format.names
    broadcast = tuple(names.index(name) for name in op.row.vector_reads if op.value(name) >= SCALARS)
    scope.registers.note(op, broadcast, SCALARS)


# Rules ----------------------------------------------------------------------------------------
def _check_rules(scope: Scope, op: AsmOp) -> None:
    """What the encoding forbids and what the machine lacks."""
    values = last_scalar(op)
    field, reason = first_offence(op.row, values)
    if reason:
        code, help_ = _kind_of_offence(op, field)
        raise error(code, f"`{op.row.mnemonic}`: {reason}", op.statement.line, op.written(field), help_)
    missing = absent(scope.spec, op.row, values)
    if missing:
        message = f"`{op.row.mnemonic}` needs {missing}, which {scope.spec.name} does not have"
        raise error("E-PLACE", message, op.statement.line, op.statement)


def _kind_of_offence(op: AsmOp, field: str) -> tuple[str, str]:
    """The code of a rule that the operand of a field breaks, and what mends it."""
    operand = next(operand for operand in op.row.operands if field in operand.fields)
    if operand.kind in (STREAM, VECTOR):
        return "E-STREAM", _other_streams(operand, op.value(field))
    if field == "plane":
        return "E-PLACE", f"write {op.value(field) - 1}"
    least = op.row.interval + ((op.value("n") - 1) * op.value("d") if field == "e" else 0)
    fits = least <= op.row.format.field(field).high
    return "E-RANGE", f"write {field}={least}" if fits else ""


def _other_streams(operand: OperandForm, number: int) -> str:
    """The groups around a stream that starts none; of one that does, the stream that flows the other way."""
    size = operand.width * operand.groups
    first = number - number % size
    if first == number:
        return f"{place_name(number ^ WEST_FLOW)} flows the other way"
    groups = [first, first + size] if flows_west(first + size) == flows_west(first) else [first]
    return f"near it are {' and '.join(map(place_name, groups))}" if groups[1:] else f"near it is {place_name(first)}"
