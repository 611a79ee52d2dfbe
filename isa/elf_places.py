"""Places as the numbered records of an ELF file: each once, those behind it before it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count, groupby
from typing import TypeAlias

from isa import elf_format as elf
from isa.diagnostics import Place
from isa.elf_file import Strings
from isa.elf_format import ElfError
from isa.lines import Lines, Source
from isa.packed import little, words
from isa.records import dataclass, field

Span: TypeAlias = tuple[int, int, int]  # line, column, end column


@dataclass(slots=True)
class Known:
    """A source that has places: its file, which is a string of the table too; how many places are behind each of its
    places, and by turns the texts and the numbers of these; for how many a place stands; and their numbers."""

    name: str
    file: int
    depth: int
    behind: list[int]
    weight: int
    numbers: dict[Span, int] = field(default_factory=dict)


class Places:
    """Places as records numbered from 1; number 0 is no place."""

    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._sources: dict[Source, Known] = {}
        self._records: list[tuple[int, int, int, int, int]] = []
        self._trails: list[int] = []

    def number(self, place: Place | None) -> int:
        if place is None:
            return elf.NO_PLACE
        file, line, column, end, trail = place
        known = self._source((file, trail))
        return known.numbers.get((line, column, end)) or self._add(known, (line, column, end))

    def of_lines(self, lines: Lines) -> list[int]:
        """The numbers of all entries."""
        out: list[int] = []
        spans = list(zip(lines.lines, lines.columns, lines.ends, strict=True))
        for origin, group in groupby(lines.origins):
            known = self._source(lines.sources[origin])
            out += self._of_spans(known, spans[len(out) : len(out) + sum(1 for _ in group)])
        return out

    def _of_spans(self, known: Known, spans: list[Span]) -> Iterable[int]:
        """The numbers of places of one source, those that are new added together."""
        numbers = known.numbers
        if len(spans) == 1:
            return (numbers.get(spans[0]) or self._add(known, spans[0]),)
        new = [span for span in dict.fromkeys(spans) if span not in numbers]
        numbers.update(zip(new, count(len(self._records) + 1)))
        self._records += [(known.file, line, column, end, known.depth) for line, column, end in new]
        self._trails += known.behind * len(new)
        return map(numbers.__getitem__, spans)

    def _add(self, known: Known, span: Span) -> int:
        self._records.append((known.file, *span, known.depth))
        self._trails += known.behind
        number = known.numbers[span] = len(self._records)
        return number

    def _source(self, source: Source) -> Known:
        known = self._sources.get(source)
        return self._new_source(source) if known is None else known

    def _new_source(self, source: Source) -> Known:
        """What is behind the places of a source, added before any of them."""
        file, trail = source
        behind = [number for text, place in trail for number in (self._strings.add(text), self.number(place))]
        weight = elf.trail_weight(self._sources[place.file, place.trail].weight for _, place in trail)
        known = self._sources[source] = Known(file, self._strings.add_file(file), len(trail), behind, weight)
        return known

    def records(self) -> bytes:
        """The contents of `.lpu.places`."""
        try:
            return little(words(chain.from_iterable(self._records)))
        except OverflowError:
            raise self._misfit() from None

    def trails(self) -> bytes:
        """The contents of `.lpu.trails`."""
        return little(words(self._trails))

    def _misfit(self) -> ElfError:
        file, line, column, end, _ = next(each for each in self._records if not all(0 <= n < 1 << 32 for n in each))
        name = next(known.name for known in self._sources.values() if known.file == file)
        return ElfError(f"{name} has no line {line}, columns {column} to {end}")
