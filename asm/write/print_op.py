"""Ops as source text: the reverse of operand matching, driven by the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from asm.names.floats import decimal_text
from isa.codec import Op
from isa.legal import absent
from isa.machine import HEMISPHERES, MachineSpec
from isa.places import is_v, place_name
from isa.records import dataclass, field
from isa.row import BANK, CONST, HEMI, IMM, LABEL, MEM, REG, SLICE_ROW, STREAM, VECTOR, Operand
from isa.types import TYPES
from isa.units import HEMISPHERE_SLICES, VXM, slice_name

WORD = TYPES["i32"]

SMALL = 1 << 16  # immediates this near to 2^32 are printed as negative numbers
SIGN = 1 << 31


@dataclass(slots=True)
class Names:
    """How an op's addresses read: `targets` are program labels, `references` the symbols of single fields."""

    spec: MachineSpec
    targets: dict[int, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)


def op_text(op: Op, names: Names, pinned: bool) -> str:
    """`add r1, r2, 3 !A1`, `read.4 se0, mw0[x], n=64`"""
    operands = ", ".join((*(PRINT[operand.kind](op, operand, names) for operand in _written(op)), *_attributes(op)))
    pin = f" !{op.row.units.names[op.instance]}" if pinned and _has_choice(op) else ""
    return f"{op.row.mnemonic} {operands}".rstrip() + pin


def can_be_written(op: Op, spec: MachineSpec) -> bool:
    """Whether the assembler takes the op: slices, banks, rows, streams and units must be the machine's."""
    for operand in op.row.operands:
        if operand.kind in (SLICE_ROW, BANK) and not _is_slice(op["slice"], spec):
            return False
        if operand.kind == SLICE_ROW and op["row"] >= spec.rows * spec.banks:
            return False
        if operand.kind == BANK and op["bank"] >= spec.banks:
            return False
    return not op.row.tensor or not absent(spec, op.row, op.fields)


def _is_slice(number: int, spec: MachineSpec) -> bool:
    hemisphere, index = divmod(number, HEMISPHERE_SLICES)
    return hemisphere < HEMISPHERES and index < spec.slices


def _has_choice(op: Op) -> bool:
    """Whether the operands leave the unit open: a result in a v register does not."""
    return "u" in op.row.format.names and not (op.row.units.where == VXM and is_v(op["dst"]))


def _written(op: Op) -> tuple[Operand, ...]:
    """The operands in order, without those at the end that have their default value."""
    operands = op.row.positional
    while operands and operands[-1].default is not None and op[operands[-1].fields[0]] == operands[-1].default:
        operands = operands[:-1]
    return operands


def _attributes(op: Op) -> Iterator[str]:
    """`n=64` and others that differ from what leaving them out means."""
    for name, operand in op.row.attributes.items():
        value = op[name]
        if value != operand.default:
            yield f"{name}={operand.choices[value] if operand.choices else value}"


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
    to = TYPES.get(operand.type, WORD)
    if to.kind == "f":
        return decimal_text(op[name], to) or f"{to.name}bits({op[name]:#0{to.bits // 4 + 2}x})"
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
    row = names.references.get("row") or str(op["row"])
    register = f" + r{op['ra']}" if "ra" in operand.fields else ""
    return f"{slice_name(op['slice'])}[{row}{register}]"


def _place(op: Op, operand: Operand, names: Names) -> str:
    return place_name(op[operand.fields[0]])


def _bank(op: Op, operand: Operand, names: Names) -> str:
    return f"{slice_name(op['slice'])}.{op['bank']}"


def _hemisphere(op: Op, operand: Operand, names: Names) -> str:
    return "WE"[op[operand.fields[0]]]


PRINT: dict[str, Callable[[Op, Operand, Names], str]] = {
    REG: _register,
    IMM: _immediate,
    CONST: _constant,
    LABEL: _target,
    MEM: _memory,
    SLICE_ROW: _slice_row,
    STREAM: _place,
    VECTOR: _place,
    BANK: _bank,
    HEMI: _hemisphere,
}
