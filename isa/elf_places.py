"""Places as the numbered records of an ELF file: those behind one before it, those of lines each once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, count, repeat
from typing import TypeAlias

from isa import elf_format as elf
from isa.diagnostics import Place
from isa.elf_file import Strings
from isa.elf_format import ElfError
from isa.lines import Lines, Source
from isa.packed import as_words, little, records, words
from isa.records import NamedTuple

Spot: TypeAlias = tuple[int, int, int, int]  # the number of a source, line, column, end column


class Known(NamedTuple):
    """A source that has places: its file, which is a string of the table too; how many places are behind each of its
    places, and by turns the texts and the numbers of these; and for how many a place stands."""

    name: str
    file: int
    depth: int
    behind: list[int]
    weight: int


class Places:
    """Places as records numbered from 1; number 0 is no place. Sources have the numbers that `lines` give them. The
    places of lines are told apart from one another, and so are all others but those of symbols: few are the same."""

    def __init__(self, strings: Strings, lines: Lines) -> None:
        self._strings = strings
        self._lines = lines
        self._origins = {source: origin for origin, source in enumerate(lines.sources)}
        self._known: dict[int, Known] = {}
        self._numbers: dict[Spot | None, int] = {None: elf.NO_PLACE}
        self._columns = words(), words(), words(), words()  # of all places: source, line, column, end

    def numbers(self, places: Iterable[Place | None]) -> list[int]:
        """The numbers of some places; those that are new are added together."""
        spots = [self._spot(place) for place in places]
        new = [spot for spot in dict.fromkeys(spots) if spot is not None and spot not in self._numbers]
        if new:
            self._numbers.update(zip(new, count(len(self._columns[0]) + 1)))
            self._extend(list(zip(*new, strict=True)))
        return list(map(self._numbers.__getitem__, spots))

    def add(self, places: Sequence[Place | None]) -> list[int]:
        """The numbers of some places, which are not told apart: each is added."""
        there = [place for place in places if place is not None]
        if not there:
            return [elf.NO_PLACE] * len(places)
        files, *spots, trails = zip(*there, strict=True)
        origins = self._origins_of(list(zip(files, trails, strict=True)))
        numbers = count(len(self._columns[0]) + 1)
        self._extend([origins, *spots])
        return [elf.NO_PLACE if place is None else next(numbers) for place in places]

    def _origins_of(self, sources: Sequence[Source]) -> list[int]:
        """The numbers of some sources, met if they are new."""
        for source in dict.fromkeys(sources):
            self._origin(source)
        return list(map(self._origins.__getitem__, sources))

    def _origin(self, source: Source) -> int:
        """The number of a source, met if it is new."""
        origin = self._origins.setdefault(source, len(self._origins))
        if origin not in self._known:
            self._meet({origin: source})
        return origin

    def _spot(self, place: Place | None) -> Spot | None:
        if place is None:
            return None
        file, line, column, end, trail = place
        return self._origin((file, trail)), line, column, end

    def _extend(self, spots: Sequence[Sequence[int]]) -> None:
        """Add the columns of some places. Raises ElfError."""
        try:
            for column, more in zip(self._columns, map(as_words, spots), strict=True):
                column.extend(more)
        except OverflowError:
            raise self._misfit(zip(*spots, strict=True)) from None

    def of_lines(self) -> Sequence[int]:
        """The numbers of all entries of the lines, whose places are added."""
        *spots, which = self._lines.spots()
        sources = self._lines.sources
        self._meet({origin: sources[origin] for origin in dict.fromkeys(spots[0]) if origin not in self._known})
        first = len(self._columns[0]) + 1
        self._extend(spots)
        return list(map(first.__add__, which))

    def _meet(self, sources: Mapping[int, Source]) -> None:
        """Add what is behind the places of some sources, before any of these."""
        behind = self.numbers([place for _, trail in sources.values() for _, place in trail])
        add, add_file, done = self._strings.add, self._strings.add_file, 0
        for origin, (file, trail) in sources.items():
            own = behind[done : done + len(trail)]
            done += len(trail)
            weight = elf.trail_weight([self._weight(number) for number in own])
            pairs = [item for (text, _), number in zip(trail, own, strict=True) for item in (add(text), number)]
            self._known[origin] = Known(file, add_file(file), len(trail), pairs, weight)

    def _weight(self, number: int) -> int:
        return self._known[self._columns[0][number - 1]].weight

    def records(self) -> bytes:
        """The contents of `.lpu.places`."""
        files = {origin: known.file for origin, known in self._known.items()}
        depths = {origin: known.depth for origin, known in self._known.items()}
        return records(self._of_origins(files), *self._columns[1:], self._of_origins(depths))

    def _of_origins(self, values: Mapping[int, int]) -> array[int]:
        """What the source of each place has."""
        origins = self._columns[0]
        one, *others = set(values.values()) or {0}
        return words(map(values.__getitem__, origins) if others else repeat(one, len(origins)))

    def trails(self) -> bytes:
        """The contents of `.lpu.trails`."""
        behind = {origin: known.behind for origin, known in self._known.items() if known.behind}
        origins = self._columns[0] if behind else ()
        return little(words(chain.from_iterable(filter(None, map(behind.get, origins)))))

    def _misfit(self, spots: Iterable[Iterable[int]]) -> ElfError:
        origin, line, column, end = next(each for each in spots if not all(0 <= n < 1 << 32 for n in each))
        return ElfError(f"{self._known[origin].name} has no line {line}, columns {column} to {end}")
