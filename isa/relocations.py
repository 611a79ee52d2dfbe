"""The relocations of a text as columns: a third of its ops refer to something, and few of them are ever looked at."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import overload

from isa.image import Relocation
from isa.lines import Lines, numbers
from isa.records import dataclass, field


@dataclass(slots=True, eq=False)
class Relocations(Sequence[Relocation]):
    """Relocation i is of the kind and the field that `forms[i]` counts in `kinds`, and of the symbol that `symbols[i]`
    counts in `names`; it stands where entry `entries[i]` of `lines` does. Those `more` that are added come after."""

    lines: Lines
    kinds: list[tuple[str, str]]
    names: list[str]
    forms: array[int] = field(default_factory=numbers)
    symbols: array[int] = field(default_factory=numbers)
    addends: array[int] = field(default_factory=numbers)
    entries: array[int] = field(default_factory=numbers)
    more: list[Relocation] = field(default_factory=list)

    __hash__ = None  # type: ignore[assignment]  # two are equal if their items are, and more can be added

    def __len__(self) -> int:
        return len(self.entries) + len(self.more)

    @overload
    def __getitem__(self, index: int) -> Relocation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Relocation]: ...
    def __getitem__(self, index: int | slice) -> Relocation | list[Relocation]:
        if isinstance(index, slice):
            return [self[each] for each in range(len(self))[index]]
        number = range(len(self))[index]
        return self._made(number) if number < len(self.entries) else self.more[number - len(self.entries)]

    def __iter__(self) -> Iterator[Relocation]:
        yield from map(self._made, range(len(self.entries)))
        yield from self.more

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def _made(self, number: int) -> Relocation:
        (kind, field), entry = self.kinds[self.forms[number]], self.entries[number]
        name, place = self.names[self.symbols[number]], self.lines.place(entry)
        return Relocation(kind, name, self.addends[number], self.lines.addresses[entry], field, place=place)

    def append(self, relocation: Relocation) -> None:
        self.more.append(relocation)
