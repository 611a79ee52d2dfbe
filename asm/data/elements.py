"""Elements of typed data: expressions first, bits once every symbol has its address."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from asm.data.values import element_bits, pack
from asm.errors import error
from asm.names.expr import Address
from asm.scope.objects import DataObject, Piece, WordReference
from asm.scope.scope import Scope
from asm.tree import Line, Number, Operand
from isa.formats import WORD_BITS
from isa.records import NamedTuple
from isa.types import TYPES, ElementType

WORD = TYPES["i32"]


class Elements(NamedTuple):
    """What waits for addresses: the elements of one directive, and `write`, which takes their bits.

    `offset` is where in its object they begin, in words; None where the bytes of an element lie apart.
    """

    object: DataObject
    offset: int | None
    type: ElementType
    nodes: tuple[Operand, ...]
    line: Line
    write: Callable[[list[int]], None]


def packed(
    item: DataObject,
    offset: int,
    piece: Piece,
    start: int,
    type_: ElementType,
    nodes: tuple[Operand, ...],
    line: Line,
) -> Elements:
    """Elements that lie one after the other from byte `start` of a piece on."""
    return Elements(item, offset, type_, nodes, line, partial(_write, piece, start, type_))


def _write(piece: Piece, start: int, type_: ElementType, elements: list[int]) -> None:
    data = pack(type_, elements)
    piece.data[start : start + len(data)] = data


def fill_in(item: Elements, scope: Scope) -> None:
    """Evaluate and write. Raises SourceError at the first element that is none of its type."""
    to, top = item.type, (1 << item.type.bits) - 1
    plain = range(to.low, to.high + 1) if to.kind != "f" else range(0)  # integers that need no more than a mask
    bits = []
    for index, node in enumerate(item.nodes):
        if type(node) is Number and type(node.value) is int and node.value in plain:
            bits.append(node.value & top)
        else:
            bits.append(_element(item, scope, index))
    item.write(bits)


def _element(item: Elements, scope: Scope, index: int) -> int:
    node, line = item.nodes[index], item.line
    value = scope.evaluate(node, line)
    if isinstance(value, Address) and item.type.bits == WORD_BITS and item.type.kind != "f":
        return _address(item, scope, index, value)
    return element_bits(item.type, value, line, node)


def _address(item: Elements, scope: Scope, index: int, value: Address) -> int:
    """A word that the linker may have to change."""
    node, line = item.nodes[index], item.line
    if item.offset is None:
        message = f"a tensor cannot hold the address of `{value.symbol}`: its elements are no words of the scalar face"
        raise error("E-TYPE", message, line, node, "an `.array` can")
    element_bits(WORD, value.addend, line, node)
    scope.reference(value)
    item.object.references.append(WordReference(item.offset + index, value, line.place(node.column, node.end)))
    return scope.placed(value) & 0xFFFFFFFF
