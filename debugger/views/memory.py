"""The memory of a program: symbols and tensors by address, and all of them with what was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from debugger.views.ink import Part
from debugger.views.table import Table, cells
from isa.image import DATA, PARAM, Image, Symbol, Tensor
from isa.machine import BYTES_PER_WORD, MachineSpec
from isa.records import NamedTuple
from isa.units import HEMISPHERE_SLICES, slice_name
from vm.contents import extents

if TYPE_CHECKING:
    from debugger.session import Session
    from vm.engine import Engine


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


# The map ----------------------------------------------------------------------------------------
def memory(session: Session) -> Table:
    """The data of the program by address: types, places, how much of each was written."""
    image, rows, data = session.image, [], []
    typed = {area.symbol.name: area for area in areas(image)}
    for symbol in sorted(data_symbols(image), key=lambda each: (each.value, each.name)):
        area = typed.get(symbol.name)
        extents_ = area.extents if area else (words(symbol),)
        size, written = sum(map(len, extents_)), sum(written_bytes(session.machine.engine, each) for each in extents_)
        where, what = place_text(image.machine, symbol, area), type_text(area)
        role = area_role(area)
        share = f"{100 * written / size:.0f} %" if size else "-"
        rows.append(cells(Part(symbol.name, "name"), what, where, size, Part(share, "value"), role))
        data.append({"name": symbol.name, "word": symbol.value, "type": what, "place": where, "bytes": size,
                     "written": written, "role": role})  # fmt: skip
    heads = ("name", "type", "place", ">bytes", ">written", "")
    return Table("", heads, tuple(rows), {"cycle": session.cycle, "memory": data}, nothing="the program has no data")


def words(symbol: Symbol) -> range:
    return range(symbol.value * BYTES_PER_WORD, (symbol.value + symbol.size) * BYTES_PER_WORD)


def written_bytes(engine: Engine, extent: range) -> int:
    """How many bytes of an extent count as written."""
    first = extent.start >> 3
    bits = int.from_bytes(engine.written(first, -(-extent.stop >> 3) - first), "little")
    return (bits >> (extent.start & 7) & (1 << len(extent)) - 1).bit_count()


def type_text(area: Area | None) -> str:
    """`i32[4, 4]`; of a scalar its type alone; words where there is no type."""
    if area is None:
        return "words"
    shape = ", ".join(map(str, area.tensor.shape))
    layout = "" if area.tensor.layout in ("linear", "rows") else f" {area.tensor.layout}"
    return f"{area.tensor.dtype}[{shape}]{layout}" if shape else area.tensor.dtype


def place_text(spec: MachineSpec, symbol: Symbol, area: Area | None) -> str:
    """`mw28..43 rows 0..39` of a tensor in slices, `words 12..27 in mw0.0` of others."""
    if area and area.tensor.layout != "linear":
        first, count = area.tensor.slice, len(area.extents)
        more = f"..{first % HEMISPHERE_SLICES + count - 1}" if count > 1 else ""
        rows = len(area.extents[0]) // spec.lanes
        return f"{slice_name(first)}{more} rows {area.tensor.row}..{area.tensor.row + rows - 1}"
    bank = spec.bank_name(symbol.value // spec.words_per_bank) if symbol.value < spec.words else "the end"
    last = symbol.value + max(1, symbol.size) - 1
    return f"word{'s' * (last > symbol.value)} {symbol.value}{f'..{last}' * (last > symbol.value)} in {bank}"


def area_role(area: Area | None) -> str:
    if area is None:
        return ""
    return " ".join(["in"] * area.tensor.is_input + ["out"] * area.tensor.is_output)
