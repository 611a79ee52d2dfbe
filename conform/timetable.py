"""Programs as ops by the cycle in which they issue, and as bundles with waits between them."""

from __future__ import annotations

from collections.abc import Sequence

from conform.build import op
from isa import codec
from isa.codec import Op


class Timetable(dict[int, list[Op]]):
    """The ops of each cycle; shows as text when a test fails."""

    def put(self, cycle: int, one: Op) -> bool:
        """Add an op to a cycle unless one of its units is taken in it."""
        bundle = self.setdefault(cycle, [])
        fits = not set(one.claims) & {unit for other in bundle for unit in other.claims}
        if fits:
            bundle.append(one)
        return fits

    def bundles(self) -> list[list[Op]]:
        """A bundle for each cycle that has ops, a wait before it where that is not the next; ended by `halt`."""
        found: list[list[Op]] = []
        now = 0
        for cycle in sorted(cycle for cycle, ops in self.items() if ops):
            if cycle > now:
                found.append([op("nop count", count=cycle - now)])
            found.append(list(self[cycle]))
            now = cycle + 1
        return [*found, [op("halt [code]", code=0)]]

    def text(self) -> list[int]:
        """The syllables of that program; a bundle may claim a unit twice."""
        return [syllable for bundle in self.bundles() for syllable in encoded(bundle)]

    def __repr__(self) -> str:
        return "".join(f"\n{cycle:3}: {' || '.join(map(op_text, self[cycle]))}" for cycle in sorted(self))


def encoded(bundle: Sequence[Op]) -> list[int]:
    """A bundle's syllables, whether it is a legal one or not."""
    syllables = [syllable for one in bundle for syllable in codec.encode(one)]
    syllables[-1] |= 1
    return syllables


def op_text(one: Op) -> str:
    """An op with its fields as numbers."""
    return " ".join([one.row.mnemonic, *(f"{name}={value}" for name, value in one.fields.items())])
