"""Names of places in memory: symbols and tensors by address; which byte of which element an address is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from isa.image import DATA, PARAM, Image, Symbol, Tensor
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.units import HEMISPHERE_SLICES
from vm.contents import extents


class Area(NamedTuple):
    """A typed symbol of the program and the bytes it takes, in the order of its layout."""

    tensor: Tensor
    symbol: Symbol
    extents: tuple[range, ...]

    def holds(self, address: int) -> bool:
        return any(address in extent for extent in self.extents)


def areas(image: Image) -> list[Area]:
    """The typed symbols, by address."""
    symbols = {symbol.name: symbol for symbol in image.symbols}
    found = [
        Area(tensor, symbols[tensor.name], tuple(extents(tensor, image.machine, symbols[tensor.name].value)))
        for tensor in image.tensors
        if tensor.name in symbols
    ]
    return sorted(found, key=lambda area: (area.symbol.value, area.tensor.name))


def area_of(image: Image, address: int) -> Area | None:
    """The typed symbol that a byte of memory belongs to."""
    return next((area for area in areas(image) if area.holds(address)), None)


def data_symbols(image: Image) -> Iterator[Symbol]:
    return (symbol for symbol in image.symbols if symbol.kind in (DATA, PARAM))


def word_name(image: Image, word: int) -> str:
    """`A`, `A+4` of a word of memory, counted in words; nothing outside of all symbols."""
    for symbol in data_symbols(image):
        if symbol.value <= word < symbol.value + max(symbol.size, 1):
            return f"{symbol.name}+{word - symbol.value}" if word > symbol.value else symbol.name
    return ""


def row_address(spec: MachineSpec, slice_: int, row: int) -> int | None:
    """The first byte of a row of a slice, None outside the machine; rows count on from bank 0 into bank 1."""
    hemisphere, index = divmod(slice_, HEMISPHERE_SLICES)
    if index >= spec.slices or not 0 <= row < spec.rows * spec.banks:
        return None
    return spec.word_address(hemisphere, index, 0, row) * BYTES_PER_WORD


def row_name(image: Image, slice_: int, row: int) -> str:
    """`x_west+88`: the tensor that a row of a slice belongs to, and how many rows after its first; or nothing."""
    address = row_address(image.machine, slice_, row)
    area = area_of(image, address) if address is not None else None
    if area is None or area.tensor.layout == "linear":
        return ""
    return f"{area.tensor.name}+{row - area.tensor.row}" if row > area.tensor.row else area.tensor.name
