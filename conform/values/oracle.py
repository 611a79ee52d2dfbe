"""Which oracle a row has, and what it expects of given operands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from conform.values.elements import Oracle
from conform.values.libraries import FRACTIONS
from conform.values.products import accumulated, product
from conform.values.scalars import SCALARS
from conform.values.switches import SWITCHES
from conform.values.vectors import VECTORS
from isa.row import IMM, READ, REG, STREAM, VECTOR, WRITE, Operand, Row
from isa.tensor import TYPE_CODE
from isa.types import TYPES
from isa.units import PLANE, SXM, VXM

Fields: TypeAlias = Mapping[str, int]
NO_FIELDS: Fields = {}
WORD, MAP_WIDTH = 4, 2
SUM = "i32"  # a type as wide as sums
SOURCES = (REG, STREAM, VECTOR)
WEIGHTS = {code: name for name, code in TYPE_CODE.items()}
PLANE_ROWS = ("abc", "acc.add")  # what planes compute; the other ops move what there is


def computes(row: Row) -> bool:
    """Whether an op makes a value of others: all that write one but loads, moves of whole rows, and control."""
    where = row.units.where
    if where == VXM:
        return True
    if where == SXM:
        return any(each.role == WRITE for each in row.operands)
    if where == PLANE:
        return row.semantics in PLANE_ROWS
    return not row.tensor and not row.memory and not row.control and bool(row.write or row.writes_cc)


def by_element(row: Row, fields: Fields = NO_FIELDS) -> Oracle | None:
    """The oracle of a row that does to each element the same; None for one of whole vectors."""
    if row.semantics in VECTORS:
        return VECTORS[row.semantics](row)
    return SCALARS[row.semantics](row, fields) if row.semantics in SCALARS else None


def trusts(row: Row) -> str:
    """What the expected values of a row come from."""
    element = by_element(row, {"pos": 0, "len": 1})
    if element:
        return element.library
    return SWITCHES[row.semantics][0] if row.semantics in SWITCHES else FRACTIONS


def expected(row: Row, operands: Sequence[bytes], fields: Fields = NO_FIELDS) -> bytes:
    """The bytes of an op's results, of the bytes of its sources: elements one after the other, little-endian.

    Sources are registers, streams and immediates in the order they are written, then a map. Rows of the vector ALUs
    and scalar ones take any number of elements, those of switches one vector of all lanes (`transpose` 16, stream by
    stream). `fields` are those that are no sources: `pos` and `len`, `amount`, `span`. `abc` takes activations and
    weights, row by row, whose type is `fields["weights"]`, a code of isa.tensor.TYPE_CODE; `acc.add` a row and sums,
    f32 where `fields["floats"]`. Raises OracleMissing.
    """
    widths = widths_of(row, fields)
    sources = [numbers_in(data, width) for data, width in zip(operands, widths, strict=True)]
    return bytes_of(values(row, sources, fields), result_width(row))


def values(row: Row, sources: Sequence[Sequence[int]], fields: Fields = NO_FIELDS) -> list[int]:
    """The same with numbers for bits. Raises OracleMissing."""
    element = by_element(row, fields)
    if element:
        return [element.of(*bits) for bits in zip(*sources, strict=True)]
    if row.semantics in SWITCHES:
        return SWITCHES[row.semantics][1](row, fields, [list(source) for source in sources])
    first, second = sources
    if "floats" in fields:
        return accumulated(bool(fields["floats"]), first, second)
    lanes = len(first)
    weights = [second[k * lanes : (k + 1) * lanes] for k in range(lanes)]
    return product(row.type, WEIGHTS[fields["weights"]], first, weights)


def numbers_in(data: bytes, width: int) -> list[int]:
    return [int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width)]


def bytes_of(numbers: Sequence[int], width: int) -> bytes:
    return b"".join(number.to_bytes(width, "little") for number in numbers)


# Widths -----------------------------------------------------------------------------------------
def sources_of(row: Row) -> list[Operand]:
    """The operands whose values an op computes with."""
    return [each for each in row.positional if each.kind == IMM or (each.role == READ and each.kind in SOURCES)]


def widths_of(row: Row, fields: Fields) -> list[int]:
    """The bytes of an element of each source."""
    if row.units.where == PLANE:
        return [TYPES[name].planes for name in ((row.type, WEIGHTS[fields["weights"]]) if row.type else (SUM, SUM))]
    widths = [width_of(row, each) for each in sources_of(row)]
    return [*widths, MAP_WIDTH] if takes_map(row) else widths


def width_of(row: Row, operand: Operand) -> int:
    if operand.width:
        return operand.width
    return TYPES[operand.type].planes if row.tensor else WORD


def takes_map(row: Row) -> bool:
    """Whether an op goes by a map register."""
    return "number" in row.format.names and computes(row)


def result_width(row: Row) -> int:
    """The bytes of an element of the result."""
    target = next((each for each in row.operands if each.role == WRITE), None)
    return target.width if target and target.width else WORD
