"""The rows as isa/scalar.py and isa/tensor.py make them, written out as constants, which load much faster."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from isa import scalar, tensor
from isa.row import Operand, Row

TEXT = '''"""The rows of the instruction table; made by `python -m isa.emit` of isa/scalar.py and isa/tensor.py."""
# fmt: off

from __future__ import annotations

from typing import Any

# What `Operand` takes, but for what is left at its default at the end.
OPERANDS: tuple[tuple[Any, ...], ...] = (
{operands}
)

# What `Row` takes after the row's number, its place here; formats and units by name, operands by place.
ROWS: tuple[tuple[Any, ...], ...] = (
{rows}
)
'''


def made() -> list[Row]:
    """All rows, made and proved."""
    scalars = scalar.rows()
    rows = [*scalars, *tensor.rows(len(scalars))]
    _prove(rows)
    return rows


def _prove(rows: Sequence[Row]) -> None:
    """Selectors fit. That encodings are distinct is proved in isa.table, what names and operands keep in isa.index."""
    for row in rows:
        for number, selector in zip(row.select, row.format.selectors, strict=True):
            if number >> selector.width:
                raise AssertionError(f"{row.key}: {selector.name} {number} does not fit format {row.format.name}")


def table() -> str:
    """The text of isa/rows_gen.py."""
    rows = made()
    places = {operand: place for place, operand in enumerate(dict.fromkeys(op for row in rows for op in row.operands))}
    return TEXT.format(
        operands=_lines(_trimmed(operand, operand._field_defaults.values()) for operand in places),
        rows=_lines(_facts(row, places) for row in rows),
    )


def _facts(row: Row, places: dict[Operand, int]) -> Sequence[Any]:
    columns = dataclasses.fields(row)
    named = {"format": row.format.name, "units": row.units.name, "operands": tuple(places[op] for op in row.operands)}
    facts = [named.get(column.name, getattr(row, column.name)) for column in columns]
    return _trimmed(facts[1:], [each.default for each in columns if each.default is not dataclasses.MISSING])


def _trimmed(values: Sequence[Any], defaults: Iterable[Any]) -> tuple[Any, ...]:
    """The values without those at the end that are their defaults."""
    end = len(values)
    for default in reversed(list(defaults)):
        if values[end - 1] != default:
            break
        end -= 1
    return tuple(values[:end])


def _lines(facts: Iterable[Sequence[Any]]) -> str:
    return "\n".join(f"    {each!r}," for each in facts)
