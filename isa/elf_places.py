"""Places as the numbered records of an ELF file: those behind one before it, those of lines each once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, count, repeat
from typing import TypeAlias

from isa import elf_format as elf
from isa.diagnostics import Place
from isa.elf_file import Strings
from isa.elf_format import ElfError
from isa.lines import Lines, Source, Teller
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
        self._numbers: dict[Spot, int] = {}
        self._columns = words(), words(), words(), words()  # of places: source, line, column, end
        self._before = 0  # how many of these are numbered before those that the teller of the lines has the records of
        self._told = self._told_behind = words()

    @property
    def _told_count(self) -> int:
        return len(self._told) * self._told.itemsize // elf.PLACE.size

    @property
    def _next(self) -> int:
        """The number of the next place."""
        return 1 + len(self._columns[0]) + self._told_count

    def numbers(self, places: Sequence[Place | None]) -> list[int]:
        """The numbers of some places; those that are new are added together."""
        spots = list(zip(*self._spots(places), strict=True))
        new = [spot for spot in dict.fromkeys(spots) if spot not in self._numbers]
        if new:
            self._numbers.update(zip(new, count(self._next)))
            self._extend(list(zip(*new, strict=True)))
        found = map(self._numbers.__getitem__, spots)
        return [elf.NO_PLACE if place is None else next(found) for place in places]

    def add(self, places: Sequence[Place | None]) -> list[int]:
        """The numbers of some places, which are not told apart: each is added."""
        spots = self._spots(places)
        found = count(self._next)
        self._extend(spots)
        return [elf.NO_PLACE if place is None else next(found) for place in places]

    def _spots(self, places: Sequence[Place | None]) -> Sequence[Sequence[int]]:
        """The columns of those places that are some; their sources are met."""
        there = [place for place in places if place is not None]
        if not there:
            return [(), (), (), ()]
        files, lines, columns, ends, trails = zip(*there, strict=True)
        return self._origins_of(list(zip(files, trails, strict=True))), lines, columns, ends

    def _origins_of(self, sources: Sequence[Source]) -> list[int]:
        """The numbers of some sources, met if they are new."""
        for source in dict.fromkeys(sources):
            origin = self._origins.setdefault(source, len(self._origins))
            if origin not in self._known:
                self._meet({origin: source})
        return list(map(self._origins.__getitem__, sources))

    def _extend(self, spots: Sequence[Sequence[int]]) -> None:
        """Add the columns of some places. Raises ElfError."""
        try:
            for column, more in zip(self._columns, map(as_words, spots), strict=True):
                column.extend(more)
        except OverflowError:
            raise self._misfit(zip(*spots, strict=True)) from None

    def of_lines(self) -> Sequence[int]:
        """The numbers of all entries of the lines, whose places are added."""
        if self._lines.teller is not None:
            return self._of_teller(self._lines.teller)
        *spots, which = self._lines.spots()
        sources = self._lines.sources
        self._meet({origin: sources[origin] for origin in dict.fromkeys(spots[0]) if origin not in self._known})
        first = self._next
        self._extend(spots)
        return list(map(first.__add__, which))

    def _of_teller(self, teller: Teller) -> Sequence[int]:
        sources = self._lines.sources
        self._meet({origin: source for origin, source in enumerate(sources) if origin not in self._known})
        known = [self._known[origin] for origin in range(len(sources))]
        behind = [each.behind for each in known]
        first, self._before = self._next, len(self._columns[0])
        files, depths = words(each.file for each in known), words(each.depth for each in known)
        self._told, numbers = teller.places(first, files, depths)
        starts = words(accumulate(map(len, behind), initial=0))
        self._told_behind = teller.trails(words(chain.from_iterable(behind)), starts)
        return numbers

    def _meet(self, sources: Mapping[int, Source]) -> None:
        """Add what is behind the places of some sources, before any of these."""
        behind = self.numbers([place for _, trail in sources.values() for _, place in trail])
        texts = self._strings.add_all([text for _, trail in sources.values() for text, _ in trail])
        weights = list(map(self._weight, behind))
        pairs = list(chain.from_iterable(zip(texts, behind, strict=True)))
        done = 0
        for origin, (file, trail) in sources.items():
            first, done = done, done + len(trail)
            own, weight = pairs[2 * first : 2 * done], elf.trail_weight(weights[first:done])
            self._known[origin] = Known(file, self._strings.add_file(file), len(trail), own, weight)

    def _weight(self, number: int) -> int:
        at = number - 1 if number <= self._before else number - 1 - self._told_count
        return self._known[self._columns[0][at]].weight

    def records(self) -> bytes:
        """The contents of `.lpu.places`."""
        files = {origin: known.file for origin, known in self._known.items()}
        depths = {origin: known.depth for origin, known in self._known.items()}
        made = records(self._of_origins(files), *self._columns[1:], self._of_origins(depths))
        before = self._before * elf.PLACE.size
        return b"".join([made[:before], little(self._told), made[before:]])

    def _of_origins(self, values: Mapping[int, int]) -> array[int]:
        """What the source of each place has."""
        origins = self._columns[0]
        one, *others = set(values.values()) or {0}
        return words(map(values.__getitem__, origins) if others else repeat(one, len(origins)))

    def trails(self) -> bytes:
        """The contents of `.lpu.trails`."""
        origins, before = self._columns[0], self._before
        return b"".join([self._behind(origins[:before]), little(self._told_behind), self._behind(origins[before:])])

    def _behind(self, origins: Iterable[int]) -> bytes:
        """What is behind places of some sources."""
        return little(words(chain.from_iterable([self._known[origin].behind for origin in origins])))

    def _misfit(self, spots: Iterable[Iterable[int]]) -> ElfError:
        origin, line, column, end = next(each for each in spots if not all(0 <= n < 1 << 32 for n in each))
        return ElfError(f"{self._known[origin].name} has no line {line}, columns {column} to {end}")
