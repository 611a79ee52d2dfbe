"""Elements of bursts: what each is made of, and the number that stands for it.

A cell is a byte of what an element makes: its number times CELLS plus the byte. Rows of memory that nothing has written
are cells of their own, below 0. The cells of what only moves values are those that it moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from asm.streams.proof.latest import NOTHING, TIMES, Integers, Latest
from asm.streams.proof.numbers import Numbers, constant
from isa.records import dataclass, field

CELLS = 16
ROWS = 1 << 26  # more than a row of any slice, with what a register adds
UNTOUCHED = -2  # the cell of row 0 of slice 0; others are below it


@dataclass(eq=False, slots=True)
class Part:
    """`count` elements from number `first` on, alike but for their sources: each source an array of cells, a row for
    each element. `kind` stands for what is done; what `copies` is its source. `tags` go with each element, `known` are
    contents of memory that it depends on."""

    first: int
    count: int
    width: int
    kind: Numbers
    copies: bool = False
    tags: Integers | None = None
    sources: list[Integers] = field(default_factory=list)
    known: list[Content] = field(default_factory=list)

    @property
    def cells(self) -> Integers:
        """All bytes of its results."""
        return whole(np.arange(self.first, self.first + self.count), self.width)


@dataclass(eq=False, slots=True)
class Content:
    """What rows hold after so many of the `cells` that are written there in order, with their `tags`: how many, for
    each element of a part."""

    cells: Integers
    tags: Integers
    counts: Integers


def whole(elements: Integers, width: int) -> Integers:
    return np.asarray(elements, np.int64)[:, None] * CELLS + np.arange(width)


class Elements:
    """Parts, and the memory they share, which is read when all that is stored is known."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.count = 0
        self.memory = Latest()
        self.stores: dict[int, list[Integers]] = {}  # by slice: times, rows, cells
        self.scattered: dict[int, list[tuple[range, Integers]]] = {}  # by slice: among which rows; times, cells
        self.waiting: list[Callable[[], None]] = []  # what reads memory

    def add(self, kind: Sequence[int], width: int, count: int, *, copies: bool = False) -> Part:
        part = Part(self.count, count, width, constant(*kind), copies)
        self.parts.append(part)
        self.count += count
        return part

    def store(self, number: int, rows: Integers, times: Integers, cells: Integers) -> None:
        """Rows of a slice are written, a cell each."""
        self.memory.put(number * ROWS + rows, times, cells)
        self.stores.setdefault(number, []).append(np.stack([times, rows, cells]))

    def scatter(self, number: int, rows: range, times: Integers, cells: Integers) -> None:
        """Some of the rows of a slice become what maps and values say."""
        self.scattered.setdefault(number, []).append((rows, np.stack([times, cells])))

    def read(self, part: Part, slices: range, rows: Integers, times: Integers) -> None:
        """The elements of a part are rows of some slices side by side as they stand at some times."""
        self.waiting.append(lambda: self._read(part, slices, rows, times))

    def look_up(self, part: Part, number: int, rows: range, times: Integers) -> None:
        """The elements of a part are, by a map, any of some rows of a slice."""
        self.waiting.append(lambda: part.known.extend(self._written(number, rows, times)))
        self.waiting.append(lambda: part.known.extend(self._seen(number, rows, times)))

    def settle(self) -> None:
        """Read memory: all that is stored is known."""
        for read in self.waiting:
            read()
        self.waiting.clear()

    def _read(self, part: Part, slices: range, rows: Integers, times: Integers) -> None:
        part.sources.append(np.stack([self._held(number, rows, times) for number in slices], axis=1))
        if not self.scattered.keys().isdisjoint(slices):
            within = range(int(rows.min()), int(rows.max()) + 1)
            part.known += [content for number in slices for content in self._seen(number, within, times)]
        part.copies = not part.known

    def _held(self, number: int, rows: Integers, times: Integers) -> Integers:
        """The cells that rows of a slice hold before a time, but for what was scattered."""
        places = number * ROWS + rows
        found = self.memory.find(places, times)
        return np.where(found == NOTHING, UNTOUCHED - places, found)

    def _written(self, number: int, rows: range, times: Integers) -> list[Content]:
        """What is written to some rows of a slice before each time: nothing, or one content."""
        writes = np.concatenate([np.zeros((3, 0), np.int64), *self.stores.get(number, [])], axis=1)
        writes = writes[:, (writes[1] >= rows.start) & (writes[1] < rows.stop)]
        when, where, cells = writes[:, np.lexsort(writes[::-1])]
        return [Content(cells, where, np.searchsorted(when, times))] if len(cells) else []

    def _seen(self, number: int, rows: range, times: Integers) -> list[Content]:
        """What was scattered to rows of a slice before each time: nothing, or one content."""
        writes = [made for where, made in self.scattered.get(number, ()) if _overlap(where, rows)]
        if not writes:
            return []
        together = np.concatenate(writes, axis=1)
        when, cells = together[:, np.argsort(together[0], kind="stable")]
        return [Content(cells, np.arange(len(cells)), np.searchsorted(when, times))]

    def scatters(self) -> dict[int, Content]:
        """All that was scattered to each slice."""
        everything, end = range(ROWS), np.asarray([TIMES])
        return {number: self._seen(number, everything, end)[0] for number in sorted(self.scattered)}


def _overlap(first: range, second: range) -> bool:
    return first.start < second.stop and second.start < first.stop
