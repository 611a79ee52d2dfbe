"""What a row of the instruction table says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from isa.formats import Format
from isa.units import UnitClass

# Operand kinds
REG = "reg"  # a scalar register
IMM = "imm"  # a 32-bit immediate; `type` is i32, f32 or bits (either)
CONST = "const"  # a constant that must fit its field
MEM = "mem"  # [disp + ra*scale + rb]
SLICE_ROW = "slice-row"  # mw4[row + ra]
LABEL = "label"  # a program address

WRITE, READ, NONE = "w", "r", ""


class Operand(NamedTuple):
    """One operand as written. `fields` are the encoding fields it fills; `role` is w, r or empty."""

    kind: str
    fields: tuple[str, ...]
    role: str = NONE
    type: str = ""
    default: int | None = None  # the operand may be left out, and then means this


@dataclass(frozen=True, eq=False)
class Row:
    """One instruction in one operand form; each is made once, so rows are compared and hashed by identity.

    `semantics` names the function that both engines have for it; rows that differ only in where an operand
    comes from share it. `latency` is in cycles from issue to landing; for control, cycles to the next fetch
    when not taken. `control` is "", jump, branch, call, ret, loop, nop, halt or trap. `memory` is "", load
    or store. `condition` is a key of CONDITIONS. `width` is the bytes of a lane access, 0 for words.
    """

    id: int
    mnemonic: str
    format: Format
    fn: int | None
    units: UnitClass
    instances: int  # how many of the class's units, from the first, take this op
    operands: tuple[Operand, ...]
    semantics: str
    latency: int
    doc: str
    meaning: str  # one line of pseudo-code
    control: str = ""
    memory: str = ""
    condition: str = ""
    width: int = 0
    reads_cc: bool = False
    writes_cc: bool = False
    taken_latency: int = 0
    faults: tuple[str, ...] = field(default=())

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Fields that name registers this op reads, in operand order."""
        names: list[str] = []
        for operand in self.operands:
            if operand.kind in (MEM, SLICE_ROW):
                names += [name for name in operand.fields if name in ("ra", "rb", "rc")]
            elif operand.kind == REG and operand.role == READ:
                names += operand.fields
        return tuple(names)

    @cached_property
    def write(self) -> str | None:
        """The field that names the register this op writes."""
        for operand in self.operands:
            if operand.role == WRITE:
                return operand.fields[0]
        return None

    @property
    def form(self) -> str:
        """The operands as the manual writes them: `rd, ra, imm`."""
        return ", ".join(operand_text(operand) for operand in self.operands)

    @property
    def key(self) -> str:
        """A name unique in the table: mnemonic and operand form."""
        return f"{self.mnemonic} {self.form}".strip()


def operand_text(operand: Operand) -> str:
    if operand.kind == MEM:
        return memory_text(operand.fields)
    if operand.kind == SLICE_ROW:
        return "slice[row + ra]" if "ra" in operand.fields else "slice[row]"
    text = operand.fields[0]
    return f"[{text}]" if operand.default is not None else text


def memory_text(fields: tuple[str, ...]) -> str:
    terms = ["disp"]
    if "scale" in fields:
        terms.append("ra*scale")
    if "rc" in fields:
        terms.append("ra*rc")
    if "rb" in fields:
        terms.append("rb")
    return f"[{' + '.join(terms)}]"
