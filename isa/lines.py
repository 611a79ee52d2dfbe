"""Where the ops of a text were written, as columns: there are as many places as ops, and few are ever looked at."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count
from operator import attrgetter, gt
from typing import Protocol, TypeAlias, overload

from isa.diagnostics import Place
from isa.records import NamedTuple, dataclass, field

Trail: TypeAlias = tuple[tuple[str, Place], ...]
Source: TypeAlias = tuple[str, Trail]  # a file, and what led to its lines: see Place
PlaceItems: TypeAlias = tuple[str, int, int, int, Trail]  # what a Place is made of, and equal to it


class LineEntry(NamedTuple):
    """The op whose first syllable is at `address` was written at `place`."""

    address: int
    place: Place


class Spots(NamedTuple):
    """Places that are all different, as columns, and which of them each of some entries is at, counted from 0."""

    origins: Sequence[int]
    lines: Sequence[int]
    columns: Sequence[int]
    ends: Sequence[int]
    which: Sequence[int]


class Told(NamedTuple):
    """The records of different places (isa.elf_format), and the number of each entry's place."""

    records: array[int]
    numbers: array[int]


class Teller(Protocol):
    """What tells of entries faster than can be done here, whose sources are in the order of their first entries.

    The records of places, numbered from one on, given the number of the file of each source and how many places are
    behind those of it; what is behind these, given that of all sources, where that of each starts and where it ends; of
    the line program of isa.dwarf the rows, given the number of the file of each source.
    """

    def places(self, first: int, files: array[int], depths: array[int]) -> Told: ...
    def trails(self, behind: array[int], starts: array[int]) -> array[int]: ...
    def program(self, files: Sequence[int]) -> bytes: ...


def numbers(values: Iterable[int] = ()) -> array[int]:
    """A column."""
    return array("q", values)


@dataclass(slots=True, eq=False)
class Lines(Sequence[LineEntry]):
    """Entries in the order of the text, as a rule. Entry i stands at `addresses[i]`; its place is in `lines[i]` from
    `columns[i]` to `ends[i]`, of the source that `origins[i]` counts in `sources`, which are all different."""

    addresses: array[int] = field(default_factory=numbers)
    origins: array[int] = field(default_factory=numbers)
    lines: array[int] = field(default_factory=numbers)
    columns: array[int] = field(default_factory=numbers)
    ends: array[int] = field(default_factory=numbers)
    sources: list[Source] = field(default_factory=list)
    teller: Teller | None = None

    __hash__ = None  # type: ignore[assignment]  # two are equal if their entries are, and columns can change

    @staticmethod
    def of(entries: Iterable[LineEntry]) -> Lines:
        """The columns of some entries."""
        addresses, places = tuple(zip(*entries, strict=True)) or ((), ())
        return Lines.at(addresses, places)

    @staticmethod
    def at(addresses: Iterable[int], places: Iterable[PlaceItems]) -> Lines:
        """The columns of places at some addresses."""
        known: dict[Source, int] = {}
        rows = [
            (known.setdefault((file, trail), len(known)), line, start, end) for file, line, start, end, trail in places
        ]
        origins, lines, columns, ends = map(numbers, zip(*rows, strict=True)) if rows else [numbers() for _ in range(4)]
        return Lines(numbers(addresses), origins, lines, columns, ends, list(known))

    def __len__(self) -> int:
        return len(self.addresses)

    @overload
    def __getitem__(self, index: int) -> LineEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[LineEntry]: ...
    def __getitem__(self, index: int | slice) -> LineEntry | list[LineEntry]:
        if isinstance(index, slice):
            return [self[each] for each in range(len(self))[index]]
        return LineEntry(self.addresses[index], self.place(index))

    def __iter__(self) -> Iterator[LineEntry]:
        return map(LineEntry, self.addresses, self.places())

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    def __add__(self, other: Lines) -> Lines:
        return Lines.of(chain(self, other))

    def place(self, index: int) -> Place:
        """Where an entry's op was written."""
        file, trail = self.sources[self.origins[index]]
        return Place(file, self.lines[index], self.columns[index], self.ends[index], trail)

    def places(self) -> Iterator[Place]:
        """Where the op of each entry was written."""
        return map(Place._make, self.rows())

    def rows(self) -> Iterator[PlaceItems]:
        """Where the op of each entry was written, as plain tuples."""
        trails = [trail for _, trail in self.sources]
        trail = map(trails.__getitem__, self.origins)
        return zip(self.files(), self.lines, self.columns, self.ends, trail, strict=True)

    def files(self) -> Iterator[str]:
        """The file of each entry's place."""
        files = [file for file, _ in self.sources]
        return map(files.__getitem__, self.origins)

    def spots(self) -> Spots:
        """The different places, in the order of the entries."""
        rows = list(zip(self.origins, self.lines, self.columns, self.ends, strict=True))
        known = dict(zip(dict.fromkeys(rows), count()))
        if len(known) == len(rows):
            return Spots(self.origins, self.lines, self.columns, self.ends, range(len(rows)))
        origins, lines, columns, ends = zip(*known, strict=True)
        return Spots(origins, lines, columns, ends, list(map(known.__getitem__, rows)))

    def moved(self, addresses: Iterable[int]) -> Lines:
        """The same places at other addresses."""
        return Lines(numbers(addresses), self.origins, self.lines, self.columns, self.ends, self.sources)

    def ascending(self) -> Lines:
        """The entries in the order of their addresses."""
        if not any(map(gt, self.addresses, self.addresses[1:])):
            return self
        return Lines.of(sorted(self, key=attrgetter("address")))
