"""Names for an image's disassembly: its symbols made fit for a source, and names for what has none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from asm.names.symbols import REGISTER
from isa.image import EXTERN, TEXT, Image, Relocation, Symbol
from isa.table import MNEMONICS

FIT = re.compile(r"[A-Za-z_]\w*(\.\w+)*", re.ASCII)
UNFIT = re.compile(r"\W+", re.ASCII)


class NameTable:
    """`text` names program addresses; data names are found by their symbols."""

    def __init__(self, image: Image, targets: set[int]) -> None:
        self.taken: set[str] = set()
        self.names: dict[int, str] = {}  # by the symbol's place in the image
        self.by_name: dict[str, str] = {}
        self.text: dict[int, str] = {}
        self.labels: dict[int, list[str]] = {}
        self.index = {id(symbol): number for number, symbol in enumerate(image.symbols)}
        for symbol in image.symbols:
            self._add(symbol)
        for address in sorted(targets - set(self.text)):
            self._label(address, self._unique(f"L{address}"))

    def _add(self, symbol: Symbol) -> None:
        name = self._unique(symbol.name)
        self.names[self.index[id(symbol)]] = name
        self.by_name.setdefault(symbol.name, name)
        if symbol.kind == TEXT and symbol.binding != EXTERN:
            self._label(symbol.value, name)

    def _label(self, address: int, name: str) -> None:
        self.text.setdefault(address, name)
        self.labels.setdefault(address, []).append(name)

    def _unique(self, wanted: str) -> str:
        name = wanted if FIT.fullmatch(wanted) else "L_" + UNFIT.sub("_", wanted).strip("_")
        if REGISTER.fullmatch(name) or name.lower() in MNEMONICS:
            name += "_"
        found, number = name, 2
        while found in self.taken:
            found, number = f"{name}_{number}", number + 1
        self.taken.add(found)
        return found

    def of(self, symbol: Symbol) -> str:
        return self.names[self.index[id(symbol)]]

    def fresh(self, wanted: str) -> str:
        """A name nothing else has."""
        return self._unique(wanted)

    def reference(self, relocation: Relocation) -> str:
        """`A + 4`"""
        name = self.by_name.get(relocation.symbol, "")
        sign = "-" if relocation.addend < 0 else "+"
        return f"{name} {sign} {abs(relocation.addend)}" if relocation.addend else name

    def labels_at(self, address: int) -> Iterator[str]:
        return (f"{name}:" for name in self.labels.get(address, ()))
