"""The scalar registers that ops of the tensor face read: added to a row, or as a source."""

from __future__ import annotations

from collections.abc import Mapping

from asm.program import AsmOp
from asm.streams.graph import ANYWHERE
from isa.places import SCALARS
from isa.records import replace
from isa.row import SLICE_ROW, Row

SIGN, WORD_MASK = 1 << 31, 0xFFFFFFFF


def signed(word: int) -> int:
    """A word as a number of either sign."""
    return (word + SIGN & WORD_MASK) - SIGN


def fields_of(op: AsmOp) -> dict[str, int]:
    return dict(zip(op.row.format.names, op.values, strict=True))


def row_register(row: Row, values: Mapping[str, int]) -> int:
    """The register that is added to the row of an op, ANYWHERE if there is none."""
    has_row = any(operand.kind == SLICE_ROW for operand in row.operands)
    return values.get("ra", ANYWHERE) if has_row else ANYWHERE


def exact_reads(row: Row, values: Mapping[str, int]) -> list[int]:
    """The registers that are sources of a vector op."""
    return [values[name] - SCALARS for name in row.vector_reads if values[name] >= SCALARS]


def scalars(op: AsmOp) -> list[int]:
    """All of them."""
    return [row_register(op.row, fields_of(op)), *exact_reads(op.row, fields_of(op))]


def highest_row(row: Row) -> int:
    return row.format.field("row").high


def move_row(op: AsmOp, rows: int) -> None:
    """Add to the row that an op names, which must be there."""
    if rows:
        op.values[op.row.format.names.index("row")] += rows
        op.references = tuple(
            replace(each, addend=each.addend + rows) if each.field == "row" else each for each in op.references
        )
    if rows and op.access is not None:
        op.access = replace(op.access, offset=op.access.offset + rows)
