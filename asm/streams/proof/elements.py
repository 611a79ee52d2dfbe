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


@dataclass(eq=False, slots=True)
class _Read:
    """The elements of a part are what `slices` hold in `rows` at some `times`; a row of slices for each, or for all."""

    part: Part
    slices: Integers
    rows: Integers
    times: Integers

    @property
    def width(self) -> int:
        return int(self.slices.shape[1])


def _side_by_side(first: Integers | int, width: int) -> Integers:
    """The slices from the first on, a row of them for each element, or one for all."""
    return np.asarray(first, np.int64).reshape(-1, 1) + np.arange(width)


def whole(elements: Integers, width: int) -> Integers:
    return np.asarray(elements, np.int64)[:, None] * CELLS + np.arange(width)


class Elements:
    """Parts, and the memory they share, which is read when all that is stored is known."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.count = 0
        self.memory = Latest()
        self.stores: list[Integers] = []  # slices, times, rows, cells
        self.scattered: dict[int, list[tuple[range, Integers]]] = {}  # by slice: among which rows; times, cells
        self.reads: list[_Read] = []
        self.waiting: list[Callable[[], None]] = []  # what looks rows up

    def add(self, kind: Sequence[int], width: int, count: int, *, copies: bool = False) -> Part:
        part = Part(self.count, count, width, constant(*kind), copies)
        self.parts.append(part)
        self.count += count
        return part

    def store(self, first: Integers | int, rows: Integers, times: Integers, cells: Integers) -> None:
        """Rows of the slices from the `first` on are written, a row of cells for each row, a cell in each slice."""
        slices = _side_by_side(first, cells.shape[1])
        written = np.broadcast_arrays(slices, times[:, None], rows[:, None], cells)
        self.memory.put(slices * ROWS + rows[:, None], times[:, None], cells)
        self.stores.append(np.stack(written).reshape(len(written), -1))

    def scatter(self, number: int, rows: range, times: Integers, cells: Integers) -> None:
        """Some of the rows of a slice become what maps and values say."""
        self.scattered.setdefault(number, []).append((rows, np.stack([times, cells])))

    def read(self, part: Part, first: Integers | int, width: int, rows: Integers, times: Integers) -> None:
        """The elements of a part are rows of so many slices from the `first` on as they stand at some times."""
        self.reads.append(_Read(part, _side_by_side(first, width), rows, times))

    def look_up(self, part: Part, number: int, rows: range, times: Integers) -> None:
        """The elements of a part are, by a map, any of some rows of a slice."""
        self.waiting.append(lambda: part.known.extend(self._written(number, rows, times)))
        self.waiting.append(lambda: part.known.extend(self._seen(number, rows, times)))

    def settle(self) -> None:
        """Read memory: all that is stored is known."""
        for width in sorted({read.width for read in self.reads}):
            self._settle([read for read in self.reads if read.width == width])
        for look_up in self.waiting:
            look_up()
        self.reads.clear()
        self.waiting.clear()

    def _settle(self, reads: Sequence[_Read]) -> None:
        """All reads of a width at once: the cells that rows hold, but for what was scattered."""
        places = np.concatenate([read.slices * ROWS + read.rows[:, None] for read in reads])
        found = self.memory.find(places, np.concatenate([read.times for read in reads])[:, None])
        cells = np.where(found == NOTHING, UNTOUCHED - places, found)
        start = 0
        for read in reads:
            read.part.sources.append(cells[start : start + read.part.count])
            start += read.part.count
            read.part.known += self._scattered_to(read) if self.scattered else []
            read.part.copies = not read.part.known

    def _scattered_to(self, read: _Read) -> list[Content]:
        within = range(int(read.rows.min()), int(read.rows.max()) + 1)
        slices = np.unique(read.slices).tolist()
        return [content for number in slices for content in self._seen(number, within, read.times)]

    def _written(self, number: int, rows: range, times: Integers) -> list[Content]:
        """What is written to some rows of a slice before each time: nothing, or one content."""
        stores = np.concatenate([np.zeros((4, 0), np.int64), *self.stores], axis=1)
        writes = stores[1:, stores[0] == number]
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
