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

BY_CODE: dict[tuple[int, tuple[int, ...]], Row] = {(row.format.opcode, row.select): row for row in ROWS}
OPCODE_FORMATS: dict[int, Format] = {row.format.opcode: row.format for row in ROWS}


def _semantics(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.semantics for row in rows))


SEMANTICS: tuple[str, ...] = _semantics(SCALAR_ROWS)
TENSOR_SEMANTICS: tuple[str, ...] = _semantics(TENSOR_ROWS)


def _prove() -> None:
    """Encodings are distinct, and selectors fit. What names and operands must keep is proved in isa.index."""
    if len(BY_CODE) != len(ROWS):
        raise AssertionError("two rows share an encoding")
    for row in ROWS:
        for number, selector in zip(row.select, row.format.selectors, strict=True):
            if number >> selector.width:
                raise AssertionError(f"{row.key}: {selector.name} {number} does not fit format {row.format.name}")


_prove()
