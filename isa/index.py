"""The rows by their operand form and by family, and the proofs that need names; tools that run programs do without."""

from __future__ import annotations

from isa.row import Row
from isa.table import ROWS

BY_KEY: dict[str, Row] = {row.key: row for row in ROWS}

FAMILIES: dict[str, tuple[Row, ...]] = {}
for _row in ROWS:
    FAMILIES[_row.family] = (*FAMILIES.get(_row.family, ()), _row)


def _prove() -> None:
    """Operand forms are distinct, and every field of a row belongs to exactly one operand."""
    if len(BY_KEY) != len(ROWS):
        raise AssertionError("two rows share an operand form")
    for row in ROWS:
        filled = [name for operand in row.operands for name in operand.fields]
        if "u" in row.format.names:
            filled.append("u")
        if sorted(filled) != sorted(row.format.names):
            raise AssertionError(f"{row.key}: operands fill {filled}, format {row.format.name} has {row.format.names}")


_prove()
