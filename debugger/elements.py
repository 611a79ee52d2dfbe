"""Bytes of SRAM by the names that the program gives them: which element of which tensor a byte is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from isa import layout
from isa.image import DATA, PARAM, Image, Symbol, Tensor
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.records import NamedTuple
from isa.types import TYPES
from vm.contents import extents

Index = tuple[int, ...]


class Element(NamedTuple):
    """The elements of a tensor that some bytes are of: one, or of i4 the two that share a byte.

    `first` is the byte of the element that the first of them is, `whole` whether they are all of it.
    """

    tensor: Tensor
    indices: tuple[Index, ...]
    first: int
    whole: bool

    @property
    def text(self) -> str:
        single = prod(self.tensor.shape) == 1
        names = [self.tensor.name + ("" if single else str(list(index))) for index in self.indices]
        return ("" if self.whole else f"byte {self.first} of ") + ", ".join(names)


def element_of(image: Image, addresses: Sequence[int]) -> Element | None:
    """The element of a typed symbol that bytes, the lowest first, are of; None where they are of none."""
    words = {symbol.name: symbol.value for symbol in image.symbols}
    for tensor in image.tensors:
        found = [_place(tensor, image.machine, words.get(tensor.name, 0), address) for address in addresses]
        places = [place for place in found if place]
        if len(places) == len(addresses) and all(indices == places[0][0] for indices, _ in places):
            return Element(tensor, places[0][0], places[0][1], len(places) == TYPES[tensor.dtype].planes)
    return None


def symbol_of(image: Image, address: int) -> Symbol | None:
    """The symbol whose words a byte is among."""
    word = address // BYTES_PER_WORD
    data = (symbol for symbol in image.symbols if symbol.kind in (DATA, PARAM))
    return next((symbol for symbol in data if symbol.value <= word < symbol.value + max(symbol.size, 1)), None)


def bytes_name(image: Image, addresses: Sequence[int]) -> str:
    """Bytes of SRAM in words: `x[3, 5]`, `word 17 (table + 2)`, `byte 1 of word 17`, `row 5 of mw4.0, lane 7`."""
    element = element_of(image, addresses)
    if element:
        return element.text
    spec, (word, byte) = image.machine, divmod(addresses[0], BYTES_PER_WORD)
    symbol = symbol_of(image, addresses[0])
    after = f" + {word - symbol.value}" if symbol and word > symbol.value else ""
    named = f" ({symbol.name}{after})" if symbol else ""
    if list(addresses) == list(range(word * BYTES_PER_WORD, (word + 1) * BYTES_PER_WORD)):
        return f"word {word}{named}"
    if symbol and symbol.size * BYTES_PER_WORD < spec.lanes:
        return f"byte {byte} of word {word}{named}"
    row, lane = divmod(addresses[0], spec.lanes)
    bank, row = divmod(row, spec.rows)
    return f"row {row} of {spec.bank_name(bank)}, lane {lane}{f' ({symbol.name})' if symbol else ''}"


# Layouts backwards ----------------------------------------------------------------------------
def _place(tensor: Tensor, spec: MachineSpec, word: int, address: int) -> tuple[tuple[Index, ...], int] | None:
    """The elements that a byte is of and which byte of theirs; None outside the tensor and in its padding."""
    for number, extent in enumerate(extents(tensor, spec, word)):
        if address in extent:
            after = address - extent.start
            flat = _linear(tensor, after) if tensor.layout == "linear" else _boxed(tensor, spec, number, after)
            indices = tuple(index for index in flat[0] if _inside(index, tensor.shape))
            return (indices, flat[1]) if indices else None
    return None


def _inside(index: Index, shape: Index) -> bool:
    return all(0 <= place < extent for place, extent in zip(index, shape, strict=True))


def _linear(tensor: Tensor, after: int) -> tuple[list[Index], int]:
    t = TYPES[tensor.dtype]
    per = layout.NIBBLES if t.bits < 8 else 1
    element, byte = divmod(after, t.planes)
    numbers = range(element * per, min((element + 1) * per, prod(tensor.shape)))
    return [unravelled(number, tensor.shape) for number in numbers], byte


def _boxed(tensor: Tensor, spec: MachineSpec, number: int, after: int) -> tuple[list[Index], int]:
    """A byte of slice `number` of a tensor, `after` its first."""
    t = TYPES[tensor.dtype]
    row, lane = divmod(after, spec.lanes)
    part, byte = divmod(number, t.planes)
    if tensor.layout == "mxm":
        return list(_weights(tensor, spec, part, row, lane)), byte
    *outer, last = tensor.shape
    per = layout.NIBBLES if t.bits < 8 else 1
    vectors = -(-last // (spec.lanes * per))
    line, vector = divmod(row, vectors) if tensor.layout == "rows" else divmod(row, prod(outer))[::-1]
    column = (vector * spec.lanes + lane) * per
    return [(*unravelled(line, tuple(outer)), column + k) for k in range(per)], byte


def _weights(tensor: Tensor, spec: MachineSpec, part: int, row: int, lane: int) -> Iterator[Index]:
    """The elements in slice group `part`, row `row` of the tiles of a tensor of weights."""
    t = TYPES[tensor.dtype]
    per = layout.NIBBLES if t.bits < 8 else 1
    parts = layout.MXM_SLICES // t.planes
    steps = -(-spec.lanes // (parts * per))
    tile, step = divmod(row, steps)
    deep, wide = divmod(tile, -(-tensor.shape[1] // spec.lanes))
    line = (step * parts + part) * per
    if line < spec.lanes:
        yield from ((deep * spec.lanes + line + k, wide * spec.lanes + lane) for k in range(per))


def unravelled(number: int, shape: Index) -> Index:
    """The index of an element by its number in row-major order."""
    index: list[int] = []
    for extent in reversed(shape):
        number, place = divmod(number, extent)
        index.append(place)
    return tuple(reversed(index))
