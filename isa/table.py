"""The instruction table, its indexes, and the proofs made when it is imported."""

from __future__ import annotations

from isa import scalar
from isa.formats import Format
from isa.row import Row

ROWS: tuple[Row, ...] = tuple(scalar.rows())

MNEMONICS: dict[str, tuple[Row, ...]] = {}
for _row in ROWS:
    MNEMONICS[_row.mnemonic] = (*MNEMONICS.get(_row.mnemonic, ()), _row)

BY_CODE: dict[tuple[int, int | None], Row] = {(row.format.opcode, row.fn): row for row in ROWS}
BY_KEY: dict[str, Row] = {row.key: row for row in ROWS}
OPCODE_FORMATS: dict[int, Format] = {row.format.opcode: row.format for row in ROWS}
SEMANTICS: tuple[str, ...] = tuple(dict.fromkeys(row.semantics for row in ROWS))


def _prove() -> None:
    """Encodings are distinct, function numbers fit, and every field belongs to exactly one operand."""
    if len(BY_CODE) != len(ROWS) or len(BY_KEY) != len(ROWS):
        raise AssertionError("two rows share an encoding or an operand form")
    for row in ROWS:
        if row.fn is not None and row.format.fn and row.fn >> row.format.fn.width:
            raise AssertionError(f"{row.key}: function {row.fn} does not fit format {row.format.name}")
        filled = [name for operand in row.operands for name in operand.fields]
        if len(row.units.names) > 1:
            filled.append("u")
        if sorted(filled) != sorted(row.format.names):
            raise AssertionError(f"{row.key}: operands fill {filled}, format {row.format.name} has {row.format.names}")


_prove()
