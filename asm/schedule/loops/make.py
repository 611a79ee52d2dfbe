"""Ops that the assembler adds around a pipelined loop: those that count its rounds."""

from __future__ import annotations

from asm.program import FREE, AsmOp, Reference
from asm.tree import OpStmt
from isa.image import TO_TARGET
from isa.records import dataclass, field
from isa.row import Row
from isa.table import MNEMONICS

WORD_MASK = 0xFFFFFFFF


def row_of(mnemonic: str, form: str) -> Row:
    return next(row for row in MNEMONICS[mnemonic] if row.form == form)


@dataclass(slots=True)
class Maker:
    """Ops that carry the statement of the loop; `ops` collects them."""

    statement: OpStmt
    ops: list[AsmOp] = field(default_factory=list)

    def op(self, mnemonic: str, form: str, target: str = "", **fields: int) -> AsmOp:
        """An op of a row; its unit is free, fields left out are 0."""
        row = row_of(mnemonic, form)
        values = {name: FREE if name == "u" else 0 for name in row.format.names} | fields
        references = (Reference("target", TO_TARGET, target, 0),) if target else ()
        return AsmOp(row, list(values.values()), self.statement, references)

    def immediate(self, mnemonic: str, rd: int, ra: int, imm: int) -> None:
        """rd = ra OP imm"""
        self.ops.append(self.op(mnemonic, "rd, ra, imm", rd=rd, ra=ra, imm=imm & WORD_MASK))

    def registers(self, mnemonic: str, rd: int, ra: int, rb: int) -> None:
        """rd = ra OP rb"""
        self.ops.append(self.op(mnemonic, "rd, ra, rb", rd=rd, ra=ra, rb=rb))

    def move(self, rd: int, ra: int) -> None:
        self.ops.append(self.op("mov", "rd, ra", rd=rd, ra=ra))

    def constant(self, rd: int, imm: int) -> None:
        self.ops.append(self.op("mov", "rd, imm", rd=rd, imm=imm & WORD_MASK))

    def compare(self, ra: int, imm: int, unit: int = FREE) -> AsmOp:
        return self.op("cmp", "ra, imm", ra=ra, imm=imm & WORD_MASK, u=unit)

    def jump(self, mnemonic: str, target: str) -> AsmOp:
        return self.op(mnemonic, "target", target)

    def loop_constant(self, count: int, end: str) -> AsmOp:
        return self.op("loop", "imm, target", end, imm=count)

    def loop_register(self, register: int, end: str) -> AsmOp:
        return self.op("loop", "ra, target", end, ra=register)
