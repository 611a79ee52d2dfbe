"""Operands into fields: one function per operand kind of the table, each checking what its fields can hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asm.data.values import element_bits
from asm.errors import error
from asm.names.expr import Address, Value, describe
from asm.names.symbols import EXTERN
from asm.names.symbols import LABEL as TEXT_LABEL
from asm.operands.reach import fill_memory, fill_slice_row
from asm.operands.slot import Slot
from asm.program import AsmOp, Reference
from asm.scope.scope import Scope
from asm.tree import Expr, Number
from isa.image import TO_TARGET
from isa.row import CONST, IMM, LABEL, MEM, SLICE_ROW
from isa.types import TYPES

F32 = TYPES["f32"]
WORD_MASK = 0xFFFFFFFF
INT_LOW, INT_HIGH = -(1 << 31), WORD_MASK


def fill_immediate(scope: Scope, op: AsmOp, slot: Slot, node: Expr, _: Any) -> None:
    """A 32-bit immediate: an integer, a place, or (types f32 and bits) a float rounded once."""
    if type(node) is Number and type(node.value) is int and slot.operand.type != "f32":
        value: Value = node.value
    else:
        value = scope.evaluate(node, op.statement.line)
    if isinstance(value, Address):
        _refuse_place_as_float(op, slot, value, node)
        _word(op, node, value.addend)
        _refer(scope, op, slot, value)
    elif slot.operand.type == "f32" or isinstance(value, float):
        op.values[slot.index] = _float_bits(op, slot, node, value)
    elif isinstance(value, int):
        op.values[slot.index] = _word(op, node, value)
    else:
        raise _no_number(op, value, node)


def _refuse_place_as_float(op: AsmOp, slot: Slot, value: Address, node: Expr) -> None:
    if slot.operand.type == "f32":
        raise error(
            "E-TYPE",
            f"`{op.row.mnemonic}` takes a float here; `{value.symbol}` is a place",
            op.statement.line,
            node,
            help=f"load the word at {value.symbol} into a register first",
        )


def _float_bits(op: AsmOp, slot: Slot, node: Expr, value: Value) -> int:
    bits = element_bits(F32, value, op.statement.line, node)
    if slot.operand.type == "i32":
        raise error(
            "E-TYPE",
            f"`{op.row.mnemonic}` takes an integer here, not {value}",
            op.statement.line,
            node,
            help=f"the bits of this f32 are {bits:#010x}",
        )
    return bits


def _word(op: AsmOp, node: Expr, value: int) -> int:
    if INT_LOW <= value <= INT_HIGH:
        return value & WORD_MASK
    raise error(
        "E-RANGE",
        f"{value} does not fit 32 bits; an immediate is between {INT_LOW} and {INT_HIGH}",
        op.statement.line,
        node,
    )


def _no_number(op: AsmOp, value: Value, node: Expr) -> Exception:
    return error("E-TYPE", f"`{op.row.mnemonic}` takes a number here, not {describe(value)}", op.statement.line, node)


def fill_constant(scope: Scope, op: AsmOp, slot: Slot, node: Expr, _: Any) -> None:
    """A constant that must fit its field."""
    value = scope.evaluate(node, op.statement.line)
    if not isinstance(value, int):
        raise _no_number(op, value, node)
    low, high = slot.field.low, slot.field.high
    if not low <= value <= high:
        name, mnemonic = slot.field.name, op.row.mnemonic
        raise error(
            "E-RANGE",
            f"`{name}` of `{mnemonic}` is {value}; it must be between {low} and {high}",
            op.statement.line,
            node,
        )
    op.values[slot.index] = value


def fill_target(scope: Scope, op: AsmOp, slot: Slot, node: Expr, _: Any) -> None:
    """A program address: a label, or a number of syllables from the start of the text."""
    value = scope.evaluate(node, op.statement.line)
    if isinstance(value, Address) and value.kind in (TEXT_LABEL, EXTERN):
        op.references += (Reference(slot.field.name, TO_TARGET, value.symbol, value.addend),)
        if value.kind == EXTERN:
            scope.called.add(value.symbol)
    elif isinstance(value, int) and 0 <= value <= slot.field.high:
        op.values[slot.index] = value
    elif isinstance(value, Address):
        raise error(
            "E-TYPE",
            f"`{op.row.mnemonic}` goes to a place in the program; `{value.symbol}` is data",
            op.statement.line,
            node,
        )
    else:
        raise error(
            "E-RANGE",
            f"a program address is between 0 and {slot.field.high}, not {describe(value)}",
            op.statement.line,
            node,
        )


def _refer(scope: Scope, op: AsmOp, slot: Slot, value: Address) -> None:
    op.references += (Reference(slot.field.name, scope.reference(value), value.symbol, value.addend),)
    op.values[slot.index] = scope.placed(value) & WORD_MASK
    if value.kind == EXTERN:
        scope.extern_values.append(op)


FILL: dict[str, Callable[[Scope, AsmOp, Slot, Any, Any], None]] = {
    IMM: fill_immediate,
    CONST: fill_constant,
    LABEL: fill_target,
    MEM: fill_memory,
    SLICE_ROW: fill_slice_row,
}
