"""Relocations as the records of an ELF file, by the section that they are about."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from itertools import chain

from isa import elf_format as elf
from isa.elf_places import Places
from isa.image import Image, Relocation
from isa.lines import Lines, numbers
from isa.packed import records
from isa.records import NamedTuple
from isa.relocations import Relocations

TEXT = -1  # in place of the number of a block


class Rela(NamedTuple):
    """Columns of a section's relocations: symbols with types, addends, and addresses in its unit."""

    infos: array[int]
    addends: array[int]
    addresses: array[int]


class Relas:
    """The relocations of an image whose symbols have numbers, and whose entries of lines are at numbered places."""

    def __init__(self, image: Image, symbols: Mapping[str, int], places: Places, of_lines: Sequence[int]) -> None:
        self.lines = image.lines
        self.symbols = symbols
        self.places = places
        self.of_lines = of_lines
        made = image.relocations
        self.text = made if isinstance(made, Relocations) else Relocations(Lines(), [], [], more=made)
        self.more = self.text.more
        self.order = sorted(enumerate(self.more, len(self.text.entries)), key=_block)

    def sections(self) -> dict[int, Rela]:
        """By the block that they are about, in order."""
        found: dict[int, Rela] = {}
        if self.text.entries:
            found[TEXT] = self._of_text()
        for _, each in self.order:
            if each.block not in found:
                found[each.block] = Rela(numbers(), numbers(), numbers())
            infos, addends, addresses = found[each.block]
            infos.append(self.symbols[each.symbol] << 32 | elf.relocation_type(each.kind, each.field))
            addends.append(each.addend)
            addresses.append(each.address)
        return found

    def _of_text(self) -> Rela:
        text = self.text
        types = {form: elf.relocation_type(*text.kinds[form]) for form in set(text.forms)}
        high = [self.symbols.get(name, 0) << 32 for name in text.names]
        infos = numbers([high[symbol] | types[form] for symbol, form in zip(text.symbols, text.forms, strict=True)])
        return Rela(infos, text.addends[:], numbers(map(text.lines.addresses.__getitem__, text.entries)))

    def positions(self) -> bytes:
        """The contents of `.lpu.relocations`."""
        positions = chain(range(len(self.text.entries)), [position for position, _ in self.order])
        return records(positions, chain(map(self.of_lines.__getitem__, self.text.entries), self._places_of_more()))

    def _places_of_more(self) -> list[int]:
        """Of those that are objects; what is about an op has the place of that, as a rule."""
        known = self._entries() if self.more else {}
        own = self.places.numbers([None if number in known else each.place for number, each in self.order])
        return [known.get(number, place) for (number, _), place in zip(self.order, own, strict=True)]

    def _entries(self) -> dict[int, int]:
        """The numbers of the places of those that are where an op is that they are about, by their positions."""
        entry_at = {address: entry for entry, address in enumerate(self.lines.addresses)}
        found = {number: entry_at.get(each.address, -1) for number, each in self.order if each.block == TEXT}
        place = dict(self.order)
        return {
            number: self.of_lines[entry]
            for number, entry in found.items()
            if entry >= 0 and self.lines.place(entry) == place[number].place
        }


def _block(item: tuple[int, Relocation]) -> int:
    return item[1].block
