"""The instruction table, its indexes, and the proof that no two encodings overlap.

The rows are loaded as generated: `make gen` writes what isa/scalar.py and isa/tensor.py say to isa/rows_gen.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from isa import rows_gen
from isa.formats import FORMATS, Format
from isa.row import Operand, Row
from isa.units import CLASSES

_OPERANDS = [Operand(*facts) for facts in rows_gen.OPERANDS]


def _row(
    number: int,
    mnemonic: str,
    fmt: str,
    select: tuple[int, ...],
    units: str,
    instances: int,
    places: tuple[int, ...],
    *rest: Any,
) -> Row:
    operands = tuple([_OPERANDS[place] for place in places])
    return Row(number, mnemonic, FORMATS[fmt], select, CLASSES[units], instances, operands, *rest)


ROWS: tuple[Row, ...] = tuple([_row(number, *facts) for number, facts in enumerate(rows_gen.ROWS)])
SCALAR_ROWS: tuple[Row, ...] = tuple([row for row in ROWS if not row.units.where])
TENSOR_ROWS: tuple[Row, ...] = ROWS[len(SCALAR_ROWS) :]

MNEMONICS: dict[str, tuple[Row, ...]] = {}
for _each in ROWS:
    MNEMONICS[_each.mnemonic] = (*MNEMONICS.get(_each.mnemonic, ()), _each)

BY_CODE: dict[tuple[int, tuple[int, ...]], Row] = {(row.format.opcode, row.select): row for row in ROWS}
if len(BY_CODE) != len(ROWS):
    raise AssertionError("two rows share an encoding")
OPCODE_FORMATS: dict[int, Format] = {row.format.opcode: row.format for row in ROWS}


def _semantics(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.semantics for row in rows))


SEMANTICS: tuple[str, ...] = _semantics(SCALAR_ROWS)
TENSOR_SEMANTICS: tuple[str, ...] = _semantics(TENSOR_ROWS)
