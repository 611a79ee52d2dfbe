"""What the linker knows of one object while it works: how its text and its data move, and its names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from isa.diagnostics import Diagnostic, Note, Place
from isa.image import TEXT, Image, Relocation, Symbol
from isa.records import NamedTuple, dataclass, field


@dataclass(eq=False, slots=True)
class Unit:
    """One object. Data move by whole rows, a group at a time; text moves to `base` and ops may change size."""

    image: Image
    shifts: dict[str, int] = field(default_factory=dict)  # rows, by group; groups that stay are left out
    base: int = 0  # where the text starts, in syllables
    resized: list[int] = field(default_factory=list)  # old addresses of the ops that changed size, ascending
    growth: list[int] = field(default_factory=lambda: [0])  # syllables gained before each of those, and in all
    moved: dict[int, int] | None = None  # of text merged in time: where each address that starts a bundle is now

    @property
    def text_size(self) -> int:
        return len(self.image.text) + self.growth[-1]

    @property
    def text_moves(self) -> bool:
        return bool(self.base or self.resized)

    def resize(self, changes: Iterable[tuple[int, int]]) -> None:
        """Take note of (address of an op, syllables it gained), in ascending order."""
        self.resized, self.growth = [], [0]
        for address, gained in changes:
            self.resized.append(address)
            self.growth.append(self.growth[-1] + gained)

    def text_address(self, old: int) -> int:
        """Where the op at `old` of this object is in the linked text."""
        if self.moved is not None:
            return self.moved.get(old, 0)
        return self.base + old + self.growth[bisect_left(self.resized, old)]

    def word_address(self, symbol: Symbol) -> int:
        """Where a data symbol of this object is in the linked memory."""
        return symbol.value + self.shifts.get(symbol.group, 0) * self.image.machine.words_per_row

    def value(self, symbol: Symbol) -> int:
        return self.text_address(symbol.value) if symbol.kind == TEXT else self.word_address(symbol)


class Definition(NamedTuple):
    """A symbol with a value, and the object it is in."""

    unit: Unit
    symbol: Symbol

    @property
    def banks(self) -> set[int]:
        """Where the data of the symbol's group are."""
        return {block.bank for block in self.unit.image.blocks if block.group == self.symbol.group}


Scope = dict[str, Definition]  # what the names of one object mean


def note(text: str, place: Place | None) -> tuple[Note, ...]:
    """A note when there is a place to show."""
    return (Note(text, place),) if place else ()


def relocation_error(unit: Unit, relocation: Relocation, why: str) -> Diagnostic:
    """The complaint about a reference that cannot be filled in."""
    message = f"the reference to `{relocation.symbol}` in {unit.image.name or 'the object'} cannot be resolved: {why}"
    return Diagnostic("E-RELOCATION", message, relocation.place)
