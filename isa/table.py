"""The instruction table, its indexes, and the proofs made when it is imported."""

from __future__ import annotations

from collections.abc import Iterable

from isa import scalar, tensor
from isa.formats import Format
from isa.row import Row

SCALAR_ROWS: tuple[Row, ...] = tuple(scalar.rows())
TENSOR_ROWS: tuple[Row, ...] = tuple(tensor.rows(len(SCALAR_ROWS)))
ROWS: tuple[Row, ...] = SCALAR_ROWS + TENSOR_ROWS

MNEMONICS: dict[str, tuple[Row, ...]] = {}
for _row in ROWS:
    MNEMONICS[_row.mnemonic] = (*MNEMONICS.get(_row.mnemonic, ()), _row)

FAMILIES: dict[str, tuple[Row, ...]] = {}
for _row in ROWS:
    FAMILIES[_row.family] = (*FAMILIES.get(_row.family, ()), _row)

BY_CODE: dict[tuple[int, tuple[int, ...]], Row] = {(row.format.opcode, row.select): row for row in ROWS}
BY_KEY: dict[str, Row] = {row.key: row for row in ROWS}
OPCODE_FORMATS: dict[int, Format] = {row.format.opcode: row.format for row in ROWS}


def _semantics(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.semantics for row in rows))


SEMANTICS: tuple[str, ...] = _semantics(SCALAR_ROWS)
TENSOR_SEMANTICS: tuple[str, ...] = _semantics(TENSOR_ROWS)


def _prove() -> None:
    """Encodings are distinct, selectors fit, and every field belongs to exactly one operand."""
    if len(BY_CODE) != len(ROWS) or len(BY_KEY) != len(ROWS):
        raise AssertionError("two rows share an encoding or an operand form")
    for row in ROWS:
        if len(row.select) != len(row.format.selectors):
            raise AssertionError(f"{row.key}: format {row.format.name} has {len(row.format.selectors)} selectors")
        for number, selector in zip(row.select, row.format.selectors, strict=True):
            if number >> selector.width:
                raise AssertionError(f"{row.key}: {selector.name} {number} does not fit format {row.format.name}")
        filled = [name for operand in row.operands for name in operand.fields]
        if "u" in row.format.names:
            filled.append("u")
        if sorted(filled) != sorted(row.format.names):
            raise AssertionError(f"{row.key}: operands fill {filled}, format {row.format.name} has {row.format.names}")


_prove()
