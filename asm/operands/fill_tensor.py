"""Operands of the tensor face into fields: streams, vector operands, banks, switches, immediates of every type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asm.errors import error
from asm.names.expr import Address, Bits, Value, describe
from asm.names.floats import number_text, round_value
from asm.operands.fill import fill_constant
from asm.operands.reach import fill_slice_row
from asm.operands.slot import Slot
from asm.program import AsmOp
from asm.scope.places import HEMISPHERES, slice_number
from asm.scope.scope import Scope
from asm.tree import Expr, Name
from isa.places import SCALARS, is_stream
from isa.row import BANK, CONST, HEMI, IMM, SLICE_ROW, STREAM, VECTOR, WRITE
from isa.types import TYPES, ElementType

LAST_SCALAR = SCALARS + 31


def fill_stream(scope: Scope, op: AsmOp, slot: Slot, number: int, node: Name) -> None:
    if not is_stream(number):
        raise _wrong_place(op, slot, node, "a stream")
    op.values[slot.index] = number


def fill_vector(scope: Scope, op: AsmOp, slot: Slot, number: int, node: Name) -> None:
    if slot.operand.role == WRITE and number >= SCALARS:
        raise _wrong_place(op, slot, node, "a stream or a v register")
    op.values[slot.index] = number


def _wrong_place(op: AsmOp, slot: Slot, node: Name, wanted: str) -> Exception:
    index = op.row.positional.index(slot.operand) + 1
    message = f"operand {index} of `{op.row.mnemonic}` is {node.text}; it must be {wanted}"
    return error("E-OPERAND", message, op.statement.line, node)


def last_scalar(op: AsmOp) -> dict[str, int]:
    """The op's values by field, r31 standing for registers that have no number yet."""
    fields = dict(zip(op.row.format.names, op.values, strict=True))
    return fields | {name: min(fields[name], LAST_SCALAR) for name in op.row.vector_reads}


def fill_bank(scope: Scope, op: AsmOp, slot: Slot, node: Expr, _: Any) -> None:
    """`mw4.1`"""
    line = op.statement.line
    name, _, digits = node.text.partition(".") if isinstance(node, Name) else ("", "", "")
    if not digits.isdecimal():
        help_ = "a bank is written with its slice: mw4.0 or mw4.1"
        raise error("E-PLACE", f"`{op.row.mnemonic}` takes a bank here", line, node, help_)
    number = slice_number(scope.spec, name, line, node)
    if len(digits) > 1 or int(digits) >= scope.spec.banks:
        message = f"a slice of {scope.spec.name} has {scope.spec.banks} banks; {digits} is none of them"
        raise error("E-PLACE", message, line, node)
    op.values[slot.where["slice"]] = number
    op.values[slot.where["bank"]] = int(digits)


def fill_hemisphere(scope: Scope, op: AsmOp, slot: Slot, node: Expr, _: Any) -> None:
    """`W` or `E`"""
    name = node.text.upper() if isinstance(node, Name) else ""
    if name not in HEMISPHERES:
        message = f"`{op.row.mnemonic}` names the switch it runs on first: W or E"
        raise error("E-OPERAND", message, op.statement.line, node)
    op.values[slot.index] = HEMISPHERES.index(name)


def fill_immediate(scope: Scope, op: AsmOp, slot: Slot, node: Expr, _: Any) -> None:
    """The bits of an element: an integer of either sign that fits them, or a number rounded once to a float."""
    to = TYPES[slot.operand.type]
    value = scope.evaluate(node, op.statement.line)
    if isinstance(value, Address | str):
        help_ = "load it into a register and name that" if isinstance(value, Address) else ""
        message = f"`{op.row.mnemonic}` takes a number here, not {describe(value)}"
        raise error("E-TYPE", message, op.statement.line, node, help_)
    op.values[slot.index] = _float_bits(op, to, value, node) if to.kind == "f" else _integer_bits(op, to, value, node)


def _float_bits(op: AsmOp, to: ElementType, value: int | float, node: Expr) -> int:
    if isinstance(value, Bits):
        if value.of == to.name:
            return value
        message = f"`{op.row.mnemonic}` takes {to.name} here, not bits of {value.of}"
        raise error("E-TYPE", message, op.statement.line, node)
    bits = round_value(value, to)
    if bits is None:
        raise error("E-RANGE", f"{number_text(value)} is too large for {to.name}", op.statement.line, node)
    return bits


def _integer_bits(op: AsmOp, to: ElementType, value: Value, node: Expr) -> int:
    if not isinstance(value, int):
        message = f"`{op.row.mnemonic}` takes an integer here, not {value}"
        raise error("E-TYPE", message, op.statement.line, node)
    low, high = -(1 << (to.bits - 1)), (1 << to.bits) - 1
    if not low <= value <= high:
        message = f"{value} does not fit the {to.bits} bits of {to.name}; an immediate is between {low} and {high}"
        raise error("E-RANGE", message, op.statement.line, node)
    return value & high


FILL: dict[str, Callable[[Scope, AsmOp, Slot, Any, Any], None]] = {
    STREAM: fill_stream,
    VECTOR: fill_vector,
    SLICE_ROW: fill_slice_row,
    BANK: fill_bank,
    HEMI: fill_hemisphere,
    CONST: fill_constant,
    IMM: fill_immediate,
}
