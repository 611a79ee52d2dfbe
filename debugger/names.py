"""Bytes of SRAM, and what ops access, by the names that a program gives them."""

from __future__ import annotations

from collections.abc import Iterator

from debugger.elements import element_of
from isa.codec import Op
from isa.image import DATA, Image, Tensor
from isa.machine import BYTES_PER_WORD
from vm import contents
from vm.machine import Machine


def accessed(image: Image, op: Op) -> dict[str, str]:
    """The fields of an op that are where a symbol or a tensor begins, each with its name."""
    return dict(_accessed(image, op))


def _accessed(image: Image, op: Op) -> Iterator[tuple[str, str]]:
    fields = op.fields
    if "disp" in fields:
        yield from (("disp", s.name) for s in image.symbols if s.kind == DATA and s.value == fields["disp"])
    if "row" in fields:
        rows = (tensor for tensor in image.tensors if tensor.layout != "linear")
        yield from (("row", tensor.name) for tensor in rows if begins(tensor, fields["slice"], fields["row"]))


def begins(tensor: Tensor, number: int, row: int) -> bool:
    """Whether a tensor begins in a row of a slice."""
    return tensor.row == row and number in range(tensor.slice, tensor.slice + tensor.slices)


def byte_name(machine: Machine, address: int) -> str:
    """`C[2, 5]` of a byte in a tensor, `table+3` in other data, else its word and byte."""
    element = element_of(machine.image, [address])
    if element:
        return f"{element.tensor.name}{list(element.indices[0]) or ''}"
    for name, tensor in machine.tensors.items():
        if name in machine.symbols and any(address in extent for extent in extents(machine, tensor)):
            return f"a byte of {name}"  # which pads it
    word, byte = divmod(address, BYTES_PER_WORD)
    for symbol in machine.image.symbols:
        if symbol.kind == DATA and symbol.value <= word < symbol.value + symbol.size:
            return f"{symbol.name}+{word - symbol.value}" if word > symbol.value else symbol.name
    return f"byte {byte} of word {word}"


def extents(machine: Machine, tensor: Tensor) -> list[range]:
    return contents.extents(tensor, machine.engine.spec, machine.symbols[tensor.name].value)
