"""Ops as source text: the reverse of operand matching, driven by the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from asm.names.floats import decimal_text
from asm.scope.places import HEMISPHERE_SLICES
from isa.codec import Op
from isa.machine import HEMISPHERES, MachineSpec
from isa.row import CONST, IMM, LABEL, MEM, REG, SLICE_ROW, Operand
from isa.types import TYPES

SMALL = 1 << 16  # immediates this near to 2^32 are printed as negative numbers
SIGN = 1 << 31


@dataclass(slots=True)
class Names:
    """How an op's addresses read: `targets` are program labels, `references` the symbols of single fields."""

    spec: MachineSpec
    targets: dict[int, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)


def op_text(op: Op, names: Names, pinned: bool) -> str:
    """`add r1, r2, 3 !A1`"""
    operands = ", ".join(PRINT[operand.kind](op, operand, names) for operand in _written(op))
    pin = f" !{op.unit}" if pinned and "u" in op.row.format.names else ""
    return f"{op.row.mnemonic} {operands}".rstrip() + pin


def can_be_written(op: Op, spec: MachineSpec) -> bool:
    """Whether the assembler takes the op: slices and rows must be the machine's."""
    if not any(operand.kind == SLICE_ROW for operand in op.row.operands):
        return True
    hemisphere, index = divmod(op["slice"], HEMISPHERE_SLICES)
    return hemisphere < HEMISPHERES and index < spec.slices and op["row"] < spec.rows * spec.banks


def _written(op: Op) -> tuple[Operand, ...]:
    """The operands without those at the end that have their default value."""
    operands = op.row.operands
    while operands and operands[-1].default is not None and op[operands[-1].fields[0]] == operands[-1].default:
        operands = operands[:-1]
    return operands


def _register(op: Op, operand: Operand, names: Names) -> str:
    return f"r{op[operand.fields[0]]}"


def number_text(value: int) -> str:
    """A 32-bit number: decimal, negative or hexadecimal, whichever reads best."""
    if value < SIGN:
        return str(value)
    return str(value - (1 << 32)) if value >= (1 << 32) - SMALL else f"{value:#x}"


def _immediate(op: Op, operand: Operand, names: Names) -> str:
    name = operand.fields[0]
    if name in names.references:
        return names.references[name]
    if operand.type == "f32":
        return decimal_text(op[name], TYPES["f32"]) or f"f32bits({op[name]:#010x})"
    return number_text(op[name])


def _constant(op: Op, operand: Operand, names: Names) -> str:
    return str(op[operand.fields[0]])


def _target(op: Op, operand: Operand, names: Names) -> str:
    name = operand.fields[0]
    return names.references.get(name) or names.targets.get(op[name]) or str(op[name])


def _memory(op: Op, operand: Operand, names: Names) -> str:
    fields = operand.fields
    terms = [names.references.get("disp") or number_text(op["disp"])]
    if "scale" in fields:
        terms.append(f"r{op['ra']}*{number_text(op['scale'])}")
    if "rc" in fields:
        terms.append(f"r{op['ra']}*r{op['rc']}")
    if "rb" in fields:
        terms.append(f"r{op['rb']}")
    return f"[{' + '.join(terms[terms[0] == '0' and len(terms) > 1 :])}]"


def _slice_row(op: Op, operand: Operand, names: Names) -> str:
    hemisphere, index = divmod(op["slice"], HEMISPHERE_SLICES)
    row = names.references.get("row") or str(op["row"])
    register = f" + r{op['ra']}" if "ra" in operand.fields else ""
    return f"m{'we'[hemisphere]}{index}[{row}{register}]"


PRINT: dict[str, Callable[[Op, Operand, Names], str]] = {
    REG: _register,
    IMM: _immediate,
    CONST: _constant,
    LABEL: _target,
    MEM: _memory,
    SLICE_ROW: _slice_row,
}
