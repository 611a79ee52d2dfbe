"""Attributes of ops, `n=64`: in any order after the operands, each once, those left out as the table says."""

from __future__ import annotations

from asm.errors import error
from asm.names.suggest import did_you_mean
from asm.operands.fill import fill_constant
from asm.operands.slot import Form, Slot
from asm.program import AsmOp
from asm.scope.scope import Scope
from asm.tree import Attribute, Name, Number, Operand, OpStmt
from isa.diagnostics import Note
from isa.row import ATTR

WITHOUT_ROUNDS = ("e", "stride2")  # what says nothing when there is one round


def split_attributes(statement: OpStmt) -> tuple[tuple[Operand, ...], tuple[Attribute, ...]]:
    """The operands in order, and the attributes after them. Raises E-OPERAND."""
    attributes = tuple(node for node in statement.operands if isinstance(node, Attribute))
    count = len(statement.operands) - len(attributes)
    nodes = statement.operands[:count]
    for node in nodes:
        if isinstance(node, Attribute):
            message = f"the attribute `{node.name}` stands before an operand"
            raise error("E-OPERAND", message, statement.line, node, "put attributes after the operands")
    return nodes, attributes


def fill_attributes(scope: Scope, op: AsmOp, form: Form, attributes: tuple[Attribute, ...]) -> None:
    """Raises E-OPERAND for one that the op has not or that is given twice, E-RANGE, E-TYPE."""
    slots = {slot.field.name: slot for slot in form.slots if slot.operand.kind == ATTR}
    given: dict[str, Attribute] = {}
    for node in attributes:
        slot = slots.get(node.name)
        if slot is None:
            raise _unknown(op, node, list(slots))
        if node.name in given:
            first = Note("first given here", op.statement.line.place(given[node.name].column, given[node.name].end))
            raise error("E-OPERAND", f"`{node.name}` is given twice", op.statement.line, node, notes=(first,))
        given[node.name] = node
        _fill(scope, op, slot, node)
    if "m" in slots and op.value("m") == 1:
        for name in WITHOUT_ROUNDS:
            if name in slots:
                op.values[slots[name].index] = 0


def _unknown(op: AsmOp, node: Attribute, names: list[str]) -> Exception:
    message = f"`{op.row.mnemonic}` has no attribute `{node.name}`"
    takes = f"it has {', '.join(names)}" if names else "it has none"
    return error("E-OPERAND", message, op.statement.line, node, did_you_mean(node.name, names) or takes)


def _fill(scope: Scope, op: AsmOp, slot: Slot, node: Attribute) -> None:
    if slot.operand.choices:
        op.values[slot.index] = _choice(op, slot, node)
    else:
        fill_constant(scope, op, slot, scope.expression(node.value, op.statement.line), None)


def _choice(op: AsmOp, slot: Slot, node: Attribute) -> int:
    """One of a few words, or numbers that are names."""
    text = str(node.value.value) if isinstance(node.value, Number) else ""
    text = node.value.text.lower() if isinstance(node.value, Name) else text
    if text in slot.operand.choices:
        return slot.operand.choices.index(text)
    written = op.statement.line.text[node.value.column - 1 : node.value.end - 1]
    message = f"`{node.name}` of `{op.row.mnemonic}` is {written}; it must be {' or '.join(slot.operand.choices)}"
    raise error("E-OPERAND", message, op.statement.line, node.value)
