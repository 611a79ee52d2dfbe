"""What a tainted run tells of an output: which elements depend on bytes never written, and on which."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from isa.image import DATA, PARAM
from isa.machine import BYTES_PER_WORD
from vm.engine import REGISTER
from vm.machine import Machine

if TYPE_CHECKING:
    from isa.image import Tensor

Index = tuple[int, ...]
SHOWN = 8


def lines(machine: Machine, tensor: Tensor) -> list[str]:
    """Sentences for people: the first elements, and how many there are in all."""
    spoilt = list(machine.tainted(tensor.name).items())
    origins = Origins(machine)
    found = [f"{element(tensor.name, index)} depends on {origins.text(origin)}" for index, origin in spoilt[:SHOWN]]
    if len(spoilt) > SHOWN:
        found.append(f"and {len(spoilt) - SHOWN} elements of {tensor.name} more")
    return found


def data(machine: Machine, tensor: Tensor) -> list[dict[str, Any]]:
    """The same for JSON, all of it."""
    origins = Origins(machine)
    spoilt = machine.tainted(tensor.name)
    return [{"index": list(index), "origin": origins.text(origin)} for index, origin in spoilt.items()]


def element(name: str, index: Index) -> str:
    return f"{name}[{', '.join(map(str, index))}]"


class Origins:
    """Names for bytes of SRAM: an element of a typed symbol, or a word and what stands there."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    @cached_property
    def _elements(self) -> dict[str, dict[int, Index]]:
        """For each typed symbol, the index of the element at an address."""
        names = [tensor.name for tensor in self.machine.image.tensors]
        found = {name: self.machine.addresses(name) for name in names}
        return {
            name: {int(address): index[:-1] for index, address in reversed([*np.ndenumerate(addresses)])}
            for name, addresses in found.items()
        }

    def text(self, origin: int) -> str:
        if origin == REGISTER:
            return "a v register, an accumulator row or a map that was never set"
        for name, indices in self._elements.items():
            if origin in indices:
                return f"{element(name, indices[origin])}, never written"
        word, byte = divmod(origin, BYTES_PER_WORD)
        return f"byte {byte} of word {self._word(word)}, {self._place(origin)}, never written"

    def _word(self, word: int) -> str:
        """A word and the symbol it belongs to."""
        for symbol in self.machine.image.symbols:
            if symbol.kind in (DATA, PARAM) and symbol.value <= word < symbol.value + max(symbol.size, 1):
                return f"{word} ({symbol.name} + {word - symbol.value})"
        return str(word)

    def _place(self, origin: int) -> str:
        """Where a byte of SRAM lies on the tensor face."""
        spec = self.machine.image.machine
        row, lane = divmod(origin, spec.lanes)
        bank, row = divmod(row, spec.rows)
        return f"lane {lane} of row {row} of {spec.bank_name(bank)}"
